"""What the documents say is what the program does."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

import mineru_cli
from mineru_cli.errors import ExitCode
from mineru_cli.outputs.tables import TIDY_COLUMNS
from mineru_cli.schema import Document, RunReport
from tests.inputs import chart_pdf, text_pdf

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def generated():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import generate
    finally:
        sys.path.pop(0)
    return generate.pages()


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_generated_pages_are_current(path):
    assert path.read_text(encoding="utf-8") == generated()[path], "run: python docs/generate.py"


@pytest.mark.skipif(shutil.which("man") is None, reason="man is not installed")
def test_the_manual_is_formatted_without_a_warning():
    command = ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", "docs/mineru-extract.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_the_manual_goes_into_the_wheel():
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["shared-data"] == {"docs/mineru-extract.1": "share/man/man1/mineru-extract.1"}


def test_every_option_in_the_readme_exists():
    known = set(re.findall(r"--[a-z][a-z-]+", (ROOT / "docs/cli.md").read_text()))
    foreign = {"--extra-index-url", "--help", "--install-completion"}
    assert set(re.findall(r"--[a-z][a-z-]+", README)) <= known | foreign


def test_every_exit_code_in_the_readme_is_in_the_full_table():
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed <= {int(code) for code in ExitCode}
    assert {0, 2, 3, 4, 5, 6, 7, 8} <= listed


def test_links_and_pictures_lead_somewhere():
    for page in (ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "CONTRIBUTING.md"):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} -> {target}"


def test_the_architecture_page_names_every_module():
    text = (ROOT / "docs/architecture.md").read_text()
    for path in (ROOT / "mineru_cli").iterdir():
        if path.name not in {"__init__.py", "__pycache__", "py.typed"}:
            assert f"`{path.name}{'/' if path.is_dir() else ''}" in text, path.name


def test_the_columns_of_the_tidy_table_are_documented():
    assert ", ".join(TIDY_COLUMNS) in " ".join((ROOT / "docs/output.md").read_text().split())


def test_what_is_written_is_valid_by_the_published_schema(tmp_path):
    text_pdf(tmp_path / "a.pdf")
    mineru_cli.extract(tmp_path / "a.pdf", tmp_path / "out")
    (record,) = [path for path in (tmp_path / "out").rglob("*.json") if path.name != "run.json"]
    for path, name, model in (
        (record, "document-1", Document),
        (tmp_path / "out/run.json", "run-1", RunReport),
    ):
        content = json.loads(path.read_text())
        jsonschema.validate(content, json.loads((ROOT / f"docs/schema/{name}.json").read_text()))
        model.model_validate(content)


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    chart_pdf(tmp_path / "reports/a.pdf")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "1 []" in done.stdout
    assert "reports/a.pdf 1 Figure 1: What was spent" in done.stdout
    assert re.search(r"Rent +42.0\nFood +17.5", done.stdout)
    assert "y=1493" in done.stdout
    assert "approximate" in done.stdout


def test_the_python_of_the_other_pages_runs(tmp_path):
    (tmp_path / "reports").mkdir()
    chart_pdf(tmp_path / "reports/a.pdf")
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/output.md").read_text(), re.DOTALL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert re.search(r"Figure 1: What was spent\n +value\ncategory +\nRent +42.0", done.stdout)


@pytest.fixture
def data(tmp_path):
    """A folder as the recipes want it, and an environment where the command is on the path."""
    for year in ("2023", "2024"):
        (tmp_path / "reports" / year).mkdir(parents=True)
        chart_pdf(tmp_path / f"reports/{year}/q 1.pdf", width=280 + int(year) % 100)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/run.json").touch()
    os.utime(tmp_path / "out/run.json", (0, 0))
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/mineru-extract"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m mineru_cli "$@"\n')
    command.chmod(0o755)
    (tmp_path / "bin/python3").symlink_to(sys.executable)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    return tmp_path, {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


@pytest.mark.skipif(shutil.which("jq") is None, reason="the recipes use jq")
@pytest.mark.parametrize(
    ("starts", "gives"),
    [
        ("find reports", "out-new/charts.csv"),
        ("ls reports", "out-by-year/2024/charts.csv"),
        ("mineru-extract reports -o -", "\t42\n"),
        ("mineru-extract reports/ -o out/ -q\ncase", "all read\n"),
        ("mineru-extract reports/ -o out/ --format", "reports/2023/q 1.pdf\t1\tp001-f1\tbar\t"),
    ],
)
def test_the_recipes_of_the_readme_work(data, starts, gives):
    folder, environment = data
    (recipe,) = [code for code in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) if code.startswith(starts)]
    done = subprocess.run(["sh", "-c", recipe], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    assert gives in done.stdout or (folder / gives).read_text().count("Rent,42") == (2 if "new" in gives else 1)


def test_the_crontab_line_has_five_fields_and_a_command_that_exists(data):
    folder, environment = data
    (line,) = re.findall(r"```crontab\n(.*?)\n```", README, re.DOTALL)
    *when, command = line.split(maxsplit=5)
    assert all(re.fullmatch(r"[\d*]+", field) for field in when)
    command = command.replace("cd /data", f"cd {folder}").replace(".venv/bin/", "")
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
    assert len(list((folder / "out").rglob("*.pdf.json"))) == 2


def test_the_two_commands_of_the_readme_and_ci_install_the_same_way():
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert len(commands) == 2
    assert all("-c constraints.txt" in command for command in commands)
    assert "--constraint constraints.txt --editable '.[test]'" in (ROOT / ".ci/run").read_text()
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {"scans", "test"} <= set(extras)


def test_constraints_pin_every_dependency():
    pinned = {re.split(r"==", line)[0].lower() for line in (ROOT / "constraints.txt").read_text().splitlines()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    names = {re.split(r"[\[<>=!~ ]", requirement)[0].lower() for requirement in wanted} - {"mineru-extract"}
    assert names <= pinned


def test_version_is_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == mineru_cli.__version__
