"""Where finished documents go: the output folder, or JSON lines on stdout.

Comes in: finished documents and their crops. Goes out: files, each whole. The JSON of a document is its record:
what the whole-run files hold is gathered from those records when the run ends (`gather`).
"""

import sys
from pathlib import Path
from typing import Protocol

from mineru_cli.errors import OutputError
from mineru_cli.options import STDOUT, OutputOptions
from mineru_cli.outputs.files import cannot_write, remove_leftovers, write_atomically
from mineru_cli.outputs.gather import Records, gather, line, record_path
from mineru_cli.outputs.lock import FolderLock
from mineru_cli.outputs.names import Names
from mineru_cli.outputs.tables import wide_csv
from mineru_cli.schema import Document, RunReport


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

    def document(self, document: Document) -> None:
        """Take a finished document."""
        ...

    def finish(self, report: RunReport) -> None:
        """Write what describes the whole run."""
        ...

    def close(self) -> None:
        """Let the next run in."""
        ...


class FolderSink:
    """The output folder. See docs/output.md for what lies where."""

    def __init__(self, options: OutputOptions) -> None:
        self._root = Path(options.output)
        self._formats = options.formats
        self._names = Names()
        self._written: list[str] = []
        try:
            self._root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self._root, error) from error
        self._lock = FolderLock(self._root)
        remove_leftovers(self._root)

    def claim(self, name: str) -> str:
        """A name that no other input of this run has, in the order of the inputs."""
        claimed = self._names.claim(name)
        self._written.append(claimed)
        return claimed

    def earlier(self, name: str) -> Document | None:
        """The record, which is written last: where it can be read, all that it names is there."""
        try:
            return Document.model_validate_json(self._record(name).read_bytes())
        except (OSError, ValueError):
            return None

    def crop(self, document: str, figure: str, png: bytes) -> str:
        """Write the picture at once: a document of a thousand figures must not hold them all in memory."""
        relative = f"{document}/{figure}.png"
        write_atomically(self._root / relative, png)
        return relative

    def table_path(self, document: str, figure: str) -> str | None:
        """Beside the crop, when CSV is wanted."""
        return f"{document}/{figure}.csv" if "csv" in self._formats else None

    def document(self, document: Document) -> None:
        """Write the tables, then the JSON: a document whose JSON is there is whole."""
        for figure in document.figures:
            table = figure.chart or figure.table
            if figure.csv is not None and table is not None:
                write_atomically(self._root / figure.csv, wide_csv(table))
        write_atomically(self._record(document.name), document.model_dump_json(indent=2) + "\n")

    def finish(self, report: RunReport) -> None:
        """Gather the whole-run files from the records, in the order of the inputs."""
        gather(Records(root=self._root, names=self._written), report, self._formats)

    def close(self) -> None:
        """Release the lock."""
        self._lock.release()

    def _record(self, name: str) -> Path:
        return record_path(self._root, name)


class StreamSink:
    """JSON lines on stdout, a document each, as soon as it is finished; nothing else is ever written there."""

    def __init__(self) -> None:
        self._names = Names()

    def claim(self, name: str) -> str:
        """A name that no other input of this run has."""
        return self._names.claim(name)

    def earlier(self, name: str) -> None:
        """Nothing is kept."""

    def crop(self, document: str, figure: str, png: bytes) -> None:
        """Pictures do not fit in JSON lines."""

    def table_path(self, document: str, figure: str) -> None:
        """No files."""

    def document(self, document: Document) -> None:
        """Print one line, at once.

        Raises
        ------
        OutputError
            When the reader of the pipe has gone.
        """
        try:
            sys.stdout.write(line(document))
            sys.stdout.flush()
        except BrokenPipeError as error:
            raise OutputError("stdout was closed by its reader") from error
        except OSError as error:
            raise cannot_write(Path("stdout"), error) from error

    def finish(self, report: RunReport) -> None:
        """Nothing: stdout holds documents only."""

    def close(self) -> None:
        """Nothing is held."""


def open_sink(options: OutputOptions) -> Sink:
    """The sink that ``-o`` names.

    Raises
    ------
    OutputError
        When the folder cannot be made or written.
    """
    return StreamSink() if options.output == STDOUT else FolderSink(options)
