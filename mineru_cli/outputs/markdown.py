"""A document's charts as GitHub-flavoured Markdown, for language models and search indexes.

Comes in: a document record. Goes out: one Markdown text, each chart a captioned table with its page, how it was read
and what is doubtful, in ``NAME.md`` beside the record. What the table says is the text as printed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from mineru_cli.outputs.files import read_if_there, write_atomically
from mineru_cli.outputs.words import doubts_about, how_it_was_read, kind_in_words, read_figures, title_of
from mineru_cli.schema import Axis, Chart, Document, Figure

# What Markdown would take for its own: marks of emphasis, code, links, HTML, entities, cells. An underscore within a
# word is none.
_MARKS = re.compile(r"[\\`*\[\]<>&|~]|(?<![^\W_])_|_(?![^\W_])")


def write_markdown(root: Path, records: Iterable[Document]) -> None:
    """Write ``NAME.md`` beside each record below ``root``, where it is not there as it should be.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    for document in records:
        path, text = root / f"{document.name}.md", document_markdown(document)
        if read_if_there(path) != text.encode("utf-8"):
            write_atomically(path, text)


def document_markdown(document: Document) -> str:
    """The whole text.

    Figures without numbers are left out; failures are listed at the end, so that what is missing is known.
    """
    lines = [f"# {_escaped(document.name)}", "", _about(document)]
    for figure in read_figures(document):
        lines += ["", *_figure(document, figure)]
    if document.failures:
        lines += ["", "## Not read", ""]
        for failure in document.failures:
            where = "" if failure.page is None else f"Page {failure.page}: "
            lines.append(f"- {where}{_escaped(failure.message)}.")
    return "\n".join(lines) + "\n"


def _about(document: Document) -> str:
    if document.same_as is not None:
        return f"The same bytes as {_escaped(document.same_as)}, where its charts are."
    read = list(read_figures(document))
    charts = sum(figure.chart is not None for figure in read)
    counts = [_count(document.page_count, "page"), _count(charts, "chart")]
    if charts < len(read):
        counts.append(_count(len(read) - charts, "table"))
    return f"Source: {_escaped(document.source.path)} ({', '.join(counts)})."


def _figure(document: Document, figure: Figure) -> Iterator[str]:
    yield f"## {_escaped(title_of(figure))} (page {figure.page})"
    yield ""
    if figure.caption and figure.caption != title_of(figure):
        yield f"Caption: {_escaped(figure.caption)}"
        yield ""
    chart = figure.chart
    yield f"{_facts(figure, chart)}."
    content = figure.chart or figure.table
    if content is not None and content.columns:
        yield ""
        yield from _table(content.columns, content.rows, numeric=chart is not None)
    doubts = list(doubts_about(figure))
    if doubts:
        yield ""
        yield "Doubts:"
        yield ""
        yield from (f"- {_escaped(doubt)}" for doubt in doubts)
    if figure.crop is not None:
        beside = PurePosixPath(figure.crop).relative_to(PurePosixPath(document.name).parent)
        yield ""
        yield f"![{_escaped(title_of(figure))}]({quote(str(beside))})"


def _facts(figure: Figure, chart: Chart | None) -> str:
    if chart is None:
        return f"Table {figure.id}, read by the model"
    kind = kind_in_words(chart)
    facts = [f"{_escaped(kind[:1].upper() + kind[1:])} {figure.id}, {how_it_was_read(chart)}"]
    axes = (("x", chart.x), ("y", chart.y), ("second y", chart.y2))
    facts += [f"{name}: {_escaped(_axis(axis))}" for name, axis in axes if axis is not None and _axis(axis)]
    return "; ".join(facts)


def _axis(axis: Axis) -> str:
    unit = f" ({axis.unit})" if axis.unit and axis.unit not in axis.label else ""
    log = ", log scale" if axis.scale == "log" else ""
    return f"{axis.label}{unit}{log}".strip().removeprefix(", ")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: bool) -> Iterator[str]:
    """A GFM table; in a chart's, the numbers stand to the right."""
    yield _row(columns)
    yield _row_of("---:" if numeric and column else "---" for column in range(len(columns)))
    for row in rows:
        yield _row([*row, *[""] * (len(columns) - len(row))])


def _row(cells: Sequence[str]) -> str:
    return _row_of(_escaped(cell) for cell in cells)


def _row_of(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    r"""Text that Markdown shows as it is, on one line: ``a|b`` becomes ``a\|b``."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
