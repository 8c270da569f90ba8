"""HTML tables, which the model writes now and then.

Comes in: text with ``<table>``, ``<tr>``, ``<td>`` and ``<th>``. Goes out: a `Sheet` in which a spanned cell's text
stands in every cell it spans. Only these four elements are looked for, closed or not: an answer is no document, and
the parsers for documents either raise on broken markup or take quadratic time for it.
"""

import html
import re
from dataclasses import dataclass

from mineru_cli.reply.grid import WIDEST, RawTable, Sheet, merge_headings

_TAG = re.compile(r"<(/?)(table|tr|td|th)\b([^<>]{0,200})>", re.IGNORECASE)
_SPAN = re.compile(r"(col|row)span\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)
_ELEMENT = re.compile(r"<[^<>]{0,200}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    text: str
    heading: bool
    width: int
    height: int


def has_html_table(text: str) -> bool:
    """Tell whether the text holds a cell of an HTML table."""
    return re.search(r"<t[dh]\b", text, re.IGNORECASE) is not None


def read_html(text: str, *, cut: bool) -> Sheet:
    """Read every table in the text.

    Parameters
    ----------
    text
        HTML, perhaps with other text around it.
    cut
        The text stops short: a last cell that is not closed is left out.
    """
    tags = list(_TAG.finditer(text))
    tables: list[list[list[_Cell]]] = [[]]
    after: list[str] = []
    for place, tag in enumerate(tags):
        end = tags[place + 1].start() if place + 1 < len(tags) else len(text)
        content, name = _plain(text[tag.end() : end]), tag[2].lower()
        if tag[1]:
            after += filter(None, [content])
        elif name == "table":
            tables.append([])
        elif name == "tr":
            tables[-1].append([])
        else:
            if not tables[-1]:
                tables[-1].append([])
            spans = {which.lower(): int(count) for which, count in _SPAN.findall(tag[3])}
            width, height = (min(WIDEST, max(1, spans.get(which, 1))) for which in ("col", "row"))
            tables[-1][-1].append(_Cell(text=content, heading=name == "th", width=width, height=height))
    cut_row, cut_text = False, ""
    if cut and tags and not tags[-1][1] and tags[-1][2].lower() in {"td", "th"}:
        cut_text, cut_row = tables[-1][-1].pop().text, bool(tables[-1][-1])
    return Sheet(
        tables=[_table(rows) for rows in tables if any(rows)],
        before=list(filter(None, [_plain(text[: tags[0].start()])])) if tags else [],
        after=after,
        cut=cut,
        cut_row=cut_row,
        cut_text=cut_text,
    )


def _plain(content: str) -> str:
    return " ".join(html.unescape(_ELEMENT.sub(" ", content)).split())


def _table(written: list[list[_Cell]]) -> RawTable:
    rows = [row for row in written if row]
    filled: list[dict[int, str]] = [{} for _ in rows]
    for number, row in enumerate(rows):
        place = 0
        for cell in row:
            while place in filled[number]:
                place += 1
            for down in range(number, min(number + cell.height, len(rows))):
                filled[down] |= dict.fromkeys(range(place, min(place + cell.width, WIDEST)), cell.text)
            place += cell.width
    texts = [[cells.get(place, "") for place in range(max(cells, default=-1) + 1)] for cells in filled]
    headed = next((number for number, row in enumerate(rows) if not all(cell.heading for cell in row)), len(rows))
    reach = max(cell.height for cell in rows[0])
    depth = min(max(headed, reach, 1), max(1, len(rows) - 1))
    return RawTable(header=merge_headings(texts[:depth]), rows=texts[depth:])
