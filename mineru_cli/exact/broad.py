"""Bars, slices and dots that were drawn as broad strokes, as the filled shapes that are seen.

Comes in: the shapes of a page. Goes out: the same, but that straight strokes of one paint that are as broad as bars are
rectangles, arcs around one centre are pieces of a ring, and strokes of no length are dots. Knows nothing of charts.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape

_BROAD: Final = 2.5  # points: narrower strokes are lines
_BROAD_ARC: Final = 4.0
_MOST_ARCS: Final = 300
_DOT: Final = 0.1  # of its width: a stroke so short is a dot
_LEAST_DOT: Final = 1.0  # points
_LEVEL: Final = 0.01  # points
_ROUND: Final = 0.01  # of the radius: how far an arc's points may lie off its circle
_SAME: Final = 0.5  # points: one centre, one extent
_CORNERS: Final = 16  # of a dot
_ROUND_CAP: Final = 1
_CAPPED: Final = {_ROUND_CAP, 2}


def fill_broad_strokes(shapes: Sequence[Shape]) -> list[Shape]:
    """Make broad strokes filled shapes where they can only be meant so."""
    filled: dict[int, Shape] = {}
    styles: dict[tuple[object, ...], list[Shape]] = defaultdict(list)
    for shape in shapes:
        if shape.stroke is None or shape.fill is not None:
            continue
        if shape.segment and shape.cap in _CAPPED and max(shape.w, shape.h) <= _DOT * shape.width:
            if shape.width >= _LEAST_DOT:
                filled[id(shape)] = _dot(shape)
        elif shape.width >= _BROAD and not shape.dash:
            styles[shape.stroke, round(shape.width, 2)].append(shape)
    for members in styles.values():
        if _stand_apart(members):
            filled.update((id(shape), _bar(shape)) for shape in members)
    curved = [shape for members in styles.values() for shape in members if shape.curved][:_MOST_ARCS]
    arcs = [(shape, circle) for shape in curved if (circle := _circle(shape))]
    for shape, (centre, radius) in arcs:
        around = [other for other, (middle, _) in arcs if math.dist(middle, centre) < _SAME]
        if len(around) > 1:
            filled[id(shape)] = _ring_piece(shape, centre, radius)
    return [filled.get(id(shape), shape) for shape in shapes] if filled else list(shapes)


def _dot(shape: Shape) -> Shape:
    """The disc, or the square, that a stroke of no length leaves."""
    r = shape.width / 2
    if shape.cap == _ROUND_CAP:
        turns = [2 * math.pi * k / _CORNERS for k in range(_CORNERS + 1)]
        points = tuple((shape.cx + r * math.cos(turn), shape.cy + r * math.sin(turn)) for turn in turns)
    else:
        corners = ((-r, -r), (r, -r), (r, r), (-r, r), (-r, -r))
        points = tuple((shape.cx + x, shape.cy + y) for x, y in corners)
    return _painted(shape, points, curved=shape.cap == _ROUND_CAP, rect=shape.cap != _ROUND_CAP)


def _stand_apart(strokes: Sequence[Shape]) -> bool:
    """Whether strokes of one style can be bars: straight, all one way, not all from one line to another as a grid."""
    if not all(stroke.segment for stroke in strokes):
        return False
    upright = all(stroke.w < _LEVEL for stroke in strokes)
    if not upright and not all(stroke.h < _LEVEL for stroke in strokes):
        return False
    side = 1 if upright else 0
    ends = np.array([(stroke.box[side], stroke.box[side + 2]) for stroke in strokes])
    return len(strokes) == 1 or bool(np.max(np.ptp(ends, axis=0)) > _SAME)


def _bar(stroke: Shape) -> Shape:
    x0, y0, x1, y1 = stroke.box
    r = stroke.width / 2
    across, down = (r, 0.0) if stroke.w < _LEVEL else (0.0, r)
    x0, y0, x1, y1 = x0 - across, y0 - down, x1 + across, y1 + down
    return _painted(stroke, ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)), rect=True)


def _circle(shape: Shape) -> tuple[Point, float] | None:
    """Centre and radius of an arc (Kåsa's least-squares circle); None for other strokes."""
    if not shape.curved or shape.closed or shape.width < _BROAD_ARC or len(shape.points) < 4:
        return None
    points = np.array(shape.points)
    design = np.c_[2 * points, np.ones(len(points))]
    (x, y, rest), *_ = np.linalg.lstsq(design, (points**2).sum(axis=1), rcond=None)
    square = float(rest + x * x + y * y)
    if square <= 0:
        return None
    radius = math.sqrt(square)
    off = np.abs(np.hypot(points[:, 0] - x, points[:, 1] - y) - radius)
    return ((float(x), float(y)), radius) if off.max() < _ROUND * radius and shape.width < 2.1 * radius else None


def _ring_piece(shape: Shape, centre: Point, radius: float) -> Shape:
    """The piece of a ring that an arc's stroke covers."""
    outer, inner = (radius + shape.width / 2) / radius, max(0.0, (radius - shape.width / 2) / radius)

    def rim(share: float) -> list[Point]:
        return [(centre[0] + share * (x - centre[0]), centre[1] + share * (y - centre[1])) for x, y in shape.points]

    there, back = rim(outer), rim(inner)[::-1]
    return _painted(shape, (*there, *back, there[0]), curved=True)


def _painted(shape: Shape, points: tuple[Point, ...], *, curved: bool = False, rect: bool = False) -> Shape:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return replace(
        shape,
        points=points,
        knots=points,
        box=(min(xs), min(ys), max(xs), max(ys)),
        fill=shape.stroke,
        stroke=None,
        width=0.0,
        curved=curved,
        closed=True,
        rect=rect,
    )
