from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mineru_cli.outputs.markdown import document_markdown, write_markdown
from mineru_cli.schema import Axis, Chart, Flag
from tests.results_drawing import bars, document, failure, figure, series, table


def rendered(text):
    """What a reader of GitHub's Markdown makes of it: the texts of each kind of element."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    found = {}
    for before, token in pairwise(tokens):
        if token.type == "inline":
            plain = "".join(child.content for child in token.children)
            found.setdefault(before.tag, []).append(plain)
    return found


def test_a_chart_is_a_captioned_table_with_all_that_is_known_of_it():
    text = document_markdown(
        document(
            figure(
                bars(read_by="exact"), page=3, place="p003-f1", caption="Figure 1", crop="reports/q3.pdf/p003-f1.png"
            )
        )
    )
    assert text.startswith(
        "# reports/q3.pdf\n\nSource: reports/q3.pdf (4 pages, 1 chart).\n\n## Cost by item (page 3)\n"
    )
    assert "\nCaption: Figure 1\n" in text
    facts = "Bar chart p003-f1, read from the drawing in the PDF, confidence 0.90; x: Item; y: Cost (EUR)."
    assert facts in text
    assert "| Item | 2023 | 2024 |\n| --- | ---: | ---: |\n| Rent | 42 | 45.5 |\n| Food | n/a | 17 |\n" in text
    assert "Doubts:\n\n- 1 value is no plain number.\n" in text
    assert text.endswith("![Cost by item](q3.pdf/p003-f1.png)\n")


@pytest.mark.parametrize(
    "cell", ["a|b", "a\\|b", "*a* _b_ snake_case", "<b>&lt;", "`x`", "[a](b)", "~~a~~", "two\nlines", "_"]
)
def test_a_cell_reads_as_it_was_printed(cell):
    text = document_markdown(document(figure(bars(title=cell, columns=[cell, cell], rows=[[cell, cell]]), caption="c")))
    plain = " ".join(cell.split())
    found = rendered(text)
    assert found["th"] == [plain] * 2
    assert found["td"] == [plain] * 2
    assert found["h2"] == [f"{plain} (page 1)"]


@given(st.text(max_size=30).filter(lambda text: text.isprintable()), st.text("|\\`*_<>&;#~![]( )a1", max_size=12))
def test_any_text_makes_a_table_of_the_same_shape(first, second):
    text = document_markdown(document(figure(bars(columns=[first, "b"], rows=[[second, "1"], ["2", first]]))))
    found = rendered(text)
    assert found.get("td") == [" ".join(cell.split()) for cell in (second, "1", "2", first)]


def test_a_short_row_does_not_break_the_table():
    assert rendered(document_markdown(document(figure(bars(rows=[["Rent"]])))))["td"] == ["Rent", "", ""]


def test_doubts_of_the_figure_the_chart_and_its_series_are_all_said():
    doubtful = bars(series=[series("2023", ("Rent", 1), flags=[Flag(code="s", message="Odd series.")])])
    text = document_markdown(document(figure(doubtful, flags=[Flag(code="f", message="Odd figure.")])))
    assert rendered(text)["p"][-3:] == ["Odd figure.", "1 value is no plain number.", "2023: Odd series."]


def test_a_log_axis_is_said_to_be_one():
    assert "y: Cost, log scale." in document_markdown(document(figure(bars(y=Axis(label="Cost", scale="log")))))


def test_tables_are_there_and_pictures_without_numbers_are_not():
    nothing = Chart(type="photo", title="A photo")
    text = document_markdown(
        document(
            figure(nothing, kind="other"), figure(kind="table", table=table(), place="p001-t1"), failures=[failure()]
        )
    )
    assert "A photo" not in text
    assert "1 table" in text
    assert "| 007 | 1,493 |" in text
    assert "## Not read\n\n- Page 4: page 4 is broken.\n" in text


def test_a_duplicate_says_where_its_charts_are():
    copy = document(name="b.pdf", status="duplicate", same_as="reports/q3.pdf")
    assert "The same bytes as reports/q3.pdf, where its charts are." in document_markdown(copy)


def test_files_lie_beside_the_records_and_are_written_only_when_they_change(tmp_path):
    record = document(figure(bars()))
    write_markdown(tmp_path, [record])
    path = tmp_path / "reports/q3.pdf.md"
    assert path.read_text(encoding="utf-8") == document_markdown(record)
    before = path.stat().st_ino
    write_markdown(tmp_path, [record])
    assert path.stat().st_ino == before
    write_markdown(tmp_path, [document(name="reports/q3.pdf")])
    assert path.read_text(encoding="utf-8") == document_markdown(document(name="reports/q3.pdf"))
