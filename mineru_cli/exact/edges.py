"""Tick rows and rows of bare labels along the edges of a box.

Comes in: a box that may be a plot area, rows, labels. Goes out: which rows can be its axes, and how well. Knows nothing
of other boxes.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.families import Family
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.regions import Region
from mineru_cli.exact.scale import Scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import Direction, Side, TickRow, anchors
from mineru_cli.schema import Box

_LEAST_COLUMN: Final = 3  # texts
_FURTHEST: Final = 10.0  # em from the longest name to the bars
_EVENER: Final = 0.2  # of the others' unevenness
_ROOM: Final = 1.6  # em from name to name


def lies_beside(row: TickRow, box: Box) -> bool:
    """Whether a row of marks lies along the edge of a box that its labels are on."""
    x0, y0, x1, y1 = box
    if row.direction == "x":
        edge = y1 if row.side == "below" else y0
        if row.kind == "grid":
            return abs(row.low - y0) < 12 and abs(row.high - y1) < 12
    else:
        edge = x0 if row.side == "left" else x1
        if row.kind == "grid":
            return abs(row.high - x1) < 12 and abs(row.low - x0) < 12
    return min(abs(row.low - edge), abs(row.high - edge)) < 16


def lies_on_cross(row: TickRow, region: Region) -> bool:
    """Whether a row of ticks lies on one of two axis lines that cross inside a region."""
    if region.cross is None or row.kind != "tick":
        return False
    line = region.cross[1] if row.direction == "x" else region.cross[0]
    return row.low - 1.5 <= line <= row.high + 1.5


def cost(row: TickRow, scale: Scale, box: Box) -> float:
    """How badly a row serves as an axis of a box: distance, guessing, unmatched marks, the unusual side."""
    x0, y0, x1, y1 = box
    edge = (y1 if row.side == "below" else y0) if row.direction == "x" else (x0 if row.side == "left" else x1)
    cost = min(abs(row.low - edge), abs(row.high - edge)) + row.offness
    cost += 3.0 if row.kind == "grid" else 0.0
    cost -= 0.3 * len(row.ticks) + (2.0 if scale.numeric else 0.0)
    cost += 4.0 if row.side in {"right", "above"} else 0.0
    return cost + 4 * (1 - len(row.ticks) / max(1, len(row.places)))


def label_row(labels: Sequence[Label], box: Box, direction: Direction, side: Side) -> TickRow | None:
    """The nearest row of labels along an edge of a box, as an axis without marks."""
    x0, y0, x1, y1 = box
    lines: list[tuple[float, list[tuple[float, Label]]]] = []
    for label in labels:
        if direction == "x":
            gap = label.box[1] - y1 if side == "below" else y0 - label.box[3]
            low, high = label.box[0], label.box[2]
            middles = anchors(label, side) if label.angle % 90 else [(low + high) / 2]
            # A text beside the box belongs to the other axis; one that is centred on a corner reaches over it.
            along = any(x0 - label.size < middle < x1 + label.size for middle in middles)
            along = along and low < x1 + 1 and high > x0 - 1
            beside = along and -0.5 * label.size < gap < max(2.8 * label.size, 26.0)
            key = label.box[1] if side == "below" else label.box[3]
        else:
            gap = x0 - label.box[2] if side == "left" else label.box[0] - x1
            beside = y0 - label.size < label.cy < y1 + label.size and -1 < gap < 3 * label.size and label.angle == 0
            key = 0.0
        if beside:
            row = next((row for at, row in lines if abs(at - key) < 0.5 * label.size), None)
            if row is None:
                row = []
                lines.append((key, row))
            row.append((gap, label))
    rows = [row for _, row in lines if len(row) >= 2]
    if not rows and side == "left":
        rows = _flush_names(labels, box)
    if not rows:
        return None
    line = min(rows, key=lambda row: min(gap for gap, _ in row) - 0.5 * len(row))
    which = _evener([label for _, label in line], side)
    ticks = tuple(sorted(((anchors(label, side)[which], label) for _, label in line), key=lambda t: t[0]))
    edge = (y1 if side == "below" else y0) if direction == "x" else (x0 if side == "left" else x1)
    return TickRow(
        direction=direction,
        side=side,
        kind="label",
        ticks=ticks,
        places=tuple(place for place, _ in ticks),
        low=edge,
        high=edge,
    )


def _evener(labels: Sequence[Label], side: Side) -> int:
    """Which anchor of slanted labels marks their places: 0 the end nearer the axis, 1 the middle where that is even."""
    points = [anchors(label, side) for label in labels]
    if len(labels) < _LEAST_COLUMN or min(map(len, points)) <= 1:
        return 0
    uneven = []
    for which in (0, 1):
        steps = np.diff(sorted(point[which] for point in points))
        uneven.append(float(np.median(np.abs(steps - np.median(steps)))))
    return 1 if uneven[1] < _EVENER * uneven[0] else 0


def _flush_names(labels: Sequence[Label], box: Box) -> list[list[tuple[float, Label]]]:
    """Names set flush left in a column of their own, further from a box than labels of ticks; not as close as prose."""
    x0, y0, _, y1 = box
    level = [label for label in labels if label.angle == 0 and label.box[2] < x0 and y0 < label.cy < y1]
    names = sorted((label for label in level if not is_number(label.text)), key=lambda label: label.cy)
    if len(names) < _LEAST_COLUMN or len(names) < len(level):
        return []
    size = names[0].size
    flush = all(abs(name.box[0] - names[0].box[0]) < 0.6 and name.size == size for name in names)
    apart = np.diff([name.cy for name in names])
    near = x0 - max(name.box[2] for name in names) < _FURTHEST * size
    if not (flush and near and apart.min() > _ROOM * size and np.ptp(apart) < 0.1 * apart.mean()):
        return []
    return [[(x0 - name.box[2], name) for name in names]]


def numbers_on(labels: Sequence[Label], edge: float, foot: float, direction: Direction) -> TickRow | None:
    """Evenly spaced numbers left of an edge (y) or under it (x), away from one at a foot; moved to stand on it.

    Where programs set no ticks, the first number tells how far off its place a label's middle lies.
    """
    away = -1.0 if direction == "y" else 1.0

    def place(label: Label) -> float:
        return label.cy if direction == "y" else label.cx

    def past(label: Label) -> float:
        return away * (place(label) - foot)

    gaps = ((edge - label.box[2] if direction == "y" else label.box[1] - edge, label) for label in labels)
    beside = [label for gap, label in gaps if label.angle == 0 and -1 < gap < 3 * label.size]
    numbers = sorted((label for label in beside if is_number(label.text)), key=past)
    column = [label for label in numbers if past(label) > -0.6 * label.size]
    if len(column) < _LEAST_COLUMN or abs(past(column[0])) > 0.5 * column[0].size:
        return None
    spacing = past(column[1]) - past(column[0])
    if any(0 < past(column[0]) - past(label) < 1.3 * spacing for label in numbers):
        return None  # it goes on beyond: the foot is a line inside the plot area
    kept = column[:2]
    for label in column[2:]:
        if abs(past(label) - past(kept[-1]) - spacing) > 0.02 * spacing + 0.3:
            break
        kept.append(label)
    if len(kept) < _LEAST_COLUMN or spacing < 1.2 * kept[0].size:
        return None
    ticks = sorted(((place(label) + foot - place(column[0]), label) for label in kept), key=lambda tick: tick[0])
    return TickRow(
        direction=direction,
        side="left" if direction == "y" else "below",
        kind="label",
        ticks=tuple(ticks),
        places=tuple(at for at, _ in ticks),
        low=edge,
        high=edge,
        offness=abs(past(column[0])),
    )


def snapped(row: TickRow, box: Box, groups: Sequence[Family]) -> TickRow | None:
    """The row with its labels' places moved to marks that stand apart from them, as where axes cross inside."""
    for family in groups:
        if not (len(family.marks) >= 2 and family.low > min(box[:2]) - 20 and family.high < max(box[2:]) + 20):
            continue
        places = np.array([place for place, _ in family.marks])
        nearest = [int(np.argmin(np.abs(places - place))) for place, _ in row.ticks]
        off = [abs(places[k] - place) for k, (place, _) in zip(nearest, row.ticks, strict=True)]
        if max(off) < 0.4 * row.ticks[0][1].size and len(set(nearest)) == len(nearest):
            moved = tuple((float(places[k]), label) for k, (_, label) in zip(nearest, row.ticks, strict=True))
            inside = (box[0], box[2]) if row.direction == "y" else (box[1], box[3])
            if family.low < inside[1] + 5 and family.high > inside[0] - 5:
                shapes = tuple(shape for _, shape in family.marks)
                return replace(row, ticks=moved, places=tuple(map(float, places)), shapes=shapes)
    return None
