"""Charts that leave much out, or put arrows and markers into their words: what stands around the marks tells."""

import pymupdf
import pytest

from mineru_cli.exact import decode_page
from mineru_cli.exact.glued import cut_glued
from mineru_cli.exact.symbols import is_symbol, without_symbols
from mineru_cli.exact.text import read_labels
from tests.exact_drawing import BLACK, BLUE, BOTTOM, LEFT, RED, RIGHT, TOP, Sheet, by_name, from_matplotlib, numbers

TREES = {"Oak": 30, "Ash": 80, "Elm": 55, "Fir": 10}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\u2191 Price (US$)", "Price (US$)"),
        ("Customers \u2192", "Customers"),
        ("\u00d7Finland", "Finland"),
        ("\u25a0 Coal", "Coal"),
        ("\u00d71000 t", "\u00d71000 t"),
        ("Age 65+", "Age 65+"),
        ("\u00b0C", "\u00b0C"),
        ("\u2605\u2605", "\u2605\u2605"),
    ],
)
def test_names_lose_arrows_and_markers_at_their_ends_alone(text, name):
    assert without_symbols(text) == name


def test_symbols_alone_are_no_names():
    assert is_symbol("\u25a0")
    assert is_symbol("\u2022\u2022")
    assert not is_symbol("A \u2022")


def test_a_title_that_points_along_its_axis_is_read_without_the_arrow():
    def draw(_, axes):
        axes.barh(list(TREES), list(TREES.values()))
        axes.set_title("Trees", loc="left")
        axes.annotate("Share of wood \u2192", (1.06, -0.14), xycoords="axes fraction", ha="right")

    (figure,) = from_matplotlib(draw)
    assert figure.chart.series[0].name == "Share of wood"


def test_bars_upon_names_beside_numbers_need_no_ticks():
    sheet = Sheet(x=(0, 5))
    for place, (name, value) in enumerate(TREES.items(), start=1):
        sheet.bar(place, 0, value)
        sheet.text((sheet.x(place), BOTTOM + 14), name, centre=True)
    for value in range(0, 101, 20):
        width = pymupdf.get_text_length(f"{value}", fontsize=9)
        sheet.text((LEFT + 40 - width, sheet.y(value) + 3.2), f"{value}")
    assert numbers(sheet.figure()) == pytest.approx(TREES, abs=0.3)


def test_bars_beside_names_over_numbers_need_no_ticks():
    sheet = Sheet()
    for row, (name, value) in enumerate(TREES.items()):
        top = TOP + 20 + 40 * row
        sheet.page.draw_rect((LEFT, top, sheet.x(value / 10), top + 24), color=None, fill=BLUE)
        sheet.text((LEFT - 26, top + 15), name)
    for value in range(0, 101, 20):
        sheet.text((sheet.x(value / 10), TOP + 190), f"{value}", centre=True)
    assert numbers(sheet.figure()) == pytest.approx(TREES, abs=0.3)


def test_shaded_rows_over_numbers_are_no_bars():
    sheet = Sheet()
    for row in range(4):
        sheet.page.draw_rect((LEFT, TOP + 40 * row, RIGHT, TOP + 24 + 40 * row), color=None, fill=BLUE)
        sheet.text((LEFT - 26, TOP + 15 + 40 * row), "Oak")
    for value in range(0, 101, 20):
        sheet.text((sheet.x(value / 10), TOP + 190), f"{value}", centre=True)
    assert sheet.figures() == []


def test_broad_caps_belong_to_their_error_bars():
    sheet = Sheet()
    sheet.axes()
    points = [(1, 30), (3, 50), (5, 40), (7, 70), (9, 60)]
    sheet.line(points)
    for at, value in points:
        x, low, high = sheet.x(at), sheet.y(value - 8), sheet.y(value + 8)
        for a, b in (((x, low), (x, high)), ((x - 13, low), (x + 13, low)), ((x - 13, high), (x + 13, high))):
            sheet.page.draw_line(a, b, color=BLUE, width=1)
    (series,) = sheet.figure().chart.series
    assert [(round(p.low), round(p.high)) for p in series.points] == [(v - 8, v + 8) for _, v in points]


def test_an_area_under_its_own_line_is_one_series():
    sheet = Sheet()
    sheet.axes()
    points = [(0, 10), (2, 60), (4, 20), (6, 80), (8, 30), (10, 90)]
    near = [(sheet.x(a) + 0.4, sheet.y(b) + 0.4) for a, b in points]
    shape = sheet.page.new_shape()
    shape.draw_polyline([(sheet.x(0), BOTTOM), *((sheet.x(a), sheet.y(b)) for a, b in points), (RIGHT, BOTTOM)])
    shape.finish(color=None, fill=BLUE, fill_opacity=0.2, closePath=True)
    shape.commit()
    sheet.page.draw_polyline(near, color=BLUE, width=1.1)
    assert list(by_name(sheet.figure()).values()) == [pytest.approx([b for _, b in points], abs=0.5)]


def test_upright_labels_set_close_are_cut_at_their_ticks():
    sheet = Sheet()
    places = [sheet.y(value) for value in range(0, 60, 10)]
    text = "0 10 20 30 40 50"
    sheet.page.insert_text((50, places[0] + 6), text, fontsize=20, rotate=90)
    (label,) = read_labels(sheet.page)
    middles = sorted(word.cy for word in label.words)
    assert {part.text for part in cut_glued([label], middles, 1)} == set(text.split())


def test_a_pie_heading_further_left_is_its_title():
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    page.insert_text((20, 40), "Trees felled in 2020 by kind", fontsize=14)
    start, centre = pymupdf.Point(260, 160), pymupdf.Point(200, 160)
    for colour, share, name in ((BLUE, 120, "Oak"), (RED, 240, "Ash")):
        shape = page.new_shape()
        end = shape.draw_sector(centre, start, share)
        shape.finish(color=None, fill=colour)
        shape.commit()
        start = end
        page.insert_text((280, 140 + share / 10), name, fontsize=9)
    (figure,) = decode_page(pymupdf.open("pdf", document.tobytes())[0])
    assert figure.title == "Trees felled in 2020 by kind"


def test_a_clip_around_text_is_no_bar_where_the_page_has_a_shaded_ground():
    sheet = Sheet(x=(0, 5))
    sheet.frame()
    sheet.x_ticks(range(1, 5), list(TREES))
    sheet.y_ticks(range(0, 101, 20))
    for place, value in enumerate(TREES.values(), start=1):
        sheet.bar(place, 0, value)
    page, document = sheet.page, sheet.document
    shading = document.get_new_xref()
    function = "<< /FunctionType 2 /Domain [0 1] /C0 [0.9 0.9 1] /C1 [0.9 0.9 1] /N 1 >>"
    document.update_object(
        shading,
        f"<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [0 0 1 1] /Extend [true true] /Function {function} >>",
    )
    resources = int(document.xref_get_key(page.xref, "Resources")[1].split()[0])
    document.xref_set_key(resources, "Shading", f"<< /Sh1 {shading} 0 R >>")
    ground, words = document.get_new_xref(), document.get_new_xref()
    for xref, stream in (
        (ground, b"q 0 0 460 320 re W n /Sh1 sh Q\n"),
        (words, b"q 200 70 20 60 re W n BT /helv 9 Tf 202 90 Td (x) Tj ET Q\n"),
    ):
        document.update_object(xref, "<<>>")
        document.update_stream(xref, stream)
    order = " ".join(f"{xref} 0 R" for xref in (ground, *page.get_contents(), words))
    document.xref_set_key(page.xref, "Contents", f"[{order}]")
    assert list(by_name(sheet.figure()).values()) == [list(TREES.values())]


def test_a_ground_wider_than_its_clip_is_drawn_no_pattern():
    document = pymupdf.open()
    page = document.new_page(width=460, height=320)
    sheet = Sheet(x=(0, 5))
    sheet.page.draw_rect((-40, -40, 500, 360), color=None, fill=(1, 1, 1))
    sheet.frame()
    sheet.x_ticks(range(1, 5), list(TREES))
    sheet.y_ticks(range(0, 101, 20))
    for place, value in enumerate(TREES.values(), start=1):
        sheet.bar(place, 0, value, BLACK)
    page.show_pdf_page(pymupdf.Rect(100, 60, 400, 280), pymupdf.open("pdf", sheet.document.tobytes()))
    resources = int(document.xref_get_key(page.xref, "Resources")[1].split()[0])
    document.xref_set_key(resources, "Pattern", "<< >>")  # as where another figure of the page has a hatch
    (figure,) = decode_page(pymupdf.open("pdf", document.tobytes())[0])
    assert numbers(figure) == pytest.approx(TREES, abs=0.1)
