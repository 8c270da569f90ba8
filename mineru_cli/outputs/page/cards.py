"""What the page tells of each figure: an entry to filter and sort by, and the details shown when it is looked at.

Comes in: document records. Goes out: plain values for page.js, and a description of each chart for who cannot see it.
Knows nothing of HTML.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mineru_cli.outputs.words import doubts_about, how_it_was_read, kind_in_words, title_of
from mineru_cli.schema import Chart, Document, Failure, Figure, Series, Table

READERS: Final = {
    "exact": "exactly from the drawing",
    "model": "by the model",
    "server": "by the model on a server",
    "": "not at all",
}

MOST_ROWS: Final = 1000
"""Tables of more rows are thinned on the page, to half of that."""

_MOST_COLUMNS: Final = 60
_LONGEST_CELL: Final = 300
_LONGEST_TITLE: Final = 300
_LISTED: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One figure. ``entry`` is looked at for all cards at once, ``details`` for one; both go to page.js as they are."""

    entry: dict[str, Any]
    details: list[Any]


def cards_of(document: Document, number: int, beside: dict[str, list[str]]) -> Iterator[Card]:
    """The cards of a document.

    Parameters
    ----------
    number
        The document's place in the page's list of them.
    beside
        For each figure, the suffixes of the files that lie beside the record, such as ``.png``.
    """
    failures = {failure.figure: failure for failure in document.failures if failure.figure is not None}
    for figure in document.figures:
        failure = failures.get(figure.id)
        yield Card(
            entry=_entry(figure, failure, number, beside.get(figure.id, [])),
            details=_details(document, figure, failure, beside.get(figure.id, [])),
        )


def doubt(figure: Figure) -> float:
    """How much a figure wants looking at, 0 to 1: for the order of the page only.

    What was not read comes first, then charts without a number, then what is flagged, the more flags the earlier,
    and what has a low confidence.
    """
    content = figure.chart or figure.table
    if content is None:
        return 1.0
    if figure.kind == "other":
        return 0.1
    if figure.chart is not None and not any(series.points for series in figure.chart.series):
        return 0.95
    flags = len(_codes(figure))
    flagged = min(0.9, 0.25 + 0.1 * flags) if flags else 0.0
    confidence = figure.chart.confidence if figure.chart is not None else None
    return round(max(flagged, 0.0 if confidence is None else 1 - confidence), 3)


def describe(chart: Chart) -> str:
    """A chart in a sentence or two: its kind, its title, and from where to where each series goes."""
    kind = kind_in_words(chart)
    head = f"{kind[:1].upper()}{kind[1:]}" + (f", “{_short(chart.title, 120)}”" if chart.title else "")
    parts = [_describe_series(series) for series in chart.series[:_LISTED]]
    more = len(chart.series) - _LISTED
    parts += [f"and {more} more series"] if more > 0 else []
    return f"{head}: " + "; ".join(parts) + "." if parts else f"{head}, without numbers."


def _describe_series(series: Series) -> str:
    values = [point.y for point in series.points if point.y is not None]
    name = _short(series.name, 60) or "the series"
    if not values:
        return f"{name} has no numbers"
    first, last = series.points[0].x, series.points[-1].x
    span = f" from {_short(str(first), 30)} to {_short(str(last), 30)}" if len(series.points) > 1 else ""
    count = "1 point" if len(series.points) == 1 else f"{len(series.points):,} points"
    return f"{name}, {count}{span}, between {min(values):g} and {max(values):g}"


def _entry(figure: Figure, failure: Failure | None, number: int, files: Sequence[str]) -> dict[str, Any]:
    chart = figure.chart
    is_read = (chart or figure.table) is not None
    codes = [*_codes(figure), *([failure.code] if failure is not None else [])]
    return {
        "doc": number,
        "id": figure.id,
        "page": figure.page,
        "kind": figure.kind,
        "label": _short(_label(figure), 60),
        "title": _short(title_of(figure), _LONGEST_TITLE),
        "by": chart.read_by if chart is not None else "model" if figure.table is not None else "",
        "codes": list(dict.fromkeys(codes)),
        "doubt": doubt(figure),
        "failed": not is_read,
        "files": list(files),
        "size": figure.pixels,
    }


def _details(document: Document, figure: Figure, failure: Failure | None, files: Sequence[str]) -> list[Any]:
    doubts = list(doubts_about(figure))
    if failure is not None:
        doubts.insert(0, f"{failure.message}. {failure.cure}" if failure.cure else failure.message)
    content = figure.chart or figure.table
    columns, rows, count, note = _table(content)
    alt = [f"Picture of {figure.id} on page {figure.page} of {document.name}", _redrawn(figure, files)]
    return [figure.caption, list(_how(figure)), doubts, alt, columns, rows, count, note]


def _redrawn(figure: Figure, files: Sequence[str]) -> str:
    """What stands for the redrawn chart: its description, or why there is none."""
    if figure.chart is None or ".svg" in files:
        return "" if figure.chart is None else f"Redrawn: {describe(figure.chart)}"
    if ".vl.json" not in files:
        return "There is no number to draw."
    return "It was not redrawn. The specification is there to be opened in a Vega-Lite editor."


def _how(figure: Figure) -> Iterator[str]:
    chart, answer = figure.chart, figure.answer
    if chart is not None:
        yield how_it_was_read(chart)
        known = [point.printed for series in chart.series for point in series.points if point.printed is not None]
        if known:
            yield f"{sum(known)} of {len(known)} numbers are printed in the figure"
    if answer is not None and answer.rung != "whole":
        yield f"memory was short: {answer.rung.replace('_', ' ')}"


def _label(figure: Figure) -> str:
    if figure.chart is None and figure.table is None:
        return "not read"
    if figure.kind == "other":
        return "no chart"
    return kind_in_words(figure.chart) if figure.chart is not None else "table"


def _codes(figure: Figure) -> list[str]:
    content = figure.chart or figure.table
    flags = [*figure.flags, *(content.flags if content is not None else ())]
    if figure.chart is not None:
        flags += [flag for series in figure.chart.series for flag in series.flags]
    return list(dict.fromkeys(flag.code for flag in flags))


def _table(content: Chart | Table | None) -> tuple[list[str], list[list[str]], int, str]:
    """Headings, rows as shown, how many there are, and what was left out of them."""
    if content is None:
        return [], [], 0, ""
    rows, notes = content.rows, []
    if len(rows) > MOST_ROWS:
        step = -(-len(rows) // (MOST_ROWS // 2))
        rows = [*rows[:-1:step], rows[-1]]
        notes.append(f"{len(rows):,} of {len(content.rows):,} rows are shown here")
    if len(content.columns) > _MOST_COLUMNS:
        notes.append(f"{_MOST_COLUMNS} of {len(content.columns)} columns are shown here")
    shown = [[_short(cell, _LONGEST_CELL) for cell in row[:_MOST_COLUMNS]] for row in (content.columns, *rows)]
    note = f"{'; '.join(notes)}; the CSV has all." if notes else ""
    return shown[0], shown[1:], len(content.rows), note


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
