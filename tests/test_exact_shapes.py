"""Marks as programs draw them in their own ways: cut into triangles, outlined, under halos, as areas."""

import itertools

import pytest

from tests.exact_drawing import BLACK, BLUE, GREEN, LEFT, RED, RIGHT, TOP, Sheet, by_name, from_matplotlib, numbers

WHITE = (1, 1, 1)
LINE = [(0, 10), (2, 35), (4, 20), (6, 80), (8, 55), (10, 90)]


def triangle(sheet, corners, colour=BLUE):
    shape = sheet.page.new_shape()
    shape.draw_polyline([(sheet.x(a), sheet.y(b)) for a, b in corners])
    shape.finish(color=None, fill=colour, closePath=True)
    shape.commit()


def test_bars_cut_into_triangles_are_bars():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    for place, value in enumerate([30, 80, 55], start=1):
        low, high = place - 0.3, place + 0.3
        triangle(sheet, [(low, 0), (high, 0), (low, value)])
        triangle(sheet, [(high, 0), (high, value), (low, value)])
    figure = sheet.figure()
    assert numbers(figure) == {"Oak": 30, "Ash": 80, "Elm": 55}
    assert figure.chart.type == "bar"


def test_an_area_cut_into_triangles_with_an_outline_of_its_own_is_one_series():
    sheet = Sheet()
    sheet.axes()
    for (a, b), (c, d) in itertools.pairwise(LINE):
        triangle(sheet, [(a, 0), (a, b), (c, 0)])
        triangle(sheet, [(c, 0), (a, b), (c, d)])
    ring = [*LINE, (10, 0), *((a, 0) for a, _ in reversed(LINE))]
    sheet.page.draw_polyline([(sheet.x(a), sheet.y(b)) for a, b in ring], color=BLACK, width=0.5, closePath=True)
    assert numbers(sheet.figure()) == dict(LINE)


def test_a_line_along_an_areas_edge_is_no_series_of_its_own():
    sheet = Sheet()
    sheet.axes()
    ring = [(0, 0), *LINE, (10, 0)]
    sheet.page.draw_polyline(
        [(sheet.x(a), sheet.y(b)) for a, b in ring], color=None, fill=(0.5, 0.7, 0.9), closePath=True
    )
    sheet.line(LINE, BLUE)
    assert numbers(sheet.figure()) == dict(LINE)
    assert len(sheet.figure().chart.series) == 1


def test_an_area_that_stands_on_nothing_is_flagged():
    def draw(figure, axes):
        axes.fill_between([0, 1, 2, 3, 4], [1, 4, 2, 6, 3], [5, 9, 8, 9.5, 7])
        axes.set_ylim(0, 10)
        del figure

    (figure,) = from_matplotlib(draw)
    assert [flag.code for flag in figure.chart.series[0].flags] == ["floating_area"]


def test_contours_are_left_to_the_model():
    def draw(figure, axes):
        import numpy as np

        x, y = np.meshgrid(np.linspace(-3, 3, 40), np.linspace(-3, 3, 40))
        axes.contour(x, y, np.exp(-(x**2) - y**2) + 0.5 * np.exp(-((x - 1) ** 2) - (y - 1) ** 2), levels=8)
        del figure

    (figure,) = from_matplotlib(draw)
    assert figure.chart is None
    assert "paths" in [flag.code for flag in figure.flags]


def test_white_marks_under_markers_are_no_series():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    for a, b in LINE:
        sheet.page.draw_circle((sheet.x(a), sheet.y(b)), 4, color=WHITE, fill=WHITE)
        sheet.page.draw_circle((sheet.x(a), sheet.y(b)), 2, color=BLUE, fill=BLUE)
    assert by_name(sheet.figure()) == {"value": [b for _, b in LINE]}


def test_markers_a_little_higher_than_wide_are_no_bars():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE)
    for a, b in LINE:
        x, y = sheet.x(a), sheet.y(b)
        sheet.page.draw_rect((x - 2.24, y - 2.5, x + 2.24, y + 2.5), color=None, fill=BLUE)
    figure = sheet.figure()
    assert figure.chart.type == "line"
    assert numbers(figure) == dict(LINE)


def test_the_sides_of_a_legends_frame_are_no_series():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE, BLUE)
    sheet.line([(a, 100 - b) for a, b in LINE], RED)
    for row, (name, colour) in enumerate([("North", BLUE), ("South", RED)]):
        at = TOP + 14 + 13 * row
        sheet.page.draw_line((LEFT + 20, at), (LEFT + 40, at), color=colour, width=1.5)
        sheet.text((LEFT + 45, at + 3.2), name)
    x0, y0, x1, y1 = LEFT + 16, TOP + 6, LEFT + 76, TOP + 36
    for start, end in (((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))):
        sheet.page.draw_line(start, end, color=BLACK, width=0.5)
    assert by_name(sheet.figure()) == {"North": [b for _, b in LINE], "South": [100 - b for _, b in LINE]}


def test_keys_in_a_column_right_of_short_and_long_names_are_theirs():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    for place in (1, 2, 3):
        sheet.bar(place - 0.15, 0, 20 * place, BLUE, width=10)
        sheet.bar(place + 0.15, 0, 10 * place, RED, width=10)
    for row, (name, colour) in enumerate([("Low", BLUE), ("Much longer name", RED)]):
        top = TOP + 10 + 11 * row
        sheet.text((RIGHT + 5, top + 6.8), name, size=7)
        sheet.page.draw_rect((RIGHT + 68, top, RIGHT + 88, top + 7), color=None, fill=colour)
    assert by_name(sheet.figure()) == {"Low": [20, 40, 60], "Much longer name": [10, 20, 30]}


@pytest.mark.parametrize("dark", [True, False], ids=["in black", "in their own colour"])
def test_names_behind_the_ends_of_lines_are_theirs(dark):
    sheet = Sheet()
    sheet.axes()
    ends = {"North": (BLUE, 90), "South": (RED, 40), "East": (GREEN, 15)}
    for name, (colour, end) in ends.items():
        sheet.line([(0, 50), (3, 20), (6, 70), (10, end)], colour)
        place = (RIGHT + 5, sheet.y(end) + 3.2)
        sheet.page.insert_text(place, name, fontsize=9, color=BLACK if dark else colour)
    assert {name: values[-1] for name, values in by_name(sheet.figure()).items()} == {
        name: end for name, (_, end) in ends.items()
    }


def test_names_that_crowd_at_the_ends_of_lines_are_not_guessed():
    sheet = Sheet()
    sheet.axes()
    for name, colour, end, at in (("North", BLUE, 50, 53), ("South", RED, 49, 46)):
        sheet.line([(0, 50), (3, 20 + end / 5), (6, 70 - end / 3), (10, end)], colour)
        sheet.text((RIGHT + 5, sheet.y(at) + 3.2), name)
    chart = sheet.figure().chart
    assert [series.name for series in chart.series] == ["Series 1", "Series 2"]
    assert all(flag.code == "unnamed" for series in chart.series for flag in series.flags)


def test_series_that_the_legend_cannot_tell_apart_are_flagged():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE, BLUE)
    sheet.line([(a, 100 - b) for a, b in LINE], BLUE)
    sheet.key(0, "North", BLUE, patch=False)
    sheet.key(1, "South", BLUE, patch=False)
    chart = sheet.figure().chart
    assert all("legend_tie" in {flag.code for flag in series.flags} for series in chart.series)


def test_markers_tell_lines_of_one_colour_apart():
    sheet = Sheet()
    sheet.axes()
    sheet.line(LINE, BLACK)
    sheet.line([(a, 100 - b) for a, b in LINE], BLACK)
    for a, b in LINE:
        sheet.page.draw_circle((sheet.x(a), sheet.y(b)), 2.5, color=None, fill=BLACK)
        x, y = sheet.x(a), sheet.y(100 - b)
        sheet.page.draw_rect((x - 2.5, y - 2.5, x + 2.5, y + 2.5), color=None, fill=BLACK)
    for row, name in enumerate(["Squares", "Dots"]):
        x, y = RIGHT + 20, TOP + 12 + 14 * row
        if row:
            sheet.page.draw_circle((x, y), 2.5, color=None, fill=BLACK)
        else:
            sheet.page.draw_rect((x - 2.5, y - 2.5, x + 2.5, y + 2.5), color=None, fill=BLACK)
        sheet.text((x + 10, y + 3.2), name)
    assert by_name(sheet.figure()) == {"Squares": [100 - b for _, b in LINE], "Dots": [b for _, b in LINE]}


@pytest.mark.parametrize("order", [1, -1])
def test_a_stack_drawn_as_sums_is_taken_apart_and_said_to_be(order):
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    sums = [(RED, [90, 80, 70]), (GREEN, [60, 75, 40]), (BLUE, [20, 30, 35])][::order]
    for colour, values in sums:
        for place, value in enumerate(values, start=1):
            corners = [(place - 0.3, 0), (place + 0.3, 0), (place + 0.3, value), (place - 0.3, value)]
            triangle(sheet, corners, colour)
    values = [[point.y for point in series.points] for series in sheet.figure().chart.series]
    codes = {flag.code for series in sheet.figure().chart.series for flag in series.flags}
    if order == 1:
        assert sorted([round(value) for value in series] for series in values) == [
            [20, 30, 35],
            [30, 5, 30],
            [40, 45, 5],
        ]
        assert "sums_undone" in codes
    else:
        assert "sums_undone" not in codes
