"""From a model's regions to what is cut."""

import pytest
from PIL import Image, ImageDraw

from mineru_cli.pages.regions import find_regions
from mineru_cli.reply.layout import LayoutBlock

SIZE = 1000


@pytest.fixture
def picture():
    """A page: text on top, a chart whose ink fills (200, 300, 800, 700), a caption at 730."""
    image = Image.new("RGB", (SIZE, SIZE), "white")
    pen = ImageDraw.Draw(image)
    for y in range(50, 280, 20):
        pen.rectangle((100, y, 900, y + 9), fill="black")
    pen.rectangle((260, 300, 800, 600), outline="black", width=2)
    for x in range(280, 800, 60):
        pen.rectangle((x, 400, x + 30, 600), fill="black")
        pen.rectangle((x, 612, x + 30, 628), fill="black")
    for y in range(300, 600, 50):
        pen.rectangle((225, y, 250, y + 12), fill="black")
    pen.rectangle((480, 640, 580, 655), fill="black")
    pen.rectangle((200, 400, 212, 500), fill="black")
    pen.rectangle((200, 690, 700, 702), fill="black")
    return image


def block(kind, *box, rotation=0):
    return LayoutBlock(kind=kind, box=tuple(side / SIZE for side in box), rotation=rotation)


TEXT = block("text", 100, 45, 900, 285)
CAPTION = block("image_caption", 195, 685, 705, 706)


def test_labels_that_the_model_cut_off_are_taken_in(picture):
    (region,) = find_regions([TEXT, CAPTION, block("chart", 255, 310, 790, 610)], picture, tables=False)
    left, top, right, bottom = region.box
    assert left <= 200
    assert 285 <= top <= 300
    assert 800 <= right < 840
    assert 655 <= bottom < 690


def test_a_region_does_not_grow_into_its_neighbours(picture):
    neighbour = block("text", 810, 290, 990, 700)
    (region,) = find_regions([TEXT, CAPTION, neighbour, block("chart", 220, 300, 780, 660)], picture, tables=False)
    assert region.box[2] <= 815


def test_a_chart_named_twice_is_cut_once(picture):
    regions = find_regions(
        [block("chart", 200, 300, 800, 660), block("image", 205, 295, 805, 655)], picture, tables=False
    )
    assert len(regions) == 1


def test_charts_within_a_block_are_cut_one_by_one(picture):
    blocks = [
        block("image_block", 100, 300, 900, 660),
        block("chart", 110, 310, 490, 650),
        block("chart", 510, 310, 890, 650),
    ]
    assert [region.panels for region in find_regions(blocks, picture, tables=False)] == [1, 1]


def test_a_block_that_its_named_charts_hardly_cover_is_cut_whole(picture):
    blocks = [
        block("image_block", 100, 300, 900, 660),
        block("chart", 110, 310, 250, 420),
        block("chart", 300, 310, 420, 420),
    ]
    (region,) = find_regions(blocks, picture, tables=False)
    assert region.panels == 2


def test_tables_are_cut_only_when_asked_for(picture):
    blocks = [block("table", 100, 300, 900, 660)]
    assert find_regions(blocks, picture, tables=False) == []
    assert [region.kind for region in find_regions(blocks, picture, tables=True)] == ["table"]


def test_boxes_stay_on_the_picture(picture):
    (region,) = find_regions([block("chart", 0, 0, 1000, 1000)], picture, tables=False)
    assert region.box == (0, 0, SIZE, SIZE)
