"""Measure exact reading on whole documents: figures found, figures that are none, and time.

    python benchmarks/documents.py found DIR                # NAME.pdf with NAME.json ("figures": page, bbox)
    python benchmarks/documents.py report DIR --pages 300   # the same PDFs' pages, again and again, as one report
    python benchmarks/documents.py prose PDF...             # what the decoder reports on pages without charts

`found` runs the whole command and counts a figure as found when the box that was written overlaps the true one by 0.7
(intersection over union); a figure written that overlaps no true one by 0.5 is false. `report` gives the seconds of the
whole command with ``--engine exact``, start to end, and the processor time of all its processes. `prose` names every
page on which a figure is reported: whether it holds a chart after all is for a person to see. Milliseconds are
processor time of the decoder alone.
"""

import argparse
import itertools
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymupdf

from mineru_cli.exact import decode_page
from mineru_cli.schema import Document
from mineru_cli.sources import output_name

FOUND, TRUE = 0.7, 0.5


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    across = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    down = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return across * down / (both - across * down)


def run(inputs: Sequence[Path], out: Path) -> float:
    """Run the whole command as a user would; the seconds it took."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "mineru_cli", *map(str, inputs), "-o", str(out), "--engine", "exact", "-q"]
    subprocess.run(command, check=False)  # figures that need a model end it with another code
    return time.perf_counter() - start


def found(folder: Path) -> None:
    """Compare the boxes that the command writes with the true ones."""
    total = hits = written = false = 0
    for truth in sorted(folder.glob("*.json")):
        pdf = truth.with_suffix(".pdf")
        with tempfile.TemporaryDirectory() as out:
            run([pdf], Path(out))
            record = Document.model_validate_json((Path(out) / f"{output_name(pdf)}.json").read_bytes())
        wanted: list[dict[str, Any]] = json.loads(truth.read_text(encoding="utf-8"))["figures"]
        boxes = [(figure.page, figure.box) for figure in record.figures]
        best = [max((overlap(f["bbox"], box) for page, box in boxes if page == f["page"]), default=0.0) for f in wanted]
        total, hits, written = total + len(wanted), hits + sum(b >= FOUND for b in best), written + len(boxes)
        false += sum(all(f["page"] != page or overlap(f["bbox"], box) < TRUE for f in wanted) for page, box in boxes)
        for figure, share in zip(wanted, best, strict=True):
            if share < FOUND:
                print(f"  {pdf.stem} page {figure['page']} {figure.get('chart', '')}: best overlap {share:.2f}")
    print(f"{hits} of {total} figures found at IoU {FOUND}, {written} written, {false} of them false")


def report(folder: Path, pages: int) -> None:
    """Time the command on a long report made of the folder's pages."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        with pymupdf.open() as together:
            sources = [pymupdf.open(path) for path in sorted(folder.glob("*.pdf"))]
            leaves = [(source, number) for source in sources for number in range(len(source))]
            for source, number in itertools.islice(itertools.cycle(leaves), pages):
                together.insert_pdf(source, from_page=number, to_page=number)
            together.save(work / "report.pdf", garbage=3, deflate=True)
        seconds = run([work / "report.pdf"], work / "out")
        record = Document.model_validate_json((work / "out" / f"{output_name(work / 'report.pdf')}.json").read_bytes())
    charts = sum(figure.chart is not None for figure in record.figures)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{pages} pages, {charts} charts read, {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of processor time"
    )


def prose(paths: Sequence[Path]) -> None:
    """Name the pages on which the decoder reports a figure."""
    times: list[float] = []
    figures = 0
    for path in paths:
        with pymupdf.open(path) as document:
            for page in document:
                start = time.process_time()
                reported = decode_page(page)
                times.append(1000 * (time.process_time() - start))
                figures += len(reported)
                for figure in reported:
                    what = figure.chart.type if figure.chart is not None else "refused"
                    print(f"  {path.name} page {page.number + 1}: {what}, {[flag.code for flag in figure.flags]}")
    times.sort()
    print(
        f"{len(times)} pages of {len(paths)} files, {figures} figures reported; ms a page: median "
        f"{statistics.median(times):.1f}, 95th percentile {times[int(0.95 * (len(times) - 1))]:.1f}, "
        f"worst {times[-1]:.1f}"
    )


def main() -> int:
    """Measure what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["found", "report", "prose"])
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--pages", type=int, default=300)
    options = parser.parse_args()
    if options.what == "prose":
        prose(options.paths)
    for folder in options.paths if options.what != "prose" else ():
        if options.what == "found":
            found(folder)
        else:
            report(folder, options.pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
