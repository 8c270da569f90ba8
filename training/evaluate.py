"""How well a reader reads: ``python training/evaluate.py [FOLDER]``, on the CPU, through the engine that users run.

Comes in: a checkpoint's folder (the bundled one when none is named), charts drawn now from seeds that training never
takes, and where given a folder of published charts with their tables and one of documents. Goes out: the table of
training/README.md on stdout.

``--real`` is a folder of pictures, each with a CSV of the same name; charts are summed up by what their names start
with, up to the first underscore. ``--documents`` is a folder of PDFs, each with a JSON of the same name: ``figures``,
each with a ``page`` counted from 1 and a ``bbox`` in points.
"""

import argparse
import csv
import json
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

from mineru_cli.engines.base import Reply, Request, Task
from mineru_cli.engines.model.engine import SlotEngine
from mineru_cli.options import EngineOptions
from mineru_cli.reply import parse_reply
from mineru_cli.reply.layout import parse_layout
from training.data import photo, samples
from training.data.spec import KINDS, Kind
from training.score import Cells, cells_right, rms_f1

SEED = 2_000_003
LONGEST = 720
"""Tokens of an answer at most: training asks for no more."""
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".gif")
_BINS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 1.0)


class Reader:
    """An engine that is asked many questions of one kind."""

    def __init__(self, model: str, rows: int) -> None:
        options = EngineOptions(model=model, device="cpu", batch=rows, max_new_tokens=LONGEST)
        self._engine = SlotEngine(options)
        self.seconds: list[float] = []

    def ask(self, task: Task, images: Sequence[Image.Image]) -> list[Reply]:
        """The replies in the order of the images."""
        requests = (Request(key=i, task=task, image=image.convert("RGB")) for i, image in enumerate(images))
        started = time.monotonic()
        replies = {reply.key: reply for reply in self._engine.read(requests)}
        self.seconds.append((time.monotonic() - started) / max(1, len(images)))
        return [replies[i] for i in range(len(images))]


def drawn_charts(count: int, seed: int) -> list[samples.Sample]:
    """Held-out charts, as many of each kind, of all sizes."""
    r = Random(seed)
    kinds: list[Kind] = [kind for kind in KINDS if kind != "scatter"]
    return [samples.chart(r, r.choice(samples.CHART_SIZES), kinds[i % len(kinds)]) for i in range(count * len(kinds))]


def read_drawn(reader: Reader, charts: Sequence[samples.Sample], *, scan: bool) -> tuple[list[Cells], list[Reply]]:
    """Ask about held-out charts, as they are or scanned; what was right, and the replies."""
    r = Random(SEED)
    images = [photo.scanned(chart.image, r) if scan else chart.image for chart in charts]
    replies = reader.ask(Task.CHART, images)
    found = [cells_right(chart.drawn, chart.answer, reply.text) for chart, reply in zip(charts, replies, strict=True)]
    return found, replies


def print_drawn(title: str, charts: Sequence[samples.Sample], found: Sequence[Cells]) -> None:
    """A line for each kind and whether values are printed, one for all."""
    groups: dict[str, list[Cells]] = defaultdict(list)
    for chart, cells in zip(charts, found, strict=True):
        spec = chart.drawn
        kind = spec.kind + {"stacked": " stacked", "share": " 100 %", "grouped": " grouped"}.get(spec.mode, "")
        for key in (kind, "values printed" if spec.printed else "not printed", "all"):
            groups[key].append(cells)
    print(f"\n{title:26}charts   cells  within 3 %   exact  categories   type")
    for key in sorted(groups, key=lambda k: (k == "all", "printed" in k, k)):
        some = groups[key]
        cells, names = sum(c.cells for c in some), sum(c.categories for c in some)
        shares = (
            sum(c.near for c in some) / cells,
            sum(c.exact for c in some) / cells,
            sum(c.right_categories for c in some) / names,
            sum(c.kind for c in some) / len(some),
        )
        print(f"  {key:24}{len(some):6}{cells:8}{shares[0]:12.1%}{shares[1]:8.1%}{shares[2]:12.1%}{shares[3]:7.1%}")


def print_certainty(found: Sequence[Cells], replies: Sequence[Reply]) -> None:
    """How often charts are right, by how sure the reader was of their least sure token."""
    known = [(cells, reply) for cells, reply in zip(found, replies, strict=True) if reply.hesitations is not None]
    if not known:
        return
    print("\nleast sure token          charts   cells  within 3 %")
    for low, high in pairwise(_BINS):
        some = [cells for cells, reply in known if low <= min((*(reply.hesitations or {}).values(), 0.995)) < high]
        cells = sum(c.cells for c in some)
        if cells:
            print(f"  {low:4.2f} to {high:4.2f}{len(some):18}{cells:8}{sum(c.near for c in some) / cells:12.1%}")


def read_real(reader: Reader, folder: Path, only: Sequence[str]) -> None:
    """RMS F1 by source, of the pictures as they are and scanned."""
    groups: dict[str, list[tuple[float, float]]] = defaultdict(list)
    r = Random(SEED)
    for table in sorted(folder.glob("*.csv")):
        picture = next((path for kind in _PICTURES if (path := table.with_suffix(kind)).exists()), None)
        source = table.stem.partition("_")[0]
        if picture is None or (only and source not in only):
            continue
        with table.open(newline="", encoding="utf-8-sig", errors="replace") as file:
            truth = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
        with Image.open(picture) as opened:
            image = opened.convert("RGB")
        scores = []
        for reply in reader.ask(Task.CHART, [image, photo.scanned(image, r)]):
            chart = parse_reply(reply.text)
            scores.append(rms_f1(truth, [chart.columns, *chart.rows]) if chart.rows else 0.0)
        groups[source].append((scores[0], scores[1]))
        print(f"  {table.stem:44}{scores[0]:8.1%}{scores[1]:9.1%}", flush=True)
    print("\nRMS F1 by source          charts   clean  scanned")
    for source, pairs in sorted(groups.items()):
        clean, scans = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
        print(f"  {source:24}{len(pairs):6}{clean:8.1%}{scans:9.1%}")


def read_documents(reader: Reader, folder: Path) -> None:
    """Charts found on pages at IoU 0.7, and what was taken for one."""
    import pymupdf

    found = wanted = extra = 0
    for listing in sorted(folder.glob("*.json")):
        figures = json.loads(listing.read_text(encoding="utf-8"))["figures"]
        with pymupdf.open(listing.with_suffix(".pdf")) as document:
            pages = [page.get_pixmap(dpi=120) for page in document]
            sizes = [(page.rect.width, page.rect.height) for page in document]
        images = [Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples) for pixmap in pages]
        for number, (reply, (width, height)) in enumerate(zip(reader.ask(Task.LAYOUT, images), sizes, strict=True), 1):
            boxes = [
                tuple(v * s for v, s in zip(b.box, (width, height) * 2, strict=True))
                for b in parse_layout(reply.text)
                if b.kind == "chart"
            ]
            here = [figure["bbox"] for figure in figures if figure["page"] == number]
            hits = sum(any(overlap(box, true) >= 0.7 for box in boxes) for true in here)
            found, wanted, extra = found + hits, wanted + len(here), extra + max(0, len(boxes) - hits)
    print(f"\ncharts on pages found at IoU 0.7: {found} of {wanted}, {extra} boxes beside them")


def overlap(one: Sequence[float], two: Sequence[float]) -> float:
    """Intersection over union of two boxes x0, y0, x1, y1."""
    width, height = (max(0.0, min(one[i + 2], two[i + 2]) - max(one[i], two[i])) for i in (0, 1))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, two))
    return width * height / ((areas - width * height) or 1)


def print_others(reader: Reader, count: int) -> None:
    """Pictures that are no charts, and charts, told apart."""
    r = Random(SEED + 1)
    pictures = [samples.other(r, r.choice(samples.CHART_SIZES)) for _ in range(count)]
    replies = reader.ask(Task.CHART, [picture.image for picture in pictures])
    right = sum("<|class_start|>chart<" not in reply.text for reply in replies)
    print(f"\npictures that are no charts, answered as such: {right} of {count}")


def main(given: Iterable[str] | None = None) -> None:
    """Ask, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", default="nano", help="a checkpoint; the bundled one when left out")
    parser.add_argument("--drawn", type=int, default=20, help="held-out charts of each kind")
    parser.add_argument("--others", type=int, default=20, help="pictures that are no charts")
    parser.add_argument("--real", type=Path, help="folder of pictures with CSVs")
    parser.add_argument("--only", nargs="*", default=(), help="sources of --real to take")
    parser.add_argument("--documents", type=Path, help="folder of PDFs with JSONs")
    parser.add_argument("--rows", type=int, default=4, help="answers decoded together")
    asked = parser.parse_args(None if given is None else list(given))
    reader = Reader(asked.folder, asked.rows)
    if asked.drawn:
        charts = drawn_charts(asked.drawn, SEED)
        found, replies = read_drawn(reader, charts, scan=False)
        print_drawn("own drawings, held out", charts, found)
        tokens = sum(reply.tokens for reply in replies) / len(replies)
        print(f"  {reader.seconds[-1]:.1f} s a chart, {asked.rows} at a time; {tokens:.0f} tokens an answer")
        print_certainty(found, replies)
        print_drawn("the same, scanned", charts, read_drawn(reader, charts, scan=True)[0])
    if asked.others:
        print_others(reader, asked.others)
    if asked.real:
        read_real(reader, asked.real, asked.only)
    if asked.documents:
        read_documents(reader, asked.documents)
    print(f"\n{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB of memory at most")


if __name__ == "__main__":
    main()
