"""CSV: one wide table a chart, and one tidy table for all.

Comes in: charts, tables, document records. Goes out: text. Knows nothing of folders.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mineru_cli.schema import Chart, Document, Table

TIDY_COLUMNS = (
    "document", "page", "figure", "chart_type", "title", "series", "unit", "x", "y", "raw", "low", "high",
    "printed", "read_by", "flags",
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
    return _csv_lines(_tidy_rows(document))


def _tidy_rows(document: Document) -> Iterator[Sequence[Any]]:
    for figure in document.figures:
        chart = figure.chart
        if chart is None:
            continue
        for series in chart.series:
            flags = sorted({flag.code for flag in (*figure.flags, *chart.flags, *series.flags)})
            unit = series.unit or chart.y.unit
            for point in series.points:
                yield (
                    document.name, figure.page, figure.id, chart.type, chart.title, series.name, unit,
                    point.x, point.y, point.raw, point.low, point.high, point.printed, chart.read_by, " ".join(flags),
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
