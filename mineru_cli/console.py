"""What a person sees: bars on a terminal, plain lines elsewhere, log records; all on stderr through one Rich console.

Comes in: what a `Listener` hears, and log records. Goes out: text on stderr or in a log file, never on stdout.
Knows nothing of how a run works.
"""

import datetime as dt
import json
import logging
import logging.handlers
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
)
from rich.text import Text

from mineru_cli.errors import UsageError
from mineru_cli.listener import EVENTS, Listener
from mineru_cli.options import MEMORY, NANO, STDOUT, LogFormat, Talk
from mineru_cli.outputs.words import plural
from mineru_cli.schema import Document, Failure, RunReport

PLAIN_LINE_SECONDS = 15.0


class _Screen(Console):
    """Goes silent when its reader leaves, as ``2>&1 | head`` does: the run is worth finishing."""

    def on_broken_pipe(self) -> None:
        self.quiet = True


def make_console() -> Console:
    """The one console of the process."""
    return _Screen(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def listening(talk: Talk) -> Iterator["ConsoleListener"]:
    """Set up stderr and the log file for a run, and take down what was drawn at its end.

    Raises
    ------
    UsageError
        When the log file cannot be opened.
    """
    screen = make_console()
    handlers = set_up_logging(screen, talk)
    listener = make_listener(screen, quiet=talk.quiet)
    try:
        yield listener
    finally:
        listener.close()
        logger = logging.getLogger("mineru_cli")
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def set_up_logging(console: Console, talk: Talk) -> list[logging.Handler]:
    """Send records to the console (warnings unless quiet, more with ``-v``), and every event to the log file."""
    level = logging.ERROR if talk.quiet else [logging.WARNING, logging.INFO, logging.DEBUG][min(talk.verbosity, 2)]
    shown = _ScreenHandler(console)
    shown.setLevel(level)
    handlers: list[logging.Handler] = [shown]
    if talk.log_file is not None:
        handlers.append(_log_file(talk.log_file, talk.log_format))
        level = min(level, logging.INFO)
    logger = logging.getLogger("mineru_cli")
    logger.setLevel(level)
    logger.propagate = False
    for handler in handlers:
        logger.addHandler(handler)
    return handlers


def _log_file(path: Path, log_format: LogFormat) -> logging.Handler:
    try:
        handler = logging.handlers.WatchedFileHandler(path, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"--log-file {path} cannot be opened ({error.strerror})", cure="Give a file in a folder that is there"
        ) from error
    handler.setLevel(logging.INFO)
    handler.setFormatter(_JsonFormatter() if log_format == "json" else _TextFormatter())
    return handler


class _ScreenHandler(logging.Handler):
    """A line a record, in the form that failures have; of failures it says nothing, for a listener tells those."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console
        self.addFilter(lambda record: record.name != EVENTS or record.levelno < logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        colour = "yellow" if record.levelno >= logging.WARNING else "dim"
        self._console.print(f"[{colour}]{record.levelname.lower()}[/] {escape(_text(record))}")
        if record.exc_info:
            self._console.print(escape(logging.Formatter().formatException(record.exc_info)))


class _TextFormatter(logging.Formatter):
    """Time, level, what happened, and to what."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S%z')} {record.levelname} {_text(record)}"


class _JsonFormatter(logging.Formatter):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "message": record.getMessage(),
            **_context(record),
        }
        return json.dumps(fields, ensure_ascii=False)


def _text(record: logging.LogRecord) -> str:
    text = " ".join(record.getMessage().split())
    return text + "".join(f" {name}={value}" for name, value in _context(record).items() if value != text)


def _context(record: logging.LogRecord) -> dict[str, object]:
    names = ("event", "document", "page", "figure", "status", "charts", "exit_code")
    return {name: getattr(record, name) for name in names if getattr(record, name, None) is not None}


def make_listener(console: Console, *, quiet: bool) -> "ConsoleListener":
    """Bars on a terminal, plain lines elsewhere, failures alone when quiet."""
    if quiet:
        return ConsoleListener(console)
    return BarListener(console) if console.is_terminal else LineListener(console)


class ConsoleListener(Listener):
    """Says what failed, and nothing else."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def failed(self, failure: Failure) -> None:
        """One line a failure."""
        self.console.print(f"[red]failed[/] {escape(failure_line(failure))}")

    def notice(self, text: str) -> None:
        """One line."""
        self.console.print(f"[bold red]error[/] {escape(text)}")

    def close(self) -> None:
        """Take down what is drawn, also when the run broke off."""


class LineListener(ConsoleListener):
    """A line now and then, for logs and pipes, and a summary at the end."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._total = self._documents = self._pages = self._figures = 0
        self._started = self._spoke = time.monotonic()

    def inputs_found(self, documents: int) -> None:
        """Remember the total."""
        self._total = documents

    def page_read(self) -> None:
        """Count, and speak when it is time."""
        self._pages += 1
        self._speak()

    def figure_read(self, *, engine_status: str) -> None:
        """Count, and speak when it is time."""
        self._figures += 1
        self._speak(engine_status)

    def document_finished(self, document: Document) -> None:  # noqa: ARG002 - only that it happened counts
        """Count, and speak when it is time."""
        self._documents += 1
        self._speak()

    def run_finished(self, report: RunReport) -> None:
        """The summary."""
        for text in summary(report):
            self.console.print(text)

    def _speak(self, engine_status: str = "") -> None:
        now = time.monotonic()
        if now - self._spoke < PLAIN_LINE_SECONDS:
            return
        self._spoke = now
        rate = self._figures / (now - self._started)
        memory = f", {engine_status}" if engine_status else ""
        self.console.print(
            f"{self._documents}/{self._total} documents, {plural(self._pages, 'page')}, "
            f"{plural(self._figures, 'figure')} read, {rate:.2f} figures/s{memory}"
        )


class BarListener(ConsoleListener):
    """Three bars, and a summary at the end."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._progress = Progress(
            TextColumn("{task.description:>9}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            _RateColumn(),
            _TimeLeftColumn(),
            TextColumn("{task.fields[note]}", style="dim"),
            console=console,
            transient=True,
            expand=True,
        )
        self._documents = self._progress.add_task("documents", total=None, note="")
        self._pages = self._progress.add_task("pages", total=0, note="")
        self._figures = self._progress.add_task("figures", total=0, note="")
        self._totals = {self._pages: 0, self._figures: 0}
        self._progress.start()

    def inputs_found(self, documents: int) -> None:
        """Size the first bar."""
        self._progress.update(self._documents, total=documents)

    def pages_found(self, pages: int) -> None:
        """Grow the second bar."""
        self._grow(self._pages, pages)

    def page_read(self) -> None:
        """Advance the second bar."""
        self._progress.advance(self._pages)

    def figures_found(self, figures: int) -> None:
        """Grow the third bar."""
        self._grow(self._figures, figures)

    def figure_read(self, *, engine_status: str) -> None:
        """Advance the third bar."""
        self._progress.update(self._figures, advance=1, note=engine_status)

    def document_finished(self, document: Document) -> None:  # noqa: ARG002 - only that it happened counts
        """Advance the first bar."""
        self._progress.update(self._documents, advance=1)

    def run_finished(self, report: RunReport) -> None:
        """The summary takes the place of the bars."""
        self.close()
        for text in summary(report):
            self.console.print(text)

    def close(self) -> None:
        """Take the bars down."""
        self._progress.stop()

    def _grow(self, task: TaskID, more: int) -> None:
        self._totals[task] += more
        self._progress.update(task, total=self._totals[task])


def _rate(task: Task) -> float:
    """How many a second, from the start to the last: figures come many at once, so what came lately tells nothing."""
    seconds = task.finished_time or task.elapsed
    return task.completed / seconds if seconds else 0.0


class _RateColumn(ProgressColumn):
    """So many a second, or a minute when it is slow."""

    def render(self, task: Task) -> Text:
        rate = _rate(task)
        if not rate:
            return Text("")
        return Text(f"{rate:.1f}/s" if rate >= 1 else f"{rate * 60:.1f}/min", style="cyan")


class _TimeLeftColumn(ProgressColumn):
    """How long the rest takes at that rate; hours, minutes, seconds."""

    def render(self, task: Task) -> Text:
        rate = _rate(task)
        if not rate or task.total is None:
            return Text("-:--:--", style="cyan")
        return Text(str(dt.timedelta(seconds=round((task.total - task.completed) / rate))), style="cyan")


def failure_line(failure: Failure) -> str:
    """Where, what is wrong, the cure; one line."""
    where = failure.document + (f", page {failure.page}" if failure.page is not None else "")
    named = failure.document in failure.message or not failure.document
    text = failure.message if named else f"{where}: {failure.message}"
    return f"{text}. {failure.cure}" if failure.cure else text


def summary(report: RunReport) -> list[str]:
    """The closing lines, as Rich markup: what was read, by whom, what is doubtful or failed, where it is."""
    counts = report.counts
    by = ", ".join(f"{count} by {_reader(report, reader)}" for reader, count in report.read_by.items())
    lines = [
        f"[bold]{plural(counts.charts, 'chart')}[/] with {plural(counts.points, 'number')} from "
        f"{plural(counts.documents, 'document')} ({plural(counts.pages, 'page')}) in {_duration(report.seconds)}"
        + (f": {escape(by)}" if by else "")
    ]
    if counts.charts_flagged:
        common = sorted(report.flags, key=lambda code: -report.flags[code])[:4]
        lines.append(f"[yellow]{counts.charts_flagged} with doubts[/]: {', '.join(common)}")
    rest = [
        (counts.tables, plural(counts.tables, "table")),
        (counts.not_charts, f"{plural(counts.not_charts, 'picture')} without numbers"),
        (counts.resumed, f"{plural(counts.resumed, 'document')} finished by an earlier run"),
        (counts.duplicates, f"{plural(counts.duplicates, 'duplicate')} read once"),
        (counts.ignored, f"{plural(counts.ignored, 'file')} of other kinds left out"),
    ]
    if any(count for count, _ in rest):
        lines.append("also " + ", ".join(text for count, text in rest if count))
    if counts.failed or counts.partial:
        lines.append(
            f"[red]{counts.failed} failed[/], {counts.partial} read in part: {plural(len(report.failures), 'failure')}"
        )
    if counts.unfinished:
        lines.append(f"[red]stopped[/] before {plural(counts.unfinished, 'document')}: run it again to go on")
    if report.engine.get("model") == NANO:
        lines.append("nano is a small reader of plain charts: check what is flagged, or take MinerU2.5")
    if report.output not in {MEMORY, STDOUT}:
        lines.append(f"output: [bold]{escape(report.output)}[/] (run.json tells the rest)")
    return lines


def _reader(report: RunReport, reader: str) -> str:
    model = report.engine.get("model", "")
    return f"{model} on {report.engine.get('device', '?')}" if reader == "model" and model else reader


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
