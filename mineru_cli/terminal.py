"""Charts on a terminal: the list, or one chart with its table, its doubts and its picture; on a pipe, tabs.

Comes in: the charts that `show` found. Goes out: text on stdout, through Rich. Pictures are drawn by textual-image,
which asks the terminal what it can show.
"""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mineru_cli.outputs.words import how_it_was_read, kind_in_words, title_of
from mineru_cli.results import FoundChart
from mineru_cli.show import COLUMNS, count_numbers, doubts, rows, tab_separated

_PICTURE_WIDTH = 72  # cells


def show_charts(charts: Sequence[FoundChart], *, console: Console | None = None) -> None:
    """Show a list of charts, or the one chart there is."""
    console = console or Console(highlight=False)
    if console.is_terminal:
        _show_one(console, charts[0]) if len(charts) == 1 else _show_list(console, charts)
    elif len(charts) == 1:
        sys.stdout.writelines(tab_separated([charts[0].chart.columns, *charts[0].chart.rows]))
    else:
        sys.stdout.writelines(tab_separated([COLUMNS, *rows(charts)]))


def _show_list(console: Console, charts: Sequence[FoundChart]) -> None:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("document", overflow="fold", ratio=3)
    table.add_column("figure", no_wrap=True)
    table.add_column("title", overflow="fold", ratio=4)
    table.add_column("numbers", justify="right", no_wrap=True)
    table.add_column("doubts", no_wrap=True)
    before = ""
    for found in charts:
        name = "" if found.document == before else escape(found.document)
        before = found.document
        count = len(doubts(found))
        mark = f"[yellow]? {count}[/]" if count else "[green]-[/]"
        table.add_row(name, found.id, escape(" ".join(title_of(found.figure).split())), str(count_numbers(found)), mark)
    console.print(table)
    doubtful = sum(bool(doubts(found)) for found in charts)
    console.print(f"[dim]{len(charts)} charts, {doubtful} with doubts. One of them: add its document and figure.[/]")


def _show_one(console: Console, found: FoundChart) -> None:
    chart = found.chart
    console.print(f"[bold]{escape(title_of(found.figure))}[/]")
    where = f"{found.document}, page {found.page}, {found.id}: {kind_in_words(chart)}, {how_it_was_read(chart)}"
    console.print(f"[dim]{escape(where)}[/]")
    if found.figure.caption and found.figure.caption != title_of(found.figure):
        console.print(f"[dim]{escape(found.figure.caption)}[/]")
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for place, name in enumerate(chart.columns):
        table.add_column(escape(name), justify="right" if place else "left", overflow="fold")
    for row in chart.rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)
    for doubt in doubts(found):
        console.print(f"[yellow]? {escape(doubt)}[/]")
    if found.crop is not None and found.crop.is_file():
        console.print()
        picture = _picture(console, found.crop)
        if picture is not None:
            console.print(picture)
        console.print(f"[dim]{escape(str(found.crop))}[/]", soft_wrap=True)


def _picture(console: Console, path: Path) -> Any:
    """What Rich draws the picture with; None where textual-image is not installed, or there are no colours for it."""
    from PIL import UnidentifiedImageError

    # The terminal is asked what it can show, and answers on stdin; one without a size divides by zero.
    if console.is_dumb_terminal or not (sys.stdin.isatty() and sys.stdout.isatty() and all(os.get_terminal_size())):
        return None
    logging.getLogger("textual_image").setLevel(logging.ERROR)  # a terminal that does not answer is no news
    try:
        from textual_image.renderable import HalfcellImage, Image
    except ImportError:
        return None
    if Image is HalfcellImage and console.color_system not in {"256", "truecolor"}:
        return None
    try:
        return Image(path, width=min(_PICTURE_WIDTH, console.width), height="auto")
    except (OSError, UnidentifiedImageError):
        return None
