"""Names: of categories whose labels do not stand at ticks, of a lone series, of the series of neighbouring charts."""

import pymupdf
import pytest

from tests.exact_drawing import BLACK, BLUE, BOTTOM, GREEN, LEFT, RED, RIGHT, TOP, Sheet, by_name, numbers

GREY = (0.8, 0.8, 0.8)
TREES = ("Oak", "Ash", "Elm", "Fir", "Yew")


def gridlines(sheet: Sheet, *, labels: bool = True) -> None:
    """Gridlines with their numbers and no tick, as many programs draw them."""
    for value in range(0, 101, 20):
        sheet.page.draw_line((LEFT, sheet.y(value)), (RIGHT, sheet.y(value)), color=GREY, width=0.8)
        if labels:
            width = pymupdf.get_text_length(str(value), fontsize=9)
            sheet.text((LEFT - 7 - width, sheet.y(value) + 3.2), str(value))


def slanted(sheet: Sheet, place: tuple[float, float], text: str, *, turn: float = -40) -> None:
    """A text that begins at a place and runs down to the right."""
    morph = (pymupdf.Point(place), pymupdf.Matrix(turn))
    sheet.page.insert_text(place, text, fontsize=9, morph=morph)


def bars(sheet: Sheet, values: list[float], names: tuple[str, ...] = TREES) -> None:
    for k, (name, value) in enumerate(zip(names, values, strict=True)):
        sheet.bar(k + 0.5, 0, value)
        sheet.text((sheet.x(k + 0.5), BOTTOM + 14), name, centre=True)


def test_categories_beyond_the_outer_ticks_have_their_names():
    sheet = Sheet(x=(0, 5))
    sheet.page.draw_polyline([(LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)], color=BLACK, width=0.8)
    sheet.y_ticks(range(0, 101, 20))
    for k in range(1, 5):
        sheet.page.draw_line((sheet.x(k), BOTTOM), (sheet.x(k), BOTTOM + 4), color=BLACK, width=0.8)
    bars(sheet, [20, 65, 40, 10, 85])
    figure = sheet.figure()
    assert numbers(figure) == dict(zip(TREES, [20, 65, 40, 10, 85], strict=True))
    assert not figure.chart.flags


def test_labels_off_their_bars_belong_to_them_in_order_and_that_is_told():
    sheet = Sheet(x=(0, 5))
    gridlines(sheet)
    for k, (value, off) in enumerate(zip([20, 65, 40, 10, 85], [40, 28, 38, 20, 22], strict=True)):
        sheet.bar(k + 0.5, 0, value)
        slanted(sheet, (sheet.x(k + 0.5) + off, BOTTOM + 8), TREES[k])
    figure = sheet.figure()
    assert numbers(figure) == dict(zip(TREES, [20, 65, 40, 10, 85], strict=True))
    assert [flag.code for flag in figure.chart.flags] == ["category_order"]


def test_categories_named_twice_are_flagged():
    sheet = Sheet(x=(0, 3))
    gridlines(sheet)
    bars(sheet, [20, 65, 40], ("North", "South", "North"))
    assert "category_repeated" in [flag.code for flag in sheet.figure().chart.flags]


def test_a_label_that_more_text_follows_is_flagged():
    sheet = Sheet(x=(0, 4))
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    sheet.x_ticks([1, 2, 3], TREES[:3])
    for k, value in enumerate([20, 65, 40], start=1):
        sheet.bar(k, 0, value)
    end = sheet.x(2) + pymupdf.get_text_length("Ash", fontsize=9) / 2
    sheet.page.insert_text((end + 3.5, BOTTOM + 14), "grove", fontsize=9, color=RED)  # another colour: another text
    assert "category_cut" in [flag.code for flag in sheet.figure().chart.flags]


def test_slanted_names_that_reach_to_the_border_of_the_page_are_flagged():
    sheet = Sheet(x=(0, 3))
    gridlines(sheet)
    for k, value in enumerate([20, 65, 40]):
        sheet.bar(k + 0.5, 0, value)
        slanted(sheet, (sheet.x(k + 0.5), BOTTOM + 10), f"{TREES[k]} woods and parks" if k == 1 else TREES[k])
    sheet.page.set_cropbox((0, 0, 460, BOTTOM + 59))
    assert [flag.code for flag in sheet.figure().chart.flags] == ["category_cut"]


def test_names_broken_after_so_many_letters_are_joined_and_flagged():
    sheet = Sheet(x=(0, 3))
    gridlines(sheet)
    for k, lines in enumerate([("Spa", "in"), ("Jap", "an"), ("Sri", "Lan", "ka")]):
        sheet.bar(k + 0.5, 0, 30 + 20 * k)
        for row, line in enumerate(lines):
            sheet.text((sheet.x(k + 0.5), BOTTOM + 14 + 10 * row), line, centre=True)
    figure = sheet.figure()
    assert numbers(figure) == {"Spain": 30, "Japan": 50, "Sri Lanka": 70}
    assert [flag.code for flag in figure.chart.flags] == ["category_cut"]


def test_names_broken_within_some_words_and_between_others_are_joined_and_flagged():
    sheet = Sheet(x=(0, 4))
    gridlines(sheet)
    labels = [("Storag", "e"), ("Laptop", "s"), ("Monito", "rs"), ("Unite", "Arabs")]
    for k, lines in enumerate(labels):
        sheet.bar(k + 0.5, 0, 20 + 20 * k)
        for row, line in enumerate(lines):
            sheet.text((sheet.x(k + 0.5), BOTTOM + 14 + 10 * row), line, centre=True)
    figure = sheet.figure()
    assert list(numbers(figure)) == ["Storage", "Laptops", "Monitors", "Unite Arabs"]
    assert [flag.code for flag in figure.chart.flags] == ["category_cut"]


def test_numbers_beside_the_lowest_gridline_are_no_label_of_the_other_axis():
    sheet = Sheet(x=(0, 3))
    gridlines(sheet, labels=False)
    for value in range(0, 101, 20):
        width = pymupdf.get_text_length(str(value), fontsize=9)
        sheet.text((LEFT - 3 - width, sheet.y(value) + 4), str(value))
        sheet.text((RIGHT + 3, sheet.y(value) + 4), str(value))
    bars(sheet, [20, 65, 40], TREES[:3])
    assert list(numbers(sheet.figure())) == list(TREES[:3])


def test_slanted_labels_a_little_off_belong_to_the_points_above_them():
    sheet = Sheet(x=(2000, 2010))
    gridlines(sheet)
    values = [10 + (37 * k) % 80 for k in range(11)]
    for k in range(11):
        slanted(sheet, (sheet.x(2000 + k), BOTTOM + 12), str(2000 + k), turn=-60)
    sheet.line([(2000 + k, value) for k, value in enumerate(values)])
    assert numbers(sheet.figure()) == {2000 + k: value for k, value in enumerate(values)}


def test_years_among_months_are_their_first_days():
    sheet = Sheet(x=(737060, 737791))  # 2019 and 2020
    sheet.frame()
    sheet.y_ticks(range(0, 101, 20))
    sheet.x_ticks([737060, 737241, 737425, 737607, 737791], ["2019", "Jul '19", "2020", "Jul '20", "2021"])
    sheet.line([(737060, 10), (737091, 60), (737119, 30), (737150, 80), (737180, 20)])
    assert list(numbers(sheet.figure())) == ["2019-01-01", "2019-02-01", "2019-03-01", "2019-04-01", "2019-05-01"]


def far_from_its_labels(sheet):
    sheet.text((LEFT - 55, 165), "Units", turn=90)


def over_the_axis(sheet):
    sheet.text((LEFT - 20, TOP - 8), "Units")


def inside_the_plot_area(sheet):
    sheet.text((LEFT + 12, TOP + 40), "Units", turn=90)


@pytest.mark.parametrize("title", [far_from_its_labels, over_the_axis, inside_the_plot_area])
def test_a_lone_series_has_the_name_of_its_axis_wherever_that_is_set(title):
    sheet = Sheet()
    sheet.axes()
    sheet.text((LEFT - 20, TOP - 24), "Goods shipped", size=13)
    title(sheet)
    sheet.line([(1, 10), (4, 60), (7, 30), (9, 80)])
    figure = sheet.figure()
    assert figure.title == "Goods shipped"
    assert figure.chart.series[0].name == figure.chart.y.label == "Units"


def test_an_axis_title_of_two_lines_is_one():
    sheet = Sheet()
    sheet.axes()
    sheet.text((LEFT - 50, 165), "Employees", turn=90)
    sheet.text((LEFT - 33, 165), "(thousand)", turn=90)
    sheet.line([(1, 10), (4, 60), (7, 30), (9, 80)])
    assert sheet.figure().chart.y.label == "Employees (thousand)"


def test_a_title_at_the_end_of_the_horizontal_axis_is_its_own():
    sheet = Sheet()
    sheet.axes()
    sheet.text((RIGHT - pymupdf.get_text_length("Depth (m)", fontsize=9), BOTTOM + 28), "Depth (m)")
    sheet.line([(1, 10), (4, 60), (7, 30), (9, 80)])
    assert sheet.figure().chart.x.label == "Depth (m)"


def test_the_line_that_bars_stand_on_is_no_series():
    sheet = Sheet(x=(0, 3), y=(-50, 50))
    for value in range(-50, 51, 25):
        sheet.page.draw_line((LEFT - 20, sheet.y(value)), (RIGHT, sheet.y(value)), color=GREY, width=0.8)
        sheet.text((LEFT - 40, sheet.y(value) + 3.2), str(value))
    sheet.page.draw_line((sheet.x(0.2), sheet.y(0)), (sheet.x(2.8), sheet.y(0)), color=BLACK, width=0.8)
    for k, value in enumerate([30, -40, 15]):
        sheet.bar(k + 0.5, min(0, value), max(0, value))
        sheet.text((sheet.x(k + 0.5), BOTTOM + 14), TREES[k], centre=True)
    assert list(by_name(sheet.figure()).values()) == [[30, -40, 15]]


def test_strokes_as_broad_as_long_are_patches_of_a_legend():
    sheet = Sheet()
    sheet.axes()
    for row, (name, colour) in enumerate([("Oak", BLUE), ("Ash", RED)]):
        top = TOP + 12 + 14 * row
        sheet.page.draw_line((RIGHT + 10, top), (RIGHT + 17, top), color=colour, width=7)
        sheet.text((RIGHT + 22, top + 3.3), name)
    sheet.dots([(1, 10), (4, 60), (7, 30)], BLUE)
    sheet.dots([(2, 80), (5, 20), (9, 50)], RED)
    assert by_name(sheet.figure()) == {"Oak": [10, 60, 30], "Ash": [80, 20, 50]}


def test_names_set_flush_left_far_from_their_bars_are_theirs():
    sheet = Sheet(x=(0, 100), y=(0, 4))
    for value in range(0, 101, 25):
        sheet.page.draw_line((sheet.x(value) + 40, TOP), (sheet.x(value) + 40, BOTTOM), color=GREY, width=0.8)
        sheet.text((sheet.x(value) + 40, TOP - 6), str(value), centre=True)
    names = ["Accommodation", "Education", "Health", "Mining"]
    for k, (name, value) in enumerate(zip(names, [80, 55, 40, 10], strict=True)):
        middle = sheet.y(3.5 - k)
        sheet.page.draw_rect((LEFT + 40, middle - 12, sheet.x(value) + 40, middle + 12), color=None, fill=BLUE)
        sheet.text((10, middle + 3.2), name)
    assert numbers(sheet.figure()) == dict(zip(reversed(names), [10, 40, 55, 80], strict=True))


def test_a_text_behind_the_last_point_is_no_key_with_it():
    sheet = Sheet()
    sheet.axes()
    points = [(1, 10), (4, 60), (7, 30), (10, 80)]
    sheet.dots(points)
    sheet.text((RIGHT + 6, sheet.y(80) + 3.2), "Plan")
    assert numbers(sheet.figure()) == dict(points)


def test_a_row_of_names_may_be_longer_than_the_chart_is_wide():
    sheet = Sheet()
    x0, side = 150.0, 60.0  # a plot area much narrower than its legend
    sheet.page.draw_rect((x0, TOP, x0 + side, BOTTOM), color=BLACK, width=0.8)
    for value in range(0, 101, 20):
        sheet.page.draw_line((x0, sheet.y(value)), (x0 - 4, sheet.y(value)), color=BLACK, width=0.8)
        sheet.text((x0 - 24, sheet.y(value) + 3.2), str(value))
    for k in range(4):
        sheet.page.draw_line((x0 + 20 * k, BOTTOM), (x0 + 20 * k, BOTTOM + 4), color=BLACK, width=0.8)
        sheet.text((x0 + 20 * k, BOTTOM + 14), str(k), centre=True)
    names = [("Oak woods", BLUE), ("Ash woods", RED), ("Elm woods", GREEN)]
    for k, (name, colour) in enumerate(names):
        x = 20 + 110 * k
        sheet.page.draw_rect((x, BOTTOM + 40, x + 9, BOTTOM + 47), color=None, fill=colour)
        sheet.text((x + 14, BOTTOM + 47), name)
        points = [(x0 + 5 + 10 * i, sheet.y(20 * k + 10 + 5 * (i % 2))) for i in range(5)]
        sheet.page.draw_polyline(points, color=colour, width=1.5)
    assert list(by_name(sheet.figure())) == [name for name, _ in names]


def test_a_neighbours_legend_names_no_series_of_another_chart():
    sheet = Sheet()
    page = sheet.document.new_page(width=700, height=320)
    for left, height, colours in ((60, 200, [BLUE]), (420, 170, [BLUE, RED])):
        page.draw_rect((left, 40, left + 200, 40 + height), color=BLACK, width=0.8)
        for k in range(5):
            x, y = left + 50 * k, 40 + height - height / 4 * k
            page.draw_line((x, 40 + height), (x, 44 + height), color=BLACK, width=0.8)
            page.insert_text((x - 2.5, 54 + height), str(k), fontsize=9)
            page.draw_line((left, y), (left - 4, y), color=BLACK, width=0.8)
            page.insert_text((left - 14, y + 3.2), str(k), fontsize=9)
        for row, colour in enumerate(colours):
            points = [(left + 40 * k + 20, 60 + 40 * row + 15 * (k % 3)) for k in range(4)]
            page.draw_polyline(points, color=colour, width=1.5)
    page.insert_text((22, 150), "Rain", fontsize=9, rotate=90)
    for row, (name, colour) in enumerate([("Oak", BLUE), ("Ash", RED)]):
        page.draw_rect((360, 50 + 14 * row, 369, 57 + 14 * row), color=None, fill=colour)
        page.insert_text((373, 57 + 14 * row), name, fontsize=9)
    sheet.document.delete_page(0)
    names = sorted([series.name for series in figure.chart.series] for figure in sheet.figures())
    assert names == [["Oak", "Ash"], ["Rain"]]


def test_slanted_labels_that_are_centred_under_their_bars_are_theirs():
    sheet = Sheet(x=(0, 5))
    gridlines(sheet)
    names = ("Transportation", "Accommodation and food", "Real estate", "Education", "Manufacturing")
    for k, (name, value) in enumerate(zip(names, [20, 65, 40, 10, 85], strict=True)):
        sheet.bar(k + 0.5, 0, value)
        half = 0.7071 * pymupdf.get_text_length(name, fontsize=9) / 2
        slanted(sheet, (sheet.x(k + 0.5) - half + 2.3, BOTTOM + 14 + 2 * half), name, turn=45)
    figure = sheet.figure()
    assert numbers(figure) == dict(zip(names, [20, 65, 40, 10, 85], strict=True))
