import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from mineru_cli.outputs.names import Names


def claim(*names):
    hand = Names()
    return [hand.claim(name) for name in names]


def test_ordinary_names_stay_as_they_are():
    names = ["reports/2023/q3.pdf", "reports/2023/q3.png", "Überblick 2024.pdf", "图表.png"]
    assert claim(*names) == names


def test_equal_names_are_told_apart_the_same_way_every_time():
    first = claim("a.pdf", "a.pdf", "A.pdf", "b/a.pdf")
    assert first == claim("a.pdf", "a.pdf", "A.pdf", "b/a.pdf")
    assert len({name.casefold() for name in first}) == 4
    assert first[0] == "a.pdf"
    assert first[1].startswith("a~")
    assert first[1].endswith(".pdf")


def test_two_compositions_of_one_letter_do_not_meet():
    composed, decomposed = unicodedata.normalize("NFC", "é.pdf"), unicodedata.normalize("NFD", "é.pdf")
    one, two = claim(composed, decomposed)
    assert unicodedata.normalize("NFC", one) != unicodedata.normalize("NFC", two)


def test_an_input_cannot_take_the_place_of_the_runs_own_files():
    assert all(
        name not in {"charts.csv", "run.json", "index.html"} for name in claim("charts.csv", "run", "index.html")
    )


def test_the_files_beside_a_document_and_the_folders_of_others_do_not_meet():
    assert claim("a.pdf", "a.pdf.md", "a.pdf.json/b.pdf")[1:] != ["a.pdf.md", "a.pdf.json/b.pdf"]
    first, second = claim("a.pdf.md/b.pdf", "a.pdf")
    assert f"{second}.md" != first.split("/")[0]


def test_an_input_cannot_take_the_place_of_a_figures_files():
    document, *others = claim("q3.pdf", "q3.pdf/p001-f1.vl", "q3.pdf/P001-F1.svg", "q3.pdf/p001-f1.png/x.pdf")
    taken = {f"{document}/p001-f1{suffix}" for suffix in (".png", ".csv", ".svg", ".vl.json")}
    for name in others:
        assert not {part.casefold() for part in (f"{name}.json", name, name.rpartition("/")[0])} & taken
    assert claim("q3/p001-f1.png", "p001-f1.png") == ["q3/p001-f1.png", "p001-f1.png"]


def test_a_folder_never_stands_where_a_record_does():
    one, two = claim("x.pdf", "x.pdf.json")
    assert two != f"{one}.json"
    one, two = claim("x.pdf.json/y.pdf", "x.pdf")
    assert not one.startswith(f"{two}.json/")


def test_unsafe_and_long_names_become_safe():
    odd, long = claim("a\nb:c?.pdf", "x" * 400 + ".pdf")
    assert "\n" not in odd
    assert ":" not in odd
    assert odd.endswith(".pdf")
    assert len(long.encode()) <= 220
    assert long.endswith(".pdf")


@given(st.lists(st.text(st.characters(), min_size=1, max_size=30), max_size=12))
@example(["\ud800", "\udcff.pdf"])
def test_whatever_the_inputs_are_called(names):
    claimed = claim(*names)
    folded = [unicodedata.normalize("NFC", name).casefold() for name in claimed]
    assert len(set(folded)) == len(folded)
    for name in claimed:
        assert not name.startswith("/")
        assert all(part not in {"", ".", ".."} and len(part.encode()) <= 240 for part in name.split("/"))
        assert name.encode("utf-8")
