"""The plot areas of a page and the axes that belong to each.

Comes in: shapes, labels and tick rows of a page. Goes out: `Panel`, one a plot area, calibrated, none overlapping
another but insets. Knows nothing of marks or series.

Candidates come from frames, filled grounds, spines that meet, gridlines and ticks alone; each is given the tick
rows that lie along its edges, calibrated within it, and the best that do not overlap are kept. A panel without
labels on one side borrows the axis of a neighbour in its row or column.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mineru_cli.exact.aside import rows_aside
from mineru_cli.exact.bare_bars import bare_bars
from mineru_cli.exact.drafts import Axis, Draft, Finder
from mineru_cli.exact.families import families, segments
from mineru_cli.exact.measured_bars import measured_bars
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.regions import Ground, area, find_regions, inside, overlap
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import Direction, find_rows
from mineru_cli.schema import Box


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """A plot area.

    ``y2`` is a second vertical axis; ``borrowed`` names axes whose labels stand at a neighbour. ``holes`` are the
    insets in it, each with when its ground was drawn: what was drawn later there is not this panel's. ``since`` is
    when this panel's own opaque ground was drawn, which hides what is older.
    """

    box: Box
    ground: Ground
    x: Axis
    y: Axis
    y2: Axis | None = None
    background: Colour | None = None
    borrowed: tuple[Direction, ...] = ()
    holes: tuple[tuple[Box, int], ...] = ()
    since: int = -1

    @property
    def width(self) -> float:
        """Width in points."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height in points."""
        return self.box[3] - self.box[1]


def find_panels(shapes: Sequence[Shape], labels: Sequence[Label], page: Box) -> list[Panel]:
    """Find the calibrated plot areas of a page, in drawing order of the page (top to bottom, left to right)."""
    horizontal, vertical = segments(shapes)
    upright, flat = families(vertical), families(horizontal)
    rows = find_rows(upright, flat, labels)
    rows += rows_aside(upright, flat, labels, rows)
    finder = Finder(shapes=shapes, labels=labels, rows=rows, upright=upright, flat=flat)
    regions = find_regions(shapes, horizontal, vertical, page)
    drafts = [finder.draft(region) for region in regions]
    drafts += finder.bare_axes()
    drafts += finder.ticks_beside_numbers()
    drafts += finder.bars_on_one_axis()
    drafts += measured_bars(shapes, labels)
    drafts += bare_bars(finder)
    drafts = _without_containers(drafts)
    kept = _choose(drafts)
    kept += _borrow(drafts, kept)
    taken = {id(label) for draft in kept for axis in draft.y[:1] for _, label in axis.row.ticks}
    for draft in kept:
        across = [axis for axis in finder.label_axes(draft.box, "y") if axis.row.side != draft.y[0].row.side]
        draft.more_y = tuple(a for a in across if not any(id(label) in taken for _, label in a.row.ticks))
    bars = [shape for shape in shapes if shape.rect and shape.fill is not None and min(shape.w, shape.h) > 0.5]
    for draft in kept:
        _stretch(draft, bars)
    return [_finish(draft, kept) for draft in sorted(kept, key=lambda d: (round(d.box[1] / 20), d.box[0]))]


def _without_containers(drafts: list[Draft]) -> list[Draft]:
    """Drop boxes made of lines alone that hold several framed or filled plot areas: they span a grid of panels."""
    solid = _solid(drafts)

    def holds_several(box: Box) -> bool:
        inner: list[Box] = []
        for other in solid:
            share = area(other) / max(area(box), 1.0)
            if 0.06 < share < 0.75 and inside(other, box) and all(overlap(other, i) < 20 for i in inner):
                inner.append(other)
        return len(inner) >= 2

    loose = {"spine", "cross", "grid", "axes", "bars"}
    return [draft for draft in drafts if not (draft.region.ground in loose and holds_several(draft.box))]


def _choose(drafts: list[Draft]) -> list[Draft]:
    """The best drafts that do not overlap; an inset may lie inside a larger one when its labels are its own."""
    kept: list[Draft] = []
    for draft in sorted(drafts, key=lambda d: -d.score()):
        if not draft.x or not draft.y or draft.x[0].scale.kind == draft.y[0].scale.kind == "category":
            continue
        if all(not _conflict(draft, other) for other in kept):
            kept.append(draft)
    return kept


def _conflict(a: Draft, b: Draft) -> bool:
    shared = overlap(a.box, b.box)
    if shared <= 0.3 * min(area(a.box), area(b.box)):
        return False
    small, large = sorted((a, b), key=lambda d: area(d.box))
    inset = (
        area(small.box) < 0.3 * area(large.box)
        and inside(small.box, large.box, 0)
        and small.region.ground in {"fill", "frame"}
    )
    if not inset:
        return True
    mine = {id(label) for axis in (small.x[0], small.y[0]) for _, label in axis.row.ticks}
    return any(id(label) in mine for axis in (large.x[0], large.y[0]) for _, label in axis.row.ticks)


def _solid(drafts: Sequence[Draft]) -> list[Box]:
    """Framed or filled boxes that are plot areas: they have ticks, or are as large as one that has."""
    closed = [draft for draft in drafts if draft.region.ground in {"fill", "frame"}]
    sure = [d.box for d in closed if d.x and d.y and any(axis.row.kind != "label" for axis in d.x + d.y)]
    return [draft.box for draft in closed if any(_same_size(draft.box, box) for box in sure)]


def _same_size(a: Box, b: Box) -> bool:
    return abs((a[2] - a[0]) - (b[2] - b[0])) < 1 and abs((a[3] - a[1]) - (b[3] - b[1])) < 1


def _borrow(drafts: Sequence[Draft], kept: Sequence[Draft]) -> list[Draft]:
    """Panels without labels on one side, or on both, take the axes of neighbours whose edges line up."""
    open_drafts = [d for d in drafts if d.region.ground in {"fill", "frame", "spine", "grid"} and not (d.x and d.y)]
    more: list[Draft] = []
    grown = True
    while grown:
        grown = False
        for draft in open_drafts:
            known = [*kept, *more]
            if any(overlap(draft.box, d.box) > 0.3 * min(area(draft.box), area(d.box)) for d in known):
                continue
            x, y = _neighbours(draft, known)
            bare = not draft.x and not draft.y
            if x and y and (not bare or any(_same_size(draft.box, d.box) for d in known)):
                names: list[tuple[Direction, bool]] = [("x", not draft.x), ("y", not draft.y)]
                draft.borrowed = tuple(name for name, lent in names if lent)
                draft.x, draft.y = x, y
                more.append(draft)
                grown = True
    return more


def _neighbours(draft: Draft, known: Sequence[Draft]) -> tuple[list[Axis], list[Axis]]:
    """A draft's own axes, or those of the panels above or below it and beside it."""
    box = draft.box
    column = [d for d in known if abs(d.box[0] - box[0]) < 1.5 and abs(d.box[2] - box[2]) < 1.5]
    row = [d for d in known if abs(d.box[1] - box[1]) < 1.5 and abs(d.box[3] - box[3]) < 1.5]
    x = draft.x or (min(column, key=lambda d: abs(d.box[1] - box[1])).x[:1] if column else [])
    y = draft.y or (min(row, key=lambda d: abs(d.box[0] - box[0])).y[:1] if row else [])
    return x, y


def _stretch(draft: Draft, bars: Sequence[Shape]) -> None:
    """Where gridlines alone mark a plot area, let it reach to the ends of the bars that begin in it."""
    if draft.region.ground not in {"grid", "axes"}:
        return
    x0, y0, x1, y1 = draft.box
    x_reach = 1.2 * _spacing(draft.x[0]) if draft.x[0].scale.numeric else 0.0
    y_reach = 1.2 * _spacing(draft.y[0]) if draft.y[0].scale.numeric else 0.0
    for bar in sorted(bars, key=lambda b: b.box[0]):
        a0, b0, a1, b1 = bar.box
        if b0 > y0 - 1 and b1 < y1 + 1 and x0 - 1 < a0 <= x1 + 1:
            x1 = max(x1, min(a1, draft.box[2] + x_reach))
    for bar in sorted(bars, key=lambda b: -b.box[3]):
        a0, b0, a1, b1 = bar.box
        if a0 > x0 - 1 and a1 < x1 + 1 and y0 - 1 <= b1 < y1 + 1:
            y0 = min(y0, max(b0, draft.box[1] - y_reach))
    draft.region = replace(draft.region, box=(x0, y0, x1, y1))


def _spacing(axis: Axis) -> float:
    return float(np.median(np.diff(axis.row.places))) if len(axis.row.places) > 1 else 0.0


def _finish(draft: Draft, kept: Sequence[Draft]) -> Panel:
    second = None
    first = draft.y[0]
    for axis in (*draft.y[1:], *draft.more_y):
        other_side = axis.row.side != first.row.side and axis.scale.numeric and not axis.scale.rejected
        if other_side and len(axis.row.ticks) >= 3 and _differs(axis, first, draft.box):
            first, second = (axis, first) if axis.row.side == "left" else (first, axis)
            break
    shape = draft.region.shape
    holes = tuple(
        (other.box, other.region.shape.order if other.region.shape is not None else -1)
        for other in kept
        if other is not draft and area(other.box) < area(draft.box) and inside(other.box, draft.box, 0)
    )
    return Panel(
        box=draft.box,
        ground=draft.region.ground,
        x=draft.x[0],
        y=first,
        y2=second,
        background=shape.fill if shape is not None else None,
        borrowed=draft.borrowed,
        holes=holes,
        since=shape.order if shape is not None and shape.fill is not None and shape.opacity > 0.99 else -1,
    )


def _differs(a: Axis, b: Axis, box: Box) -> bool:
    """Whether two vertical axes say different things of the same places."""
    if not b.scale.numeric or a.scale.kind != b.scale.kind:
        return True
    span = abs(b.scale.value(box[1]) - b.scale.value(box[3]))
    return any(abs(a.scale.value(y) - b.scale.value(y)) > 1e-3 * span for y in (box[1], box[3]))
