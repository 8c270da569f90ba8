"""A run: many documents in, their numbers out.

Comes in: `Options`. Goes out: a `RunReport`, and what a sink writes. It opens what the stages need, lets the
`Pipeline` work, and sums up. Knows nothing of terminals.
"""

import datetime as dt
import os
import platform
import time
from collections.abc import Iterable
from contextlib import ExitStack
from importlib import metadata
from typing import Any

from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Engine
from mineru_cli.listener import Listener
from mineru_cli.options import Options
from mineru_cli.outputs.sinks import open_sink
from mineru_cli.pages import check_dependencies
from mineru_cli.pages.workers import Reading, open_reader
from mineru_cli.pipeline import Pipeline, Stages
from mineru_cli.schema import RunReport
from mineru_cli.sources import find_inputs


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


def run(options: Options, *, listener: Listener | None = None, engine: Engine | None = None) -> RunReport:
    """Do a run. ``engine`` replaces the one that the options name."""
    check_dependencies(options.pages)
    listener = listener or Listener()
    started, since = _now(), time.monotonic()
    found = find_inputs(options)
    sink = open_sink(options.output)
    engine = engine or open_engine(options.engine)
    asked, how = options.engine.engine, options.workers
    reading = Reading(
        options=options.pages,
        max_pages=options.input.max_pages,
        password=options.input.password,
        exact=asked != "model",
    )
    with ExitStack() as closing:
        closing.callback(engine.close)
        reader = open_reader(reading, workers=how.workers, seconds=how.page_timeout, memory=how.worker_memory)
        closing.callback(reader.close)
        stages = Stages(reader=reader, engine=engine, sink=sink, asks_model=asked != "exact")
        pipeline = Pipeline(found, stages, listener)
        exit_code = pipeline.run()
        tally = pipeline.tally
        report = RunReport(
            started=started,
            finished=_now(),
            seconds=round(time.monotonic() - since, 3),
            exit_code=exit_code,
            output=options.output.output,
            counts=tally.counts(ignored=found.ignored),
            read_by=dict(tally.read_by),
            rungs=dict(tally.rungs),
            flags=dict(tally.flags),
            stage_seconds={stage: round(seconds, 3) for stage, seconds in pipeline.clock.seconds.items()},
            engine=engine.describe(),
            options=options.flat(),
            versions=_versions(),
            failures=tally.failures,
        )
        sink.finish(report)
    listener.run_finished(report)
    return report


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
