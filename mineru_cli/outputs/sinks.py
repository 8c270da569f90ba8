"""Where finished documents go: the output folder, or JSON lines on stdout.

Comes in: finished documents and their crops. Goes out: files, each whole. The JSON of a document is its record:
what the whole-run files hold is gathered from those records when the run ends (`gather`).
"""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from mineru_cli.errors import OutputError, UsageError
from mineru_cli.options import MEMORY, STDOUT, Format, OutputOptions
from mineru_cli.outputs.elsewhere import is_elsewhere, open_folder
from mineru_cli.outputs.files import cannot_write, read_if_there, remove_leftovers, write_atomically
from mineru_cli.outputs.gather import Records, gather, in_order, line, record_path
from mineru_cli.outputs.lease import Lease
from mineru_cli.outputs.lock import FolderLock
from mineru_cli.outputs.memory import MemorySink
from mineru_cli.outputs.names import Names
from mineru_cli.outputs.redraw import Redrawings
from mineru_cli.outputs.reports import combine, forget_reports, read_reports, write_shard_report
from mineru_cli.outputs.tables import wide_csv
from mineru_cli.outputs.workbook import check_workbooks
from mineru_cli.outputs.writer import Writer
from mineru_cli.schema import Document, RunReport
from mineru_cli.shards import Shard


class Sink(Protocol):
    """Takes what a run produces."""

    def claim(self, name: str) -> str:
        """A name for a document's results, like none handed out before."""
        ...

    def earlier(self, name: str) -> Document | None:
        """What an earlier run wrote under this name, if it is whole and of this schema."""
        ...

    def crop(self, document: str, figure: str, png: bytes) -> str | None:
        """Keep a figure's picture; its path relative to the output, or None where pictures are not kept."""
        ...

    def table_path(self, document: str, figure: str) -> str | None:
        """Where the CSV of a figure will be, relative to the output; None where none is written."""
        ...

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        """Take a finished document; ``written`` is called with it when it is there, at the latest by `settle`."""
        ...

    def settle(self, *, everything: bool = False) -> None:
        """Tell of the documents that are written by now; or wait until ``everything`` that was taken is.

        Raises
        ------
        OutputError
            When something cannot be written.
        """
        ...

    def adopt(self, document: Document) -> None:
        """Take a finished document that was written elsewhere, by a `FolderWriter` on the same folder, if on any."""
        ...

    def finish(self, report: RunReport) -> None:
        """Write what describes the whole run."""
        ...

    def close(self) -> None:
        """Let the next run in."""
        ...


class RunSink(Sink, Protocol):
    """The sink of a whole run, which can be asked for what it took."""

    def documents(self) -> Iterable[Document] | None:
        """What was taken, in the order of the inputs and to be gone through again and again; None where it is gone."""
        ...


class FolderWriter:
    """Writes documents below a folder that somebody else holds; see docs/output.md for what lies where.

    A thread writes, beside whoever feeds the engine. What cannot be written is told by `settle`.
    """

    def __init__(self, root: Path, formats: Sequence[Format]) -> None:
        self._root = root
        self._formats = formats
        self._writer = Writer()

    def earlier(self, name: str) -> Document | None:
        """The record, which is written last: where it can be read, all that it names is there."""
        try:
            return Document.model_validate_json(read_if_there(self._record(name)) or b"")
        except (OSError, ValueError):
            return None

    def crop(self, document: str, figure: str, png: bytes) -> str:
        """Have the picture written now: a document of a thousand figures must not hold them all in memory."""
        relative = f"{document}/{figure}.png"
        self._writer.hand_over(partial(write_atomically, self._root / relative, png), size=len(png))
        return relative

    def table_path(self, document: str, figure: str) -> str | None:
        """Beside the crop, when CSV is wanted."""
        return f"{document}/{figure}.csv" if "csv" in self._formats else None

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        """Have it written, after its pictures."""
        self._writer.hand_over(partial(self._write, document), then=partial(written, document))

    def settle(self, *, everything: bool = False) -> None:
        """Tell of what is written."""
        self._writer.settle(everything=everything)

    def close(self) -> None:
        """Write what was taken, then end."""
        self._writer.close()

    def _write(self, document: Document) -> None:
        """Write the tables, then the JSON: a document whose JSON is there is whole."""
        for figure in document.figures:
            table = figure.chart or figure.table
            if figure.csv is not None and table is not None:
                write_atomically(self._root / figure.csv, wide_csv(table))
        write_atomically(self._record(document.name), document.model_dump_json(indent=2) + "\n")

    def _record(self, name: str) -> Path:
        return record_path(self._root, name)


class FolderSink(FolderWriter):
    """The output folder, held by this run, or by this shard of one."""

    def __init__(self, options: OutputOptions, shard: Shard | None = None) -> None:
        super().__init__(open_folder(options.output), options.formats)
        self._shard = shard
        self._redrawings = Redrawings(self._root) if "html" in options.formats else None
        self._names = Names()
        self._written: list[str] = []
        if "xlsx" in options.formats:
            check_workbooks()
        self._lock = _lock(self._root, shard)
        if shard is None:
            remove_leftovers(self._root)
        forget_reports(self._root, but=shard)

    def claim(self, name: str) -> str:
        """A name that no other input of this run has, in the order of the inputs."""
        claimed = self._names.claim(name)
        self._written.append(claimed)
        return claimed

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        """Have a document written, then its charts redrawn."""

        def go_on(document: Document) -> None:
            self.adopt(document)
            written(document)

        super().document(document, go_on)

    def adopt(self, document: Document) -> None:
        """Begin to redraw the charts of a document that is there.

        Raises
        ------
        OutputLockedError
            When another run has taken the folder over.
        """
        self._lock.check()
        if self._redrawings is not None:
            self._redrawings.offer(document)

    def finish(self, report: RunReport) -> None:
        """Gather the whole-run files from the records; of shards, the last at work gathers those of all."""
        if self._shard is not None:
            write_shard_report(self._root, report, self._shard)
        with self._lock.gathering() as is_last:
            if not is_last:
                return
            records = Records(root=self._root, names=in_order(self._written))
            if self._shard is not None:
                report = combine(read_reports(self._root), records, output=report.output)
            gather(records, report, self._formats, redrawings=self._redrawings)

    def documents(self) -> Records:
        """Read from the records as they are asked for."""
        return Records(root=self._root, names=tuple(self._written))

    def close(self) -> None:
        """Write what was taken, stop redrawing, release the lock."""
        super().close()
        if self._redrawings is not None:
            self._redrawings.close()
        self._lock.release()


def _lock(root: Path, shard: Shard | None) -> FolderLock | Lease:
    if is_elsewhere(root):
        if shard is not None:
            raise UsageError(
                f"--shard cannot share {root}: there are no locks there",
                cure="Give each shard a folder of this machine; --merge puts them together",
            )
        return Lease(root)
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(root, error) from error
    return FolderLock(root, shard)


class StreamSink:
    """JSON lines on stdout, a document each, as soon as it is finished; nothing else is ever written there."""

    def __init__(self) -> None:
        self._names = Names()
        self._stdout = sys.stdout

    def claim(self, name: str) -> str:
        """A name that no other input of this run has."""
        return self._names.claim(name)

    def earlier(self, name: str) -> None:
        """Nothing is kept."""

    def crop(self, document: str, figure: str, png: bytes) -> None:
        """Pictures do not fit in JSON lines."""

    def table_path(self, document: str, figure: str) -> None:
        """No files."""

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        """Print one line, at once.

        Raises
        ------
        OutputError
            When the reader of the pipe has gone.
        """
        try:
            self._stdout.write(line(document))
            self._stdout.flush()
        except BrokenPipeError as error:
            raise OutputError("stdout was closed by its reader") from error
        except OSError as error:
            raise cannot_write(Path("stdout"), error) from error
        written(document)

    def settle(self, *, everything: bool = False) -> None:
        """Nothing waits."""

    def adopt(self, document: Document) -> None:
        """Print it."""
        self.document(document, lambda _: None)

    def finish(self, report: RunReport) -> None:
        """Nothing: stdout holds documents only."""

    def documents(self) -> None:
        """Gone through the pipe."""

    def close(self) -> None:
        """Nothing is held."""


def open_sink(options: OutputOptions, shard: Shard | None = None) -> RunSink:
    """The sink that ``-o`` names, for a whole run or for a shard.

    Raises
    ------
    MissingDependencyError
        When a format needs a package that is not installed.
    OutputError
        When the folder cannot be made or written.
    """
    if options.output == MEMORY:
        return MemorySink()
    return StreamSink() if options.output == STDOUT else FolderSink(options, shard)
