import pytest

from mineru_cli.errors import UsageError
from mineru_cli.options import Options, parse_size


def test_flat_names_reach_their_groups():
    options = Options.from_flat({"inputs": ["a.pdf"], "max_side": 900, "model": "nano", "formats": ["csv"]})
    assert options.input.inputs == ("a.pdf",)
    assert options.pages.max_side == 900
    assert options.engine.model == "nano"
    assert options.output.formats == ("csv",)


def test_an_unknown_name_is_named():
    with pytest.raises(UsageError, match="max_sides"):
        Options.from_flat({"max_sides": 900})


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"max_side": 500}, "--min-side"),
        ({"max_pages": 0}, "--max-pages"),
        ({"answer_seconds": -1.0}, "--answer-seconds"),
        ({"binarize": "maybe"}, "--binarize"),
        ({"device": "gpu"}, "--device"),
        ({"formats": ["json", "xml"]}, "--format"),
    ],
)
def test_a_value_out_of_range_names_its_option(values, named):
    with pytest.raises(UsageError, match=named):
        Options.from_flat(values)


def test_the_password_is_not_written_down():
    flat = Options.from_flat({"password": "secret"}).flat()
    assert flat["password"] == "given"
    assert "secret" not in str(flat)


@pytest.mark.parametrize(
    ("text", "size"), [("2GiB", 2**31), ("500 MB", 500_000_000), ("1.5k", 1500), ("17", 17), ("4g", 4 * 10**9)]
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size("--max-file-size", text) == size


@pytest.mark.parametrize("text", ["", "big", "-1", "3 parsecs", "i"])
def test_a_bad_size_names_the_option(text):
    with pytest.raises(UsageError, match="--max-file-size"):
        parse_size("--max-file-size", text)
