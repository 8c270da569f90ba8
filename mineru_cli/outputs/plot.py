"""What has to be drawn of a chart: rows of data, the kind of x, and which series share a mark and an axis.

Comes in: a `Chart`. Goes out: a `Plot`, or None where no number was read. Knows nothing of Vega-Lite.
"""

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from mineru_cli.schema import Chart, Series

Mark = Literal["bar", "line", "area", "band", "point"]
Kind = Literal["axes", "pie", "grid"]
XKind = Literal["number", "date", "category"]
Row = dict[str, Any]

_MARKS: Final[dict[str, Mark]] = {
    "bar": "bar",
    "bar_stacked": "bar",
    "bar_line": "bar",
    "histogram": "bar",
    "funnel": "bar",
    "waterfall": "bar",
    "treemap": "bar",
    "sunburst": "bar",
    "pie": "bar",
    "line": "line",
    "step": "line",
    "radar": "line",
    "area": "area",
    "area_stacked": "area",
    "scatter": "point",
    "bubble": "point",
    "box": "point",
    "violin": "point",
    "strip": "point",
}
_STACKED: Final = frozenset({"bar_stacked", "area_stacked"})
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Series drawn with one mark against one value axis.

    ``reach`` are the least and the greatest value that must fit on the axis, sums where the series are stacked.
    """

    mark: Mark
    axis: Literal["y", "y2"]
    names: tuple[str, ...]
    reach: tuple[float, ...]
    most_points: int
    has_errors: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """``rows`` have ``series``, ``k``, ``i``, ``x``, ``y``, ``label``, and where known ``x_end``, ``low`` and ``high``.

    ``k`` numbers the series and ``i`` the points of each. ``names`` are those of the series, no two the same. ``bins``
    says that bars reach from ``x`` to ``x_end``, ``is_crowded`` that the names of the categories fill more than a line.
    """

    kind: Kind
    x: XKind
    rows: list[Row]
    names: tuple[str, ...]
    layers: tuple[Layer, ...]
    stacked: bool
    bins: bool
    categories: int
    longest_category: int
    is_crowded: bool

    @property
    def bar_names(self) -> list[str]:
        """The series that are bars."""
        return [name for layer in self.layers if layer.mark == "bar" for name in layer.names]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A series under a name of its own, with its mark and its rows."""

    name: str
    series: Series
    mark: Mark
    rows: list[Row]


def plot_of(chart: Chart) -> Plot | None:
    """What has to be drawn; None when there is no number.

    A type nobody foresaw is drawn by its x: points over numbers as lines, over names as bars.
    """
    marks = _marks(chart)
    x = _x_kind(chart, marks)
    kind = _kind(chart)
    names = _unlike([series.name for series in chart.series])
    all_named = [
        _Named(name=name, series=series, mark=mark, rows=list(_rows(series, name, k, x)))
        for k, (name, series, mark) in enumerate(zip(names, chart.series, marks, strict=True))
    ]
    if not any(_reach(named.rows) for named in all_named):
        return None
    step = _bin_width(chart, all_named) if x == "number" else None
    if step is not None:
        for row in (row for named in all_named for row in named.rows):
            row["x"], row["x_end"] = row["x"] - step / 2, row["x"] + step / 2
    stacked = _is_stacked(chart, all_named)
    categories = {row["x"] for named in all_named for row in named.rows} if x == "category" else set()
    return Plot(
        kind=kind,
        x="category" if kind == "grid" else x,
        rows=[row for named in all_named for row in named.rows],
        names=tuple(names),
        layers=tuple(_layers(all_named, stacked=stacked)),
        stacked=stacked,
        bins=step is not None,
        categories=len(categories),
        longest_category=max((len(str(category)) for category in categories), default=0),
        is_crowded=sum(len(str(category)) + 2 for category in categories) > 62,
    )


def _marks(chart: Chart) -> list[Mark]:
    """The mark of each series."""
    usual = _MARKS.get(chart.type) or _guess(chart)
    marks: list[Mark] = ["band" if _is_band(series) else usual for series in chart.series]
    if chart.type != "bar_line":
        return marks
    second = [series.axis == "y2" for series in chart.series]
    unlike_first = [series.unit != chart.series[0].unit for series in chart.series]
    last = [series is chart.series[-1] for series in chart.series]
    is_line = next((tells for tells in (second, unlike_first) if any(tells) and not all(tells)), last)
    return ["line" if line and mark == "bar" else mark for mark, line in zip(marks, is_line, strict=True)]


def _guess(chart: Chart) -> Mark:
    """The mark of a chart of no known type."""
    words = set(chart.type.split("_"))
    known = next((mark for word, mark in _MARKS.items() if word in words), None)
    return known or ("bar" if chart.x.scale in {"category", None} else "line")


def _is_band(series: Series) -> bool:
    return series.name.endswith("(band)") and all(point.low is not None for point in series.points)


def _kind(chart: Chart) -> Kind:
    values = [point.y for series in chart.series for point in series.points if point.y is not None]
    if chart.type == "pie" and min(values, default=0) >= 0 and len(chart.series) <= 9:
        return "pie"
    return "grid" if chart.type == "heatmap" and len(chart.series) > 1 else "axes"


def _x_kind(chart: Chart, marks: Sequence[Mark]) -> XKind:
    """Bars other than bins stand over names, whatever these are; the rest over numbers and dates where all x are."""
    xs = [point.x for series in chart.series for point in series.points if point.x is not None]
    if not xs or ("bar" in marks and chart.type != "histogram") or chart.type in {"pie", "heatmap", "radar"}:
        return "category"
    if all(_is_number(x) for x in xs):
        return "number"
    return "date" if chart.x.scale == "date" and all(isinstance(x, str) for x in xs) else "category"


def _rows(series: Series, name: str, k: int, x: XKind) -> Iterator[Row]:
    """The points as data. A name that comes again on a category axis gets a number, so that both are seen."""
    seen: Counter[Any] = Counter()
    for i, point in enumerate(series.points):
        place: Any = point.x
        if x == "category":
            place = _category(place)
            seen[place] += 1
            place = place if seen[place] == 1 else f"{place} ({seen[place]})"
        elif place is None:
            continue
        row = {"series": name, "k": k, "i": i, "x": place, "y": point.y if _is_number(point.y) else None}
        if _is_number(point.low) and _is_number(point.high):
            row |= {"low": point.low, "high": point.high}
        yield row | {"label": point.raw or ("" if point.y is None else f"{point.y:g}")}


def _category(x: float | str | None) -> float | str:
    """An x as a name: numbers stay numbers where they are finite."""
    if x is None:
        return ""
    return x[:_LONGEST_NAME] if isinstance(x, str) else x if _is_number(x) else str(x)


def _bin_width(chart: Chart, all_named: Sequence[_Named]) -> float | None:
    """How wide the bins of a histogram are; None where they are not all of one width."""
    if chart.type != "histogram":
        return None
    places = sorted({row["x"] for named in all_named for row in named.rows})
    gaps = [b - a for a, b in itertools.pairwise(places)]
    is_even = gaps and math.isfinite(max(gaps)) and max(gaps) - min(gaps) < 0.02 * max(gaps)
    return gaps[0] if is_even else None


def _is_stacked(chart: Chart, all_named: Sequence[_Named]) -> bool:
    """Whether the series stand on one another. Of areas only the axis can tell: the sums end near its top."""
    if chart.type in _STACKED:
        return True
    areas = [named for named in all_named if named.mark == "area"]
    if len(areas) < 2 or chart.y.maximum is None:
        return False
    return 0.5 * chart.y.maximum < max(_sums(areas)) <= 1.02 * chart.y.maximum


def _layers(all_named: Sequence[_Named], *, stacked: bool) -> Iterator[Layer]:
    """Series by mark and axis: those that fill an area first, so that they hide no others."""
    marks: tuple[Mark, ...] = ("area", "band", "bar", "line", "point")
    axes: tuple[Literal["y", "y2"], ...] = ("y", "y2")
    for axis in axes:
        for mark in marks:
            mine = [named for named in all_named if (named.mark, named.series.axis) == (mark, axis)]
            if mine:
                yield _layer(mine, mark, axis, stacked=stacked)


def _layer(mine: Sequence[_Named], mark: Mark, axis: Literal["y", "y2"], *, stacked: bool) -> Layer:
    rows = [row for named in mine for row in named.rows]
    values = _reach(rows)
    if stacked and mark in {"bar", "area"}:
        values += _sums(mine)
    return Layer(
        mark=mark,
        axis=axis,
        names=tuple(named.name for named in mine),
        reach=(min(values), max(values)) if values else (),
        most_points=max(len(named.rows) for named in mine),
        has_errors=any("low" in row for row in rows),
    )


def _sums(all_named: Sequence[_Named]) -> list[float]:
    """The sums of what stands at one x, upwards and downwards apart."""
    up: Counter[Any] = Counter()
    down: Counter[Any] = Counter()
    for row in (row for named in all_named for row in named.rows):
        (up if (row["y"] or 0) >= 0 else down)[row["x"]] += row["y"] or 0
    return [0, *filter(math.isfinite, (*up.values(), *down.values()))]


def _reach(rows: Sequence[Row]) -> list[float]:
    """Every value that rows have on the value axis."""
    return [row[field] for row in rows for field in ("y", "low", "high") if row.get(field) is not None]


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _unlike(names: Sequence[str]) -> list[str]:
    """Names of which no two are the same."""
    taken: dict[str, None] = {}
    for name in names:
        short = name[:_LONGEST_NAME] or "value"
        numbered = (f"{short} ({count})" for count in itertools.count(2))
        taken[next(one for one in itertools.chain([short], numbered) if one not in taken)] = None
    return list(taken)
