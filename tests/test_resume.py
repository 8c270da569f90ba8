import json
import shutil

import pytest

from mineru_cli.engines.base import Task
from mineru_cli.errors import ExitCode
from tests.inputs import chart_pdf, chart_picture, text_pdf
from tests.test_batch import AbsentEngine, ScriptedEngine, run


def tree(folder):
    """Every file below, but what tells of the run itself."""
    skipped = {"run.json", ".lock", ".lock-holder"}
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in skipped
    }


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chart_pdf(tmp_path / "a.pdf", pages=2)
    text_pdf(tmp_path / "b.pdf")
    shutil.copy("b.pdf", "c.pdf")
    chart_picture().save("d.png")
    return tmp_path


def test_what_is_finished_is_not_read_again(inputs):
    first = run(inputs, ScriptedEngine(), ".")
    before = tree(inputs / "out")
    times = {path: (inputs / "out" / path).stat().st_mtime_ns for path in before if path.name != "charts.csv"}
    engine = ScriptedEngine()
    again = run(inputs, engine, ".")
    assert engine.asked == []
    assert tree(inputs / "out") == before
    assert {path: (inputs / "out" / path).stat().st_mtime_ns for path in times} == times
    assert again.counts.resumed == again.counts.documents == 4
    assert again.counts.model_copy(update={"resumed": 0}) == first.counts
    assert again.exit_code == ExitCode.OK


def test_a_changed_input_is_read_again_and_only_that(inputs):
    run(inputs, ScriptedEngine(), ".")
    chart_pdf(inputs / "a.pdf", pages=3)
    engine = ScriptedEngine()
    report = run(inputs, engine, ".")
    assert len(engine.asked) == 3
    assert report.counts.resumed == 3
    assert (inputs / "out/charts.csv").read_text().count("a.pdf,3,") == 2


@pytest.mark.parametrize("changed", [{"max_side": 900}, {"model": "nano"}, {"formats": ["json"]}, {"force": True}])
def test_another_way_of_reading_is_another_result(inputs, changed):
    run(inputs, ScriptedEngine(), "d.png")
    engine = ScriptedEngine()
    run(inputs, engine, "d.png", **changed)
    assert engine.asked


@pytest.mark.parametrize("same", [{"workers": 1}, {"device": "cpu"}, {"batch": 3}, {"page_timeout": 5.0}])
def test_another_speed_is_not(inputs, same):
    run(inputs, ScriptedEngine(), "b.pdf")
    report = run(inputs, ScriptedEngine(), "b.pdf", **same)
    assert report.counts.resumed == 1


def test_failures_are_kept_until_they_are_to_be_tried_again(inputs):
    (inputs / "e.pdf").write_bytes(b"%PDF-1.4 nothing else")
    assert run(inputs, ScriptedEngine(), ".").exit_code == ExitCode.SOME_FAILED
    again = run(inputs, ScriptedEngine(), ".")
    assert again.exit_code == ExitCode.SOME_FAILED
    assert again.counts.resumed == 5
    retried = run(inputs, ScriptedEngine(), ".", retry_failed=True)
    assert retried.counts.resumed == 4


def test_what_only_lacked_a_model_is_read_when_there_is_one(inputs):
    run(inputs, AbsentEngine(), ".")
    engine = ScriptedEngine()
    report = run(inputs, engine, ".")
    assert report.counts.resumed == 2
    assert report.exit_code == ExitCode.OK
    assert [request.task for request in engine.asked] == [Task.CHART, Task.CHART, Task.LAYOUT, Task.CHART]


@pytest.mark.parametrize("broken", [b"", b"{", b'{"schema": "mineru-extract/document/9"}'])
def test_a_record_that_is_not_whole_is_not_trusted(inputs, broken):
    run(inputs, ScriptedEngine(), ".")
    expected = tree(inputs / "out")
    (inputs / "out/a.pdf.json").write_bytes(broken)
    (inputs / "out/a.pdf/.part-xyz").write_bytes(b"half")
    run(inputs, ScriptedEngine(), ".")
    assert tree(inputs / "out") == expected


def test_stored_answers_are_taken_apart_again_without_a_model(inputs):
    run(inputs, ScriptedEngine(), ".")
    record = inputs / "out/a.pdf.json"
    old = json.loads(record.read_text())
    expected = tree(inputs / "out")
    old["figures"][0]["chart"].update(rows=[], title="read by an old version")
    old["fingerprint"] = "0" * 16
    record.write_text(json.dumps(old))
    engine = ScriptedEngine()
    run(inputs, engine, ".", reparse=True)
    assert engine.asked == []
    assert tree(inputs / "out") == expected


def test_exact_charts_are_left_alone_by_reparsing(inputs):
    run(inputs, ScriptedEngine(), "a.pdf", engine="exact")
    before = tree(inputs / "out")
    run(inputs, ScriptedEngine(), "a.pdf", engine="exact", reparse=True)
    assert tree(inputs / "out") == before


def test_the_output_is_not_left_locked(inputs):
    for _ in range(2):
        run(inputs, ScriptedEngine(), "b.pdf")
    assert (inputs / "out/run.json").is_file()
