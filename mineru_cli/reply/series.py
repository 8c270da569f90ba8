"""The series and axes of a chart from its table: what is x, which cells are numbers, and in which unit.

Comes in: headings and rows as printed, and the chart's type. Goes out: `Reading`, with a flag for each thing
that was decided or could not be read. Knows nothing of how the table was written.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mineru_cli.numbers import is_unit
from mineru_cli.reply.forms import Cell, Draft, is_transposed, read_columns, read_form, transpose
from mineru_cli.reply.grid import shorten
from mineru_cli.schema import Axis, Flag, Point, Scale, Series

_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,40})[)\]]\s*$")
_PARTED = re.compile(r"(?:,| in) ([^,]{1,40})$")
_PER_CENT = re.compile(r"%\s*$|\bpercent(?:age)?\s*$", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")

_XValue = int | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a table says as a chart."""

    x: Axis
    y: Axis
    series: list[Series]
    flags: list[Flag]


def build_series(names: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> Reading:
    """Read a table as a chart.

    Parameters
    ----------
    names, rows
        Headings and cells as printed; every row as wide as the headings.
    kind
        The chart's type, as `mineru_cli.schema.Chart.type`.
    """
    transposed = is_transposed(names, rows, kind)
    if transposed:
        names, rows = transpose(names, rows)
    columns, comma = read_columns(names, rows)
    form = read_form(columns)
    scale, x_unit, x_value = _read_x([x for draft in form.drafts for x, _ in draft.pairs if x is not None])
    series = [
        Series(
            name=draft.name,
            unit=_unit_of(draft),
            points=[
                Point(x=x_value(x), y=None if y.number is None else y.number.value, raw=y.raw) for x, y in draft.pairs
            ],
        )
        for draft in form.drafts
    ]
    units = {one.unit for one in series}
    quantities = {draft.quantity for draft in form.drafts}
    return Reading(
        x=Axis(label=form.x_name, unit=heading_unit(form.x_name) or x_unit, scale=scale),
        y=Axis(label=quantities.pop() if len(quantities) == 1 else "", unit=units.pop() if len(units) == 1 else ""),
        series=series,
        flags=list(_flags(form.drafts, transposed=transposed, decimal_comma=comma)),
    )


def heading_unit(heading: str) -> str:
    """The unit a heading names at its end: ``Sales ($ Billions)``, ``Delay [ms]``, ``Growth, %``; else empty."""
    found = _BRACKETED.search(heading) or _PARTED.search(heading)
    if found is not None and is_unit(found[1]):
        return found[1].strip()
    return "%" if _PER_CENT.search(heading) else ""


def _unit_of(draft: Draft) -> str:
    """The unit of the name, of the heading its values stand under, or the one all its cells have."""
    units = {y.number.unit for _, y in draft.pairs if y.number is not None}
    return heading_unit(draft.name) or heading_unit(draft.quantity) or (units.pop() if len(units) == 1 else "")


def _read_x(cells: Sequence[Cell]) -> tuple[Scale | None, str, Callable[[Cell | None], _XValue]]:
    """The scale and unit of x, and how a cell becomes an x: numbers only where all are, in one unit."""
    if not cells:
        return None, "", _category
    units = {None if cell.number is None else cell.number.unit for cell in cells}
    if len(units) == 1 and (unit := units.pop()) is not None:
        return "linear", unit, _numeric
    return "date" if all(_ISO_DATE.fullmatch(cell.text) for cell in cells) else "category", "", _category


def _category(cell: Cell | None) -> _XValue:
    return cell.text if cell is not None and cell.text else None


def _numeric(cell: Cell | None) -> _XValue:
    return cell.number.value if cell is not None and cell.number is not None else None


def _flags(drafts: Sequence[Draft], *, transposed: bool, decimal_comma: bool) -> Iterator[Flag]:
    if transposed:
        yield Flag(
            code="transposed",
            message="The table lies on its side, x along the heading line: each row was read as a series.",
        )
    if decimal_comma:
        yield Flag(
            code="decimal_comma",
            message="The comma was read as the decimal mark, because some of the numbers allow nothing else.",
        )
    cells = [y for draft in drafts for _, y in draft.pairs]
    approximate = [cell.raw for cell in cells if cell.number is not None and cell.number.approximate]
    if approximate:
        yield Flag(
            code="approximate",
            message=f"{_count(approximate, 'value is', 'values are')} marked as an estimate: {_examples(approximate)}.",
        )
    texts = [cell.raw for cell in cells if cell.number is None and not cell.says_nothing]
    if texts:
        yield Flag(
            code="not_a_number",
            message=f"{_count(texts, 'value is', 'values are')} no plain number and kept as text: {_examples(texts)}.",
        )
    mixed = [draft.name for draft in drafts if _has_mixed_units(draft)]
    if mixed:
        yield Flag(
            code="mixed_units",
            message=f"Not all numbers of a series have the same unit; they were not converted: {_examples(mixed)}.",
        )


def _has_mixed_units(draft: Draft) -> bool:
    """A bare 0 goes with any unit."""
    return len({y.number.unit for _, y in draft.pairs if y.number is not None and y.number.value}) > 1


def _count(items: Sequence[str], one: str, many: str) -> str:
    return f"{len(items)} {one if len(items) == 1 else many}"


def _examples(texts: Sequence[str]) -> str:
    shown = ", ".join(f'"{shorten(text, 40)}"' for text in texts[:3])
    return shown + (", ..." if len(texts) > 3 else "")
