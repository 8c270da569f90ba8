"""What a run gives to Python: its report, with the documents and charts it read.

Comes in: a `RunReport` and the documents. Goes out: `Results`, and each chart as a `FoundChart`, which makes a data
frame of itself. Knows nothing of how a run works. pandas is loaded when a frame is asked for.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import PrivateAttr

from mineru_cli.errors import MissingDependencyError, UsageError
from mineru_cli.options import MEMORY, STDOUT
from mineru_cli.outputs.elsewhere import open_folder
from mineru_cli.outputs.tables import TIDY_COLUMNS, tidy_rows
from mineru_cli.outputs.wide import wide_table
from mineru_cli.outputs.words import read_figures, title_of
from mineru_cli.schema import Chart, Document, Figure, Flag, RunReport

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundChart:
    """A chart, and where it was found.

    ``document`` is the name of the record, ``source`` the path of the input, ``figure`` the record of the place on the
    page; ``folder`` is the output folder, None where nothing was written.
    """

    chart: Chart
    document: str
    source: str
    figure: Figure
    folder: Path | None = None

    @property
    def title(self) -> str:
        """The chart's own title, else its caption, else the figure's name."""
        return title_of(self.figure)

    @property
    def page(self) -> int:
        """The page of the document, from 1."""
        return self.figure.page

    @property
    def id(self) -> str:
        """The figure's name within the document, as ``p003-f1``."""
        return self.figure.id

    @property
    def crop(self) -> Path | None:
        """The picture that was read, where it was kept."""
        return None if self.folder is None or self.figure.crop is None else self.folder / self.figure.crop

    @property
    def flags(self) -> list[Flag]:
        """All doubts: about the figure, the chart and its series."""
        return [*self.figure.flags, *self.chart.flags, *(flag for series in self.chart.series for flag in series.flags)]

    def to_pandas(self, *, tidy: bool = False) -> "DataFrame":
        """The numbers as a data frame.

        Parameters
        ----------
        tidy
            One row a point, with the columns of charts.csv, instead of one row an x and one column a series.

        Returns
        -------
        pandas.DataFrame
            Wide: the index holds x (numbers, dates or categories, named as the axis is), each column the numbers of
            one series, NaN where there is none. A name that comes again gets a number: ``Sales (2)``.

        Raises
        ------
        MissingDependencyError
            When pandas is not installed.
        """
        pd = _pandas()
        if tidy:
            frame: DataFrame = pd.DataFrame.from_records(
                list(tidy_rows(self.document, self.figure)), columns=TIDY_COLUMNS
            )
            return frame.astype(dict.fromkeys(("y", "low", "high"), "float64"))
        table = wide_table(self.chart)
        index = pd.DatetimeIndex(table.x) if table.is_dated else pd.Index(table.x)
        columns = {
            column.name: pd.Series(
                [None if point is None else point.y for point in column.points], index=index, dtype="float64"
            )
            for column in table.columns
        }
        return pd.DataFrame(columns, index=index.rename(table.head))


class Results(RunReport):
    """The report of a run, and what it read.

    Everything of `RunReport` is here: ``results.counts``, ``results.failures``, ``results.exit_code``.
    """

    _documents: Iterable[Document] | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, report: RunReport, documents: Iterable[Document] | None) -> "Results":
        """Put them together. ``documents`` can be gone through again and again; None where nobody has them."""
        results = cls(**{name: getattr(report, name) for name in type(report).model_fields})
        results._documents = documents
        return results

    @property
    def documents(self) -> Iterable[Document]:
        """The record of each input, in their order; read from the output folder as they are asked for.

        Raises
        ------
        UsageError
            When the run wrote them to stdout, and nobody has them.
        """
        if self._documents is None:
            raise UsageError(
                "the documents of this run went to stdout", cure="Leave out the output, or give extract() a folder"
            )
        return self._documents

    @property
    def charts(self) -> Iterator[FoundChart]:
        """Every chart of every document, in their order.

        Each use of this property begins anew; ``list(results.charts)`` holds them all.
        """
        return found_charts(self.documents, None if self.output in {MEMORY, STDOUT} else open_folder(self.output))


def found_charts(documents: Iterable[Document], folder: Path | None) -> Iterator[FoundChart]:
    """The charts of documents in their order; ``folder`` is what the paths in the records are relative to."""
    return (
        FoundChart(
            chart=figure.chart, document=document.name, source=document.source.path, figure=figure, folder=folder
        )
        for document in documents
        for figure in read_figures(document)
        if figure.chart is not None
    )


def _pandas() -> Any:
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingDependencyError(package="pandas", extra="pandas", purpose="to make data frames") from error
    return pd
