"""Inputs that lie elsewhere, in whole runs: what is written is what a run over a folder writes."""

import asyncio
import hashlib
import re
from pathlib import Path

import pytest

from mineru_cli import arrivals, batch
from mineru_cli.app import app
from mineru_cli.arrivals import Arrivals
from mineru_cli.cluster.reader import DocumentReader, Duty
from mineru_cli.errors import ExitCode, NoInputError, SourceError
from mineru_cli.intake import Input
from mineru_cli.options import Options
from mineru_cli.schema import Document, SourceRecord
from mineru_cli.sources import Found, Source
from tests.inputs import chart_pdf, chart_picture, text_pdf
from tests.stores import ShakyStore, clean_stores  # noqa: F401 - a fixture
from tests.test_batch import ScriptedEngine


@pytest.fixture
def both(tmp_path, monkeypatch, stores):
    """The same inputs in a folder ``in`` and under ``shaky://in``; copies are made below ``copies``."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "copies"))
    (tmp_path / "copies").mkdir()
    (tmp_path / "in/sub").mkdir(parents=True)
    chart_pdf(tmp_path / "in/a.pdf")
    chart_pdf(tmp_path / "in/sub/b.pdf", width=260)
    chart_picture().save(tmp_path / "in/c.png")
    text_pdf(tmp_path / "in/d.pdf")
    (tmp_path / "in/e.pdf").write_bytes((tmp_path / "in/a.pdf").read_bytes())
    (tmp_path / "in/f.pdf").write_bytes(b"")
    (tmp_path / "in/g.pdf").write_text("a letter")
    (tmp_path / "in/notes.txt").write_text("notes")
    for path in (tmp_path / "in").rglob("*.*"):
        stores.pipe(f"/{path.relative_to(tmp_path)}", path.read_bytes())
    return tmp_path


def run(*inputs, output="out", **options):
    flat = {"inputs": inputs, "output": output, "engine": "model", "layout": "never", "workers": 0}
    return batch.run(Options.from_flat({**flat, "formats": ["csv", "jsonl"], **options}), engine=ScriptedEngine())


def files(folder):
    """What was written, by its path; addresses as if all lay in the folder, and no fingerprint of what failed."""
    found = {}
    for path in sorted(Path(folder).rglob("*.*")):
        if path.is_file() and not path.name.startswith((".lock", "run.json")):
            content = path.read_bytes()
            if path.suffix != ".png":
                content = content.replace(b"shaky:///", b"")
            if b'"status": "failed"' in content or path.suffix == ".jsonl":
                content = re.sub(rb'"fingerprint": ?"\w*"', b"", content)
            found[str(path.relative_to(folder))] = content
    return found


def test_a_run_over_urls_writes_what_a_run_over_files_writes(both):
    here = run("in", output="here")
    there = run("shaky:///in", output="there")
    assert there.counts == here.counts
    assert there.exit_code == here.exit_code == ExitCode.SOME_FAILED
    assert files("there") == files("here")
    assert list((both / "copies").iterdir()) == []


def test_what_is_finished_is_kept_and_the_same_bytes_are_read_once(both):
    first = run("shaky://in")
    assert first.counts.duplicates == 1
    again = run("shaky://in")
    assert again.counts.resumed == again.counts.documents - again.counts.failed == 5
    chart_pdf(both / "new.pdf", width=270)
    ShakyStore().pipe("/in/d.pdf", (both / "new.pdf").read_bytes())
    assert run("shaky://in").counts.resumed == 4


def test_a_file_that_cannot_be_fetched_costs_itself(both):
    ShakyStore.failing["/in/a.pdf"] = 99
    ShakyStore.failing["/in/c.png"] = 2
    report = run("shaky://in")
    failed = {failure.document: failure.message for failure in report.failures}
    assert failed["a.pdf"] == "shaky://in/a.pdf cannot be read (the store is busy)"
    record = Document.model_validate_json(Path("out/a.pdf.json").read_bytes())
    assert (record.status, record.source.path, record.source.sha256) == ("failed", "shaky://in/a.pdf", None)
    assert Path("out/c.png/p001-f1.csv").is_file()
    assert report.exit_code == ExitCode.SOME_FAILED
    ShakyStore.failing.clear()
    assert run("shaky://in").counts.failed == 2
    assert list((both / "copies").iterdir()) == []


def test_what_is_too_large_is_not_even_opened(both):
    report = run("shaky://in/a.pdf", "shaky://in/d.pdf", max_file_size=Path("in/d.pdf").stat().st_size)
    (failure,) = report.failures
    assert (failure.code, failure.document) == ("too_large", "a.pdf")
    assert ShakyStore.opened["/in/a.pdf", "r"] == 0


def test_files_named_by_list_glob_and_twice(both):
    Path("list").write_text("shaky://in/a.pdf\nin/c.png\n")
    report = run("shaky://in/*.pdf", "shaky://in/a.pdf", files_from="list", exclude=("*/d.pdf", "[efg].pdf"))
    assert (report.counts.documents, report.exit_code) == (2, ExitCode.OK)


def test_a_file_url_is_a_path(both):
    report = run((both / "in/a.pdf").as_uri())
    assert report.counts.done == 1
    (record,) = Path("out").rglob("a.pdf.json")
    assert Document.model_validate_json(record.read_bytes()).source.path == str(both / "in/a.pdf")


def test_nothing_there_is_told_like_a_path_that_is_not(both):
    with pytest.raises(NoInputError, match="nothing to read in shaky://gone"):
        run("shaky://gone")


def test_a_dry_run_fetches_nothing(both, capsys):
    app(["shaky://in", "--dry-run"], standalone_mode=False)
    out = capsys.readouterr().out
    assert re.search(r"^-\t\d+\tshaky://in/sub/b.pdf$", out, re.MULTILINE)
    assert not any(mode == "r" for _, mode in ShakyStore.opened)


def test_shards_of_urls_are_those_of_files(both):
    here = {path: set() for path in "12"}
    for number in here:
        run("in", output="here", shard=f"{number}/2")
        run("shaky:///in", output="there", shard=f"{number}/2")
    assert files("here").keys() == files("there").keys()


def found(*sizes):
    paths = [f"{number}.png" for number in range(len(sizes))]
    for path, size in zip(paths, sizes, strict=True):
        ShakyStore().pipe(f"/{path}", b"BM" + path.encode().ljust(size - 2))
    return Found(
        sources=[
            Source(path=Path(path), name=path, kind=None, size=size, url=f"shaky:///{path}")
            for path, size in zip(paths, sizes, strict=True)
        ]
    )


def test_copies_take_no_more_of_the_disk_than_allowed(stores, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(arrivals, "MOST_BYTES", 1000)
    inputs = found(400, 500, 300, 5000, 10)
    coming = Arrivals(inputs, most_size=10_000, keep=True)

    def take(number):
        source = inputs.sources[number]
        while not coming.is_here(source):
            coming.wait(source)
        return coming.take(source).source

    def held():
        return sorted(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())

    first, second = take(0), take(1)
    assert not coming.is_here(inputs.sources[2])
    assert held() == [400, 500]
    assert (first.kind, first.path.read_bytes()[:7]) == ("bmp", b"BM0.png")
    coming.let_go(first)
    third = take(2)
    coming.let_go(second)
    assert not coming.is_here(inputs.sources[3])
    coming.let_go(third)
    large = take(3)
    assert held() == [5000]
    coming.let_go(large)
    take(4)
    coming.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_only_hashed_takes_no_disk(stores, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    inputs = found(400)
    coming = Arrivals(inputs, most_size=10_000, keep=False)
    arrived = coming.take(inputs.sources[0])
    assert arrived.sha256 == hashlib.sha256(ShakyStore().cat("/0.png")).hexdigest()
    assert list(tmp_path.iterdir()) == []
    coming.close()


def test_a_full_disk_is_told_as_one(stores, tmp_path):
    with pytest.raises(SourceError, match=r"cannot be kept while it is read: .* cannot be written"):
        arrivals.fetch_source(found(10).sources[0], tmp_path / "gone/copy", most_size=100)


def test_a_reader_fetches_what_it_gets_and_notices_what_was_changed(both):
    content = ShakyStore().cat("/in/c.png")
    digest = hashlib.sha256(content).hexdigest()

    def taken(name, sha256):
        source = Source(path=Path("c.png"), name=name, kind=None, size=len(content), url="shaky://in/c.png")
        record = SourceRecord(path="shaky://in/c.png", kind="png", bytes=len(content), sha256=sha256)
        return Input(name=name, source=source, record=record)

    async def read():
        flat = {"output": "out", "engine": "model", "layout": "never", "workers": 0}
        duty = Duty(
            options=Options.from_flat(flat), fingerprint="f", folder=str(both), log_level=20, engine=ScriptedEngine()
        )
        made = DocumentReader(duty)
        outcomes = await asyncio.gather(made.read(taken("c.png", digest)), made.read(taken("d.png", "0" * 64)))
        await made.leave("reader 1")
        return outcomes

    good, changed = asyncio.run(read())
    assert (good.document.status, good.document.source.path) == ("done", "shaky://in/c.png")
    assert changed.lost.code == "changed"
    assert changed.document is None
    assert list((both / "copies").iterdir()) == []
