"""The example files are what examples/README.md says, and the script makes them again."""

import json
import subprocess
import sys
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from mineru_cli.exact import decode_page
from tests.chart_specs import KINDS

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
INPUTS = {".pdf", ".png", ".jpg", ".webp", ".gif", ".tif"}


def inputs_in(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in INPUTS}


@pytest.fixture(scope="module")
def truth():
    return json.loads((EXAMPLES / "truth.json").read_text(encoding="utf-8"))


def test_every_input_has_its_truth(truth):
    assert len(truth) >= 8
    assert set(truth) == inputs_in(EXAMPLES)
    assert all(charts for charts in truth.values())


def test_every_kind_of_chart_is_there_as_a_single_picture(truth):
    pictures = [charts for name, charts in truth.items() if name.startswith(("photos/", "screenshots/"))]
    assert {chart["kind"] for charts in pictures for chart in charts} == set(KINDS)


def test_rows_fit_their_columns_and_the_axis(truth):
    for chart in (chart for charts in truth.values() for chart in charts):
        values = [list(map(float, row[1:])) for row in chart["rows"]]
        assert {len(row) for row in values} == {len(chart["columns"]) - 1}
        longest = max(map(sum if chart["kind"] == "stacked" else max, values))
        assert longest <= chart["axis_range"] < 2 * longest


def test_the_script_makes_them_again(tmp_path, truth):
    subprocess.run([sys.executable, EXAMPLES / "make.py", tmp_path], check=True)
    assert json.loads((tmp_path / "truth.json").read_text(encoding="utf-8")) == truth
    assert inputs_in(tmp_path) == inputs_in(EXAMPLES)
    for name in inputs_in(EXAMPLES) - {"energy-report.pdf", "scans/rainfall-survey.pdf"}:
        with Image.open(EXAMPLES / name) as committed, Image.open(tmp_path / name) as made:
            assert committed.size == made.size


def test_the_report_is_vector_drawing_and_text():
    with pymupdf.open(EXAMPLES / "energy-report.pdf") as report:
        assert all(page.get_text().strip() and not page.get_images() for page in report)
        assert any(not page.get_drawings() for page in report)
        assert any(page.find_tables().tables for page in report)


def test_the_scan_is_pictures_without_text():
    with pymupdf.open(EXAMPLES / "scans" / "rainfall-survey.pdf") as scan:
        assert all(len(page.get_images()) == 1 and not page.get_text().strip() for page in scan)


def test_one_photo_lies_on_its_side_and_the_fax_has_two_pages():
    with Image.open(EXAMPLES / "photos" / "harvest.jpg") as photo:
        assert photo.getexif()[0x0112] == 6
        assert photo.height > photo.width
    with Image.open(EXAMPLES / "scans" / "fax.tif") as fax:
        assert (fax.n_frames, fax.mode) == (2, "1")


def test_the_folder_is_small_enough_to_clone():
    assert sum(path.stat().st_size for path in EXAMPLES.rglob("*") if path.suffix in INPUTS) < 3_000_000


@pytest.mark.slow
def test_nano_finds_every_chart_and_reads_nine_cells_of_ten():
    script = EXAMPLES.parent / "benchmarks" / "accuracy.py"
    ran = subprocess.run(
        [sys.executable, script, "examples", "--require", "0.9"], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_reports_charts_are_read_from_their_drawing_without_a_doubt(truth):
    with pymupdf.open(EXAMPLES / "energy-report.pdf") as report:
        charts = [figure.chart for page in report for figure in decode_page(page)]
    assert [chart.title for chart in charts] == [entry["title"] for entry in truth["energy-report.pdf"]]
    for chart, entry in zip(charts, truth["energy-report.pdf"], strict=True):
        assert [flag for owner in (chart, *chart.series) for flag in owner.flags] == []
        values = [[point.y for point in series.points] for series in chart.series]
        assert values == [
            pytest.approx([float(row[place]) for row in entry["rows"]]) for place in range(1, len(values) + 1)
        ]
