"""A Markdown table as a model writes it: titles, prose, missing pipes and missing rules included.

Comes in: text. Goes out: a `Sheet`. Knows nothing of tags, of other table languages, or of what cells mean.
"""

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from mineru_cli.numbers import parse_number
from mineru_cli.reply.grid import RawTable, Sheet, merge_headings

_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[|:+=\s\u2013\u2014-]+")
_DASH = re.compile(r"[=\u2013\u2014-]")
_LONG_DASH = re.compile(r"[=\u2013\u2014-]{2}|:[\u2013\u2014-]|[\u2013\u2014-]:")
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line: a row has ``cells``, a rule parts heading and rows, anything else is text."""

    text: str
    cells: list[str]
    rule: bool = False
    fenced: bool = False

    @property
    def is_row(self) -> bool:
        return bool(self.cells)


_END: Final = _Line(text="", cells=[])


def read_markdown(text: str, *, cut: bool) -> Sheet:
    """Read every table in the text.

    Parameters
    ----------
    text
        Markdown, or lines of cells parted by tabs.
    cut
        The text stops short: what stands in the last line behind its last pipe (or tab) is left out.
    """
    kept, cut_text = _without_unfinished(text) if cut else (text, "")
    lines = _with_short_rule([_line(line) for line in _LINE_END.split(kept) if line.strip()])
    if not _has_table(lines):
        lines = _tabbed([replace(line, cells=[]) for line in lines])
    cut_row = cut and bool(lines) and not _LINE_END.fullmatch(kept[-1])
    if cut_row and not any(lines[-1].cells):
        lines, cut_row = lines[:-1] if lines[-1].is_row else lines, False
    tables, before, after = _collect(lines)
    return Sheet(tables=tables, before=before, after=after, cut=cut, cut_row=cut_row, cut_text=cut_text)


def has_markdown_table(text: str) -> bool:
    """Tell whether a row with a rule beneath it stands in the text."""
    lines = [_line(line) for line in _LINE_END.split(text) if line.strip()]
    return any(line.is_row and below.rule and "|" in below.text for line, below in pairwise(lines))


def _line(text: str) -> _Line:
    text = text.strip()
    if _RULE.fullmatch(text) and (_LONG_DASH.search(text) or ("|" not in text and _DASH.search(text))):
        return _Line(text=text, cells=[], rule=True)
    if not _PIPE.search(text):
        return _Line(text=text, cells=[])
    inner = text[1:] if text[0] == "|" else text
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    cells = [cell.strip().replace("\\|", "|") for cell in _PIPE.split(inner)]
    return _Line(text=text, cells=cells, fenced="|" in (text[0], text[-1]))


def _with_short_rule(lines: list[_Line]) -> list[_Line]:
    """Cells of one dash are a rule beneath the first row; elsewhere they are missing values."""
    first = next((place for place, line in enumerate(lines) if line.is_row), len(lines))
    below = lines[first + 1] if first + 1 < len(lines) else _END
    if below.is_row and all(_DASH.fullmatch(cell) for cell in below.cells):
        lines[first + 1] = replace(below, cells=[], rule=True)
    return lines


def _has_table(lines: list[_Line]) -> bool:
    """Pipes alone make no table: there is a rule, a pipe at a line's end, or two lines of as many cells."""
    if any(line.rule or line.fenced for line in lines):
        return True
    return any(a.is_row and len(a.cells) == len(b.cells) for a, b in pairwise(lines))


def _tabbed(lines: list[_Line]) -> list[_Line]:
    """Lines parted by tabs as rows, when at least two of them are."""
    if sum("\t" in line.text for line in lines) < 2:
        return lines
    return [
        _Line(text=line.text, cells=[cell.strip() for cell in line.text.split("\t")]) if "\t" in line.text else line
        for line in lines
    ]


def _without_unfinished(text: str) -> tuple[str, str]:
    """The text without the unfinished end of its last line, and that end."""
    *_, last = _LINE_END.split(text)
    marks = list(_PIPE.finditer(last)) or list(re.finditer("\t", last))
    unfinished = last[marks[-1].end() :] if marks else ""
    if not unfinished.strip():
        return text, ""
    return text[: len(text) - len(unfinished)], unfinished.strip()


def _collect(lines: list[_Line]) -> tuple[list[RawTable], list[str], list[str]]:
    """The tables, the lines before the first, and the other lines."""
    tables: list[RawTable] = []
    before: list[str] = []
    after: list[str] = []
    above: list[list[str]] = []
    opening = _opening(lines)
    for place, (line, below) in enumerate(pairwise([*lines, _END])):
        if line.rule or line.text.startswith("```"):
            continue
        if not line.is_row or _is_prose(line, tables):
            (after if tables else before).append(line.text)
        elif not tables and place < opening:
            if line.fenced and len(line.cells) == len(lines[opening].cells):
                above.append(line.cells)
            else:
                before.append(" ".join(filter(None, line.cells)))
        elif not tables:
            headed = below.rule or not _is_data(line.cells)
            tables.append(RawTable(header=merge_headings([*above, line.cells]) if headed else [], rows=[]))
            if not headed:
                tables[-1].rows.append(line.cells)
        elif (line.cells == tables[-1].header and any(line.cells)) or (below.rule and not _is_data(line.cells)):
            tables.append(RawTable(header=line.cells, rows=[]))
        else:
            tables[-1].rows.append(line.cells)
    return tables, before, after


def _opening(lines: list[_Line]) -> int:
    """Where the first table's heading stands: the first row, or a later one with a rule beneath and no data above."""
    rows = [place for place, line in enumerate(lines) if line.is_row]
    for place in rows:
        data = place != rows[0] and _is_data(lines[place].cells)
        if not data and place + 1 < len(lines) and lines[place + 1].rule:
            return place
        if data:
            break
    return rows[0] if rows else 0


def _is_prose(line: _Line, tables: list[RawTable]) -> bool:
    """A sentence that happens to hold a pipe: not fenced, not as wide as the table, and without a number."""
    if line.fenced or not tables:
        return False
    width = len(tables[-1].header or tables[-1].rows[0])
    return len(line.cells) != width and not any(parse_number(cell) for cell in line.cells)


def _is_data(cells: list[str]) -> bool:
    """A row of numbers behind its first cell; years at a row's head are a heading."""
    values = [parse_number(cell) for cell in cells[1:] if cell]
    numbers = [value.value for value in values if value is not None]
    if not numbers or len(numbers) < len(values):
        return False
    return len(numbers) < 2 or not all(isinstance(number, int) and 1900 <= number <= 2100 for number in numbers)
