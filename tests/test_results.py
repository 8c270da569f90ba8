import io
import sys
from pathlib import Path

import pandas as pd
import pytest

import mineru_cli
from mineru_cli.errors import MissingDependencyError, UsageError
from mineru_cli.results import FoundChart, Results
from mineru_cli.schema import Axis, Chart, Flag, RunReport
from tests.inputs import chart_pdf, text_pdf
from tests.results_drawing import bars, figure, series


def found(chart, **more):
    return FoundChart(chart=chart, document="a.pdf", source="a.pdf", figure=figure(chart, **more))


@pytest.fixture
def reports(tmp_path, monkeypatch):
    """Two documents with a chart each, and one with none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    chart_pdf(tmp_path / "in/a.pdf")
    chart_pdf(tmp_path / "in/b.pdf", width=320)
    text_pdf(tmp_path / "in/c.pdf")
    return tmp_path


def test_without_an_output_everything_stays_in_memory(reports):
    results = mineru_cli.extract("in", engine="exact")
    assert isinstance(results, RunReport)
    assert (results.counts.charts, results.failures, results.exit_code) == (2, [], 0)
    assert [document.name for document in results.documents] == ["in/a.pdf", "in/b.pdf", "in/c.pdf"]
    assert [(chart.document, chart.page, chart.id, chart.crop) for chart in results.charts] == [
        ("in/a.pdf", 1, "p001-f1", None),
        ("in/b.pdf", 1, "p001-f1", None),
    ]
    assert [path.name for path in reports.iterdir()] == ["in"]


def test_with_a_folder_they_are_read_from_it_also_those_of_an_earlier_run(reports):
    mineru_cli.extract("in", "out", engine="exact")
    results = mineru_cli.extract("in", "out", engine="exact")
    assert results.counts.resumed == 3
    charts = list(results.charts)
    assert [chart.document for chart in charts] == ["in/a.pdf", "in/b.pdf"]
    assert charts[0].crop == Path("out/in/a.pdf/p001-f1.png")
    assert charts[0].crop.is_file()
    assert len(list(results.charts)) == 2, "each use begins anew"


def test_what_went_to_stdout_nobody_has(reports, capsys):
    results = mineru_cli.extract("in/a.pdf", "-", engine="exact")
    assert capsys.readouterr().out.count("\n") == 1
    with pytest.raises(UsageError, match="went to stdout"):
        results.documents  # noqa: B018 - it raises when asked for
    with pytest.raises(UsageError, match="went to stdout"):
        results.charts  # noqa: B018 - it raises when asked for


def test_the_report_is_written_as_before(reports):
    results = mineru_cli.extract("in", "out", engine="exact")
    assert RunReport.model_validate_json(Path("out/run.json").read_bytes()) == RunReport.model_validate(
        results.model_dump(by_alias=True)
    )
    assert isinstance(results, Results)


def test_a_finished_run_gets_other_forms_without_being_read_again(reports):
    mineru_cli.extract("in", "out", engine="exact", formats=["csv"])
    results = mineru_cli.extract("in", "out", engine="exact", formats=["csv", "xlsx", "md"])
    assert results.counts.resumed == 3
    assert Path("out/charts.xlsx").is_file()
    assert sorted(path.name for path in Path("out/in").glob("*.md")) == ["a.pdf.md", "b.pdf.md", "c.pdf.md"]


def test_the_wide_frame_has_an_x_a_row_and_a_series_a_column():
    frame = found(bars()).to_pandas()
    assert frame.index.name == "Item"
    assert list(frame.index) == ["Rent", "Food", "Fuel"]
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == {"2023": "float64", "2024": "float64"}
    assert frame["2024"].tolist() == [45.5, 17, 3]
    assert frame["2023"].isna().tolist() == [False, True, True]


def test_an_x_of_numbers_or_dates_is_an_index_of_them():
    assert found(Chart(series=[series("a", (2020, 1), (2021, 2))])).to_pandas().loc[2021, "a"] == 2
    dated = Chart(x=Axis(scale="date"), series=[series("a", ("2024-03-01", 1), ("2024-04-01", 2))])
    assert found(dated).to_pandas().loc["2024-04", "a"].tolist() == [2]


def test_a_chart_without_numbers_is_an_empty_frame():
    assert found(Chart()).to_pandas().shape == (0, 0)
    assert found(Chart()).to_pandas(tidy=True).shape[0] == 0


def test_the_tidy_frames_together_are_charts_csv(reports):
    results = mineru_cli.extract("in", "out", engine="exact")
    tidy = pd.concat([chart.to_pandas(tidy=True) for chart in results.charts], ignore_index=True)
    written = pd.read_csv("out/charts.csv", keep_default_na=False)
    assert list(tidy.columns) == list(written.columns)
    again = io.StringIO()
    tidy.to_csv(again, index=False)
    again.seek(0)
    read = pd.read_csv(again, keep_default_na=False)
    pd.testing.assert_frame_equal(read.drop(columns="y"), written.drop(columns="y"))
    assert read["y"].tolist() == written["y"].tolist()


def test_all_doubts_are_in_one_list():
    doubtful = bars(series=[series("a", flags=[Flag(code="s", message="")])])
    assert [flag.code for flag in found(doubtful, flags=[Flag(code="f", message="")]).flags] == [
        "f",
        "not_a_number",
        "s",
    ]


def test_without_pandas_the_cure_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingDependencyError, match=r"mineru-extract\[pandas\]"):
        found(bars()).to_pandas()
