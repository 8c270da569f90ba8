"""A reader: the page stage, an engine and a pipeline of its own, in a process that Ray runs.

Comes in: documents, one a call, many at once. Goes out: their records, which it has also written to the output. All
documents it holds go through one pipeline, so that their charts share the engine's rows. Knows nothing of other
readers.
"""

import asyncio
import logging
import os
import queue
import socket
import threading
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mineru_cli import __version__
from mineru_cli.arrivals import fetch_source
from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Engine
from mineru_cli.errors import MineruExtractError, OutputError, SourceError
from mineru_cli.intake import Input
from mineru_cli.ledger import Ledger
from mineru_cli.listener import EVENTS, Listener
from mineru_cli.options import MEMORY, STDOUT, Options
from mineru_cli.outputs.elsewhere import open_folder
from mineru_cli.outputs.sinks import FolderWriter
from mineru_cli.pages.workers import open_page_reader
from mineru_cli.pipeline import Pipeline, Stages
from mineru_cli.remote import temporary_folder
from mineru_cli.schema import Document, ReaderRecord, RunReport
from mineru_cli.sources import Source

_NEWS_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a reader needs to know. ``folder`` is where relative paths start, ``engine`` replaces the one asked for."""

    options: Options
    fingerprint: str
    folder: str
    log_level: int
    engine: Engine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hello:
    """Where a reader is, and which version of this package it runs."""

    host: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a document.

    ``document`` is None when the reader was stopped before it was finished. ``unavailable`` is why there is no engine,
    for a document that needed one; ``error`` is why nothing can be written. ``lost`` is why the input cannot be had:
    nothing has been written of it then.
    """

    document: Document | None = None
    unavailable: MineruExtractError | None = None
    error: MineruExtractError | None = None
    lost: SourceError | None = None


@dataclass(slots=True, kw_only=True)
class News:
    """What happened since the last time: pages and figures found and read, log records as name, level and text."""

    pages_found: int = 0
    pages_read: int = 0
    figures_found: int = 0
    figures_read: int = 0
    engine_status: str = ""
    records: list[tuple[str, int, str]] = field(default_factory=list)


class DocumentReader:
    """What runs in a process of its own; its methods are called through Ray, `read` many times at once."""

    def __init__(self, duty: Duty) -> None:
        with suppress(OSError):  # relative paths are then found missing, each by its name
            os.chdir(duty.folder)
        self._duty = duty
        self._feed = Feed()
        self._reporter = _Reporter(duty.log_level)
        options = duty.options
        output = options.output
        writes = output.output not in {STDOUT, MEMORY}
        self._sink = _HandedSink(FolderWriter(open_folder(output.output), output.formats) if writes else None)
        self._ledger = Ledger(self._sink, self._reporter)
        self._engine = duty.engine or open_engine(options.engine)
        self._pipeline: Pipeline | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="pipeline")
        self._work = self._thread.submit(self._read_all)

    async def hello(self) -> Hello:
        """Answer, as soon as this process can."""
        return Hello(host=socket.gethostname(), version=__version__)

    async def read(self, taken: Input) -> Outcome:
        """Read a document and write it; returns when that is done. One that lies elsewhere is fetched, and removed."""
        if taken.source.url is None:
            return await self._read(taken)
        with temporary_folder() as folder:
            try:
                source = await asyncio.to_thread(self._fetch, taken, folder / "fetched")
            except SourceError as error:
                return Outcome(lost=error)
            return await self._read(replace(taken, source=source))

    def _fetch(self, taken: Input, copy: Path) -> Source:
        arrived = fetch_source(taken.source, copy, most_size=self._duty.options.input.max_file_size)
        if arrived.sha256 != taken.record.sha256:
            where = taken.source.where
            raise SourceError("changed", f"{where} was changed while the run went on", cure="Run it again")
        return arrived.source

    async def _read(self, taken: Input) -> Outcome:
        finished = self._sink.expect(taken.name)
        self._feed.put(taken)
        futures: list[asyncio.Future[Any]] = [asyncio.wrap_future(finished), self._end_of_work()]
        await asyncio.wait(futures, return_when=asyncio.FIRST_COMPLETED)
        if not finished.done():
            try:
                self._work.result()
            except OutputError as error:
                return Outcome(error=error)
            return Outcome()
        document = finished.result()
        needed = any(failure.code == "engine_unavailable" for failure in document.failures)
        unavailable = self._pipeline.unavailable if needed and self._pipeline is not None else None
        return Outcome(document=document, unavailable=unavailable)

    async def news(self) -> News:
        """What happened since the last call, after a moment."""
        await asyncio.sleep(_NEWS_SECONDS)
        return self._reporter.take()

    async def stop(self) -> None:
        """Take no more; what the engine holds is still answered, the rest is left."""
        if self._pipeline is not None:
            self._pipeline.stop()
        self._feed.close()

    async def leave(self, name: str) -> tuple[ReaderRecord, News]:
        """Say how it went, and let go of everything."""
        described = self._engine.describe()
        await self.stop()
        await asyncio.wait([self._end_of_work()])
        seconds: dict[str, float] = {stage: round(spent, 3) for stage, spent in self._ledger.clock.seconds.items()}
        record = ReaderRecord(
            name=name,
            host=socket.gethostname(),
            documents=self._ledger.tally.numbers["documents"],
            engine=described,
            stage_seconds=seconds,
        )
        return record, self._reporter.take()

    def _end_of_work(self) -> "asyncio.Future[None]":
        """Done when the pipeline has ended. How it ended is looked up in ``_work``, so nobody need look here."""
        end = asyncio.wrap_future(self._work)
        end.add_done_callback(lambda future: future.cancelled() or future.exception())
        return end

    def _read_all(self) -> None:
        options = self._duty.options
        with ExitStack() as closing:
            closing.callback(self._sink.close)
            closing.callback(self._engine.close)
            reader = open_page_reader(options)
            closing.callback(reader.close)
            stages = Stages(
                reader=reader,
                engine=self._engine,
                asks_model=options.engine.engine != "exact",
                fingerprint=self._duty.fingerprint,
            )
            self._pipeline = Pipeline(self._feed, stages, self._ledger)
            self._pipeline.run()


class Feed:
    """Documents as they are handed over; see `Inputs`. Filled from one thread, taken from by another."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Input | None] = queue.SimpleQueue()
        self._next: Input | None = None
        self._closed = False

    def put(self, taken: Input) -> None:
        """Hand a document over."""
        self._queue.put(taken)

    def close(self) -> None:
        """There will be no more."""
        self._closed = True
        self._queue.put(None)

    def let_go(self, source: Source) -> None:
        """Whoever handed it over looks after it."""

    def take(self) -> Input | None:
        """The next document, None when there is none at the moment."""
        taken, self._next = self._next, None
        with suppress(queue.Empty):
            return taken or self._queue.get_nowait()
        return None

    def wait(self) -> bool:
        """Wait for the next; False when there will be none."""
        while not self._closed and self._next is None:
            self._next = self._queue.get()
        return self._next is not None


class _HandedSink:
    """Writes documents under the names they were given, and tells who waits for them."""

    def __init__(self, writer: FolderWriter | None) -> None:
        self._writer = writer
        self._expected: defaultdict[str, list[Future[Document]]] = defaultdict(list)
        self._lock = threading.Lock()

    def expect(self, name: str) -> "Future[Document]":
        """The document of this name, when it is written."""
        future: Future[Document] = Future()
        with self._lock:
            self._expected[name].append(future)
        return future

    def claim(self, name: str) -> str:
        return name

    def earlier(self, name: str) -> None:  # noqa: ARG002 - what is handed over is to be read
        return None

    def crop(self, document: str, figure: str, png: bytes) -> str | None:
        return None if self._writer is None else self._writer.crop(document, figure, png)

    def table_path(self, document: str, figure: str) -> str | None:
        return None if self._writer is None else self._writer.table_path(document, figure)

    def document(self, document: Document, written: Callable[[Document], None]) -> None:
        def tell(document: Document) -> None:
            with self._lock:
                futures = self._expected.pop(document.name, [])
            for future in futures:
                future.set_result(document)
            written(document)

        if self._writer is None:
            tell(document)
        else:
            self._writer.document(document, tell)

    def settle(self, *, everything: bool = False) -> None:
        if self._writer is not None:
            self._writer.settle(everything=everything)

    def adopt(self, document: Document) -> None:
        """Nobody writes for a reader."""

    def finish(self, report: RunReport) -> None:
        """The driver's business."""

    def close(self) -> None:
        """Write what was taken, then end."""
        if self._writer is not None:
            self._writer.close()


class _Reporter(Listener):
    """Adds up what happens until it is asked."""

    def __init__(self, level: int) -> None:
        self._news = News()
        self._lock = threading.Lock()
        logger = logging.getLogger("mineru_cli")
        logger.setLevel(level)
        logger.addHandler(_Records(self))

    def take(self) -> News:
        """What has come together."""
        with self._lock:
            news, self._news = self._news, News()
        return news

    def record(self, record: logging.LogRecord) -> None:
        """Keep a log record; of events the driver has its own."""
        if record.name != EVENTS:
            with self._lock:
                self._news.records.append((record.name, record.levelno, record.getMessage()))

    def pages_found(self, pages: int) -> None:
        with self._lock:
            self._news.pages_found += pages

    def page_read(self) -> None:
        with self._lock:
            self._news.pages_read += 1

    def figures_found(self, figures: int) -> None:
        with self._lock:
            self._news.figures_found += figures

    def figure_read(self, *, engine_status: str) -> None:
        with self._lock:
            self._news.figures_read += 1
            self._news.engine_status = engine_status


class _Records(logging.Handler):
    """Hands log records to a reporter."""

    def __init__(self, reporter: _Reporter) -> None:
        super().__init__()
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        self._reporter.record(record)
