"""Data that stand at whole steps along x: years, tenths of a second.

Programs that draw on whole pixels move ticks, and some also their marks, by up to half a pixel, so that the scale of
the ticks alone puts 2005 at 2004.98. Where all marks stand one step apart and the step is a round number within what
the ticks leave open, the marks' own lattice is the better scale.

Comes in: a panel and its traces. Goes out: the panel with its x scale fitted to the lattice, and the marks on it. Knows
nothing of pages.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from mineru_cli.exact.crisp import grid_of, shifted
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.numerals import read_numbers
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, Scale

_FEWEST: Final = 6  # marks of a series
_EXACT: Final = 0.02  # points: marks that were not rounded stand so near their lattice
_ROUNDED: Final = 0.55  # of a pixel: those that were
_STEP: Final = 2.2  # pixels: of a narrower lattice, rounded marks tell nothing
_STEP_GUESSED: Final = 6.0  # pixels: the same where the marks alone tell of pixels
_WHOLE: Final = 0.03  # of a pixel
_MOST_SHIFT: Final = 1.05  # pixels: half of one for the ticks' own place, half for their rounding
_HALF: Final = 0.2  # of a pixel
_MOST_DIGITS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lattice:
    """Equally spaced places, in points; ``slack`` is how far its marks may stand off it, ``span`` how long it is."""

    start: float
    step: float
    slack: float
    span: float

    def nearest(self, places: Floats) -> Floats:
        """The places of the lattice nearest to some places."""
        return self.start + self.step * np.round((places - self.start) / self.step)

    def holds(self, places: Floats) -> bool:
        """Whether all places stand on it."""
        return bool(np.max(np.abs(places - self.nearest(places))) <= self.slack)


def on_lattice(panel: Panel, traces: Sequence[Trace]) -> Panel:
    """Take the lattice of the data as the x scale where ticks were rounded and the lattice agrees with all of them."""
    scale = panel.x.scale
    mine = [trace for trace in traces if trace.kind in {"line", "step", "area", "bar"} and len(trace.places) >= _FEWEST]
    pixel = _pixel(panel)
    guessed = 0.0 if pixel else max((grid_of(np.unique(trace.places[:, 0]).tolist()) for trace in mine), default=0.0)
    pixel = pixel or guessed
    if scale.kind != "linear" or not mine or not scale.slope or not pixel:
        return panel
    lattice = _lattice([trace.places[:, 0] for trace in mine], pixel)
    better = _fitted(panel, lattice, pixel) if lattice is not None else None
    if lattice is None or better is None or lattice.step < _STEP_GUESSED * guessed:
        drift = max(scale.drift, guessed / 2)
        return replace(panel, x=replace(panel.x, scale=replace(scale, drift=drift))) if guessed else panel
    for trace in mine:
        trace.places = np.column_stack([lattice.nearest(trace.places[:, 0]), trace.places[:, 1]])
    off = _offs(panel, better)
    y = panel.y
    if y.scale.drift and not y.scale.grain and abs(float(np.mean(off)) / pixel - 0.5) < _HALF:
        y = replace(y, scale=shifted(y.scale, pixel / 2))  # what moved the one axis' ticks moved the other's
    return replace(panel, x=replace(panel.x, scale=better), y=y)


def _pixel(panel: Panel) -> float:
    """The stroke width of the x ticks where they stand whole multiples of it apart, or what hairlines show; else 0."""
    widths = {round(shape.width, 3) for shape in panel.x.row.shapes}
    pixel = widths.pop() if len(widths) == 1 else 0.0
    if len(panel.x.row.places) < 3:
        return 0.0
    if pixel < _EXACT:
        return grid_of(panel.x.row.places)
    steps = np.diff(panel.x.row.places) / pixel
    return pixel if np.max(np.abs(steps - np.round(steps))) < _WHOLE else 0.0


def _lattice(runs: Sequence[Floats], pixel: float) -> _Lattice | None:
    """The lattice on which all marks of all series stand."""
    longest = np.unique(np.round(max(runs, key=len), 4))
    gaps = np.diff(longest)
    if len(gaps) < _FEWEST - 1:
        return None
    count = np.concatenate([[0.0], np.cumsum(np.round(gaps / np.median(gaps)))])
    step, start = map(float, np.polyfit(count, longest, 1)) if count[-1] else (0.0, 0.0)
    if step <= 0:
        return None
    worst = float(np.max(np.abs(longest - start - step * count)))
    slack = _EXACT if worst <= _EXACT else _ROUNDED * pixel
    lattice = _Lattice(start=start, step=step, slack=slack, span=float(longest[-1] - longest[0]))
    wide = slack == _EXACT or step > _STEP * pixel
    return lattice if wide and worst <= slack and all(map(lattice.holds, runs)) else None


def _fitted(panel: Panel, lattice: _Lattice, pixel: float) -> Scale | None:
    """The scale on which the lattice's steps are round numbers; None where the ticks do not agree with it."""
    scale = panel.x.scale
    ticks = [place for place, _ in panel.x.row.ticks]
    unsure = pixel / (ticks[-1] - ticks[0]) + lattice.slack / lattice.span
    unit = _roundest(abs(scale.slope * scale.factor) * lattice.step, unsure)
    if unit is None:
        return None
    count = scale.value(lattice.start) / unit
    allowed = _MOST_SHIFT * pixel / lattice.step
    if abs(count - round(count)) > min(allowed, 0.45):
        return None
    slope = math.copysign(unit, scale.slope * scale.factor) / scale.factor / lattice.step
    origin = (round(count) * unit - scale.shift) / scale.factor - slope * lattice.start
    better = replace(scale, slope=slope, origin=origin, grain=pixel, drift=0.0)
    off = _offs(panel, better)
    if np.ptp(off) > 2 * _ROUNDED * pixel or abs(float(np.mean(off))) > _MOST_SHIFT * pixel:
        return None
    return replace(better, residual=float(np.max(np.abs(off - np.mean(off)))))


def _offs(panel: Panel, scale: Scale) -> Floats:
    """How far the ticks stand off a scale, in points; labels that it cannot place are left out."""
    places = [place for place, _ in panel.x.row.ticks]
    numbers = read_numbers(panel.x.row.texts)
    known = [(place, value) for place, value in zip(places, numbers, strict=True) if value is not None]
    return np.array([place - scale.position(value * scale.factor + scale.shift) for place, value in known])


def _roundest(value: float, unsure: float) -> float | None:
    """The number of fewest digits that is a value but for a share of it; None where that takes more than two."""
    power = math.floor(math.log10(value))
    for digits in range(_MOST_DIGITS):
        candidate = round(value, digits - power)
        if abs(candidate - value) <= unsure * value:
            return candidate
    return None
