"""The files about a whole run, gathered from the records of its documents.

Comes in: the records in an output folder, and the run's report. Goes out: charts.csv, documents.jsonl and run.json,
each whole. Knows nothing of how the records came about, so whoever has a folder of them can gather anew.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mineru_cli.options import Format
from mineru_cli.outputs.files import files_below, read_if_there, write_atomically
from mineru_cli.outputs.markdown import write_markdown
from mineru_cli.outputs.page import was_stopped, write_page
from mineru_cli.outputs.redraw import Redrawings
from mineru_cli.outputs.tables import tidy_csv, tidy_header
from mineru_cli.outputs.workbook import write_workbooks
from mineru_cli.schema import DOCUMENT_SCHEMA, Document, RunReport

_HEAD = 16_384  # bytes: the longest name, escaped
_NAME = re.compile(rb'"name":\s*("(?:[^"\\]|\\.)*")')


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The records below ``root`` that go by ``names``, in that order. They are read one at a time."""

    root: Path
    names: Sequence[str]

    @classmethod
    def below(cls, root: Path) -> "Records":
        """All that are there, at the places they name: those of an output folder within this one are not its own."""
        found = ((path, path.relative_to(root).as_posix().removesuffix(".json")) for path in files_below(root, ".json"))
        return cls(root=root, names=in_order(name for path, name in found if _is_record(path, name)))

    def __iter__(self) -> Iterator[Document]:
        """Those that are there."""
        for name in self.names:
            content = read_if_there(record_path(self.root, name))
            if content is not None:
                yield Document.model_validate_json(content)


def in_order(names: Iterable[str]) -> list[str]:
    """Folder by folder, each sorted: the order in which folders are walked."""
    return sorted(names, key=lambda name: name.split("/"))


def record_path(root: Path, name: str) -> Path:
    """Where the record of a document is."""
    return root / f"{name}.json"


def gather(
    records: Records, report: RunReport, formats: Sequence[Format], *, redrawings: Redrawings | None = None
) -> None:
    """Write what ``formats`` ask for about all documents together; run.json last.

    ``redrawings`` are those that were begun while the documents were read; what is missing is drawn first.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    if "csv" in formats:
        write_atomically(records.root / "charts.csv", _tidy(records))
    if "jsonl" in formats:
        write_atomically(records.root / "documents.jsonl", (line(document) for document in records))
    if "xlsx" in formats:
        write_workbooks(records.root, records, report.failures)
    if "md" in formats:
        write_markdown(records.root, records)
    if "html" in formats:
        with closing(redrawings or Redrawings(records.root)) as drawn:
            if not was_stopped(report):
                drawn.finish(records)
            write_page(records.root, records, report, notice=drawn.notice)
    write_atomically(records.root / "run.json", report.model_dump_json(indent=2) + "\n")


def line(document: Document) -> str:
    """One document as one line of JSON."""
    return document.model_dump_json() + "\n"


def _is_record(path: Path, name: str) -> bool:
    """By its first words: other JSON lies beside records."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    named = _NAME.search(head)
    return DOCUMENT_SCHEMA.encode() in head[:100] and named is not None and json.loads(named[1]) == name


def _tidy(records: Records) -> Iterator[str]:
    yield tidy_header()
    for document in records:
        yield from tidy_csv(document)
