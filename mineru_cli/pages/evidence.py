"""Whether a cluster of ink looks like a drawing: curves, bars, tick marks, or a picture of some size.

Comes in: the ink of one cluster and the lines of text within it. Goes out: yes or no, and how many panels it has. Knows
nothing of where on the page it stands.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from mineru_cli.pages.boxes import area, centre, cluster, height, holds, union, width
from mineru_cli.pages.marks import Ink, Line, Picture
from mineru_cli.schema import Box

_LEAST_STROKES: Final = 6
_LEAST_EXTENT: Final = 20.0
_LEAST_PICTURE: Final = 40.0
_LEAST_PICTURE_PIXELS: Final = 64
_LONGEST_TICK: Final = 9.0
_LEAST_TICKS: Final = 3
_PANEL_SIDE: Final = 40.0
_GAP: Final = 4.0
_SAME: Final = 0.6
_NUMBER: Final = re.compile(r"[^\w\s]*\d[\d\s.,:/%-]*\D{0,3}$")


def drawn(inks: Sequence[Ink], inner: Sequence[Line]) -> bool:
    """Whether the ink shows data: slanted or curved strokes, bars on a common base line, or tick marks in a row."""
    curves = [ink for ink in inks if ink.shape == "curve"]
    if sum(ink.strokes for ink in curves) >= _LEAST_STROKES:
        extent = union(ink.box for ink in curves)
        if max(width(extent), height(extent)) >= _LEAST_EXTENT:
            return True
    return _bars(inks, inner) or _ticks(inks)


def pictured(pictures: Sequence[Picture]) -> bool:
    """Whether the pictures (tiles of one, or one) are more than an icon or a rule."""
    if not pictures:
        return False
    box = union(picture.box for picture in pictures)
    pixels = [sum(picture.pixels[side] for picture in pictures) for side in (0, 1)]
    return min(width(box), height(box)) >= _LEAST_PICTURE and min(pixels) >= _LEAST_PICTURE_PIXELS


def panels(inks: Sequence[Ink], pictures: Sequence[Picture]) -> int:
    """How many separate drawings of some size the cluster holds, at least 1."""
    boxes = [ink.box for ink in inks] + [picture.box for picture in pictures]
    count = 0
    for members in cluster(boxes, _GAP):
        box = union(boxes[index] for index in members)
        own = [inks[index] for index in members if index < len(inks)]
        shown = [pictures[index - len(inks)] for index in members if index >= len(inks)]
        if min(width(box), height(box)) >= _PANEL_SIDE and (pictured(shown) or drawn(own, ())):
            count += 1
    return max(1, count)


def _bars(inks: Sequence[Ink], inner: Sequence[Line]) -> bool:
    """Whether filled rectangles of one thickness stand on one line with different lengths.

    Rectangles with words in them are the shaded cells of a table, unless the word is a number: of those, which may be
    cells all the same, three different lengths are asked for.
    """
    empty: list[Box] = []
    numbered: list[Box] = []
    for ink in inks:
        if ink.shape == "fill" and area(ink.box) > 0:
            texts = [line.text for line in inner if holds(ink.box, centre(line.box))]
            if not texts:
                empty.append(ink.box)
            elif all(_NUMBER.match(text) for text in texts):
                numbered.append(ink.box)
    return _on_one_base(empty, lengths=2) or _on_one_base(empty + numbered, lengths=3)


def _on_one_base(rectangles: Sequence[Box], *, lengths: int) -> bool:
    for base, start, end in ((0, 1, 3), (1, 0, 2), (2, 1, 3), (3, 0, 2)):
        standing: dict[tuple[int, int], set[int]] = defaultdict(set)
        for box in rectangles:
            thickness, length = box[end] - box[start], abs(box[(base + 2) % 4] - box[base])
            standing[round(box[base] / _SAME), round(thickness / _SAME)].add(round(length / 2))
        if any(len(found) >= lengths for found in standing.values()):
            return True
    return False


def _ticks(inks: Iterable[Ink]) -> bool:
    """Whether three or more equally short rules stand side by side, as the tick marks of an axis do."""
    rows: dict[tuple[str, int, int], set[int]] = defaultdict(set)
    for ink in inks:
        if ink.shape != "rule":
            continue
        x0, y0, x1, y1 = ink.box
        if 1.0 < y1 - y0 <= _LONGEST_TICK and x1 - x0 < 1.0:
            rows["x", round(y0 / _SAME), round(y1 / _SAME)].add(round(x0 / 3))
        elif 1.0 < x1 - x0 <= _LONGEST_TICK and y1 - y0 < 1.0:
            rows["y", round(x0 / _SAME), round(x1 / _SAME)].add(round(y0 / 3))
    return any(len(places) >= _LEAST_TICKS for places in rows.values())
