"""What ``--show`` tells of an output folder: which charts it holds, or one of them.

Comes in: the folder, and what to look for in it. Goes out: charts, and rows of text for a table or for a pipe. Knows
nothing of terminals, and writes nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from mineru_cli.errors import NoInputError
from mineru_cli.outputs.gather import Records
from mineru_cli.outputs.words import doubts_about, title_of
from mineru_cli.results import FoundChart, found_charts
from mineru_cli.schema import Document

COLUMNS: Final = ("document", "page", "figure", "type", "title", "numbers", "read_by", "confidence", "flags")
"""What a pipe gets of each chart."""

_MOST_NAMED = 5
_BREAKS = re.compile(r"[\t\r\n]+")


def find_charts(folder: Path, document: str | None = None, figure: str | None = None) -> list[FoundChart]:
    """The charts of an output folder.

    Parameters
    ----------
    document
        Only of this document: its name, a glob, or any part of its name, in small or capital letters.
    figure
        Only this one, as ``p003-f1``.

    Raises
    ------
    NoInputError
        When the folder is none of ours, cannot be read, or has nothing that is called so.
    """
    records = _records(folder)
    if not records.names:
        raise NoInputError(f"{folder} holds no results", cure="Give the folder that a run wrote, as in --show out/")
    names = _called(document, records.names)
    if not names:
        raise NoInputError(
            f"{folder} has no document called {document}",
            cure=f"It has {_some(records.names)}: any part of a name will do",
        )
    charts = list(found_charts(_read(Records(root=folder, names=names)), folder))
    chosen = [chart for chart in charts if figure is None or chart.id == figure]
    if not chosen and figure is not None:
        ids = list(dict.fromkeys(chart.id for chart in charts))
        cure = f"It has {_some(ids)}" if ids else "No chart was found in it"
        raise NoInputError(f"{_some(names)} has no chart {figure}", cure=cure)
    return chosen


def rows(charts: Iterable[FoundChart]) -> Iterator[tuple[str, ...]]:
    """Each chart as text under `COLUMNS`."""
    for found in charts:
        chart = found.chart
        yield (
            found.document,
            str(found.page),
            found.id,
            chart.type,
            title_of(found.figure),
            str(count_numbers(found)),
            chart.read_by,
            "" if chart.confidence is None else f"{chart.confidence:.2f}",
            " ".join(dict.fromkeys(flag.code for flag in found.flags)),
        )


def count_numbers(found: FoundChart) -> int:
    """How many numbers were read."""
    return sum(point.y is not None for series in found.chart.series for point in series.points)


def doubts(found: FoundChart) -> list[str]:
    """Its flags in words."""
    return list(doubts_about(found.figure))


def tab_separated(table: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines for a pipe: a tab between cells, and none within."""
    for row in table:
        yield "\t".join(_BREAKS.sub(" ", cell) for cell in row) + "\n"


def _records(folder: Path) -> Records:
    try:
        return Records.below(folder)
    except OSError as error:
        raise NoInputError(f"{folder} cannot be read ({error.strerror})", cure="Check the rights") from error


def _read(records: Records) -> Iterator[Document]:
    try:
        yield from records
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())[:120]
        raise NoInputError(
            f"a record in {records.root} cannot be read ({reason})", cure="Run it again: it is read anew"
        ) from error


def _called(wanted: str | None, names: Sequence[str]) -> list[str]:
    """The names that are meant: the very name, else those the glob fits, else those it is part of."""
    if wanted is None:
        return list(names)
    small = wanted.casefold()
    return (
        [name for name in names if name == wanted]
        or [name for name in names if fnmatchcase(name.casefold(), small)]
        or [name for name in names if small in name.casefold()]
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", ..." if len(names) > _MOST_NAMED else "")
