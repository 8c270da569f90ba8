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
from collections.abc import Iterable
from contextlib import ExitStack
from importlib import metadata
from typing import Any

from mineru_cli import __version__
from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Engine
from mineru_cli.errors import ExitCode
from mineru_cli.interruption import Stopped, stops
from mineru_cli.listener import EVENTS, Listener
from mineru_cli.options import Options
from mineru_cli.outputs.sinks import open_sink
from mineru_cli.pages import check_dependencies
from mineru_cli.pages.workers import PageReader, Reading, open_reader
from mineru_cli.pipeline import Pipeline, Stages
from mineru_cli.resume import Keep
from mineru_cli.schema import RunReport
from mineru_cli.sources import find_inputs

events = logging.getLogger(EVENTS)


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
        ``tables=True``. Pages are read in this process unless ``workers`` is given; with it, the main module of a
        script must be guarded by ``if __name__ == "__main__"``, as multiprocessing asks.

    Raises
    ------
    UsageError, NoInputError, MissingDependencyError, OutputError
        When the run cannot start, or cannot write. A bad input raises nothing: it is in ``RunReport.failures``.
    """
    given = [inputs] if isinstance(inputs, (str, os.PathLike)) else list(inputs)
    paths = tuple(os.fspath(path) for path in given)
    return run(
        Options.from_flat({"inputs": paths, "output": os.fspath(output), "workers": 0, **options}), listener=listener
    )


def run(
    options: Options,
    *,
    listener: Listener | None = None,
    engine: Engine | None = None,
    handle_signals: bool = False,
) -> RunReport:
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
    engine = engine or open_engine(options.engine)
    with ExitStack() as closing:
        closing.callback(engine.close)
        sink = open_sink(options.output)
        closing.callback(sink.close)
        reader = _open_reader(options)
        closing.callback(reader.close)
        output = options.output
        stages = Stages(
            reader=reader,
            engine=engine,
            sink=sink,
            asks_model=options.engine.engine != "exact",
            keep=Keep(force=output.force, retry_failed=output.retry_failed, reparse=output.reparse),
            fingerprint=options.fingerprint(__version__),
        )
        pipeline = Pipeline(found, stages, listener)
        exit_code = _run_until_stopped(pipeline, listener) if handle_signals else pipeline.run()
        tally = pipeline.tally
        report = RunReport(
            started=started,
            finished=_now(),
            seconds=round(time.monotonic() - since, 3),
            exit_code=exit_code,
            output=options.output.output,
            counts=tally.counts(ignored=found.ignored, unfinished=pipeline.unfinished),
            read_by=dict(tally.read_by),
            rungs=dict(tally.rungs),
            flags=dict(tally.flags),
            stage_seconds={stage: round(seconds, 3) for stage, seconds in pipeline.clock.seconds.items()},
            engine=engine.describe(),
            peak_memory=_peak_memory(),
            options=options.flat(),
            versions=_versions(),
            failures=tally.failures,
        )
        sink.finish(report)
    events.info("ended", extra={"event": "ended", "exit_code": int(exit_code)})
    listener.run_finished(report)
    return report


def _open_reader(options: Options) -> PageReader:
    how = options.workers
    reading = Reading(
        options=options.pages,
        max_pages=options.input.max_pages,
        password=options.input.password,
        exact=options.engine.engine != "model",
    )
    return open_reader(reading, workers=how.workers, seconds=how.page_timeout, memory=how.worker_memory)


def _run_until_stopped(pipeline: Pipeline, listener: Listener) -> ExitCode:
    """Run; when a signal comes, finish what is in flight, if it takes no longer than a few seconds."""
    stopped_by: list[ExitCode] = []

    def ask(number: int) -> None:
        stopped_by.append(ExitCode(128 + number))
        pipeline.stop()
        listener.notice("stopping: what is in flight is finished first; once more to stop at once")

    try:
        with stops(ask):
            exit_code = pipeline.run()
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
