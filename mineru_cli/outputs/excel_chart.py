"""The native chart of a worksheet: the same kind as the one in the document, drawn by Excel from the cells beside it.

Comes in: a chart, its wide table and where that lies on a sheet. Goes out: an XlsxWriter chart. What Excel has no
chart for (box plots, heat maps) is drawn as columns, lines or points. Knows nothing of files.
"""

import itertools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mineru_cli.outputs.plot import Mark, Plot, plot_of
from mineru_cli.outputs.wide import Column, WideTable
from mineru_cli.schema import Axis, Chart

if TYPE_CHECKING:
    from xlsxwriter import Workbook

Kind = Literal["column", "line", "scatter", "area", "pie", "doughnut", "radar"]

_ROUND = frozenset({"pie", "doughnut", "radar"})
_NOT_XML = re.compile(r"[\x00-\x1f\x7f\ufffe\uffff]")
_MOST_TITLE = 255  # characters Excel takes in a chart's own text


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a wide table lies: its sheet, the row of its heading, its first column. All from 0."""

    sheet: str
    row: int
    column: int = 0


def native_chart(book: "Workbook", chart: Chart, table: WideTable, place: Place) -> Any:
    """An XlsxWriter chart of the table; None where there is no number to draw."""
    plot = plot_of(chart)
    shown = [(number, column) for number, column in enumerate(table.columns, 1) if _has_numbers(column)]
    if plot is None or not shown:
        return None
    marks = {number: _mark_of(plot, number) for number, _ in shown}
    kind, subtype = _kind(chart, table, plot, {*marks.values()})
    lines = {number for number, mark in marks.items() if mark not in {"bar", "area"}}
    if kind not in {"column", "area"} or len(lines) == len(shown):
        lines = set()
    second = {number for number, column in shown if column.series.axis == "y2"}
    if len(second) == len(shown) or kind in _ROUND:
        second = set()
    main = book.add_chart({"type": kind} | ({"subtype": subtype} if subtype else {}))
    overlay = book.add_chart({"type": "line"}) if lines else None
    for number, column in shown:
        settings = _series(kind, table, place, number, column)
        if number in second:
            settings["y2_axis"] = True
        (overlay if overlay is not None and number in lines else main).add_series(settings)
    if overlay is not None:
        main.combine(overlay)
    _label(main, chart, table, kind)
    if second:
        axis = _axis(chart.y2 or Axis(), [column for number, column in shown if number in second], stacked=False)
        (overlay if overlay is not None and second <= lines else main).set_y2_axis(axis)
    if kind not in _ROUND:
        first = [column for number, column in shown if number not in second]
        main.set_y_axis(_axis(chart.y, first, stacked=subtype == "stacked"))
    return main


def _mark_of(plot: Plot, number: int) -> Mark:
    """What the series of that number, from 1, is drawn with."""
    name = plot.names[number - 1]
    return next(layer.mark for layer in plot.layers if name in layer.names)


def _kind(chart: Chart, table: WideTable, plot: Plot, marks: set[Mark]) -> tuple[Kind, str]:
    """The kind of chart and XlsxWriter's name for its variant.

    All charts of Excel but scatter charts set their points at even steps, so numbers that are uneven need one.
    """
    stacked = "stacked" if plot.stacked else ""
    fits = not table.is_numeric or (_is_even(table) and chart.x.scale != "log")
    if plot.kind == "pie":
        return ("pie" if len(table.columns) == 1 else "doughnut"), ""
    if chart.type == "radar":
        return "radar", ""
    if "bar" in marks:
        return "column", stacked
    if "area" in marks and fits:
        return "area", stacked
    if marks == {"point"} and table.is_numeric:
        return "scatter", ""
    return ("line", "") if fits else ("scatter", "straight")


def _is_even(table: WideTable) -> bool:
    """Whether the numbers of x go up by even steps."""
    numbers = [x for x in table.x if isinstance(x, (int, float))]
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    return all(step > 0 and math.isclose(step, steps[0], rel_tol=1e-6) for step in steps)


def _series(kind: Kind, table: WideTable, place: Place, number: int, column: Column) -> dict[str, Any]:
    first, last = place.row + 1, place.row + len(table.x)
    settings: dict[str, Any] = {
        "name": [place.sheet, place.row, place.column + number],
        "categories": [place.sheet, first, place.column, last, place.column],
        "values": [place.sheet, first, place.column + number, last, place.column + number],
    }
    if kind == "scatter":
        settings["marker"] = {"type": "circle", "size": 5}
    if kind in {"column", "line", "scatter"} and (bars := _error_bars(column)) is not None:
        settings["y_error_bars"] = bars
    return settings


def _error_bars(column: Column) -> dict[str, Any] | None:
    """The ends of the error bars as distances from the values; None where no point has any."""
    ups, downs = [], []
    for point in column.points:
        y = point.y if point is not None else None
        high, low = (point.high, point.low) if point is not None else (None, None)
        ups.append(max(0.0, high - y) if y is not None and high is not None else 0)
        downs.append(max(0.0, y - low) if y is not None and low is not None else 0)
    if not any(ups) and not any(downs):
        return None
    return {"type": "custom", "plus_values": ups, "minus_values": downs}


def _label(main: Any, chart: Chart, table: WideTable, kind: Kind) -> None:
    """Title, legend and the axis along the bottom."""
    main.set_title({"name": plain(chart.title, _MOST_TITLE), "overlay": False} if chart.title else {"none": True})
    main.show_blanks_as("gap")
    if kind in _ROUND:
        return
    if len(table.columns) == 1:
        main.set_legend({"none": True})
    axis: dict[str, Any] = {"name": plain(_axis_title(chart.x), _MOST_TITLE)} if _axis_title(chart.x) else {}
    if kind == "scatter":
        axis |= _ends(chart.x, [x for x in table.x if isinstance(x, (int, float))])
        axis["major_gridlines"] = {"visible": False}
    elif table.is_dated:
        axis |= {"date_axis": True, "num_format": "yyyy-mm-dd"}
    axis["label_position"] = "low"
    main.set_x_axis(axis)


def _axis(axis: Axis, columns: list[Column], *, stacked: bool) -> dict[str, Any]:
    """``stacked`` columns reach as far as their sums."""
    values = [point.y for column in columns for point in column.points if point is not None and point.y is not None]
    if stacked:
        rows = zip(*(column.points for column in columns), strict=True)
        values += [math.fsum(point.y or 0 for point in row if point is not None) for row in rows]
    title = _axis_title(axis)
    return ({"name": plain(title, _MOST_TITLE)} if title else {}) | _ends(axis, values)


def _ends(axis: Axis, values: list[int | float]) -> dict[str, Any]:
    """A log scale where all values allow one, and the ends of the original axis where all values lie within."""
    settings: dict[str, Any] = {}
    log = axis.scale == "log" and all(value > 0 for value in values)
    if log:
        settings["log_base"] = 10
    if axis.scale in {"linear", "log"} and axis.minimum is not None and axis.maximum is not None:
        low, high = _round_ends(axis.minimum, axis.maximum, log=log)
        if (low > 0 or not log) and all(low <= value <= high for value in values):
            settings |= {"min": low, "max": high}
    return settings


def _round_ends(low: float, high: float, *, log: bool) -> tuple[float, float]:
    """To what a reader of the axis can see: four digits of each on a log axis, else of the distance between."""
    if log or not high > low:
        return float(f"{low:.4g}"), float(f"{high:.4g}")
    decimals = 4 - math.floor(math.log10(high - low))
    return round(low, decimals), round(high, decimals)


def _axis_title(axis: Axis) -> str:
    return f"{axis.label} ({axis.unit})" if axis.unit and axis.unit not in axis.label else axis.label


def _has_numbers(column: Column) -> bool:
    return any(point is not None and point.y is not None for point in column.points)


def plain(text: str, longest: int) -> str:
    """Text that the XML of a workbook can hold, on one line, cut with an ellipsis where it is too long."""
    text = " ".join(_NOT_XML.sub(" ", text).split())
    return text if len(text) <= longest else text[: longest - 1] + "…"
