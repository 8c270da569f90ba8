"""Whole charts, drawn by the test and read back."""

import itertools
import pickle

import numpy as np
import pymupdf
import pytest

from mineru_cli.exact import decode_page
from tests.exact_drawing import BLUE, BOTTOM, GREEN, LEFT, RED, RIGHT, TOP, Sheet, by_name, from_matplotlib, numbers

LINE = [(0, 10), (2, 35), (4, 20), (6, 80), (8, 55), (10, 90)]


def test_the_vertices_of_a_line_are_its_data():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    sheet.text((210, 275), "Time (s)", centre=True)
    sheet.text((20, 170), "Load (kN)", turn=90)
    sheet.text((210, 25), "Load over time", size=12, centre=True)
    figure = sheet.figure()
    chart = figure.chart
    assert chart is not None
    assert numbers(figure) == dict(LINE)
    assert (chart.type, chart.title, chart.x.label, chart.y.label, chart.y.unit) == (
        "line", "Load over time", "Time (s)", "Load (kN)", "kN",
    )  # fmt: skip
    assert chart.series[0].name == "Load (kN)"
    assert chart.read_by == "exact"
    assert chart.confidence == 1.0
    assert chart.columns == ["Time (s)", "Load (kN)"]
    assert chart.rows[1] == ["2", "35"]
    assert chart.y.residual is not None
    assert chart.y.residual < 0.05
    assert chart.y.resolution is not None
    assert 0 < chart.y.resolution < 0.01


def test_the_box_holds_the_chart_with_its_labels_and_nothing_else():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    x0, y0, x1, y1 = sheet.figure().box
    assert 30 < x0 < LEFT - 7
    assert TOP - 8 < y0 <= TOP
    assert RIGHT <= x1 < RIGHT + 10
    assert BOTTOM + 10 < y1 < BOTTOM + 25


def test_what_is_handed_on_travels_between_processes():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    figure = sheet.figure()
    assert pickle.loads(pickle.dumps(figure)) == figure  # noqa: S301 - its own bytes


def test_where_each_point_was_read_is_kept():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    places = sheet.figure().drawn[0]
    assert places[1] == pytest.approx((sheet.x(2), sheet.y(35)), abs=0.01)


def test_series_take_their_names_from_the_legend_by_colour():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE, BLUE)
    sheet.line([(a, 100 - b) for a, b in LINE], RED)
    sheet.key(0, "North", RED, patch=False)
    sheet.key(1, "South", BLUE, patch=False)
    values = by_name(sheet.figure())
    assert values == {"South": [b for _, b in LINE], "North": [100 - b for _, b in LINE]}


def test_stacked_bars_are_read_segment_by_segment():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    for place, (low, high) in enumerate([(20, 30), (25, 10), (40, 55)], start=1):
        sheet.bar(place, 0, low, BLUE)
        sheet.bar(place, low, low + high, RED)
    sheet.key(0, "First", BLUE)
    sheet.key(1, "Second", RED)
    figure = sheet.figure()
    assert figure.chart is not None
    assert figure.chart.type == "bar_stacked"
    assert by_name(figure) == {"First": [20, 25, 40], "Second": [30, 10, 55]}
    assert [row[0] for row in figure.chart.rows] == ["Oak", "Ash", "Elm"]


def test_bars_below_zero_are_negative():
    sheet = Sheet(x=(0, 4), y=(-50, 50))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(-50, 51, 25))
    for place, value in enumerate([30, -20, 10], start=1):
        sheet.bar(place, min(0, value), max(0, value))
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": -20, "Elm": 10}


def test_bars_on_an_axis_that_does_not_begin_at_zero_keep_their_value():
    sheet = Sheet(x=(0, 4), y=(50, 100))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(50, 101, 10))
    for place, value in enumerate([60, 85, 72], start=1):
        sheet.bar(place, 50, value)
    assert numbers(sheet.figure()) == {"Oak": 60, "Ash": 85, "Elm": 72}


def test_an_offset_text_multiplies_the_axis():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    sheet.text((LEFT, TOP - 5), "1e6")
    assert numbers(sheet.figure())[2] == 35_000_000


def test_markers_outrank_the_vertices_of_their_line():
    sheet = Sheet()
    sheet.axes()
    sheet.line([(0, 10), (10, 90)])
    sheet.dots([(0, 10), (5, 50), (10, 90)])
    assert numbers(sheet.figure()) == {0: 10, 5: 50, 10: 90}


def test_error_bars_belong_to_their_points():
    sheet = Sheet()
    sheet.axes()
    sheet.dots(LINE)
    for a, b in LINE:
        sheet.page.draw_line((sheet.x(a), sheet.y(b - 5)), (sheet.x(a), sheet.y(b + 7)), color=BLUE, width=0.8)
    chart = sheet.figure().chart
    assert chart is not None
    assert [(p.low, p.high) for p in chart.series[0].points[:2]] == [(5, 17), (30, 42)]


def test_a_dashed_line_drawn_dash_by_dash_is_one_line_and_flagged():
    sheet = Sheet()
    sheet.axes()
    shape = sheet.page.new_shape()
    path = np.array([(sheet.x(a), sheet.y(b)) for a, b in [(0, 10), (5, 80), (10, 30)]])
    for start, end in itertools.pairwise(path):
        length = float(np.hypot(*(end - start)))
        for at in np.arange(0.0, length, 6.0):
            a, b = start + (end - start) * at / length, start + (end - start) * min(at + 4, length) / length
            shape.draw_line(tuple(a), tuple(b))
    shape.finish(color=BLUE, width=1)
    shape.commit()
    chart = sheet.figure().chart
    assert chart is not None
    assert len(chart.series) == 1
    values = {p.x: p.y for p in chart.series[0].points}
    assert values[5] == pytest.approx(80, abs=0.6)
    assert [flag.code for flag in chart.series[0].flags] == ["rebuilt_dashes"]


def test_a_turned_page_reads_as_an_upright_one():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    sheet.text((210, 275), "Time (s)", centre=True)
    with pymupdf.open("pdf", sheet.document.tobytes()) as document:
        document[0].set_rotation(90)
        turned = pymupdf.open("pdf", document.tobytes())
    (figure,) = decode_page(turned[0])
    assert numbers(figure) == dict(LINE)
    x0, y0, x1, y1 = figure.box
    assert x1 - x0 < y1 - y0
    assert x0 >= 0
    assert y1 <= turned[0].rect.height


def test_a_chart_scaled_into_a_page_of_prose_is_found_alone():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    with pymupdf.open() as document:
        page = document.new_page()
        for row in range(16):
            page.insert_text((60, 80 + 12 * row), "Output rose while the prices of 2019 and 2020 fell by 3 %.")
        page.show_pdf_page(pymupdf.Rect(60, 300, 320, 480), sheet.document, 0)
        figures = decode_page(pymupdf.open("pdf", document.tobytes())[0])
    (figure,) = figures
    assert numbers(figure) == dict(LINE)
    assert figure.box[1] > 295


def test_the_labels_of_the_first_panel_serve_its_row():
    def draw(figure, axes):
        for k, panel in enumerate(axes):
            panel.plot([1, 2, 3, 4], [k + 1, k + 3, k + 2, k + 4])
        del figure

    figures = from_matplotlib(draw, ncols=3, sharey=True, figsize=(8, 3))
    read = [numbers(figure) for figure in figures]
    assert read == [{1: k + 1, 2: k + 3, 3: k + 2, 4: k + 4} for k in range(3)]
    assert [flag.code for flag in figures[2].chart.flags] == ["axis_shared"]


def test_an_inset_and_the_chart_around_it_are_both_read():
    def draw(figure, axes):
        axes.plot(range(8), [1, 2, 3, 4, 5, 6, 7, 20], color="C0")
        inset = axes.inset_axes([0.1, 0.5, 0.4, 0.4])
        inset.plot([0, 1, 2, 3], [0.5, 0.25, 0.75, 1.0], color="C1")
        del figure

    outer, inner = from_matplotlib(draw, figsize=(6, 4))
    assert list(numbers(outer).values()) == [1, 2, 3, 4, 5, 6, 7, 20]
    assert list(numbers(inner).values()) == [0.5, 0.25, 0.75, 1.0]


def test_series_of_a_second_axis_are_read_against_it_and_flagged():
    def draw(figure, axes):
        axes.bar(["a", "b", "c"], [10, 20, 30])
        axes.set_ylabel("Rain (mm)")
        twin = axes.twinx()
        twin.plot([0, 1, 2], [0.1, 0.3, 0.2], color="red", marker="o")
        twin.set_ylabel("Risk")
        del figure

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"Rain (mm)": [10, 20, 30], "Risk": [0.1, 0.3, 0.2]}
    assert [series.axis for series in figure.chart.series] == ["y", "y2"]
    assert all(flag.code == "second_axis" for series in figure.chart.series for flag in series.flags)


def test_hatched_bars_are_bars_not_hatches():
    def draw(figure, axes):
        axes.bar([0.8, 1.8], [4, 7], width=0.4, hatch="//", label="one")
        axes.bar([1.2, 2.2], [5, 3], width=0.4, hatch="..", label="two")
        axes.set_xticks([1, 2], ["left", "right"])
        axes.legend()
        del figure

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"one": [4, 7], "two": [5, 3]}


def test_a_log_log_chart_with_minor_ticks_reads_the_major_ones():
    x = [0.1, 1, 10, 100, 1000]
    y = [5, 30, 200, 4000, 12000]

    def draw(figure, axes):
        axes.loglog(x, y, marker="s")
        del figure

    (figure,) = from_matplotlib(draw)
    chart = figure.chart
    assert chart.x.scale == chart.y.scale == "log"
    assert [p.y for p in chart.series[0].points] == pytest.approx(y, rel=1e-4)


def test_steps_give_one_value_a_level():
    def draw(figure, axes):
        axes.step([2000, 2001, 2002, 2003, 2004], [3, 5, 4, 6, 2], where="post")
        del figure

    (figure,) = from_matplotlib(draw)
    assert numbers(figure) == {2000: 3, 2001: 5, 2002: 4, 2003: 6, 2004: 2}


def test_stacked_areas_are_read_layer_by_layer():
    def draw(figure, axes):
        axes.stackplot([0, 1, 2, 3], [1, 2, 3, 2], [4, 3, 2, 5], labels=["under", "over"])
        axes.legend(loc="upper left")
        del figure

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"under": [1, 2, 3, 2], "over": [4, 3, 2, 5]}


def test_slices_of_a_pie_have_their_shares_and_names():
    def draw(figure, axes):
        axes.pie([50, 30, 20], labels=["Coal", "Gas", "Wind"], autopct="%.0f%%")
        del figure

    (figure,) = from_matplotlib(draw)
    assert figure.chart.type == "pie"
    assert numbers(figure) == {"Coal": 50, "Gas": 30, "Wind": 20}


def test_a_single_colour_for_each_bar_is_one_series():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    for place, (value, colour) in enumerate([(20, BLUE), (65, RED), (40, GREEN)], start=1):
        sheet.bar(place, 0, value, colour)
    assert numbers(sheet.figure()) == {"Oak": 20, "Ash": 65, "Elm": 40}


def test_axes_around_a_picture_are_passed_on_with_their_calibration():
    sheet = Sheet()
    sheet.axes()
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 40, 40), 0)
    pixmap.clear_with(128)
    sheet.page.insert_image((LEFT + 10, TOP + 10, RIGHT - 10, BOTTOM - 10), pixmap=pixmap)
    figure = sheet.figure()
    assert figure.chart is None
    assert [flag.code for flag in figure.flags] == ["no_marks"]
    assert figure.axes["y"].maximum == pytest.approx(100, abs=0.1)


def test_a_table_is_no_chart():
    with pymupdf.open() as document:
        page = document.new_page()
        for row in range(8):
            page.draw_line((60, 100 + 20 * row), (400, 100 + 20 * row), width=0.5)
            for column in range(5):
                page.insert_text((70 + 65 * column, 114 + 20 * row), f"{row * 37 % 11}.{column}")
        assert decode_page(pymupdf.open("pdf", document.tobytes())[0]) == []


def test_a_page_of_prose_holds_no_chart():
    with pymupdf.open() as document:
        page = document.new_page()
        for row in range(40):
            page.insert_text((60, 80 + 14 * row), "In 2019 it was 12.5 and in 2020 it was 13.1, after 11.9 in 2018.")
        page.draw_line((60, 700), (300, 700))
        assert decode_page(pymupdf.open("pdf", document.tobytes())[0]) == []


def test_a_page_over_its_time_leaves_its_charts_to_the_model():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    (figure,) = decode_page(pymupdf.open("pdf", sheet.document.tobytes())[0], seconds=0.0)
    assert figure.chart is None
    assert [flag.code for flag in figure.flags] == ["time"]
