"""Half a pixel: browser charts whose ticks were moved off their true places to look sharp.

D3 and Vega draw axis lines and ticks half a pixel right of and below the marks they belong to, and round ticks to
whole pixels. On a small chart that is more than 0.2 % of the axis. It shows: every tick stands an odd number of half
stroke widths from the corner of the picture, or bars stand half a tick's width off the zero tick.

Comes in: a panel and the page's shapes. Goes out: the panel with its scales moved. Knows nothing of series.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Axis, Panel
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.scale import Scale, fit_scale
from mineru_cli.schema import Box

_TICK_GREY = (0.533, 0.533, 0.533)
_GRID_GREY = (0.867, 0.867, 0.867)
_LEAST_SHIFT = 0.05  # points
_MOST_SHIFT = 0.6
_EXACT = 0.03  # of a pixel


def sharpened(panel: Panel, shapes: Sequence[Shape]) -> Panel:
    """Undo the half pixel where its traces are found; else the panel as it is."""
    marks = [shape for axis in (panel.x, panel.y) for shape in axis.row.shapes]
    widths = {round(shape.width, 3) for shape in marks if shape.width > 0.05}
    if len(widths) != 1:
        return panel
    pixel = widths.pop()
    if not (_looks_like_vega(panel, pixel) or _from_corner(panel, shapes, pixel) or _off_zero(panel, shapes, pixel)):
        return panel
    y2 = _moved(panel.y2, pixel, (panel.box[1], panel.box[3])) if panel.y2 is not None else None
    return replace(
        panel,
        x=_moved(panel.x, pixel, (panel.box[0], panel.box[2])),
        y=_moved(panel.y, pixel, (panel.box[1], panel.box[3])),
        y2=y2,
    )


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
        if len(off) >= 5 and max(off) < _EXACT:
            return True
    return False


def _half(distance: float, pixel: float) -> float:
    """How far a distance is from an odd number of half pixels, in pixels."""
    return abs((distance / pixel) % 1.0 - 0.5)


def _around(box: Box, inner: Box) -> bool:
    return box[0] <= inner[0] and box[1] <= inner[1] and box[2] >= inner[2] and box[3] >= inner[3] and box != inner


def _off_zero(panel: Panel, shapes: Sequence[Shape], pixel: float) -> bool:
    """Whether bars or areas stand on a line exactly half a pixel above the zero tick."""
    if panel.y.scale.kind != "linear":
        return False
    zero = panel.y.scale.position(0.0)
    if not panel.box[1] <= zero <= panel.box[3] + 1:
        return False
    inside = [s for s in shapes if s.fill is not None and s.w > 2 and _around(panel.box, s.box)]
    feet = [s.box[3] - zero for s in inside if abs(s.box[3] - zero) < pixel]
    return len(feet) >= 2 and all(abs(foot / pixel + 0.5) < 0.1 for foot in feet)


def _moved(axis: Axis, pixel: float, edges: tuple[float, float]) -> Axis:
    """The axis moved by half a pixel up and left; fitted to the edge ticks alone where both edges have one."""
    scale = axis.scale
    ticks = axis.row.ticks
    if scale.numeric and axis.row.shapes and len(ticks) > 2:
        at_edges = abs(ticks[0][0] - edges[0]) < 0.02 * pixel and abs(ticks[-1][0] - edges[1]) < 0.02 * pixel
        exact = fit_scale([ticks[0][0], ticks[-1][0]], [ticks[0][1].text, ticks[-1][1].text]) if at_edges else None
        if exact is not None and exact.kind == scale.kind:
            scale = replace(scale, slope=exact.slope, origin=exact.origin)
    return replace(axis, scale=_shifted(scale, pixel / 2))


def _shifted(scale: Scale, by: float) -> Scale:
    """The scale of marks that stand so much before their ticks."""
    places = tuple((place - by, text) for place, text in scale.categories)
    origin = scale.origin + scale.slope * by
    return replace(scale, origin=origin if np.isfinite(origin) else scale.origin, categories=places, grain=2 * abs(by))


def on_lattice(panel: Panel, traces: Sequence[Trace]) -> Panel:
    """Undo a fraction of a pixel where the data show it: all stand off a lattice of whole x by one small distance.

    Some programs move their ticks to sharp places; the marks stay where they belong, years a hair before the year.
    """
    scale = panel.x.scale
    runs = [trace.places[:, 0] for trace in traces if trace.kind in {"line", "step", "area"} and len(trace.places) >= 6]
    if scale.kind != "linear" or not runs or scale.slope == 0 or not panel.x.row.shapes:
        return panel
    values = scale.values(np.concatenate(runs))
    gaps = np.concatenate([np.diff(scale.values(run)) for run in runs])
    unit = float(np.median(gaps))
    whole = round(unit)
    if whole < 1 or abs(unit - whole) > 0.01 * whole or np.ptp(gaps) > 0.02 * whole:
        return panel
    off = values / whole - np.round(values / whole)
    by = float(np.median(off)) * whole / (scale.slope * scale.factor)
    spread = float(np.ptp(off)) * whole / abs(scale.slope * scale.factor)
    if not _LEAST_SHIFT < abs(by) < _MOST_SHIFT or spread > 0.7 * abs(by) + 0.1:
        return panel
    x = replace(panel.x, scale=_shifted(scale, -by))
    if panel.y.row.shapes and panel.y.scale.numeric and scale.grain == 0:
        return replace(panel, x=x, y=replace(panel.y, scale=_shifted(panel.y.scale, -by)))
    return replace(panel, x=x)
