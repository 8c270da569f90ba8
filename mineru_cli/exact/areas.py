"""Filled areas and bands: upper and lower edge at every x.

Comes in: filled outlines that are no rectangles. Goes out: one `Trace` an outline, ``places`` along the upper edge and
``feet`` along the lower. Areas that all stand on the base line and hide one another are told to be sums.
"""

import itertools
from collections.abc import Sequence

import numpy as np

from mineru_cli.exact.forms import alike, light
from mineru_cli.exact.lines import distances
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.scale import Floats

_WIDE = 0.3  # of the panel: a narrower outline is no area
_LEAST_UNREAD = 0.004  # of the panel
_CROWDED = 0.25  # points
_LEVEL = 0.01  # of the panel
_ON_EDGE = 0.6  # points
_ON_TOP = 1.6  # points: white seams between stacked areas are no wider


def area_traces(outlines: Sequence[Shape], panel: Panel, lines: Sequence[Trace]) -> list[Trace]:
    """The series of areas; those of the colour of a line and see-through are bands around it."""
    traces = []
    for shape in outlines:
        if shape.w < _WIDE * panel.width or (light(shape.fill) and shape.stroke is None) or not _there_and_back(shape):
            continue
        trace = _edges(shape)
        if trace is None:
            continue
        if not _stands(trace, panel) and any(_bands(trace, line) for line in lines):
            trace.kind = "band"
        traces.append(trace)
    traces = _merged(traces)
    areas = [trace for trace in traces if trace.kind == "area"]
    _undo_sums(areas)
    _flag_floating(areas, panel)
    _flag_nested(areas)
    return traces


def flag_unread(traces: Sequence[Trace], outlines: Sequence[Shape], panel: Panel) -> None:
    """Flag what was read beside filled shapes that are no areas: they may be parts of series."""
    size = panel.width * panel.height
    left = [s for s in outlines if not (light(s.fill) and s.stroke is None) and s.w * s.h > _LEAST_UNREAD * size]
    left = [s for s in left if s.w < _WIDE * panel.width or not _there_and_back(s) or _edges(s) is None]
    for trace in traces if left else ():
        trace.flags["unread_marks"] = f"{len(left)} filled shapes in the plot area are neither bars, areas nor points."


def _flag_nested(areas: Sequence[Trace]) -> None:
    """Flag see-through areas from one base line that never cross: each may be a height, or the sum up to it."""
    level = [area for area in areas if area.feet is not None and np.ptp(area.feet) < _CROWDED]
    ranked = sorted(level, key=lambda area: float(area.places[:, 1].mean()))
    if len(ranked) < 2 or any("sums_undone" in area.flags for area in ranked):
        return
    for upper, lower in itertools.pairwise(ranked):
        edge = np.interp(lower.places[:, 0], upper.places[:, 0], upper.places[:, 1])
        if np.any(edge > lower.places[:, 1] + _CROWDED):
            return
    for area in ranked:
        area.flags["nested_areas"] = "The areas begin on one line and never cross: they may be heights, or sums."


def _flag_floating(areas: Sequence[Trace], panel: Panel) -> None:
    """Flag areas whose lower edge is neither level nor another's upper edge: a range or a shape, not a height."""
    for area in areas:
        if area.feet is None or np.ptp(area.feet) < _LEVEL * panel.height:
            continue
        x = area.places[:, 0]
        edges = (np.interp(x, other.places[:, 0], other.places[:, 1]) for other in areas if other is not area)
        if not any(np.mean(np.abs(edge - area.feet) < _ON_TOP) > 0.9 for edge in edges):
            area.flags["floating_area"] = "The area stands on nothing level; its height was read."


def _there_and_back(shape: Shape) -> bool:
    """Whether an outline runs along x once each way, as the edges of an area do and those of a blob do not."""
    xs = np.array([x for x, _ in shape.points])
    if abs(xs[0] - xs[-1]) > 0.05:
        xs = np.append(xs, xs[0])
    steps = np.diff(xs)
    ways = np.sign(steps[np.abs(steps) > 0.05])
    return int(np.sum(ways != np.roll(ways, 1))) <= 2


def _edges(shape: Shape) -> Trace | None:
    points = np.array(shape.knots if len(shape.knots) > 3 else shape.points)
    if np.allclose(points[0], points[-1], atol=1e-3):
        points = points[:-1]
    if len(points) < 4:
        return None
    xs = _columns(points)
    top, bottom = [], []
    ring = np.vstack([points, points[:1]])
    for x in xs:
        ys = points[np.abs(points[:, 0] - x) < 0.05, 1]
        low, high = ys.min(), ys.max()
        if len(ys) == 1:  # the other edge has no vertex here
            crossing = _crossings(ring, float(x))
            low, high = min(low, *crossing), max(high, *crossing)
        top.append(low)
        bottom.append(high)
    return Trace(
        kind="area",
        places=np.c_[xs, top],
        feet=np.array(bottom),
        order=shape.order,
        fill=shape.fill,
        stroke=shape.stroke,
        opacity=shape.opacity,
        smooth=shape.curved,
    )


def _columns(points: Floats) -> Floats:
    """The x of an outline's vertices; where several crowd together, as at an upright edge, their middle one."""
    xs = np.unique(np.round(points[:, 0], 2))
    if len(xs) < 3:
        return xs
    gaps = np.diff(xs)
    groups = np.split(xs, np.nonzero(gaps > max(_CROWDED, 0.02 * float(np.percentile(gaps, 90))))[0] + 1)
    middles = [group[len(group) // 2] for group in groups]
    if len(groups[0]) == 2:  # up from the base line at the start, down to it at the end
        middles[0] = groups[0][-1]
    if len(groups[-1]) == 2:
        middles[-1] = groups[-1][0]
    return np.array(middles)


def _crossings(ring: np.ndarray, x: float) -> list[float]:
    """Where the outline crosses a vertical line."""
    a, b = ring[:-1], ring[1:]
    over = ((a[:, 0] - x) * (b[:, 0] - x) <= 0) & (a[:, 0] != b[:, 0])
    share = (x - a[over, 0]) / (b[over, 0] - a[over, 0])
    return list(map(float, a[over, 1] + share * (b[over, 1] - a[over, 1]))) or [float(ring[0, 1])]


def without_outlines(areas: Sequence[Trace], others: Sequence[Trace]) -> list[Trace]:
    """The other series less those that only draw an area's edge again: a stretch in its colour, or all of it."""
    filled = [area for area in areas if area.kind == "area"]
    return [
        other
        for other in others
        if not any(
            (_on_edge(area, other) and (alike(area.fill, other.colour, 0.05) or _as_long(area, other)))
            or _runs_around(area, other)
            for area in filled
        )
    ]


def _runs_around(area: Trace, other: Trace) -> bool:
    """Whether a line goes along an area's upper edge and back along its lower one."""
    x, y = other.places[:, 0], other.places[:, 1]
    back = np.sum(np.diff(x) > 0.1) >= 1 and np.sum(np.diff(x) < -0.1) >= 1
    if other.kind != "line" or not back or area.feet is None:
        return False
    top = np.interp(x, area.places[:, 0], area.places[:, 1])
    foot = np.interp(x, area.places[:, 0], area.feet)
    return bool(np.mean(np.minimum(np.abs(top - y), np.abs(foot - y)) < 0.6) > 0.95)


def _as_long(area: Trace, other: Trace) -> bool:
    """Whether a line reaches from an area's start to its end: then it is its edge, whatever its colour."""
    ends = area.places[[0, -1], 0] - np.array([other.places[:, 0].min(), other.places[:, 0].max()])
    return bool(np.max(np.abs(ends)) < 1.0)


def _on_edge(area: Trace, other: Trace) -> bool:
    return len(other.places) > 1 and bool(np.mean(distances(other.places, area.places) < _ON_EDGE) > 0.95)


def _bands(trace: Trace, line: Trace) -> bool:
    """Whether a see-through area runs around a line of its own colour."""
    if trace.feet is None or trace.opacity > 0.9 or not alike(trace.fill, line.stroke, 0.05):
        return False
    x = trace.places[:, 0]
    middle = np.interp(x, line.places[:, 0], line.places[:, 1])
    if np.mean(np.abs(middle - trace.places[:, 1]) < 0.6) > 0.9:
        return False  # it only draws the upper edge
    return bool(np.mean((middle >= trace.places[:, 1] - 0.5) & (middle <= trace.feet + 0.5)) > 0.9)


def _stands(trace: Trace, panel: Panel) -> bool:
    """Whether an area stands on the level foot of the panel, or on zero, as no band around a line does."""
    if trace.feet is None or np.ptp(trace.feet) > _CROWDED:
        return False
    zero = panel.y.scale.position(0.0) if panel.y.scale.numeric else panel.box[3]
    return any(abs(float(trace.feet[0]) - level) < _ON_TOP for level in (panel.box[3], zero))


def _merged(traces: list[Trace]) -> list[Trace]:
    """Join areas of one colour that follow one another along x, as where zero is crossed."""
    out: list[Trace] = []
    for trace in sorted(traces, key=lambda t: (t.order, t.places[0, 0])):
        before = next(
            (
                t
                for t in out
                if t.kind == trace.kind and alike(t.fill, trace.fill) and t.places[-1, 0] <= trace.places[0, 0] + 0.3
            ),
            None,
        )
        if before is None or before.feet is None or trace.feet is None:
            out.append(trace)
        else:
            before.places = np.vstack([before.places, trace.places])
            before.feet = np.concatenate([before.feet, trace.feet])
    return out


def _undo_sums(areas: list[Trace]) -> None:
    """Make stacked areas drawn as sums over one another (each down to the base line) segments again."""
    if len(areas) < 2 or any(a.opacity < 0.95 or a.feet is None for a in areas):
        return
    first = areas[0]
    grid = first.places[:, 0]
    for area in areas:
        if area.feet is None or np.ptp(area.feet) > 0.5 or abs(float(area.feet[0]) - float(first.feet[0])) > 0.5:  # type: ignore[index]  # feet were checked above
            return
        if len(area.places) != len(grid) or not np.allclose(area.places[:, 0], grid, atol=0.1):
            return
    ranked = sorted(areas, key=lambda a: float(a.places[:, 1].mean()))
    for upper, lower in itertools.pairwise(ranked):
        if np.any(upper.places[:, 1] > lower.places[:, 1] + 0.5) or upper.order > lower.order:
            return
    for upper, lower in itertools.pairwise(ranked):
        upper.feet = lower.places[:, 1].copy()
        upper.flags["sums_undone"] = "The areas are drawn over one another from the base line; read as a stack."
