import csv
import io

import pytest

from mineru_cli.outputs.tables import TIDY_COLUMNS, tidy_csv, tidy_header, tidy_rows, wide_csv
from mineru_cli.schema import Axis, Chart, Document, Figure, Flag, Point, Series, SourceRecord


def chart():
    return Chart(
        type="bar",
        title="Cost",
        columns=["Item", "EUR"],
        rows=[["=cmd|'x'", "1,5"], ["-3", "-4.5%"]],
        series=[
            Series(
                name="EUR",
                unit="EUR",
                points=[Point(x="=cmd|'x'", y=1.5, raw="1,5"), Point(x=-3, y=None, raw="n/a")],
                flags=[Flag(code="odd", message="Odd.")],
            )
        ],
        flags=[Flag(code="cut", message="Cut.")],
    )


def read(text):
    return list(csv.reader(io.StringIO(text)))


def test_the_wide_table_is_the_text_as_printed():
    assert read(wide_csv(chart()))[0] == ["Item", "EUR"]
    assert read(wide_csv(chart()))[2] == ["-3", "-4.5%"]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "@sum", "\tx"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell):
    assert read(wide_csv(Chart(columns=[cell], rows=[])))[0] == ["'" + cell]


def test_the_tidy_table_has_a_row_a_point_with_where_it_comes_from():
    figure = Figure(
        id="p002-f1", page=2, kind="chart", box=(0, 0, 1, 1), unit="pt", dpi=72, pixels=(1, 1), chart=chart()
    )
    other = figure.model_copy(update={"chart": None})
    document = Document(
        name="a/b.pdf",
        source=SourceRecord(path="a/b.pdf", kind="pdf", bytes=1, sha256=None),
        status="done",
        figures=[figure, other],
    )
    rows = read(tidy_header() + "".join(tidy_csv(document)))
    assert tuple(rows[0]) == TIDY_COLUMNS
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["document"] == "a/b.pdf"
    assert (first["page"], first["figure"], first["series"], first["unit"]) == ("2", "p002-f1", "EUR", "EUR")
    assert (first["x"], first["y"], first["raw"], first["flags"]) == ("'=cmd|'x'", "1.5", "1,5", "cut odd")
    assert dict(zip(rows[0], rows[2], strict=True))["y"] == ""
    assert len(rows) == 3


def test_a_series_without_a_unit_has_that_of_its_axis():
    series = [
        Series(name=f"{axis} {unit}", axis=axis, unit=unit, points=[Point(x=1, y=2)])
        for axis, unit in (("y", ""), ("y2", ""), ("y2", "%"))
    ]
    twofold = Chart(y=Axis(unit="GW"), y2=Axis(unit="EUR"), series=series)
    figure = Figure(id="f", page=1, kind="chart", box=(0, 0, 1, 1), unit="pt", dpi=72, pixels=(1, 1), chart=twofold)
    place = TIDY_COLUMNS.index("unit")
    assert [row[place] for row in tidy_rows("a.pdf", figure)] == ["GW", "EUR", "%"]
