"""Axes as programs draw them in their own ways: on whole pixels, between the data, without ticks."""

import math

import pytest

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

PIXEL = 0.8
GREY = (0.8, 0.8, 0.8)


def sharp(place: float, start: float) -> float:
    """Where a browser puts a line that belongs at a place: on whole pixels from a start, and half a pixel."""
    return start + PIXEL * (math.floor((place - start) / PIXEL + 0.5) + 0.5)


def pixel_axes(sheet, x_values, y_values):
    """Gridlines that end at the plot area's edges, and ticks moved to whole pixels."""
    for value in y_values:
        at = sharp(sheet.y(value), TOP)
        sheet.page.draw_line((LEFT, at), (RIGHT, at), color=GREY, width=PIXEL)
        sheet.page.draw_line((LEFT, at), (LEFT - 4, at), color=BLACK, width=PIXEL)
        sheet.text((LEFT - 22, at + 3.2), f"{value:g}")
    at = sharp(BOTTOM, TOP)
    sheet.page.draw_line((LEFT, at), (RIGHT, at), color=BLACK, width=PIXEL)
    for value in x_values:
        at = sharp(sheet.x(value), LEFT)
        sheet.page.draw_line((at, BOTTOM), (at, BOTTOM + 4), color=BLACK, width=PIXEL)
        sheet.text((at, BOTTOM + 15), f"{value:g}", centre=True)
    at = sharp(LEFT, LEFT)
    sheet.page.draw_line((at, TOP), (at, BOTTOM), color=BLACK, width=PIXEL)


def test_half_a_pixel_between_the_outer_ticks_and_the_plot_areas_ends_is_undone():
    sheet = Sheet(x=(0, 7), y=(0, 9))
    pixel_axes(sheet, range(8), range(0, 10, 3))
    points = [(0.31, 1.23), (2.4, 7.7), (3.9, 2.05), (5.55, 6.4), (6.2, 3.3)]
    sheet.line(points)
    figure = sheet.figure()
    read = [(p.x, p.y) for p in figure.chart.series[0].points]
    assert read == [pytest.approx(point, abs=0.007) for point in points]


def test_years_come_out_whole_where_ticks_stand_on_whole_pixels():
    sheet = Sheet(x=(1999.6, 2012.3), y=(0, 100))
    sheet.y_ticks(range(0, 101, 20))
    sheet.frame()
    for year in (2002, 2005, 2008, 2011):
        at = sharp(sheet.x(year), LEFT)
        sheet.page.draw_line((at, BOTTOM), (at, BOTTOM + 4), color=BLACK, width=PIXEL)
        sheet.text((at, BOTTOM + 15), str(year), centre=True)
    values = [20, 90, 35, 80, 10, 60, 75, 15, 95, 40, 55, 30]
    sheet.line([(2000 + k, value) for k, value in enumerate(values)])
    assert numbers(sheet.figure()) == {2000 + k: value for k, value in enumerate(values)}


def test_a_steep_line_over_rounded_ticks_that_nothing_explains_is_flagged():
    sheet = Sheet(x=(0, 9.7), y=(0, 100))
    sheet.frame()
    for value in (0, 20, 40, 60, 80, 100):
        sheet.page.draw_line((LEFT - 4, sheet.y(value)), (LEFT, sheet.y(value)), color=BLACK, width=PIXEL)
        sheet.text((LEFT - 24, sheet.y(value) + 3.2), str(value))
    for value in (1, 3, 5, 7, 9):
        at = LEFT + 0.2 + PIXEL * round((sheet.x(value) - LEFT) / PIXEL)
        sheet.page.draw_line((at, BOTTOM), (at, BOTTOM + 4), color=BLACK, width=PIXEL)
        sheet.text((at, BOTTOM + 15), str(value), centre=True)
    sheet.line([(0.3, 10), (0.41, 90), (2.27, 20), (3.94, 85), (6.18, 15), (9.02, 60)])
    flags = {flag.code for flag in sheet.figure().chart.series[0].flags}
    assert "coarse_ticks" in flags


def test_labels_for_several_intervals_belong_to_the_data_after_the_tick():
    sheet = Sheet(x=(0, 24))
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    for k in range(0, 25, 4):
        sheet.page.draw_line((sheet.x(k), BOTTOM), (sheet.x(k), BOTTOM + 4), color=BLACK, width=0.8)
    for k in range(0, 24, 4):
        sheet.text((sheet.x(k + 0.5) + 2.7, BOTTOM + 32), str(2000 + k), turn=90)
    values = [10 + (37 * k) % 80 for k in range(24)]
    sheet.line([(k + 0.5, value) for k, value in enumerate(values)])
    assert numbers(sheet.figure()) == {2000 + k: value for k, value in enumerate(values)}


def test_a_column_of_numbers_at_the_foot_of_the_plot_area_is_an_axis_and_flagged():
    sheet = Sheet()
    sheet.page.draw_line((LEFT, BOTTOM), (RIGHT, BOTTOM), color=BLACK, width=0.8)
    sheet.x_ticks(range(0, 11, 2))
    for value in range(0, 101, 20):
        sheet.text((LEFT - 24, sheet.y(value) + 4.5), str(value))
    sheet.dots([(1, 15), (3, 70), (5, 40), (8, 95)])
    figure = sheet.figure()
    assert [p.y for p in figure.chart.series[0].points] == pytest.approx([15, 70, 40, 95], abs=0.2)
    assert [flag.code for flag in figure.chart.flags] == ["axis_from_labels"]


def test_an_axis_at_zero_among_the_gridlines_names_the_bars_on_both_sides():
    sheet = Sheet(x=(0, 3), y=(-50, 50))
    for value in range(-50, 51, 25):
        sheet.page.draw_line((LEFT, sheet.y(value)), (RIGHT, sheet.y(value)), color=GREY, width=0.8)
    sheet.y_ticks(range(-50, 51, 25))
    zero = sheet.y(0)
    for k in range(4):
        sheet.page.draw_line((sheet.x(k), zero), (sheet.x(k), zero + 4), color=BLACK, width=0.8)
    for k, (name, value) in enumerate([("Oak", 30), ("Ash", -40), ("Elm", 15)]):
        sheet.bar(k + 0.5, min(0, value), max(0, value))
        sheet.text((sheet.x(k + 0.5), zero + 14), name, centre=True)
    assert numbers(sheet.figure()) == {"Oak": 30, "Ash": -40, "Elm": 15}


def test_what_the_points_stand_for_decides_between_months_and_days():
    sheet = Sheet(x=(735964, 737791))
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    for k, text in enumerate(["01/16", "01/18", "01/20"]):
        place = sheet.x(735964 + 730.5 * k)
        sheet.page.draw_line((place, BOTTOM), (place, BOTTOM + 4), color=BLACK, width=0.8)
        sheet.text((place, BOTTOM + 15), text, centre=True)
    days = [735964, 735995, 736024, 736055, 736085, 736116, 736146]  # the first days of January to July 2016
    sheet.line([(day, value) for day, value in zip(days, [10, 30, 20, 60, 50, 90, 70], strict=True)])
    read = list(numbers(sheet.figure()))
    assert read[:3] == ["2016-01-01", "2016-02-01", "2016-03-01"]


def test_labels_with_a_line_broken_after_a_dash_are_one_name():
    def draw(figure, axes):
        axes.bar([0, 1, 2], [20, 40, 60])
        axes.set_xticks([0, 1, 2], ["10\u2013\n20", "20\u2013\n30", "30\u2013\n40"])
        del figure

    (figure,) = from_matplotlib(draw)
    assert numbers(figure) == {"10\u201320": 20, "20\u201330": 40, "30\u201340": 60}


def test_a_legend_under_the_labels_is_not_their_second_line():
    sheet = Sheet(x=(0, 3))
    sheet.frame()
    sheet.x_ticks([0.5, 1.5, 2.5], ["North side", "South side", "East side"])
    sheet.y_ticks(range(0, 101, 20))
    for k in range(3):
        sheet.bar(k + 0.4, 0, 20 * (k + 1), BLUE, width=10)
        sheet.bar(k + 0.6, 0, 30 * (k + 1), RED, width=10)
    for place, name, colour in ((1.5, "After", RED), (0.9, "Before", BLUE)):
        sheet.text((sheet.x(place), BOTTOM + 24.5), name, centre=True)
        box = (sheet.x(place) + 16, BOTTOM + 18, sheet.x(place) + 28, BOTTOM + 24)
        sheet.page.draw_rect(box, color=None, fill=colour)
    assert by_name(sheet.figure()) == {"Before": [20, 40, 60], "After": [30, 60, 90]}
    assert list(numbers(sheet.figure())) == ["North side", "South side", "East side"]


def test_of_several_bars_at_one_label_the_nearest_has_its_name_and_the_rest_are_flagged():
    sheet = Sheet(x=(0, 6))
    sheet.frame()
    sheet.x_ticks([1.5, 3.5, 5.5], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20))
    for k in range(6):
        sheet.bar(k + 0.5, 0, 10 * (k + 1))
    (series,) = sheet.figure().chart.series
    assert {p.x: p.y for p in series.points if p.x} == {"Oak": 20, "Ash": 40, "Elm": 60}
    assert [flag.code for flag in series.flags] == ["off_category"]


def test_titles_centred_on_the_plot_area_with_its_labels_are_axis_titles():
    sheet = Sheet(y=(0, 4))
    sheet.frame()
    sheet.x_ticks(range(0, 11, 2))
    for k, name in enumerate(["Oak", "Ash", "Elm", "Lime"]):
        sheet.page.draw_line((LEFT - 4, sheet.y(k + 0.5)), (LEFT, sheet.y(k + 0.5)), color=BLACK, width=0.8)
        sheet.text((LEFT - 32, sheet.y(k + 0.5) + 3.2), name)
        box = (LEFT, sheet.y(k + 0.8), sheet.x(2 * k + 1), sheet.y(k + 0.2))
        sheet.page.draw_rect(box, color=None, fill=GREEN)
    sheet.text(((LEFT - 32 + RIGHT) / 2, BOTTOM + 32), "Output (t)", centre=True)
    chart = sheet.figure().chart
    assert chart.y.label == "Output (t)"
    assert numbers(sheet.figure()) == {"Oak": 1, "Ash": 3, "Elm": 5, "Lime": 7}


def test_numbers_set_on_the_gridlines_inside_the_plot_area_are_the_axis():
    sheet = Sheet()
    for value in range(0, 101, 20):
        at = sheet.y(value)
        sheet.page.draw_line((LEFT, at), (RIGHT, at), color=GREY, width=0.6)
        sheet.text((RIGHT - 16, at - 2), f"{value:3d}")
    sheet.x_ticks(range(0, 11, 2))
    points = [(0, 10), (2, 35), (4, 20), (6, 80), (8, 55), (9, 90)]
    sheet.line(points)
    figure = sheet.figure()
    assert numbers(figure) == dict(points)
    assert figure.chart.flags == []


def test_labels_that_begin_at_their_ticks_are_theirs():
    sheet = Sheet()
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    for k, text in enumerate(["8", "9", "10", "11", "12"]):
        place = sheet.x(2 * k)
        sheet.page.draw_line((place, BOTTOM), (place, BOTTOM + 4), color=BLACK, width=0.6)
        sheet.text((place + 5, BOTTOM + 14), text)
    sheet.line([(0, 10), (2, 35), (5, 20), (6, 80)])
    assert numbers(sheet.figure()) == {8: 10, 9: 35, 10.5: 20, 11: 80}


@pytest.mark.parametrize("upright", [True, False], ids=["columns", "rows"])
def test_bars_without_an_axis_are_measured_by_the_values_printed_at_them(upright):
    sheet = Sheet()
    values = {"Oak": 12.5, "Ash": 48, "Elm": 31.4, "Lime": 60}
    for k, (name, value) in enumerate(values.items()):
        if upright:
            x0 = LEFT + 60 * k
            sheet.page.draw_rect((x0, BOTTOM - 3 * value, x0 + 36, BOTTOM), color=None, fill=BLUE)
            sheet.text((x0 + 18, BOTTOM - 3 * value - 4), f"{value:g}", centre=True)
            sheet.text((x0 + 18, BOTTOM + 12), name, centre=True)
        else:
            y0 = TOP + 40 * k
            sheet.page.draw_rect((LEFT, y0, LEFT + 3 * value, y0 + 24), color=None, fill=BLUE)
            sheet.text((LEFT + 3 * value + 4, y0 + 15.2), f"{value:g}")
            sheet.text((LEFT - 26, y0 + 15.2), name)
    figure = sheet.figure()
    assert numbers(figure) == values
    assert all(point.printed for point in figure.chart.series[0].points)
    assert [flag.code for flag in figure.chart.flags] == ["axis_from_values"]


def test_numbers_that_disagree_with_the_lengths_of_bars_make_no_axis():
    sheet = Sheet()
    for k, (name, value, printed) in enumerate([("Oak", 12, 12), ("Ash", 48, 30), ("Elm", 31, 44), ("Lime", 60, 60)]):
        x0 = LEFT + 60 * k
        sheet.page.draw_rect((x0, BOTTOM - 3 * value, x0 + 36, BOTTOM), color=None, fill=BLUE)
        sheet.text((x0 + 18, BOTTOM - 3 * value - 4), str(printed), centre=True)
        sheet.text((x0 + 18, BOTTOM + 12), name, centre=True)
    assert sheet.figures() == []


def test_ticks_that_point_inwards_from_axes_without_a_frame_are_axes():
    sheet = Sheet()
    for value in range(0, 11, 2):
        place = sheet.x(value)
        sheet.page.draw_line((place, BOTTOM), (place, BOTTOM - 5), color=BLACK, width=0.5)
        sheet.text((place, BOTTOM + 14), str(value), centre=True)
    for value in range(0, 101, 20):
        sheet.page.draw_line((LEFT, sheet.y(value)), (LEFT + 5, sheet.y(value)), color=BLACK, width=0.5)
        sheet.text((LEFT - 24, sheet.y(value) + 3.2), str(value))
    points = [(0, 10), (2, 35), (4, 20), (6, 80), (8, 55)]
    sheet.line(points)
    figure = sheet.figure()
    assert numbers(figure) == dict(points)
    assert figure.chart.flags == []


def test_numbers_on_the_left_are_an_axis_beside_the_ticks_on_the_right_and_flagged():
    sheet = Sheet(x=(0, 4))
    sheet.page.draw_line((LEFT, BOTTOM), (RIGHT, BOTTOM), color=BLACK, width=0.8)
    sheet.page.draw_line((RIGHT, TOP), (RIGHT, BOTTOM), color=BLACK, width=0.8)
    sheet.x_ticks([1, 2, 3], ["Oak", "Ash", "Elm"])
    sheet.y_ticks(range(0, 101, 20), [f"{v / 10:g}" for v in range(0, 101, 20)], right=True)
    for value in range(0, 101, 20):
        sheet.text((LEFT - 20, sheet.y(value) + 3.2), str(value))
    for place, value in enumerate([30, 80, 55], start=1):
        sheet.bar(place, 0, value)
    sheet.line([(1, 15), (2, 70), (3, 40)], RED)
    bars, line = sheet.figure().chart.series
    assert [p.y for p in bars.points] == pytest.approx([30, 80, 55], abs=0.5)
    assert [p.y for p in line.points] == pytest.approx([1.5, 7, 4], abs=0.05)
    assert all("second_axis" in {flag.code for flag in series.flags} for series in (bars, line))


def test_a_category_without_a_bar_is_told():
    sheet = Sheet(x=(0, 5))
    sheet.frame()
    sheet.x_ticks([1, 2, 3, 4], ["Oak", "Ash", "Elm", "Lime"])
    sheet.y_ticks(range(0, 101, 20))
    for place, value in ((1, 30), (2, 80), (4, 55)):
        sheet.bar(place, 0, value)
    chart = sheet.figure().chart
    assert [(flag.code, "Elm" in flag.message) for flag in chart.flags] == [("empty_category", True)]


def test_names_of_two_lines_beside_the_axis_are_one_name():
    sheet = Sheet(y=(0, 3))
    sheet.frame()
    sheet.x_ticks(range(0, 11, 2))
    for k in range(4):
        sheet.page.draw_line((LEFT - 4, sheet.y(k)), (LEFT, sheet.y(k)), color=BLACK, width=0.8)
    for k, lines in enumerate([["Retail"], ["Health and", "social work"], ["Mining"]]):
        for row, line in enumerate(lines):
            sheet.text((LEFT - 30, sheet.y(k + 0.5) + 3.2 + 10.5 * (row - (len(lines) - 1) / 2)), line, centre=True)
        box = (LEFT, sheet.y(k + 0.8), sheet.x(2 * k + 3), sheet.y(k + 0.2))
        sheet.page.draw_rect(box, color=None, fill=GREEN)
    assert numbers(sheet.figure()) == {"Retail": 3, "Health and social work": 5, "Mining": 7}
