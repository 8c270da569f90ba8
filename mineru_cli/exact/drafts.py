"""Plot areas in the making: boxes of a page, each with the axes that may be its own.

Comes in: tick rows, families of lines and labels of a page, boxes that may be plot areas. Goes out: `Draft`,
calibrated, several a place. Which of them are kept is not decided here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mineru_cli.exact.edges import cost, label_row, lies_beside, lies_on_cross, numbers_on, snapped
from mineru_cli.exact.families import Family
from mineru_cli.exact.overhead import names_over
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.regions import MIN_HEIGHT, MIN_WIDTH, Region
from mineru_cli.exact.scale import Scale, fit_scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import Direction, Side, TickRow
from mineru_cli.exact.wrapped import with_continuations
from mineru_cli.schema import Box

_PENALTY: Final = {"fill": 0, "frame": 0, "spine": 4, "cross": 8, "grid": 12, "axes": 16, "bars": 18}
_FLUSH: Final = 3.0  # points
_SAME_LANE: Final = 1.5  # points
_LEAST_SPAN: Final = 0.25  # of the panel's side that the ticks must cover


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Axis:
    """A calibrated axis: its ticks and what they say."""

    row: TickRow
    scale: Scale


@dataclass(slots=True)
class Draft:
    """A box with the axes that may be its own, best first."""

    region: Region
    x: list[Axis]
    y: list[Axis]
    borrowed: tuple[Direction, ...] = ()
    more_y: tuple[Axis, ...] = ()

    @property
    def box(self) -> Box:
        """The box of the plot area."""
        return self.region.box

    def score(self) -> float:
        """How much speaks for it: many ticks, numbers, a ground of its own."""
        total = -float(_PENALTY[self.region.ground])
        for axis in self.x[:1] + self.y[:1]:
            total += 10 + min(len(axis.row.ticks), 8) + (2 if axis.row.kind == "tick" else 0)
            total += (4 if axis.scale.numeric else 0) - (3 if axis.row.kind == "label" else 0)
        return total


@dataclass(slots=True)
class Finder:
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

    def draft(self, region: Region) -> Draft:
        """A region with the axes found along its edges."""
        x, y = self.along(region, "x"), self.along(region, "y")
        if bool(x) != bool(y) or (not x and region.ground in {"grid", "fill"}):
            if not x:
                x = self.label_axes(region.box, "x")
            if not y:
                y = self.label_axes(region.box, "y")
        return Draft(region=region, x=x, y=y)

    def along(self, region: Region, direction: Direction) -> list[Axis]:
        """The calibrated tick rows along a region's edges, best first."""
        box = region.box
        low, high = (box[0], box[2]) if direction == "x" else (box[1], box[3])
        slack = 2 + 0.01 * (high - low)
        found: list[tuple[float, Axis]] = []
        for whole in self.rows:
            placed = lies_beside(whole, box) or lies_on_cross(whole, region) or self.lies_on_line(whole, box)
            if whole.direction != direction or not placed:
                continue
            row = whole.within(low - slack, high + slack)
            if len(row.ticks) < 2 or row.ticks[-1][0] - row.ticks[0][0] < _LEAST_SPAN * (high - low):
                continue
            scale = self.fit(row)
            if scale is not None:
                found.append((cost(row, scale, box), Axis(row=row, scale=scale)))
        found.sort(key=lambda item: item[0])
        return [axis for _, axis in found]

    def lies_on_line(self, row: TickRow, box: Box) -> bool:
        """Whether ticks stand on a line across a whole box, as where the axis stands at zero among the gridlines."""
        way = 0 if row.direction == "x" else 1
        low, high, start, end = box[way], box[way + 2], box[1 - way], box[3 - way]
        if row.kind != "tick" or row.high < start or row.low > end:
            return False
        for family in self.flat if row.direction == "x" else self.upright:
            across = abs(family.low - low) < _FLUSH and abs(family.high - high) < _FLUSH
            if across and any(row.low - 1.5 <= place <= row.high + 1.5 for place, _ in family.marks):
                return True
        return False

    def label_axes(self, box: Box, direction: Direction) -> list[Axis]:
        """Axes made of labels alone, beside a box; their places are the labels' middles."""
        found = []
        sides: tuple[Side, ...] = ("below", "above") if direction == "x" else ("left", "right")
        for side in sides:
            row = label_row(self.labels, box, direction, side)
            if row is None:
                continue
            if direction == "x" and len(row.places) > 1:
                spacing = float(np.median(np.diff(row.places)))
                ticks, more = with_continuations(list(row.ticks), self.labels, spacing)
                row = replace(row, ticks=tuple(ticks), more=tuple(more))
            marked = snapped(row, box, self.upright if direction == "x" else self.flat)
            scale = self.fit(marked or row)
            if scale is not None:
                found.append(Axis(row=marked or row, scale=replace(scale, estimated=scale.numeric and marked is None)))
        return found

    def bare_axes(self) -> list[Draft]:
        """Plot areas that nothing but the ticks of two axes encloses."""
        drafts = []
        across = [row for row in self.rows if row.kind == "tick" and row.side == "below"]
        upward = [row for row in self.rows if row.kind == "tick" and row.side == "left"]
        for x in across:
            for y in upward:
                left, right = min(x.places[0], y.high), x.places[-1]
                top, bottom = y.places[0], max(y.places[-1], x.low)
                # Ticks may point outwards or inwards: the axis stands at one of their ends.
                gap = max(x.places[0] - y.high, min(x.places[0] - y.low, 0.0))
                near = -2 <= gap < 0.4 * (right - left) and x.low - y.places[-1] < 0.4 * (bottom - top)
                if not near or x.high < y.places[-1] - 2 or right - left < MIN_WIDTH or bottom - top < MIN_HEIGHT:
                    continue
                scales = self.fit(x), self.fit(y)
                if scales[0] is not None and scales[1] is not None:
                    region = Region(box=(left, top, right, bottom), ground="axes")
                    drafts.append(
                        Draft(region=region, x=[Axis(row=x, scale=scales[0])], y=[Axis(row=y, scale=scales[1])])
                    )
        return drafts

    def ticks_beside_numbers(self) -> list[Draft]:
        """Plot areas of an x axis with ticks and a column of numbers beside it, the lowest at its foot."""
        drafts = []
        for row in self.rows:
            if row.kind != "tick" or row.side != "below" or row.places[-1] - row.places[0] < MIN_WIDTH:
                continue
            columns = [numbers_on(self.labels, row.places[0], foot, "y") for foot in (row.low, row.high)]
            column = min(filter(None, columns), key=lambda found: found.offness, default=None)
            scales = self.fit(row), self.fit(column) if column is not None else None
            if column is None or scales[0] is None or scales[1] is None or not scales[1].numeric:
                continue
            region = Region(box=(row.places[0], column.places[0], row.places[-1], row.low), ground="axes")
            y = Axis(row=column, scale=replace(scales[1], estimated=True))
            drafts.append(Draft(region=region, x=[Axis(row=row, scale=scales[0])], y=[y]))
        return drafts

    def bars_on_one_axis(self) -> list[Draft]:
        """Bars that stand along one numeric axis, with names at their feet and no frame."""
        bars = [s for s in self.shapes if s.rect and s.fill is not None and s.w > 1.5 and s.h > 0.3]
        drafts = []
        for row in self.rows:
            if row.side not in {"left", "below"} or row.kind == "grid" or len(bars) < 2:
                continue
            scale = self.fit(row)
            if scale is None or not scale.numeric:
                continue
            box = _bars_box(row, bars)
            other = self.label_axes(box, "x" if row.direction == "y" else "y") if box is not None else []
            if box is not None and row.direction == "x":
                other = self.overhead(box, bars) or other
            if box is not None and other:
                own = [Axis(row=row, scale=scale)]
                region = Region(box=box, ground="bars")
                if row.direction == "y":
                    more = [axis for axis in self.along(region, "y") if axis.row.side == "right"]
                    drafts.append(Draft(region=region, x=other, y=own + more))
                else:
                    drafts.append(Draft(region=region, x=own, y=other))
        return drafts

    def overhead(self, box: Box, bars: Sequence[Shape]) -> list[Axis]:
        """The axis of names that stand over the bars in a box."""
        mine = [bar for bar in bars if box[0] - 1 < bar.box[0] and bar.box[2] < box[2] + 1 and box[1] < bar.cy < box[3]]
        foot = float(np.median([bar.box[0] for bar in mine])) if mine else box[0]
        own = [bar for bar in mine if abs(bar.box[0] - foot) < 1]
        row = names_over(self.labels, own, foot)
        scale = self.fit(row) if row is not None else None
        return [Axis(row=row, scale=scale)] if row is not None and scale is not None else []


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
    mine = _in_lanes(mine, feet.most_common(1)[0][0], upright=row.direction == "y")
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


def _in_lanes(bars: Sequence[Shape], foot: int, *, upright: bool) -> list[Shape]:
    """The bars less those of whose place none begins at the common foot, as the keys of a legend."""

    def lane(bar: Shape) -> float:
        return bar.cx if upright else bar.cy

    ends = (1, 3) if upright else (0, 2)
    lanes = [lane(bar) for bar in bars if foot in {round(bar.box[end]) for end in ends}]
    return [bar for bar in bars if any(abs(lane(bar) - at) < _SAME_LANE for at in lanes)]
