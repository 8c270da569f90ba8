"""What --doctor tells, and the exit code it gives."""

import tomllib
from pathlib import Path

from mineru_cli.doctor import check
from mineru_cli.errors import ExitCode
from mineru_cli.options import EngineOptions


def findings(options: EngineOptions) -> dict:
    return {finding.name: finding for finding in check(options).findings}


def test_a_machine_that_can_run_is_told_its_plan():
    checkup = check(EngineOptions(model="nano", device="cpu"))
    assert checkup.exit_code is ExitCode.OK
    assert "fp32, 4 rows" in checkup.text()
    assert "/nano" in checkup.text()


def test_weights_that_are_not_there_give_the_code_of_a_run_and_the_cure(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    checkup = check(EngineOptions(model="nobody/no-such-model", device="cpu"))
    assert checkup.exit_code is ExitCode.ENGINE_UNAVAILABLE
    assert "hf download nobody/no-such-model" in checkup.text()


def test_a_device_that_is_not_there_is_told_beside_the_rest():
    found = findings(EngineOptions(model="nano", device="cuda:99"))
    assert found["device"].state == "bad"
    assert found["device"].cure
    assert found["model"].state == "ok"
    assert check(EngineOptions(model="nano", device="cuda:99")).exit_code is ExitCode.ENGINE_UNAVAILABLE


def test_a_missing_extra_is_told_with_what_it_would_add(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    found = findings(EngineOptions(model="nano", device="cpu"))
    assert found["[scans]"].state == "note"
    assert found["[scans]"].cure == "pip install 'mineru-extract[scans]'"


def test_every_extra_for_users_is_looked_for(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    project = tomllib.loads(Path(__file__).parents[1].joinpath("pyproject.toml").read_text())["project"]
    extras = {f"[{extra}]" for extra in project["optional-dependencies"]} - {"[test]", "[training]"}
    assert {name for name in findings(EngineOptions(model="nano", device="cpu")) if name[0] == "["} == extras
