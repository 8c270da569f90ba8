"""The way of the pages: from sources to finished documents, through the page stage, an engine and a sink.

Comes in: `Found` inputs and the `Stages`. Goes out: what the sink writes, and a `Tally`. It moves values between
the stages and guards them, so that what one document, page or figure costs is that document, page or figure.

The engine pulls. Pages are read ahead of it by no more than the page reader's window, and that is where back-pressure
comes from.
"""

import hashlib
import logging
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from mineru_cli.assembly import Assembly
from mineru_cli.engines.base import Engine, Reply, Request, Task
from mineru_cli.errors import (
    EngineUnavailableError,
    ExitCode,
    FigureError,
    ItemError,
    MineruExtractError,
    MissingDependencyError,
    PageError,
    SourceError,
)
from mineru_cli.listener import EVENTS, Listener
from mineru_cli.outputs.sinks import Sink
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.pages.workers import PageReader, result
from mineru_cli.reply import answers_with_chart, parse_layout
from mineru_cli.resume import Keep, reparsed
from mineru_cli.schema import Document, Failure, Flag, SourceRecord, Step
from mineru_cli.sources import Found, Source, output_name
from mineru_cli.tally import StageClock, Tally

log = logging.getLogger(__name__)
events = logging.getLogger(EVENTS)

_LAYOUT_UNREAD = Flag(
    code="layout_unread",
    message="The model did not say where the figures of this page are, so the whole page was read as one.",
)


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    """A document on its way: its record in the making, and how many pages, cuts and answers it waits for."""

    assembly: Assembly
    source: Source
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """Something the page stage is doing for a document; ``take`` is what to do with what it gives.

    ``is_reading`` marks the one task that each page has: to be read.
    """

    job: _Job
    future: "Future[Any]"
    page: int | None
    take: Callable[[Any], None]
    is_reading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a request was about. ``figure`` is None for a layout question about a page."""

    job: _Job
    task: Task
    page: int
    figure: str | None = None
    printed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """What does the work: pages are read by ``reader``, crops by ``engine``, documents taken by ``sink``.

    ``asks_model`` is False where only what geometry reads is wanted. ``keep`` says which finished documents are kept,
    and ``fingerprint`` stands for how documents are read now.
    """

    reader: PageReader
    engine: Engine
    sink: Sink
    asks_model: bool = True
    keep: Keep = field(default_factory=Keep)
    fingerprint: str = ""


class Pipeline:
    """One run's documents on their way. ``tally`` and ``clock`` say how it went."""

    def __init__(self, found: Found, stages: Stages, listener: Listener) -> None:
        self.tally = Tally()
        self.clock = StageClock()
        self._found = found
        self._reader, self._engine, self._sink = stages.reader, stages.engine, stages.sink
        self._asks_model = stages.asks_model
        self._keep, self._fingerprint = stages.keep, stages.fingerprint
        self._stopping = False
        self._listener = listener
        self._sources = iter(found.sources)
        self._unread_pages: deque[tuple[_Job, int]] = deque()
        self._tasks: list[_Task] = []
        self._ready: deque[Request] = deque()
        self._asked: dict[int, _Asked] = {}
        self._pulled: set[int] = set()
        self._next_key = 0
        self._first_with: dict[str, str] = {}
        self._warned: set[str] = set()

    def stop(self) -> None:
        """Take no more work; what the engine holds is still answered. Safe to call at any moment."""
        self._stopping = True

    @property
    def unfinished(self) -> int:
        """Inputs of which no document was written."""
        return len(self._found.sources) + len(self._found.failures) - self.tally.numbers["documents"]

    def run(self) -> ExitCode:
        """Read everything; the exit code.

        Raises
        ------
        OutputError
            When a document cannot be written: what was finished before is whole.
        """
        self._listener.inputs_found(len(self._found.sources) + len(self._found.failures))
        for failure in self._found.failures:
            self._lose_input(failure)
        with self.clock.stage("engine"):
            try:
                for reply in self._engine.read(self._requests()):
                    self._take(reply)
            except (EngineUnavailableError, MissingDependencyError) as error:
                self._listener.notice(str(error))
                self._refuse_the_rest(error)
                return error.exit_code
        return self.tally.exit_code()

    # -- the stream of requests ----------------------------------------------------------------------------

    def _requests(self) -> Iterator[Request | None]:
        """What the engine pulls: what is ready to be read, and None while it must answer before there is more."""
        while True:
            if self._stopping:
                self._ready.clear()
                if not self._pulled:
                    return
                yield None
                continue
            if self._ready:
                request = self._ready.popleft()
                self._pulled.add(request.key)
                yield request
                continue
            self._begin_tasks()
            if self._take_finished_task():
                continue
            if self._pulled:
                yield None
            elif self._tasks:
                with self.clock.stage("pages"):
                    wait([task.future for task in self._tasks], timeout=1.0, return_when=FIRST_COMPLETED)
            else:
                return

    def _refuse_the_rest(self, error: MineruExtractError) -> None:
        """There is no engine: what it held and what it would have read fails, what needs no engine is still written."""
        failure = Failure(code="engine_unavailable", message=error.message, cure=error.cure)
        for key in sorted(self._pulled):
            self._take(Reply(key=key, failure=failure))
        for request in self._requests():
            if request is not None:
                self._take(Reply(key=request.key, failure=failure))

    def _ask(self, image: Any, about: _Asked) -> None:
        key, self._next_key = self._next_key, self._next_key + 1
        self._asked[key] = about
        self._ready.append(Request(key=key, task=about.task, image=image))
        about.job.waiting += 1

    # -- pages ---------------------------------------------------------------------------------------------

    def _begin_tasks(self) -> None:
        """Keep the page stage busy, but not further ahead than its window."""
        while len(self._tasks) < self._reader.window:
            if self._unread_pages:
                job, number = self._unread_pages.popleft()
                with self.clock.stage("pages"):
                    future = self._reader.read(job.source, number)
                take = partial(self._take_page, job)
                self._tasks.append(_Task(job=job, future=future, page=number, take=take, is_reading=True))
                continue
            source = next(self._sources, None)
            if source is None:
                return
            self._open(source)

    def _open(self, source: Source) -> None:
        """Name an input, and have it opened unless its bytes have been seen."""
        name = self._sink.claim(source.name)
        record = SourceRecord(path=str(source.path), kind=source.kind, bytes=source.size, sha256=None)
        assembly = Assembly(name=name, source=record, fingerprint=self._fingerprint)
        job = _Job(assembly=assembly, source=source, waiting=1)
        try:
            with self.clock.stage("hash"):
                digest = _sha256(source)
        except ItemError as error:
            self._fail(job, error)
            self._done_one(job)
            return
        job.assembly.source = record.model_copy(update={"sha256": digest})
        job.assembly.same_as = self._first_with.get(digest)
        if self._resume(job.assembly):
            return
        if job.assembly.same_as is not None:
            self._done_one(job)
            return
        self._first_with[digest] = name
        with self.clock.stage("pages"):
            future = self._reader.count(source)
        self._tasks.append(_Task(job=job, future=future, page=None, take=partial(self._take_count, job)))

    def _resume(self, assembly: Assembly) -> bool:
        """Keep what an earlier run finished, when it was read from the same bytes in the same way."""
        with self.clock.stage("resume"):
            earlier = self._sink.earlier(assembly.name)
            if earlier is None or earlier.source.sha256 != assembly.source.sha256:
                return False
            if self._keep.reparse and earlier.same_as is None:
                self._finish(reparsed(earlier, fingerprint=self._fingerprint))
            elif self._keep.is_kept(earlier, fingerprint=self._fingerprint, same_as=assembly.same_as):
                self._count(earlier, resumed=True)
            else:
                return False
        self._first_with.setdefault(str(assembly.source.sha256), assembly.name)
        return True

    def _take_finished_task(self) -> bool:
        """Take what one finished task of the page stage gives; False when none has finished."""
        task = next((task for task in self._tasks if task.future.done()), None)
        if task is None:
            return False
        self._tasks.remove(task)
        job, page = task.job, task.page
        where = str(job.source.path) + (f", page {page}" if page else "")
        try:
            task.take(result(task.future, where))
        except ItemError as error:
            self._fail(job, error, page=page)
        except MineruExtractError:
            raise  # the output cannot be written: nothing that one page could be charged with
        except Exception as error:  # noqa: BLE001 - the guard of a document and of a page: each costs itself alone
            self._fail(job, _unexpected(PageError if page else SourceError, where, error), page=page)
        if task.is_reading:
            self._listener.page_read()
        self._done_one(job)
        return True

    def _take_count(self, job: _Job, count: int) -> None:
        job.assembly.page_count = count
        job.waiting += count
        self._unread_pages.extend((job, number) for number in range(1, count + 1))
        self._listener.pages_found(count)

    def _take_page(self, job: _Job, content: PageContent) -> None:
        self._warn_of_skipped(content.record.steps)
        job.assembly.pages.append(content.record)
        if content.layout is not None and self._asks_model:
            self._ask(content.layout, _Asked(job=job, task=Task.LAYOUT, page=content.record.number))
        self._add_crops(job, (), content.crops)

    def _add_crops(self, job: _Job, flags: tuple[Flag, ...], crops: Iterable[Crop]) -> None:
        """List crops as figures, keep their pictures, and queue those that are not read yet."""
        count = 0
        for crop in crops:
            self._warn_of_skipped(crop.steps)
            figure = job.assembly.next_id(crop)
            with self.clock.stage("output"):
                picture = self._sink.crop(job.assembly.name, figure, crop.png)
                if crop.overlay_png:
                    self._sink.crop(job.assembly.name, f"{figure}.overlay", crop.overlay_png)
            table = self._sink.table_path(job.assembly.name, figure)
            job.assembly.new_figure(crop, picture=picture, table=table, figure_id=figure, flags=flags)
            if crop.chart is not None:
                job.assembly.read_exactly(figure, crop.chart)
            elif not self._asks_model:
                job.assembly.leave_unread(figure)
            else:
                task = Task.TABLE if crop.kind == "table" else Task.CHART
                about = _Asked(job=job, task=task, page=crop.page, figure=figure, printed=crop.printed)
                self._ask(crop.image, about)
                count += 1
        if count:
            self._listener.figures_found(count)

    def _warn_of_skipped(self, steps: Iterable[Step]) -> None:
        """Say once for all what was left undone to pages because a package is missing."""
        for step in steps:
            reason = str(step.detail.get("skipped", ""))
            if reason and reason not in self._warned:
                self._warned.add(reason)
                log.warning(reason)

    # -- answers -------------------------------------------------------------------------------------------

    def _take(self, reply: Reply) -> None:
        about = self._asked.pop(reply.key)
        self._pulled.discard(reply.key)
        job = about.job
        try:
            if about.figure is None:
                self._take_layout(job, about.page, reply)
            else:
                self._take_figure(about, about.figure, reply)
        except ItemError as error:
            self._fail(job, error, page=about.page, figure=about.figure)
        except MineruExtractError:
            raise  # the output cannot be written: nothing that one figure could be charged with
        except Exception as error:  # noqa: BLE001 - the guard of a figure
            where = f"{job.assembly.name}, page {about.page}"
            self._fail(job, _unexpected(FigureError, where, error), page=about.page, figure=about.figure)
        self._done_one(job)

    def _take_layout(self, job: _Job, page: int, reply: Reply) -> None:
        """Have the figures cut that the model saw on a page."""
        if reply.failure is not None:
            self._tell(job.assembly.fail(reply.failure, page=page))
            return
        blocks = parse_layout(reply.text)
        is_chart = answers_with_chart(reply.text)
        unread = not (blocks or is_chart) and bool(reply.text.strip())
        if blocks and reply.stop != "end":
            cut_off = PageError("layout_cut", f"{job.assembly.name}, page {page}: the list of figures broke off")
            self._fail(job, cut_off, page=page)
        if not (blocks or is_chart or unread):
            return
        with self.clock.stage("pages"):
            future = self._reader.cut(job.source, page, None if is_chart or unread else blocks)
        flags = (_LAYOUT_UNREAD,) if unread else ()
        take = partial(self._add_crops, job, flags)
        self._tasks.append(_Task(job=job, future=future, page=page, take=take))
        job.waiting += 1

    def _take_figure(self, about: _Asked, figure: str, reply: Reply) -> None:
        assembly = about.job.assembly
        if reply.failure is None:
            assembly.answer(figure, reply, about.task, about.printed)
        else:
            self._tell(assembly.fail(reply.failure, page=about.page, figure=figure))
        self._listener.figure_read(engine_status=self._engine.status())

    # -- endings -------------------------------------------------------------------------------------------

    def _done_one(self, job: _Job) -> None:
        """One page, cut or answer less to wait for; after the last the document is written."""
        job.waiting -= 1
        if job.waiting == 0:
            self._finish(job.assembly.build())

    def _finish(self, document: Document) -> None:
        with self.clock.stage("output"):
            self._sink.document(document)
        self._count(document, resumed=False)

    def _count(self, document: Document, *, resumed: bool) -> None:
        self.tally.add(document, resumed=resumed)
        charts = sum(figure.kind == "chart" and figure.chart is not None for figure in document.figures)
        event = {"event": "kept" if resumed else "finished", "document": document.name, "status": document.status}
        events.info("%s", event["event"], extra={**event, "charts": charts})
        self._listener.document_finished(document)

    def _lose_input(self, failure: Failure) -> None:
        """An input that cannot even be opened still gets its record, unless there is no such file."""
        path = Path(failure.document)
        if not os.path.lexists(path):
            self.tally.lost(failure)
            self._tell(failure)
            self._listener.pages_found(0)
            return
        record = SourceRecord(path=str(path), kind="unknown", bytes=_size(path), sha256=None)
        assembly = Assembly(name=self._sink.claim(output_name(path)), source=record)
        self._tell(assembly.fail(failure))
        self._finish(assembly.build())

    def _fail(self, job: _Job, error: ItemError, *, page: int | None = None, figure: str | None = None) -> None:
        self._tell(job.assembly.fail(error, page=page, figure=figure))

    def _tell(self, failure: Failure) -> None:
        """Each failure is heard of once; that there is no engine has been said for all."""
        where = {"document": failure.document, "page": failure.page, "figure": failure.figure}
        events.warning("%s", failure.message, extra={"event": failure.code, **where})
        if failure.code != "engine_unavailable":
            self._listener.failed(failure)


def _unexpected(kind: type[ItemError], where: str, error: Exception) -> ItemError:
    log.debug("%s", where, exc_info=error)
    reason = " ".join(str(error).split())[:200]
    return kind(
        "unexpected",
        f"{where}: {error.__class__.__name__}: {reason}",
        cure="Please report it, with the file and the output of -vv",
    )


def _sha256(source: Source) -> str:
    try:
        with source.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SourceError(
            "unreadable", f"{source.path} cannot be read ({error.strerror})", cure="Was it moved while the run went on?"
        ) from error


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
