"""Dashed lines that were drawn dash by dash, made whole again.

Comes in: the shapes of a page. Goes out: the same, but that runs of short strokes which one drawing call laid along a
line are one line with a ``dash``. Browsers print dashes so. Knows nothing of charts.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape

_FEWEST = 3
_FEWEST_FILLED = 2
_LONGEST = 45.0  # points: a longer piece is no dash
_STRAIGHT = 0.12  # points: what lies nearer to a straight line is on it
_ALIKE = 0.25  # how far gaps may differ from their median


def join_dashes(shapes: Sequence[Shape]) -> list[Shape]:
    """Join the dashes of each drawing call that form lines."""
    strokes: dict[int, list[Shape]] = defaultdict(list)
    fills: dict[int, list[Shape]] = defaultdict(list)
    for shape in shapes:
        if max(shape.w, shape.h) > _LONGEST:
            continue
        if shape.stroke is not None and shape.fill is None and not shape.closed:
            strokes[shape.order].append(shape)
        elif shape.fill is not None and shape.stroke is None and not shape.curved and 4 <= len(shape.points) <= 20:
            fills[shape.order].append(shape)
    joined: dict[int, Shape] = {}
    used: set[int] = set()
    for call in strokes.values():
        for run in _runs(call, call) if len(call) >= _FEWEST else []:
            joined[id(run[0][0])] = _whole([middle for _, middle in run])
            used.update(id(shape) for shape, _ in run)
    for call in fills.values():
        middles = _middles(call) if len(call) >= _FEWEST_FILLED else None
        for run in _runs(call, middles) if middles is not None else []:
            joined[id(run[0][0])] = _whole([middle for _, middle in run])
            used.update(id(shape) for shape, _ in run)
    if not joined:
        return list(shapes)
    return [joined.get(id(shape), shape) for shape in shapes if id(shape) not in used or id(shape) in joined]


def _middles(call: Sequence[Shape]) -> list[Shape] | None:
    """The middle lines of dashes that were drawn as filled outlines of one width; None where they are no dashes.

    Such an outline begins beside the dash's start, runs to its end and back: its closing edge is the start cap.
    """
    outlines = [shape.points[:-1] if _same(shape.points[0], shape.points[-1]) else shape.points for shape in call]
    caps = [math.dist(points[-1], points[0]) for points in outlines]
    width = float(np.median(caps))
    if not 0.1 < width < 8 or np.mean(np.abs(np.array(caps) - width) < 0.03 * width + 0.01) < 0.8:
        return None
    out = []
    for shape, points in zip(call, outlines, strict=True):
        dash = _middle(points, width)
        if dash is None:
            return None
        xs, ys = [p[0] for p in dash], [p[1] for p in dash]
        box = (min(xs), min(ys), max(xs), max(ys))
        out.append(
            replace(
                shape,
                points=tuple(dash),
                knots=tuple(dash),
                box=box,
                stroke=shape.fill,
                fill=None,
                width=width,
                closed=False,
                rect=False,
            )
        )
    return out


def _middle(points: Sequence[Point], width: float) -> list[Point] | None:
    """Start, corner if there is one, and end of a dash given by its outline."""
    count = len(points)
    ends = [k for k in range(1, count - 2) if abs(math.dist(points[k], points[k + 1]) - width) < 0.03 * width + 0.01]
    if count == 4:
        ends = [1]
    if not ends:
        return None
    end = min(ends, key=lambda k: abs(k - (count - 2) / 2))
    start = _halfway(points[-1], points[0])
    finish = _halfway(points[end], points[end + 1])
    if count == 4:
        return [start, finish]
    ahead = _shifted(start, np.subtract(points[1], points[0]))
    back = _shifted(finish, np.subtract(points[end - 1], points[end]))
    corner = _meeting(start, ahead, back, finish)
    return [start, finish] if corner is None else [start, corner, finish]


def _same(a: Point, b: Point) -> bool:
    return abs(a[0] - b[0]) < 1e-3 and abs(a[1] - b[1]) < 1e-3


def _halfway(a: Point, b: Point) -> Point:
    return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)


def _shifted(a: Point, by: np.ndarray) -> Point:
    return (a[0] + float(by[0]), a[1] + float(by[1]))


def _runs(call: Sequence[Shape], dashes: Sequence[Shape]) -> list[list[tuple[Shape, Shape]]]:
    """Stretches of dashes that follow one another at equal gaps, with the shapes they were drawn as."""
    gaps = [math.dist(b.points[0], a.points[-1]) for a, b in itertools.pairwise(dashes)]
    usual = float(np.median(gaps))
    length = float(np.median([_length(dash) for dash in dashes]))
    filled = call is not dashes
    if usual > min(20.0, 6 * length + 6) or (usual < 0.3 and not filled):
        return []
    runs: list[list[tuple[Shape, Shape]]] = [[(call[0], dashes[0])]]
    for gap, before, shape, dash in zip(gaps, dashes, call[1:], dashes[1:], strict=False):
        # Around a corner the straight gap is shorter than the one along the line.
        if gap <= (1 + _ALIKE) * usual + 0.3 and (filled or _onward(before, dash)):
            runs[-1].append((shape, dash))
        else:
            runs.append([(shape, dash)])
    fewest = _FEWEST_FILLED if filled else _FEWEST
    return [run for run in runs if len(run) >= fewest]


def _onward(a: Shape, b: Shape) -> bool:
    """Whether a dash goes on where another ends, not beside it as ticks and hatches do."""
    gap = np.subtract(b.points[0], a.points[-1])
    for dash in (a, b):
        (x, y) = (
            np.subtract(dash.points[-1], dash.points[-2]) if dash is a else np.subtract(dash.points[1], dash.points[0])
        )
        size = np.hypot(x, y) * np.hypot(*gap)
        if size > 1e-9 and x * gap[0] + y * gap[1] < 0.3 * size:
            return False
    return True


def _length(shape: Shape) -> float:
    return float(np.hypot(*np.diff(np.array(shape.points), axis=0).T).sum())


def _whole(run: Sequence[Shape]) -> Shape:
    """One polyline through dashes; a corner lost in a gap stands where the two dashes would meet."""
    points: list[Point] = []
    for shape in run:
        dash = list(shape.points)
        corner = _meeting(points[-2], points[-1], dash[0], dash[1]) if len(points) > 1 else None
        if corner is not None:
            points.append(corner)
        points.extend(dash)
    kept = _corners(points)
    gaps = [math.dist(b.points[0], a.points[-1]) for a, b in itertools.pairwise(run)]
    pattern = (
        "" if np.median(gaps) < 0.05 else f"{np.median([_length(shape) for shape in run]):.0f} {np.median(gaps):.0f}"
    )
    xs, ys = [p[0] for p in kept], [p[1] for p in kept]
    return replace(
        run[0],
        points=tuple(kept),
        knots=tuple(kept),
        box=(min(xs), min(ys), max(xs), max(ys)),
        dash=pattern,
        rebuilt=True,
        curved=False,
    )


def _corners(points: Sequence[Point]) -> list[Point]:
    """The points of a polyline where it bends, and its ends (Douglas and Peucker 1973)."""
    line = np.array(points)
    keep = np.zeros(len(line), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(line) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        run = line[last] - line[first]
        off = line[first + 1 : last] - line[first]
        size = float(np.hypot(*run))
        gaps = np.abs(off[:, 0] * run[1] - off[:, 1] * run[0]) / size if size > 1e-9 else np.hypot(*off.T)
        worst = int(np.argmax(gaps))
        if gaps[worst] > _STRAIGHT:
            middle = first + 1 + worst
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return [point for point, kept in zip(points, keep, strict=True) if kept]


def _meeting(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the line a-b, drawn on, meets the line c-d, drawn back; None when they run alike or meet far off."""
    (ux, uy), (vx, vy) = (b[0] - a[0], b[1] - a[1]), (d[0] - c[0], d[1] - c[1])
    cross = ux * vy - uy * vx
    if abs(cross) < 0.02 * (np.hypot(ux, uy) * np.hypot(vx, vy) + 1e-9):
        return None
    ahead = ((c[0] - b[0]) * vy - (c[1] - b[1]) * vx) / cross
    corner = (b[0] + ahead * ux, b[1] + ahead * uy)
    gap = np.hypot(c[0] - b[0], c[1] - b[1])
    return corner if ahead >= 0 and np.hypot(corner[0] - b[0], corner[1] - b[1]) <= gap + 0.5 else None
