"""A run: many documents in, their numbers out.

Comes in: `Options`. Goes out: a `RunReport`, and what a sink writes. It opens what the stages need, lets the
`Pipeline` work, and sums up. Knows nothing of terminals.
"""

import datetime as dt
import logging
import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Protocol

from mineru_cli import __version__
from mineru_cli.arrivals import Arrivals
from mineru_cli.calibration import calibration_of
from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Engine
from mineru_cli.errors import ExitCode
from mineru_cli.intake import Intake
from mineru_cli.interruption import Stopped, stops
from mineru_cli.ledger import Ledger
from mineru_cli.listener import EVENTS, Listener
from mineru_cli.options import MEMORY, Options
from mineru_cli.outputs.sinks import open_sink
from mineru_cli.pages import check_dependencies
from mineru_cli.pages.workers import open_page_reader
from mineru_cli.pipeline import Pipeline, Stages
from mineru_cli.results import Results
from mineru_cli.resume import Keep
from mineru_cli.schema import ReaderRecord, RunReport
from mineru_cli.shards import Shard
from mineru_cli.sources import find_inputs

events = logging.getLogger(EVENTS)


def extract(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    output: str | os.PathLike[str] | None = None,
    *,
    listener: Listener | None = None,
    **options: Any,
) -> Results:
    """Read the charts of PDFs and pictures, and write their numbers.

    Parameters
    ----------
    inputs
        Files, folders or globs.
    output
        A folder, ``-`` for JSON lines on stdout, or None to keep the numbers in memory.
    listener
        Hears of progress.
    **options
        The options of the command line by their names with underscores: ``model="nano"``, ``max_side=1024``,
        ``tables=True``. Pages are read in this process unless ``workers`` is given; with it, the main module of a
        script must be guarded by ``if __name__ == "__main__"``, as multiprocessing asks.

    Returns
    -------
    Results
        The run's report, with ``documents`` and ``charts``:
        ``for chart in extract("reports/").charts: print(chart.to_pandas())``.

    Raises
    ------
    UsageError, NoInputError, MissingDependencyError, OutputError
        When the run cannot start, or cannot write. A bad input raises nothing: it is in ``Results.failures``.
    """
    given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    paths = tuple(os.fspath(path) for path in given)
    target = MEMORY if output is None else os.fspath(output)
    return run(Options.from_flat({"inputs": paths, "output": target, "workers": 0, **options}), listener=listener)


def run(
    options: Options,
    *,
    listener: Listener | None = None,
    engine: Engine | None = None,
    handle_signals: bool = False,
) -> Results:
    """Do a run.

    Parameters
    ----------
    listener
        Hears of progress.
    engine
        Replaces the one that the options name.
    handle_signals
        SIGINT and SIGTERM end the run in good order; only for the main thread of a program of our own.
    """
    check_dependencies(options.pages)
    listener = listener or Listener()
    started, since = _now(), time.monotonic()
    found = find_inputs(options)
    with ExitStack() as open_now:
        shard = None if options.input.shard is None else Shard.parse(options.input.shard)
        sink = open_sink(options.output, shard)
        open_now.callback(sink.close)
        output = options.output
        fingerprint = options.fingerprint(__version__)
        ledger = Ledger(sink, listener)
        keep = Keep(
            force=output.force,
            retry_failed=output.retry_failed,
            reparse=output.reparse,
            calibration=calibration_of(options.engine.calibration),
        )
        keeps_copies = options.cluster.ray is None
        arrivals = Arrivals(found, most_size=options.input.max_file_size, keep=keeps_copies)
        open_now.callback(arrivals.close)
        intake = Intake(arrivals, keep=keep, fingerprint=fingerprint, ledger=ledger, shard=shard)
        how = _How(options=options, fingerprint=fingerprint, engine=engine)
        work = open_now.enter_context(_open_work(how, intake, ledger))
        exit_code = _run_until_stopped(work, listener) if handle_signals else work.run()
        ledger.settle(everything=True)  # what was on its way to the disk when a second signal came
        tally = ledger.tally
        report = RunReport(
            started=started,
            finished=_now(),
            seconds=round(time.monotonic() - since, 3),
            exit_code=exit_code,
            output=options.output.output,
            shards=[] if shard is None else [str(shard)],
            counts=tally.counts(ignored=intake.ignored, unfinished=intake.unfinished),
            read_by=dict(tally.read_by),
            rungs=dict(tally.rungs),
            flags=dict(tally.flags),
            stage_seconds={stage: round(seconds, 3) for stage, seconds in ledger.clock.seconds.items()},
            engine=work.describe(),
            readers=work.readers,
            peak_memory=_peak_memory(),
            options=options.flat(),
            versions=_versions(),
            failures=tally.failures,
        )
        sink.finish(report)
    events.info("ended", extra={"event": "ended", "exit_code": int(exit_code)})
    listener.run_finished(report)
    return Results.of(report, sink.documents())


class _Work(Protocol):
    """What reads the documents: a pipeline here, or readers elsewhere."""

    readers: list[ReaderRecord]

    def run(self) -> ExitCode: ...

    def stop(self) -> None: ...

    def describe(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _How:
    """How documents are read."""

    options: Options
    fingerprint: str
    engine: Engine | None


@contextmanager
def _open_work(how: _How, intake: Intake, ledger: Ledger) -> Iterator[_Work]:
    options = how.options
    if options.cluster.ray is not None:
        from mineru_cli.cluster.driver import Cluster

        yield Cluster(options, intake, ledger, fingerprint=how.fingerprint, engine=how.engine)
        return
    with closing(how.engine or open_engine(options.engine)) as engine, closing(open_page_reader(options)) as reader:
        asks_model = options.engine.engine != "exact"
        stages = Stages(reader=reader, engine=engine, asks_model=asks_model, fingerprint=how.fingerprint)
        yield Pipeline(intake, stages, ledger)


def _run_until_stopped(work: _Work, listener: Listener) -> ExitCode:
    """Run; when a signal comes, finish what is in flight, if it takes no longer than a few seconds."""
    stopped_by: list[ExitCode] = []

    def ask(number: int) -> None:
        stopped_by.append(ExitCode(128 + number))
        work.stop()
        listener.notice("stopping: what is in flight is finished first; once more to stop at once")

    try:
        with stops(ask):
            exit_code = work.run()
    except Stopped:
        exit_code = stopped_by[0]
    return stopped_by[0] if stopped_by else exit_code


def _peak_memory() -> int | None:
    """Bytes this process held at most; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


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
