"""What holds for any text: nothing raises, nothing is lost from a clean table, no number is made up."""

import math
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mineru_cli.reply import mark_printed, parse_layout, parse_reply, parse_table
from mineru_cli.schema import Chart, Table

REPLIES = [
    (
        "<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|><|caption_start|>T<|caption_end|>"
        "<|content_start|>| Year | A (%) |\n| :--- | --- |\n| 2013 | ~32% |\n| 2014 | 1,493 |\nProse.<|content_end|>"
    ),
    "| G | K | V |\n|---|---|---|\n| a | x | 3,5 |\n a | y | 1.234,5 |\n" + "| b | x | 10^3 |\n" * 3,
    "| Region | 2019 | 2020 | 2021 |\n|--|--|--|--|\n| North | 1 | 2 | 3 |\n\n| Year | B |\n|---|---|\n| 2013 | $5m |",
    "<fcel>R<fcel>2019<lcel><nl><ucel><ched>A<fcel>B<nl><srow>x<nl><rhed>y<xcel><ecel><nl>",
    "<table><tr><th rowspan=2>R</th><td colspan='3'>2019</td></tr><tr><td>A &amp; B<br></td></tr></table>",
    "<|box_start|>100 200 500 900<|box_end|><|ref_start|>chart<|ref_end|><|rotate_left|>\n",
    "Year\tA\n2013\t32\n",
]
PIECES = sorted({piece for reply in REPLIES for piece in re.findall(r"<[^<>]*>|\|[^|\n]*|\n|[^|<>\n]+", reply)})

mutated = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=40).map("".join)
spliced = st.tuples(st.sampled_from(REPLIES), st.integers(0, 300), st.text(max_size=6), st.integers(0, 300)).map(
    lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[3] :]
)
lone_surrogates = st.text(alphabet=st.characters(categories=["Cs", "L", "P"]), max_size=20)
anything = st.one_of(st.text(), lone_surrogates, mutated, spliced)

plain_cells = st.text(alphabet=st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=12).map(str.strip)
cells = plain_cells.filter(lambda text: not re.search(r"[-\u2013\u2014=<&]|\\$|\\\||```", text))
filled = cells.filter(bool)


@st.composite
def tables(draw):
    width = draw(st.integers(2, 5))
    columns = draw(st.lists(filled.map(lambda text: "h" + text), min_size=width, max_size=width, unique=True))
    rows = draw(st.lists(st.tuples(filled, *[cells] * (width - 1)), min_size=1, max_size=6, unique=True))
    return columns, [list(row) for row in rows]


def line(row):
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


@settings(max_examples=300, deadline=None)
@given(text=anything, cut=st.booleans())
@example(text="<td><table>", cut=True)
def test_no_text_makes_a_reader_raise(text, cut):
    chart = parse_reply(text, cut=cut)
    table = parse_table(text, cut=cut)
    assert Chart.model_validate_json(chart.model_dump_json()) == chart
    assert Table.model_validate_json(table.model_dump_json()) == table
    for result in (chart, table):
        assert all(len(row) == len(result.columns) for row in result.rows)
        assert len({flag.code for flag in result.flags}) == len(result.flags)
    for series in mark_printed(chart, text.split()).series:
        assert all(point.y is None or math.isfinite(point.y) for point in series.points)
    for block in parse_layout(text):
        x0, y0, x1, y1 = block.box
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1


@settings(deadline=None)
@given(tables())
def test_a_clean_table_comes_back_cell_for_cell(table):
    columns, rows = table
    text = "\n".join([line(columns), "|" + "---|" * len(columns), *map(line, rows)])
    for result in (parse_reply(text), parse_table(text)):
        assert (result.columns, result.rows) == (columns, rows)


@settings(deadline=None)
@given(
    st.lists(
        st.lists(st.integers(-999, 99999) | st.floats(-1e6, 1e6, width=32), min_size=2, max_size=2),
        min_size=1,
        max_size=8,
    )
)
def test_numbers_come_back_as_they_were_written(values):
    text = "\n".join(
        ["| K | A | B |", "|---|---|---|", *(f"| k{i} | {a!r} | {b!r} |" for i, (a, b) in enumerate(values))]
    )
    chart = parse_reply(text)
    assert [[point.y for point in series.points] for series in chart.series] == [
        list(column) for column in zip(*values, strict=True)
    ]
