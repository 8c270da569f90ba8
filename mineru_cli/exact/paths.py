"""The items of MuPDF's paths as points.

Comes in: the items of a path, boxes. Goes out: polylines, and how a path lies to its clip. Knows nothing of paint.
"""

from collections.abc import Iterator
from typing import Any

from mineru_cli.schema import Box

Point = tuple[float, float]

CLOSE = 1e-3  # points


def split(items: list[Any], matrix: Any) -> Iterator[tuple[list[Point], list[Point], bool]]:
    """Cut a path's items wherever the pen was lifted; yield points, knots, and whether it is curved."""
    points: list[Point] = []
    knots: list[Point] = []
    curved = False
    for item in items:
        kind = item[0]
        if kind in {"l", "c"}:
            ends = item[1:] if matrix is None else [_turn(p, matrix) for p in item[1:]]
            start = ends[0]
            if points and (abs(points[-1][0] - start[0]) > CLOSE or abs(points[-1][1] - start[1]) > CLOSE):
                if len(points) > 1:
                    yield points, knots, curved
                points, knots, curved = [], [], False
            if not points:
                points, knots = [start], [start]
            if kind == "c":
                points.extend(_flatten(*ends))
                curved = True
            else:
                points.append(ends[-1])
            knots.append(ends[-1])
        else:
            if len(points) > 1:
                yield points, knots, curved
            points, knots, curved = [], [], False
            corners = _corners(item, matrix)
            yield corners, corners, False
    if len(points) > 1:
        yield points, knots, curved


def _corners(item: Any, matrix: Any) -> list[Point]:
    if item[0] == "re":
        x0, y0, x1, y1 = item[1]
        corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    else:
        upper_left, upper_right, lower_left, lower_right = item[1]
        corners = [upper_left, lower_left, lower_right, upper_right, upper_left]
    return corners if matrix is None else [_turn(p, matrix) for p in corners]


def _turn(point: Point, m: Any) -> Point:
    x, y = point
    return (x * m.a + y * m.c + m.e, x * m.b + y * m.d + m.f)


def _flatten(a: Point, b: Point, c: Point, d: Point) -> list[Point]:
    """Points on a cubic Bezier curve, the start left out; few where it is small."""
    count = 3 if abs(a[0] - d[0]) + abs(a[1] - d[1]) < 8 else 8
    out = []
    for i in range(1, count):
        t = i / count
        u = 1 - t
        p, q, r, s = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        out.append((p * a[0] + q * b[0] + r * c[0] + s * d[0], p * a[1] + q * b[1] + r * c[1] + s * d[1]))
    out.append(d)
    return out


def touches(a: Any, b: Any) -> bool:
    """Whether two boxes touch, give or take a point."""
    return bool(a[0] <= b[2] + 1 and a[2] >= b[0] - 1 and a[1] <= b[3] + 1 and a[3] >= b[1] - 1)


def covers(drawing: dict[str, Any], clip: Box) -> bool:
    """Whether a filled rectangle hides all of a clip, and more, so that what shows is the clip's own outline."""
    x0, y0, x1, y1 = drawing["rect"]
    items = drawing["items"]
    covers = x0 <= clip[0] and y0 <= clip[1] and x1 >= clip[2] and y1 >= clip[3]
    larger = (x1 - x0) * (y1 - y0) > 1.02 * (clip[2] - clip[0]) * (clip[3] - clip[1])
    return bool(covers and larger and _square_cornered(items))


def _square_cornered(items: list[Any]) -> bool:
    """Whether a path is one rectangle, as such or line by line."""
    if len(items) == 1:
        return items[0][0] in {"re", "qu"}
    lines = len(items) in {3, 4} and all(item[0] == "l" for item in items)
    return lines and all(min(abs(a[0] - b[0]), abs(a[1] - b[1])) < CLOSE for _, a, b in items)
