"""Captions: what is one, and whose it is."""

import pytest

from mineru_cli.pages.captions import assign, find_captions, is_source_note
from mineru_cli.pages.marks import Line


def line(text, *, top=0.0, block=0):
    return Line(box=(0, top, 5.0 * len(text), top + 9), text=text, size=9, style="serif 9", block=block, turn=0)


@pytest.mark.parametrize(
    "text",
    [
        "Figure 3: Yields",
        "Fig. 2. Yields of wheat",
        "FIGURE 4 | Yields",
        "Figure A1 Yields",
        "Chart 1",
        "Abb. 4: Erträge",
        "Abbildung 12 Erträge",
        "图 1 产量",
        "図2:生産量",
        "Supplementary Figure 2. Yields",
        "Figure 2.3 \u2013 Yields",
        "Рис. 5. Урожай",
    ],
)
def test_what_starts_as_a_caption_is_one(text):
    (caption,) = find_captions([line(text)])
    assert caption.kind == "figure"
    assert caption.text == text


@pytest.mark.parametrize(
    "text",
    ["Figure 3 shows the yields", "as Figure 3: says", "Figures are in millions", "Charting the way", "figures 2"],
)
def test_a_sentence_about_a_figure_is_no_caption(text):
    assert find_captions([line(text)]) == []


def test_a_caption_is_its_whole_paragraph_and_not_the_source_below():
    lines = [
        line("Table 2: Trade of the region,", top=0),
        line("by partner", top=11),
        line("Source: customs", top=22),
        line("The trade grew.", top=60, block=1),
    ]
    (caption,) = find_captions(lines)
    assert (caption.kind, caption.text) == ("table", "Table 2: Trade of the region, by partner")
    assert is_source_note("Source: customs")


def test_a_caption_beyond_a_paragraph_belongs_to_nobody():
    (caption,) = find_captions([line("Figure 1: Yields of wheat and rye", top=150)])
    chart, paragraph = (0, 0, 200, 100), (0, 110, 200, 140)
    assert assign([chart], [caption]) == [caption]
    assert assign([chart], [caption], [paragraph]) == [None]
