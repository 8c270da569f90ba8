"""The bytes of the inputs: hashed in their order, and those that lie elsewhere fetched ahead.

Comes in: what was found. Goes out: each as `Arrived`, with its digest and a path on this machine, until it is let go.
Fetched copies lie in a temporary folder; those that wait and those that are being read take no more than `MOST_BYTES`
together, unless a single one is larger. Knows nothing of what becomes of them.
"""

import hashlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Final

from mineru_cli.errors import SourceError
from mineru_cli.remote import Fetched, fetch, temporary_folder, too_large
from mineru_cli.sources import Found, Source, known_kind

MOST_BYTES: Final = 4 * 1024**3
"""What fetched copies may take of the disk."""

_AHEAD: Final = 8
_WAIT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A source that was looked through. Its path is that of the copy, where one was made."""

    source: Source
    sha256: str


class Arrivals:
    """Sources, to be asked for in their order, from one thread.

    Parameters
    ----------
    found
        Its sources in the order in which they will be asked for.
    most_size
        Bytes a file may have.
    keep
        Whether copies are kept. Without, files that lie elsewhere are only hashed: who reads them fetches them anew.
    """

    def __init__(self, found: Found, *, most_size: int, keep: bool) -> None:
        self.found = found
        self._waiting = deque(source for source in found.sources if source.url is not None)
        self._most_size, self._keep = most_size, keep
        self._coming: dict[str, Future[Arrived]] = {}
        self._bytes: dict[str, int] = {}
        self._stop = Event()
        self._open_now = ExitStack()
        self._threads: ThreadPoolExecutor | None = None
        self._folder: Path | None = None

    def is_here(self, source: Source) -> bool:
        """Whether `take` would answer at once."""
        if source.url is None:
            return True
        self._fetch_ahead()
        return source.url in self._coming and self._coming[source.url].done()

    def wait(self, source: Source) -> None:
        """Wait for a source, for a moment at most."""
        self._fetch_ahead()
        if source.url in self._coming:
            wait([self._coming[source.url]], timeout=_WAIT_SECONDS)

    def take(self, source: Source) -> Arrived:
        """A source and its digest.

        Raises
        ------
        SourceError
            When it cannot be read or fetched, is too large, or is of no known kind. It is let go.
        """
        if source.url is None:
            return Arrived(source=source, sha256=_sha256(source))
        self._fetch_ahead()
        try:
            arrived = self._coming.pop(source.url).result()
        except SourceError:
            self.let_go(source)
            raise
        if self._keep:
            self._bytes[source.url] = arrived.source.size
        return arrived

    def let_go(self, source: Source) -> None:
        """A source is done with: its copy is removed."""
        if source.url is not None and self._bytes.pop(source.url, None) is not None:
            self._copy_of(source).unlink(missing_ok=True)

    def close(self) -> None:
        """Fetch no more, and remove all copies."""
        self._stop.set()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        self._open_now.close()

    def _fetch_ahead(self) -> None:
        while self._waiting and self._has_room(self._waiting[0]):
            source = self._waiting.popleft()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_AHEAD, thread_name_prefix="fetch")
                self._folder = self._open_now.enter_context(temporary_folder()) if self._keep else None
            if self._keep:
                self._bytes[str(source.url)] = source.size
            self._coming[str(source.url)] = self._threads.submit(self._fetch, source)

    def _has_room(self, source: Source) -> bool:
        if len(self._coming) >= _AHEAD:
            return False
        return not self._bytes or sum(self._bytes.values()) + source.size <= MOST_BYTES

    def _fetch(self, source: Source) -> Arrived:
        copy = self._copy_of(source) if self._keep else None
        return fetch_source(source, copy, most_size=self._most_size, stop=self._stop)

    def _copy_of(self, source: Source) -> Path:
        assert self._folder is not None  # noqa: S101 - made before anything is fetched
        return self._folder / hashlib.sha256(str(source.url).encode("utf-8", "surrogatepass")).hexdigest()


def fetch_source(source: Source, copy: Path | None, *, most_size: int, stop: Event | None = None) -> Arrived:
    """Have a source that lies elsewhere at ``copy``, or only hash it for None.

    Raises
    ------
    SourceError
        When it cannot be fetched, is empty, too large, or of no known kind. There is no copy then.
    """
    url = str(source.url)
    if source.size > most_size:
        raise too_large(url, source.size, most_size)
    if copy is None:
        return _known(source, fetch(url, None, most=most_size, stop=stop))
    try:
        with copy.open("wb") as file:
            fetched = fetch(url, file, most=most_size, stop=stop)
        return _known(replace(source, path=copy), fetched)
    except SourceError:
        copy.unlink(missing_ok=True)
        raise
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise SourceError(
            "unreadable",
            f"{url} cannot be kept while it is read: {copy.parent} cannot be written ({error.strerror or error})",
            cure="Free some space there, or set TMPDIR to a folder that has it",
        ) from error


def _known(source: Source, fetched: Fetched) -> Arrived:
    kind = known_kind(fetched.head, source.where)
    return Arrived(source=replace(source, kind=kind, size=fetched.size), sha256=fetched.sha256)


def _sha256(source: Source) -> str:
    try:
        with source.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            "unreadable", f"{source.path} cannot be read ({error.strerror})", cure="Was it moved while the run went on?"
        ) from error
