"""Markers made of crossing strokes: plus signs, crosses and stars.

Comes in: shapes. Goes out: one shape a marker, with its variety, and the ids of the strokes. Knows nothing of panels.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from mineru_cli.exact.primitives import Colour, Shape


def find_crosses(shapes: Sequence[Shape], largest: float) -> tuple[list[tuple[Shape, str]], set[int]]:
    """Markers made of strokes that cross in one point: plus signs, crosses and stars.

    Returns each as one shape of the strokes' common box with its variety, and the ids of the strokes used.
    """
    groups: dict[tuple[int, int, Colour | None], list[list[Shape]]] = defaultdict(list)
    for shape in shapes:
        if not shape.segment or max(shape.w, shape.h) > 1.2 * largest or max(shape.w, shape.h) < 0.8:
            continue
        column, row = round(shape.cx), round(shape.cy)
        near = (g for i in (0, -1, 1) for j in (0, -1, 1) for g in groups.get((column + i, row + j, shape.stroke), ()))
        group = next(
            (
                g
                for g in near
                if abs(g[0].cx - shape.cx) < 0.2 and abs(g[0].cy - shape.cy) < 0.2 and shape.order - g[-1].order <= 3
            ),
            None,
        )
        if group is not None and not any(_parallel(shape, other) for other in group):
            group.append(shape)
        else:
            groups[column, row, shape.stroke].append([shape])
    found: list[tuple[Shape, str]] = []
    used: set[int] = set()
    crosses = [group for bucket in groups.values() for group in bucket if 2 <= len(group) <= 4]
    if len(crosses) < 2:
        return [], used
    for group in crosses:
        boxes = np.array([shape.box for shape in group])
        box = (boxes[:, 0].min(), boxes[:, 1].min(), boxes[:, 2].max(), boxes[:, 3].max())
        upright = any(min(shape.w, shape.h) < 0.1 for shape in group)
        variety = f"{len(group)}{'+' if upright else 'x'}"
        first = group[0]
        corners = ((box[0], box[1]), (box[2], box[3]))
        found.append(
            (
                Shape(
                    points=corners,
                    knots=corners,
                    box=tuple(map(float, box)),  # type: ignore[arg-type]  # four numbers
                    order=first.order,
                    stroke=first.stroke,
                    width=first.width,
                    closed=True,
                ),
                variety,
            )
        )
        used.update(id(shape) for shape in group)
    return found, used


def _parallel(a: Shape, b: Shape) -> bool:
    (ax, ay), (bx, by) = np.subtract(a.points[1], a.points[0]), np.subtract(b.points[1], b.points[0])
    return bool(abs(ax * by - ay * bx) < 0.1 * np.hypot(ax, ay) * np.hypot(bx, by))
