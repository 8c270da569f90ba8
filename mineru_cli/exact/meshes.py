"""Filled areas that were cut into triangles, made whole again.

Programs that draw through OpenGL print every filled polygon as triangles. Comes in: the shapes of a page. Goes out: the
same, but that two triangles which make a rectangle are one, and other triangles of one colour that share sides are
one outline. Knows nothing of charts.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape

_Corner = tuple[int, int]
_Side = tuple[_Corner, _Corner]

_PER_POINT = 50.0  # corners this close in points, 1/50, are one
_FEWEST = 2


def join_meshes(shapes: Sequence[Shape]) -> list[Shape]:
    """Join the triangles of each colour that follow one another in the drawing and share sides."""
    runs: list[list[Shape]] = []
    last: Shape | None = None
    for shape in shapes:
        if not _triangle(shape):
            continue
        if last is not None and shape.order - last.order <= 1 and shape.fill == last.fill:
            runs[-1].append(shape)
        else:
            runs.append([shape])
        last = shape
    joined: dict[int, Shape] = {}
    used: set[int] = set()
    for run in runs:
        for part in _parts(run) if len(run) >= _FEWEST else []:
            whole = _whole(part)
            if whole is not None:
                joined[id(part[0])] = whole
                used.update(map(id, part))
    if not joined:
        return list(shapes)
    return [joined.get(id(shape), shape) for shape in shapes if id(shape) not in used or id(shape) in joined]


def _triangle(shape: Shape) -> bool:
    return shape.fill is not None and shape.stroke is None and not shape.curved and len(_corners(shape)) == 3


def _corners(shape: Shape) -> list[Point]:
    points = list(shape.points)
    return points[:-1] if len(points) > 3 and math.dist(points[0], points[-1]) < 1e-3 else points


def _key(point: Point) -> _Corner:
    return (round(point[0] * _PER_POINT), round(point[1] * _PER_POINT))


def _sides(shape: Shape) -> list[_Side]:
    a, b, c = map(_key, _corners(shape))
    return [(a, b), (b, c), (c, a)]


def _parts(run: Sequence[Shape]) -> list[list[Shape]]:
    """Triangles that belong together: pairs that make upright rectangles where all do, else all that share sides."""
    pairs = [list(run[k : k + 2]) for k in range(0, len(run), 2)]
    if len(run) % 2 == 0 and all(_makes_rectangle(pair) for pair in pairs):
        return pairs
    owner: dict[_Side, list[int]] = defaultdict(list)
    for index, shape in enumerate(run):
        for a, b in _sides(shape):
            owner[min((a, b), (b, a))].append(index)
    group = list(range(len(run)))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for indices in owner.values():
        for other in indices[1:]:
            group[root(other)] = root(indices[0])
    parts: dict[int, list[Shape]] = defaultdict(list)
    for index, shape in enumerate(run):
        parts[root(index)].append(shape)
    return [part for part in parts.values() if len(part) >= _FEWEST]


def _makes_rectangle(pair: Sequence[Shape]) -> bool:
    """Whether two triangles are the halves of one upright rectangle."""
    if pair[0].box != pair[1].box:
        return False
    x0, y0, x1, y1 = pair[0].box
    corners = {_key(point) for shape in pair for point in _corners(shape)}
    return corners == {_key(point) for point in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))}


def _whole(part: Sequence[Shape]) -> Shape | None:
    """The outline around triangles: the sides that only one of them has, in a ring; None where there are several."""
    count: dict[_Side, int] = defaultdict(int)
    place: dict[_Corner, Point] = {}
    for shape in part:
        place.update((_key(point), point) for point in _corners(shape))
        for a, b in _sides(shape):
            count[min((a, b), (b, a))] += 1
    ends: dict[_Corner, list[_Corner]] = defaultdict(list)
    for (a, b), times in count.items():
        if times == 1 and a != b:
            ends[a].append(b)
            ends[b].append(a)
    if not ends or any(len(others) != 2 for others in ends.values()):
        return None
    start = min(ends)
    ring, before = [start, ends[start][0]], start
    while ring[-1] != start:
        first, second = ends[ring[-1]]
        before, following = ring[-1], second if first == before else first
        ring.append(following)
    if len(ring) != len(ends) + 1:
        return None
    points = tuple(place[corner] for corner in ring)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    box = (min(xs), min(ys), max(xs), max(ys))
    rect = len(part) == _FEWEST and _makes_rectangle(part)
    return replace(part[0], points=points, knots=points, box=box, closed=True, rect=rect)
