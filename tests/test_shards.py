import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from mineru_cli.__main__ import run as command
from mineru_cli.errors import ExitCode, OutputLockedError, UsageError
from mineru_cli.listener import Listener
from mineru_cli.outputs import lock as lock_module
from mineru_cli.outputs.lock import FolderLock
from mineru_cli.shards import Shard
from tests.inputs import chart_pdf, chart_picture, text_pdf
from tests.test_batch import AbsentEngine, ScriptedEngine, run


def tree(folder):
    """Every file below, but locks and what tells of the runs themselves."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if not name.startswith((".lock", "run"))}


def report(folder, name="run.json"):
    return json.loads((folder / name).read_text())


@pytest.fixture(autouse=True)
def documents(tmp_path, monkeypatch):
    """Inputs of every fate: charts, prose, the same bytes twice, names that meet, broken files, other kinds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in/more").mkdir(parents=True)
    for number in range(4):
        chart_pdf(tmp_path / f"in/{number}.pdf", width=280 + number)
    (tmp_path / "in/more/again.pdf").write_bytes((tmp_path / "in/2.pdf").read_bytes())
    text_pdf(tmp_path / "in/more/a.pdf")
    text_pdf(tmp_path / "in/more/A.pdf", pages=2)
    chart_picture().save(tmp_path / "in/more/b.png")
    (tmp_path / "in/broken.pdf").write_bytes(b"%PDF-1.4 nothing else")
    (tmp_path / "in/empty.pdf").touch()
    (tmp_path / "in/notes.txt").write_text("no picture")


def shard(number, count, output="out", engine=None, **options):
    flat = {"formats": ["json", "csv", "jsonl"], "output": output, "shard": f"{number}/{count}", **options}
    return run(Path(), engine or ScriptedEngine(), "in", "gone.pdf", **flat)


def whole(output="whole", **options):
    return run(Path(), ScriptedEngine(), "in", "gone.pdf", formats=["json", "csv", "jsonl"], output=output, **options)


@pytest.mark.parametrize("text", ["", "3", "0/8", "9/8", "3/0", "-1/8", "a/b", "3of8", "1/8/2"])
def test_what_is_no_share_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="--shard"):
        Shard.parse(text)


def test_every_document_is_of_one_share_and_the_shares_are_about_equal():
    shards = [Shard.parse(f"{number}/8") for number in range(1, 9)]
    held = Counter(next(str(one) for one in shards if one.holds_name(f"name {index}")) for index in range(4000))
    assert all(sum(one.holds_name(f"name {index}") for one in shards) == 1 for index in range(100))
    assert len(held) == 8
    assert all(400 < count < 600 for count in held.values())


def test_a_share_does_not_change_between_versions():
    assert Shard.parse("3/8").holds("0000000000000002" + "f" * 48)
    assert Shard.parse("1/8").holds_name("reports/q3.pdf")


def test_shards_at_once_in_one_folder_give_what_one_run_gives(tmp_path):
    arguments = [sys.executable, "-m", "mineru_cli", "in", "gone.pdf", "--engine", "exact", "--workers", "0", "-q"]
    arguments += ["--format", "csv,jsonl"]
    subprocess.run([*arguments, "-o", "whole"], check=False, capture_output=True)
    running = [
        subprocess.Popen([*arguments, "-o", "out", "--shard", f"{number}/4"], stderr=subprocess.PIPE)
        for number in range(1, 5)
    ]
    codes = {process.wait() for process in running if process.communicate()}
    assert codes <= {ExitCode.OK, ExitCode.SOME_FAILED, ExitCode.ALL_FAILED}
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    together, alone = report(tmp_path / "out"), report(tmp_path / "whole")
    assert together["shards"] == ["1/4", "2/4", "3/4", "4/4"]
    for field in ("counts", "read_by", "flags", "exit_code"):
        assert together[field] == alone[field]
    key = json.dumps
    assert sorted(together["failures"], key=key) == sorted(alone["failures"], key=key)
    assert together["counts"]["documents"] == sum(
        report(tmp_path / "out", f"run-{number}of4.json")["counts"]["documents"] for number in range(1, 5)
    )


def test_a_shard_goes_on_where_it_was_stopped(tmp_path):
    whole()
    for number in (1, 2):
        shard(number, 2, engine=AbsentEngine(after=1))
    assert report(tmp_path / "out")["exit_code"] == ExitCode.ENGINE_UNAVAILABLE
    for number in (1, 2):
        shard(number, 2)
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    again = [shard(number, 2) for number in (1, 2)]
    assert sum(one.counts.resumed for one in again) == 9
    assert report(tmp_path / "out")["counts"]["resumed"] == 9


def test_until_all_shards_have_reported_the_run_is_not_whole(tmp_path):
    shard(1, 2)
    first = report(tmp_path / "out")
    assert [failure["message"][:9] for failure in first["failures"] if failure["code"] == "shard_missing"] == [
        "shard 2/2"
    ]
    assert first["exit_code"] == ExitCode.SOME_FAILED
    assert (tmp_path / "out/charts.csv").is_file()


def test_the_last_shard_at_work_gathers_for_all(tmp_path):
    (tmp_path / "out").mkdir()
    held = FolderLock(tmp_path / "out", Shard.parse("2/2"))
    shard(1, 2)
    assert not (tmp_path / "out/run.json").exists()
    assert (tmp_path / "out/run-1of2.json").is_file()
    held.release()
    shard(2, 2)
    assert report(tmp_path / "out")["shards"] == ["1/2", "2/2"]


def test_the_bars_count_what_the_shard_reads(tmp_path):
    totals = []

    class Hearing(Listener):
        def inputs_found(self, documents):
            totals.append(documents)

    done = shard(1, 2, listener=Hearing())
    assert totals[0] == 11
    assert totals[-1] == done.counts.documents < 11
    assert done.counts.unfinished == 0


def test_a_dry_run_lists_the_share(capsys):
    def listed(*more):
        assert command(["in", "--dry-run", *more]) == 0
        return capsys.readouterr().out.splitlines()

    parts = [listed("--shard", f"{number}/3") for number in (1, 2, 3)]
    assert sorted(line for part in parts for line in part) == sorted(listed())


# -- who may write at the same time ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holds", "comes"), [("1/2", "1/2"), ("1/2", None), (None, "1/2"), ("1/2", "1/4")], ids=lambda share: f"{share}"
)
def test_runs_that_would_meet_are_refused(tmp_path, monkeypatch, holds, comes):
    monkeypatch.setattr(lock_module, "TURN_SECONDS", 0.1)
    held = FolderLock(tmp_path, holds and Shard.parse(holds))
    with pytest.raises(OutputLockedError, match="process"):
        FolderLock(tmp_path, comes and Shard.parse(comes))
    held.release()
    FolderLock(tmp_path, comes and Shard.parse(comes)).release()
    FolderLock(tmp_path).release()


def test_a_refused_run_says_which_shard_is_at_work(tmp_path):
    held = FolderLock(tmp_path, Shard.parse("3/8"))
    with pytest.raises(OutputLockedError, match="shard 3/8, process"):
        FolderLock(tmp_path)
    held.release()


def test_other_shards_write_beside_and_their_half_written_files_stay(tmp_path):
    (tmp_path / "out").mkdir()
    held = FolderLock(tmp_path / "out", Shard.parse("1/2"))
    (tmp_path / "out/.part-xyz").write_bytes(b"half")
    shard(2, 2)
    assert (tmp_path / "out/.part-xyz").exists()
    held.release()
    whole(output="out")
    assert not (tmp_path / "out/.part-xyz").exists()


def test_a_whole_run_after_shards_leaves_one_report(tmp_path):
    shard(1, 2)
    whole(output="out")
    assert not list((tmp_path / "out").glob("run-*.json"))
    assert report(tmp_path / "out")["shards"] == []


# -- merging -----------------------------------------------------------------------------------------------


@pytest.fixture
def apart(tmp_path):
    """Three shards, each in a folder of its own, and what one run gives."""
    whole()
    return [shard(number, 3, output=f"part{number}") and f"part{number}" for number in (1, 2, 3)]


def test_folders_of_shards_merge_into_what_one_run_gives(tmp_path, apart):
    before = [tree(tmp_path / part) for part in apart]
    code = command(["--merge", *apart, "-o", "out", "--format", "csv,jsonl", "-q"])
    alone, together = report(tmp_path / "whole"), report(tmp_path / "out")
    assert tree(tmp_path / "out") == tree(tmp_path / "whole")
    assert code == together["exit_code"] == alone["exit_code"] == ExitCode.SOME_FAILED
    assert together["counts"] == alone["counts"]
    assert together["shards"] == ["1/3", "2/3", "3/3"]
    assert together["engine"] == alone["engine"]
    assert [tree(tmp_path / part) for part in apart] == before


def test_merging_twice_or_in_place_changes_nothing(tmp_path, apart):
    arguments = ["--format", "csv,jsonl", "-q"]
    command(["--merge", *apart, "-o", "out", *arguments])
    first, told = tree(tmp_path / "out"), report(tmp_path / "out")
    command(["--merge", *apart, "-o", "out", *arguments])
    assert (tree(tmp_path / "out"), report(tmp_path / "out")) == (first, told)
    (tmp_path / "out/charts.csv").unlink()
    command(["--merge", "out", *arguments])
    assert (tree(tmp_path / "out"), report(tmp_path / "out")) == (first, told)


def test_a_shard_that_is_missing_is_told_of(apart, capsys):
    assert command(["--merge", apart[0], apart[2], "-o", "out"]) == ExitCode.SOME_FAILED
    assert "--shard 2/3" in capsys.readouterr().err


def test_another_document_of_the_same_name_is_not_overwritten(tmp_path, capsys):
    for number in (0, 1):
        (tmp_path / "scan.pdf").write_bytes((tmp_path / f"in/{number}.pdf").read_bytes())
        run(Path(), ScriptedEngine(), "scan.pdf", output=f"day{number}")
    assert command(["--merge", "day0", "day1", "-o", "out"]) == ExitCode.SOME_FAILED
    assert "day1/scan.pdf.json was left out" in capsys.readouterr().err
    assert (tmp_path / "out/scan.pdf.json").read_bytes() == (tmp_path / "day0/scan.pdf.json").read_bytes()
    (conflict,) = [one for one in report(tmp_path / "out")["failures"] if one["code"] == "merge_conflict"]
    assert conflict["document"] == "scan.pdf"


def test_of_two_readings_the_better_one_stays(tmp_path):
    run(Path(), AbsentEngine(), "in/0.pdf", output="poor")
    run(Path(), ScriptedEngine(), "in/0.pdf", output="good")
    for order in (["poor", "good"], ["good", "poor"]):
        command(["--merge", *order, "-o", "-".join(order), "-q"])
        assert tree(tmp_path / "-".join(order)) == tree(tmp_path / "good")


def test_what_is_no_output_is_named(tmp_path, capsys):
    assert command(["--merge", "in", "-o", "out"]) == ExitCode.NO_INPUT
    assert "in holds no output" in capsys.readouterr().err
    assert command(["--merge", "a", "b"]) == ExitCode.USAGE
    assert command(["--merge", "a", "-o", "-"]) == ExitCode.USAGE
    assert not (tmp_path / "out").exists()


def test_an_output_folder_within_another_folder_is_not_taken_for_its_own(tmp_path, apart, capsys):
    (tmp_path / "by-year").mkdir()
    (tmp_path / apart[0]).rename(tmp_path / "by-year/2023")
    assert command(["--merge", "by-year", "-o", "out"]) == ExitCode.NO_INPUT
    assert "by-year holds no output of a run" in capsys.readouterr().err
    assert command(["--show", "by-year"]) == ExitCode.NO_INPUT


def test_a_folder_that_is_being_written_is_not_merged(tmp_path, apart, capsys):
    held = FolderLock(tmp_path / "part2", Shard.parse("2/3"))
    assert command(["--merge", *apart, "-o", "out"]) == ExitCode.OUTPUT_LOCKED
    assert "part2" in capsys.readouterr().err
    held.release()
