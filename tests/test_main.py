"""The process as a script sees it: exit codes, stdout, stderr."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mineru_cli import batch
from mineru_cli.__main__ import run
from mineru_cli.errors import ExitCode
from tests.inputs import chart_picture, text_pdf


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_0_when_all_is_done(tmp_path, capsys):
    text_pdf(tmp_path / "a.pdf")
    assert run(["a.pdf", "-o", "out"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out == ""
    assert "1 document" in err
    assert "output: out" in err


def test_2_for_bad_usage():
    assert run(["a.pdf", "-o", "out", "--nonsense"]) == ExitCode.USAGE


def test_3_when_there_is_nothing_to_read(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert run(["empty", "-o", "out"]) == ExitCode.NO_INPUT
    assert "nothing to read in empty" in capsys.readouterr().err
    assert run(["gone.pdf", "none*.pdf", "-o", "out"]) == ExitCode.NO_INPUT
    assert "nothing to read in gone.pdf, none*.pdf: there is no such file or folder" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_4_when_some_failed(tmp_path, capsys):
    text_pdf(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nothing else")
    assert run([".", "-o", "out", "-q"]) == ExitCode.SOME_FAILED
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "b.pdf" in err
    assert json.loads((tmp_path / "out/run.json").read_text())["exit_code"] == 4


def test_5_when_all_failed(tmp_path):
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nothing else")
    assert run([".", "-o", "out"]) == ExitCode.ALL_FAILED


def test_6_when_an_extra_is_missing(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "modelscope", None)
    chart_picture().save(tmp_path / "a.png")
    assert run(["a.png", "-o", "out", "--hub", "modelscope"]) == ExitCode.MISSING_DEPENDENCY
    assert "pip install 'mineru-extract[modelscope]'" in capsys.readouterr().err


def test_7_when_there_is_no_model_and_what_needs_none_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    text_pdf(tmp_path / "a.pdf")
    chart_picture().save(tmp_path / "b.png")
    assert run([".", "-o", "out", "-q"]) == ExitCode.ENGINE_UNAVAILABLE
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "--model nano" in err
    assert json.loads((tmp_path / "out/a.pdf.json").read_text())["status"] == "done"
    assert json.loads((tmp_path / "out/b.png.json").read_text())["failures"][0]["code"] == "engine_unavailable"


def test_8_when_the_output_cannot_be_written(tmp_path, capsys):
    text_pdf(tmp_path / "a.pdf")
    (tmp_path / "out").write_text("a file is in the way")
    assert run(["a.pdf", "-o", "out"]) == ExitCode.OUTPUT_NOT_WRITABLE
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "out cannot be written" in err
    assert "a file is in the way" in err.lower()


def test_130_when_interrupted(tmp_path, monkeypatch, capsys):
    def interrupt(*_args, **_more):
        raise KeyboardInterrupt

    text_pdf(tmp_path / "a.pdf")
    monkeypatch.setattr(batch, "run", interrupt)
    assert run(["a.pdf", "-o", "out"]) == ExitCode.INTERRUPTED
    assert "Traceback" not in capsys.readouterr().err


def test_a_bug_is_a_traceback_not_a_code_of_ours(tmp_path, monkeypatch):
    def bug(*_args, **_more):
        raise RuntimeError("bug")

    text_pdf(tmp_path / "a.pdf")
    monkeypatch.setattr(batch, "run", bug)
    with pytest.raises(RuntimeError, match="bug"):
        run(["a.pdf", "-o", "out"])


def test_a_dry_run_lists_and_writes_nothing(tmp_path, capsys):
    text_pdf(tmp_path / "a.pdf")
    chart_picture().save(tmp_path / "b\n.png")
    (tmp_path / "c.png").touch()
    assert run([".", "--dry-run"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert [line.split("\t")[0::2] for line in out.splitlines()] == [["pdf", "a.pdf"], ["png", "b\\n.png"]]
    assert "c.png is empty" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "b\n.png", "c.png"]


def test_a_file_name_that_is_not_unicode(tmp_path, capsys):
    good, bad = os.fsdecode(b"caf\xe9.pdf"), os.fsdecode(b"\xff\xfe.pdf")
    text_pdf(tmp_path / "plain.pdf").rename(tmp_path / good)
    (tmp_path / bad).write_bytes(b"%PDF-1.4 nothing else")
    assert run([".", "-o", "out"]) == ExitCode.SOME_FAILED
    assert "\\udcff" in capsys.readouterr().err
    records = [json.loads(path.read_text()) for path in (tmp_path / "out").glob("*.pdf.json")]
    assert sorted(record["status"] for record in records) == ["done", "failed"]
    assert any("caf\\udce9" in record["source"]["path"] for record in records)


def mineru_extract(*arguments, **more):
    command = [sys.executable, "-m", "mineru_cli", *arguments]
    return subprocess.run(command, check=False, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more})


def test_a_pipe_from_find_to_json_lines(tmp_path):
    text_pdf(tmp_path / "two\nlines.pdf")
    text_pdf(tmp_path / "b.pdf", pages=2)
    done = mineru_extract("--files-from", "-", "-0", "-o", "-", input=b"two\nlines.pdf\0b.pdf\0")
    assert done.returncode == 0
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["source"]["path"] for record in records] == ["two\nlines.pdf", "b.pdf"]


def test_a_reader_of_the_pipe_that_leaves_is_no_traceback(tmp_path):
    for number in range(30):
        text_pdf(tmp_path / f"{number}.pdf", pages=1 + number)
    for arguments in (["--help"], [".", "-o", "-", "-q"]):
        reader, writer = os.pipe()
        os.close(reader)
        done = mineru_extract(*arguments, stdout=writer)
        os.close(writer)
        assert done.returncode == ExitCode.OUTPUT_NOT_WRITABLE
        assert done.stderr == b"mineru-extract: stdout was closed by its reader\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_under_stdout_is_no_traceback(tmp_path):
    text_pdf(tmp_path / "a.pdf")
    for arguments in (["--help"], [".", "--dry-run"], [".", "-o", "-", "-q"]):
        with Path("/dev/full").open("wb") as full:
            done = mineru_extract(*arguments, stdout=full)
        assert done.returncode == ExitCode.OUTPUT_NOT_WRITABLE
        assert done.stderr.startswith(b"mineru-extract: stdout cannot be written (No space left on device)")
        assert done.stderr.count(b"\n") == 1


def test_a_run_goes_on_when_nobody_reads_what_it_says(tmp_path):
    text_pdf(tmp_path / "a.pdf")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4 nothing else")
    reader, writer = os.pipe()
    os.close(reader)
    done = mineru_extract(".", "-o", "out", "-v", stderr=writer)
    os.close(writer)
    assert done.returncode == ExitCode.SOME_FAILED
    assert json.loads((tmp_path / "out/run.json").read_text())["exit_code"] == ExitCode.SOME_FAILED


def test_a_run_needs_no_stdin_stdout_or_stderr(tmp_path):
    text_pdf(tmp_path / "a.pdf")
    command = f"{sys.executable} -m mineru_cli a.pdf -o out <&- >&- 2>&-"
    assert subprocess.run(["sh", "-c", command], check=False).returncode == ExitCode.OK
