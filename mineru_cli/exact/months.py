"""Axes of dates that only the data tell.

Years whose lines have a point a month are dates. ``01/16`` is a January or a day in it: what the points then stand for
decides, the first days of months or whole days.

Comes in: a panel and its traces. Goes out: the panel with a scale of dates on x. Knows nothing of pages.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.calendars import between_months, month_of
from mineru_cli.exact.dates import first_of_month, first_of_year
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, Scale, date_scales, quarter_scales, years_as_dates

_FEWEST: Final = 4  # different places along x
_EVEN: Final = 0.05
_MOST_MONTHS: Final = 12
_OFF_TICK: Final = 0.1  # of a step: data so far off every label are not named by labels alone
_MOST: Final = 0.9  # of the points that must stand for whole days or months
_YEAR: Final = re.compile(r"\d{4}")
_OFF: Final = 1.6  # days, and half a point: how far from the first of a month, as months are drawn


def dated_by_data(panel: Panel, traces: Sequence[Trace]) -> Panel:
    """Read the x axis as dates where the points of lines and areas say so."""
    places = np.concatenate([t.places[:, 0] for t in traces if t.kind in {"line", "area", "step"}] or [np.zeros(0)])
    scale: Scale | None = None
    if panel.x.scale.kind == "category":
        scale = _decided(panel, places) or with_skipped(panel.x.scale, places)
    elif panel.x.scale.kind == "linear":
        scale = _monthly(panel.x.scale, places)
    elif panel.x.scale.kind == "date" and len(places) and all(map(_YEAR.fullmatch, panel.x.row.texts)):
        scale = _yearly(panel.x.scale, places)
    return panel if scale is None else replace(panel, x=replace(panel.x, scale=scale))


def with_skipped(scale: Scale, places: Floats) -> Scale | None:
    """A scale of months with the names of those between, where every so many alone are named and data stand between."""
    texts = [text for _, text in scale.categories]
    step, names = between_months(texts)
    gaps = np.diff([place for place, _ in scale.categories])
    if step <= 1 or not len(places) or gaps.min() <= 0 or float(np.ptp(gaps)) > _EVEN * float(gaps.mean()):
        return None
    width = float(gaps.mean()) / step
    start = scale.categories[0][0]
    before = round((start - float(places.min())) / width)
    after = round((float(places.max()) - start) / width)
    first = month_of(texts[0]) - 1
    counts = range(min(0, -before), max(after, step * (len(texts) - 1)) + 1)
    off = (places - start) / width
    if np.max(np.abs(off - np.round(off))) > _EVEN * step or len(counts) > _MOST_MONTHS:
        return None
    return replace(scale, categories=tuple((start + width * k, names[(first + k) % 12]) for k in counts))


def _monthly(scale: Scale, places: Floats) -> Scale | None:
    """The dates of an axis of years whose lines have a point a month."""
    if len(places) < 8 or not 1700 < scale.value(float(places[0])) < 2200:
        return None
    values = scale.values(places)
    months = np.round(values * 12)
    if np.mean(months % 12 == 0) > 0.5 or np.max(np.abs(values * 12 - months)) > 0.2:
        return None
    return years_as_dates(scale)


def _yearly(scale: Scale, places: Floats) -> Scale | None:
    """The dates of an axis of years whose points all stand for whole years, to be written as years."""
    days = scale.values(places)
    off = days - np.array([first_of_year(day) for day in days])
    return replace(scale, date_format="%Y") if np.all(np.abs(off) < _OFF + 0.5 * abs(scale.slope)) else None


def _decided(panel: Panel, places: Floats) -> Scale | None:
    """The one of several readings of the labels under which the points stand for whole days or months."""
    row = panel.x.row
    distinct = np.unique(np.round(places, 1))
    if len(distinct) < _FEWEST:
        return None
    ticks = np.array([place for place, _ in row.ticks])
    off = np.min(np.abs(distinct[:, None] - ticks[None, :]), axis=1)
    between = off.max() > _OFF_TICK * float(np.min(np.diff(ticks)))
    scales = date_scales(ticks, row.texts) + (quarter_scales(ticks, row.texts) if between else [])
    fitting = [scale for scale in scales if _whole(scale, distinct)]
    return fitting[0] if len(fitting) == 1 else None


def _whole(scale: Scale, places: Floats) -> bool:
    days = scale.values(places)
    gap = float(np.median(np.diff(np.sort(days))))
    if gap > 25:
        off = np.array([day - first_of_month(day) for day in days])
        return bool(np.mean(np.abs(off) < _OFF + 0.5 * abs(scale.slope)) >= _MOST)
    return gap > 0.9 and bool(np.mean(np.abs(days - np.round(days)) < 0.15) >= _MOST)
