import io
import logging

import pytest
from rich.console import Console

from mineru_cli import console
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
    assert said(plain) == "0/7 documents, 100 pages, 1 figures read, 0.05 figures/s, 2.9/4.0 GiB\n"


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
    assert "not real-world ones" in text
    assert "output: out [a]/" in text


def test_records_come_with_v(capsys):
    logged = screen(terminal=False)
    log = logging.getLogger("mineru_cli.test")
    console.set_up_logging(logged, verbosity=0)
    log.info("hidden")
    log.warning("heard")
    console.set_up_logging(logged, verbosity=1)
    log.info("told")
    assert "hidden" not in said(logged)
    assert "heard" in said(logged)
    assert "told" in said(logged)
    logging.getLogger("mineru_cli").handlers.clear()
