"""What labels say: numbers and dates of several countries, names over bars, texts that are spaced out."""

import itertools
import math

import pytest

from mineru_cli.exact.dates import readings
from mineru_cli.exact.numerals import dots_part_thousands, is_number, read_numbers, separator_guessed
from mineru_cli.exact.scale import fit_scale
from mineru_cli.exact.titles import CAPTION
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

LINE = [(0, 10), (2, 35), (4, 20), (6, 80), (8, 55), (10, 90)]
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("0", "1.000", "2.000"), [0, 1000, 2000]),
        (("500", "1.000", "1.500"), [500, 1000, 1500]),
        (("1.000", "1.500", "2.000"), [1000, 1500, 2000]),
        (("0.000", "1.000", "2.000"), [0, 1, 2]),
        (("1.000", "1.005", "1.010"), [1, 1.005, 1.01]),
        (("0 \u20ac", "1.000 \u20ac", "2.500 \u20ac"), [0, 1000, 2500]),
        (("0 Mio.", "20 Mio.", "40 Mio."), [0, 20e6, 40e6]),
        (("0 kr", "200 kr", "400 kr"), [0, 200, 400]),
        (("Rs 0", "Rs 5,000", "Rs 10,000"), [0, 5000, 10000]),
        (("Site 1", "Site 2", "Site 3"), [None, None, None]),
    ],
)
def test_labels_of_one_axis_are_read_together(texts, values):
    assert read_numbers(texts) == values


def test_points_that_only_digits_explain_are_a_guess():
    assert separator_guessed(("1.000", "2.000"))
    assert not separator_guessed(("0", "1.000", "2.000"))
    assert not dots_part_thousands(("0.5", "1.000"))
    assert is_number("1.5")


def test_a_guess_about_points_is_flagged():
    sheet = Sheet(y=(1000, 2000))
    sheet.frame()
    sheet.x_ticks(range(0, 11, 2))
    sheet.y_ticks([1000, 1500, 2000], ["1.000", "1.500", "2.000"])
    sheet.line([(0, 1100), (5, 1900), (10, 1300)])
    assert numbers(sheet.figure()) == {0: 1100, 5: 1900, 10: 1300}
    assert "axis_separator" in [flag.code for flag in sheet.figure().chart.flags]


@pytest.mark.parametrize(
    "texts",
    [
        ("Jan 2018", "Mai 2018", "Okt 2018"),
        ("janv. 2018", "mai 2018", "oct. 2018"),
        ("ene 2018", "may 2018", "oct 2018"),
        ("gennaio 2018", "maggio 2018", "ottobre 2018"),
        ("January 2018", "May 2018", "October 2018"),
        ("Jan 2018", "May", "Oct"),
        ("2018", "May", "Oct"),
    ],
)
def test_months_of_several_languages_are_dates(texts):
    (days, _), *_ = readings(texts)
    assert [round(b - a) for a, b in itertools.pairwise(days)] == [120, 153]


@pytest.mark.parametrize("texts", [("Set 1", "Set 2", "Set 3"), ("Out", "In", "Mar"), ("Mag 7", "Gen 4", "Lug 2")])
def test_words_that_are_months_elsewhere_are_no_dates(texts):
    assert not readings(texts)


def test_years_go_on_over_months_that_do_not_name_them():
    (days, _), *_ = readings(("Nov 2018", "Feb", "May", "Aug", "Nov", "Feb"))
    assert [round(b - a) for a, b in itertools.pairwise(days)] == [92, 89, 92, 92, 92]


def test_quarters_between_which_data_stand_are_dates():
    sheet = Sheet()
    sheet.frame()
    sheet.x_ticks([0, 3, 6, 9], ["Q1 2020", "Q2 2020", "Q3 2020", "Q4 2020"])
    sheet.y_ticks(range(0, 101, 20))
    sheet.line([(0, 10), (1, 30), (2, 20), (3, 50), (4, 40), (5, 70), (6, 60), (7, 80), (8, 20), (9, 90)])
    assert numbers(sheet.figure())["2020-05-01"] == 40


def test_quarters_that_all_data_have_stay_names():
    sheet = Sheet()
    sheet.frame()
    sheet.x_ticks([0, 3, 6, 9], ["Q1 2020", "Q2 2020", "Q3 2020", "Q4 2020"])
    sheet.y_ticks(range(0, 101, 20))
    sheet.line([(0, 10), (3, 50), (6, 60), (9, 90)])
    assert numbers(sheet.figure()) == {"Q1 2020": 10, "Q2 2020": 50, "Q3 2020": 60, "Q4 2020": 90}


def test_years_under_the_names_of_months_date_them():
    sheet = Sheet(x=(0, 18))
    sheet.frame()
    names = ("Jan", "Apr", "Jul", "Oct", "Jan", "Apr", "Jul")
    sheet.x_ticks(range(0, 19, 3), names)
    for place, year in ((0, "2018"), (12, "2019")):
        sheet.text((sheet.x(place), BOTTOM + 25), year, centre=True)
    sheet.y_ticks(range(0, 101, 20))
    sheet.line([(k, 20 + 4 * k) for k in range(19)])
    points = numbers(sheet.figure())
    assert points["2018-01-01"] == 20
    assert points["2019-07-01"] == 92


def test_months_between_those_that_are_named_have_their_names():
    sheet = Sheet(x=(0, 11))
    sheet.frame()
    sheet.x_ticks(range(0, 12, 2), MONTHS[::2])
    sheet.y_ticks(range(0, 101, 20))
    values = [10, 30, 20, 50, 40, 70, 60, 80, 20, 90, 15, 35]
    sheet.line(list(enumerate(values)))
    assert numbers(sheet.figure()) == dict(zip(MONTHS, values, strict=True))


def test_an_axis_that_counts_up_both_ways_has_positive_values():
    sheet = Sheet(x=(-40, 40), y=(0, 4))
    sheet.frame()
    sheet.x_ticks(range(-40, 41, 20), ["40", "20", "0", "20", "40"])
    sheet.y_ticks([1, 2, 3], ["0-19", "20-39", "40-59"])
    for row, (men, women) in enumerate([(10, 15), (35, 30), (20, 25)], start=1):
        for low, high, colour in ((-men, 0, BLUE), (0, women, RED)):
            box = (sheet.x(low), sheet.y(row) - 10, sheet.x(high), sheet.y(row) + 10)
            sheet.page.draw_rect(box, color=None, fill=colour)
    assert sorted(sorted(values) for values in by_name(sheet.figure()).values()) == [[10, 20, 35], [15, 25, 30]]


def test_numbers_that_rise_and_fall_otherwise_are_no_axis():
    scale = fit_scale([0, 10, 20, 30, 40], ["40", "20", "0", "30", "40"])
    assert scale is None or scale.kind == "category"


def test_names_over_their_bars_are_categories():
    sheet = Sheet(x=(0, 100), y=(0, 4))
    for row, (name, value) in enumerate([("Oak", 80), ("Ash", 40), ("Elm", 20)], start=1):
        middle = sheet.y(4 - row)
        sheet.text((LEFT, middle - 12), name)
        sheet.page.draw_rect((LEFT, middle - 8, sheet.x(value), middle + 8), color=None, fill=BLUE)
        sheet.text((sheet.x(value) + 4, middle + 3), str(value))
    assert numbers(sheet.figure()) == {"Oak": 80, "Ash": 40, "Elm": 20}


def test_values_printed_in_the_middle_of_bars_without_an_axis_are_their_scale():
    sheet = Sheet(x=(0, 100), y=(0, 4))
    for row, (name, value) in enumerate([("Oak", 80), ("Ash", 40), ("Elm", 20)], start=1):
        middle = sheet.y(4 - row)
        sheet.text((LEFT - 24, middle + 3), name)
        sheet.page.draw_rect((LEFT, middle - 8, sheet.x(value), middle + 8), color=None, fill=(0.7, 0.8, 1))
        sheet.text((sheet.x(value / 2), middle + 3.2), str(value), centre=True)
    assert numbers(sheet.figure()) == {"Oak": 80, "Ash": 40, "Elm": 20}


def test_letters_that_are_spaced_out_are_words():
    sheet = Sheet()
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    sheet.x_ticks(range(0, 11, 2), [""] * 6)
    sheet.page.clean_contents()
    texts = [(f"{1990 + k}", sheet.x(k)) for k in range(0, 11, 2)]
    stream = "".join(
        f"BT /helv 9 Tf 2 Tc 1 0 0 1 {x - 14:.2f} {320 - BOTTOM - 14:.2f} Tm ({t}) Tj ET " for t, x in texts
    )
    stream += "BT /helv 12 Tf 3 Tc 1 0 0 1 120 295 Tm (Rain and snow) Tj ET"
    xref = sheet.page.get_contents()[0]
    sheet.document.update_stream(xref, sheet.document.xref_stream(xref) + f" q {stream} Q".encode())
    sheet.line(LINE)
    figure = sheet.figure()
    assert figure.title == "Rain and snow"
    assert numbers(figure) == {1990 + x: y for x, y in LINE}


def test_a_row_of_tick_labels_drawn_as_one_text_is_cut_at_the_ticks():
    sheet = Sheet(x=(2000, 2010), y=(-50, 50))
    sheet.page.draw_line((LEFT, TOP), (LEFT, BOTTOM), color=BLACK, width=0.8)
    sheet.page.draw_line((LEFT, sheet.y(0)), (RIGHT, sheet.y(0)), color=BLACK, width=0.8)
    for year in range(2000, 2011):
        sheet.page.draw_line((sheet.x(year), sheet.y(0)), (sheet.x(year), sheet.y(0) + 4), color=BLACK, width=0.8)
    sheet.y_ticks(range(-50, 51, 25))
    row = " ".join(map(str, range(2000, 2011)))
    size = 9 * (RIGHT - LEFT) * 1.09 / 300
    sheet.text(((LEFT + RIGHT) / 2, sheet.y(0) + 14), row, size=size * 1.2, centre=True)
    sheet.line([(2000, -20), (2003, 10), (2006, -40), (2010, 45)])
    assert numbers(sheet.figure()) == {2000: -20, 2003: 10, 2006: -40, 2010: 45}


@pytest.mark.parametrize("place", [(LEFT - 20, TOP - 9), (8, TOP - 9)])
def test_a_text_over_the_vertical_axis_names_a_lone_series(place):
    sheet = Sheet()
    sheet.axes()
    sheet.text(place, "Rain (mm)")
    sheet.line(LINE)
    assert list(by_name(sheet.figure())) == ["Rain (mm)"]


def test_a_text_under_the_title_names_what_level_bars_measure():
    sheet = Sheet(x=(0, 100), y=(0, 4))
    for value in range(0, 101, 20):
        sheet.page.draw_line((sheet.x(value), TOP), (sheet.x(value), BOTTOM), color=(0.8, 0.8, 0.8), width=0.6)
        sheet.text((sheet.x(value), BOTTOM + 12), str(value), centre=True)
    sheet.text((12, 16), "Persons employed", size=14)
    sheet.text((12, 28), "Employees (thousand)")
    for row, (name, value) in enumerate([("Oak", 83), ("Ash", 41), ("Elm", 22)], start=1):
        middle = sheet.y(4 - row)
        sheet.text((LEFT - 24, middle + 3), name)
        sheet.page.draw_rect((LEFT, middle - 8, sheet.x(value), middle + 8), color=None, fill=BLUE)
    assert by_name(sheet.figure()) == {"Employees (thousand)": [22, 41, 83]}


def test_the_title_of_an_axis_at_the_right_names_a_lone_series():
    def draw(figure, axes):
        axes.plot([1, 2, 3, 4], [10, 40, 20, 30])
        axes.yaxis.tick_right()
        axes.yaxis.set_label_position("right")
        axes.set_ylabel("Rate (%)")
        del figure

    (figure,) = from_matplotlib(draw)
    assert list(by_name(figure)) == ["Rate (%)"]


def pie(sheet: Sheet, shares: list[float]) -> list[tuple[float, float]]:
    """Draw a pie; returns the directions of its slices' middles."""
    start, middles = 90.0, []
    for share, colour in zip(shares, (BLUE, RED, GREEN, BLACK, (0.6, 0.4, 0.8)), strict=False):
        turns = [math.radians(start - 3.6 * share * k / 24) for k in range(25)]
        points = [(230.0, 160.0), *((230 + 80 * math.cos(t), 160 - 80 * math.sin(t)) for t in turns)]
        sheet.page.draw_polyline(points, color=None, fill=colour, closePath=True)
        middles.append((math.cos(turns[12]), -math.sin(turns[12])))
        start -= 3.6 * share
    return middles


def test_lines_lead_from_slices_to_their_labels():
    sheet = Sheet()
    shares, names = [60, 30, 4, 3.5, 2.5], ["Oak", "Ash", "Elm", "Fir", "Yew"]
    middles = pie(sheet, shares)
    places = [(330, 200), (110, 160), (110, 40), (110, 25), (110, 10)]
    for (x, y), (px, py), name in zip(middles, places, names, strict=True):
        joint = (px + (10 if px < 200 else -10), py)
        sheet.page.draw_polyline([(230 + 78 * x, 160 + 78 * y), joint, (px, py)], color=BLACK, width=0.5)
        sheet.text((px + 3 if px > 200 else px - 19, py + 3), name)
    assert numbers(sheet.figure()) == pytest.approx(dict(zip(names, shares, strict=True)), abs=0.1)


def test_a_share_under_the_name_of_its_slice_is_no_name():
    sheet = Sheet()
    middles = pie(sheet, [50, 30, 20])
    for (x, y), name, share in zip(middles, ("Oak", "Ash", "Elm"), (50, 30, 20), strict=True):
        place = (230 + 115 * x, 160 + 100 * y)
        sheet.text(place, name, centre=True)
        sheet.text((place[0], place[1] + 11), f"{share} %", centre=True)
    assert numbers(sheet.figure()) == {"Oak": 50, "Ash": 30, "Elm": 20}


@pytest.mark.parametrize(
    ("text", "caption"),
    [
        ("Figure 3. Sales by year", True),
        ("Panel 16. Prices of oil", True),
        ("Plate 2: The valley", True),
        ("Gr\u00e1fico 4 Ventas", True),
        ("Panel 2", False),
        ("Plot of the year", False),
        ("Diagram of 12 parts", False),
    ],
)
def test_what_is_numbered_as_a_figure_is_its_caption(text, caption):
    assert bool(CAPTION.match(text)) == caption
