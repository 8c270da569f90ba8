"""Outputs written beside the engine: nobody waits for a disk, and a disk that fails is no quieter for it."""

import asyncio
import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from mineru_cli import batch
from mineru_cli.arrivals import Arrivals
from mineru_cli.errors import ExitCode, OutputError
from mineru_cli.listener import Listener
from mineru_cli.options import Options
from mineru_cli.outputs import sinks, writer
from mineru_cli.outputs.files import write_atomically
from mineru_cli.outputs.sinks import FolderWriter
from mineru_cli.outputs.writer import Writer
from mineru_cli.schema import Document
from tests.inputs import chart_pdf
from tests.stores import ShakyStore, clean_stores  # noqa: F401 - a fixture
from tests.test_batch import ScriptedEngine, run
from tests.test_cluster import pictures, reader
from tests.test_resume import tree

SECONDS = 20.0


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in range(4):
        chart_pdf(tmp_path / f"{number}.pdf", pages=1 + number % 2, width=260 + number)
    return tmp_path


class Disk:
    """The disk behind the sinks: every path that is written, in order, after ``before(path)``.

    The write of this ``number`` fails, as one may on a disk that has room again a moment later.
    """

    def __init__(self, monkeypatch, before=lambda path: None, *, number=0):
        self.paths = []
        self.before = before
        self.number = number
        self.count = 0
        monkeypatch.setattr(sinks, "write_atomically", self.write)

    def write(self, path, content):
        self.count += 1
        self.before(path)
        if self.count == self.number:
            raise OutputError(f"{path} cannot be written (No space left on device)")
        write_atomically(path, content)
        self.paths.append(path)


def records(folder):
    """The names of the documents that count as finished; each must have all that it names."""
    found = set()
    for path in Path(folder).rglob("*.pdf.json"):
        document = Document.model_validate_json(path.read_bytes())
        found.add(document.name)
        for figure in document.figures:
            for name in (figure.crop, figure.csv):
                assert name is None or (Path(folder) / name).stat().st_size > 0
    return found


def test_a_disk_that_hangs_does_not_keep_the_engine_waiting(inputs, monkeypatch):
    engine = ScriptedEngine()
    answered = threading.Event()

    def hang(path):
        assert answered.wait(SECONDS)

    class Answers(Listener):
        def figure_read(self, *, engine_status):
            if len(engine.asked) == 6:
                answered.set()

    Disk(monkeypatch, hang)
    assert run(inputs, engine, ".", listener=Answers()).counts.charts == 6
    assert records("out") == {"0.pdf", "1.pdf", "2.pdf", "3.pdf"}


def test_the_record_of_a_document_is_written_last(inputs, monkeypatch):
    disk = Disk(monkeypatch, lambda path: time.sleep(0.002))
    run(inputs, ScriptedEngine(hold=3), ".")
    for number in range(4):
        ours = [path.name for path in disk.paths if path.name.startswith(f"{number}.") or f"{number}.pdf" in path.parts]
        assert ours[-1] == f"{number}.pdf.json"
        assert len(ours) == len(set(ours)) == 1 + 2 * (1 + number % 2)


def test_a_document_is_told_of_when_it_is_there_and_by_who_reads(inputs, monkeypatch):
    Disk(monkeypatch, lambda path: time.sleep(0.01))
    told = []

    class Watcher(Listener):
        def document_finished(self, document):
            assert threading.current_thread() is threading.main_thread()
            assert Path(f"out/{document.name}.json").is_file()
            told.append(document.name)

    run(inputs, ScriptedEngine(hold=2), ".", listener=Watcher())
    assert sorted(told) == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]


@pytest.mark.parametrize(("number", "hold"), [(1, 1), (2, 5), (3, 1), (4, 5), (7, 1), (12, 5), (16, 1)])
def test_a_disk_that_fills_ends_the_run_and_leaves_only_whole_documents(inputs, monkeypatch, number, hold):
    disk = Disk(monkeypatch, number=number)
    told, engine = [], ScriptedEngine(hold=hold)

    class Watcher(Listener):
        def document_finished(self, document):
            told.append(document.name)

    with pytest.raises(OutputError, match="No space left"):
        run(inputs, engine, ".", listener=Watcher())
    assert len(disk.paths) == number - 1
    assert records("out") >= set(told)
    assert engine.closed == 1
    monkeypatch.setattr(sinks, "write_atomically", write_atomically)
    assert run(inputs, ScriptedEngine(), ".").exit_code == ExitCode.OK
    assert records("out") == {"0.pdf", "1.pdf", "2.pdf", "3.pdf"}


def test_a_failure_in_the_very_last_file_is_told(inputs, monkeypatch):
    """When nothing is left to do but to wait for the disk."""

    def fill(path):
        time.sleep(0.05)
        if path.name == "3.pdf.json":
            raise OutputError("No space left on device")

    Disk(monkeypatch, fill)
    with pytest.raises(OutputError, match="No space left"):
        run(inputs, ScriptedEngine(), ".")
    assert records("out") == {"0.pdf", "1.pdf", "2.pdf"}
    assert not Path("out/run.json").exists()


def test_a_failure_is_told_in_the_middle_of_a_document(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chart_pdf(tmp_path / "a.pdf", pages=12)
    Disk(monkeypatch, number=1)
    engine = ScriptedEngine()
    with pytest.raises(OutputError, match="No space left"):
        run(tmp_path, engine, "a.pdf")
    assert len(engine.asked) < 9


def test_a_failure_is_told_while_nothing_has_to_be_read(inputs, monkeypatch):
    monkeypatch.setattr(writer, "MOST_WAITING", 4)
    for number in range(100):
        (inputs / f"copy{number:03}.pdf").write_bytes(b"%PDF-1.4 nothing else")
    Disk(monkeypatch, number=3)
    hashed = []
    take = Arrivals.take
    monkeypatch.setattr(Arrivals, "take", lambda self, source: hashed.append(source) or take(self, source))
    with pytest.raises(OutputError, match="No space left"):
        run(inputs, ScriptedEngine(), *sorted(path.name for path in inputs.glob("copy*.pdf")))
    assert len(hashed) < 20


def test_a_bug_in_what_is_written_is_charged_to_no_other_page(inputs, monkeypatch):
    def surprise(path):
        if path.name == "0.pdf.json":
            raise ZeroDivisionError("oh")

    Disk(monkeypatch, surprise)
    with pytest.raises(ZeroDivisionError, match="oh"):
        run(inputs, ScriptedEngine(hold=2), ".")
    assert "0.pdf" not in records("out")


@pytest.mark.parametrize("signals", [1, 2])
def test_what_was_handed_over_is_written_before_a_stopped_run_ends(inputs, monkeypatch, signals):
    sent = []

    def send():
        sent.append(True)
        os.kill(os.getpid(), signal.SIGINT)

    def be_slow(path):
        time.sleep(0.05)
        if 0 < len(sent) < signals:
            send()

    class Stopper(ScriptedEngine):
        def answer(self, request):
            if len(self.asked) == 4:
                send()
            return super().answer(request)

    Disk(monkeypatch, be_slow)
    options = {"inputs": ["."], "output": "out", "engine": "model", "workers": 0, "formats": ["json", "csv"]}
    report = batch.run(Options.from_flat(options), engine=Stopper(), handle_signals=True)
    assert len(sent) == signals
    assert report.exit_code == ExitCode.INTERRUPTED
    assert report.counts.documents == len(records("out")) > 0
    assert report.counts.unfinished == 4 - report.counts.documents
    assert run(inputs, ScriptedEngine(), ".").counts.resumed == report.counts.documents


def test_the_same_bytes_whether_the_disk_is_slow_or_not(inputs, monkeypatch):
    run(inputs, ScriptedEngine(hold=2), "0.pdf", "1.pdf", output="quick")
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (time.sleep(0.01), sync(file)))
    run(inputs, ScriptedEngine(hold=2), "0.pdf", "1.pdf", output="slow")
    assert tree(Path("slow")) == tree(Path("quick"))


def test_a_store_that_takes_no_record_ends_the_run_with_what_it_took(inputs, stores):
    ShakyStore.failing["/out/1.pdf.json"] = 99
    with pytest.raises(OutputError, match=r"1.pdf.json cannot be written or read \(the store is busy\)"):
        run(inputs, ScriptedEngine(), ".", output="shaky://out")
    assert {path for path in stores.find("/out") if path.endswith(".json")} == {"/out/0.pdf.json"}


def test_a_reader_tells_of_what_is_written_and_of_a_disk_that_is_full(inputs, monkeypatch):
    """Readers wait for what is handed to them, which is when nothing else would notice."""

    def fill(path):
        time.sleep(0.02)
        if path.name == "2.png.json":
            raise OutputError("No space left on device")

    Disk(monkeypatch, fill)
    taken = pictures(inputs, 3)

    def here():
        return sorted(path.name for path in Path("out").glob("*.png.json"))

    async def read():
        made = reader(inputs, ScriptedEngine(), formats=["json"])
        first = [await asyncio.wait_for(made.read(one), SECONDS) for one in taken[:2]]
        written = here()
        last = await asyncio.wait_for(made.read(taken[2]), SECONDS)
        return first, written, last

    first, written, last = asyncio.run(read())
    assert [outcome.document.name for outcome in first] == ["0.png", "1.png"]
    assert written == ["0.png.json", "1.png.json"]
    assert "No space left" in str(last.error)


def test_a_reader_that_is_stopped_tells_of_what_it_has_read(inputs, monkeypatch):
    asked, stopped = threading.Event(), threading.Event()

    class Patient(ScriptedEngine):
        def answer(self, request):
            asked.set()
            assert stopped.wait(SECONDS)
            return super().answer(request)

    Disk(monkeypatch, lambda path: time.sleep(0.1))
    (taken,) = pictures(inputs, 1)

    async def read():
        made = reader(inputs, Patient(), formats=["json"])
        reading = asyncio.create_task(made.read(taken))
        await asyncio.to_thread(asked.wait, SECONDS)
        await made.stop()
        stopped.set()
        return await asyncio.wait_for(reading, SECONDS)

    assert asyncio.run(read()).document.name == "0.png"


class Gate:
    """Writes that wait until they may."""

    def __init__(self):
        self.open = threading.Event()
        self.written = []

    def write(self, name):
        assert self.open.wait(SECONDS)
        self.written.append(name)


@pytest.mark.parametrize(("size", "fit"), [(1, 3), (40, 2), (1000, 1)])
def test_what_waits_is_bounded_by_number_and_by_bytes(monkeypatch, size, fit):
    monkeypatch.setattr(writer, "MOST_WAITING", 3)
    monkeypatch.setattr(writer, "MOST_BYTES", 100)
    behind, gate, taken = Writer(), Gate(), Counter()

    def hand_over():
        for number in range(6):
            behind.hand_over(lambda number=number: gate.write(number), size=size)
            taken["now"] += 1

    hands = threading.Thread(target=hand_over)
    hands.start()
    deadline = time.monotonic() + SECONDS
    while taken["now"] < fit and time.monotonic() < deadline:
        time.sleep(0.001)
    hands.join(0.05)
    assert taken["now"] == fit
    gate.open.set()
    hands.join(SECONDS)
    behind.settle(everything=True)
    behind.close()
    assert gate.written == list(range(6))


def test_pictures_that_wait_for_a_disk_do_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "MOST_BYTES", 1000)
    may_write = threading.Event()
    Disk(monkeypatch, lambda path: may_write.wait(SECONDS))
    folder, taken = FolderWriter(tmp_path, ["json"]), []
    hands = threading.Thread(target=lambda: taken.extend(folder.crop("a", f"p{n}", b"x" * 600) for n in range(3)))
    hands.start()
    hands.join(0.1)
    assert hands.is_alive()
    may_write.set()
    hands.join(SECONDS)
    folder.settle(everything=True)
    folder.close()
    assert [(tmp_path / path).stat().st_size for path in taken] == [600] * 3


def test_settling_waits_for_nothing_unless_it_is_to(monkeypatch):
    behind, gate, told = Writer(), Gate(), []
    behind.hand_over(lambda: gate.write("a"), then=lambda: told.append("a"))
    behind.settle()
    assert told == []
    gate.open.set()
    behind.settle(everything=True)
    assert told == ["a"]
    behind.close()


def test_what_goes_wrong_when_a_run_breaks_off_is_not_silent(caplog):
    behind, gate = Writer(), Gate()

    def fail():
        raise OutputError("No space left on device")

    behind.hand_over(lambda: gate.write("a"))
    behind.hand_over(fail)
    behind.hand_over(lambda: gate.write("b"))
    gate.open.set()
    behind.close()
    assert gate.written == ["a"]
    assert "No space left" in caplog.text
