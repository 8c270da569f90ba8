"""Bars without a value axis, with their values printed at them.

When three bars or more on one line are as long as their numbers say, the numbers are the scale.

Comes in: shapes and labels of a page. Goes out: `Draft`, with a scale that begins at the bars' common foot. Knows
nothing of series.
"""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from mineru_cli.exact.drafts import Axis, Draft
from mineru_cli.exact.edges import label_row
from mineru_cli.exact.numerals import read_numbers
from mineru_cli.exact.overhead import names_over
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.regions import Region
from mineru_cli.exact.scale import Floats, Scale, fit_scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import Direction, TickRow
from mineru_cli.schema import Box

_FEWEST: Final = 3
_MOST: Final = 200
_THIN: Final = 2.0  # points: what is thinner is a line
_OFF: Final = 0.012  # of the longest bar: how far a length may be from its number
_CENTRED: Final = 0.35  # em off a bar's middle
_REACH: Final = 1.2  # em between the end of a bar and its number


def measured_bars(shapes: Sequence[Shape], labels: Sequence[Label]) -> list[Draft]:
    """The plot areas of bars whose printed values agree with their lengths."""
    bars = [s for s in shapes if s.rect and s.fill is not None and min(s.w, s.h) > _THIN and min(s.fill) < 0.93]
    if not _FEWEST <= len(bars) <= _MOST:
        return []
    numbers = [(label, value) for label in labels if (value := read_numbers([label.text])[0]) is not None]
    if len(numbers) < _FEWEST:
        return []
    drafts = []
    for upright in (True, False):
        for foot, group in _standing(bars, upright=upright):
            draft = _draft(group, foot, numbers, labels, upright=upright)
            if draft is not None:
                drafts.append(draft)
    return drafts


def _standing(bars: Sequence[Shape], *, upright: bool) -> list[tuple[float, list[Shape]]]:
    """Bars of one thickness that begin at one line, going up or to the right."""
    groups: dict[tuple[int, int], list[Shape]] = defaultdict(list)
    for bar in bars:
        foot, thick = (bar.box[3], bar.w) if upright else (bar.box[0], bar.h)
        groups[round(foot), round(thick)].append(bar)
    return [
        (float(np.median([bar.box[3] if upright else bar.box[0] for bar in group])), group)
        for group in groups.values()
        if len(group) >= _FEWEST
    ]


def _draft(
    bars: list[Shape], foot: float, numbers: Sequence[tuple[Label, float]], labels: Sequence[Label], *, upright: bool
) -> Draft | None:
    found = [(bar, value) for bar in bars if (value := _printed(bar, numbers, upright=upright)) is not None]
    if len(found) < max(_FEWEST, 0.8 * len(bars)):
        return None
    ends = np.array([bar.box[1] if upright else bar.box[2] for bar, _ in found])
    scale = _through_foot(ends, np.array([value for _, value in found]), foot)
    if scale is None:
        return None
    boxes = np.array([bar.box for bar in bars])
    x0, y0, x1, y1 = map(float, (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)))
    box: Box = (x0 - 2, y0, x1 + 2, foot) if upright else (foot, y0 - 2, x1, y1 + 2)
    named: Direction = "x" if upright else "y"
    row = label_row(labels, box, named, "below" if upright else "left")
    row = row if upright else names_over(labels, bars, foot) or row
    names = fit_scale([place for place, _ in row.ticks], row.texts) if row is not None else None
    if row is None or names is None:
        return None
    measure = _axis_labels(labels, box, scale, upright=upright) or TickRow(
        direction="y" if upright else "x",
        side="left" if upright else "below",
        kind="label",
        ticks=(),
        places=(),
        low=foot,
        high=foot,
    )
    lengths, places = [Axis(row=measure, scale=scale)], [Axis(row=row, scale=names)]
    region = Region(box=box, ground="bars")
    return Draft(region=region, x=places if upright else lengths, y=lengths if upright else places)


def _axis_labels(labels: Sequence[Label], box: Box, scale: Scale, *, upright: bool) -> TickRow | None:
    """The row of numbers along the bars that says the same as they do: an axis without a line."""
    row = label_row(labels, box, "y" if upright else "x", "left" if upright else "below")
    axis = fit_scale([place for place, _ in row.ticks], row.texts) if row is not None else None
    if row is None or axis is None or axis.kind != "linear":
        return None
    ends = (box[1], box[3]) if upright else (box[0], box[2])
    span = abs(scale.value(ends[0]) - scale.value(ends[1]))
    return row if all(abs(axis.value(end) - scale.value(end)) < _OFF * span for end in ends) else None


def _printed(bar: Shape, numbers: Sequence[tuple[Label, float]], *, upright: bool) -> float | None:
    """The number nearest to a bar's end, beyond it or inside it, in line with it; else one in its middle."""
    middle = (bar.cx, bar.cy)
    best: tuple[float, float] | None = None
    for label, value in numbers:
        across = abs(label.cx - bar.cx) if upright else abs(label.cy - bar.cy)
        if across > 0.25 * (bar.w if upright else bar.h) + 1.5:
            continue
        beyond = bar.box[1] - label.box[3] if upright else label.box[0] - bar.box[2]
        within = label.box[1] - bar.box[1] if upright else bar.box[2] - label.box[2]
        gap = beyond if beyond >= -1 else within
        if -1 <= gap <= _REACH * label.size and (best is None or gap < best[0]):
            best = (gap, value)
        elif best is None and math.dist(middle, (label.cx, label.cy)) < _CENTRED * label.size:
            best = (math.inf, value)
    return best[1] if best is not None else None


def _through_foot(ends: Floats, values: Floats, foot: float) -> Scale | None:
    """The scale that is zero at the foot and meets every printed value; None where the lengths disagree."""
    lengths = np.abs(ends - foot)
    if len(np.unique(values)) < _FEWEST or values.min() <= 0 or lengths.min() <= 0:
        return None
    per_point = float(np.sum(values * lengths) / np.sum(lengths**2))
    off = np.abs(values / per_point - lengths)
    if off.max() > _OFF * lengths.max():
        return None
    slope = per_point * float(np.sign(ends[0] - foot))
    return Scale(
        kind="linear", slope=slope, origin=-slope * foot, residual=float(off.max()), ticks=len(values), measured=True
    )
