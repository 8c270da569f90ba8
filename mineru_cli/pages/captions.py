"""Captions: which lines of a page name a figure or a table, and what they say.

Comes in: the page's lines of text. Goes out: `Caption`. Knows nothing of drawings; which caption belongs to which
figure is decided by `assign`, from boxes alone.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from mineru_cli.pages.boxes import gaps, height, intersection, union, width
from mineru_cli.pages.marks import Line
from mineru_cli.schema import Box

LONGEST: Final = 600
"""Characters of a caption that are kept."""

_FIGURE: Final = (
    r"Fig(?:ure|s)?|Chart|Graph|Diagram|Exhibit|Scheme|Figura|Gr[aá]fic[oa]|Graphique|Abb(?:ildung)?|Diagramm|Grafik|"
    r"Schaubild|Figuur|Grafiek|Figur|Rys(?:unek)?|Obr(?:[aá]zek)?|Wykres|Рис(?:унок)?|График|Şekil|Kuva|图表|图|圖|図|그림"
)
_TABLE: Final = r"Tab(?:le|elle|leau|ela|ella|l)?|Tabla|Tabulka|Taulukko|Таблица|表|표"
_DASHES: Final = "\\-\u2013\u2014"
_PREFIX: Final = r"(?:Supplement(?:ary|al)|Extended Data|Online|Appendix)\s+"
_NUMBER: Final = rf"\s*(?:[A-Z]{{0,2}}\.?\d+(?:[.{_DASHES}]\d+)*[a-z]?|[IVXLC]+|[A-Z])"
_START: Final = re.compile(
    rf"^(?i:{_PREFIX})?(?i:(?P<figure>{_FIGURE})|(?P<table>{_TABLE}))\.?{_NUMBER}"
    rf"(?:\s*[:.|){_DASHES}]|\s*$|\s+(?=[^a-z(]))"
)
_CASED: Final = re.compile(r"^\S*[A-Z]|^[^A-Za-z]")
_SOURCE: Final = re.compile(
    "^(?:Sources?|Quellen?|Fuentes?|Fontes?|Notes?|Anmerkung|来源|數據來源|资料来源)\\s*[:\uff1a.]", re.IGNORECASE
)
_FARTHEST: Final = 60.0
_COMMON_WIDTH: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """A caption: its whole paragraph, as one line of text."""

    kind: Literal["figure", "table"]
    box: Box
    text: str
    lines: frozenset[int]


def is_source_note(text: str) -> bool:
    """Whether a line says where the data come from, or explains them: part of no figure and no caption."""
    return _SOURCE.match(text) is not None


def find_captions(lines: Sequence[Line]) -> list[Caption]:
    """Find the paragraphs that start as captions do: "Figure 3:", "Fig. 2.", "Abb. 4", "图 1"."""
    captions: list[Caption] = []
    for index, line in enumerate(lines):
        start = _START.match(line.text)
        if start is None or not _CASED.match(line.text):
            continue
        paragraph = _paragraph(lines, index)
        text = " ".join(lines[member].text for member in paragraph)
        captions.append(
            Caption(
                kind="figure" if start["figure"] else "table",
                box=union(lines[member].box for member in paragraph),
                text=" ".join(text.split())[:LONGEST],
                lines=frozenset(paragraph),
            )
        )
    return captions


def assign(boxes: Sequence[Box], captions: Sequence[Caption], barriers: Sequence[Box] = ()) -> list[Caption | None]:
    """Give each box its caption.

    A page sets its captions under its figures or over them: the way that names more figures, at the smaller distance,
    is taken for the page; a figure it leaves without one takes an unclaimed caption on its other side.

    Parameters
    ----------
    barriers
        Boxes, such as paragraphs, that part a figure from a caption beyond them.
    """
    under = [_closest(box, captions, barriers, under=True) for box in boxes]
    over = [_closest(box, captions, barriers, under=False) for box in boxes]
    first, second = sorted((under, over), key=_worth, reverse=True)
    claimed = {id(match[1]) for match in first if match}
    given: list[Caption | None] = []
    for one, other in zip(first, second, strict=True):
        match = one or (other if other and id(other[1]) not in claimed else None)
        given.append(match[1] if match else None)
    return given


def _worth(matches: Sequence[tuple[float, Caption] | None]) -> tuple[int, float]:
    found = [match for match in matches if match]
    return len({id(caption) for _, caption in found}), -sum(distance for distance, _ in found)


def _closest(
    box: Box, captions: Iterable[Caption], barriers: Sequence[Box], *, under: bool
) -> tuple[float, Caption] | None:
    """The closest caption on one side that shares some width with the box, and how far it is."""
    found: list[tuple[float, Caption]] = []
    for caption in captions:
        across, down = gaps(box, caption.box)
        is_under = caption.box[1] + caption.box[3] > box[1] + box[3]
        beside = -across < _COMMON_WIDTH * min(width(box), width(caption.box))
        if is_under is under and not beside and down <= _FARTHEST and not _parted(box, caption.box, barriers):
            found.append((down, caption))
    return min(found, key=lambda match: match[0], default=None)


def _parted(box: Box, caption: Box, barriers: Sequence[Box]) -> bool:
    between = (max(box[0], caption[0]), min(box[3], caption[3]), min(box[2], caption[2]), max(box[1], caption[1]))
    return any(
        width(common) > 1.0 and height(common) > 1.0
        for common in (intersection(barrier, between) for barrier in barriers)
    )


def _paragraph(lines: Sequence[Line], first: int) -> list[int]:
    """The lines of the same block from ``first`` on, as long as they follow closely and start no other caption."""
    members = [first]
    for index in range(first + 1, len(lines)):
        line, last = lines[index], lines[members[-1]]
        if line.block != lines[first].block or line.box[1] - last.box[3] > 0.8 * line.size:
            break
        if _START.match(line.text) or is_source_note(line.text):
            break
        members.append(index)
    return members
