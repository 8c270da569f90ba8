"""What a run did, counted as documents finish.

Comes in: finished documents. Goes out: the counts and histograms of run.json, and the exit code. Knows nothing of
time, of engines or of files.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from mineru_cli.errors import ExitCode
from mineru_cli.schema import Counts, Document, Failure, Figure


class Tally:
    """Counts. ``failures`` is kept whole: a monitor wants every one."""

    def __init__(self) -> None:
        self.numbers: Counter[str] = Counter()
        self.read_by: Counter[str] = Counter()
        self.rungs: Counter[str] = Counter()
        self.flags: Counter[str] = Counter()
        self.failures: list[Failure] = []

    def add(self, document: Document, *, resumed: bool = False) -> None:
        """Count a finished document, or one that an earlier run finished."""
        self.numbers["documents"] += 1
        self.numbers["resumed"] += resumed
        self.numbers["duplicates" if document.status == "duplicate" else document.status] += 1
        self.numbers["pages"] += len(document.pages)
        self.failures += document.failures
        for figure in document.figures:
            self._add_figure(figure)

    def lost(self, failure: Failure) -> None:
        """Count an input of which there is not even a document."""
        self.numbers["documents"] += 1
        self.numbers["failed"] += 1
        self.failures.append(failure)

    def counts(self, *, ignored: int, unfinished: int) -> Counts:
        """The counts as they are written."""
        return Counts(**self.numbers, ignored=ignored, unfinished=unfinished)

    def exit_code(self) -> ExitCode:
        """0, 4 or 5: the inputs alone decide."""
        numbers = self.numbers
        if numbers["failed"] == numbers["documents"] and numbers["failed"]:
            return ExitCode.ALL_FAILED
        return ExitCode.SOME_FAILED if numbers["failed"] or numbers["partial"] else ExitCode.OK

    def _add_figure(self, figure: Figure) -> None:
        if figure.answer is not None:
            self.rungs[figure.answer.rung] += 1
        if figure.table is not None:
            self.numbers["tables"] += 1
        chart = figure.chart
        if chart is None:
            return
        if figure.kind != "chart":
            self.numbers["not_charts"] += 1
            return
        flags = [flag.code for flag in (*figure.flags, *chart.flags)]
        flags += [flag.code for series in chart.series for flag in series.flags]
        self.numbers["charts"] += 1
        self.numbers["charts_flagged"] += bool(flags)
        self.numbers["points"] += sum(len(series.points) for series in chart.series)
        self.read_by[chart.read_by] += 1
        self.flags.update(set(flags))


class StageClock:
    """Seconds by stage, where stages nest: what an inner one takes is not the outer one's."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._stack: list[str] = []
        self._since = time.monotonic()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge the time inside to ``name``."""
        self._charge()
        self._stack.append(name)
        try:
            yield
        finally:
            self._charge()
            self._stack.pop()

    def _charge(self) -> None:
        now = time.monotonic()
        if self._stack:
            self.seconds[self._stack[-1]] += now - self._since  # type: ignore[assignment] # a Counter of floats
        self._since = now
