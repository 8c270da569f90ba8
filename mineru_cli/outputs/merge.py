"""Output folders put together, as of shards that ran on different machines.

Comes in: folders of records. Goes out: one folder that holds them all, and the whole-run files gathered anew. Files are
copied, each whole or not at all, a record after what it names; the folders they come from are left as they are.
"""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

from mineru_cli.errors import ExitCode, NoInputError, OutputError
from mineru_cli.options import Format
from mineru_cli.outputs.files import cannot_write, remove_leftovers, write_atomically
from mineru_cli.outputs.gather import Records, gather, record_path
from mineru_cli.outputs.lock import FolderLock
from mineru_cli.outputs.names import same_place
from mineru_cli.outputs.reports import combine, read_reports
from mineru_cli.schema import Document, Failure, RunReport

NEWS = frozenset({"merge_conflict", "shard_missing"})
"""Codes of the failures that only a merge finds; the others have been told when they happened."""

_PREFERRED = ("done", "duplicate", "partial", "failed")


def merge(folders: Sequence[Path], target: Path, formats: Sequence[Format]) -> RunReport:
    """Copy what ``folders`` hold into ``target``, and gather; a folder that is the target is only gathered anew.

    Where two folders hold the same document, the one that was read better stays. Of two different documents of one
    name the first stays, and the other is a failure in the report.

    Raises
    ------
    NoInputError
        When a folder holds no output of a run.
    OutputLockedError
        When a run writes to one of the folders.
    OutputError
        When the target cannot be written.
    """
    reports = {folder: read_reports(folder) for folder in folders}
    for folder in folders:
        if not reports[folder] and not Records.below(folder).names:
            raise NoInputError(f"{folder} holds no output of a run", cure="Name folders that -o was given")
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target, error) from error
    others = [folder for folder in folders if not target.samefile(folder)]
    with ExitStack() as closing:
        closing.callback(FolderLock(target).release)
        for folder in others:
            _hold(folder, closing)
        remove_leftovers(target)
        conflicts = _copy_all(others, target)
        records = Records.below(target)
        report = combine([report for folder in folders for report in reports[folder]], records, output=str(target))
        if conflicts:
            code = report.exit_code or ExitCode.SOME_FAILED
            report = report.model_copy(update={"failures": [*report.failures, *conflicts], "exit_code": code})
        gather(records, report, formats)
    return report


def _hold(folder: Path, closing: ExitStack) -> None:
    with suppress(OutputError):  # a folder that cannot be written is written by no run
        closing.callback(FolderLock(folder).release)


def _copy_all(folders: Sequence[Path], target: Path) -> list[Failure]:
    """Copy record after record; what could not be taken in."""
    conflicts = []
    places = {same_place(name): name for name in Records.below(target).names}
    for folder in folders:
        for document in Records.below(folder):
            name = places.setdefault(same_place(document.name), document.name)
            there = _read(target, name)
            if there is not None and not _is_same(there, document):
                conflicts.append(_conflict(folder, document))
            elif there is None or _rank(document) < _rank(there):
                _copy(folder, target, document.name)
    return conflicts


def _copy(folder: Path, target: Path, name: str) -> None:
    """The files of a document, then its record."""
    beside = folder / name
    files = sorted(path for path in beside.iterdir() if path.is_file()) if beside.is_dir() else []
    for path in (*files, record_path(folder, name)):
        with path.open("rb") as source:
            write_atomically(target / path.relative_to(folder), partial(shutil.copyfileobj, source))


def _read(root: Path, name: str) -> Document | None:
    return next(iter(Records(root=root, names=[name])), None)


def _is_same(one: Document, other: Document) -> bool:
    """Of the same bytes, where both could be read."""
    digests = {one.source.sha256, other.source.sha256} - {None}
    return one.name == other.name and len(digests) < 2


def _rank(document: Document) -> tuple[int, int]:
    return _PREFERRED.index(document.status), len(document.failures)


def _conflict(folder: Path, document: Document) -> Failure:
    return Failure(
        code="merge_conflict",
        message=f"{record_path(folder, document.name)} was left out: another document is called {document.name} too",
        cure="Merge its folder into another one",
        document=document.name,
    )
