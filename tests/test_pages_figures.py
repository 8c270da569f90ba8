"""Figures of born-digital pages: found whole, and nothing else found."""

import pymupdf
import pytest

from mineru_cli.pages.boxes import iou, share
from mineru_cli.pages.figures import find_figures
from mineru_cli.pages.marks import read_marks
from tests.pages_drawing import bar_chart, line_chart, paragraph, ruled_table


@pytest.fixture
def page():
    with pymupdf.open() as document:
        yield document.new_page(width=612, height=792)


def found(page, *, tables=False):
    return find_figures(read_marks(page), tables=tables)


def test_a_page_of_text_has_no_figures(page):
    page.insert_text((54, 40), "Annual report", fontsize=9)
    page.draw_line((54, 46), (558, 46))
    paragraph(page, (54, 60, 297, 740))
    paragraph(page, (315, 60, 558, 740))
    page.draw_line((54, 750), (150, 750))
    assert found(page) == []


def test_a_chart_is_found_with_its_labels_and_without_the_text_around(page):
    paragraph(page, (54, 60, 297, 250))
    truth = bar_chart(page, 60, 300)
    page.insert_text((70, 455), "Figure 3: Revenue by quarter, in millions.", fontsize=9)
    paragraph(page, (54, 480, 297, 740))
    paragraph(page, (315, 60, 558, 740))
    (figure,) = found(page)
    assert iou(figure.box, truth) > 0.85
    assert share(truth, figure.box) > 0.98
    assert figure.caption == "Figure 3: Revenue by quarter, in millions."


def test_a_legend_beside_the_plot_belongs_to_it(page):
    truth = line_chart(page, 80, 200)
    paragraph(page, (54, 400, 558, 740))
    (figure,) = found(page)
    assert share(truth, figure.box) > 0.97


def test_charts_side_by_side_with_captions_of_their_own_stay_apart(page):
    for left, number in ((60, 1), (330, 2)):
        bar_chart(page, left, 200)
        page.insert_text((left + 20, 355), f"Fig. {number}. Quarterly figures", fontsize=9)
    figures = found(page)
    assert [figure.caption for figure in figures] == ["Fig. 1. Quarterly figures", "Fig. 2. Quarterly figures"]


def test_captions_above_go_to_the_chart_below_them(page):
    for top, number in ((120, 1), (330, 2)):
        page.insert_text((60, top - 20), f"Chart {number}: Sales of region {number}", fontsize=9)
        bar_chart(page, 60, top)
    assert [figure.caption[:8] for figure in found(page)] == ["Chart 1:", "Chart 2:"]


def test_panels_under_one_caption_are_one_figure(page):
    bar_chart(page, 60, 200)
    bar_chart(page, 270, 200, values=(40, 10, 20, 30))
    page.insert_textbox((60, 345, 480, 375), "Figure 2: Revenue of both regions, by quarter.", fontsize=9, align=1)
    (figure,) = found(page)
    assert figure.panels == 2
    assert figure.caption.startswith("Figure 2")


def test_a_ruled_table_is_no_figure_and_is_found_when_asked_for(page):
    truth = ruled_table(page, 100, 200)
    page.insert_text((100, 190), "Table 4: Cells", fontsize=9)
    paragraph(page, (54, 400, 558, 740))
    assert found(page) == []
    (table,) = found(page, tables=True)
    assert table.kind == "table"
    assert iou(table.box, truth) > 0.9
    assert table.caption == "Table 4: Cells"


def test_a_table_with_shaded_rows_is_no_figure(page):
    for row in range(6):
        shade = 0.9 if row % 2 else 0.75
        page.draw_rect((100, 200 + 16 * row, 400, 216 + 16 * row), color=None, fill=(shade, shade, 1))
        for column in range(4):
            page.insert_text((106 + 75 * column, 211 + 16 * row), f"cell {row}{column}", fontsize=8)
    assert found(page) == []


def test_a_table_ruled_only_across_is_found_when_asked_for(page):
    for y in (200, 216, 280):
        page.draw_line((100, y), (400, y))
    for row in range(5):
        for column in range(4):
            page.insert_text((106 + 75 * column, 212 + 15 * row), f"cell {row}{column}", fontsize=8)
    assert found(page) == []
    (table,) = found(page, tables=True)
    assert iou(table.box, (100, 200, 400, 280)) > 0.9


def test_callouts_buttons_and_underlines_are_no_figures(page):
    page.draw_rect((60, 100, 300, 220), fill=(0.95, 0.95, 0.8), radius=0.05)
    paragraph(page, (66, 104, 294, 218))
    for left in (60, 140, 220):
        page.draw_rect((left, 250, left + 60, 270), fill=(0.1, 0.5, 0.2), radius=0.3)
        page.insert_text((left + 10, 264), "Next 1", fontsize=9, color=(1, 1, 1))
    page.insert_text((60, 300), "A heading", fontsize=14)
    page.draw_line((60, 303), (140, 303))
    assert found(page) == []


def test_icons_and_bands_of_colour_are_no_figures(page):
    page.draw_rect((0, 0, 612, 60), color=None, fill=(0.1, 0.1, 0.5))
    page.draw_circle((580, 30), 12, fill=(1, 1, 1))
    page.draw_rect((20, 20, 592, 772))
    paragraph(page, (54, 80, 558, 700))
    logo = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 30, 30))
    logo.clear_with(120)
    page.insert_image((540, 720, 565, 745), pixmap=logo)
    assert found(page) == []


def test_a_picture_object_is_a_figure_and_tells_its_pixels(page):
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 300, 200))
    picture.clear_with(120)
    page.insert_image((100, 100, 300, 233), pixmap=picture)
    paragraph(page, (54, 300, 558, 740))
    (figure,) = found(page)
    assert figure.pixels == (300, 200)


def test_a_picture_cut_into_strips_is_one_figure(page):
    for strip in range(4):
        picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 300, 80))
        picture.clear_with(60 + 30 * strip)
        page.insert_image((100, 100 + 50 * strip, 300, 150 + 50 * strip), pixmap=picture, keep_proportion=False)
    (figure,) = found(page)
    assert figure.pixels == (300, 320)


def test_boxes_are_those_of_the_page_as_displayed(page):
    truth = bar_chart(page, 60, 100)
    paragraph(page, (54, 400, 558, 740))
    page.set_rotation(90)
    (figure,) = found(page)
    left, top, right, bottom = truth
    assert iou(figure.box, (792 - bottom, left, 792 - top, right)) > 0.85
    assert figure.rotation == 270


def test_a_chart_drawn_on_its_side_is_known_to_be_turned(page):
    chart = pymupdf.open()
    bar_chart(chart.new_page(width=220, height=160), 5, 12)
    page.show_pdf_page(pymupdf.Rect(100, 100, 260, 320), chart, 0, rotate=90)
    paragraph(page, (54, 400, 558, 740))
    (figure,) = found(page)
    assert figure.rotation in {90, 270}


def test_thousands_of_marks_are_one_figure(page):
    bar_chart(page, 60, 100)
    marks = b" ".join(b"%d.5 %d 2 2 re f" % (100 + index % 150, 600 + index // 150) for index in range(6000))
    last = page.get_contents()[-1]
    page.parent.update_stream(last, page.parent.xref_stream(last) + b" " + marks)
    assert len(found(page)) == 1
