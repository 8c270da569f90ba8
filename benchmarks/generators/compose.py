"""Reports composed of single charts: python -m generators.compose OUT FOLDER... --seed 1.

Comes in: folders as `make` writes them. Goes out: NAME.pdf with NAME.json, which says for each figure the page (from
1), the box in points from the top left, the chart and its CSV, as `exact.py` reads it. Pages carry text alone, one
chart, two side by side, or four; charts are set as form XObjects, scaled to their place.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymupdf

_WORDS = (
    "the", "of", "and", "to", "in", "a", "for", "on", "with", "as", "by", "is", "was", "are", "from", "which", "were",
    "this", "that", "at", "its", "more", "than", "between", "figure", "table", "rose", "fell", "survey", "quarter",
    "region", "demand", "supply", "households", "firms", "estimate", "method", "data", "period", "share", "growth",
    "level", "report", "section", "results", "policy", "average", "sample", "change", "trend", "evidence", "costs",
    "output", "model", "measure", "rate", "annual", "national",
)  # fmt: skip
_SIZES = ((595, 842), (612, 792), (595, 842))
_LAYOUTS = ((), (1, 1), (2, 1), (1, 2), (2, 2), (), (1, 1))
"""Columns and rows of the charts of a page, none for a page of text."""


def main() -> int:
    """Compose the documents asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--documents", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    charts = sorted(
        pdf for folder in options.folders for pdf in folder.glob("*.pdf") if pdf.with_suffix(".csv").exists()
    )
    rng = random.Random(options.seed)
    rng.shuffle(charts)
    for number in range(options.documents):
        mine = charts[number :: options.documents]
        figures = compose(mine, options.out / f"report_{options.seed}_{number + 1}", rng)
        print(f"report_{options.seed}_{number + 1}: {figures} figures")
    return 0


def content(page: pymupdf.Page) -> pymupdf.Rect:
    """What a page shows, but for white grounds."""
    box = pymupdf.Rect()
    for kind, place in page.get_bboxlog():
        shown = pymupdf.Rect(place) & page.rect
        ground = kind.startswith(("fill-path", "clip")) and shown.get_area() > 0.9 * page.rect.get_area()
        if not ground and ("text" in kind or "path" in kind):
            box |= shown
    return pymupdf.Rect(box.x0 - 3, box.y0 - 3, box.x1 + 3, box.y1 + 3) & page.rect


def compose(charts: Sequence[Path], name: Path, rng: random.Random) -> int:
    """Write one document of some of the charts, and its JSON; the number of figures."""
    width, height = rng.choice(_SIZES)
    figures: list[dict[str, Any]] = []
    queue = list(charts)
    with pymupdf.open() as document:
        for columns_and_rows in _LAYOUTS * 2:
            page = document.new_page(width=width, height=height)
            columns, rows = columns_and_rows or (0, 0)
            if len(queue) < columns * rows:
                break
            deep = {0: 0, 1: rng.uniform(230, 330), 2: 560}[rows]
            _write(page, pymupdf.Rect(60, 50, width - 60, height - 80 - deep), rng)
            wide = (width - 120) / max(columns, 1)
            for k in range(columns * rows):
                left, top = 60 + wide * (k % columns), height - 60 - deep + deep / rows * (k // columns)
                place = pymupdf.Rect(left + 4, top + 4, left + wide - 4, top + deep / rows - 18)
                chart = queue.pop()
                box = _set(page, chart, place)
                caption = f"{'Figure' if columns * rows < 4 else 'Panel'} {len(figures) + 1}. {' '.join(rng.sample(_WORDS, 5))}."
                page.insert_text((left + 6, place.y1 + 12), caption, fontsize=8, fontname="tiro")
                figures.append({
                    "page": page.number + 1, "bbox": [round(v, 1) for v in box], "chart": chart.stem, "program": chart.parent.name,
                    "csv": os.path.relpath(chart.with_suffix(".csv"), name.parent), "caption": caption,
                })  # fmt: skip
        document.save(name.with_suffix(".pdf"), garbage=3, deflate=True)
        size = len(document)
    facts = {"pages": size, "page_size": [width, height], "bbox_units": "pt, origin top-left", "figures": figures}
    name.with_suffix(".json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
    return len(figures)


def _write(page: pymupdf.Page, room: pymupdf.Rect, rng: random.Random) -> None:
    """A heading and paragraphs, sometimes with a numbered list."""
    page.insert_text((room.x0, room.y0), " ".join(rng.sample(_WORDS, 4)).capitalize(), fontsize=14, fontname="hebo")
    top = room.y0 + 16
    while top < room.y1 - 60:
        words = " ".join(rng.choices(_WORDS, k=rng.randint(40, 90)))
        lead = f"{rng.randint(1, 9)}. " if rng.random() < 0.2 else ""
        text = f"{lead}{words.capitalize()} {rng.uniform(1, 90):.1f} %."
        left = page.insert_textbox((room.x0, top, room.x1, room.y1), text, fontsize=10, fontname="tiro")
        if left < 0:
            return
        top = room.y1 - left + 6


def _set(page: pymupdf.Page, chart: Path, place: pymupdf.Rect) -> pymupdf.Rect:
    """Set a chart into a place, as large as it fits but not enlarged by more than a tenth; where it lies."""
    with pymupdf.open(chart) as source:
        box = content(source[0])
        zoom = min(1.1, place.width / box.width, place.height / box.height)
        left, top = (place.x0 + place.x1 - zoom * box.width) / 2, (place.y0 + place.y1 - zoom * box.height) / 2
        target = pymupdf.Rect(left, top, left + zoom * box.width, top + zoom * box.height)
        page.show_pdf_page(target, source, 0, clip=box)
    return target


if __name__ == "__main__":
    sys.exit(main())
