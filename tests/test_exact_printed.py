"""Values printed on marks win where they agree with the geometry, and are told of where they do not."""

from collections.abc import Sequence

import pytest

from mineru_cli.exact import ExactFigure
from mineru_cli.schema import Point, Series
from tests.exact_drawing import BLUE, RED, Sheet, by_name, from_matplotlib

TREES = ["Oak", "Ash", "Elm", "Fir"]
VALUES = [41.97, 17.63, 68.21, 8.4]


def columns(texts: Sequence[str], values: Sequence[float] = VALUES) -> Sheet:
    """A column a tree, with a text centred above each."""
    sheet = Sheet(x=(0, 5))
    sheet.frame()
    sheet.x_ticks(range(1, 5), TREES)
    sheet.y_ticks(range(0, 101, 20))
    for place, (value, text) in enumerate(zip(values, texts, strict=True), start=1):
        sheet.bar(place, 0, value)
        sheet.text((sheet.x(place), sheet.y(value) - 3), text, centre=True)
    return sheet


def only_series(figure: ExactFigure) -> Series:
    assert figure.chart is not None
    (series,) = figure.chart.series
    return series


def as_printed(points: Sequence[Point]) -> list[tuple[float | None, str]]:
    assert all(point.printed is True for point in points)
    return [(point.y, point.raw) for point in points]


def codes(series: Series) -> list[str]:
    return [flag.code for flag in series.flags]


def test_printed_values_that_agree_win_over_the_geometry():
    figure = columns(["42", "18", "68", "8"]).figure()
    series = only_series(figure)
    assert as_printed(series.points) == [(42, "42"), (18, "18"), (68, "68"), (8, "8")]
    assert series.confidence == 1.0
    assert series.flags == []
    assert figure.chart.rows[0] == ["Oak", "42"]


def test_without_printed_values_the_geometry_speaks():
    series = only_series(columns(["", "", "", ""]).figure())
    assert [point.y for point in series.points] == VALUES
    assert {(point.raw, point.printed) for point in series.points} == {("", None)}
    assert series.confidence == 1.0


def test_printed_values_that_disagree_are_flagged_and_the_geometry_kept():
    series = only_series(columns(["61", "30", "12", "77"]).figure())
    assert [point.y for point in series.points] == VALUES
    assert not any(point.printed for point in series.points)
    assert codes(series) == ["printed_disagrees"]
    assert "4 of the 4 values" in series.flags[0].message
    assert "61 at 41.97" in series.flags[0].message
    assert series.confidence < 1.0


def test_one_misprint_among_values_that_agree_costs_its_own_point_only():
    series = only_series(columns(["42.0", "17.6", "86.2", "8.4"]).figure())
    assert [point.y for point in series.points] == [42, 17.6, 68.21, 8.4]
    assert [point.printed for point in series.points] == [True, True, None, True]
    assert codes(series) == ["printed_disagrees"]
    assert "1 of the 4 values" in series.flags[0].message


def test_a_print_too_coarse_for_the_axis_neither_wins_nor_contradicts():
    sheet = Sheet(x=(0, 5), y=(0, 5))
    sheet.frame()
    sheet.x_ticks(range(1, 5), TREES)
    sheet.y_ticks(range(6))
    for place, value in enumerate([3.6, 1.7, 4.3, 2.25], start=1):
        sheet.bar(place, 0, value)
        sheet.text((sheet.x(place), sheet.y(value) - 3), f"{value:.0f}", centre=True)
    series = only_series(sheet.figure())
    assert [point.y for point in series.points] == [3.6, 1.7, 4.3, 2.25]
    assert series.flags == []


def test_a_printed_value_above_the_plot_area_is_no_title_and_belongs_to_the_figure():
    sheet = columns(["42 kN", "18 kN", "100 kN", "8 kN"], [41.97, 17.63, 99.9, 8.4])
    figure = sheet.figure()
    assert figure.title == ""
    assert as_printed(only_series(figure).points)[2] == (100, "100 kN")
    assert figure.box[1] < sheet.y(99.9) - 9


def test_segments_of_stacks_take_the_values_printed_in_them():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], TREES[:3])
    sheet.y_ticks(range(0, 101, 20))
    for place, (low, high) in enumerate([(20.3, 30.2), (25.4, 13.7), (39.8, 54.6)], start=1):
        sheet.bar(place, 0, low, BLUE)
        sheet.bar(place, low, low + high, RED)
        sheet.text((sheet.x(place), sheet.y(low / 2) + 3.2), f"{low:.0f}", centre=True)
        sheet.text((sheet.x(place), sheet.y(low + high / 2) + 3.2), f"{high:.0f}", centre=True)
        sheet.text((sheet.x(place), sheet.y(low + high) - 2), f"{low + high:.0f}", centre=True)
    sheet.key(0, "First", BLUE)
    sheet.key(1, "Second", RED)
    figure = sheet.figure()
    assert by_name(figure) == {"First": [20, 25, 40], "Second": [30, 14, 55]}
    assert all(point.printed for series in figure.chart.series for point in series.points)


def test_totals_above_stacks_are_no_values_of_the_upper_segment():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.x_ticks([1, 2, 3], TREES[:3])
    sheet.y_ticks(range(0, 101, 20))
    for place, (low, high) in enumerate([(20, 30), (25, 10), (40, 55)], start=1):
        sheet.bar(place, 0, low, BLUE)
        sheet.bar(place, low, low + high, RED)
        sheet.text((sheet.x(place), sheet.y(low + high) - 2), str(low + high), centre=True)
    sheet.key(0, "First", BLUE)
    sheet.key(1, "Second", RED)
    figure = sheet.figure()
    assert by_name(figure) == {"First": [20, 25, 40], "Second": [30, 10, 55]}
    assert not any(series.flags for series in figure.chart.series)


def test_labels_beyond_level_bars_and_beside_names_of_years():
    def draw(_, axes):
        for k, year in enumerate(["2019", "2020"]):
            bars = axes.barh([k * 0.4, 1 + k * 0.4], [1204.4 + 300 * k, 633.3], height=0.4, label=year)
            axes.bar_label(bars, fmt="{:,.0f}", padding=2)
        axes.set_yticks([0.2, 1.2], ["left", "right"])
        axes.legend(loc="upper right")

    (figure,) = from_matplotlib(draw)
    assert by_name(figure) == {"2019": [1204, 633], "2020": [1504, 633]}


def test_bars_below_zero_take_the_values_printed_below_them():
    def draw(_, axes):
        axes.bar_label(axes.bar(TREES, [3.04, -5.02, 7.01, -2.03]), fmt="%.1f")

    (figure,) = from_matplotlib(draw)
    assert as_printed(only_series(figure).points) == [(3, "3.0"), (-5, "-5.0"), (7, "7.0"), (-2, "-2.0")]


@pytest.mark.parametrize(("shift", "align"), [((0, 6), "center"), ((5, 0), "left"), ((0, -11), "center")])
def test_points_of_lines_take_the_values_printed_at_them(shift, align):
    def draw(_, axes):
        for offset, name in ((0, "low"), (25, "high")):
            values = [value / 2 + offset for value in VALUES]
            axes.plot(range(4), values, marker="o", label=name)
            for x, y in enumerate(values):
                axes.annotate(
                    f"{y:.1f}", (x, y), textcoords="offset points", xytext=shift, ha=align,
                    va="center_baseline" if align == "left" else "baseline",
                )  # fmt: skip
        axes.legend()

    (figure,) = from_matplotlib(draw, figsize=(7, 5))
    assert by_name(figure) == {"low": [21.0, 8.8, 34.1, 4.2], "high": [46.0, 33.8, 59.1, 29.2]}
    assert all(point.printed for series in figure.chart.series for point in series.points)


def test_a_column_of_labelled_points_is_no_legend():
    def draw(_, axes):
        values = [3.3 + 5 * k for k in range(8)]
        axes.scatter([1 + 0.001 * k for k in range(8)], values)
        for k, value in enumerate(values):
            axes.text(1 + 0.001 * k, value, f"  {value:.0f}", va="center_baseline")

    (figure,) = from_matplotlib(draw)
    series = only_series(figure)
    assert [point.raw for point in series.points] == [f"{3.3 + 5 * k:.0f}" for k in range(8)]
    assert series.name == "value"


def test_a_lone_label_wins_only_where_it_cannot_be_chance():
    def draw(_, axes):
        values = [(k * 7) % 11 + 0.501 for k in range(20)]
        axes.plot(range(20), values)
        axes.text(3, values[3], "10.5", ha="center", va="bottom")
        axes.text(9, values[9], "3", ha="center", va="bottom")

    (figure,) = from_matplotlib(draw)
    series = only_series(figure)
    assert {k: point.raw for k, point in enumerate(series.points) if point.printed} == {3: "10.5"}
    assert series.flags == []


@pytest.mark.parametrize(
    ("scale", "text", "expected"), [(0.01, "{:.0f}%", 0.42), (1e6, "{:.1f}M", 42e6), (1e6, "{:.1f}", 42e6)]
)
def test_prints_in_other_units_are_turned_into_those_of_the_axis(scale, text, expected):
    def draw(_, axes):
        bars = axes.bar(TREES, [value * scale for value in VALUES])
        axes.bar_label(bars, labels=[text.format(value) for value in VALUES])

    (figure,) = from_matplotlib(draw)
    series = only_series(figure)
    assert series.points[0].y == pytest.approx(expected, rel=1e-12)
    assert series.points[0].raw == text.format(VALUES[0])
    assert series.flags == []


def test_shares_printed_over_an_axis_of_counts_say_nothing_against_it():
    series = only_series(columns(["31%", "13%", "50%", "6%"]).figure())
    assert [point.y for point in series.points] == VALUES
    assert series.flags == []


def test_years_printed_at_points_are_no_values():
    def draw(_, axes):
        points = [(3, 20), (30, 31), (12, 8), (22, 44)]
        axes.plot(*zip(*points, strict=True), "o")
        for year, point in enumerate(points, start=2015):
            axes.annotate(str(year), point, textcoords="offset points", xytext=(4, 4))

    (figure,) = from_matplotlib(draw)
    series = only_series(figure)
    assert [point.y for point in series.points] == [20, 31, 8, 44]
    assert series.flags == []


def test_values_printed_above_error_bars_belong_to_their_points():
    def draw(_, axes):
        axes.errorbar(range(4), VALUES, yerr=6, fmt="o", capsize=3)
        for x, y in enumerate(VALUES):
            axes.text(x, y + 7.5, f"{y:.1f}", ha="center")

    (figure,) = from_matplotlib(draw)
    points = only_series(figure).points
    assert [(point.y, point.raw) for point in points] == [(42, "42.0"), (17.6, "17.6"), (68.2, "68.2"), (8.4, "8.4")]
    assert points[0].high == pytest.approx(47.97, abs=0.02)


def test_values_printed_on_slices_are_told_of_as_printed():
    def draw(_, axes):
        axes.pie([50, 30, 20], labels=["Coal", "Gas", "Wind"], autopct="%.0f%%")

    (figure,) = from_matplotlib(draw)
    assert as_printed(only_series(figure).points) == [(50, "50%"), (30, "30%"), (20, "20%")]
