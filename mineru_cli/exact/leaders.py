"""Thin lines that lead from the slices of a pie to their labels.

Comes in: the strokes and the labels around a pie. Goes out: which label each slice's line leads to. Knows nothing of
shares.
"""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.text import Label

_FULL: Final = 2 * math.pi
_MOST_POINTS: Final = 40
_MOST: Final = 400  # strokes around a pie; more are a drawing
_JOINT: Final = 0.6  # points between two pieces of one line
_FROM: Final = (0.3, 1.25)  # of the radius: where lines begin
_TO: Final = 1.02  # of the radius, at least: where they end
_REACH: Final = 1.4  # em from the end of a line to its label
_BESIDE: Final = 0.02  # radians that a line may begin beside its slice

_Ends = tuple[Point, Point]


class Slice(Protocol):
    """What has to be known of a slice."""

    @property
    def centre(self) -> Point:
        """Its tip."""

    @property
    def radius(self) -> float:
        """Of its rim."""

    @property
    def angle(self) -> float:
        """How wide it is, in radians."""

    @property
    def middle(self) -> float:
        """The direction of its middle, in radians, counter-clockwise."""


def led_to(slices: Sequence[Slice], strokes: Sequence[Shape], labels: Sequence[Label]) -> dict[int, Label]:
    """The label at the end of each slice's line, by the slice's index; none for slices without a line."""
    pieces = [(s.points[0], s.points[-1]) for s in strokes if s.fill is None and 2 <= len(s.points) <= _MOST_POINTS]
    found: dict[int, list[tuple[float, Label]]] = {}
    heads = [piece for piece in pieces if any(_slice_at(slices, end) is not None for end in piece)]
    for start, end in _joined(heads[:_MOST], pieces[:_MOST]):
        for near, far in ((start, end), (end, start)):
            index = _slice_at(slices, near)
            if index is None or math.dist(far, slices[index].centre) < _TO * slices[index].radius:
                continue
            reached = [(_apart(label, far), label) for label in labels if label.angle == 0]
            reached = [(gap, label) for gap, label in reached if gap < _REACH * label.size]
            found.setdefault(index, []).extend(reached)
    best = {index: min(gaps, key=lambda item: item[0])[1] for index, gaps in found.items() if gaps}
    ids = [id(label) for label in best.values()]
    return {index: label for index, label in best.items() if ids.count(id(label)) == 1}


def leads(slices: Sequence[Slice], stroke: Shape) -> bool:
    """Whether a stroke begins or ends at a slice, as its line to a label does and a key of a legend does not."""
    thin = stroke.fill is None and 2 <= len(stroke.points) <= _MOST_POINTS
    return thin and any(_slice_at(slices, stroke.points[end]) is not None for end in (0, -1))


def _joined(heads: Sequence[_Ends], pieces: Sequence[_Ends]) -> list[_Ends]:
    """Lines of one or two pieces: an elbow may be drawn as two strokes."""
    lines = list(heads)
    for first in heads:
        for second in pieces:
            for a, b in ((first, second), (first[::-1], second), (first, second[::-1]), (first[::-1], second[::-1])):
                if first is not second and math.dist(a[1], b[0]) < _JOINT:
                    lines.append((a[0], b[1]))
    return lines


def _slice_at(slices: Sequence[Slice], point: Point) -> int | None:
    """The slice that a line begins at; None away from the rim."""
    for index, one in enumerate(slices):
        x, y = point[0] - one.centre[0], one.centre[1] - point[1]
        turn = abs((math.atan2(y, x) - one.middle + math.pi) % _FULL - math.pi)
        if _FROM[0] * one.radius < math.hypot(x, y) < _FROM[1] * one.radius and turn < one.angle / 2 + _BESIDE:
            return index
    return None


def _apart(label: Label, point: Point) -> float:
    across = max(label.box[0] - point[0], 0.0, point[0] - label.box[2])
    return math.hypot(across, max(label.box[1] - point[1], 0.0, point[1] - label.box[3]))
