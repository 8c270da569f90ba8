"""What was read, drawn back over the page."""

import pymupdf
from PIL import Image

from mineru_cli.exact import decode_page, draw_overlay
from tests.exact_drawing import Sheet


def test_a_ring_stands_around_each_point_that_was_read():
    sheet = Sheet()
    sheet.axes()
    sheet.line([(0, 10), (4, 90), (10, 30)])
    page = pymupdf.open("pdf", sheet.document.tobytes())[0]
    (figure,) = decode_page(page)
    pixmap = page.get_pixmap(dpi=144)
    plain = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    picture = draw_overlay(plain, figure.drawn, origin=(0, 0), scale=2)
    assert picture.size == plain.size
    for x, y in ((0, 10), (4, 90), (10, 30)):
        at = round(2 * sheet.x(x)), round(2 * sheet.y(y))
        around = (at[0] - 8, at[1] - 8, at[0] + 8, at[1] + 8)
        assert picture.crop(around).tobytes() != plain.crop(around).tobytes()
    beside = (round(2 * sheet.x(6.5)), round(2 * sheet.y(20)))
    assert picture.getpixel(beside) == plain.getpixel(beside)
