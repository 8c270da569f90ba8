"""PDFs: pages become crops or pictures, and broken files one line."""

import pickle

import pymupdf
import pytest
from PIL import Image

from mineru_cli.errors import PageError, SourceError
from mineru_cli.options import PageOptions
from mineru_cli.pages import open_source
from mineru_cli.pages.boxes import iou
from mineru_cli.reply.layout import LayoutBlock
from tests.pages_drawing import bar_chart, on_paper, paragraph, rendered, ruled_table, save, scanned_pdf, source


def opened(pdf, options=None, *, max_pages=100, password=None):
    return open_source(pdf, options or PageOptions(), max_pages=max_pages, password=password)


def code_of(pdf, **given):
    with pytest.raises(SourceError) as error, opened(pdf, **given):
        pass
    return error.value


@pytest.fixture
def report(tmp_path):
    """Three pages: text, a chart, a table; and the box of the chart."""
    document = pymupdf.open()
    paragraph(document.new_page(), (60, 60, 530, 700))
    page = document.new_page()
    paragraph(page, (60, 60, 530, 200))
    box = bar_chart(page, 100, 300)
    page.insert_text((110, 460), "Figure 1: Revenue", fontsize=9)
    ruled_table(document.new_page(), 100, 200)
    return save(document, tmp_path / "report.pdf"), box


def test_pages_say_what_they_are(report):
    with opened(report[0]) as pages:
        assert [pages.read(number).record.kind for number in (1, 2, 3)] == ["text", "figures", "text"]
    with opened(report[0], PageOptions(tables=True)) as pages:
        (table,) = pages.read(3).crops
        assert table.kind == "table"


def test_a_chart_is_rendered_at_its_own_resolution_with_its_words(report):
    with opened(report[0]) as pages:
        (crop,) = pages.read(2).crops
    assert max(crop.image.size) in range(1022, 1027)
    assert iou(crop.box, report[1]) > 0.8
    assert crop.dpi == pytest.approx(72 * 1024 / (crop.box[2] - crop.box[0]), rel=0.01)
    assert crop.caption == "Figure 1: Revenue"
    assert {"50", "Q3", "Quarter"} <= set(crop.printed)
    assert "Output" not in crop.printed


def test_contents_travel_between_processes(report):
    with opened(report[0]) as pages:
        content = pages.read(2)
    assert pickle.loads(pickle.dumps(content)).crops[0].box == content.crops[0].box  # noqa: S301 - our own bytes


def test_a_small_picture_object_is_not_blown_up_beyond_twice_its_pixels(tmp_path):
    document = pymupdf.open()
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 150, 100))
    picture.clear_with(90)
    document.new_page().insert_image((100, 100, 400, 300), pixmap=picture)
    with opened(save(document, tmp_path / "small.pdf")) as pages:
        (crop,) = pages.read(1).crops
    assert max(crop.image.size) in range(298, 304)


def test_layout_can_be_asked_for_on_every_page(report):
    left, top, right, bottom = report[1]
    block = LayoutBlock(kind="chart", box=(left / 595, top / 842, right / 595, bottom / 842))
    with opened(report[0], PageOptions(layout="always")) as pages:
        content = pages.read(2)
        assert min(content.layout.size) in range(1034, 1039)
        (crop,) = pages.cut(2, [block])
        (whole,) = pages.cut(2, None)
    assert max(crop.image.size) in range(1022, 1027)
    assert iou(crop.box, report[1]) > 0.7
    assert crop.caption == "Figure 1: Revenue"
    assert whole.box == (0, 0, 595, 842)


def test_a_scan_is_straightened_and_cut_where_the_model_says(tmp_path):
    image = Image.new("RGB", (1275, 1650), "white")
    chart = rendered(lambda page: bar_chart(page, 60, 40))
    image.paste(chart, (200, 300))
    pdf = scanned_pdf(
        tmp_path / "scan.pdf",
        on_paper(image, angle=1.5),
        hidden=[(100, 470, "Figure 7: Revenue by quarter"), (100, 700, "and more text")],
    )
    with opened(pdf) as pages:
        content = pages.read(1)
        assert content.record.kind == "scan"
        assert content.record.steps[1].detail["degrees"] == pytest.approx(-1.5, abs=0.2)
        (crop,) = pages.cut(1, [LayoutBlock(kind="chart", box=(0.18, 0.2, 0.8, 0.55))])
    assert crop.caption == "Figure 7: Revenue by quarter"
    assert crop.printed is None
    assert crop.box[0] < 612 * 0.25
    assert crop.steps[0].name == "deskew"


def test_a_page_with_a_picture_behind_its_text_is_no_scan(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 60, 80))
    picture.clear_with(240)
    page.insert_image(page.rect, pixmap=picture, keep_proportion=False)
    paragraph(page, (60, 60, 530, 700))
    with opened(save(document, tmp_path / "backdrop.pdf")) as pages:
        assert pages.read(1).record.kind == "text"


def test_an_encrypted_pdf_asks_for_its_password(tmp_path):
    document = pymupdf.open()
    document.new_page()
    path = tmp_path / "locked.pdf"
    document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open", owner_pw="own")
    pdf = source(path, "pdf")
    missing = code_of(pdf)
    assert (missing.code, "--password" in missing.cure) == ("encrypted", True)
    assert code_of(pdf, password="wrong").code == "wrong_password"
    with opened(pdf, password="open") as pages:
        assert pages.page_count == 1


def test_more_pages_than_allowed_names_the_option(report):
    error = code_of(report[0], max_pages=2)
    assert (error.code, error.cure) == ("too_many_pages", "Allow them with --max-pages 3")


EMPTY_TREE = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7\n", "damaged"), (b"%PDF-1.7\n" + bytes(range(256)) * 20, "damaged"), (EMPTY_TREE, "no_pages")],
)
def test_broken_pdfs_are_one_line(tmp_path, content, code, capfd):
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)
    error = code_of(source(path, "pdf"))
    assert error.code == code
    assert "broken.pdf" in str(error)
    assert "\n" not in str(error)
    assert capfd.readouterr() == ("", "")


def test_a_scan_over_its_recognised_text_is_a_scan(tmp_path):
    document = pymupdf.open()
    page = document.new_page()
    paragraph(page, (60, 60, 530, 700))
    picture = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 850, 1100))
    picture.clear_with(230)
    page.insert_image(page.rect, pixmap=picture, keep_proportion=False)
    with opened(save(document, tmp_path / "over.pdf")) as pages:
        assert pages.read(1).record.kind == "scan"


def test_letters_drawn_as_outlines_are_left_to_the_model(tmp_path):
    commands = b" ".join(
        b"%d %d m %d %d %d %d %d %d c f" % (x, y, x + 4, y + 9, x + 6, y + 2, x + 5, y)
        for y in range(100, 740, 14)
        for x in range(60, 540, 8)
    )
    document = pymupdf.open()
    page = document.new_page()
    xref = document.get_new_xref()
    document.update_object(xref, "<<>>")
    document.update_stream(xref, commands)
    page.set_contents(xref)
    with opened(save(document, tmp_path / "outlined.pdf")) as pages:
        content = pages.read(1)
    assert (content.record.kind, content.crops) == ("scan", ())
    assert content.layout is not None


def test_a_page_of_impossible_size_costs_itself(tmp_path):
    document = pymupdf.open()
    document.new_page()
    document.new_page()
    document.xref_set_key(document[0].xref, "MediaBox", "[0 0 14400000 14400000]")
    with opened(save(document, tmp_path / "huge.pdf")) as pages:
        with pytest.raises(PageError) as error:
            pages.read(1)
        assert error.value.code == "page_size"
        assert pages.read(2).record.kind == "text"


def test_a_rotated_page_is_read_as_displayed(tmp_path):
    document = pymupdf.open()
    page = document.new_page(width=600, height=800)
    bar_chart(page, 60, 100)
    page.set_rotation(90)
    with opened(save(document, tmp_path / "rotated.pdf")) as pages:
        content = pages.read(1)
    assert (content.record.width, content.record.height) == (800, 600)
    (crop,) = content.crops
    assert "rotate" in [step.name for step in crop.steps]
    assert crop.image.width > crop.image.height
