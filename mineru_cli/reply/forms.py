"""The three forms a chart's table comes in, brought to one: drafts of series.

Comes in: headings and rows as text. Goes out: `Draft`, a named list of pairs of an x cell and a value cell. Knows
nothing of units, axes or flags.

*Wide*: the first column is x, every other column a series. *Long*: leading columns name the series and x, the last
one holds the numbers. *Transposed*: the headings are x (years, mostly), every row a series; `transpose` makes it wide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from mineru_cli.numbers import Number, decimal_comma_proven, parse_number
from mineru_cli.reply.clean import clean_text
from mineru_cli.reply.periods import are_periods

_BLANKS: Final = frozenset({"-", "--", "\u2013", "\u2014", "n/a", "na", "n.a.", "nan", "null", "none", "nil", "..."})
_LINES: Final = frozenset({"line", "area", "area_stacked", "scatter"})
_MOST_LINES: Final = 12
"""Rows of a transposed table of lines; more are more likely categories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: as printed, without markup, and the number it is, if it is one."""

    raw: str
    text: str
    number: Number | None = None

    @property
    def says_nothing(self) -> bool:
        """Empty, or a mark for a missing value."""
        return not self.text or self.text.lower() in _BLANKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the table."""

    name: str
    cells: list[Cell]

    @property
    def filled(self) -> list[Cell]:
        """Its cells that say something."""
        return [cell for cell in self.cells if not cell.says_nothing]

    @property
    def numeric(self) -> bool:
        """At least half of what stands in it are numbers."""
        filled = self.filled
        return 0 < len(filled) <= 2 * sum(cell.number is not None for cell in filled)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A series in the making. ``quantity`` is the heading its values stand under; x is None where there is none."""

    name: str
    quantity: str
    pairs: list[tuple[Cell | None, Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A table parted into series, and what its x is called."""

    x_name: str
    drafts: list[Draft]


def read_columns(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[Column], bool]:
    """Parse every cell; also whether the comma is the decimal mark anywhere.

    The whole table decides on the comma, as a chart is written in one way; where it contradicts itself, each column
    does.
    """
    texts = [[clean_text(row[place]) for row in rows] for place in range(len(names))]
    everywhere = decimal_comma_proven(text for column in texts for text in column)
    commas = [everywhere or decimal_comma_proven(column) for column in texts]
    columns = [
        Column(
            name=clean_text(name),
            cells=[
                Cell(raw=row[place], text=text, number=parse_number(text, decimal_comma=comma))
                for row, text in zip(rows, column, strict=True)
            ],
        )
        for place, (name, column, comma) in enumerate(zip(names, texts, commas, strict=True))
    ]
    return columns, any(commas)


def is_transposed(names: Sequence[str], rows: Sequence[Sequence[str]], kind: str) -> bool:
    """Tell whether x runs along the headings: times or numbers that rise, over a few rows that names begin.

    Only where points are joined along time: the years over a table of bars are as often the legend's.
    """
    if kind not in _LINES or not rows or not are_periods([clean_text(name) for name in names[1:]]):
        return False
    if all(parse_number(clean_text(row[0])) for row in rows):
        return False
    return len(rows) <= _MOST_LINES


def transpose(names: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[str], list[list[str]]]:
    """Turn headings into the first column; the corner, which names the rows, goes."""
    (_, *turned_names), *turned = (list(cells) for cells in zip(names, *rows, strict=True))
    return ["", *turned_names], turned


def read_form(columns: Sequence[Column]) -> Form:
    """Part a wide or long table into series. Empty cells give no pair."""
    if len(columns) < 2:
        pairs = [[(None, cell) for cell in column.cells if cell.text] for column in columns]
        return Form(
            x_name="",
            drafts=[_draft(column.name, column, *found) for column, found in zip(columns, pairs, strict=True)],
        )
    return _read_long(columns) or _read_wide(columns)


def _read_wide(columns: Sequence[Column]) -> Form:
    x, *others = columns
    drafts = [_draft(column.name, column, *_pairs(x.cells, column.cells)) for column in others]
    return Form(x_name=x.name, drafts=drafts)


def _read_long(columns: Sequence[Column]) -> Form | None:
    """None when the table is not long."""
    *leading, values = columns
    if len(leading) < 2 or not values.numeric or not all(column.filled for column in leading):
        return None
    *outer, inner = leading
    if any(column.numeric for column in outer):
        return None
    groups = [" / ".join(texts) for texts in zip(*map(_filled_down, outer), strict=True)]
    if inner.numeric:
        return _group(inner.name, groups, inner.cells, values) if _shares_x(groups, inner.cells) else None
    outer_name = " / ".join(column.name for column in outer)
    distinct, distinct_inner = len(set(groups)), len({cell.text for cell in inner.cells})
    if distinct == distinct_inner == len(groups):
        keys = [f"{group}, {cell.text}" for group, cell in zip(groups, inner.cells, strict=True)]
        return _group(f"{outer_name}, {inner.name}", [values.name] * len(groups), map(_cell, keys), values)
    if distinct > distinct_inner:
        return _group(outer_name, _filled_down(inner), map(_cell, groups), values)
    return _group(inner.name, groups, inner.cells, values)


def _group(x_name: str, groups: Iterable[str], x: Iterable[Cell], values: Column) -> Form:
    drafts: dict[str, Draft] = {}
    for group, key, value in zip(groups, x, values.cells, strict=True):
        drafts.setdefault(group, _draft(group, values)).pairs.extend(_pairs([key], [value]))
    return Form(x_name=x_name, drafts=list(drafts.values()))


def _draft(name: str, column: Column, *pairs: tuple[Cell | None, Cell]) -> Draft:
    return Draft(name=name, quantity=column.name, pairs=list(pairs))


def _pairs(x: Iterable[Cell], y: Iterable[Cell]) -> list[tuple[Cell | None, Cell]]:
    return [(key, value) for key, value in zip(x, y, strict=True) if value.text]


def _cell(text: str) -> Cell:
    return Cell(raw=text, text=text)


def _filled_down(column: Column) -> list[str]:
    """Texts; an empty cell repeats the one above, as in a table whose groups are written once."""
    texts: list[str] = []
    for cell in column.cells:
        texts.append(cell.text or (texts[-1] if texts else ""))
    return texts


def _shares_x(groups: Sequence[str], x: Sequence[Cell]) -> bool:
    """Two groups or more, every one with the same two or more x: a long table, and no wide one."""
    by_group: dict[str, list[str]] = {}
    for group, cell in zip(groups, x, strict=True):
        by_group.setdefault(group, []).append(cell.text)
    first, *others = by_group.values()
    return bool(others) and len(set(first)) == len(first) > 1 and all(texts == first for texts in others)
