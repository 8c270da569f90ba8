"""CSV: one wide table a chart, and one tidy table for all.

Comes in: charts, tables, document records. Goes out: text. Knows nothing of folders.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mineru_cli.schema import Chart, Document, Figure, Table

TIDY_COLUMNS = (
    "document", "page", "figure", "chart_type", "title", "series", "unit", "x", "y", "raw", "low", "high",
    "printed", "read_by", "confidence", "flags",
)  # fmt: skip

# A spreadsheet runs a cell that begins so; a minus or plus before a number is harmless.
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+\-](?![\d.,\s]*[\d%]\s*$))")


def wide_csv(table: Chart | Table) -> str:
    """The table the way a person would type it: one header, text as printed."""
    return "".join(_csv_lines([table.columns, *table.rows]))


def tidy_header() -> str:
    """The first line of charts.csv."""
    return "".join(_csv_lines([TIDY_COLUMNS]))


def tidy_csv(document: Document) -> Iterator[str]:
    """The lines of charts.csv for one document: one row a point."""
    return _csv_lines(row for figure in document.figures for row in tidy_rows(document.name, figure))


def tidy_rows(document: str, figure: Figure) -> Iterator[Sequence[Any]]:
    """The values under `TIDY_COLUMNS`, a row a point of the figure's chart."""
    chart = figure.chart
    if chart is None:
        return
    for series in chart.series:
        flags = sorted({flag.code for flag in (*figure.flags, *chart.flags, *series.flags)})
        axis = chart.y2 if series.axis == "y2" and chart.y2 is not None else chart.y
        unit = series.unit or axis.unit
        for point in series.points:
            yield (
                document, figure.page, figure.id, chart.type, chart.title, series.name, unit,
                point.x, point.y, point.raw, point.low, point.high, point.printed, chart.read_by, series.confidence,
                " ".join(flags),
            )  # fmt: skip


def _csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    for row in rows:
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow([_cell(value) for value in row])
        yield line.getvalue()


def _cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe in front, as OWASP advises."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value
