"""Layout answers: blocks out of whole, damaged and nonsensical text."""

import pytest

from mineru_cli.reply import LayoutBlock, answers_with_chart, parse_layout


def block(box, kind="chart", turn="<|rotate_up|>"):
    return f"<|box_start|>{box}<|box_end|><|ref_start|>{kind}<|ref_end|>{turn}"


def test_blocks_come_in_their_order_as_fractions():
    text = "\n".join([block("086 052 912 094", "title"), block("100 200 500 1000")])
    assert parse_layout(text) == [
        LayoutBlock(kind="title", box=(0.086, 0.052, 0.912, 0.094)),
        LayoutBlock(kind="chart", box=(0.1, 0.2, 0.5, 1.0)),
    ]


@pytest.mark.parametrize(("turn", "degrees"), [("up", 0), ("left", 90), ("down", 180), ("right", 270)])
def test_content_whose_top_points_left_is_turned_a_quarter_counterclockwise(turn, degrees):
    (found,) = parse_layout(block("100 200 500 900", turn=f"<|rotate_{turn}|>"))
    assert found.rotation == degrees


def test_a_rotation_belongs_to_the_block_before_it():
    text = (
        block("1 2 3 4", "text", turn="")
        + block("5 6 7 8", "chart", turn="<|rotate_down|>")
        + block("9 9 99 99", turn="")
    )
    assert [found.rotation for found in parse_layout(text)] == [0, 180, 0]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ("500 900 100 200", (0.1, 0.2, 0.5, 0.9)),
        ("100 200 1300 99999", (0.1, 0.2, 1.0, 1.0)),
        ("0 0 1000 1000", (0.0, 0.0, 1.0, 1.0)),
        ("-100 200 300 400", (0.0, 0.2, 0.3, 0.4)),
        ("100,200, 500,900", (0.1, 0.2, 0.5, 0.9)),
    ],
)
def test_boxes_are_put_right(box, expected):
    assert [found.box for found in parse_layout(block(box))] == [expected]


@pytest.mark.parametrize("box", ["100 200 100 900", "1200 0 1300 500", "100 200 500", "a b c d"])
def test_boxes_without_extent_or_sense_are_left_out(box):
    assert parse_layout(block(box)) == []


def test_repeated_blocks_are_left_out():
    assert len(parse_layout("\n".join([block("1 2 3 4"), block("5 6 7 8")] * 200))) == 2


@pytest.mark.parametrize(
    "text",
    [
        "<|box_start|>100 200 500 900<|box_end|><|ref_start|>Image Block<|ref_end|>",
        "<|box_start|>100 200 500 900<|ref_start|>image_block<|ref_end|>",
        "100 200 500 900<|box_end|><|ref_start|>image_block",
        "100 200 500 900<|ref_start|>image-block<|ref_end|>",
        "<|box_start|>100 200 500 900 image_block",
        "100 200 500 900 image_block\n",
        "100 200 500 900image_block",
    ],
)
def test_missing_tags_do_no_harm(text):
    assert parse_layout(text) == [LayoutBlock(kind="image_block", box=(0.1, 0.2, 0.5, 0.9))]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "]]<|txtMask fill:#>\n<|txtMask fill:#>\u2026 <]|content_end|>",
        "In 2010 2011 2012 2013 sales rose.",
        "\ud800",
    ],
)
def test_noise_gives_no_block(text):
    assert parse_layout(text) == []


def test_a_chart_answer_to_a_layout_question_is_told():
    assert answers_with_chart("<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|>")
    assert not answers_with_chart(block("1 2 3 4"))
