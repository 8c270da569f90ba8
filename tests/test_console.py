import io
import json
import logging

import pytest
from rich.console import Console
from rich.text import Text

from mineru_cli import console
from mineru_cli.errors import UsageError
from mineru_cli.listener import EVENTS
from mineru_cli.options import Talk
from mineru_cli.schema import Counts, Document, Failure, RunReport, SourceRecord


def screen(*, terminal):
    return Console(file=io.StringIO(), force_terminal=terminal, width=100, soft_wrap=True, highlight=False)


def said(screen):
    return screen.file.getvalue()


def report(**more):
    fields = {
        "started": "2026-11-22T00:00:00+00:00",
        "finished": "2026-11-22T00:02:05+00:00",
        "seconds": 125.2,
        "exit_code": 0,
        "output": "out [a]/",
        "counts": Counts(documents=3, done=2, failed=1, pages=12, charts=5, charts_flagged=2, points=1234, tables=1),
        "read_by": {"model": 5},
        "flags": {"cut": 1, "approximate": 2},
        "engine": {"model": "nano", "device": "cpu"},
        "failures": [Failure(code="damaged", message="b.pdf is damaged", document="b.pdf")],
    }
    return RunReport(**{**fields, **more})


def document():
    return Document(name="a", source=SourceRecord(path="a", kind="pdf", bytes=1, sha256=None), status="done")


def play(listener):
    listener.inputs_found(1)
    listener.pages_found(2)
    listener.page_read()
    listener.figures_found(3)
    listener.figure_read(engine_status="2.9/4.0 GiB")
    listener.failed(Failure(code="x", message="is [odd]", cure="Mend it", document="a.pdf", page=4))
    listener.document_finished(document())
    listener.run_finished(report())
    listener.close()


def test_quiet_says_failures_only():
    quiet = screen(terminal=False)
    play(console.make_listener(quiet, quiet=True))
    assert said(quiet) == "failed a.pdf, page 4: is [odd]. Mend it\n"


def test_without_a_terminal_lines_come_now_and_then(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    plain = screen(terminal=False)
    listener = console.make_listener(plain, quiet=False)
    listener.inputs_found(7)
    for _ in range(100):
        listener.page_read()
    assert said(plain) == ""
    now[0] += 20
    listener.figure_read(engine_status="2.9/4.0 GiB")
    listener.figure_read(engine_status="")
    assert said(plain) == "0/7 documents, 100 pages, 1 figure read, 0.05 figures/s, 2.9/4.0 GiB\n"


def test_a_terminal_gets_bars_and_the_memory_of_the_gpu(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = screen(terminal=True)
    listener = console.make_listener(terminal, quiet=False)
    listener.inputs_found(4)
    listener.pages_found(2)
    listener.figures_found(3)
    listener.figure_read(engine_status="2.9/4.0 GiB")
    listener._progress.refresh()
    listener.close()
    for text in ("documents", "pages", "figures", "0/4", "1/3", "2.9/4.0 GiB"):
        assert text in said(terminal)


def test_figures_that_come_many_at_once_are_told_at_the_mean_rate(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    now = [100.0]
    terminal = screen(terminal=True)
    terminal.get_time = lambda: now[0]
    listener = console.make_listener(terminal, quiet=False)
    listener.pages_found(2)
    listener.figures_found(13)
    now[0] += 10
    listener.page_read()
    listener.page_read()
    now[0] += 30
    for _ in range(8):
        listener.figure_read(engine_status="")
    listener._progress.refresh()
    listener.close()
    pages, figures = (line.split()[-3:] for line in Text.from_ansi(said(terminal)).plain.splitlines()[-2:])
    assert pages == ["2/2", "12.0/min", "0:00:00"]
    assert figures == ["8/13", "12.0/min", "0:00:25"]


@pytest.mark.parametrize("terminal", [True, False])
def test_the_summary_says_what_was_read_by_whom_and_where_it_is(terminal):
    shown = screen(terminal=terminal)
    play(console.make_listener(shown, quiet=False))
    plain = screen(terminal=False)
    for text in console.summary(report()):
        plain.print(text)
    text = said(plain)
    assert "5 charts with 1,234 numbers from 3 documents (12 pages) in 2 min 5 s: 5 by nano on cpu" in text
    assert "2 with doubts: approximate, cut" in text
    assert "1 failed" in text
    assert "check what is flagged" in text
    assert "output: out [a]/" in text


@pytest.fixture
def logged():
    """A console that gets the records of this package while the test runs."""
    shown = screen(terminal=False)
    logger = logging.getLogger("mineru_cli")
    added = []

    def end():
        for handler in added:
            logger.removeHandler(handler)
            handler.close()

    def start(talk):
        end()
        added[:] = console.set_up_logging(shown, talk)
        return shown

    yield start
    end()


def test_records_come_with_v(logged):
    log = logging.getLogger("mineru_cli.test")
    shown = logged(Talk())
    log.info("hidden")
    log.warning("heard, and as long as it may be, [which] is longer than a line of a terminal of %d columns", 100)
    logged(Talk(quiet=True))
    log.warning("no failure")
    logged(Talk(verbosity=1))
    log.info("told")
    events = logging.getLogger(EVENTS)
    events.info("finished", extra={"document": "a.pdf", "charts": 2})
    events.warning("shown by the listener in its own way")
    assert said(shown).splitlines() == [
        "warning heard, and as long as it may be, [which] is longer than a line of a terminal of 100 columns",
        "info told",
        "info finished document=a.pdf charts=2",
    ]


def test_what_went_wrong_is_shown_whole_with_vv(logged):
    shown = logged(Talk(verbosity=2))
    logging.getLogger("mineru_cli.test").debug("a guard caught this", exc_info=ValueError("odd [red]"))
    assert said(shown) == "debug a guard caught this\nValueError: odd [red]\n"


def test_the_log_file_has_a_record_an_event(tmp_path, logged):
    for log_format in ("json", "text"):
        shown = logged(Talk(log_file=tmp_path / log_format, log_format=log_format))
        extra = {"event": "damaged", "document": "a.pdf", "page": 3}
        logging.getLogger(EVENTS).warning("page 3 is\ndamaged", extra=extra)
        logging.getLogger("mineru_cli.test").debug("too fine")
        assert said(shown) == ""
    (record,) = [json.loads(line) for line in (tmp_path / "json").read_text().splitlines()]
    assert {name: record[name] for name in extra} == extra
    assert (record["level"], record["message"]) == ("WARNING", "page 3 is\ndamaged")
    (line,) = (tmp_path / "text").read_text().splitlines()
    assert line.endswith("WARNING page 3 is damaged event=damaged document=a.pdf page=3")


def test_a_log_file_that_cannot_be_opened_is_bad_usage(tmp_path, logged):
    with pytest.raises(UsageError, match="--log-file"):
        logged(Talk(log_file=tmp_path / "no/such/folder.log"))
