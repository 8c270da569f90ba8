"""The way of the pages: from inputs to finished documents, through the page stage, an engine and the ledger.

Comes in: the `Inputs` to read and the `Stages`. Goes out: documents, to the ledger. It moves values between the
stages and guards them, so that what one document, page or figure costs is that document, page or figure.

The engine pulls. Pages are read ahead of it by no more than the page reader's window, and that is where back-pressure
comes from.
"""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
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
from mineru_cli.intake import Input, Inputs
from mineru_cli.ledger import Ledger
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.pages.workers import PageReader, result
from mineru_cli.reply import answers_with_chart, parse_layout
from mineru_cli.schema import Failure, Flag, ReaderRecord, Step
from mineru_cli.sources import Source

log = logging.getLogger(__name__)

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
    """What does the work: pages are read by ``reader``, crops by ``engine``.

    ``asks_model`` is False where only what geometry reads is wanted. ``fingerprint`` stands for how documents are read
    now.
    """

    reader: PageReader
    engine: Engine
    asks_model: bool = True
    fingerprint: str = ""


class Pipeline:
    """Documents on their way.

    ``unavailable`` is why the engine could not be had, when it could not. ``readers`` are none but this process.
    """

    def __init__(self, inputs: Inputs, stages: Stages, ledger: Ledger) -> None:
        self.unavailable: MineruExtractError | None = None
        self.readers: list[ReaderRecord] = []
        self._inputs = inputs
        self._reader, self._engine = stages.reader, stages.engine
        self._asks_model, self._fingerprint = stages.asks_model, stages.fingerprint
        self._ledger, self._sink, self._clock = ledger, ledger.sink, ledger.clock
        self._listener = ledger.listener
        self._stopping = False
        self._unread_pages: deque[tuple[_Job, int]] = deque()
        self._tasks: list[_Task] = []
        self._ready: deque[Request] = deque()
        self._asked: dict[int, _Asked] = {}
        self._pulled: set[int] = set()
        self._next_key = 0
        self._warned: set[str] = set()

    def stop(self) -> None:
        """Take no more work; what the engine holds is still answered. Safe to call at any moment."""
        self._stopping = True

    def describe(self) -> dict[str, str]:
        """What reads, for run.json."""
        return self._engine.describe()

    def run(self) -> ExitCode:
        """Read everything; the exit code.

        Raises
        ------
        OutputError
            When a document cannot be written: what was finished before is whole.
        """
        with self._clock.stage("engine"):
            try:
                for reply in self._engine.read(self._requests()):
                    self._take(reply)
            except (EngineUnavailableError, MissingDependencyError) as error:
                self.unavailable = error
                self._listener.notice(str(error))
                self._refuse_the_rest(error)
            self._ledger.settle(everything=True)
        return self._ledger.tally.exit_code() if self.unavailable is None else self.unavailable.exit_code

    # -- the stream of requests ----------------------------------------------------------------------------

    def _requests(self) -> Iterator[Request | None]:
        """What the engine pulls: what is ready to be read, and None while it must answer before there is more."""
        while True:
            self._ledger.settle()
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
                with self._clock.stage("pages"):
                    wait([task.future for task in self._tasks], timeout=1.0, return_when=FIRST_COMPLETED)
            elif not self._wait_for_input():
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
                with self._clock.stage("pages"):
                    future = self._reader.read(job.source, number)
                take = partial(self._take_page, job)
                self._tasks.append(_Task(job=job, future=future, page=number, take=take, is_reading=True))
                continue
            taken = self._inputs.take()
            if taken is None:
                return
            self._open(taken)

    def _wait_for_input(self) -> bool:
        """Nothing is under way but what is being written, and others may wait for that."""
        self._ledger.settle(everything=True)
        with self._clock.stage("idle"):
            return self._inputs.wait()

    def _open(self, taken: Input) -> None:
        """Have a document opened."""
        assembly = Assembly(name=taken.name, source=taken.record, fingerprint=self._fingerprint)
        job = _Job(assembly=assembly, source=taken.source, waiting=1)
        with self._clock.stage("pages"):
            future = self._reader.count(taken.source)
        self._tasks.append(_Task(job=job, future=future, page=None, take=partial(self._take_count, job)))

    def _take_finished_task(self) -> bool:
        """Take what one finished task of the page stage gives; False when none has finished."""
        task = next((task for task in self._tasks if task.future.done()), None)
        if task is None:
            return False
        self._tasks.remove(task)
        job, page = task.job, task.page
        where = job.source.where + (f", page {page}" if page else "")
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
            with self._clock.stage("output"):
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
            self._ledger.tell(job.assembly.fail(reply.failure, page=page))
            return
        blocks = parse_layout(reply.text)
        is_chart = answers_with_chart(reply.text)
        unread = not (blocks or is_chart) and bool(reply.text.strip())
        if blocks and reply.stop != "end":
            cut_off = PageError("layout_cut", f"{job.assembly.name}, page {page}: the list of figures broke off")
            self._fail(job, cut_off, page=page)
        if not (blocks or is_chart or unread):
            return
        with self._clock.stage("pages"):
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
            self._ledger.tell(assembly.fail(reply.failure, page=about.page, figure=figure))
        self._listener.figure_read(engine_status=self._engine.status())

    # -- endings -------------------------------------------------------------------------------------------

    def _done_one(self, job: _Job) -> None:
        """One page, cut or answer less to wait for; after the last the document is written."""
        job.waiting -= 1
        if job.waiting == 0:
            self._ledger.finish(job.assembly.build())
            self._inputs.let_go(job.source)

    def _fail(self, job: _Job, error: ItemError, *, page: int | None = None, figure: str | None = None) -> None:
        self._ledger.tell(job.assembly.fail(error, page=page, figure=figure))


def _unexpected(kind: type[ItemError], where: str, error: Exception) -> ItemError:
    log.debug("%s", where, exc_info=error)
    reason = " ".join(str(error).split())[:200]
    return kind(
        "unexpected",
        f"{where}: {error.__class__.__name__}: {reason}",
        cure="Please report it, with the file and the output of -vv",
    )
