"""Straight level and upright lines, and families of parallel ones of equal extent: ticks, gridlines.

Comes in: the shapes of a page. Goes out: `Segment` and `Family`. Knows nothing of labels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from mineru_cli.exact.primitives import THIN, Shape

_SAME: Final = 0.35  # points: equal extents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """A horizontal or vertical straight line: where it stands, and from where to where it runs."""

    at: float
    low: float
    high: float
    shape: Shape


@dataclass(slots=True)
class Family:
    """Parallel lines of equal extent: ``marks`` are (position, shape), in order of position."""

    low: float
    high: float
    marks: list[tuple[float, Shape]] = field(default_factory=list)


def segments(shapes: Iterable[Shape]) -> tuple[list[Segment], list[Segment]]:
    """The horizontal and the vertical straight lines, thin filled rectangles included."""
    horizontal: list[Segment] = []
    vertical: list[Segment] = []
    for shape in shapes:
        w, h = shape.w, shape.h
        if shape.segment:
            flat, upright = h < 0.05 + 0.001 * w and w > 0.8, w < 0.05 + 0.001 * h and h > 0.8
        elif shape.fill is not None and shape.rect and min(w, h) < THIN:
            flat, upright = w > 2 * h + 0.5, h > 2 * w + 0.5
        elif len(shape.points) == 3 and not shape.curved and shape.stroke is not None and shape.fill is None:
            flat, upright = h < 0.02 and w > 0.8, w < 0.02 and h > 0.8
        else:
            continue
        x0, y0, x1, y1 = shape.box
        if flat:
            horizontal.append(Segment(at=shape.cy, low=x0, high=x1, shape=shape))
        elif upright:
            vertical.append(Segment(at=shape.cx, low=y0, high=y1, shape=shape))
    return horizontal, vertical


def families(lines: Sequence[Segment]) -> list[Family]:
    """Group parallel lines of equal extent."""
    grid: dict[tuple[int, int], list[Family]] = {}
    out: list[Family] = []
    for line in sorted(lines, key=lambda s: (s.low, s.high)):
        a, b = round(line.low / 2), round(line.high / 2)
        near = (family for i in (0, -1, 1) for j in (0, -1, 1) for family in grid.get((a + i, b + j), ()))
        family = next((f for f in near if abs(f.low - line.low) < _SAME and abs(f.high - line.high) < _SAME), None)
        if family is None:
            family = Family(line.low, line.high)
            out.append(family)
            grid.setdefault((a, b), []).append(family)
        family.marks.append((line.at, line.shape))
    for family in out:
        family.marks = _unique(family.marks)
    return out


def _unique(marks: list[tuple[float, Shape]]) -> list[tuple[float, Shape]]:
    out: list[tuple[float, Shape]] = []
    for mark in sorted(marks, key=lambda m: m[0]):
        if not out or mark[0] - out[-1][0] > 0.3:
            out.append(mark)
    return out
