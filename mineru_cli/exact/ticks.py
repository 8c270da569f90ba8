"""Rows of tick marks or gridlines with the labels that belong to them.

Comes in: shapes and labels of a page. Goes out: `TickRow`, every plausible axis of the page: a family of parallel
segments of equal extent with labels matched one to one. Which of them belong to one chart is not decided here.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from mineru_cli.exact.families import Family
from mineru_cli.exact.glued import cut_glued, runs_along
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.scale import Floats
from mineru_cli.exact.text import Label
from mineru_cli.exact.wrapped import Pairs, is_next_line, joined_lines, with_continuations

Direction = Literal["x", "y"]
Side = Literal["below", "above", "left", "right"]
Kind = Literal["tick", "grid", "label"]

LONGEST_TICK: Final = 14.0
SHORTEST_GRID: Final = 25.0
_REACH: Final = {"tick": 2.3, "grid": 3.0, "label": 3.0}  # em from the tick to its label
_WRAPPED: Final = 2.0  # em between marks: closer ones leave no room for labels of two lines
_FEWEST_EVEN: Final = 3  # marks that tell a step
_EVEN: Final = 0.05  # of a step
_PIXEL: Final = 1.0  # points: marks on whole pixels are no more uneven
_AT_MIDDLE: Final = 0.06  # of a step
MAX_FAMILY: Final = 400  # ticks; more are hatching or a drawing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TickRow:
    """An axis candidate. ``ticks`` are (position, label), ``places`` all its marks, labelled or not.

    ``low`` and ``high`` are the extents of the marks across the axis. ``offness`` is the median distance of labels
    from their marks, in points. ``more`` are the lines of wrapped labels, whose joined text ``ticks`` hold.
    """

    direction: Direction
    side: Side
    kind: Kind
    ticks: tuple[tuple[float, Label], ...]
    places: tuple[float, ...]
    low: float
    high: float
    offness: float = 0.0
    shapes: tuple[Shape, ...] = ()
    more: tuple[Label, ...] = ()

    @property
    def first_order(self) -> int:
        """When the first labelled mark was drawn; -1 without marks."""
        return min(self._orders(), default=-1)

    @property
    def last_order(self) -> int:
        """When the last labelled mark was drawn; -1 without marks."""
        return max(self._orders(), default=-1)

    def _orders(self) -> list[int]:
        labelled = {place for place, _ in self.ticks}
        return [s.order for place, s in zip(self.places, self.shapes, strict=False) if place in labelled]

    @property
    def texts(self) -> list[str]:
        """The labels' texts."""
        return [label.text for _, label in self.ticks]

    def within(self, low: float, high: float) -> "TickRow":
        """The part of the row between two positions."""
        ticks = tuple(tick for tick in self.ticks if low <= tick[0] <= high)
        if len(ticks) == len(self.ticks) and all(low <= place <= high for place in self.places):
            return self
        kept = [(p, s) for p, s in zip(self.places, self.shapes, strict=False) if low <= p <= high]
        return replace(
            self,
            ticks=ticks,
            places=tuple(place for place in self.places if low <= place <= high),
            shapes=tuple(shape for _, shape in kept),
        )


def find_rows(upright: Sequence[Family], flat: Sequence[Family], labels: Sequence[Label]) -> list[TickRow]:
    """Every family of ticks or gridlines with at least two labels beside it.

    ``upright`` are the families of vertical lines, which mark x axes; ``flat`` those of horizontal ones.
    """
    rows: list[TickRow] = []
    if not labels:
        return rows
    boxes = np.array([label.box for label in labels])
    for group, direction in ((upright, "x"), (flat, "y")):
        for family in group:
            length = family.high - family.low
            if not 2 <= len(family.marks) <= MAX_FAMILY or LONGEST_TICK < length < SHORTEST_GRID:
                continue
            kind: Kind = "tick" if length <= LONGEST_TICK else "grid"
            sides: tuple[Side, ...] = ("below", "above") if direction == "x" else ("left", "right")
            for side in sides:
                row = _Matcher(family=family, direction=direction, side=side, kind=kind).match(labels, boxes)  # type: ignore[arg-type]  # "x" or "y"
                if row is not None:
                    rows.append(row)
    return rows


def anchors(label: Label, side: Side) -> list[float]:
    """Where along the axis a label may point: its middle or, when slanted, also the end nearer the axis."""
    if side in {"left", "right"}:
        return [label.cy]
    if label.angle % 90 == 0:
        return [label.cx]
    top = min(label.start, label.end, key=lambda p: p[1])
    bottom = max(label.start, label.end, key=lambda p: p[1])
    return [(top if side == "below" else bottom)[0], label.cx]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Matcher:
    """Finds the labels on one side of a family of marks."""

    family: Family
    direction: Direction
    side: Side
    kind: Kind

    def match(self, labels: Sequence[Label], boxes: Floats) -> TickRow | None:
        """The best one-to-one match of marks and labels, as an axis; None where fewer than two match."""
        places = [place for place, _ in self.family.marks]
        spacing = float(np.median(np.diff(places)))
        candidates = self.near(labels, boxes)
        wrapped: list[Label] = []
        if self.direction == "y" and spacing > _WRAPPED * max((label.size for label in candidates), default=1.0):
            candidates, wrapped = joined_lines(candidates + self.shorter(candidates, labels, boxes))
        several = len(candidates) > 1 or any(len(label.words) > 1 for label in candidates)
        found = self.best(candidates, places, spacing) if several else None
        if found is None:
            return None
        ticks, offness = found
        if self.kind == "grid" and self.direction == "y":
            rivals = [c for c in candidates if any(places[0] - 3 < a < places[-1] + 3 for a in anchors(c, self.side))]
            if len(ticks) < 0.6 * len(rivals):
                return None
        ticks = _major(ticks)
        more = wrapped
        if self.direction == "x":
            ticks, more = with_continuations(_beside_ticks(ticks), labels, spacing)
        return TickRow(
            direction=self.direction,
            side=self.side,
            kind=self.kind,
            ticks=tuple(ticks),
            places=tuple(places),
            low=self.family.low,
            high=self.family.high,
            offness=offness,
            shapes=tuple(shape for _, shape in self.family.marks),
            more=tuple(more),
        )

    def near(self, labels: Sequence[Label], boxes: Floats) -> list[Label]:
        """The labels within reach of the marks."""
        first, last = self.family.marks[0][0], self.family.marks[-1][0]
        low, high = self.family.low, self.family.high
        way, most = (0, 60.0) if self.direction == "x" else (1, 30.0)
        beyond = max(most, 0.6 * (last - first) / (len(self.family.marks) - 1))
        along = (boxes[:, way + 2] > first - beyond) & (boxes[:, way] < last + beyond)
        gap = {
            "below": boxes[:, 1] - high,
            "above": low - boxes[:, 3],
            "left": low - boxes[:, 2],
            "right": boxes[:, 0] - high,
        }[self.side]
        least = -0.5 if self.direction == "x" else -0.3
        return [
            labels[int(k)]
            for k in np.nonzero(along & (gap > -20) & (gap < 80))[0]
            if least * labels[int(k)].size <= gap[k] <= _REACH[self.kind] * labels[int(k)].size
        ]

    def shorter(self, candidates: list[Label], labels: Sequence[Label], boxes: Floats) -> list[Label]:
        """Labels centred under or over candidates that end too far from the marks to be candidates themselves."""
        if not candidates or self.side != "left":
            return []
        known = {id(label) for label in candidates}
        left = min(label.box[0] for label in candidates)
        first, last = self.family.marks[0][0], self.family.marks[-1][0]
        inside = (
            (boxes[:, 0] >= left - 1) & (boxes[:, 2] < self.family.low) & (boxes[:, 3] > first) & (boxes[:, 1] < last)
        )
        near = [labels[int(k)] for k in np.nonzero(inside)[0] if id(labels[int(k)]) not in known]
        return [s for s in near if any(is_next_line(*sorted((s, c), key=lambda item: item.cy)) for c in candidates)]

    def best(self, candidates: list[Label], places: list[float], spacing: float) -> tuple[Pairs, float] | None:
        """The matching with most labels, at the marks or, where that fits clearly better, between them."""
        best: tuple[float, Pairs, float] | None = None
        middles = _middles(places, candidates, self.side)
        for number, row in enumerate(_rows_of(candidates, self.side)):
            for marks in (places, middles):
                for pairs, offness in _pairings(marks, row, self.side, spacing):
                    between = marks is middles
                    if len(pairs) < 2 or (between and not _between(pairs, offness, middles, best, spacing)):
                        continue
                    key = len(pairs) - 0.05 * offness
                    # A row further from the axis must name more marks: it may be the second line of the first.
                    if best is None or between or key > best[0] + (0.5 if number else 1e-9):
                        best = (key, pairs, offness)
        return None if best is None else (best[1], best[2])


def _middles(places: Sequence[float], candidates: Sequence[Label], side: Side) -> list[float]:
    """Halfway between marks; and half a step beyond the outer ones where a label stands but no mark.

    Axis lines have ends of their own, and programs leave out the ticks that would lie on them.
    """
    middles = [(a + b) / 2 for a, b in itertools.pairwise(places)]
    steps = np.diff(places)
    step = float(np.mean(steps))
    if len(places) < _FEWEST_EVEN or float(np.ptp(steps)) > max(_EVEN * step, _PIXEL):
        return middles
    points = [anchor for label in candidates for anchor in anchors(label, side)]
    before, after, near = places[0] - step / 2, places[-1] + step / 2, max(_AT_MIDDLE * step, _PIXEL)
    if any(abs(point - before) < near for point in points):
        middles.insert(0, before)
    if any(abs(point - after) < near for point in points):
        middles.append(after)
    return middles


def _major(ticks: Pairs) -> Pairs:
    """Without the smaller digits that some programs print at minor ticks."""
    largest = max(label.size for _, label in ticks)
    large = [tick for tick in ticks if tick[1].size > 0.85 * largest]
    return large if len(large) >= 2 else ticks


def _beside_ticks(ticks: Pairs) -> Pairs:
    """Moved to the labels where all stand off their ticks by one distance: they name the intervals that begin there.

    Labels of one width set flush with their ticks do so too; they stay.
    """
    if len(ticks) < 3 or any(label.angle or "^" in label.text for _, label in ticks):
        return ticks
    off = np.array([label.cx - place for place, label in ticks])
    flush = min(abs(abs(float(off.mean())) - label.w / 2) for _, label in ticks) < 1.5
    if abs(off.mean()) < 1.5 or np.ptp(off) > 0.4 or flush:
        return ticks
    return [(place + float(off.mean()), label) for place, label in ticks]


def _between(
    pairs: Sequence[object],
    offness: float,
    middles: Sequence[float],
    best: tuple[float, Pairs, float] | None,
    spacing: float,
) -> bool:
    """Whether labels name the intervals between ticks: each of them, or clearly nearer their middles than the ticks."""
    if best is None or len(pairs) > len(best[1]):
        return len(pairs) == len(middles) >= 3
    clearly = best[2] > 0.25 * spacing and offness < 0.4 * best[2]
    return len(pairs) == len(best[1]) and (clearly or (len(pairs) == len(middles) and offness < best[2] / 3))


def _pairings(places: Sequence[float], row: list[Label], side: Side, spacing: float) -> Iterator[tuple[Pairs, float]]:
    """The ways to match a row: as it is or with glued labels cut, by their middles or by their near ends."""
    whole = [row]
    way = 0 if side in {"below", "above"} else 1
    if any(label.words and runs_along(label, way) for label in row):
        whole.append(cut_glued(row, places, way))
    for labels in whole:
        yield _pair(places, labels, side, spacing, 0)
        if any(len(anchors(label, side)) > 1 for label in labels):
            yield _pair(places, labels, side, spacing, 1)


def _rows_of(candidates: list[Label], side: Side) -> list[list[Label]]:
    """Candidates split into lines of text (x axes) or columns (y axes), nearest to the axis first."""
    if side in {"left", "right"}:
        upright = [label for label in candidates if label.angle == 0]
        return [upright] if len(upright) > 1 else [candidates]
    rows: list[list[Label]] = []
    edge = 1 if side == "below" else 3
    for label in sorted(candidates, key=lambda c: c.box[edge], reverse=side == "above"):
        row = next(
            (r for r in rows if r[0].angle == label.angle and abs(r[0].box[edge] - label.box[edge]) < 0.5 * label.size),
            None,
        )
        if row is None:
            rows.append([label])
        else:
            row.append(label)
    return rows


def _pair(places: Sequence[float], row: Sequence[Label], side: Side, spacing: float, which: int) -> tuple[Pairs, float]:
    """Match ticks and labels one to one, nearest first."""
    pairs: list[tuple[float, int, int]] = []
    marks = np.asarray(places)
    for index, label in enumerate(row):
        points = anchors(label, side)
        anchor = points[min(which, len(points) - 1)]
        upright = label.angle % 90 == 0
        tolerance = (max(0.45, min(0.06 * spacing / label.size, 1.2)) if upright else 0.9) * label.size
        if side in {"below", "above"} and upright:
            tolerance = max(tolerance, min(0.2 * spacing, 0.6 * label.size))
        low, high = np.searchsorted(marks, [anchor - tolerance, anchor + tolerance])
        pairs.extend((abs(places[k] - anchor), int(k), index) for k in range(low, high))
    pairs.sort()
    taken_marks: set[int] = set()
    taken_labels: set[int] = set()
    out: Pairs = []
    distances: list[float] = []
    for distance, mark, index in pairs:
        if mark in taken_marks or index in taken_labels:
            continue
        taken_marks.add(mark)
        taken_labels.add(index)
        out.append((places[mark], row[index]))
        distances.append(distance)
    out.sort(key=lambda pair: pair[0])
    return out, float(np.median(distances)) if distances else 0.0
