"""Outlines that are rectangles, or but for their corners: the bars of charts.

Comes in: a flattened outline and its box. Goes out: yes or no. Knows nothing of paint.
"""

import itertools
import math

from mineru_cli.schema import Box

Point = tuple[float, float]

_ON_SIDE = 0.05  # points
_LONG = 1.3  # times as long as wide, at least, is a capsule
_STRAIGHT_SIDE = 0.9


def is_rect(points: list[Point], box: Box) -> bool:
    """Whether a closed outline runs along the four sides of its box (started anywhere, sides may be cut)."""
    if not 4 <= len(points) <= 9:
        return False
    x0, y0, x1, y1 = box
    slack = 0.05 + 0.002 * max(x1 - x0, y1 - y0)
    corners = set()
    for x, y in points:
        column = 0 if abs(x - x0) < slack else 1 if abs(x - x1) < slack else None
        row = 0 if abs(y - y0) < slack else 1 if abs(y - y1) < slack else None
        if column is None and row is None:
            return False
        if column is not None and row is not None:
            corners.add((column, row))
    thin = x1 - x0 <= slack or y1 - y0 <= slack
    return len(corners) >= (2 if thin else 4)


def is_rounded_rect(points: list[Point], box: Box) -> bool:
    """Whether an outline is a rectangle but for its corners, as the bars of many web charts are."""
    x0, y0, x1, y1 = box
    if not 6 <= len(points) <= 80 or min(x1 - x0, y1 - y0) < 0.5:
        return False
    twice = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise([*points, points[0]]))
    if _is_capsule(points, box, abs(twice) / 2):
        return True
    if abs(twice) / 2 < 0.9 * (x1 - x0) * (y1 - y0):
        return False
    level = max((abs(a[0] - b[0]) for a, b in itertools.pairwise(points) if abs(a[1] - b[1]) < 0.05), default=0.0)
    upright = max((abs(a[1] - b[1]) for a, b in itertools.pairwise(points) if abs(a[0] - b[0]) < 0.05), default=0.0)
    low = 3 * (y1 - y0) < x1 - x0  # a bar no higher than its corners are round
    return level > 0.5 * (x1 - x0) and (low or upright > 0.3 * (y1 - y0))


def _is_capsule(points: list[Point], box: Box, area: float) -> bool:
    """Whether an outline is a long bar whose ends are round, one or both: straight along both its long sides."""
    x0, y0, x1, y1 = box
    upright = y1 - y0 > x1 - x0
    across, along = (0, 1) if upright else (1, 0)
    wide, long = (x1 - x0, y1 - y0) if upright else (y1 - y0, x1 - x0)
    if long < _LONG * wide or area < wide * long - (1 - math.pi / 4) * wide**2 * 1.05:
        return False
    sides = dict.fromkeys((box[across], box[across + 2]), 0.0)
    for a, b in itertools.pairwise([*points, points[0]]):
        side = min(sides, key=lambda at: abs(a[across] - at))
        if abs(a[across] - side) < _ON_SIDE and abs(b[across] - side) < _ON_SIDE:
            sides[side] += abs(a[along] - b[along])
    return all(length > _STRAIGHT_SIDE * (long - wide) for length in sides.values())
