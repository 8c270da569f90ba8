import csv
import shutil
import subprocess
import sys
from datetime import datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mineru_cli.errors import MissingDependencyError, UsageError
from mineru_cli.options import Options
from mineru_cli.outputs import workbook
from mineru_cli.outputs.workbook import write_workbooks
from mineru_cli.schema import Axis, Chart, Flag, Point, Series
from tests.results_drawing import bars, document, failure, figure, series, table


def written(folder, *charts, failures=(), **more):
    """The workbook of these charts, opened again."""
    figures = [figure(chart, place=f"p001-f{number}", **more) for number, chart in enumerate(charts, 1)]
    write_workbooks(folder, [document(*figures)], failures)
    return openpyxl.load_workbook(folder / "charts.xlsx")


def cells(sheet):
    """What stands below the heading of the table, which is the first line that is set in bold across."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    top = next(
        number
        for number, row in enumerate(sheet.iter_rows())
        if number > 3 and row[0].value is not None and row[0].font.bold
    )
    return rows[top:]


def test_the_numbers_come_back_as_numbers_and_the_rest_as_text(tmp_path):
    book = written(tmp_path, bars())
    assert book.sheetnames == ["Charts", "1 Cost by item"]
    assert cells(book["1 Cost by item"]) == [
        ["Item", "2023", "2024", "2023 (text)"],
        ["Rent", 42, 45.5, None],
        ["Food", None, 17, "n/a"],
        ["Fuel", None, 3, None],
    ]


def test_dates_come_back_as_dates_but_those_excel_does_not_know(tmp_path):
    chart = Chart(x=Axis(scale="date"), series=[series("a", ("2024-03-01", 1), ("1850-01-01", 2))])
    assert [row[0] for row in cells(written(tmp_path, chart).worksheets[1])[1:]] == [
        datetime.fromisoformat("2024-03-01"),
        "1850-01-01T00:00:00",
    ]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|'x'", "@sum", "-2+3", "http://x.example", "a\x01b\ufffe", "x" * 40_000])
def test_text_from_a_document_is_never_a_formula_or_a_link(tmp_path, text):
    chart = bars(title=text, series=[series(text, (text, 1))], x=Axis(label=text), y=Axis(label=text))
    book = written(tmp_path, chart, caption=text)
    sheet = book.worksheets[1]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sum(cell.hyperlink is not None for row in sheet.iter_rows() for cell in row) == 1
    assert str(cells(sheet)[1][0])[:3] == text[:3].replace("\x01", " ")


def test_names_of_sheets_are_unlike_and_such_as_excel_takes(tmp_path):
    titles = ["A/B: [all] *?\\'s", "A/B: [all] *?\\'s", "", "History", "\U0001d518" * 40, "' '"]
    names = written(tmp_path, *(bars(title=title) for title in titles)).sheetnames
    assert len({name.casefold() for name in names}) == len(titles) + 1
    assert all(len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\'") for name in names)


def test_the_index_says_what_each_chart_is_and_leads_to_it(tmp_path):
    Image.new("RGB", (800, 600)).save(tmp_path / "p001-f1.png", dpi=(200, 200))
    book = written(tmp_path, bars(), crop="p001-f1.png", flags=[Flag(code="odd", message="Odd.")])
    index = book["Charts"]
    row = dict(zip([cell.value for cell in index[1]], index[2], strict=True))
    assert row["Chart"].hyperlink.location == "'1 Cost by item'!A1"
    assert row["Picture"].hyperlink.target == "p001-f1.png"
    values = {name: cell.value for name, cell in row.items()}
    assert (values["Document"], values["Page"], values["Figure"]) == ("reports/q3.pdf", 1, "p001-f1")
    assert (values["Kind"], values["Numbers"], values["Confidence"]) == ("bar chart", 4, 0.9)
    assert values["Read"] == "by the model"
    assert values["Doubts"] == "Odd. 1 value is no plain number."
    assert len(book.worksheets[1]._images) == 1


def test_a_crop_that_is_gone_or_broken_costs_only_the_picture(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert len(written(tmp_path, bars(), crop="bad.png").worksheets[1]._images) == 0
    assert len(written(tmp_path, bars(), crop="gone.png").worksheets[1]._images) == 0


def drawn(book):
    """The native charts of the first sheet with one, by their tags, and the values they show."""
    (chart,) = book.worksheets[1]._charts
    return [type(part).__name__ for part in chart._charts], chart


@pytest.mark.parametrize(
    ("chart", "kinds"),
    [
        (bars(), ["BarChart"]),
        (bars(type="bar_stacked"), ["BarChart"]),
        (bars(type="bar_line"), ["BarChart", "LineChart"]),
        (bars(type="line"), ["LineChart"]),
        (bars(type="box"), ["LineChart"]),
        (bars(type="radar"), ["RadarChart"]),
        (bars(type="area"), ["AreaChart"]),
        (Chart(type="pie", series=[series("a", ("x", 1), ("y", 2))]), ["PieChart"]),
        (Chart(type="pie", series=[series("a", ("x", 1)), series("b", ("x", 2))]), ["DoughnutChart"]),
        (Chart(type="line", series=[series("a", (1, 1), (2, 2), (3, 1))]), ["LineChart"]),
        (Chart(type="line", series=[series("a", (1, 1), (2, 2), (5, 1))]), ["ScatterChart"]),
        (Chart(type="scatter", series=[series("a", (1, 1), (2, 2), (3, 1))]), ["ScatterChart"]),
        (Chart(type="something", series=[series("a", ("x", 1), ("y", 2))]), ["BarChart"]),
    ],
    ids=lambda value: getattr(value, "type", None),
)
def test_excel_draws_the_kind_of_chart_it_was(tmp_path, chart, kinds):
    found, native = drawn(written(tmp_path, chart))
    assert found == kinds
    if chart.type == "bar_stacked":
        assert native.grouping == "stacked"


def test_a_log_axis_and_the_ends_of_the_axis_are_those_of_the_document(tmp_path):
    axis = Axis(scale="log", minimum=0.1, maximum=1000.0)
    _, native = drawn(written(tmp_path, bars(y=axis)))
    assert (native.y_axis.scaling.logBase, native.y_axis.scaling.min, native.y_axis.scaling.max) == (10, 0.1, 1000)
    _, native = drawn(written(tmp_path, bars()))
    assert (native.y_axis.scaling.logBase, native.y_axis.scaling.min, native.y_axis.scaling.max) == (None, 0, 50)


def test_an_axis_of_dates_shows_dates(tmp_path):
    chart = Chart(type="line", x=Axis(scale="date"), series=[series("a", ("2024-03-01", 1), ("2024-05-01", 2))])
    _, native = drawn(written(tmp_path, chart))
    assert native.x_axis.number_format.formatCode == "yyyy-mm-dd"
    assert type(native.x_axis).__name__ == "DateAxis"


def test_no_value_falls_off_an_axis(tmp_path):
    low, high = series("a", ("x", -5)), series("b", ("x", 80))
    _, native = drawn(written(tmp_path, bars(series=[low, high])))
    assert (native.y_axis.scaling.min, native.y_axis.scaling.max) == (None, None)
    _, native = drawn(written(tmp_path, bars(series=[low], y=Axis(scale="log", minimum=0.1, maximum=10.0))))
    assert native.y_axis.scaling.logBase is None
    stacked = bars(type="bar_stacked", series=[series("a", ("x", 40)), series("b", ("x", 40))])
    _, native = drawn(written(tmp_path, stacked))
    assert native.y_axis.scaling.max is None


def test_a_second_axis_is_drawn_with_its_name(tmp_path):
    chart = bars(
        type="bar_line",
        y2=Axis(label="Share", unit="%", scale="linear"),
        series=[series("EUR", ("a", 1), ("b", 2)), series("Share", ("a", 50), ("b", 60), axis="y2")],
    )
    kinds, native = drawn(written(tmp_path, chart))
    assert kinds == ["BarChart", "LineChart"]
    title = native._charts[1].y_axis.title.tx.rich.paragraphs[0].r[0].t
    assert title == "Share (%)"
    assert native._charts[1].y_axis.axId != native.y_axis.axId


def test_error_bars_are_distances_from_the_value(tmp_path):
    points = [Point(x="a", y=10, low=8, high=13), Point(x="b", y=5)]
    _, native = drawn(written(tmp_path, bars(series=[Series(name="s", points=points)])))
    bars_drawn = native.series[0].errBars
    assert [point.v for point in bars_drawn.plus.numLit.pt] == [3, 0]
    assert [point.v for point in bars_drawn.minus.numLit.pt] == [2, 0]


def test_a_chart_without_numbers_has_its_sheet_but_no_drawing(tmp_path):
    book = written(tmp_path, bars(series=[series("a", ("x", "n/a"))]), bars(series=[], rows=[], columns=[]))
    assert all(not sheet._charts for sheet in book.worksheets)
    assert cells(book.worksheets[1])[1] == ["x", None, "n/a"]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.one_of(st.none(), st.integers(-(10**14), 10**14), st.floats(-1e307, 1e307))
POINTS = st.builds(
    Point,
    x=st.one_of(TEXTS, st.integers(-3000, 3000), st.floats(-1e6, 1e6), st.none()),
    y=NUMBERS,
    raw=TEXTS,
    low=st.one_of(st.none(), st.floats(-1e6, 1e6)),
    high=st.one_of(st.none(), st.floats(-1e6, 1e6)),
)
AXES = st.builds(
    Axis,
    label=TEXTS,
    scale=st.sampled_from(["linear", "log", "date", "category", None]),
    minimum=st.one_of(st.none(), st.floats(-1e300, 1e300)),
    maximum=st.one_of(st.none(), st.floats(-1e300, 1e300)),
)
CHARTS = st.builds(
    Chart,
    type=st.sampled_from(["bar", "bar_stacked", "bar_line", "line", "area", "scatter", "pie", "radar", "unknown"]),
    title=TEXTS,
    x=AXES,
    y=AXES,
    y2=st.one_of(st.none(), AXES),
    series=st.lists(
        st.builds(Series, name=TEXTS, axis=st.sampled_from(["y", "y2"]), points=st.lists(POINTS, max_size=4)),
        max_size=3,
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chart=CHARTS)
def test_whatever_was_read_opens_again_with_its_numbers(tmp_path, chart):
    (sheet,) = written(tmp_path, chart).worksheets[1:]
    found = sorted(
        cell.value for row in sheet.iter_rows(min_col=2) for cell in row if cell.data_type == "n" and cell.value
    )
    numbers = sorted(point.y for series in chart.series for point in series.points if point.y)
    assert found == pytest.approx(numbers, rel=1e-14)


def test_a_table_larger_than_a_sheet_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_ROWS", 7)
    sheet = written(tmp_path, bars()).worksheets[1]
    assert "charts.csv only" in str(sheet["A6"].value)
    assert not sheet._charts


def test_a_number_beyond_those_of_excel_is_kept_as_text(tmp_path):
    sheet = written(tmp_path, bars(series=[series("a", ("x", 1.5e308))])).worksheets[1]
    assert cells(sheet)[1] == ["x", "1.5e+308"]


def test_tables_have_sheets_too_and_codes_stay_text(tmp_path):
    write_workbooks(tmp_path, [document(figure(kind="table", table=table(), place="p001-t1"))], ())
    sheet = openpyxl.load_workbook(tmp_path / "charts.xlsx").worksheets[1]
    assert cells(sheet) == [["Code", "Sum"], ["007", 1493], ["008", "12 %"]]


def test_what_was_not_read_is_said(tmp_path):
    sheet = written(tmp_path, bars(), failures=[failure()])["Not read"]
    assert [cell.value for cell in sheet[2]] == ["reports/q3.pdf", 4, "page 4 is broken", "Save it anew"]


def test_more_charts_than_a_workbook_holds_go_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "SHEETS_A_BOOK", 2)
    records = [document(figure(bars(title=f"T{number}")), name=f"{number}.pdf") for number in range(5)]
    assert [path.name for path in write_workbooks(tmp_path, records, ())] == [
        "charts.xlsx",
        "charts-2.xlsx",
        "charts-3.xlsx",
    ]
    names = [openpyxl.load_workbook(tmp_path / name).sheetnames for name in ("charts.xlsx", "charts-3.xlsx")]
    assert names == [["Charts", "1 T0", "2 T1"], ["Charts", "5 T4"]]
    last = [cell.value for cell in openpyxl.load_workbook(tmp_path / "charts.xlsx")["Charts"]["A"]][-1]
    assert "charts-2.xlsx" in last
    write_workbooks(tmp_path, records[:2], ())
    assert [path.name for path in tmp_path.glob("*.xlsx")] == ["charts.xlsx"]


def test_no_charts_are_a_workbook_with_an_empty_index(tmp_path):
    write_workbooks(tmp_path, [document()], ())
    assert openpyxl.load_workbook(tmp_path / "charts.xlsx").sheetnames == ["Charts"]


def test_without_xlsxwriter_nothing_is_begun_and_the_cure_is_named(tmp_path, monkeypatch):
    from mineru_cli.outputs.sinks import open_sink

    monkeypatch.setattr(workbook.importlib.util, "find_spec", lambda _name: None)
    options = Options.from_flat({"inputs": ["a"], "output": str(tmp_path / "out"), "formats": ["xlsx"]})
    with pytest.raises(MissingDependencyError, match=r"mineru-extract\[xlsx\]"):
        open_sink(options.output)
    assert not (tmp_path / "out").exists()


def test_a_workbook_cannot_go_through_a_pipe():
    with pytest.raises(UsageError, match="xlsx needs a folder"):
        Options.from_flat({"inputs": ["a"], "output": "-", "formats": ["xlsx"]})


def test_xlsxwriter_is_loaded_only_when_a_workbook_is_written():
    code = "import sys, mineru_cli.outputs.sinks; print('xlsxwriter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_the_same_values(tmp_path):
    dated = Chart(
        type="line", title="Days", x=Axis(scale="date"), series=[series("a", ("2024-03-01", 0.1), ("2024-03-02", -7e9))]
    )
    written(tmp_path, bars(), dated)
    as_csv = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"  # every sheet, unformatted
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            as_csv,
            "charts.xlsx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    read = {
        path.stem: list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        for path in tmp_path.glob("charts-*.csv")
    }
    assert read["charts-1 Cost by item"][-4:] == [
        ["Item", "2023", "2024", "2023 (text)"],
        ["Rent", "42", "45.5", ""],
        ["Food", "", "17", "n/a"],
        ["Fuel", "", "3", ""],
    ]
    rows = read["charts-2 Days"][-2:]
    assert [row[0] for row in rows] == ["2024-03-01", "2024-03-02"]
    assert [float(row[1]) for row in rows] == [0.1, -7e9]
