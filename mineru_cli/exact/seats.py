"""Names of categories whose labels do not stand where their marks do.

Slanted labels end beside their ticks, or are set by the width of their text. Where there are as many labels as places
at which marks stand, and the places are even, the labels belong to the marks in their order.

Comes in: a panel and its traces. Goes out: the panel with the names moved to the marks. Knows nothing of pages.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, Scale

_FEWEST: Final = 3  # names
_SAME: Final = 1.0  # points: marks of one place
_EVEN: Final = 0.05  # of a step
_MOST: Final = 1.1  # steps that a label may stand off its mark
_AT: Final = 0.3  # of a step: a label so near its point needs no moving
_UNDER: Final = 0.45  # of a step: the same for bars, which are broad


def seated(panel: Panel, traces: Sequence[Trace]) -> Panel:
    """Give each place of marks its own name, in order, where by distance some have none or share one."""
    sideways = bool(traces) and all(trace.kind == "hbar" for trace in traces)
    axis = panel.y if sideways else panel.x
    if axis.scale.kind != "category" or len(axis.scale.categories) < _FEWEST or not traces:
        return panel
    places = _distinct(np.concatenate([trace.places[:, 1 if sideways else 0] for trace in traces]))
    bars = all(trace.kind in {"bar", "hbar"} for trace in traces)
    moved = _in_order(axis.scale, places, near=_UNDER if bars else _AT)
    if moved is None:
        return panel
    new = Axis(row=axis.row, scale=moved)
    return replace(panel, y=new) if sideways else replace(panel, x=new)


def _distinct(places: Floats) -> Floats:
    """The middles of places that are one but for rounding, in order."""
    ordered = np.sort(places)
    groups = np.split(ordered, np.nonzero(np.diff(ordered) > _SAME)[0] + 1)
    return np.array([float(group.mean()) for group in groups])


def _in_order(scale: Scale, places: Floats, *, near: float) -> Scale | None:
    """The scale with its names at the places; None where they stand there already, or cannot belong there."""
    labels = np.array([place for place, _ in scale.categories])
    steps = np.diff(places)
    if len(places) != len(labels) or float(np.ptp(steps)) > 2 * (_EVEN * float(np.mean(steps)) + _SAME / 2):
        return None
    off = np.abs(labels - places) / float(np.mean(steps))
    if off.max() <= near or off.max() > _MOST:
        return None
    names = [text for _, text in scale.categories]
    return replace(scale, categories=tuple(zip(map(float, places), names, strict=True)), in_order=True)
