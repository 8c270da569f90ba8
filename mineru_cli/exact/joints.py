"""Strokes that are pieces of one line, drawn one after the other, each from where the last one ended.

Comes in: strokes in drawing order. Goes out: the ids of those that are joined. Knows nothing of panels.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

from mineru_cli.exact.primitives import Shape

_END_TO_END: Final = 0.02  # points: pieces of a line meet so exactly


def joined(strokes: Sequence[Shape], *, beside: Callable[[Shape], bool] = lambda _: True) -> set[int]:
    """The ids of strokes that meet one of their style drawn just before or after, of which ``beside`` is true."""
    last: dict[tuple[object, ...], Shape] = {}
    found: set[int] = set()
    for shape in strokes:
        style = (shape.stroke, round(shape.width, 2), shape.dash)
        before = last.get(style)
        if before is not None and math.dist(before.points[-1], shape.points[0]) < _END_TO_END:
            found |= {id(one) for one, other in ((before, shape), (shape, before)) if beside(other)}
        last[style] = shape
    return found
