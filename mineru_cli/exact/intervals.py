"""Axes whose ticks part the categories: the data and the labels stand in the middle of the intervals.

Spreadsheets draw line charts so. Where every label has room it stands visibly between two ticks; slanted, or one for
several intervals, it is taken for the label of the tick before it. All data then stand half a step off the ticks.

Comes in: a panel and its traces. Goes out: the panel with the labels moved to where the data stand. Knows nothing of
pages.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, fit_scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import anchors

_FEWEST: Final = 3  # different places along x
_EVEN: Final = 0.02  # of a step
_MIDDLE: Final = 0.06  # of a step: how far from halfway
_ALIKE: Final = 0.6  # points: how far labels under their points may differ in how far off they are
_HAIR: Final = 2.0  # points: how far off they may be
_SLANTED: Final = 0.5  # em: the same for slanted labels
_ASKEW: Final = 0.4  # of a step: how far a label may point off its place


def between_ticks(panel: Panel, traces: Sequence[Trace]) -> Panel:
    """Move labels from the ticks to the middles of the intervals where all lines have their points there."""
    runs = [trace.places[:, 0] for trace in traces if trace.kind in {"line", "area"}]
    row = panel.x.row
    if not runs or len(runs) < len(traces) or len(row.places) < _FEWEST:
        return panel
    if row.kind == "label":
        return _under_data(panel, np.unique(np.concatenate(runs))) if panel.x.scale.numeric else panel
    step = _step(np.concatenate(runs))
    if step is None or row.kind == "grid":
        return panel
    first = row.places[0]
    if not _halfway(np.concatenate(runs), first, step) or not _parts(np.array(row.places), step):
        return panel
    ticks = []
    for place, label in row.ticks:
        pointed = anchors(label, row.side)[0]
        middle = first + step * (np.floor((pointed - first) / step) + 0.5)
        if abs(pointed - middle) > _ASKEW * step or abs(pointed - place) < 0.1 * step:
            return panel
        ticks.append((float(middle), label))
    return _with_ticks(panel, ticks)


def _under_data(panel: Panel, places: Floats) -> Panel:
    """Move labels that mark an axis without ticks to the points they stand under, all a hair off.

    Slanted labels end somewhere near their place: they may be further off.
    """
    gaps = np.diff(places)
    ticks = [(float(places[np.argmin(np.abs(places - place))]), label) for place, label in panel.x.row.ticks]
    off = np.array([place - moved for (place, _), (moved, _) in zip(panel.x.row.ticks, ticks, strict=True)])
    slanted = all(label.angle % 90 for _, label in ticks)
    hair, share = (_SLANTED * ticks[0][1].size, 0.25) if slanted else (_HAIR, 0.15)
    if np.ptp(off) > _ALIKE or np.max(np.abs(off)) > min(hair, share * float(np.median(gaps[gaps > _ALIKE]))):
        return panel
    return _with_ticks(panel, ticks)


def _with_ticks(panel: Panel, ticks: Sequence[tuple[float, Label]]) -> Panel:
    row = replace(panel.x.row, ticks=tuple(ticks))
    scale = fit_scale([place for place, _ in ticks], row.texts)
    if scale is None or scale.kind == "log":
        return panel
    return replace(panel, x=Axis(row=row, scale=replace(scale, estimated=panel.x.scale.estimated)))


def _step(places: Floats) -> float | None:
    """The distance between neighbouring points where it is the same everywhere, or a multiple of it."""
    gaps = np.diff(np.unique(np.round(places, 1)))
    gaps = gaps[gaps > 1.0]
    if len(gaps) < _FEWEST - 1:
        return None
    counts = np.round(gaps / np.median(gaps))
    if counts.min() < 1:
        return None
    step = float(np.ptp(places) / counts.sum())
    return step if np.all(np.abs(gaps / step - counts) < 5 * _EVEN) else None


def _halfway(places: Floats, first: float, step: float) -> bool:
    """Whether all points stand in the middle of steps counted from the first tick."""
    share = ((places - first) / step) % 1.0
    return bool(np.all(np.abs(share - 0.5) < _MIDDLE))


def _parts(ticks: Floats, step: float) -> bool:
    """Whether ticks stand whole steps apart."""
    counts = np.diff(ticks) / step
    return bool(np.all(np.abs(counts - np.round(counts)) < 2 * _EVEN * np.maximum(counts, 1.0)))
