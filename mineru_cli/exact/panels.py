"""The plot areas of a page and the axes that belong to each.

Comes in: shapes, labels and tick rows of a page. Goes out: `Panel`, one a plot area, calibrated, none overlapping
another but insets. Knows nothing of marks or series.

Candidates come from frames, filled grounds, spines that meet, gridlines and ticks alone; each is given the tick
rows that lie along its edges, calibrated within it, and the best that do not overlap are kept. A panel without
labels on one side borrows the axis of a neighbour in its row or column.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mineru_cli.exact.edges import cost, label_row, lies_beside, lies_on_cross, snapped
from mineru_cli.exact.families import Family, families, segments
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.regions import MIN_HEIGHT, MIN_WIDTH, Ground, Region, area, find_regions, inside, overlap
from mineru_cli.exact.scale import Scale, fit_scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import Direction, Side, TickRow, find_rows
from mineru_cli.schema import Box

_PENALTY: Final = {"fill": 0, "frame": 0, "spine": 4, "cross": 8, "grid": 12, "axes": 16, "bars": 18}
_LEAST_SPAN: Final = 0.25  # of the panel's side that the ticks must cover


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """A calibrated axis: its ticks and what they say."""

    row: TickRow
    scale: Scale


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


@dataclass(slots=True)
class _Draft:
    region: Region
    x: list[Axis]
    y: list[Axis]
    borrowed: tuple[Direction, ...] = ()
    more_y: tuple[Axis, ...] = ()

    @property
    def box(self) -> Box:
        return self.region.box

    def score(self) -> float:
        total = -float(_PENALTY[self.region.ground])
        for axis in self.x[:1] + self.y[:1]:
            total += 10 + min(len(axis.row.ticks), 8) + (2 if axis.row.kind == "tick" else 0)
            total += (4 if axis.scale.numeric else 0) - (3 if axis.row.kind == "label" else 0)
        return total


def find_panels(shapes: Sequence[Shape], labels: Sequence[Label], page: Box) -> list[Panel]:
    """Find the calibrated plot areas of a page, in drawing order of the page (top to bottom, left to right)."""
    horizontal, vertical = segments(shapes)
    upright, flat = families(vertical), families(horizontal)
    finder = _Finder(shapes=shapes, labels=labels, rows=find_rows(upright, flat, labels), upright=upright, flat=flat)
    regions = find_regions(shapes, horizontal, vertical, page)
    drafts = [finder.draft(region) for region in regions]
    drafts += finder.bare_axes()
    drafts += finder.bars_on_one_axis()
    drafts = _without_containers(drafts)
    kept = _choose(drafts)
    kept += _borrow(drafts, kept)
    taken = {id(label) for draft in kept for axis in draft.y[:1] for _, label in axis.row.ticks}
    for draft in kept:
        right = [axis for axis in finder.label_axes(draft.box, "y") if axis.row.side == "right"]
        draft.more_y = tuple(a for a in right if not any(id(label) in taken for _, label in a.row.ticks))
    bars = [shape for shape in shapes if shape.rect and shape.fill is not None and min(shape.w, shape.h) > 0.5]
    for draft in kept:
        _stretch(draft, bars)
    return [_finish(draft, kept) for draft in sorted(kept, key=lambda d: (round(d.box[1] / 20), d.box[0]))]


@dataclass(slots=True)
class _Finder:
    """Gives regions their axes."""

    shapes: Sequence[Shape]
    labels: Sequence[Label]
    rows: list[TickRow]
    upright: list[Family]
    flat: list[Family]
    fits: dict[tuple[int, ...], Scale | None] | None = None

    def fit(self, row: TickRow) -> Scale | None:
        """The scale of a row, remembered."""
        if self.fits is None:
            self.fits = {}
        key = tuple(id(label) for _, label in row.ticks) + tuple(round(place * 1000) for place, _ in row.ticks)
        if key not in self.fits:
            self.fits[key] = fit_scale([place for place, _ in row.ticks], row.texts)
        return self.fits[key]

    def draft(self, region: Region) -> _Draft:
        """A region with the axes found along its edges."""
        x, y = self.along(region, "x"), self.along(region, "y")
        if bool(x) != bool(y) or (not x and region.ground in {"grid", "fill"}):
            if not x:
                x = self.label_axes(region.box, "x")
            if not y:
                y = self.label_axes(region.box, "y")
        return _Draft(region=region, x=x, y=y)

    def along(self, region: Region, direction: Direction) -> list[Axis]:
        """The calibrated tick rows along a region's edges, best first."""
        box = region.box
        low, high = (box[0], box[2]) if direction == "x" else (box[1], box[3])
        slack = 2 + 0.01 * (high - low)
        found: list[tuple[float, Axis]] = []
        for whole in self.rows:
            if whole.direction != direction or not (lies_beside(whole, box) or lies_on_cross(whole, region)):
                continue
            row = whole.within(low - slack, high + slack)
            if len(row.ticks) < 2 or row.ticks[-1][0] - row.ticks[0][0] < _LEAST_SPAN * (high - low):
                continue
            scale = self.fit(row)
            if scale is not None:
                found.append((cost(row, scale, box), Axis(row=row, scale=scale)))
        found.sort(key=lambda item: item[0])
        return [axis for _, axis in found]

    def label_axes(self, box: Box, direction: Direction) -> list[Axis]:
        """Axes made of labels alone, beside a box; their places are the labels' middles."""
        found = []
        sides: tuple[Side, ...] = ("below", "above") if direction == "x" else ("left", "right")
        for side in sides:
            row = label_row(self.labels, box, direction, side)
            if row is None:
                continue
            marked = snapped(row, box, self.upright if direction == "x" else self.flat)
            scale = self.fit(marked or row)
            if scale is not None:
                found.append(Axis(row=marked or row, scale=replace(scale, estimated=scale.numeric and marked is None)))
        return found

    def bare_axes(self) -> list[_Draft]:
        """Plot areas that nothing but the ticks of two axes encloses."""
        drafts = []
        across = [row for row in self.rows if row.kind == "tick" and row.side == "below"]
        upward = [row for row in self.rows if row.kind == "tick" and row.side == "left"]
        for x in across:
            for y in upward:
                left, right = min(x.places[0], y.high), x.places[-1]
                top, bottom = y.places[0], max(y.places[-1], x.low)
                near = 0 <= x.places[0] - y.high + 2 < 0.4 * (right - left) and x.low - y.places[-1] < 0.4 * (
                    bottom - top
                )
                if not near or x.low < y.places[-1] - 2 or right - left < MIN_WIDTH or bottom - top < MIN_HEIGHT:
                    continue
                scales = self.fit(x), self.fit(y)
                if scales[0] is not None and scales[1] is not None:
                    region = Region(box=(left, top, right, bottom), ground="axes")
                    drafts.append(
                        _Draft(region=region, x=[Axis(row=x, scale=scales[0])], y=[Axis(row=y, scale=scales[1])])
                    )
        return drafts

    def bars_on_one_axis(self) -> list[_Draft]:
        """Bars that stand along one numeric axis, with names at their feet and no frame."""
        bars = [s for s in self.shapes if s.rect and s.fill is not None and s.w > 1.5 and s.h > 0.3]
        drafts = []
        for row in self.rows:
            if row.side not in {"left", "below"} or len(bars) < 2:
                continue
            scale = self.fit(row)
            if scale is None or not scale.numeric:
                continue
            box = _bars_box(row, bars)
            other = self.label_axes(box, "x" if row.direction == "y" else "y") if box is not None else []
            if box is not None and other:
                own = [Axis(row=row, scale=scale)]
                region = Region(box=box, ground="bars")
                if row.direction == "y":
                    more = [axis for axis in self.along(region, "y") if axis.row.side == "right"]
                    drafts.append(_Draft(region=region, x=other, y=own + more))
                else:
                    drafts.append(_Draft(region=region, x=own, y=other))
        return drafts


def _bars_box(row: TickRow, bars: Sequence[Shape]) -> Box | None:
    """The box of the bars that share a baseline beside a numeric axis."""
    low, high = row.places[0], row.places[-1]
    span = high - low
    if row.direction == "y":
        mine = [
            b
            for b in bars
            if b.box[0] > row.high - 1
            and b.box[0] < row.high + 4 * span
            and b.box[3] < high + 0.3 * span
            and b.box[1] > low - 0.3 * span
        ]
        feet = Counter(edge for b in mine for edge in {round(b.box[1]), round(b.box[3])})
    else:
        mine = [
            b
            for b in bars
            if b.box[3] < row.low + 1
            and b.box[1] > row.low - 4 * span
            and b.box[0] > low - 0.3 * span
            and b.box[2] < high + 0.3 * span
        ]
        feet = Counter(edge for b in mine for edge in {round(b.box[0]), round(b.box[2])})
    if len(mine) < 2 or feet.most_common(1)[0][1] < 2:
        return None
    if row.direction == "y":
        return (
            row.high,
            min(low, *(b.box[1] for b in mine)),
            max(b.box[2] for b in mine) + 5,
            max(high, *(b.box[3] for b in mine)),
        )
    return (
        min(low, *(b.box[0] for b in mine)),
        min(b.box[1] for b in mine) - 5,
        max(high, *(b.box[2] for b in mine)),
        row.low,
    )


def _without_containers(drafts: list[_Draft]) -> list[_Draft]:
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


def _choose(drafts: list[_Draft]) -> list[_Draft]:
    """The best drafts that do not overlap; an inset may lie inside a larger one when its labels are its own."""
    kept: list[_Draft] = []
    for draft in sorted(drafts, key=lambda d: -d.score()):
        if not draft.x or not draft.y or draft.x[0].scale.kind == draft.y[0].scale.kind == "category":
            continue
        if all(not _conflict(draft, other) for other in kept):
            kept.append(draft)
    return kept


def _conflict(a: _Draft, b: _Draft) -> bool:
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


def _solid(drafts: Sequence[_Draft]) -> list[Box]:
    """Framed or filled boxes that are plot areas: they have ticks, or are as large as one that has."""
    closed = [draft for draft in drafts if draft.region.ground in {"fill", "frame"}]
    sure = [d.box for d in closed if any(axis.row.kind != "label" for axis in d.x + d.y)]
    return [draft.box for draft in closed if any(_same_size(draft.box, box) for box in sure)]


def _same_size(a: Box, b: Box) -> bool:
    return abs((a[2] - a[0]) - (b[2] - b[0])) < 1 and abs((a[3] - a[1]) - (b[3] - b[1])) < 1


def _borrow(drafts: Sequence[_Draft], kept: Sequence[_Draft]) -> list[_Draft]:
    """Panels without labels on one side, or on both, take the axes of neighbours whose edges line up."""
    open_drafts = [d for d in drafts if d.region.ground in {"fill", "frame", "spine", "grid"} and not (d.x and d.y)]
    more: list[_Draft] = []
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


def _neighbours(draft: _Draft, known: Sequence[_Draft]) -> tuple[list[Axis], list[Axis]]:
    """A draft's own axes, or those of the panels above or below it and beside it."""
    box = draft.box
    column = [d for d in known if abs(d.box[0] - box[0]) < 1.5 and abs(d.box[2] - box[2]) < 1.5]
    row = [d for d in known if abs(d.box[1] - box[1]) < 1.5 and abs(d.box[3] - box[3]) < 1.5]
    x = draft.x or (min(column, key=lambda d: abs(d.box[1] - box[1])).x[:1] if column else [])
    y = draft.y or (min(row, key=lambda d: abs(d.box[0] - box[0])).y[:1] if row else [])
    return x, y


def _stretch(draft: _Draft, bars: Sequence[Shape]) -> None:
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


def _finish(draft: _Draft, kept: Sequence[_Draft]) -> Panel:
    second = None
    first = draft.y[0]
    for axis in (*draft.y[1:], *draft.more_y):
        other_side = axis.row.side != first.row.side and axis.scale.numeric and not axis.scale.rejected
        if other_side and len(axis.row.ticks) >= 3 and _differs(axis, first, draft.box):
            second = axis
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
