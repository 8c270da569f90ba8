import io
import os
import pty
import select
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from mineru_cli.__main__ import run
from mineru_cli.errors import ExitCode, NoInputError
from mineru_cli.schema import Flag
from mineru_cli.show import COLUMNS, find_charts
from mineru_cli.terminal import show_charts
from tests.results_drawing import bars, document, figure, series, write_record


@pytest.fixture
def out(tmp_path):
    """An output folder with three charts in two documents."""
    doubt = Flag(code="odd", message="An odd [red] thing.")
    first = figure(bars(title="A title", flags=[]), page=3, place="p003-f1", crop="reports/q3.pdf/p003-f1.png")
    second = figure(bars(title="Ping\t\npong  pang", read_by="exact"), page=4, place="p004-f1", flags=[doubt])
    write_record(tmp_path, document(first, second))
    write_record(tmp_path, document(figure(bars(title="Other", flags=[])), name="reports/Q4 final.pdf"))
    (tmp_path / "reports/q3.pdf").mkdir()
    Image.new("RGB", (40, 30), "red").save(tmp_path / "reports/q3.pdf/p003-f1.png")
    (tmp_path / "run.json").write_text("{}")
    return tmp_path


def shown(folder, *wanted, width=80):
    """What a terminal shows, without its colours."""
    console = Console(force_terminal=True, width=width, height=40, record=True, highlight=False, file=io.StringIO())
    show_charts(find_charts(folder, *wanted), console=console)
    return console.export_text()


def test_a_pipe_gets_a_line_a_chart(out, capsys):
    assert run(["--show", str(out)]) == 0
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert tuple(lines[0]) == COLUMNS
    assert [line[:3] for line in lines[1:]] == [
        ["reports/Q4 final.pdf", "1", "p001-f1"],
        ["reports/q3.pdf", "3", "p003-f1"],
        ["reports/q3.pdf", "4", "p004-f1"],
    ]
    assert lines[3][3:] == ["bar", "Ping pong  pang", "4", "exact", "0.90", "odd not_a_number"]


def test_one_chart_on_a_pipe_is_its_table(out, capsys):
    assert run(["--show", str(out), "reports/q3.pdf", "p003-f1"]) == 0
    assert capsys.readouterr().out == "Item\t2023\t2024\nRent\t42\t45.5\nFood\tn/a\t17\nFuel\t\t-3\n"


@pytest.mark.parametrize(
    ("wanted", "charts"),
    [("reports/q3.pdf", 2), ("Q3", 2), ("q4", 1), ("*.PDF", 3), ("reports", 3), ("final", 1)],
)
def test_a_document_is_found_by_its_name_a_glob_or_a_part(out, wanted, charts):
    assert len(find_charts(out, wanted)) == charts


def test_a_very_name_is_not_taken_for_a_part_of_others(out):
    write_record(out, document(figure(bars()), name="reports/q3.pdf.pdf"))
    assert {chart.document for chart in find_charts(out, "reports/q3.pdf")} == {"reports/q3.pdf"}


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (["gone"], "holds no results"),
        ([str(Path(__file__).parent)], "holds no results"),
        (["OUT", "nothing"], "no document called nothing. It has reports/Q4 final.pdf, reports/q3.pdf"),
        (["OUT", "q3", "p009-f1"], "has no chart p009-f1. It has p003-f1, p004-f1"),
    ],
)
def test_what_is_not_there_is_one_line_with_a_cure(out, wanted, says, capsys):
    assert run(["--show", *(str(out) if one == "OUT" else one for one in wanted)]) == ExitCode.NO_INPUT
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert says in error


def test_too_many_names_are_bad_usage(out, capsys):
    assert run(["--show", str(out), "a", "b", "c"]) == ExitCode.USAGE
    assert "--show takes a document and a chart" in capsys.readouterr().err


def test_a_broken_record_is_named_as_such(out, capsys):
    path = out / "reports/q3.pdf.json"
    path.write_text(path.read_text().replace('"figures"', '"figurines"'))
    assert run(["--show", str(out)]) == ExitCode.NO_INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_the_list_marks_what_is_doubtful_and_cuts_nothing(out):
    text = shown(out, width=60)
    assert all(len(line) <= 60 for line in text.splitlines())
    assert "…" not in text
    marks = [line.split()[-2:] for line in text.splitlines() if "p00" in line]
    assert marks == [["4", "-"], ["4", "-"], ["?", "2"]]
    assert "3 charts, 1 with doubts" in text


def test_one_chart_has_its_table_its_doubts_and_where_its_picture_is(out):
    text = shown(out, "q3", "p004-f1")
    assert "reports/q3.pdf, page 4, p004-f1: bar chart, read from the drawing in the PDF, confidence 0.90" in " ".join(
        text.split()
    )
    assert "? An odd [red] thing." in text
    assert "Rent    42  45.5" in text
    assert str(out / "reports/q3.pdf/p003-f1.png") in shown(out, "q3", "p003-f1").replace("\n", "")


def test_a_chart_without_a_table_is_shown_too(out):
    write_record(out, document(figure(bars(columns=[], rows=[], series=[series("a")])), name="e.pdf"))
    assert "Cost by item" in shown(out, "e.pdf")


def test_a_folder_of_documents_without_charts_is_an_empty_list(tmp_path):
    write_record(tmp_path, document())
    assert find_charts(tmp_path) == []
    with pytest.raises(NoInputError, match="No chart was found in it"):
        find_charts(tmp_path, "q3", "p001-f1")
    assert "0 charts" in shown(tmp_path)


def on_a_terminal(*arguments, answers=b"", size=(24, 80), **environment):
    """What the command writes to a terminal that answers the question what it is with ``answers``."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, size)
    process = subprocess.Popen(
        [sys.executable, "-m", "mineru_cli", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "COLUMNS": "80", **environment},
    )
    os.close(theirs)
    written = b""
    while process.poll() is None or select.select([ours], [], [], 0)[0]:
        if not select.select([ours], [], [], 0.05)[0]:
            continue
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end has gone
            break
        written += part
        if answers and b"\x1b[c" in part:
            os.write(ours, answers)
    process.wait()
    os.close(ours)
    return process.returncode, written.decode()


def test_a_terminal_with_colours_shows_the_picture_in_half_blocks(out):
    code, text = on_a_terminal("--show", str(out), "q3", "p003-f1")
    assert code == 0, text
    assert "38;2;25" in text
    assert "▀" in text
    assert "Traceback" not in text


def test_a_terminal_that_knows_sixels_gets_sixels(out):
    code, text = on_a_terminal("--show", str(out), "q3", "p003-f1", answers=b"\x1b[?62;4;6c")
    assert code == 0
    assert "\x1bP" in text
    assert "▀" not in text


def test_a_terminal_that_does_not_say_how_large_it_is_gets_no_picture(out):
    code, text = on_a_terminal("--show", str(out), "q3", "p003-f1", size=(0, 0))
    assert code == 0, text
    assert "▀" not in text
    assert "p003-f1.png" in text


def test_a_dumb_terminal_gets_the_path_alone(out):
    code, text = on_a_terminal("--show", str(out), "q3", "p003-f1", TERM="dumb")
    assert code == 0
    assert "▀" not in text
    assert "\x1b" not in text
    assert "p003-f1.png" in text


def test_a_reader_of_the_pipe_that_leaves_is_no_traceback(out):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "mineru_cli", "--show", str(out)], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert done.returncode == ExitCode.OUTPUT_NOT_WRITABLE
    assert done.stderr.count(b"\n") == 1
