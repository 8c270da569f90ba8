"""Shards against one run: ``python benchmarks/scale_shards.py [--shards 8] [--documents 400]``.

All shards are started at once over one output folder, then again each into a folder of its own, merged. Both are
compared, file by file and byte for byte, with what one run gives. Documents are drawn on the spot and read by the exact
engine. Prints its rows and exits 1 when one is missed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.inputs import chart_pdf, text_pdf  # noqa: E402 - found through the path set above

COMMAND = [sys.executable, "-m", "mineru_cli"]
READ = [*COMMAND, "docs", "--engine", "exact", "--workers", "1", "--format", "csv,jsonl", "-q"]


class Row(NamedTuple):
    """A line of the table: what, how it went, whether it is as it should be."""

    what: str
    found: str
    passed: bool


def draw(folder: Path, count: int) -> None:
    """Charts, prose, every tenth the bytes of another, every fiftieth broken."""
    for number in range(count):
        path = folder / f"docs/{number % 7}/{number:05}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        if number % 50 == 49:
            path.write_bytes(b"%PDF-1.4 " + str(number).encode())
        elif number % 10 == 9:
            path.write_bytes((folder / f"docs/{(number - 9) % 7}/{number - 9:05}.pdf").read_bytes())
        elif number % 3 == 2:
            text_pdf(path, pages=1 + number % 2)
        else:
            chart_pdf(path, pages=1 + number % 3, width=250 + number % 97 + number / count)


def run(folder: Path, *commands: list[str]) -> tuple[float, set[int]]:
    """Start all at once; the seconds until the last has ended, and the exit codes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    since = time.monotonic()
    running = [
        subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL) for command in commands
    ]
    codes = {process.wait() for process in running}
    return time.monotonic() - since, codes


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of an output but locks and reports."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {name: data for name, data in found.items() if not name.startswith((".lock", "run"))}


def counted(folder: Path) -> dict[str, int]:
    """The counts of run.json."""
    counts: dict[str, int] = json.loads((folder / "run.json").read_text())["counts"]
    return counts


def compare(name: str, one: Path, other: Path, seconds: float) -> Row:
    """Whether two outputs are the same."""
    a, b = tree(one), tree(other)
    differing = [path for path in {**a, **b} if a.get(path) != b.get(path)]
    same = not differing and counted(one) == counted(other)
    found = f"{len(a)} files, {len(differing)} differ{': ' + differing[0] if differing else ''}; {seconds:.1f} s"
    return Row(name, found, same)


def measure(*, shards: int = 8, documents: int = 400) -> list[Row]:
    """One run, the shards at once in one folder, and each in its own, merged."""
    numbers = range(1, shards + 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw(folder, documents)
        alone, codes = run(folder, [*READ, "-o", "whole"])
        rows = [Row("one run", f"{documents} documents, exit {codes}; {alone:.1f} s", codes == {4})]
        seconds, codes = run(folder, *([*READ, "-o", "shared", "--shard", f"{number}/{shards}"] for number in numbers))
        rows.append(compare(f"{shards} shards at once, one folder", folder / "whole", folder / "shared", seconds))
        run(folder, *([*READ, "-o", f"part{number}", "--shard", f"{number}/{shards}"] for number in numbers))
        parts = [f"part{number}" for number in numbers]
        seconds, codes = run(folder, [*COMMAND, "--merge", *parts, "-o", "merged", "--format", "csv,jsonl", "-q"])
        rows.append(compare(f"{shards} folders merged", folder / "whole", folder / "merged", seconds))
        largest = max(counted(folder / part)["documents"] for part in parts)
        rows.append(Row("largest share", f"{largest} of {documents} documents", largest < 2 * documents / shards))
    return rows


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--documents", type=int, default=400)
    asked = parser.parse_args()
    rows = measure(shards=asked.shards, documents=asked.documents)
    for row in rows:
        print(f"{row.what:36} {'passed' if row.passed else 'MISSED'}  {row.found}", flush=True)
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
