"""``charts.xlsx``: a sheet a chart, with its numbers, a chart that Excel draws from them, and the picture read.

Comes in: the records of an output folder and what failed. Goes out: one workbook, and ``charts-2.xlsx`` and so on
where there are more charts than one should hold. Numbers are numbers, dates dates, and text is never a formula.
XlsxWriter keeps a workbook in memory until it is written: what is in one is bounded, so memory is too. Its mode of
constant memory is not used, because charts would then come without the values that previews draw them from.
"""

import datetime as dt
import importlib.util
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from mineru_cli.errors import MissingDependencyError
from mineru_cli.numbers import parse_number
from mineru_cli.outputs.elsewhere import is_elsewhere
from mineru_cli.outputs.excel_chart import Place, native_chart, plain
from mineru_cli.outputs.files import files_in, read_if_there, remove, write_atomically
from mineru_cli.outputs.wide import WideTable, XValue, wide_table
from mineru_cli.outputs.words import (
    doubts_about,
    how_it_was_read,
    kind_in_words,
    read_figures,
    reader_in_words,
    title_of,
)
from mineru_cli.schema import Document, Failure, Figure, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook

SHEETS_A_BOOK: Final = 500
"""Charts one workbook holds: spreadsheets become slow with a thousand sheets."""

_MOST_TEXT = 32_767  # characters of a cell
_MOST_ROWS, _MOST_COLUMNS = 1_048_575, 16_380
_TOO_LARGE = "The table is larger than a sheet can be: what is beyond its ends is in charts.csv only."
_LARGEST = 9.9e307  # a number of Excel
_MOST_LINKS = 2_000  # characters of a link
_SHEET_NAME = 31
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_PICTURE = (520, 390)  # pixels a picture and a chart fill on a sheet
_FIRST_DATE = dt.datetime(1900, 3, 1)  # noqa: DTZ001 - charts have no zones; Excel counts 29 February 1900
_INDEX = (
    ("Chart", 34), ("Document", 34), ("Page", 6), ("Figure", 10), ("Kind", 18), ("Title", 34), ("Numbers", 9),
    ("Read", 26), ("Confidence", 11), ("Doubts", 60), ("Picture", 14), ("Source", 34),
)  # fmt: skip


def check_workbooks() -> None:
    """Make sure that workbooks can be written, before a run that will end with one.

    Raises
    ------
    MissingDependencyError
        When XlsxWriter is not installed.
    """
    if importlib.util.find_spec("xlsxwriter") is None:
        raise MissingDependencyError(package="xlsxwriter", extra="xlsx", purpose="for --format xlsx")


def write_workbooks(root: Path, records: Iterable[Document], failures: Sequence[Failure]) -> list[Path]:
    """Write all charts and tables of the records, in their order; those of an earlier, larger run are removed.

    Parameters
    ----------
    root
        The output folder, which the paths in the records are relative to.
    records
        Taken one at a time.
    failures
        What could not be read, for a sheet that says so.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    check_workbooks()
    written = []
    for number, (batch, more) in enumerate(_batches(_places(records), SHEETS_A_BOOK)):
        path = _book_path(root, number)
        content = _Content(
            root=root,
            first=number * SHEETS_A_BOOK + 1,
            figures=batch,
            failures=() if number else failures,
            following=_book_path(root, number + 1).name if more else "",
        )
        write_atomically(path, content.write)
        written.append(path)
    for old in files_in(root, "charts-*.xlsx"):
        if old not in written and old.stem.removeprefix("charts-").isdecimal():
            remove(old)
    return written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A figure with something to show, and the document it is from."""

    document: Document
    figure: Figure


def _places(records: Iterable[Document]) -> Iterator[_Shown]:
    for document in records:
        bare = document.model_copy(update={"figures": [], "pages": [], "failures": []})
        yield from (_Shown(document=bare, figure=figure) for figure in read_figures(document))


def _batches(shown: Iterator[_Shown], size: int) -> Iterator[tuple[list[_Shown], bool]]:
    """So many at a time, and whether more follow; one empty batch when there are none at all."""
    batch: list[_Shown] = []
    for one in shown:
        if len(batch) == size:
            yield batch, True
            batch = []
        batch.append(one)
    yield batch, False


def _book_path(root: Path, number: int) -> Path:
    return root / ("charts.xlsx" if number == 0 else f"charts-{number + 1}.xlsx")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
    """What goes into one workbook. ``first`` is the number of its first chart, ``following`` the next one's file."""

    root: Path
    first: int
    figures: Sequence[_Shown]
    failures: Sequence[Failure]
    following: str

    def write(self, file: IO[bytes]) -> None:
        """Write the workbook to a binary file that can seek."""
        from xlsxwriter import Workbook

        with Workbook(file) as book:
            styles = _Styles(book)
            index = _Index(book, styles, self.root)
            if self.failures:
                _write_failures(book.add_worksheet("Not read"), self.failures, styles)
            for number, shown in enumerate(self.figures, self.first):
                name = _sheet_name(number, title_of(shown.figure))
                index.add(shown, name)
                _write_sheet(book, name, shown, styles, self.root)
            index.close(self.following)


class _Styles:
    """The cell formats of a workbook."""

    def __init__(self, book: "Workbook") -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.quiet = book.add_format({"font_color": "#666666"})
        self.doubt = book.add_format({"font_color": "#9C5700"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"})


class _Index:
    """The first sheet: a row a chart, with links to all that belongs to it."""

    def __init__(self, book: "Workbook", styles: _Styles, root: Path) -> None:
        self._sheet = book.add_worksheet("Charts")
        self._root = root
        self._rows = 0
        for column, (name, width) in enumerate(_INDEX):
            self._sheet.write_string(0, column, name, styles.head)
            self._sheet.set_column(column, column, width)
        self._sheet.freeze_panes(1, 1)
        _fit_paper(self._sheet)

    def add(self, shown: _Shown, name: str) -> None:
        """One row."""
        self._rows += 1
        row, figure, chart = self._rows, shown.figure, shown.figure.chart
        _link(self._sheet, row, 0, f"internal:'{name}'!A1", name)
        cells: list[XValue] = [
            shown.document.name,
            figure.page,
            figure.id,
            "table" if chart is None else kind_in_words(chart),
            title_of(figure),
            None if chart is None else sum(point.y is not None for series in chart.series for point in series.points),
            reader_in_words("model" if chart is None else chart.read_by),
            None if chart is None else chart.confidence,
            " ".join(doubts_about(figure)),
        ]
        for column, value in enumerate(cells, 1):
            _write(self._sheet, row, column, value)
        if figure.crop is not None and (self._root / figure.crop).is_file():
            _link(self._sheet, row, len(_INDEX) - 2, _external(figure.crop), "picture")
        source = Path(shown.document.source.path)
        if source.is_file():
            target = source.resolve()
            if not is_elsewhere(self._root):
                target = Path(os.path.relpath(target, self._root.resolve()))
            _link(self._sheet, row, len(_INDEX) - 1, _external(target.as_posix()), str(source))
        else:
            _write(self._sheet, row, len(_INDEX) - 1, shown.document.source.path)

    def close(self, following: str) -> None:
        """Let it be filtered, and say where it goes on."""
        self._sheet.autofilter(0, 0, self._rows, len(_INDEX) - 1)
        if following:
            text = f"the charts after these are in {following}"
            _link(self._sheet, self._rows + 2, 0, f"external:{following}", text)


def _write_failures(sheet: Any, failures: Sequence[Failure], styles: _Styles) -> None:
    """What could not be read, so that nobody takes the workbook for all there is."""
    for column, (name, width) in enumerate((("Document", 34), ("Page", 6), ("What is wrong", 80), ("What to do", 60))):
        sheet.write_string(0, column, name, styles.head)
        sheet.set_column(column, column, width)
    _fit_paper(sheet)
    for row, failure in enumerate(failures, 1):
        for column, value in enumerate((failure.document, failure.page, failure.message, failure.cure)):
            _write(sheet, row, column, value)


def _write_sheet(book: "Workbook", name: str, shown: _Shown, styles: _Styles, root: Path) -> None:
    """Title, origin and doubts above; the table below, the picture and the chart beside it."""
    sheet, figure = book.add_worksheet(name), shown.figure
    sheet.write_string(0, 0, plain(title_of(figure), _MOST_TEXT), styles.title)
    _link(sheet, 1, 0, "internal:'Charts'!A1", "all charts")
    where = f"{shown.document.name}, page {figure.page}, {figure.id}"
    how = "" if figure.chart is None else f": {kind_in_words(figure.chart)}, {how_it_was_read(figure.chart)}"
    sheet.write_string(2, 0, plain(where + how, _MOST_TEXT), styles.quiet)
    sheet.write_string(3, 0, plain(figure.caption, _MOST_TEXT), styles.quiet)
    row = 4
    for row, doubt in enumerate(doubts_about(figure), 4):
        sheet.write_string(row, 0, plain(doubt, _MOST_TEXT), styles.doubt)
    top = row + 2
    _fit_paper(sheet)
    sheet.set_column(0, 0, 24)
    chart = None
    if figure.chart is None:
        width = _write_printed(sheet, figure.table or Table(), top, styles)
    else:
        table = wide_table(figure.chart)
        width = _write_numbers(sheet, table, top, styles)
        if len(table.x) <= _MOST_ROWS - top and width <= _MOST_COLUMNS:
            chart = native_chart(book, figure.chart, table, Place(sheet=name, row=top))
        else:
            sheet.write_string(row + 1, 0, _TOO_LARGE, styles.doubt)
    sheet.set_column(1, max(1, width - 1), 13)
    across = _insert_picture(sheet, figure, root, top, width + 1)
    if chart is not None:
        chart.set_size({"width": _PICTURE[0], "height": _PICTURE[1]})
        sheet.insert_chart(top, width + 1, chart, {"x_offset": across, "object_position": 3})


def _write_numbers(sheet: Any, table: WideTable, top: int, styles: _Styles) -> int:
    """The table, with the printed text of what is no number in columns after it; how many columns it takes."""
    odd = [
        column
        for column in table.columns
        if any(point is not None and point.y is None and point.raw for point in column.points)
    ]
    heads = [table.head, *(column.name for column in table.columns), *(f"{column.name} (text)" for column in odd)]
    for place, text in enumerate(heads):
        sheet.write_string(top, place, plain(text, _MOST_TEXT), styles.head)
    for row, x in enumerate(table.x):
        _write(sheet, top + 1 + row, 0, x, styles)
        numbers = [None if (point := column.points[row]) is None else point.y for column in table.columns]
        texts = [point.raw if (point := column.points[row]) and point.y is None else None for column in odd]
        for place, value in enumerate([*numbers, *texts], 1):
            _write(sheet, top + 1 + row, place, value)
    return len(heads)


def _write_printed(sheet: Any, table: Table, top: int, styles: _Styles) -> int:
    """A printed table, its plain numbers as numbers; how many columns it takes."""
    for column, text in enumerate(table.columns):
        sheet.write_string(top, column, plain(text, _MOST_TEXT), styles.head)
    for row, cells in enumerate(table.rows, top + 1):
        for column, text in enumerate(cells):
            _write(sheet, row, column, _number_or_text(text))
    return len(table.columns)


def _number_or_text(text: str) -> int | float | str:
    """A number only where nothing is lost by it: no unit, no estimate, no leading zero as of a code."""
    number = parse_number(text)
    coded = text.lstrip("-").startswith("0") and not text.lstrip("-").startswith("0.") and text != "0"
    return text if number is None or number.unit or number.approximate or coded else number.value


def _insert_picture(sheet: Any, figure: Figure, root: Path, row: int, column: int) -> int:
    """The crop, as large as the chart beside it; the pixels it takes across, 0 where there is none."""
    from xlsxwriter.exceptions import XlsxWriterException
    from xlsxwriter.image import Image

    if figure.crop is None:
        return 0
    picture = read_if_there(root / figure.crop)
    if picture is None:
        return 0
    try:
        image = Image(BytesIO(picture))
    except (OSError, XlsxWriterException):
        return 0
    width, height = image.width * 96 / image.x_dpi, image.height * 96 / image.y_dpi
    scale = min(_PICTURE[0] / width, _PICTURE[1] / height)
    options = {"x_scale": scale, "y_scale": scale, "object_position": 3, "description": "what was read"}
    sheet.insert_image(row, column, image, options)
    return int(width * scale) + 16


def _write(sheet: Any, row: int, column: int, value: XValue, styles: _Styles | None = None) -> None:
    """One cell, by the type of the value; an empty one for None."""
    if isinstance(value, dt.datetime):
        if value < _FIRST_DATE or styles is None:
            sheet.write_string(row, column, value.isoformat())
        else:
            sheet.write_datetime(row, column, value, styles.moment if value.hour or value.minute else styles.date)
    elif isinstance(value, str) or (value is not None and abs(value) > _LARGEST):
        sheet.write_string(row, column, plain(str(value), _MOST_TEXT))
    elif value is not None:
        sheet.write_number(row, column, value)


def _fit_paper(sheet: Any) -> None:
    """Printed on as many pages as it is long, and one across."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _link(sheet: Any, row: int, column: int, target: str, text: str) -> None:
    """A link, or its text alone where Excel takes no link so long."""
    if len(target) > _MOST_LINKS:
        _write(sheet, row, column, text)
    else:
        sheet.write_url(row, column, target, string=plain(text, 255))


def _external(path: str) -> str:
    """A link from the workbook to a file, best a relative one: the folder can be moved with what it links to."""
    return "external:" + path.replace("%", "%25").replace("#", "%23")


def _sheet_name(number: int, title: str) -> str:
    """A name no other sheet has and Excel takes: at most 31 UTF-16 units, and no brackets, slashes, colons or stars."""
    name = f"{number} {plain(title, 200).translate(_FORBIDDEN)}"
    return " ".join(name.encode("utf-16-le")[: 2 * _SHEET_NAME].decode("utf-16-le", "ignore").split())
