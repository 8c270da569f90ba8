"""Bars between a row of names and a row of numbers, with neither ticks nor gridlines.

Three bars or more begin at one line, and a zero stands at it as the first of evenly spaced numbers along the bars.

Comes in: a finder. Goes out: `Draft`, whose scales are those of the labels' middles. Knows nothing of series.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from mineru_cli.exact.drafts import Axis, Draft, Finder
from mineru_cli.exact.edges import numbers_on
from mineru_cli.exact.numerals import read_numbers
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.regions import Region
from mineru_cli.exact.ticks import TickRow
from mineru_cli.schema import Box

_FEWEST: Final = 3
_MOST: Final = 500
_THIN: Final = 2.0  # points: what is thinner is a line
_UNEVEN: Final = 2.0  # points: bars of one length are a table's ground


def bare_bars(finder: Finder) -> list[Draft]:
    """The plot areas of bars that only texts calibrate."""
    bars = [s for s in finder.shapes if s.rect and s.fill is not None and min(s.w, s.h) > _THIN and min(s.fill) < 0.93]
    if not _FEWEST <= len(bars) <= _MOST:
        return []
    drafts = []
    for upright in (True, False):
        for foot, box in _standing(bars, upright=upright):
            draft = _draft(finder, foot, box, upright=upright)
            if draft is not None:
                drafts.append(draft)
    return drafts


def _standing(bars: Sequence[Shape], *, upright: bool) -> Iterator[tuple[float, Box]]:
    """The lines that bars of different lengths begin at, and the box of those bars."""
    groups: dict[int, list[Shape]] = defaultdict(list)
    for bar in bars:
        groups[round(bar.box[3] if upright else bar.box[0])].append(bar)
    for group in groups.values():
        lengths = [bar.h if upright else bar.w for bar in group]
        if len(group) >= _FEWEST and max(lengths) - min(lengths) > _UNEVEN:
            x0, y0 = min(bar.box[0] for bar in group), min(bar.box[1] for bar in group)
            x1, y1 = max(bar.box[2] for bar in group), max(bar.box[3] for bar in group)
            yield (y1 if upright else x0), (x0, y0, x1, y1)


def _draft(finder: Finder, foot: float, box: Box, *, upright: bool) -> Draft | None:
    row = numbers_on(finder.labels, box[0] if upright else box[3], foot, "y" if upright else "x")
    if row is None or not _from_zero(row):
        return None
    scale = finder.fit(row)
    names = finder.label_axes(box, "x" if upright else "y")
    if scale is None or not scale.numeric or scale.rejected or not names:
        return None
    places = row.places
    box = (box[0], min(box[1], places[0]), box[2], foot) if upright else (foot, box[1], max(box[2], places[-1]), box[3])
    numbers = [Axis(row=row, scale=replace(scale, estimated=True))]
    region = Region(box=box, ground="bars")
    return Draft(region=region, x=names if upright else numbers, y=numbers if upright else names)


def _from_zero(row: TickRow) -> bool:
    """Whether the number at the bars' foot is zero."""
    at_foot = row.texts[-1] if row.direction == "y" else row.texts[0]
    return read_numbers([at_foot])[0] == 0
