"""Labels from the text of a page."""

import pymupdf
import pytest

from mineru_cli.exact.text import read_labels


def labels_of(draw):
    with pymupdf.open() as document:
        draw(document.new_page(width=300, height=200))
        return read_labels(pymupdf.open("pdf", document.tobytes())[0])


def test_a_small_raised_number_is_a_power():
    def draw(page):
        page.insert_text((50, 100), "10", fontsize=10)
        page.insert_text((50 + pymupdf.get_text_length("10", fontsize=10), 96), "5", fontsize=7)

    assert [label.text for label in labels_of(draw)] == ["10^5"]


def one_by_one(page, texts, gaps):
    """Draw texts in calls of their own, gaps (points) apart, none with a space in it."""
    x = 50.0
    for text, gap in zip(texts, gaps, strict=True):
        page.insert_text((x, 100), text, fontsize=10)
        x += pymupdf.get_text_length(text, fontsize=10) + gap


def test_crowded_labels_of_ticks_stay_apart():
    def draw(page):
        for k, text in enumerate(["Jan", "Feb", "Mar", "Apr"]):
            page.insert_text((50 + 19.5 * k - pymupdf.get_text_length(text, fontsize=10) / 2, 100), text, fontsize=10)

    assert [label.text for label in labels_of(draw)] == ["Jan", "Feb", "Mar", "Apr"]


def test_words_drawn_one_by_one_are_one_text():
    texts = ["Wholesale", "and", "retail", "trade", "Other", "services"]
    labels = labels_of(lambda page: one_by_one(page, texts, [2.78, 2.78, 2.78, 30, 2.78, 0]))
    assert [label.text for label in labels] == ["Wholesale and retail trade", "Other services"]


def test_numbers_a_space_apart_are_two_texts():
    assert [label.text for label in labels_of(lambda page: one_by_one(page, ["10", "20"], [2.78, 0]))] == ["10", "20"]


def test_texts_that_overlap_are_not_shuffled():
    def draw(page):
        page.insert_text((50, 100), "Lisbon", fontsize=10)
        page.insert_text((70, 100), "Prague", fontsize=10)

    assert [label.text for label in labels_of(draw)] == ["Lisbon", "Prague"]


def test_a_text_drawn_twice_is_read_once():
    def draw(page):
        for shift in (0, 0.3):
            page.insert_text((50 + shift, 100), "Total", fontsize=10)

    assert [label.text for label in labels_of(draw)] == ["Total"]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_the_direction_of_a_text_is_known(turn):
    (label,) = labels_of(lambda page: page.insert_text((150, 100), "Rain (mm)", fontsize=10, rotate=turn))
    assert (label.text, label.angle) == ("Rain (mm)", turn)


def test_the_box_hugs_the_letters():
    (label,) = labels_of(lambda page: page.insert_text((50, 100), "70", fontsize=10))
    assert label.box == pytest.approx((50, 92.8, 61.1, 100), abs=0.2)
