"""Marks as programs draw them piece by piece: as broad strokes, strips and shadows, on stems, in one paint."""

import io
import itertools
import math
from collections.abc import Callable

import pymupdf
import pytest

from mineru_cli.exact import decode_page
from tests.exact_drawing import (
    BLACK,
    BLUE,
    BOTTOM,
    GREEN,
    LEFT,
    RED,
    RIGHT,
    TOP,
    Sheet,
    by_name,
    from_matplotlib,
    numbers,
)

GREY, LIGHT, WHITE = (0.5, 0.5, 0.5), (0.8, 0.8, 0.8), (1, 1, 1)
TREES = ("Oak", "Ash", "Elm", "Fir")
LINE = [(0, 10), (2, 35), (4, 35), (6, 80), (8, 55), (10, 90)]


def plt_page(draw: Callable[..., object]) -> pymupdf.Document:
    """A page that matplotlib drew."""
    import matplotlib as mpl

    mpl.use("pdf")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots()
    draw(axes)
    stream = io.BytesIO()
    figure.savefig(stream, format="pdf")
    plt.close(figure)
    return pymupdf.open("pdf", stream.getvalue())


def named_axes(sheet: Sheet, names: tuple[str, ...] = TREES) -> None:
    sheet.frame()
    sheet.x_ticks(range(1, len(names) + 1), names)
    sheet.y_ticks(range(0, 101, 20))


def test_broad_strokes_are_bars():
    sheet = Sheet(x=(0, 5))
    named_axes(sheet)
    for place, value in enumerate([30, 80, 55, 10], start=1):
        sheet.page.draw_line((sheet.x(place), BOTTOM), (sheet.x(place), sheet.y(value)), color=BLUE, width=24)
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": 80, "Elm": 55, "Fir": 10}
    assert sheet.figure().chart.type == "bar"


def test_a_broad_line_drawn_piece_by_piece_is_a_line():
    sheet = Sheet()
    sheet.axes()
    for (a, b), (c, d) in itertools.pairwise(LINE):
        sheet.page.draw_line((sheet.x(a), sheet.y(b)), (sheet.x(c), sheet.y(d)), color=BLUE, width=3)
    assert numbers(sheet.figure()) == dict(LINE)
    assert sheet.figure().chart.type == "line"


def test_a_ring_of_broad_arcs_is_a_donut():
    sheet = Sheet()
    shares, start = [50, 30, 20], 90.0
    for share, colour, name in zip(shares, (BLUE, RED, GREEN), TREES, strict=False):
        turn = 3.6 * share
        middle = math.radians(start - turn / 2)
        for k in range(4):  # no arc of a Bezier curve is longer than a quarter of a circle
            shape = sheet.page.new_shape()
            first, last = (math.radians(start - turn * (k + end) / 4) for end in (0, 1))
            grip = 4 / 3 * math.tan((last - first) / 4) * 60
            ends = [(200 + 60 * math.cos(a), 150 - 60 * math.sin(a)) for a in (first, last)]
            shape.draw_bezier(
                ends[0],
                (ends[0][0] - grip * math.sin(first), ends[0][1] - grip * math.cos(first)),
                (ends[1][0] + grip * math.sin(last), ends[1][1] + grip * math.cos(last)),
                ends[1],
            )
            if k == 0:
                whole = shape
            else:
                whole.draw_cont += shape.draw_cont
        whole.finish(color=colour, width=24, closePath=False)
        whole.commit()
        sheet.text((200 + 90 * math.cos(middle), 150 - 90 * math.sin(middle)), name, centre=True)
        start -= turn
    figure = sheet.figure()
    assert figure.chart.type == "pie"
    assert numbers(figure) == pytest.approx({"Oak": 50, "Ash": 30, "Elm": 20}, abs=0.1)


def test_strokes_of_no_length_with_round_ends_are_dots():
    sheet = Sheet()
    sheet.axes()
    sheet.page.clean_contents()
    dots = "".join(
        f"1 J 6 w 0.1 0.4 0.7 RG {sheet.x(a):.2f} {320 - sheet.y(b):.2f} m {sheet.x(a):.2f} {320 - sheet.y(b):.2f} l S "
        for a, b in LINE
    )
    xref = sheet.page.get_contents()[0]
    sheet.document.update_stream(xref, sheet.document.xref_stream(xref) + f" q {dots} Q".encode())
    figure = sheet.figure()
    assert figure.chart.type == "scatter"
    assert numbers(figure) == dict(LINE)


def test_an_area_drawn_strip_by_strip_is_one_series():
    sheet = Sheet()
    sheet.axes()
    for (a, b), (c, d) in itertools.pairwise(LINE):
        corners = [(a, 0), (a, b), (c, d), (c, 0)]
        points = [(sheet.x(x), sheet.y(y)) for x, y in corners]
        sheet.page.draw_polyline(points, color=None, fill=BLUE, closePath=True)
    figure = sheet.figure()
    assert figure.chart.type == "area"
    assert numbers(figure) == dict(LINE)


def test_shadows_of_bars_are_no_series():
    sheet = Sheet(x=(0, 5))
    named_axes(sheet)
    for place, value in enumerate([30, 80, 55, 10], start=1):
        x, y = sheet.x(place), sheet.y(value)
        sheet.page.draw_rect((x - 7, y + 3, x + 13, BOTTOM), color=None, fill=GREY)
        sheet.page.draw_rect((x - 10, y, x + 10, BOTTOM), color=None, fill=BLUE)
    assert by_name(sheet.figure()) == {"value": [30, 80, 55, 10]}


def test_bars_that_highlight_one_category_are_one_series():
    sheet = Sheet(x=(0, 5))
    named_axes(sheet)
    for place, value in enumerate([30, 80, 55, 10], start=1):
        sheet.bar(place, 0, value, RED if place == 2 else LIGHT)
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": 80, "Elm": 55, "Fir": 10}


def test_bars_up_and_down_from_one_line_are_no_stack():
    sheet = Sheet(x=(0, 5), y=(-100, 100))
    sheet.frame()
    sheet.x_ticks(range(1, 5), TREES)
    sheet.y_ticks(range(-100, 101, 50))
    for place, (up, down) in enumerate([(30, -20), (80, -40), (55, -60), (10, -5)], start=1):
        sheet.bar(place, 0, up, BLUE)
        sheet.bar(place, down, 0, RED)
    assert sorted(by_name(sheet.figure()).values()) == [[-20, -40, -60, -5], [30, 80, 55, 10]]
    assert all("sums_undone" not in [flag.code for flag in s.flags] for s in sheet.figure().chart.series)


def test_bars_that_rise_and_fall_from_another_line_than_zero_say_where_they_end_and_are_flagged():
    sheet = Sheet(x=(0, 5), y=(80, 120))
    sheet.frame()
    sheet.x_ticks(range(1, 5), TREES)
    sheet.y_ticks(range(80, 121, 10))
    for place, value in enumerate([90, 115, 104, 97], start=1):
        sheet.bar(place, min(100, value), max(100, value))
    assert numbers(sheet.figure()) == {"Oak": 90, "Ash": 115, "Elm": 104, "Fir": 97}
    assert [flag.code for flag in sheet.figure().chart.series[0].flags] == ["base_line"]


def test_bars_that_begin_far_below_the_axis_have_their_values():
    def draw(figure, axes):
        axes.bar(TREES, [60, 95, 72, 81])
        axes.set_ylim(50, 100)
        del figure

    (figure,) = from_matplotlib(draw)
    assert numbers(figure) == {"Oak": 60, "Ash": 95, "Elm": 72, "Fir": 81}


def test_bars_with_round_ends_are_bars():
    sheet = Sheet(x=(0, 5))
    named_axes(sheet)
    for place, value in enumerate([30, 80, 55, 40], start=1):
        x = sheet.x(place)
        sheet.page.draw_rect((x - 10, sheet.y(value), x + 10, BOTTOM), color=None, fill=BLUE, radius=0.5)
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": 80, "Elm": 55, "Fir": 40}


def test_dots_on_stems_are_one_series():
    sheet = Sheet(x=(0, 5))
    named_axes(sheet)
    for place, value in enumerate([30, 80, 55, 10], start=1):
        sheet.page.draw_line((sheet.x(place), BOTTOM), (sheet.x(place), sheet.y(value)), color=RED, width=4)
        sheet.page.draw_circle((sheet.x(place), sheet.y(value)), 5, color=None, fill=RED)
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": 80, "Elm": 55, "Fir": 10}
    assert len(sheet.figure().chart.series) == 1


def test_thin_stems_under_dots_are_no_error_bars():
    def draw(figure, axes):
        axes.vlines(range(4), 0, [30, 80, 55, 10], color="grey", linewidth=1)
        axes.plot(range(4), [30, 80, 55, 10], "o")
        axes.set_ylim(0, 100)
        del figure

    (figure,) = from_matplotlib(draw)
    assert all(point.low is None for point in figure.chart.series[0].points)


def test_bars_between_two_dots_are_no_series():
    def draw(figure, axes):
        axes.hlines(range(4), [10, 20, 30, 40], [60, 50, 90, 80], color="lightgrey", linewidth=5, zorder=1)
        axes.scatter([10, 20, 30, 40], range(4), color="tab:blue", label="1990", zorder=2)
        axes.scatter([60, 50, 90, 80], range(4), color="tab:red", label="2020", zorder=2)
        axes.set_yticks(range(4), TREES)
        axes.legend()
        del figure

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"1990": [10, 20, 30, 40], "2020": [60, 50, 90, 80]}


def test_a_trend_through_points_is_left_out_and_told_of():
    sheet = Sheet()
    sheet.axes()
    sheet.dots(LINE)
    sheet.line([(0, 15), (10, 85)], RED)
    figure = sheet.figure()
    assert [series.name for series in figure.chart.series] == ["value"]
    assert "reference_line" in [flag.code for flag in figure.chart.flags]


def test_a_trend_that_the_legend_names_is_a_series():
    sheet = Sheet()
    sheet.axes()
    sheet.dots(LINE)
    sheet.line([(0, 15), (10, 85)], RED)
    sheet.page.draw_circle((RIGHT + 17, TOP + 11.5), 2.5, color=None, fill=BLUE)
    sheet.text((RIGHT + 33, TOP + 14.8), "Plots")
    sheet.key(1, "Fit", RED, patch=False)
    assert set(by_name(sheet.figure())) == {"Plots", "Fit"}


def test_steps_whose_first_value_has_no_marker_keep_it():
    sheet = Sheet()
    sheet.axes()
    values = [20, 60, 40, 90, 70]
    for k, value in enumerate(values[:-1]):
        a, b, c = sheet.x(2 * k), sheet.x(2 * k + 2), sheet.y(values[k + 1])
        sheet.page.draw_line((a, sheet.y(value)), (b, sheet.y(value)), color=BLUE, width=1.5)
        sheet.page.draw_line((b, sheet.y(value)), (b, c), color=BLUE, width=1.5)
        sheet.page.draw_circle((b, c), 1, color=None, fill=BLUE)
    assert numbers(sheet.figure()) == {0: 20, 2: 60, 4: 40, 6: 90, 8: 70}


def test_a_level_piece_at_the_end_of_a_line_is_part_of_it():
    sheet = Sheet()
    sheet.axes()
    line = [(0, 10), (2, 35), (4, 20), (6, 80), (9.6, 55), (10, 55)]
    for (a, b), (c, d) in itertools.pairwise(line):
        sheet.page.draw_line((sheet.x(a), sheet.y(b)), (sheet.x(c), sheet.y(d)), color=BLUE, width=1.5)
    assert numbers(sheet.figure())[10] == 55


def test_hollow_markers_are_named_by_their_outlines():
    def draw(figure, axes):
        axes.plot([1, 2, 3, 4], [10, 40, 20, 30], "o", mfc="w", mec="tab:red", label="North")
        axes.plot([1, 2, 3, 4], [60, 90, 70, 80], "o", mfc="w", mec="tab:blue", label="South")
        axes.legend()
        del figure

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"North": [10, 40, 20, 30], "South": [60, 90, 70, 80]}
    assert not any(series.flags for series in figure.chart.series)


@pytest.mark.parametrize("forms", ["sD", "^v", "<>"])
def test_markers_of_one_paint_are_told_apart_by_their_form(forms):
    def draw(figure, axes):
        axes.plot([1, 2, 3, 4], [10, 40, 20, 30], forms[0], color="k", label="North")
        axes.plot([1, 2, 3, 4], [60, 90, 70, 80], forms[1], color="k", label="South")
        axes.legend(bbox_to_anchor=(1, 1))
        figure.subplots_adjust(right=0.7)

    (figure,) = from_matplotlib(draw)
    assert {name: [round(v) for v in values] for name, values in by_name(figure).items()} == {
        "North": [10, 40, 20, 30],
        "South": [60, 90, 70, 80],
    }


def test_bubbles_of_all_sizes_are_one_series():
    def draw(figure, axes):
        axes.scatter([1, 2, 3, 4, 5], [10, 40, 20, 30, 50], s=[20, 200, 900, 60, 400], alpha=0.5)
        del figure

    (figure,) = from_matplotlib(draw)
    assert numbers(figure) == {1: 10, 2: 40, 3: 20, 4: 30, 5: 50}


def test_points_beyond_the_plot_area_are_flagged():
    def draw(figure, axes):
        axes.plot([0, 1, 2, 3, 4, 5], [10, 40, 20, 400, 30, 50])
        axes.set_ylim(0, 60)
        del figure

    (figure,) = from_matplotlib(draw)
    assert "out_of_view" in [flag.code for flag in figure.chart.series[0].flags]


def test_filled_shapes_that_are_no_data_are_told_of():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    points = [(sheet.x(x), sheet.y(y)) for x, y in ((3, 10), (4.5, 30), (5, 12), (4, 20))]
    sheet.page.draw_polyline(points, color=None, fill=GREEN, closePath=True)
    assert "unread_marks" in [flag.code for flag in sheet.figure().chart.series[0].flags]


def test_a_ground_that_fills_its_clip_is_no_pattern():
    hatched = plt_page(lambda axes: axes.bar(["a", "b"], [1, 2], hatch="//", fill=False))
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    ground = sheet.page.new_shape()
    ground.draw_rect((-1, -1, 461, 321))
    ground.finish(color=None, fill=WHITE)
    ground.commit(overlay=False)
    page = pymupdf.open().new_page(width=460, height=700)
    page.show_pdf_page(pymupdf.Rect(0, 360, 460, 700), hatched)
    page.show_pdf_page(pymupdf.Rect(0, 0, 460, 320), sheet.document)
    read = [figure for figure in decode_page(page) if figure.chart is not None and figure.chart.type == "line"]
    assert [numbers(figure) for figure in read] == [dict(LINE)]


def test_the_ends_of_axes_are_round_numbers_where_they_are():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    chart = sheet.figure().chart
    assert (chart.x.minimum, chart.x.maximum, chart.y.minimum, chart.y.maximum) == (0, 10, 0, 100)


def test_gridlines_that_end_before_the_frame_are_no_series():
    sheet = Sheet()
    sheet.axes()
    for value in (20, 40, 60, 80):
        sheet.page.draw_line((LEFT, sheet.y(value)), (RIGHT - 60, sheet.y(value)), color=LIGHT, width=0.6)
    sheet.line(LINE, BLACK)
    assert numbers(sheet.figure()) == dict(LINE)


def test_a_row_of_bars_is_no_plot_area():
    sheet = Sheet(x=(0, 90), y=(0, 70))
    sheet.page.draw_polyline([(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], color=BLACK, width=0.8)
    sheet.x_ticks(range(0, 91, 10))
    sheet.y_ticks(range(0, 71, 10))
    for k, value in enumerate([62, 38, 48, 53, 40, 12, 31, 6, 30]):
        sheet.bar(10 * k + 5, 0, value, width=(RIGHT - LEFT) / 9)
    assert list(numbers(sheet.figure()).values()) == [62, 38, 48, 53, 40, 12, 31, 6, 30]
