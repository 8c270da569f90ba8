"""From places on the page to the numbers of a chart, and to the table a person would type.

Comes in: traces and the panel's scales. Goes out: `mineru_cli.schema.Series`, and the table's columns and rows.
Numbers are rounded to what the drawing can tell: the shortest decimals that stay within its precision.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from mineru_cli.exact.dates import date_text, first_of_month, first_of_year
from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, Scale
from mineru_cli.schema import Flag, Point, Series

PRECISION: Final = 0.006  # points: what programs that write two decimals can place
_COARSE: Final = 0.08  # points: the grid of programs that draw in hundredths of a millimetre, as their ticks show
_OF_GRAIN: Final = 0.12  # what remains of a pixel's rounding after a fit through several ticks
_MOST: Final = 0.8  # of the values that a rounding must suit
_AT_FOOT: Final = 0.2  # points: a foot so near zero stands on it
_AT_TICK: Final = 0.5  # points: a mark so near a tick stands on it
_SAME_PLACE: Final = 0.5  # points: bars of one series that lie over one another, or above and below zero
_MONTH: Final = 27.0
_LEVEL: Final = 0.1  # points: feet of one line

Coordinate = int | float | str | None


def tidy(values: Floats, tolerance: Floats) -> list[int | float]:
    """Round to the fewest decimals that move no value by more than its tolerance; one number of decimals for all."""
    finite = np.isfinite(values)
    if finite.any():
        slack = np.maximum(tolerance[finite], 1e-12 * np.abs(values[finite]))
        for decimals in range(12):
            off = np.abs(np.round(values[finite], decimals) - values[finite])
            # A few may be off by more: programs draw on a grid of their own, seldom finer than this.
            if np.mean(off <= slack) >= _MOST and np.all(off <= 3 * slack):
                return [_plain(round(float(value), decimals)) for value in values]
    return [_significant(float(value), float(t)) for value, t in zip(values, tolerance, strict=True)]


def _plain(value: float) -> int | float:
    return int(value) if math.isfinite(value) and abs(value) < 1e15 and value == int(value) else value


def _significant(value: float, tolerance: float) -> int | float:
    if value == 0 or not math.isfinite(value):
        return value
    digits = max(0, math.ceil(math.log10(abs(value) / max(tolerance, 1e-300)))) + 1
    return _plain(float(f"{value:.{min(digits, 15)}g}"))


def value_scale(trace: Trace, panel: Panel) -> Scale:
    """The scale that the values of a trace are read on."""
    return (panel.x if trace.kind == "hbar" else panel.y2 if trace.second and panel.y2 else panel.y).scale


def series_of(trace: Trace, panel: Panel, snap: dict[float, str]) -> Series:
    """The numbers of one trace. ``snap`` maps places of grouped bars to the category they belong to."""
    across = panel.y if trace.kind == "hbar" else panel.x
    places = trace.places[:, 1] if trace.kind == "hbar" else trace.places[:, 0]
    values, precision = measured(trace, panel)
    numbers = tidy(values, precision)
    if trace.kind in {"bar", "hbar"}:
        x = [
            snap.get(round(float(place), 1)) or coordinate
            for place, coordinate in zip(places, _once(across, places, bar_places(across, places)), strict=True)
        ]
    else:
        x = coordinates(across, places)
    low, high = _reach(trace, value_scale(trace, panel))
    points = [
        Point(x=a, y=b if np.isfinite(v) else None, low=low[k], high=high[k])
        for k, (a, b, v) in enumerate(zip(x, numbers, values, strict=True))
    ]
    for k, printed in trace.printed.items():
        update = {"y": _plain(printed.value), "raw": printed.label.text, "printed": True}
        points[k] = points[k].model_copy(update=update)
    flags = [Flag(code=code, message=message) for code, message in trace.flags.items()]
    return Series(name=trace.name, axis="y2" if trace.second else "y", points=points, flags=flags)


def measured(trace: Trace, panel: Panel) -> tuple[Floats, Floats]:
    """The values of a trace, (n,), and how far the drawing's own precision lets each be off, (n,)."""
    scale = value_scale(trace, panel)
    ends = trace.places[:, 0] if trace.kind == "hbar" else trace.places[:, 1]
    edge = panel.box[0] if trace.kind == "hbar" else panel.box[3]
    values = scale.values(ends)
    precision = _precision(scale, ends, values)
    if trace.feet is None or trace.kind == "band" or scale.kind == "log":
        return values, precision
    near = scale.values(trace.feet)
    from_zero = np.abs(near) <= np.maximum(2.5 * precision, np.abs(scale.values(trace.feet + _AT_FOOT) - near)) + 1e-9
    stands = from_zero | _shared_foot(trace, edge)
    values = np.where(stands, values, values - near)
    return np.abs(values) if scale.mirrored else values, np.where(stands, precision, 2 * precision)


def _precision(scale: Scale, places: Floats, values: Floats) -> Floats:
    """How far values may be off: by what the drawing's coordinates, or its ticks, were rounded to."""
    points = max(PRECISION, _OF_GRAIN * scale.grain, min(scale.residual, _COARSE))
    return np.abs(scale.values(places + points) - values) + 1e-15


def _shared_foot(trace: Trace, edge: float) -> bool:
    """Whether a series stands on one line that is not zero, the panel's edge or another: it says where it ends."""
    feet = trace.feet
    if feet is None or len(feet) < 2 or np.ptp(feet) > _LEVEL:
        return False
    return abs(float(feet[0]) - edge) < 1.5 or "base_line" in trace.flags


def _reach(trace: Trace, scale: Scale) -> tuple[list[float | None], list[float | None]]:
    count = len(trace.places)
    if trace.kind == "band" and trace.feet is not None:
        low, high = scale.values(trace.feet), scale.values(trace.places[:, 1])
    elif trace.reach is not None:
        low, high = scale.values(trace.reach[:, 0]), scale.values(trace.reach[:, 1])
    else:
        return [None] * count, [None] * count
    low, high = np.minimum(low, high), np.maximum(low, high)
    slack = np.full(count, abs(scale.resolution(float(trace.places[0, 1]), PRECISION)) + 1e-15)
    return (
        [v if np.isfinite(v) else None for v in tidy(low, slack)],
        [v if np.isfinite(v) else None for v in tidy(high, slack)],
    )


def coordinates(axis: Axis, places: Floats) -> list[Coordinate]:
    """What places along an axis are called: numbers, dates as ISO text, or categories."""
    scale = axis.scale
    if scale.kind == "category":
        spacing = category_spacing(axis)
        out: list[Coordinate] = []
        for place in places:
            text, distance = scale.category(float(place))
            out.append(text if distance <= 0.3 * spacing else None)
        return out
    values = scale.values(places)
    if scale.kind == "date":
        return list(_dates(scale, values))
    return list(tidy(values, _precision(scale, places, values)))


def _dates(scale: Scale, days: Floats) -> list[str]:
    slack = abs(scale.slope) * (max(scale.residual, 0.1) + max(scale.grain, scale.drift)) + 0.6
    if scale.step >= _MONTH and not scale.date_format:
        months = np.array([first_of_month(day) for day in days])
        if np.all(np.abs(months - days) <= max(slack, 3.5)):
            days = months
    if scale.date_format == "%Y":
        days = np.array([first_of_year(day) for day in days])
    whole = (
        bool(np.all(np.abs(days - np.round(days)) < max(0.05, min(0.4, abs(scale.slope) * 0.05)))) or scale.step >= 3
    )
    return [date_text(float(day), by_day=whole, form=scale.date_format) for day in days]


def category_spacing(axis: Axis) -> float:
    """The distance between two neighbouring categories or ticks, in points."""
    places = axis.row.places if len(axis.row.places) > 1 else [place for place, _ in axis.row.ticks]
    gaps = np.diff(sorted(places))
    if axis.scale.categories and len(axis.scale.categories) > 1:
        gaps = np.diff([place for place, _ in axis.scale.categories])
    return float(np.median(gaps)) if len(gaps) else 1.0


def bar_places(axis: Axis, places: Floats) -> list[Coordinate]:
    """What the bars at some places are called: the tick label under them where there is one."""
    if axis.scale.kind == "category":
        spacing = category_spacing(axis)
        out: list[Coordinate] = []
        for place in places:
            text, distance = axis.scale.category(float(place))
            out.append(text if distance <= 0.75 * spacing else None)
        return out
    named = {place: label.text for place, label in axis.row.ticks}
    spacing = category_spacing(axis)
    texts: list[Coordinate] = []
    plain = coordinates(axis, places)
    for place, number in zip(places, plain, strict=True):
        tick = min(named, key=lambda p: abs(p - place))
        texts.append(named[tick] if abs(tick - place) < max(_AT_TICK, 0.02 * spacing) else number)
    return texts


def _once(axis: Axis, places: Floats, names: list[Coordinate]) -> list[Coordinate]:
    """The names of bars where each category has one: of several bars nearest to one label the nearest alone is its."""
    if axis.scale.kind != "category":
        return names
    nearest: dict[Coordinate, float] = {}
    gaps = [axis.scale.category(float(place))[1] for place in places]
    for name, gap in zip(names, gaps, strict=True):
        nearest[name] = min(gap, nearest.get(name, gap))
    return [name if gap <= nearest[name] + _SAME_PLACE else None for name, gap in zip(names, gaps, strict=True)]


def snap_groups(traces: Sequence[Trace], axis: Axis) -> dict[float, str]:
    """Which tick label each bar of a grouped chart belongs to, where the axis could also be read as numbers."""
    bars = [trace for trace in traces if trace.kind in {"bar", "hbar"}]
    if axis.scale.kind == "category" or len(bars) < 2:
        return {}
    column = 1 if bars[0].kind == "hbar" else 0
    places = sorted({round(float(p), 1) for trace in bars for p in trace.places[:, column]})
    slots = {round(p) for p in places}
    together = max(len({round(float(p)) for p in trace.places[:, column]}) for trace in bars)
    if len(slots) <= together + 1:
        return {}  # stacked or overlaid: the bars stand at their own x
    spacing = category_spacing(axis)
    named = {place: label.text for place, label in axis.row.ticks}
    found = {}
    for place in places:
        tick = min(named, key=lambda p: abs(p - place))
        if abs(tick - place) > 0.5 * spacing:
            return {}
        found[place] = named[tick]
    return found


def table(series: Sequence[Series], head: str) -> tuple[list[str], list[list[str]]]:
    """The table as text, one row an x, one column a series; repeated x of one series get rows of their own."""
    keys: dict[tuple[str, int], dict[int, str]] = {}
    order: dict[tuple[str, int], tuple[float, int]] = {}
    for column, one in enumerate(series):
        seen: dict[str, int] = defaultdict(int)
        for point in one.points:
            text = "" if point.x is None else _text(point.x)
            key = (text, seen[text])
            seen[text] += 1
            if key not in keys:
                keys[key] = {}
                order[key] = (float(point.x) if isinstance(point.x, (int, float)) else 0.0, len(order))
            keys[key][column] = "" if point.y is None else _text(point.y)
    numeric = all(isinstance(p.x, (int, float)) for s in series for p in s.points)
    dated = (
        not numeric
        and len(series) > 1
        and all(isinstance(p.x, str) and p.x[:4].isdigit() and "-" in p.x for s in series for p in s.points)
    )
    ordered = list(keys)
    if numeric and len(series) > 1:
        ordered.sort(key=lambda key: order[key])
    elif dated:
        ordered.sort()
    rows = [[key[0], *(keys[key].get(column, "") for column in range(len(series)))] for key in ordered]
    return [head, *(one.name for one in series)], rows


def _text(value: float | str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    return f"{value:.12g}" if 1e-5 <= abs(value) < 1e15 or value == 0 else f"{value:g}"
