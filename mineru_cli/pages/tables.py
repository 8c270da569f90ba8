"""Ruled tables of a born-digital page: told apart from figures, and found when asked for.

Comes in: ink and lines of text. Goes out: whether a cluster is a grid with text in it, and the boxes of tables. Knows
nothing of what the cells say.
"""

import itertools
from collections.abc import Sequence
from typing import Final

from mineru_cli.pages.boxes import centre, height, holds, share, union, width
from mineru_cli.pages.captions import Caption, assign
from mineru_cli.pages.marks import Ink, Line, PageMarks
from mineru_cli.schema import Box

_APART: Final = 3.0
_LEAST_LINES: Final = 4
_FULL: Final = 0.5
_STROKES_IN_CELLS: Final = 40


def is_grid(inks: Sequence[Ink], inner: Sequence[Line]) -> bool:
    """Whether rules and rectangles make rows or cells, and text stands in most of them."""
    if len(inner) < _LEAST_LINES or sum(ink.strokes for ink in inks) > _STROKES_IN_CELLS:
        return False
    straight = [ink.box for ink in inks if ink.shape != "curve"]
    if len(straight) < 3:
        return False
    box = union(straight)
    rows = _bands([edge for rule in straight if width(rule) > 0.2 * width(box) for edge in (rule[1], rule[3])])
    columns = _bands([edge for rule in straight if height(rule) > 0.5 * height(box) for edge in (rule[0], rule[2])])
    cells = [(left, top, right, bottom) for left, right in columns for top, bottom in rows]
    if len(rows) < 2:
        return False
    if len(columns) < 2:
        return len(_column_starts(inner)) >= 2 and _full(rows_only(rows, box), inner)
    return _full(cells, inner)


def rows_only(rows: Sequence[tuple[float, float]], box: Box) -> list[Box]:
    """Rows as boxes across a table that has no vertical rules."""
    return [(box[0], top, box[2], bottom) for top, bottom in rows]


def find_tables(
    marks: PageMarks, inks: Sequence[Ink], grids: Sequence[Box], captions: Sequence[Caption], taken: Sequence[Box]
) -> list[tuple[Box, str]]:
    """The grids, and the tables ruled only across ("booktabs"), each with its caption."""
    boxes = list(grids)
    boxes += [
        box for box in _ruled_across(marks, inks) if not any(share(box, other) > 0.3 for other in [*boxes, *taken])
    ]
    own = [caption for caption in captions if caption.kind == "table"]
    return [(box, caption.text if caption else "") for box, caption in zip(boxes, assign(boxes, own), strict=True)]


def _full(cells: Sequence[Box], inner: Sequence[Line]) -> bool:
    full = sum(any(holds(cell, centre(line.box)) for line in inner) for cell in cells)
    return full >= _FULL * len(cells)


def _bands(edges: Sequence[float]) -> list[tuple[float, float]]:
    """The spaces between distinct parallel edges, in order."""
    distinct: list[float] = []
    for edge in sorted(edges):
        if not distinct or edge - distinct[-1] > _APART:
            distinct.append(edge)
    return list(itertools.pairwise(distinct))


def _column_starts(lines: Sequence[Line]) -> list[tuple[float, float]]:
    """The separate extents that lines of text cover along x."""
    covered: list[tuple[float, float]] = []
    for start, end in sorted((line.box[0], line.box[2]) for line in lines):
        if covered and start <= covered[-1][1] + _APART:
            covered[-1] = (covered[-1][0], max(covered[-1][1], end))
        else:
            covered.append((start, end))
    return covered


def _ruled_across(marks: PageMarks, inks: Sequence[Ink]) -> list[Box]:
    """Stacks of three or more rules with the same ends, with text in two or more columns between them."""
    stacks: dict[tuple[int, int], list[Box]] = {}
    for ink in inks:
        if ink.shape == "rule" and width(ink.box) > 80 and height(ink.box) < 2:
            key = next(
                (k for k in stacks if abs(k[0] - ink.box[0]) <= _APART and abs(k[1] - ink.box[2]) <= _APART),
                (round(ink.box[0]), round(ink.box[2])),
            )
            stacks.setdefault(key, []).append(ink.box)
    tables = []
    for rules in stacks.values():
        box = union(rules)
        inner = [line for line in marks.lines if holds(box, centre(line.box))]
        if (
            len(_bands([rule[1] for rule in rules])) >= 2
            and len(inner) >= _LEAST_LINES
            and len(_column_starts(inner)) >= 2
        ):
            tables.append(box)
    return tables
