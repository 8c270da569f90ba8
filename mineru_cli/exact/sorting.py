"""The shapes of a panel, sorted by what they can be: bars, outlines, strokes, small marks.

Comes in: the ink of a panel. Goes out: `Sorted`. Knows nothing of series or values.
"""

from dataclasses import dataclass, field

import numpy as np

from mineru_cli.exact.forms import alike, disc
from mineru_cli.exact.joints import joined
from mineru_cli.exact.marks import Ink
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import THIN, Shape
from mineru_cli.exact.regions import inside
from mineru_cli.exact.ticks import LONGEST_TICK

_SLACK = 1.5
_AT_EDGE = 0.6  # points
_FEWEST_DISCS = 3


@dataclass(slots=True, kw_only=True)
class Sorted:
    """The marks of a panel by what they can be."""

    bars: list[Shape] = field(default_factory=list)
    outlines: list[Shape] = field(default_factory=list)
    strokes: list[Shape] = field(default_factory=list)
    markers: list[tuple[Shape, str]] = field(default_factory=list)


def sort_marks(ink: Ink, panel: Panel) -> Sorted:
    """Tell bars, areas, lines and markers apart by shape and size."""
    out = Sorted()
    x0, y0, x1, y1 = panel.box
    filled = {_spot(shape) for shape in ink.inside if shape.fill is not None and shape.rect}
    squares = []
    discs = [id(shape) for shape in ink.inside if disc(shape)]
    bubbles = set(discs) if len(discs) >= _FEWEST_DISCS else set()
    pieces = joined([shape for shape in ink.inside if shape.stroke is not None])
    for shape in ink.inside:
        off = shape.cx < x0 - 3 or shape.cx > x1 + 3 or shape.cy < y0 - 3 or shape.cy > y1 + 3
        outline = shape.rect and shape.fill is None and _spot(shape) in filled
        off = off and not (shape.rect and shape.fill is not None and _reaches_in(shape, panel))
        off = off and not (shape.stroke is not None and (len(shape.points) > 2 or id(shape) in pieces))
        if outline or off or _is_tick(shape, panel):
            continue
        if id(shape) in bubbles:
            out.markers.append((shape, ""))
        elif shape.rect and max(shape.w, shape.h) < 0.9 * ink.spread and _squarish(shape):
            squares.append(shape)
        elif shape.rect and (shape.fill is not None or min(shape.w, shape.h) > 1):
            if shape.stroke is not None or not alike(shape.fill, ink.background):
                out.bars.append(shape)
        else:
            _sort_other(shape, ink.spread, out)
    for shape in squares:
        if any(_fellows(shape, bar) for bar in out.bars):
            out.bars.append(shape)
        else:
            out.markers.append((shape, ""))
    out.markers.extend(cross for cross in ink.crosses if inside(cross[0].box, panel.box, ink.spread))
    return out


def _is_tick(shape: Shape, panel: Panel) -> bool:
    """Whether a thin filled rectangle stands outside the plot area, at its edge."""
    if not shape.rect or min(shape.w, shape.h) > THIN or max(shape.w, shape.h) > LONGEST_TICK:
        return False
    x0, y0, x1, y1 = panel.box
    if shape.h > shape.w:
        return shape.box[1] > y1 - _AT_EDGE or shape.box[3] < y0 + _AT_EDGE
    return shape.box[0] > x1 - _AT_EDGE or shape.box[2] < x0 + _AT_EDGE


def _reaches_in(bar: Shape, panel: Panel) -> bool:
    """Whether a bar that begins far below the axis is seen in the plot area all the same."""
    x0, y0, x1, y1 = panel.box
    across, down = min(bar.box[2], x1) - max(bar.box[0], x0), min(bar.box[3], y1) - max(bar.box[1], y0)
    within = (x0 - 1 < bar.cx < x1 + 1 and down > _SLACK) or (y0 - 1 < bar.cy < y1 + 1 and across > _SLACK)
    return within and max(across, down) > _SLACK and min(across, down) > 0


def _sort_other(shape: Shape, size: float, out: Sorted) -> None:
    """Sort what is no rectangle."""
    if len(shape.points) > 2 and max(shape.w, shape.h) <= 1.6 * size and _blob(shape):
        out.markers.append((shape, ""))
    elif shape.fill is not None and len(shape.points) > 3 and max(shape.w, shape.h) > size:
        out.outlines.append(shape)
    elif shape.stroke is not None:
        out.strokes.append(shape)


def _spot(shape: Shape) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = shape.box
    return (round(x0), round(y0), round(x1), round(y1))


def _squarish(shape: Shape) -> bool:
    """Whether a small rectangle is about as high as wide: programs round the sides of markers one by one."""
    return abs(shape.w - shape.h) < max(0.3, 0.15 * max(shape.w, shape.h))


def _fellows(square: Shape, bar: Shape) -> bool:
    """Whether a square may be a bar that happens to be as long as wide: as thick as another of its colour."""
    return alike(square.fill, bar.fill) and (abs(square.w - bar.w) < 0.2 or abs(square.h - bar.h) < 0.2)


def _blob(shape: Shape) -> bool:
    if shape.fill is not None:
        return True
    if not shape.closed and not (shape.curved and np.hypot(*np.subtract(shape.points[0], shape.points[-1])) < 0.5):
        return False
    return shape.w > 0.5 and shape.h > 0.5
