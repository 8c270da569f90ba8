"""The files about a whole run, gathered from the records of its documents.

Comes in: the records in an output folder, and the run's report. Goes out: charts.csv, documents.jsonl and run.json,
each whole. Knows nothing of how the records came about, so whoever has a folder of them can gather anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mineru_cli.options import Format
from mineru_cli.outputs.files import write_atomically
from mineru_cli.outputs.tables import tidy_csv, tidy_header
from mineru_cli.schema import Document, RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records below ``root`` that go by ``names``, in that order. They are read one at a time."""

    root: Path
    names: Sequence[str]

    def __iter__(self) -> Iterator[Document]:
        """Those that are there."""
        for name in self.names:
            path = record_path(self.root, name)
            if path.is_file():
                yield Document.model_validate_json(path.read_bytes())


def record_path(root: Path, name: str) -> Path:
    """Where the record of a document is."""
    return root / f"{name}.json"


def gather(records: Records, report: RunReport, formats: Sequence[Format]) -> None:
    """Write what ``formats`` ask for about all documents together; run.json last.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    if "csv" in formats:
        write_atomically(records.root / "charts.csv", _tidy(records))
    if "jsonl" in formats:
        write_atomically(records.root / "documents.jsonl", (line(document) for document in records))
    write_atomically(records.root / "run.json", report.model_dump_json(indent=2) + "\n")


def line(document: Document) -> str:
    """One document as one line of JSON."""
    return document.model_dump_json() + "\n"


def _tidy(records: Records) -> Iterator[str]:
    yield tidy_header()
    for document in records:
        yield from tidy_csv(document)
