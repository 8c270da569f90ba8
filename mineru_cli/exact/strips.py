"""Areas that were drawn in upright strips, made whole again.

Some programs fill an area point by point: a trapezoid from each point to the next. Comes in: the shapes of a page. Goes
out: the same, but that strips of one colour which share their upright sides are one outline. Knows nothing of charts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape

_FEWEST: Final = 3
_MOST_POINTS: Final = 7
_SAME: Final = 0.06  # points
_NARROW: Final = 0.05  # points: a strip of no width, as some draw at the ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Strip:
    """A shape with upright sides: upper and lower ends of the left and of the right one."""

    shape: Shape
    left: tuple[float, float]
    right: tuple[float, float]


def join_strips(shapes: Sequence[Shape]) -> list[Shape]:
    """Join the strips of each colour that follow one another in the drawing and share upright sides."""
    runs: list[list[_Strip]] = []
    for shape in shapes:
        strip = _strip(shape)
        if strip is None:
            continue
        if runs and _goes_on(runs[-1][-1], strip):
            runs[-1].append(strip)
        else:
            runs.append([strip])
    joined: dict[int, Shape] = {}
    used: set[int] = set()
    for run in runs:
        if len(run) >= _FEWEST and sum(strip.shape.rect for strip in run) < 0.5 * len(run):
            joined[id(run[0].shape)] = _whole(run)
            used.update(id(strip.shape) for strip in run)
    if not joined:
        return list(shapes)
    return [joined.get(id(shape), shape) for shape in shapes if id(shape) not in used or id(shape) in joined]


def _strip(shape: Shape) -> _Strip | None:
    if shape.fill is None or shape.curved or not 3 <= len(shape.points) <= _MOST_POINTS:
        return None
    x0, _, x1, _ = shape.box
    if shape.w < _NARROW:
        side = (shape.box[1], shape.box[3])
        return _Strip(shape=shape, left=side, right=side)
    left = [y for x, y in shape.points if abs(x - x0) < _SAME]
    right = [y for x, y in shape.points if abs(x - x1) < _SAME]
    if len(left) + len(right) < len(set(shape.points)):
        return None
    return _Strip(shape=shape, left=(min(left), max(left)), right=(min(right), max(right)))


def _goes_on(before: _Strip, strip: _Strip) -> bool:
    """Whether a strip begins with the side that another ends with."""
    meet = abs(before.shape.box[2] - strip.shape.box[0]) < _SAME and before.shape.fill == strip.shape.fill
    return meet and all(abs(a - b) < _SAME for a, b in zip(before.right, strip.left, strict=True))


def _whole(run: Sequence[_Strip]) -> Shape:
    first = run[0]
    upper: list[Point] = [(first.shape.box[0], first.left[0])]
    lower: list[Point] = [(first.shape.box[0], first.left[1])]
    for strip in run:
        if strip.shape.w >= _NARROW:
            upper.append((strip.shape.box[2], strip.right[0]))
            lower.append((strip.shape.box[2], strip.right[1]))
    points = (*upper, *reversed(lower), upper[0])
    boxes = [strip.shape.box for strip in run]
    box = (boxes[0][0], min(b[1] for b in boxes), boxes[-1][2], max(b[3] for b in boxes))
    return replace(first.shape, points=points, knots=points, box=box, stroke=None, closed=True, rect=False)
