"""The made-up charts of benchmarks/generators: their truth must be what a drawing can show."""

import csv
import itertools
import json
import sys
from pathlib import Path

import pymupdf
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from generators import (
    asymptote,
    calc,
    chartist,
    compose,
    facts,
    jfreechart,
    make,
    paper,
    specs,
    stories,
    veusz,
    victory,
)

EVERY = (*stories.KINDS, "step", "error", "loglog")


def drawn_values(story):
    """The least and greatest value that the first axis must show."""
    columns = story.columns[:1] if story.secondary else story.columns
    values = [v for column in columns for v in column] + [y for points in story.points for _, y in points]
    if "stacked" in story.kind or story.kind == "area":
        values += [sum(row) for row in zip(*columns, strict=True)]
    return min(values), max(values)


def check(story):
    for column in story.columns:
        assert len(column) == len(story.x)
    if story.kind in {"pie", "donut"}:
        assert sum(story.columns[0]) == pytest.approx(100)
        return
    low, high = story.y_limits
    least, most = drawn_values(story)
    slack = 1e-6 * (high - low)
    assert low - slack <= least
    assert most <= high + slack
    if story.step:
        assert stories.ticks(story)[-1] == pytest.approx(high)


@pytest.mark.parametrize("kind", EVERY)
def test_axis_shows_every_value_and_every_series_has_a_value_a_category(kind):
    for seed in range(1, 9):
        check(stories.tell("any", kind, seed))


def test_same_seed_tells_the_same_story_and_another_seed_another():
    assert stories.tell("any", "grouped", 3) == stories.tell("any", "grouped", 3)
    assert stories.tell("any", "grouped", 3).columns != stories.tell("any", "grouped", 4).columns


def test_names_at_line_ends_stand_apart():
    for seed in range(1, 20):
        story = stories.tell("any", "line_direct", seed)
        ends = sorted(column[-1] for column in story.columns)
        low, high = story.y_limits
        assert all(b - a > 0.05 * (high - low) for a, b in itertools.pairwise(ends))


def test_truth_holds_the_numbers_and_the_axis_limits(tmp_path):
    story = stories.tell("any", "hgrouped", 2)
    specs.write_truth([story], tmp_path)
    with (tmp_path / f"{story.name}.csv").open(encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    assert head[1:] == story.names
    assert [[float(cell) for cell in row[1:]] for row in rows] == [
        list(row) for row in zip(*story.columns, strict=True)
    ]
    with (tmp_path / "manifest.csv").open(encoding="utf-8") as file:
        (facts,) = csv.DictReader(file)
    assert (float(facts["y_min"]), float(facts["y_max"])) == story.y_limits


def test_pages_that_do_not_match_the_charts_are_refused(tmp_path):
    charts = [stories.tell("any", "bar", 1)]
    with pymupdf.open() as document:
        for _ in range(2):
            document.new_page().insert_text((50, 50), "page")
        document.save(tmp_path / "all.pdf")
    with pytest.raises(ValueError, match="2 pages for 1 charts"):
        paper.split(tmp_path / "all.pdf", charts, tmp_path)


def test_missing_node_library_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(make.shutil, "which", lambda _: "/usr/bin/true")
    assert make.missing("d3", tmp_path) == str(tmp_path / "d3")
    assert make.missing("victory", tmp_path) == str(tmp_path / "victory")
    assert make.missing("observable", tmp_path) == str(tmp_path / "@observablehq/plot")


@pytest.mark.parametrize("module", [asymptote, chartist, jfreechart, veusz, victory], ids=lambda m: m.__name__)
def test_source_of_a_program_holds_every_number_and_name_of_the_truth(module):
    write = {asymptote: asymptote._source, jfreechart: jfreechart._block, veusz: veusz._document}
    for kind in ("hbar", "hstacked", "line3", "line_months"):
        story = stories.tell("any", kind, 5)
        known = getattr(module, "_facts", None)
        source = json.dumps(known(story) | {"names": story.names}) if known else write[module](story)
        numbers = [v for column in story.columns for v in column]
        if "stacked" in kind and module is asymptote:  # it draws where the segments end
            numbers = [sum(row) for row in zip(*story.columns, strict=True)]
        for number in numbers:
            assert f"{number:.10g}" in source
        for name in story.names if len(story.names) > 1 else story.x if kind == "hbar" else ():
            assert name in source


@pytest.mark.parametrize("kind", EVERY)
def test_ticks_say_where_they_stand(kind):
    for seed in range(1, 30):
        known = json.loads(json.dumps(facts.work_out(stories.tell("any", kind, seed))))
        for place, text in zip(known["ticks"], known["labels"], strict=True):
            number = float(text.strip("$%M").replace(",", "").replace("-$", "-"))
            assert number * (1e6 if text.endswith("M") else 1) == pytest.approx(place)
        assert len(known["x_ticks"]) == len(known["x_labels"])
        if known["ends"]:
            assert known["ends"][0] <= min(known["places"] + known["x_ticks"])
            assert max(known["places"] + known["x_ticks"]) <= known["ends"][1]


def test_facts_hold_the_numbers_of_the_truth():
    for kind in EVERY:
        story = stories.tell("any", kind, 5)
        known = facts.work_out(story)
        assert (known["columns"], known["points"], known["names"], known["x"]) == (
            story.columns,
            story.points,
            story.names,
            story.x,
        )
        assert known["limits"] == story.y_limits


def test_spreadsheet_that_must_show_its_limits_keeps_them_in_the_truth(tmp_path):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    for seed in range(1, 9):
        story = stories.tell("any", "bar", seed)
        limits = story.y_limits
        book = xlsxwriter.Workbook(tmp_path / "chart.xlsx")
        calc.chart_of(book, book.add_worksheet("Data"), 0, story, limited=True)
        book.close()
        assert story.y_limits == limits


def test_composed_box_is_where_the_chart_lies(tmp_path):
    (tmp_path / "one").mkdir()
    for name in ("a", "b", "c", "d"):
        with pymupdf.open() as document:
            page = document.new_page(width=400, height=300)
            page.draw_rect((100, 100, 300, 200), fill=(0, 0, 1))
            document.save(tmp_path / "one" / f"{name}.pdf")
        (tmp_path / "one" / f"{name}.csv").write_text("category,v\na,1\n", encoding="utf-8")
    charts = sorted((tmp_path / "one").glob("*.pdf"))
    assert compose.compose(charts, tmp_path / "report", compose.random.Random(1)) >= 3
    figure = compose.json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["figures"][0]
    with pymupdf.open(tmp_path / "report.pdf") as document:
        page = document[figure["page"] - 1]
        blue = [pymupdf.Rect(d["rect"]) for d in page.get_drawings() if d.get("fill") == (0.0, 0.0, 1.0)]
    box = pymupdf.Rect(figure["bbox"])
    assert any(box.contains(chart) and chart.get_area() > 0.8 * box.get_area() for chart in blue)
    assert (tmp_path / figure["csv"]).exists()
