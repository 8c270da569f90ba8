import os
import subprocess
import sys

import pytest

from mineru_cli import app as module
from mineru_cli.__main__ import run
from mineru_cli.errors import ExitCode


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """The options that reach the run, by their flat names."""
    monkeypatch.chdir(tmp_path)
    seen = {}

    def remember(options, talk):
        seen.update(options.flat(), quiet=talk.quiet, verbosity=talk.verbosity)
        return 0

    monkeypatch.setattr(module, "_run", remember)
    return seen


def test_flags_reach_the_run(asked):
    typed = (
        "a.pdf b -o out --model nano --max-side 900 --tables --no-deskew -vv -q --include *.pdf --include *.png "
        "--max-file-size 1MB --format csv,jsonl"
    )
    assert run(typed.split()) == 0
    expected = {
        "inputs": ["a.pdf", "b"],
        "output": "out",
        "model": "nano",
        "max_side": 900,
        "tables": True,
        "deskew": False,
        "verbosity": 2,
        "quiet": True,
        "include": ["*.pdf", "*.png"],
        "max_file_size": 1_000_000,
        "formats": ["csv", "jsonl"],
    }
    assert {name: asked[name] for name in expected} == expected


def test_what_is_typed_wins_over_variables_and_they_over_the_file(asked, tmp_path, monkeypatch):
    (tmp_path / "mineru-extract.toml").write_text(
        'model = "from-file"\nmax-side = 800\nmin_side = 700\nformat = "csv"\nexclude = ["a*", "b*"]\ntables = true\n'
    )
    monkeypatch.delenv("MINERU_EXTRACT_FORMAT")
    monkeypatch.setenv("MINERU_EXTRACT_MODEL", "from-variable")
    monkeypatch.setenv("MINERU_EXTRACT_MAX_SIDE", "900")
    assert run(["a.pdf", "-o", "out", "--max-side", "1000"]) == 0
    assert asked["max_side"] == 1000
    assert asked["model"] == "from-variable"
    assert asked["min_side"] == 700
    assert asked["formats"] == ["csv"]
    assert asked["exclude"] == ["a*", "b*"]
    assert asked["tables"] is True


def test_another_file_of_defaults(asked, tmp_path):
    (tmp_path / "night.toml").write_text('model = "nano"\noutput = "results"\n')
    assert run(["a.pdf", "--config", "night.toml"]) == 0
    assert (asked["model"], asked["output"]) == ("nano", "results")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["a.pdf"], "-o is missing"),
        (["a.pdf", "-o", ""], "-o is empty"),
        (["", "-o", "out"], "an input has an empty name"),
        (["a.pdf", "-o", "out", "--max-sid", "3"], "--max-sid"),
        (["a.pdf", "-o", "out", "--max-side", "wide"], "--max-side"),
        (["a.pdf", "-o", "out", "--max-side", "300"], "--min-side"),
        (["a.pdf", "-o", "out", "--binarize", "maybe"], "--binarize"),
        (["a.pdf", "-o", "out", "--format", "xml"], "--format"),
        (["a.pdf", "-o", "out", "--max-file-size", "huge"], "--max-file-size"),
        (["a.pdf", "-o", "out", "--config", "gone.toml"], "gone.toml"),
        (["--files-from", "gone", "-o", "out"], "--files-from gone"),
    ],
)
def test_bad_usage_is_one_line_that_names_the_option(tmp_path, monkeypatch, capsys, arguments, named):
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert named in err
    assert not (tmp_path / "out").exists()


def test_a_misspelt_default_is_named_with_its_file(asked, tmp_path, capsys):
    (tmp_path / "mineru-extract.toml").write_text("max_sides = 3\n")
    assert run(["a.pdf", "-o", "out"]) == ExitCode.USAGE
    assert "max_sides" in capsys.readouterr().err
    (tmp_path / "mineru-extract.toml").write_text("max_side = [\n")
    assert run(["a.pdf", "-o", "out"]) == ExitCode.USAGE
    assert "mineru-extract.toml" in capsys.readouterr().err


def test_alone_it_shows_its_help(capsys):
    assert run([]) == ExitCode.USAGE
    assert "--output" in capsys.readouterr().out


def test_help_fits_a_narrow_terminal_and_nothing_is_cut(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["--help"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "…" not in text


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_completes_options(shell, tmp_path):
    environment = {**os.environ, "_MINERU_EXTRACT_COMPLETE": f"complete_{shell}"}
    typed = {"COMP_WORDS": "mineru-extract --bin", "COMP_CWORD": "1", "_TYPER_COMPLETE_ARGS": "mineru-extract --bin"}
    typed["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    command = [sys.executable, "-m", "mineru_cli"]
    done = subprocess.run(command, env=environment | typed, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "--binarize" in done.stdout
    assert "Traceback" not in done.stderr


def test_version(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("mineru-extract 0.")
