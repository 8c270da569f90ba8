"""Pages read in worker processes: one that hangs, crashes or eats memory costs that page and no more.

Comes in: sources and page numbers. Goes out: futures of what `PagedSource` gives, crops with their PNG made ready.
Knows nothing of engines or of what is done with the crops. The pool, its time limits and the replacing of dead
processes are pebble's.
"""

import io
import multiprocessing
import os
import signal
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing.util import get_temp_dir
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from mineru_cli.errors import ItemError, OutputError, PageError
from mineru_cli.options import Options, PageOptions
from mineru_cli.pages.open import PagedSource, open_source
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.reply.layout import LayoutBlock
from mineru_cli.sources import Source

if TYPE_CHECKING:
    from multiprocessing.synchronize import Semaphore

    from PIL import Image

T = TypeVar("T")

_OPEN_AT_ONCE = 2
_START_SECONDS = 2.0
_TASKS_A_WORKER = 500
_MOST_WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How pages are to be read: what `open_source` takes, beside the source itself."""

    options: PageOptions
    max_pages: int
    password: str | None
    exact: bool


class PageReader(Protocol):
    """Reads pages, now or later. ``window`` is how many tasks are worth having under way at once."""

    window: int

    def count(self, source: Source) -> "Future[int]":
        """Open an input; how many pages it has."""
        ...

    def read(self, source: Source, number: int) -> "Future[PageContent]":
        """Read a page, counted from 1."""
        ...

    def cut(self, source: Source, number: int, blocks: Sequence[LayoutBlock] | None) -> "Future[list[Crop]]":
        """Cut the figures that the model found out of a page."""
        ...

    def close(self) -> None:
        """Let go of everything, at once."""
        ...


class InlineReader:
    """Reads in this process, when asked: for Python callers, who may not have guarded their main module."""

    window = 1

    def __init__(self, reading: Reading) -> None:
        self._opened = _Opened(reading)

    def count(self, source: Source) -> "Future[int]":
        """See `PageReader`."""
        return _now(lambda: self._opened.get(source).page_count)

    def read(self, source: Source, number: int) -> "Future[PageContent]":
        """See `PageReader`."""
        return _now(lambda: _ready_page(self._opened.get(source).read(number)))

    def cut(self, source: Source, number: int, blocks: Sequence[LayoutBlock] | None) -> "Future[list[Crop]]":
        """See `PageReader`."""
        return _now(lambda: _ready_crops(self._opened.get(source).cut(number, blocks)))

    def close(self) -> None:
        """See `PageReader`."""
        self._opened.close()


class WorkerReader:
    """Reads in worker processes, each page within ``seconds`` and each process within ``memory`` bytes.

    Raises
    ------
    OutputError
        When there is no folder for temporary files: processes meet at a socket in one.
    """

    def __init__(self, reading: Reading, *, workers: int, seconds: float, memory: int) -> None:
        from pebble import ProcessPool

        try:
            get_temp_dir()
        except FileNotFoundError as error:
            raise OutputError(
                "no folder for temporary files can be written", cure="Set TMPDIR to one, or give --workers 0"
            ) from error
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        context = multiprocessing.get_context(method)
        if method == "forkserver":
            context.set_forkserver_preload(["mineru_cli.pages.workers", "pymupdf", "PIL.Image", "numpy"])
        self.window = 2 * workers
        self._seconds = seconds
        self._started = context.Semaphore(0)
        self._starting = 0
        self._workers = workers
        self._pool = ProcessPool(
            max_workers=workers,
            max_tasks=_TASKS_A_WORKER,
            context=context,
            initializer=_start_worker,
            initargs=(reading, memory, self._started),
        )

    def count(self, source: Source) -> "Future[int]":
        """See `PageReader`."""
        return self._schedule(_count, source)

    def read(self, source: Source, number: int) -> "Future[PageContent]":
        """See `PageReader`."""
        return self._schedule(_read, source, number)

    def cut(self, source: Source, number: int, blocks: Sequence[LayoutBlock] | None) -> "Future[list[Crop]]":
        """See `PageReader`."""
        return self._schedule(_cut, source, number, blocks)

    def close(self) -> None:
        """Stop the processes, whatever they do; one that is just starting would print that its pool has gone."""
        until = time.monotonic() + _START_SECONDS
        for _ in range(self._starting):
            self._started.acquire(timeout=max(0.0, until - time.monotonic()))
        self._pool.stop()
        self._pool.join()

    def _schedule(self, task: Callable[..., T], *arguments: Any) -> "Future[T]":
        self._starting = self._workers
        future: Future[T] = self._pool.schedule(task, args=arguments, timeout=self._seconds)
        return future


def open_reader(reading: Reading, *, workers: int | None, seconds: float, memory: int) -> PageReader:
    """The reader for so many workers: None chooses by the processors there are, 0 reads in this process."""
    if workers is None:
        workers = min(_MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 4)
    if workers == 0:
        return InlineReader(reading)
    return WorkerReader(reading, workers=workers, seconds=seconds, memory=memory)


def open_page_reader(options: Options) -> PageReader:
    """The reader that a run with these options works with."""
    how = options.workers
    reading = Reading(
        options=options.pages,
        max_pages=options.input.max_pages,
        password=options.input.password,
        exact=options.engine.engine in {"auto", "exact"},
    )
    return open_reader(reading, workers=how.workers, seconds=how.page_timeout, memory=how.worker_memory)


def result(future: "Future[T]", where: str) -> T:
    """What a finished future holds.

    Raises
    ------
    ItemError
        As the page stage raised it; or ``timeout`` and ``crashed`` when the process was stopped or died.
    """
    from pebble import ProcessExpired

    try:
        return future.result()
    except ItemError:
        raise
    except FutureTimeoutError as error:
        raise PageError(
            "timeout", f"{where} took too long and was given up", cure="Allow it more with --page-timeout"
        ) from error
    except ProcessExpired as error:
        raise PageError(
            "crashed", f"{where} crashed the process that read it", cure="Save the file anew from a viewer"
        ) from error
    except MemoryError as error:
        raise PageError(
            "out_of_memory", f"{where} needs more memory than allowed", cure="Allow it more with --worker-memory"
        ) from error


class _Opened:
    """The inputs opened last: pages of one input come one after another."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._open: OrderedDict[Source, tuple[ExitStack, PagedSource]] = OrderedDict()

    def get(self, source: Source) -> PagedSource:
        """The open input."""
        if source not in self._open:
            while len(self._open) >= _OPEN_AT_ONCE:
                self._open.popitem(last=False)[1][0].close()
            files = ExitStack()
            how = self._reading
            opened = open_source(source, how.options, max_pages=how.max_pages, password=how.password, exact=how.exact)
            self._open[source] = (files, files.enter_context(opened))
        self._open.move_to_end(source)
        return self._open[source][1]

    def close(self) -> None:
        """Close them all."""
        while self._open:
            self._open.popitem()[1][0].close()


_worker: list[_Opened] = []


def _start_worker(reading: Reading, memory: int, started: "Semaphore") -> None:
    """Set up a worker process: Ctrl-C is its parent's business, and memory is bounded where the system can.

    Its stderr is closed: decoders written in C print there what comes back as errors anyway.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    _worker[:] = [_Opened(reading)]
    started.release()


def _count(source: Source) -> int:
    return _worker[0].get(source).page_count


def _read(source: Source, number: int) -> PageContent:
    return _ready_page(_worker[0].get(source).read(number))


def _cut(source: Source, number: int, blocks: Sequence[LayoutBlock] | None) -> list[Crop]:
    return _ready_crops(_worker[0].get(source).cut(number, blocks))


def _ready_page(content: PageContent) -> PageContent:
    return replace(content, crops=tuple(_ready_crops(content.crops)))


def _ready_crops(crops: Sequence[Crop]) -> list[Crop]:
    """Crops with the files that will be kept; those nobody has to look at any more travel without their pixels."""
    return [
        replace(
            crop,
            png=_png(crop.image),
            overlay_png=_png(crop.overlay),
            overlay=None,
            image=crop.image if crop.chart is None else None,
        )
        for crop in crops
    ]


def _png(image: "Image.Image | None") -> bytes:
    file = io.BytesIO()
    if image is not None:
        image.save(file, "PNG")
    return file.getvalue()


def _now(task: Callable[[], T]) -> "Future[T]":
    future: Future[T] = Future()
    try:
        future.set_result(task())
    except Exception as error:  # noqa: BLE001 - it is the future's, and raised where that is looked at
        future.set_exception(error)
    return future
