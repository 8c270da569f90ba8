import io
import os
import sys
from types import SimpleNamespace

import pytest

from mineru_cli.errors import NoInputError, UsageError
from mineru_cli.options import InputOptions, Options
from mineru_cli.sources import find_inputs, find_sources, output_name, sniff

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 30
PDF = b"%PDF-1.7\n" + b"0" * 30


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "docs/b.pdf": PDF,
        "docs/a.png": PNG,
        "docs/deep/er/c.pdf": PDF,
        "docs/notes.txt": b"hello",
        "docs/.hidden/d.pdf": PDF,
        "docs/.e.pdf": PDF,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


def names(*inputs, **options):
    return [source.name for source in find_sources(InputOptions(inputs=inputs, **options)).sources]


def test_a_folder_is_walked_sorted_without_hidden_files(tree):
    found = find_sources(InputOptions(inputs=("docs",)))
    assert [source.name for source in found.sources] == ["docs/a.png", "docs/b.pdf", "docs/deep/er/c.pdf"]
    assert found.ignored == 1
    assert found.failures == []


def test_a_link_back_up_is_not_followed(tree):
    (tree / "docs/deep/loop").symlink_to(tree / "docs")
    (tree / "elsewhere").mkdir()
    (tree / "elsewhere/f.pdf").write_bytes(PDF)
    (tree / "docs/link").symlink_to(tree / "elsewhere")
    assert names("docs") == ["docs/a.png", "docs/b.pdf", "docs/deep/er/c.pdf", "docs/link/f.pdf"]


def test_the_same_file_named_twice_is_listed_once(tree):
    assert names("docs/b.pdf", "docs", str(tree / "docs/b.pdf")).count("docs/b.pdf") == 1


def test_globs_the_shell_did_not_expand(tree):
    assert names("docs/**/*.pdf") == ["docs/b.pdf", "docs/deep/er/c.pdf"]
    assert names("docs", include=("*.pdf",), exclude=("docs/deep/*",)) == ["docs/b.pdf"]


def test_a_list_of_files_by_line_and_by_nul(tree, monkeypatch):
    (tree / "list").write_bytes(b"docs/b.pdf\r\n\ndocs/a.png\n")
    assert names(files_from="list") == ["docs/b.pdf", "docs/a.png"]
    odd = "docs/two\nlines.pdf"
    (tree / odd).write_bytes(PDF)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(odd.encode() + b"\0docs/a.png\0")))
    assert names(files_from="-", null_separated=True) == [odd, "docs/a.png"]


def test_a_list_that_is_not_there_is_a_usage_error(tree):
    with pytest.raises(UsageError, match="--files-from gone"):
        find_sources(InputOptions(files_from="gone"))


def test_kinds_are_told_by_content(tree):
    (tree / "really.pdf").write_bytes(PNG)
    (tree / "no_extension").write_bytes(b"junk before\n" + PDF)
    found = find_sources(InputOptions(inputs=("really.pdf", "no_extension")))
    assert [source.kind for source in found.sources] == ["png", "pdf"]
    assert [sniff(head) for head in (b"II*\x00", b"MM\x00*", b"BM6", b"GIF89a", b"\xff\xd8\xff\xe0")] == [
        "tiff",
        "tiff",
        "bmp",
        "gif",
        "jpeg",
    ]
    assert sniff(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "webp"
    assert sniff(b"hello") is None


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [("empty.pdf", b"", "empty"), ("fake.png", b"hello world", "unsupported"), ("big.pdf", PDF * 9, "too_large")],
)
def test_what_cannot_be_read_is_named_with_its_reason(tree, name, content, code):
    (tree / name).write_bytes(content)
    found = find_sources(InputOptions(inputs=(".",), max_file_size=200))
    (failure,) = found.failures
    assert failure.code == code
    assert name in failure.message
    assert failure.cure


def test_an_explicit_text_file_is_a_failure_a_found_one_is_not(tree):
    found = find_sources(InputOptions(inputs=("docs/notes.txt", "docs")))
    assert [failure.code for failure in found.failures] == ["unsupported"]


def test_pipes_and_missing_files_do_not_block(tree):
    os.mkfifo(tree / "pipe.pdf")
    found = find_sources(InputOptions(inputs=("pipe.pdf", "gone.pdf", "none*.pdf", "docs/a.png")))
    assert [failure.code for failure in found.failures] == ["not_a_file", "not_found", "not_found"]
    assert len(found.sources) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_without_rights_is_a_failure(tree):
    (tree / "docs/deep").chmod(0)
    assert [failure.code for failure in find_sources(InputOptions(inputs=("docs",))).failures] == ["unreadable_folder"]


def test_nothing_to_read_says_what_there_was(tree):
    (tree / "texts").mkdir()
    (tree / "texts/a.txt").write_text("x")
    with pytest.raises(NoInputError, match="files of other kinds: 1"):
        find_sources(InputOptions(inputs=("texts",)))
    with pytest.raises(NoInputError, match="no input was given"):
        find_sources(InputOptions())


def test_the_output_folder_is_never_an_input(tree):
    (tree / "out").mkdir()
    (tree / "out/p001-f1.png").write_bytes(PNG)
    options = Options.from_flat({"inputs": ["."], "output": "out"})
    assert all(not source.name.startswith("out/") for source in find_inputs(options).sources)


def test_names_keep_the_path_as_given(tmp_path):
    from pathlib import Path

    assert output_name(Path("reports/2023/q3.pdf")) == "reports/2023/q3.pdf"
    assert output_name(Path("/data/../q3.pdf")) == "data/q3.pdf"
    assert output_name(Path("../../x/q3.pdf")) == "x/q3.pdf"
