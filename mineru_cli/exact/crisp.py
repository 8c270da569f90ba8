"""Half a pixel: browser charts whose ticks were moved off their true places to look sharp.

Many draw axis lines and ticks half a pixel right of and below the marks they belong to, and round ticks to whole
pixels. On a small chart that is more than 0.2 % of the axis. It shows: every tick stands an odd number of half stroke
widths from the corner of the picture, the outer ticks stand half a stroke width off the ends of the lines they
divide, or bars stand half a tick's width off the zero tick. Where ticks are rounded and nothing tells how, the scale is
left as it is and its ``drift`` says by how much it may be off.

Comes in: a panel and the page's shapes. Goes out: the panel with its scales moved. Knows nothing of series.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.scale import Scale, fit_scale
from mineru_cli.schema import Box

_TICK_GREY = (0.533, 0.533, 0.533)
_GRID_GREY = (0.867, 0.867, 0.867)
_EXACT = 0.03  # of a pixel
_LEAST_PIXEL, _MOST_PIXEL = 0.2, 2.0  # points
_THICK = 2.0  # points: what is thinner is no bar
_FEWEST_PASSED = 4  # ticks
_NO_WIDTH = 0.05  # points: a hairline, which tells of no pixel


def sharpened(panel: Panel, shapes: Sequence[Shape]) -> Panel:
    """Undo the half pixel where its traces are found; tell of rounded ticks where they are not."""
    marks = [shape for axis in (panel.x, panel.y) for shape in axis.row.shapes]
    widths = {round(shape.width, 3) for shape in marks if shape.width > _NO_WIDTH}
    drawn = len(widths) == 1
    pixel = widths.pop() if drawn else max(grid_of(panel.x.row.places), grid_of(panel.y.row.places))
    if not pixel or (drawn and _on_ticks(panel, shapes, pixel)):
        return panel
    shown = drawn and (
        _looks_like_vega(panel, pixel)
        or _from_corner(panel, shapes, pixel)
        or _off_ends(panel, pixel)
        or _off_zero(panel, shapes, pixel)
    )
    alone = drawn and not shown and _off_data(panel, shapes, pixel)
    x0, y0, x1, y1 = panel.box

    def changed(axis: Axis, edges: tuple[float, float], *, moved: bool) -> Axis:
        moved = moved or (drawn and _both_off(axis, edges, pixel))
        return (_moved if moved else _doubted)(axis, pixel, edges)

    y2 = changed(panel.y2, (y0, y1), moved=shown) if panel.y2 is not None else None
    x, y = changed(panel.x, (x0, x1), moved=shown or alone), changed(panel.y, (y0, y1), moved=shown)
    return replace(panel, x=x, y=y, y2=y2)


def grid_of(places: Sequence[float]) -> float:
    """The pixel that even ticks were rounded to, in points, as their steps tell by differing; 0 where they do not."""
    steps = np.diff(places)
    apart = np.diff(np.sort(steps))
    pixel = float(np.min(apart[apart > _LEAST_PIXEL], initial=_MOST_PIXEL))
    even = len(steps) > 1 and bool(np.max(np.abs(steps / pixel - np.round(steps / pixel))) < _EXACT)
    return pixel if even and pixel < _MOST_PIXEL and float(np.ptp(steps)) < 1.5 * pixel else 0.0


def _looks_like_vega(panel: Panel, pixel: float) -> bool:
    """Whether ticks have Vega's own looks: grey (#888), five times as long as wide, with gridlines of #ddd."""
    greys = {shape.stroke for axis in (panel.x, panel.y) for shape in axis.row.shapes}
    if not greys or not greys <= {_TICK_GREY, _GRID_GREY}:
        return False
    ticks = [shape for axis in (panel.x, panel.y) for shape in axis.row.shapes if shape.stroke == _TICK_GREY]
    return bool(ticks) and all(abs(max(shape.w, shape.h) / pixel - 5) < 0.05 for shape in ticks)


def _from_corner(panel: Panel, shapes: Sequence[Shape], pixel: float) -> bool:
    """Whether all ticks stand an odd number of half pixels from the corner of the ground around the panel."""
    grounds = [s.box for s in shapes if s.rect and s.fill is not None and _around(s.box, panel.box)]
    for box in grounds:
        off = [_half(place - box[0], pixel) for place in panel.x.row.places if panel.x.row.shapes]
        off += [_half(place - box[1], pixel) for place in panel.y.row.places if panel.y.row.shapes]
        rounded = any(_rounded(axis, pixel) for axis in (panel.x, panel.y))
        if len(off) >= (3 if rounded else 5) and max(off) < _EXACT:
            return True
    return False


def _off_ends(panel: Panel, pixel: float) -> bool:
    """Whether outer ticks stand half a pixel right of or below the ends of the plot area, and none on them."""
    ends = [(axis.row.places[0] - low, axis.row.places[-1] - high) for axis, low, high in _edged(panel)]
    off = [distance / pixel for pair in ends for distance in pair]
    half = sum(abs(distance - 0.5) < _EXACT for distance in off)
    return half >= 2 and not any(abs(distance) < 0.4 for distance in off)


def _both_off(axis: Axis, edges: tuple[float, float], pixel: float) -> bool:
    """Whether both outer ticks of one axis stand half a pixel beyond the ends of the other's gridlines."""
    if axis.row.kind != "tick" or len(axis.row.places) < 3:
        return False
    off = (axis.row.places[0] - edges[0], axis.row.places[-1] - edges[1])
    return all(abs(distance / pixel - 0.5) < _EXACT for distance in off)


def _edged(panel: Panel) -> list[tuple[Axis, float, float]]:
    """The axes that have marks, with the panel's ends along each."""
    x0, y0, x1, y1 = panel.box
    return [(axis, low, high) for axis, low, high in ((panel.x, x0, x1), (panel.y, y0, y1)) if axis.row.shapes]


def _rounded(axis: Axis, pixel: float) -> bool:
    """Whether ticks stand whole pixels apart, but not quite where their scale puts them."""
    if not axis.scale.numeric or not axis.row.shapes or len(axis.row.places) < 3:
        return False
    steps = np.diff(axis.row.places) / pixel
    return bool(np.max(np.abs(steps - np.round(steps))) < _EXACT and axis.scale.residual > 0.05 * pixel)


def _doubted(axis: Axis, pixel: float, _: tuple[float, float]) -> Axis:
    """The axis with the doubt that its rounded ticks leave."""
    return replace(axis, scale=replace(axis.scale, drift=pixel / 2)) if _rounded(axis, pixel) else axis


def _half(distance: float, pixel: float) -> float:
    """How far a distance is from an odd number of half pixels, in pixels."""
    return abs((distance / pixel) % 1.0 - 0.5)


def _around(box: Box, inner: Box) -> bool:
    return box[0] <= inner[0] and box[1] <= inner[1] and box[2] >= inner[2] and box[3] >= inner[3] and box != inner


def _off_zero(panel: Panel, shapes: Sequence[Shape], pixel: float) -> bool:
    """Whether bars or areas stand on a line exactly half a pixel above, or left of, the zero tick."""
    for axis, end, low, high in ((panel.y, 3, panel.box[1], panel.box[3]), (panel.x, 0, panel.box[0], panel.box[2])):
        zero = axis.scale.position(0.0) if axis.scale.kind == "linear" else np.nan
        if not low - 1 <= zero <= high + 1:
            continue
        inside = [s for s in shapes if s.fill is not None and min(s.w, s.h) > _THICK and _around(panel.box, s.box)]
        feet = [s.box[end] - zero for s in inside if abs(s.box[end] - zero) < pixel]
        if len(feet) >= 2 and all(abs(foot / pixel + 0.5) < 0.1 for foot in feet):
            return True
    return False


def _lines(panel: Panel, shapes: Sequence[Shape]) -> list[Shape]:
    """The polylines that cross most of a panel."""
    _, y0, _, y1 = panel.box
    return [
        s
        for s in shapes
        if s.stroke is not None
        and len(s.knots) > 3
        and s.w > 0.5 * panel.width
        and y0 - 1 < s.cy < y1 + 1
        and not s.closed
    ]


def _on_ticks(panel: Panel, shapes: Sequence[Shape], pixel: float) -> bool:
    """Whether lines have a vertex exactly at every tick they pass: then they were moved together, or not at all."""
    lines = _lines(panel, shapes)
    for line in lines:
        passed = [place for place in panel.x.row.places if line.box[0] - pixel < place < line.box[2] + pixel]
        xs = np.array([x for x, _ in line.knots])
        if len(passed) < _FEWEST_PASSED or any(np.min(np.abs(xs - at)) > _EXACT * pixel for at in passed):
            return False
    return bool(lines)


def _off_data(panel: Panel, shapes: Sequence[Shape], pixel: float) -> bool:
    """Whether all lines begin exactly half a pixel before a tick of the horizontal axis, or before its own line."""
    if panel.x.row.kind != "tick":
        return False
    x0, _, x1, _ = panel.box
    starts = [line.box[0] for line in _lines(panel, shapes)]
    row = panel.x.row
    own = [s.box[0] for s in shapes if s.segment and s.h == 0 and s.w > 0.5 * (x1 - x0) and row.low < s.cy <= row.high]
    places = np.array([*row.places, *own])
    off = [float(np.min(np.abs(places - start - pixel / 2))) / pixel for start in starts]
    return bool(off) and max(off) < _EXACT


def _moved(axis: Axis, pixel: float, edges: tuple[float, float]) -> Axis:
    """The axis moved by half a pixel up and left; fitted to the edge ticks alone where both edges have one."""
    scale = axis.scale
    ticks = axis.row.ticks
    drift = pixel / 2 if _rounded(axis, pixel) else 0.0
    if scale.numeric and axis.row.shapes and len(ticks) > 2:
        off = [(ticks[0][0] - edges[0]) / pixel, (ticks[-1][0] - edges[1]) / pixel]
        at_edges = abs(off[0] - off[1]) < _EXACT and min(abs(off[0]), abs(off[0] - 0.5)) < _EXACT
        exact = fit_scale([ticks[0][0], ticks[-1][0]], [ticks[0][1].text, ticks[-1][1].text]) if at_edges else None
        if exact is not None and exact.kind == scale.kind:
            scale, drift = replace(scale, slope=exact.slope, origin=exact.origin), 0.0
    return replace(axis, scale=replace(shifted(scale, pixel / 2), drift=drift))


def shifted(scale: Scale, by: float) -> Scale:
    """The scale of marks that stand so much before their ticks."""
    places = tuple((place - by, text) for place, text in scale.categories)
    origin = scale.origin + scale.slope * by
    return replace(scale, origin=origin if np.isfinite(origin) else scale.origin, categories=places, grain=2 * abs(by))
