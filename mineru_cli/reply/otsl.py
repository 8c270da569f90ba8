"""OTSL, the table language the model answers table questions in.

Comes in: text with ``<fcel>`` (a cell), ``<ecel>`` (an empty one), ``<lcel>``, ``<ucel>``, ``<xcel>`` (merged with
the cell to the left, above, or both), ``<ched>``, ``<rhed>``, ``<srow>`` (heading cells) and ``<nl>`` (end of
a row). Goes out: a `Sheet` in which a spanned cell's text stands in every cell it spans.

Source: Lysak et al., Optimized Table Tokenization for Table Structure Recognition, ICDAR 2023, arXiv:2305.03393.
"""

import re

from mineru_cli.reply.grid import RawTable, Sheet, merge_headings

_TAG = re.compile(r"<(fcel|ecel|lcel|ucel|xcel|ched|rhed|srow|nl)>")

_Cells = list[tuple[str, str]]


def has_otsl(text: str) -> bool:
    """Tell whether the text holds OTSL."""
    return _TAG.search(text) is not None


def read_otsl(text: str, *, cut: bool) -> Sheet:
    """Read one table.

    Parameters
    ----------
    text
        OTSL, perhaps with other text around it.
    cut
        The text stops short: a last cell with nothing behind it is left out.
    """
    before, *pieces = _TAG.split(text)
    rows: list[_Cells] = [[]]
    after: list[str] = []
    for tag, content in zip(pieces[::2], pieces[1::2], strict=True):
        if tag == "nl":
            rows.append([])
            after += filter(None, [content.strip()])
        else:
            rows[-1].append((tag, " ".join(content.split())))
    cut_text = rows[-1].pop()[1] if cut and rows[-1] else ""
    cut_row = bool(rows[-1])
    written = [row for row in rows if row]
    filled = _fill(written)
    depth = _heading_depth(written)
    return Sheet(
        tables=[RawTable(header=merge_headings(filled[:depth]), rows=filled[depth:])] if filled else [],
        before=[line.strip() for line in before.split("\n") if line.strip()],
        after=after,
        cut=cut,
        cut_row=cut and cut_row,
        cut_text=cut_text,
    )


def _fill(rows: list[_Cells]) -> list[list[str]]:
    """Texts, merged cells repeating what they are merged with."""
    width = max(map(len, rows), default=0)
    filled: list[list[str]] = []
    for row in rows:
        above = filled[-1] if filled else []
        texts: list[str] = []
        for place, (tag, text) in enumerate(row):
            left = texts[-1] if texts else ""
            over = above[place] if place < len(above) else ""
            texts.append({"lcel": left, "ucel": over, "xcel": over or left}.get(tag, text))
        if len(row) == 1 and row[0][0] == "srow":
            texts *= width
        filled.append(texts)
    return filled


def _heading_depth(rows: list[_Cells]) -> int:
    """How many rows make the heading: those of heading cells, else the first and the rows its cells reach into."""
    headed = 0
    while headed < len(rows) and all(tag in {"ched", "lcel", "ucel", "xcel", "ecel"} for tag, _ in rows[headed]):
        headed += 1
    if headed and any(tag == "ched" for tag, _ in rows[0]):
        return min(headed, max(1, len(rows) - 1))
    depth = 1
    while depth < len(rows) - 1 and any(tag in {"ucel", "xcel"} for tag, _ in rows[depth]):
        depth += 1
    return depth
