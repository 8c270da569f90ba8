"""Runs whose output is a store: what is there is what a folder would hold."""

import json
import os
import re
import socket
import time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mineru_cli.app import app
from mineru_cli.cluster.reader import DocumentReader, Duty
from mineru_cli.errors import ExitCode, OutputError, OutputLockedError, UsageError
from mineru_cli.options import Options
from mineru_cli.outputs import lease
from mineru_cli.outputs.elsewhere import open_folder
from mineru_cli.outputs.files import write_atomically
from mineru_cli.outputs.lease import LEASE_FILE, Lease
from mineru_cli.schema import RunReport
from tests.inputs import chart_pdf, text_pdf
from tests.stores import ShakyStore, clean_stores  # noqa: F401 - a fixture
from tests.test_arrivals import run
from tests.test_cluster import pictures

ALL = ["csv", "jsonl", "md", "html", "xlsx"]


@pytest.fixture
def inputs(tmp_path, monkeypatch, stores):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    chart_pdf(tmp_path / "in/a.pdf")
    chart_pdf(tmp_path / "in/b.pdf", width=260)
    text_pdf(tmp_path / "in/d.pdf")
    return tmp_path


def stored(folder="/out/"):
    store = ShakyStore()
    return {path.removeprefix(folder): store.cat(path) for path in store.find(folder)}


def written(folder="out"):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in Path(folder).rglob("*.*")
        if path.is_file() and not path.name.startswith(".lock")
    }


def test_a_store_holds_what_a_folder_would(inputs):
    here = run("in", output="out", formats=ALL)
    there = run("in", output="shaky://out", formats=ALL)
    assert there.counts == here.counts
    assert stored().keys() == written().keys()
    same = [name for name in written() if not name.endswith(("run.json", ".xlsx", "index.html"))]
    assert {name: stored()[name] for name in same} == {name: written()[name] for name in same}
    assert RunReport.model_validate_json(stored()["run.json"]).output == "shaky://out"
    book = openpyxl.load_workbook(BytesIO(stored()["charts.xlsx"]))
    assert len(book["Charts"]["K2"].value) == len("picture")
    assert all(sheet._images for sheet in book.worksheets[1:])
    cards = re.search(r'<script type="application/json" id="index">(.*)</script>', stored()["index.html"].decode())
    assert len(json.loads(cards[1])["cards"]) == 2
    assert [chart.document for chart in there.charts] == ["in/a.pdf", "in/b.pdf"]
    assert next(there.charts).crop.read_bytes().startswith(b"\x89PNG")


def test_what_is_finished_is_kept_and_the_output_is_no_input(inputs):
    store = ShakyStore()
    for path in (inputs / "in").iterdir():
        store.pipe(f"/data/{path.name}", path.read_bytes())
    assert run("shaky://data", output="shaky://data/out").counts.documents == 3
    again = run("shaky://data", output="shaky://data/out")
    assert (again.counts.documents, again.counts.resumed, again.counts.ignored) == (3, 3, 0)
    assert LEASE_FILE not in stored("/data/out/")


def test_what_may_pass_is_tried_again(inputs):
    ShakyStore.failing["/out/in/a.pdf.json"] = 3
    ShakyStore.failing["/out/charts.csv"] = 3
    assert run("in", output="shaky://out").exit_code == ExitCode.OK
    assert "in/a.pdf.json" in stored()


def test_a_store_that_takes_nothing_ends_the_run_with_one_line(inputs, capsys):
    ShakyStore.failing["/out/in/a.pdf/p001-f1.png"] = 99
    with pytest.raises(OutputError, match=r"p001-f1.png cannot be written or read \(the store is busy\)"):
        run("in", output="shaky://out")
    assert stored() == {}
    assert run("in/d.pdf", output="shaky://out").exit_code == ExitCode.OK


def test_an_object_is_put_whole_or_not_at_all(inputs):
    def break_off(file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        write_atomically(open_folder("shaky://out") / "a", break_off)
    assert stored() == {}


def put_lease(**about):
    content = {"id": "other", "process": os.getpid(), "host": "elsewhere", "renewed": time.time(), **about}
    ShakyStore().pipe(f"/out/{LEASE_FILE}", json.dumps(content).encode())


def test_another_run_is_kept_out(inputs):
    put_lease(process=17)
    with pytest.raises(
        OutputLockedError, match=r"another run \(process 17 on elsewhere\).*10 minutes or delete shaky://"
    ):
        run("in", output="shaky://out")
    assert list(stored()) == [LEASE_FILE]


@pytest.mark.parametrize(
    "about",
    [
        {"renewed": time.time() - 601},
        {"host": socket.gethostname(), "process": 2**22 + 1},
        {"renewed": "never"},
    ],
)
def test_what_nobody_holds_any_more_is_free(inputs, about):
    put_lease(**about)
    assert run("in/d.pdf", output="shaky://out").exit_code == ExitCode.OK
    assert LEASE_FILE not in stored()


def test_a_lease_is_renewed_and_one_that_was_taken_over_is_noticed(inputs, monkeypatch):
    monkeypatch.setattr(lease, "RENEW_SECONDS", 0.01)
    held = Lease(open_folder("shaky://out"))

    def renewed():
        return json.loads(stored()[LEASE_FILE])["renewed"]

    first = renewed()
    wait_until(lambda: renewed() > first)
    held.check()
    held._done.set()
    held._thread.join()
    put_lease()
    held._done.clear()
    held._renew()
    with pytest.raises(OutputLockedError, match="elsewhere"):
        held.check()
    held.release()
    assert json.loads(stored()[LEASE_FILE])["id"] == "other"


def wait_until(condition):
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_what_cannot_be_done_is_one_line(inputs):
    with pytest.raises(UsageError, match=r"--shard cannot share shaky:.*out"):
        run("in", output="shaky://out", shard="1/2")
    with pytest.raises(UsageError, match="shaky://out is an address"):
        app(["shaky://out", "--merge", "-o", "out"], standalone_mode=False)
    with pytest.raises(UsageError, match="holds a name and a password"):
        run("in", output="s3://me:secret@bucket/out")


def test_a_file_url_is_a_folder(inputs):
    run("in", output=(inputs / "my out").as_uri())
    assert (inputs / "my out/run.json").is_file()


def test_readers_write_into_a_store(inputs):
    import asyncio

    from tests.test_batch import ScriptedEngine

    taken = pictures(inputs, 2)

    async def read():
        flat = {"output": "shaky://out", "engine": "model", "layout": "never", "workers": 0}
        options = Options.from_flat(flat)
        made = DocumentReader(
            Duty(options=options, fingerprint="f", folder=str(inputs), log_level=20, engine=ScriptedEngine())
        )
        outcomes = await asyncio.gather(*(made.read(one) for one in taken))
        await made.leave("reader 1")
        return outcomes

    assert [outcome.document.status for outcome in asyncio.run(read())] == ["done", "done"]
    assert {"0.png.json", "1.png.json", "0.png/p001-f1.png"} <= stored().keys()
