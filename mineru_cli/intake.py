"""Inputs on their way in: each is named and looked up, and either settled on the spot or handed on to be read.

Comes in: `Arrivals`. Goes out: an `Input` for each document that must be read; what needs no reading (kept from an
earlier run, the same bytes again, a file that is gone) goes straight to the ledger. Knows nothing of pages or engines.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mineru_cli.arrivals import Arrivals
from mineru_cli.assembly import Assembly
from mineru_cli.errors import SourceError
from mineru_cli.ledger import Ledger
from mineru_cli.options import InputOptions
from mineru_cli.resume import Keep, reparsed
from mineru_cli.schema import Document, Failure, SourceRecord
from mineru_cli.shards import Shard
from mineru_cli.sources import Found, Source, output_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A document to read. ``name`` is its place in the output, ``record`` what is written of its source."""

    name: str
    source: Source
    record: SourceRecord


class Inputs(Protocol):
    """Documents to read, as they come."""

    def take(self) -> Input | None:
        """The next; None when there is none at the moment."""
        ...

    def wait(self) -> bool:
        """Wait for the next, for a moment at least; False when there will be none."""
        ...

    def let_go(self, source: Source) -> None:
        """A document that was taken is done with."""
        ...


class Intake:
    """The inputs of a run, in their order. Nothing is opened before it is asked for.

    Parameters
    ----------
    arrivals
        What there is, and its bytes.
    keep
        Which finished documents are kept.
    fingerprint
        How documents are read now.
    ledger
        Gets what needs no reading.
    shard
        The share of the inputs that is taken, None for all. All are named, so that names are those of a whole run.
    """

    def __init__(
        self, arrivals: Arrivals, *, keep: Keep, fingerprint: str, ledger: Ledger, shard: Shard | None = None
    ) -> None:
        self._found = found = arrivals.found
        self._arrivals = arrivals
        self._awaited: Source | None = None
        self._keep = keep
        self._fingerprint = fingerprint
        self._ledger = ledger
        self._shard = shard
        self._ours = len(found.sources) + len(found.failures)
        self._first_with: dict[str, str] = {}
        self._admitted = self._admit()

    @property
    def unfinished(self) -> int:
        """Inputs of which there is no document yet."""
        return self._ours - self._ledger.tally.numbers["documents"]

    @property
    def ignored(self) -> int:
        """Files nobody asked for. Of shards the first counts them, so that the counts of all add up."""
        return self._found.ignored if self._shard is None or self._shard.number == 1 else 0

    def take(self) -> Input | None:
        """The next document that must be read; None when it is still being fetched, or all have been handed on.

        Raises
        ------
        OutputError
            When what needs no reading cannot be written.
        """
        return next(self._admitted, None)

    def wait(self) -> bool:
        """Wait a moment for what is being fetched; False when there is nothing more."""
        if self._awaited is None:
            return False
        self._arrivals.wait(self._awaited)
        return True

    def let_go(self, source: Source) -> None:
        """Remove the copy that was made of a source, if one was."""
        self._arrivals.let_go(source)

    def _admit(self) -> Iterator[Input | None]:
        self._ledger.listener.inputs_found(self._ours)
        for failure in self._found.failures:
            self._lose(failure)
        names = [self._ledger.sink.claim(source.name) for source in self._found.sources]
        for name, source in zip(names, self._found.sources, strict=True):
            while not self._arrivals.is_here(source):
                self._awaited = source
                yield None
            self._awaited = None
            admitted = self._open(name, source)
            if admitted is not None:
                yield admitted

    def _is_ours(self, *, digest: str | None, name: str) -> bool:
        """Whether an input is of this shard; one that is not is no longer counted."""
        if self._shard is None or (self._shard.holds(digest) if digest else self._shard.holds_name(name)):
            return True
        self._ours -= 1
        self._ledger.listener.inputs_found(self._ours)
        return False

    def _open(self, name: str, source: Source) -> Input | None:
        """Look an input up; None when it is settled, or another shard's."""
        record = SourceRecord(path=source.where, kind=source.kind or "unknown", bytes=source.size, sha256=None)
        try:
            with self._ledger.clock.stage("hash"):
                arrived = self._arrivals.take(source)
        except SourceError as error:
            if not self._is_ours(digest=None, name=name):
                return None
            assembly = Assembly(name=name, source=record, fingerprint=self._fingerprint)
            self._ledger.tell(assembly.fail(error))
            self._ledger.finish(assembly.build())
            return None
        source, digest = arrived.source, arrived.sha256
        if not self._is_ours(digest=digest, name=name) or self._is_settled(name, source, digest):
            self._arrivals.let_go(source)
            return None
        return Input(name=name, source=source, record=_record(source, digest))

    def _is_settled(self, name: str, source: Source, digest: str) -> bool:
        """Whether a document need not be read: an earlier run has, or another input holds the same bytes."""
        record = _record(source, digest)
        first = self._first_with.setdefault(digest, name)
        same_as = None if first == name else first
        if self._resume(name, record, same_as):
            return True
        if same_as is None:
            return False
        assembly = Assembly(name=name, source=record, fingerprint=self._fingerprint, same_as=same_as)
        self._ledger.finish(assembly.build())
        return True

    def _resume(self, name: str, record: SourceRecord, same_as: str | None) -> bool:
        """Keep what an earlier run finished, when it was read from the same bytes in the same way."""
        with self._ledger.clock.stage("resume"):
            earlier: Document | None = self._ledger.sink.earlier(name)
            if earlier is None or earlier.source.sha256 != record.sha256:
                return False
            if self._keep.reparse and earlier.same_as is None:
                anew = reparsed(earlier, fingerprint=self._fingerprint, calibration=self._keep.calibration)
                self._ledger.finish(anew)
            elif self._keep.is_kept(earlier, fingerprint=self._fingerprint, same_as=same_as):
                self._ledger.count(earlier, resumed=True)
            else:
                return False
        return True

    def _lose(self, failure: Failure) -> None:
        """An input that cannot even be opened still gets its record, unless there is no such file."""
        path = Path(failure.document)
        is_there = os.path.lexists(path)
        name = self._ledger.sink.claim(output_name(path)) if is_there else failure.document
        if not self._is_ours(digest=None, name=name):
            return
        if not is_there:
            self._ledger.lose(failure)
            self._ledger.listener.pages_found(0)
            return
        record = SourceRecord(path=str(path), kind="unknown", bytes=_size(path), sha256=None)
        assembly = Assembly(name=name, source=record)
        self._ledger.tell(assembly.fail(failure))
        self._ledger.finish(assembly.build())


def of_shard(sources: Iterable[Source], shard: Shard, options: InputOptions) -> Iterator[Source]:
    """Those of a share, without any that cannot be read."""
    listed = list(sources)
    with closing(Arrivals(Found(sources=listed), most_size=options.max_file_size, keep=False)) as arrivals:
        for source in listed:
            with suppress(SourceError):
                arrived = arrivals.take(source)
                arrivals.let_go(source)
                if shard.holds(arrived.sha256):
                    yield arrived.source


def _record(source: Source, digest: str) -> SourceRecord:
    return SourceRecord(path=source.where, kind=source.kind or "unknown", bytes=source.size, sha256=digest)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
