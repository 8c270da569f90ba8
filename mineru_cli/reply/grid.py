"""Ragged tables made whole: one heading line, rows of one width, no loops, and a flag for each repair.

Comes in: a `Sheet`, what a reader of Markdown, OTSL or HTML found. Goes out: a `Grid`. Knows nothing of how
the table was written, nor of what its cells mean.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from mineru_cli.schema import Flag

WIDEST: Final = 256
"""Columns; a row longer than that is a model that has lost its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table as written: rows of any width. ``header`` is empty when there is no heading line."""

    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a reader found: tables, lines before the first and lines after it.

    ``cut`` tells that the answer stops short; then ``cut_row`` tells that the last row is not whole, and
    ``cut_text`` is the unfinished cell that was left out of it.
    """

    tables: list[RawTable]
    before: list[str]
    after: list[str]
    cut: bool = False
    cut_row: bool = False
    cut_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A whole table: every row as wide as ``columns``. ``before`` and ``after`` are the lines around it."""

    columns: list[str]
    rows: list[list[str]]
    before: list[str]
    after: list[str]
    flags: list[Flag]


def make_grid(sheet: Sheet, *, loop: int) -> Grid:
    """Repair the tables of a sheet and make them one.

    Parameters
    ----------
    sheet
        What a reader found.
    loop
        From how many times on a row, or a run of rows, that repeats without a break is a loop of the model.
    """
    repairs = _Repairs()
    squared: list[RawTable] = []
    for table in sheet.tables:
        last = table is sheet.tables[-1]
        unfinished = table.rows[-1] if last and sheet.cut_row and table.rows else None
        rows, repeats = _without_loops(table.rows, least=loop)
        if repeats and unfinished is not None and any(row[: len(unfinished)] == unfinished for row in rows[:-1]):
            rows, repeats = rows[:-1], repeats + 1
        repairs.repeats += repeats
        squared.append(_square(table.header, rows, unfinished, repairs))
    joined = _join(squared, repairs)
    flags = list(_flags(sheet, repairs))
    if joined.rows and not any(joined.header):
        flags.append(Flag(code="no_header", message="The table has no heading line, so its columns have no names."))
    return Grid(columns=joined.header, rows=joined.rows, before=sheet.before, after=sheet.after, flags=flags)


def merge_headings(lines: Sequence[Sequence[str]]) -> list[str]:
    """Several heading lines as one: what stands above a column, each text once."""
    width = max(map(len, lines), default=0)
    stacked = ([line[column] for line in lines if column < len(line)] for column in range(width))
    return [" ".join(dict.fromkeys(filter(None, texts))) for texts in stacked]


def shorten(text: str, limit: int = 120) -> str:
    """The text on one line, for a message."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


@dataclass(slots=True, kw_only=True)
class _Repairs:
    """What had to be done to the tables. ``tables`` were joined; ``ragged`` names the rows that did not fit."""

    tables: int = 1
    repeats: int = 0
    too_wide: bool = False
    ragged: list[str] = field(default_factory=list)


def _flags(sheet: Sheet, repairs: _Repairs) -> Iterator[Flag]:
    if sheet.cut:
        unfinished = f' An unfinished cell was left out: "{shorten(sheet.cut_text)}".' if sheet.cut_text else ""
        yield Flag(code="cut", message=f"The answer stops before its end, so rows may be missing.{unfinished}")
    if repairs.ragged:
        more = f" and {len(repairs.ragged) - 5} more" if len(repairs.ragged) > 5 else ""
        yield Flag(
            code="ragged_row",
            message="Rows with more or fewer cells than the heading: values may stand in the wrong column: "
            f"{', '.join(repairs.ragged[:5])}{more}.",
        )
    if repairs.too_wide:
        yield Flag(code="too_wide", message=f"The table has more than {WIDEST} columns; the others were left out.")
    if repairs.repeats:
        yield Flag(
            code="repeated_rows", message=f"The model repeated itself: {repairs.repeats} repeated rows were left out."
        )
    if repairs.tables > 1:
        yield Flag(
            code="two_tables", message=f"The answer holds {repairs.tables} tables; their rows were put into one."
        )


def _without_loops(rows: list[list[str]], *, least: int, longest: int = 16) -> tuple[list[list[str]], int]:
    """Keep one of each run of up to ``longest`` rows that comes ``least`` times or more without a break."""
    kept: list[list[str]] = []
    start, count = 0, len(rows)
    while start < count:
        period, end = 1, start + 1
        for candidate in range(1, min(longest, (count - start) // least) + 1):
            stop = start + candidate
            while stop < count and rows[stop] == rows[stop - candidate]:
                stop += 1
            if stop - start >= least * candidate:
                period, end = candidate, stop
                break
        kept += rows[start : start + period]
        start = end
    return kept, count - len(kept)


def _square(header: list[str], rows: list[list[str]], unfinished: list[str] | None, repairs: _Repairs) -> RawTable:
    """Pad and widen to one width. The unfinished row is short for a known reason."""
    if header and rows and all(len(row) == len(header) + 1 for row in rows):
        header = ["", *header]
        repairs.ragged.append("the heading, which lacks a first cell")
    expected = len(header) or max(map(len, rows), default=0)
    lengths = [len(_trimmed(row, expected)) for row in rows]
    widest = max([expected, *lengths])
    width = min(WIDEST, widest)
    repairs.too_wide |= widest > WIDEST
    for number, (row, length) in enumerate(zip(rows, lengths, strict=True), start=1):
        if length != expected and row is not unfinished:
            repairs.ragged.append(f"row {number} ({shorten(row[0], 40) if row and row[0] else 'no name'})")
    return RawTable(header=_padded(header, width), rows=[_padded(row, width) for row in rows])


def _padded(row: list[str], width: int) -> list[str]:
    return [*row[:width], *[""] * (width - len(row))]


def _trimmed(row: list[str], width: int) -> list[str]:
    """The row without empty cells beyond ``width``: nothing is lost with them."""
    length = len(row)
    while length > width and not row[length - 1]:
        length -= 1
    return row[:length]


def _join(tables: list[RawTable], repairs: _Repairs) -> RawTable:
    """All tables as one; one that restates the first adds nothing.

    Columns of one name are one column, others are new ones. The first columns are one whatever they are called:
    they name the rows.
    """
    if not tables:
        return RawTable(header=[], rows=[])
    first, *others = tables
    columns, rows = list(first.header), list(first.rows)
    for table in others:
        if table.header == first.header and table.rows == first.rows[: len(table.rows)]:
            repairs.repeats += max(1, len(table.rows))
            continue
        repairs.tables += 1
        places = _places(table.header, columns)
        for row in table.rows:
            placed = [""] * min(len(columns), WIDEST)
            for place, cell in zip(places, row, strict=True):
                if place < WIDEST:
                    placed[place] = cell
            rows.append(placed)
    repairs.too_wide |= len(columns) > WIDEST
    columns = columns[:WIDEST]
    return RawTable(header=columns, rows=[_padded(row, len(columns)) for row in rows])


def _places(header: list[str], columns: list[str]) -> list[int]:
    """Where the columns of a further table stand among ``columns``, which grows by those that are new."""
    places = [0] if columns else []
    for name in header[len(places) :]:
        found = next((at for at, known in enumerate(columns) if at and known == name and at not in places), None)
        if found is None:
            found = len(columns)
            columns.append(name)
        places.append(found)
    return places
