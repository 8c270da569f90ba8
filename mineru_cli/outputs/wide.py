"""A chart as one table of numbers: a row an x, a column a series.

Comes in: a `Chart`. Goes out: a `WideTable`, for whoever hands numbers on as numbers. Knows nothing of files, and
nothing of spreadsheets or data frames.
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from mineru_cli.schema import Chart, Point, Series

XValue = int | float | str | dt.datetime | None

# A year and a month alone are the first of that month; a year alone is a number, and stays one.
_DATE_FORMS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One series under a name that no other column has; ``points`` has None where the series has nothing at that x."""

    name: str
    series: Series
    points: tuple[Point | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WideTable:
    """``x`` are the values down the side, as long as the points of each column; ``head`` says what they are."""

    head: str
    x: tuple[XValue, ...]
    columns: tuple[Column, ...]

    @property
    def is_dated(self) -> bool:
        """Whether every x is a date."""
        return bool(self.x) and all(isinstance(x, dt.datetime) for x in self.x)

    @property
    def is_numeric(self) -> bool:
        """Whether every x is a number."""
        return bool(self.x) and all(isinstance(x, (int, float)) for x in self.x)


def wide_table(chart: Chart) -> WideTable:
    """Line the series up by their x.

    An x that comes again within a series gets a row of its own, so that no point is lost. Rows stand in the order of
    the points; where series have different x that can be sorted, numbers or dates, in the order of these.
    """
    places = [_keyed(series) for series in chart.series]
    keys = list(dict.fromkeys(key for place in places for key in place))
    texts = [x for x, _ in keys]
    dates = _dates(texts) if chart.x.scale == "date" else None
    values: list[XValue] = list(dates) if dates is not None else list(texts)
    order = list(range(len(keys)))
    sortable = dates is not None or all(isinstance(x, (int, float)) for x in texts)
    if sortable and any(place.keys() != places[0].keys() for place in places):
        order.sort(key=lambda row: values[row])  # type: ignore[arg-type,return-value]  # all numbers, or all dates
    names = _unlike([series.name for series in chart.series])
    return WideTable(
        head=chart.x.label or next(iter(chart.columns), "") or "x",
        x=tuple(values[row] for row in order),
        columns=tuple(
            Column(name=name, series=series, points=tuple(place.get(keys[row]) for row in order))
            for name, series, place in zip(names, chart.series, places, strict=True)
        ),
    )


def _keyed(series: Series) -> dict[tuple[int | float | str | None, int], Point]:
    """The points by their x, and by how often that x came before."""
    seen: Counter[int | float | str | None] = Counter()
    keyed = {}
    for point in series.points:
        keyed[point.x, seen[point.x]] = point
        seen[point.x] += 1
    return keyed


def _dates(texts: list[int | float | str | None]) -> list[dt.datetime] | None:
    """All of them as dates in one form; None where any is none."""
    for form in _DATE_FORMS:
        try:
            return [dt.datetime.strptime(str(text), form) for text in texts]  # noqa: DTZ007 - charts have no zones
        except ValueError:
            continue
    return None


def _unlike(names: list[str]) -> list[str]:
    """Names of which no two are the same: ``value``, ``value (2)``."""
    taken: set[str] = set()
    unlike = []
    for name in names:
        candidate, count = name or "value", 1
        while candidate in taken:
            count += 1
            candidate = f"{name or 'value'} ({count})"
        taken.add(candidate)
        unlike.append(candidate)
    return unlike
