"""Picture files: every mode comes out as upright RGB, and nothing hostile gets through."""

import numpy as np
import pytest
from PIL import Image

from mineru_cli.errors import PageError, SourceError
from mineru_cli.options import PageOptions
from mineru_cli.pages import open_source
from mineru_cli.pages.pictures import looks_scanned
from mineru_cli.reply.layout import LayoutBlock
from tests.pages_drawing import bar_chart, on_paper, rendered, source

MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16")


@pytest.fixture(scope="module")
def chart():
    return rendered(lambda page: bar_chart(page, 60, 40))


def opened(path, kind, options=None, **limits):
    options = options or PageOptions()
    return open_source(source(path, kind), options, max_pages=limits.get("max_pages", 100), password=None)


def layout_of(path, kind):
    with opened(path, kind) as pages:
        return pages.read(1)


@pytest.mark.parametrize("mode", MODES)
def test_every_mode_shows_the_same_chart(tmp_path, chart, mode):
    small = chart.convert("L").resize((200, 150))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(small).astype(np.uint16) * 257)
    else:
        image = small.convert("RGB").convert(mode)
    path = tmp_path / "chart.tif"
    image.save(path)
    picture = layout_of(path, "tiff").layout
    assert picture.mode == "RGB"
    difference = np.abs(np.asarray(picture.convert("L"), dtype=int) - np.asarray(small, dtype=int))
    assert np.median(difference) <= 2


def test_what_is_transparent_is_white(tmp_path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (200, 100), (255, 0, 0, 0)).save(path)
    content = layout_of(path, "png")
    assert content.layout.getpixel((100, 50)) == (255, 255, 255)
    assert content.record.steps[0].name == "flatten"


def test_a_picture_is_turned_as_its_camera_says(tmp_path, chart):
    exif = Image.Exif()
    exif[274] = 6
    path = tmp_path / "photo.jpg"
    chart.rotate(90, expand=True).save(path, exif=exif)
    content = layout_of(path, "jpeg")
    assert (content.record.width, content.record.height) == chart.size
    assert np.mean(np.abs(np.asarray(content.layout.resize(chart.size), dtype=int) - np.asarray(chart))) < 12


def test_every_page_of_a_tiff_is_a_page_and_an_animation_is_its_first_frame(tmp_path, chart):
    frames = [chart, Image.new("RGB", (400, 300), "red")]
    chart.save(tmp_path / "pages.tif", save_all=True, append_images=frames[1:])
    with opened(tmp_path / "pages.tif", "tiff") as pages:
        assert pages.page_count == 2
        assert pages.read(2).layout.getpixel((10, 10)) == (255, 0, 0)
    chart.save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    with opened(tmp_path / "moving.gif", "gif") as pages:
        assert pages.page_count == 1
        assert "first_frame" in [step.name for step in pages.read(1).record.steps]


def test_a_bomb_is_turned_down_by_its_header(tmp_path):
    path = tmp_path / "bomb.png"
    Image.new("1", (30_000, 10_000)).save(path)
    with pytest.raises(SourceError, match="--max-pixels 300000000") as error, opened(path, "png"):
        pass
    assert error.value.code == "too_many_pixels"


def test_a_truncated_picture_is_damaged_and_says_so(tmp_path, chart):
    path = tmp_path / "cut.png"
    chart.save(path)
    path.write_bytes(path.read_bytes()[:-4000])
    with opened(path, "png") as pages, pytest.raises(PageError, match=r"cut\.png") as error:
        pages.read(1)
    assert error.value.code == "damaged"


def test_what_is_no_picture_is_damaged(tmp_path):
    path = tmp_path / "not.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"nothing")
    with pytest.raises(SourceError) as error, opened(path, "png"):
        pass
    assert error.value.code == "damaged"


@pytest.mark.parametrize("size", [(10, 10), (20_000, 40)])
def test_slivers_and_specks_give_no_crops_and_a_reason(tmp_path, size):
    path = tmp_path / "sliver.png"
    Image.new("RGB", size).save(path)
    with opened(path, "png") as pages:
        content = pages.read(1)
        assert (content.crops, content.layout, content.record.steps[-1].name) == ((), None, "too_small")
        assert pages.cut(1, None) == []


def test_without_layout_the_picture_is_the_crop(tmp_path, chart):
    path = tmp_path / "chart.png"
    chart.save(path)
    with opened(path, "png", PageOptions(layout="never")) as pages:
        (crop,) = pages.read(1).crops
    assert crop.box == (0, 0, *chart.size)
    assert crop.image.size == chart.size


def test_crops_come_from_the_full_resolution(tmp_path, chart):
    page = Image.new("RGB", (3000, 4000), "white")
    page.paste(chart.resize((1600, 1143)), (700, 600))
    path = tmp_path / "page.jpg"
    page.save(path)
    block = LayoutBlock(kind="chart", box=(0.235, 0.16, 0.76, 0.43))
    with opened(path, "jpeg") as pages:
        assert max(pages.read(1).layout.size) < 2100
        (crop,) = pages.cut(1, [block])
    assert max(crop.image.size) == 1024
    assert crop.box[2] - crop.box[0] > 1200
    assert [step.name for step in crop.steps] == ["downscale"]


def test_one_region_that_fills_a_picture_is_the_picture(tmp_path, chart):
    path = tmp_path / "chart.png"
    chart.save(path)
    with opened(path, "png") as pages:
        (crop,) = pages.cut(1, [LayoutBlock(kind="chart", box=(0.1, 0.1, 0.95, 0.9))])
        (turned,) = pages.cut(1, [LayoutBlock(kind="chart", box=(0.0, 0.0, 1.0, 1.0), rotation=90)])
    assert crop.image.size == chart.size
    assert turned.image.size == chart.size[::-1]


def test_small_charts_are_kept_with_a_flag(tmp_path):
    path = tmp_path / "small.png"
    Image.new("RGB", (120, 90), "white").save(path)
    with opened(path, "png") as pages:
        (crop,) = pages.cut(1, None)
    assert [flag.code for flag in crop.flags] == ["small"]


def test_a_skewed_photo_of_paper_is_straightened_alike_in_both_steps(tmp_path, chart):
    path = tmp_path / "paper.png"
    on_paper(chart, angle=2.0).save(path)
    with opened(path, "png") as pages:
        steps = pages.read(1).record.steps
        (crop,) = pages.cut(1, None)
    assert steps == [step for step in crop.steps if step.name == "deskew"]
    assert steps[0].detail["degrees"] == pytest.approx(-2.0, abs=0.2)


def test_paper_is_told_from_screens(chart):
    assert not looks_scanned(chart)
    assert looks_scanned(on_paper(chart))
    assert looks_scanned(chart.convert("1").convert("RGB"))


def test_a_file_that_went_away_is_one_line(tmp_path, chart):
    path = tmp_path / "gone.png"
    chart.save(path)
    missing = source(path, "png")
    path.unlink()
    with pytest.raises(SourceError, match="gone") as error:
        open_source(missing, PageOptions(), max_pages=1, password=None).__enter__()
    assert error.value.code == "unreadable"
