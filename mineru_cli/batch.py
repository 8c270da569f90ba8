"""A run: many documents in, their numbers out.

Comes in: `Options`. Goes out: a `RunReport`, and what a sink writes. It moves values between the stages and guards
them, so that what one document, page or figure costs is that document, page or figure. Knows nothing of terminals.

Pages are read only when the engine asks for more: the stream of requests is where back-pressure comes from.
"""

import datetime as dt
import hashlib
import logging
import os
import platform
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

from mineru_cli.assembly import Assembly
from mineru_cli.engines import open_engine
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
from mineru_cli.listener import Listener
from mineru_cli.options import Options
from mineru_cli.outputs.sinks import Sink, open_sink
from mineru_cli.pages import PagedSource, check_dependencies, open_source
from mineru_cli.pages.types import Crop
from mineru_cli.reply import answers_with_chart, parse_layout
from mineru_cli.schema import Failure, Flag, RunReport, SourceRecord
from mineru_cli.sources import Found, Source, find_inputs, output_name
from mineru_cli.tally import StageClock, Tally

log = logging.getLogger(__name__)

_LAYOUT_UNREAD = Flag(
    code="layout_unread",
    message="The model did not say where the figures of this page are, so the whole page was read as one.",
)


def extract(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    listener: Listener | None = None,
    **options: Any,
) -> RunReport:
    """Read the charts of PDFs and pictures, and write their numbers.

    Parameters
    ----------
    inputs
        Files, folders or globs.
    output
        A folder, or ``-`` for JSON lines on stdout.
    listener
        Hears of progress.
    **options
        The options of the command line by their names with underscores: ``model="nano"``, ``max_side=1024``,
        ``tables=True``.

    Raises
    ------
    UsageError, NoInputError, MissingDependencyError, OutputError
        When the run cannot start, or cannot write. A bad input raises nothing: it is in ``RunReport.failures``.
    """
    given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    paths = tuple(os.fspath(path) for path in given)
    return run(Options.from_flat({"inputs": paths, "output": os.fspath(output), **options}), listener=listener)


def run(options: Options, *, listener: Listener | None = None, engine: Engine | None = None) -> RunReport:
    """Do a run. ``engine`` replaces the one that the options name."""
    check_dependencies(options.pages)
    found = find_inputs(options)
    sink = open_sink(options.output)
    engine = engine or open_engine(options.engine)
    try:
        return _Run(options, found, sink, engine, listener or Listener()).execute()
    finally:
        engine.close()


@dataclass(slots=True, kw_only=True, eq=False)
class _Job:
    """A document on its way: its record in the making, its open file, and how many answers it waits for."""

    assembly: Assembly
    paged: PagedSource | None = None
    files: ExitStack = field(default_factory=ExitStack)
    waiting: int = 0
    all_pages_read: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What a request was about. ``figure`` is None for a layout question about a page."""

    job: _Job
    task: Task
    page: int
    figure: str | None = None
    printed: tuple[str, ...] | None = None


class _Run:
    def __init__(self, options: Options, found: Found, sink: Sink, engine: Engine, listener: Listener) -> None:
        self._options = options
        self._found = found
        self._sink = sink
        self._engine = engine
        self._listener = listener
        self._tally = Tally()
        self._clock = StageClock()
        self._ready: deque[Request] = deque()
        self._asked: dict[int, _Asked] = {}
        self._next_key = 0
        self._pulled: set[int] = set()
        self._first_with: dict[str, str] = {}
        self._pages = self._read_pages()
        self._refusal: MineruExtractError | None = None

    def execute(self) -> RunReport:
        started, since = _now(), time.monotonic()
        self._listener.inputs_found(len(self._found.sources) + len(self._found.failures))
        for failure in self._found.failures:
            self._lose_input(failure)
        with self._clock.stage("engine"):
            self._read_all()
        report = RunReport(
            started=started,
            finished=_now(),
            seconds=round(time.monotonic() - since, 3),
            exit_code=self._exit_code(),
            output=self._options.output.output,
            counts=self._tally.counts(ignored=self._found.ignored),
            read_by=dict(self._tally.read_by),
            rungs=dict(self._tally.rungs),
            flags=dict(self._tally.flags),
            stage_seconds={stage: round(seconds, 3) for stage, seconds in self._clock.seconds.items()},
            engine=self._engine.describe(),
            options=self._options.flat(),
            versions=_versions(),
            failures=self._tally.failures,
        )
        with self._clock.stage("output"):
            self._sink.finish(report)
        self._listener.run_finished(report)
        return report

    def _exit_code(self) -> ExitCode:
        if self._refusal is not None:
            return self._refusal.exit_code
        return self._tally.exit_code()

    # -- the stream of requests ----------------------------------------------------------------------------

    def _read_all(self) -> None:
        try:
            for reply in self._engine.read(self._requests()):
                self._take(reply)
        except (EngineUnavailableError, MissingDependencyError) as error:
            self._refusal = error
            self._listener.notice(str(error))
            self._refuse_the_rest(error)

    def _requests(self) -> Iterator[Request | None]:
        """What the engine pulls: follow-ups of its answers first, then new pages, then None while it owes answers."""
        while True:
            if self._ready:
                request = self._ready.popleft()
                self._pulled.add(request.key)
                yield request
            elif next(self._pages, None) is not None:
                continue
            elif self._pulled:
                yield None
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

    def _read_pages(self) -> Iterator[bool]:
        """Read every page of every input, one at each step."""
        for source in self._found.sources:
            job = self._open(source)
            if job is None:
                continue
            for number in range(1, job.assembly.page_count + 1):
                with self._clock.stage("pages"):
                    self._read_page(job, number)
                yield True
            job.all_pages_read = True
            self._finish_if_complete(job)

    def _open(self, source: Source) -> _Job | None:
        """Open an input; None when there is nothing more to do for it."""
        name = self._sink.claim(source.name)
        record = SourceRecord(path=str(source.path), kind=source.kind, bytes=source.size, sha256=None)
        job = _Job(assembly=Assembly(name=name, source=record))
        options = self._options
        try:
            with self._clock.stage("pages"):
                digest = _sha256(source)
                job.assembly.source = record.model_copy(update={"sha256": digest})
                job.assembly.same_as = self._first_with.get(digest)
                if job.assembly.same_as is None:
                    self._first_with[digest] = name
                    opened = open_source(
                        source, options.pages, max_pages=options.input.max_pages, password=options.input.password
                    )
                    job.paged = job.files.enter_context(opened)
                    job.assembly.page_count = job.paged.page_count
        except ItemError as error:
            self._fail(job, error)
        except Exception as error:  # noqa: BLE001 - the guard of a document: a broken file costs itself alone
            self._fail(job, _unexpected(SourceError, str(source.path), error))
        if job.paged is not None:
            self._listener.pages_found(job.assembly.page_count)
            return job
        self._finish(job)
        return None

    def _read_page(self, job: _Job, number: int) -> None:
        assert job.paged is not None  # noqa: S101 - _open gives no other
        try:
            content = job.paged.read(number)
        except ItemError as error:
            self._fail(job, error, page=number)
        except Exception as error:  # noqa: BLE001 - the guard of a page
            self._fail(job, _unexpected(PageError, f"{job.assembly.name}, page {number}", error), page=number)
        else:
            job.assembly.pages.append(content.record)
            if content.layout is not None:
                self._ask(content.layout, _Asked(job=job, task=Task.LAYOUT, page=number))
            self._add_crops(job, content.crops)
        self._listener.page_read()

    def _add_crops(self, job: _Job, crops: Iterable[Crop], *flags: Flag) -> None:
        """List crops as figures, keep their pictures, and queue them to be read."""
        count = 0
        for crop in crops:
            figure = job.assembly.next_id(crop)
            with self._clock.stage("output"):
                picture = self._sink.crop(job.assembly.name, figure, crop.image)
            table = self._sink.table_path(job.assembly.name, figure)
            job.assembly.new_figure(crop, picture=picture, table=table, figure_id=figure, flags=flags)
            task = Task.TABLE if crop.kind == "table" else Task.CHART
            about = _Asked(job=job, task=task, page=crop.page, figure=figure, printed=crop.printed)
            self._ask(crop.image, about)
            count += 1
        if count:
            self._listener.figures_found(count)

    # -- answers -------------------------------------------------------------------------------------------

    def _take(self, reply: Reply) -> None:
        about = self._asked.pop(reply.key)
        self._pulled.discard(reply.key)
        job = about.job
        try:
            if about.figure is None:
                with self._clock.stage("pages"):
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
        job.waiting -= 1
        self._finish_if_complete(job)

    def _take_layout(self, job: _Job, page: int, reply: Reply) -> None:
        """Cut the figures that the model saw on a page."""
        assert job.paged is not None  # noqa: S101 - a page was read from it
        if reply.failure is not None:
            self._tell(job.assembly.fail(reply.failure, page=page))
            return
        blocks = parse_layout(reply.text)
        if answers_with_chart(reply.text):
            self._add_crops(job, job.paged.cut(page, None))
        elif blocks or not reply.text.strip():
            self._add_crops(job, job.paged.cut(page, blocks))
        else:
            self._add_crops(job, job.paged.cut(page, None), _LAYOUT_UNREAD)
        if blocks and reply.stop != "end":
            cut = PageError("layout_cut", f"{job.assembly.name}, page {page}: the list of figures broke off")
            self._fail(job, cut, page=page)

    def _take_figure(self, about: _Asked, figure: str, reply: Reply) -> None:
        assembly = about.job.assembly
        if reply.failure is None:
            assembly.answer(figure, reply, about.task, about.printed)
        else:
            self._tell(assembly.fail(reply.failure, page=about.page, figure=figure))
        self._listener.figure_read(engine_status=self._engine.status())

    # -- endings -------------------------------------------------------------------------------------------

    def _finish_if_complete(self, job: _Job) -> None:
        if job.all_pages_read and job.waiting == 0:
            self._finish(job)

    def _finish(self, job: _Job) -> None:
        """Close the input and write its record."""
        job.files.close()
        document = job.assembly.build()
        with self._clock.stage("output"):
            self._sink.document(document)
        self._tally.add(document)
        self._listener.document_finished(document)

    def _lose_input(self, failure: Failure) -> None:
        """An input that cannot even be opened still gets its record, unless there is no such file."""
        path = Path(failure.document)
        if not os.path.lexists(path):
            self._tally.lost(failure)
            self._tell(failure)
            self._listener.pages_found(0)
            return
        record = SourceRecord(path=str(path), kind="unknown", bytes=_size(path), sha256=None)
        job = _Job(assembly=Assembly(name=self._sink.claim(output_name(path)), source=record))
        self._tell(job.assembly.fail(failure))
        self._finish(job)

    def _fail(self, job: _Job, error: ItemError, *, page: int | None = None, figure: str | None = None) -> None:
        self._tell(job.assembly.fail(error, page=page, figure=figure))

    def _tell(self, failure: Failure) -> None:
        """Each failure is heard of once; that there is no engine has been said for all."""
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


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _versions() -> dict[str, str]:
    packages = ("mineru-extract", "torch", "transformers", "pymupdf", "pillow", "numpy", "pydantic")
    versions = {"python": platform.python_version()}
    for package in packages:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions
