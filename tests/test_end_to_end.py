"""The whole way with real weights: nano reads, through the command line, on whatever machine this is."""

import json
import sys
from pathlib import Path

import pytest

from mineru_cli.__main__ import run
from mineru_cli.schema import Document

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def accuracy():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        import accuracy
    finally:
        sys.path.pop(0)
    return accuracy


def score(accuracy, folder, out, truths):
    """The share of cells within 3 % of their axis, and of charts found."""
    wanted = [accuracy.Truth.of(name, entry) for name, entries in truths.items() for entry in entries]
    scores = []
    for name in truths:
        answers = accuracy.read_answers(out / f"{folder}/{name}.json")
        scores += accuracy.assign([truth for truth in wanted if truth.document == name], answers)
    cells = sum(truth.cells for truth in wanted)
    return sum(one.near for one in scores) / cells, sum(one.found for one in scores) / len(wanted)


def test_charts_drawn_a_moment_ago_are_read(tmp_path, monkeypatch, capsys, accuracy):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fresh").mkdir()
    truths = accuracy.draw_fresh(tmp_path / "fresh", count=3, seed=20261122, scan=False)
    assert run(["fresh", "-o", "out", "--model", "nano", "--device", "cpu"]) == 0
    near, found = score(accuracy, "fresh", tmp_path / "out", truths)
    assert found == 1
    assert near >= 0.8
    assert "nano on cpu" in capsys.readouterr().err


def test_stdout_is_json_lines_and_nothing_else(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    pictures = ["examples/screenshots/sales.png", "examples/screenshots/2024年访问量.png"]
    assert run([*pictures, "-o", "-", "--model", "nano", "--device", "cpu"]) == 0
    documents = [Document.model_validate(json.loads(line)) for line in capsys.readouterr().out.splitlines()]
    assert sorted(document.source.path for document in documents) == sorted(pictures)
    assert all(document.figures[0].chart.series for document in documents)


@pytest.mark.slow
def test_the_examples_are_read_right(tmp_path, monkeypatch, accuracy):
    monkeypatch.chdir(ROOT)
    assert run(["examples/", "-o", str(tmp_path), "--model", "nano", "--device", "cpu", "-q"]) == 0
    near, found = score(accuracy, "examples", tmp_path, json.loads((ROOT / "examples/truth.json").read_text()))
    assert found == 1
    assert near >= 0.9


@pytest.mark.slow
def test_twenty_four_fresh_charts(tmp_path, monkeypatch, accuracy):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "fresh").mkdir()
    truths = accuracy.draw_fresh(tmp_path / "fresh", count=24, seed=1, scan=False)
    assert run(["fresh", "-o", "out", "--model", "nano", "--device", "cpu", "-q"]) == 0
    near, found = score(accuracy, "fresh", tmp_path / "out", truths)
    assert found == 1
    assert near >= 0.85
