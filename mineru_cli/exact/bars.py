"""Bars: which rectangles form a series, along which axis they stand, and where each begins and ends.

Comes in: the rectangles of a panel. Goes out: one `Trace` a colour, with ``places`` at the far ends and ``feet`` at
the near ends, so that a stacked segment's value is the difference of two values.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mineru_cli.exact.forms import alike
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Shape

_TOUCH = 1.6  # points: white seams between stacked segments are no wider
_MOST_COLOURS = 12
_FEWEST_EACH = 3
_MOST_EACH = 0.8  # of the categories, that must have a bar
_SAME = 0.6  # points: the outline of a bar against its fill


def bar_traces(rects: Sequence[Shape], panel: Panel, *, has_legend: bool, lonely: bool) -> list[Trace]:
    """The series of bars. ``lonely``: nothing else is in the panel, so that one bar may be a chart."""
    bars = _without_doubles([r for r in rects if r.w > 0.4 or r.h > 0.4])
    if len(bars) < 2 and not (bars and lonely):
        return []
    if not panel.x.scale.numeric and not panel.y.scale.numeric:
        return []
    upright = stands_upright(bars, panel)
    groups = _groups(bars)
    slots = {round(bar.cx if upright else bar.cy) for bar in bars}
    single_each = len(groups) >= 3 and all(len(g) == 1 for g in groups) and len(slots) == len(bars)
    single_each = single_each or _one_each(bars, panel, upright=upright)
    if single_each and not has_legend:
        groups = [bars]
    if len(groups) > _MOST_COLOURS and not has_legend:
        return []  # a heat map or a picture made of rectangles
    traces = []
    zero = _zero(panel, upright=upright)
    line = _common_line(bars, zero, upright=upright)
    for group in groups:
        group.sort(key=lambda bar: bar.cx if upright else -bar.cy)
        places, feet = [], []
        for bar in group:
            near, far = _ends(bar, line, upright=upright)
            places.append((bar.cx, far) if upright else (far, bar.cy))
            feet.append(near)
        first = group[0]
        trace = Trace(
            kind="bar" if upright else "hbar",
            places=np.array(places),
            feet=np.array(feet),
            order=first.order,
            fill=first.fill if len(groups) > 1 or not single_each else None,
            stroke=first.stroke,
            opacity=first.opacity,
            breadth=float(np.median([bar.w if upright else bar.h for bar in group])),
        )
        if first.painted_by_clip:
            trace.flags["hatched"] = "The bars are filled with a pattern or a gradient; the colour is a sample of it."
        if line != zero and all(abs(line - edge) > _TOUCH for edge in panel.box):
            trace.flags["base_line"] = "All bars begin at one line that is not zero: where they end was read."
        traces.append(trace)
    _undo_sums(traces)
    _flag_floating(traces, line, panel)
    return traces


def _one_each(bars: Sequence[Shape], panel: Panel, *, upright: bool) -> bool:
    """Whether every named category has one bar, of whatever colour: highlights, or rises and falls."""
    scale = (panel.x if upright else panel.y).scale
    if scale.kind != "category" or len(bars) < _FEWEST_EACH or np.ptp([b.w if upright else b.h for b in bars]) > _SAME:
        return False
    nearest = Counter(scale.category(bar.cx if upright else bar.cy)[0] for bar in bars)
    return len(nearest) == len(bars) >= _MOST_EACH * len(scale.categories)


def _undo_sums(traces: Sequence[Trace]) -> None:
    """Stacks drawn as sums, the longest bar first and each next one over it: what shows of each is its value.

    Bars that stand one in front of the other for another reason would cross somewhere.
    """
    drawn = sorted(traces, key=lambda trace: trace.order)
    spans = [_lengths(trace) for trace in drawn]
    if len(drawn) < 2 or len(spans[0]) < 2 or any(span.keys() != spans[0].keys() for span in spans):
        return
    if max(trace.breadth for trace in drawn) - min(trace.breadth for trace in drawn) > _SAME:
        return
    if np.ptp(np.concatenate([trace.feet for trace in drawn if trace.feet is not None])) > _SAME:
        return
    pairs = [(behind[slot], front[slot]) for behind, front in pairwise(spans) for slot in front]
    if any(long * short < -_SAME or abs(long) < abs(short) - _SAME for long, short in pairs):
        return
    for behind, front in pairwise(drawn):
        along, across = (0, 1) if behind.kind == "hbar" else (1, 0)
        ends = {round(float(place[across])): float(place[along]) for place in front.places}
        behind.feet = np.array([ends[round(float(place[across]))] for place in behind.places])
    for trace in traces:
        trace.flags["sums_undone"] = "The bars are drawn over one another from one line: read as a stack."


def _lengths(trace: Trace) -> dict[int, float]:
    """How long each bar is, with its sign, by where it stands."""
    along, across = (0, 1) if trace.kind == "hbar" else (1, 0)
    feet = trace.feet if trace.feet is not None else np.zeros(len(trace.places))
    sign = 1.0 if trace.kind == "hbar" else -1.0
    return {
        round(float(place[across])): sign * (float(place[along]) - float(foot))
        for place, foot in zip(trace.places, feet, strict=True)
    }


def without_base_line(lines: Sequence[Trace], bars: Sequence[Trace]) -> list[Trace]:
    """The lines less one that is only the zero line the bars stand on: straight, at their feet, past all of them."""
    return [line for line in lines if not any(_is_base_line(line, trace) for trace in bars)]


def _is_base_line(line: Trace, bars: Trace) -> bool:
    if line.kind != "line" or line.marker is not None or len(line.places) != 2 or bars.feet is None:
        return False
    along, across = (0, 1) if bars.kind == "hbar" else (1, 0)
    level = np.max(np.abs(line.places[:, along] - np.median(bars.feet))) < _SAME
    ends, middles = np.sort(line.places[:, across]), bars.places[:, across]
    return bool(level and ends[0] < middles.min() and ends[1] > middles.max() and np.ptp(bars.feet) < _SAME)


def _flag_floating(traces: Sequence[Trace], zero: float, panel: Panel) -> None:
    """Flag bars that begin neither at zero, nor at the edge, nor where another bar of their place ends."""
    edges = {panel.box[0], panel.box[3], zero}
    tops: dict[int, list[float]] = defaultdict(list)
    for trace in traces:
        along, across = (0, 1) if trace.kind == "hbar" else (1, 0)
        for place in trace.places:
            tops[round(float(place[across]))].append(float(place[along]))
    for trace in traces:
        along, across = (0, 1) if trace.kind == "hbar" else (1, 0)
        floating = 0
        for place, foot in zip(trace.places, trace.feet if trace.feet is not None else [], strict=False):
            slot = round(float(place[across]))
            ends = [end for k in (slot - 1, slot, slot + 1) for end in tops.get(k, ())]
            own = float(place[along])
            held = any(abs(foot - end) < _TOUCH for end in ends if abs(end - own) > 1e-6)
            floating += not held and all(abs(foot - edge) > _TOUCH for edge in edges)
        if floating > 0.1 * len(trace.places):
            trace.flags["floating_bars"] = (
                f"{floating} bars begin neither at zero nor on another bar; their length was read."
            )


def _without_doubles(rects: Sequence[Shape]) -> list[Shape]:
    """One shape a bar where fill and outline, or bar and shadow, are drawn apart."""
    bars: list[Shape] = []
    index: dict[tuple[int, int], list[int]] = defaultdict(list)
    for rect in rects:
        column, row = round(rect.cx), round(rect.cy)
        near = (k for i in (0, -1, 1) for j in (0, -1, 1) for k in index.get((column + i, row + j), ()))
        hit = next(
            (k for k in near if max(abs(a - b) for a, b in zip(bars[k].box, rect.box, strict=True)) < _SAME), None
        )
        if hit is None:
            index[column, row].append(len(bars))
            bars.append(rect)
        elif rect.fill is not None and not rect.painted_by_clip:
            bars[hit] = rect
    return [bar for bar in bars if not (bar.fill is None and _contains_filled(bar, bars))]


def _contains_filled(outline: Shape, bars: Sequence[Shape]) -> bool:
    """Whether an outline runs around bars drawn on their own: a legend frame or a group's box, not a bar."""
    x0, y0, x1, y1 = outline.box
    return sum(b.fill is not None and x0 < b.cx < x1 and y0 < b.cy < y1 for b in bars) >= 1


def stands_upright(bars: Sequence[Shape], panel: Panel) -> bool:
    """Whether bars are columns: by the category axis, else by their equal widths, else by their common foot."""
    if panel.x.scale.numeric != panel.y.scale.numeric:
        return panel.y.scale.numeric
    widths, heights = np.array([b.w for b in bars]), np.array([b.h for b in bars])
    across = float(widths.std() / (widths.mean() + 1e-9))
    up = float(heights.std() / (heights.mean() + 1e-9))
    if abs(across - up) >= 0.02:
        return across < up
    feet = max(Counter(round(b.box[3]) for b in bars).values())
    starts = max(Counter(round(b.box[0]) for b in bars).values())
    return feet >= starts


def _groups(bars: Sequence[Shape]) -> list[list[Shape]]:
    """Bars of one paint; sampled colours of gradients may differ a little."""
    groups: list[list[Shape]] = []
    for bar in bars:
        tolerance = 0.06 if bar.painted_by_clip else 0.004
        for group in groups:
            head = group[0]
            if (bar.fill is None) != (head.fill is None) or (head.painted_by_clip != bar.painted_by_clip):
                continue
            if alike(bar.fill, head.fill, tolerance) or (bar.fill is None and alike(bar.stroke, head.stroke)):
                group.append(bar)
                break
        else:
            groups.append([bar])
    return groups


def _zero(panel: Panel, *, upright: bool) -> float:
    """Where the value axis is zero; its lower end where zero has no place (logarithms, broken axes)."""
    axis = panel.y if upright else panel.x
    low = panel.box[3] if upright else panel.box[0]
    if not axis.scale.numeric:
        return low
    zero = axis.scale.position(0.0)
    return low if np.isnan(zero) else zero


def _common_line(bars: Sequence[Shape], zero: float, *, upright: bool) -> float:
    """Where the bars stand: at zero, or where none does, at the one line that all of them begin at or hang from."""
    ends = np.array([(bar.box[3], bar.box[1]) if upright else (bar.box[0], bar.box[2]) for bar in bars])
    if len(bars) < _FEWEST_EACH or np.any(np.abs(ends - zero) < _TOUCH):
        return zero
    lines = (float(level) for level in ends[0])
    return next((level for level in lines if np.all(np.abs(ends - level).min(axis=1) < _SAME)), zero)


def _ends(bar: Shape, zero: float, *, upright: bool) -> tuple[float, float]:
    """The near and the far end of a bar, seen from zero."""
    a, b = (bar.box[3], bar.box[1]) if upright else (bar.box[0], bar.box[2])
    return (a, b) if abs(a - zero) <= abs(b - zero) else (b, a)
