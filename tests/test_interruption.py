import json
import os
import signal
import subprocess
import sys
import time

import pytest

from mineru_cli.errors import ExitCode
from mineru_cli.interruption import Stopped, stops
from tests.inputs import chart_pdf
from tests.test_resume import tree


def test_the_first_signal_asks_and_the_second_ends():
    asked, lived = [], []
    before = signal.getsignal(signal.SIGTERM)

    def two_signals():
        with stops(asked.append):
            os.kill(os.getpid(), signal.SIGTERM)
            lived.append(True)
            os.kill(os.getpid(), signal.SIGINT)
            lived.append(True)

    with pytest.raises(Stopped):
        two_signals()
    assert asked == [signal.SIGTERM]
    assert lived == [True]
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr("mineru_cli.interruption.GRACE_SECONDS", 0.2)
    started = time.monotonic()

    def hang():
        with stops(lambda _: None):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(30)

    with pytest.raises(Stopped):
        hang()
    assert time.monotonic() - started < 5


def test_after_the_block_no_alarm_comes(monkeypatch):
    monkeypatch.setattr("mineru_cli.interruption.GRACE_SECONDS", 0.1)
    with stops(lambda _: None):
        os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.3)


def start(folder, out, **more):
    environment = {name: value for name, value in os.environ.items() if name != "MINERU_EXTRACT_WORKERS"}
    command = [sys.executable, "-m", "mineru_cli", "docs", "-o", out, "--engine", "exact", "--workers", "1"]
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True, **more)


def finish(process):
    """The exit code, after all it had to say."""
    process.communicate(timeout=60)
    return process.returncode


@pytest.fixture(scope="module")
def docs(tmp_path_factory):
    """Inputs enough for a second, and what an undisturbed run makes of them."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "docs").mkdir()
    for number in range(20):
        chart_pdf(folder / f"docs/{number:02}.pdf", pages=1 + number % 2, width=280 + number)
    assert finish(start(folder, "whole")) == 0
    return folder


def wait_for(pattern, folder):
    deadline = time.monotonic() + 30
    while not list(folder.glob(pattern)):
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_says_so_and_the_next_goes_on(docs, number, code):
    out = f"stopped{code}"
    process = start(docs, out)
    wait_for(f"{out}/docs/03.pdf.json", docs)
    process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in err
    report = json.loads((docs / out / "run.json").read_text())
    assert report["exit_code"] == code
    assert report["counts"]["unfinished"] > 0
    assert finish(start(docs, out)) == ExitCode.OK
    assert tree(docs / out) == tree(docs / "whole")


def test_killed_at_any_instant_nothing_is_lost_or_twice(docs):
    for delay in (0.05, 0.6, 0.9, 1.2):
        process = start(docs, "killed")
        time.sleep(delay)
        process.kill()
        process.communicate()
    assert finish(start(docs, "killed")) == ExitCode.OK
    assert tree(docs / "killed") == tree(docs / "whole")
