"""Whether a run survives what a month in cron does to it: kills, a full disk, odd files, thousands of documents.

    python benchmarks/chaos.py kills [--kills 100]      SIGKILL at random instants over 60 documents, resumed each time
    python benchmarks/chaos.py disk [--runs 20]         a small tmpfs that fills up (needs root, to mount it)
    python benchmarks/chaos.py files FOLDER             every file of a folder of odd ones accounted for
    python benchmarks/chaos.py flat [--documents 5000]  memory after a fifth and after all; the second run's speed
    python benchmarks/chaos.py pair                     two runs on one output at once

Each prints its rows and exits 1 when one is missed. Documents are drawn on the spot and read by the exact engine.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from mineru_cli.schema import Document  # noqa: E402 - found through the path set above
from tests.inputs import chart_pdf, text_pdf  # noqa: E402 - the same

COMMAND = [sys.executable, "-m", "mineru_cli", "docs", "--engine", "exact", "-q"]
RUN_FILES = {"run.json", ".lock", ".lock-holder"}


def draw(folder: Path, count: int) -> None:
    """Documents of one to three pages, every third with nothing to read."""
    docs = folder / "docs"
    docs.mkdir()
    for number in range(count):
        path = docs / f"{number:05}.pdf"
        if number % 3 == 2:
            text_pdf(path, pages=1 + number % 2)
        else:
            chart_pdf(path, pages=1 + number % 3, width=250 + number % 97 + number / count)


def start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    """The command, in a folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*COMMAND, *arguments], cwd=folder, env=environment, stderr=subprocess.PIPE)


def finish(process: "subprocess.Popen[bytes]") -> tuple[int, str]:
    """Exit code and stderr."""
    _, error = process.communicate()
    return process.returncode, error.decode()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of an output but what tells of the run, and redrawings: their ids count what was drawn before."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in RUN_FILES and path.suffix != ".svg"
    }


def kills(folder: Path, count: int) -> bool:
    """Kill, resume, kill, ...: in the end the same bytes as an undisturbed run."""
    draw(folder, 60)
    since = time.monotonic()
    code, _ = finish(start(folder, "-o", "whole"))
    seconds = time.monotonic() - since
    rng = random.Random(count)
    done = killed = 0
    while killed < count:
        process = start(folder, "-o", f"out{done}")
        time.sleep(rng.uniform(0, 0.5 * seconds))
        process.kill()
        ended, _ = finish(process)
        killed += ended != 0
        done += ended == 0  # it got through: start over in a new folder
    codes = [finish(start(folder, "-o", f"out{number}"))[0] for number in range(done + 1)]
    same = sum(tree(folder / f"out{number}") == tree(folder / "whole") for number in range(done + 1))
    row("kills", f"{killed} over {done + 1} outputs of 60 documents ({seconds:.1f} s undisturbed)")
    row("identical to an undisturbed run", f"{same} of {done + 1}")
    return code == 0 and same == done + 1 and set(codes) == {0}


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of so many bytes."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def disk(folder: Path, runs: int) -> bool:
    """Fill the disk at another place each time: exit 8, and what is there is whole."""
    draw(folder, 60)
    codes, records, broken = [], 0, 0
    for number in range(runs):
        with small_disk(folder / f"disk{number}", 60_000 + 45_000 * number) as out:
            code, error = finish(start(folder, "-o", str(out / "out")))
            codes.append(code if error.count("\n") == 1 else -1)
            for path in (out / "out").rglob("*.pdf.json"):
                records += 1
                broken += not is_whole(path, out / "out")
    row("exit codes and one line of stderr", str({code: codes.count(code) for code in sorted(set(codes))}))
    row("records written, broken", f"{records}, {broken}")
    return set(codes) == {8} and broken == 0


def is_whole(path: Path, out: Path) -> bool:
    """Whether a record can be read and all it names is there."""
    document = Document.model_validate_json(path.read_bytes())
    named = [name for figure in document.figures for name in (figure.crop, figure.csv) if name]
    return all((out / name).stat().st_size > 0 for name in named)


def files(folder: Path, odd: Path) -> bool:
    """Odd files: each accounted for, no traceback."""
    since = time.monotonic()
    command = [*COMMAND[:3], str(odd), "--engine", "exact", "-q", "-o", str(folder / "out")]
    code, error = finish(subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE))
    seconds = time.monotonic() - since
    report = json.loads((folder / "out/run.json").read_text())
    there = sum(path.is_file() for path in odd.rglob("*"))
    told = report["counts"]["documents"] + report["counts"]["ignored"]
    row("files, accounted for", f"{there}, {told}")
    row("exit code, tracebacks, seconds", f"{code}, {error.count('Traceback')}, {seconds:.1f}")
    return told == there and "Traceback" not in error and code in {0, 4}


def flat(folder: Path, documents: int) -> bool:
    """Peak memory of the parent after a fifth of the documents and after all; then a run that finds all done."""
    draw(folder, documents)
    few = folder / "few"
    few.write_text("".join(f"docs/{number:05}.pdf\n" for number in range(documents // 5)))
    command = [*COMMAND[:3], "--engine", "exact", "-q", "--files-from", "few", "-o", "fifth"]
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    codes = [finish(start(folder, "-o", "all"))[0]]
    fifth, whole = (json.loads((folder / name / "run.json").read_text()) for name in ("fifth", "all"))
    codes.append(finish(start(folder, "-o", "all"))[0])
    second = json.loads((folder / "all/run.json").read_text())
    growth = whole["peak_memory"] / fifth["peak_memory"] - 1
    share, speed = second["counts"]["resumed"] / documents, documents / second["seconds"]
    row("documents, seconds", f"{documents}, {whole['seconds']:.1f}")
    row(
        "peak memory of the parent, MiB",
        f"{fifth['peak_memory'] / 2**20:.0f}, then {whole['peak_memory'] / 2**20:.0f} ({growth:+.1%})",
    )
    row("second run: kept, documents a second", f"{share:.1%}, {speed:.0f}")
    return set(codes) == {0} and growth <= 0.05 and share >= 0.95 and speed >= 500


def pair(folder: Path) -> bool:
    """Two runs on one output: one works, the other is told so."""
    draw(folder, 60)
    runs = [start(folder, "-o", "out"), start(folder, "-o", "out")]
    codes = sorted(finish(process)[0] for process in runs)
    row("exit codes", str(codes))
    return codes == [0, 9]


def row(name: str, value: str) -> None:
    """One line of the table."""
    print(f"{name:40} {value}", flush=True)


def main() -> int:
    """Do one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "disk", "files", "flat", "pair"])
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--documents", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passed = {
            "kills": lambda: kills(folder, asked.kills),
            "disk": lambda: disk(folder, asked.runs),
            "files": lambda: files(folder, asked.folder.resolve()),
            "flat": lambda: flat(folder, asked.documents),
            "pair": lambda: pair(folder),
        }[asked.what]()
    row(asked.what, "passed" if passed else "MISSED")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
