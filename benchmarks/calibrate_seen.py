"""Charts of known truth, and what a reader made of them, for calibrate.py.

Comes in: folders of charts with their tables, or how many are to be drawn. Goes out: `Seen`, one a series: how sure its
reader was, and how many of its numbers were right. Knows nothing of curves.
"""

import json
import math
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pymupdf

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import accuracy  # noqa: E402 - found through the path set above
import exact  # noqa: E402 - the same

from mineru_cli import calibration, extract  # noqa: E402 - the same
from mineru_cli.exact import decode_page  # noqa: E402 - the same
from mineru_cli.reply import certainty_of  # noqa: E402 - the same
from mineru_cli.schema import Document, Figure  # noqa: E402 - the same
from mineru_cli.sources import output_name  # noqa: E402 - the same

TOLERANCE = {"exact": exact.CLOSE, "model": accuracy.TOLERANCE}
_SUFFIXES = (".pdf", ".png", ".jpg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A series: what it showed of certainty, and how many of its numbers were right. ``data`` is where it is from."""

    data: str
    chart: str
    signs: tuple[float, ...]
    confidence: float | None
    numbers: int
    right: float


def seen_exactly(folder: Path) -> Iterator[Seen]:
    """Every series that geometry read in the PDFs of a folder."""
    facts = exact.read_facts(folder)
    for pdf in sorted(folder.glob("*.pdf")):
        table = pdf.with_suffix(".csv")
        if not table.exists():
            continue
        truth = exact.read_truth(table, facts.get(pdf.stem, {}))
        with pymupdf.open(pdf) as document:
            charts = [figure.chart for figure in decode_page(document[0]) if figure.chart is not None]
        if not charts:
            continue
        chart = max(charts, key=lambda one: sum(len(series.points) for series in one.series))
        errors = {j: found for j, found, _ in exact.match(truth, chart).values()}
        signs = calibration.exact_signs(chart)
        marked = calibration.exact_with_confidence(chart)
        for j, series in enumerate(marked.series):
            close = errors[j] <= exact.CLOSE if j in errors else np.zeros(len(series.points))
            yield Seen(
                data=folder.name,
                chart=pdf.stem,
                signs=(signs[j],),
                confidence=series.confidence,
                numbers=len(close),
                right=float(close.sum()),
            )


def known(folder: Path) -> dict[str, accuracy.Truth]:
    """The truth by file: from truth.json, or from a CSV beside each file."""
    listed = folder / "truth.json"
    if listed.exists():
        entries = json.loads(listed.read_text(encoding="utf-8"))
        return {name: accuracy.Truth.of(name, charts[0]) for name, charts in entries.items() if len(charts) == 1}
    facts = exact.read_facts(folder)
    files = [path for path in sorted(folder.iterdir()) if path.suffix in _SUFFIXES]
    return {p.name: _as_table(p, facts.get(p.stem, {})) for p in files if p.with_suffix(".csv").exists()}


def _as_table(path: Path, facts: dict[str, str]) -> accuracy.Truth:
    truth = exact.read_truth(path.with_suffix(".csv"), facts)
    return accuracy.Truth(
        document=path.name,
        page=1,
        kind=truth.kind,
        type=truth.kind,
        categories=tuple(truth.x),
        names=tuple(truth.names),
        values=tuple(map(tuple, truth.columns)),
        axis_range=truth.span("y"),
    )


def seen_by(model: str, folder: Path) -> Iterator[Seen]:
    """Every series that a model read in the files of a folder."""
    truths = known(folder)
    with tempfile.TemporaryDirectory() as out:
        files = [str(_found(folder, name)) for name in truths]
        extract(files, out, engine="model", model=model)
        for file, truth in zip(files, truths.values(), strict=True):
            record = Document.model_validate_json((Path(out) / f"{output_name(Path(file))}.json").read_bytes())
            figures = [figure for figure in record.figures if figure.chart and figure.chart.series]
            if figures:
                yield from judged(folder.name, truth, max(figures, key=_size))


def _found(folder: Path, name: str) -> Path:
    """``accuracy.py fresh --keep`` puts its pictures into a folder beside the truth."""
    return folder / name if (folder / name).exists() else folder / "fresh" / name


def _size(figure: Figure) -> int:
    return sum(len(series.points) for series in figure.chart.series) if figure.chart else 0


def judged(data: str, truth: accuracy.Truth, figure: Figure) -> Iterator[Seen]:
    """The series of a chart that was read, against what it shows; none where the reader cannot tell how sure it is."""
    answer, chart = figure.answer, figure.chart
    if chart is None or answer is None or answer.hesitations is None:
        return
    certainty = certainty_of(chart, answer.hesitations, tokens=answer.tokens)
    right = _right(truth, accuracy.Answer.of(figure.model_dump(mode="json")))
    for series, numbers, close in zip(chart.series, certainty.numbers, right, strict=True):
        count = sum(point.y is not None for point in series.points)
        if numbers is not None:
            yield Seen(
                data=data,
                chart=truth.document,
                signs=(numbers, certainty.answer),
                confidence=series.confidence,
                numbers=count,
                right=min(count, close),
            )


def _right(truth: accuracy.Truth, answer: accuracy.Answer) -> list[int]:
    """How many numbers of each series are near the true ones that they stand for."""
    rows = accuracy.matched(truth.categories, answer.categories)
    right = [0] * len(answer.names)
    for values, column in zip(truth.values, accuracy.matched(truth.names, answer.names), strict=True):
        if column is None:
            continue
        pairs = [(true, answer.values[column][row]) for true, row in zip(values, rows, strict=True) if row is not None]
        right[column] = sum(
            found is not None and abs(found - true) <= accuracy.TOLERANCE * truth.axis_range for true, found in pairs
        )
    return right


def fresh(count: int, seed: int, folder: Path) -> Path:
    """A folder of charts of plain styles, drawn now by tests/drawing.py."""
    pictures = folder / "fresh"
    pictures.mkdir()
    truth = accuracy.draw_fresh(pictures, count=count, seed=seed, scan=False)
    (pictures / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return pictures


def drawn(count: int, seed: int, folder: Path) -> Path:
    """A folder of charts of many styles, drawn now as for training, from seeds that no training takes."""
    from training.data import samples
    from training.data.answer import headings

    pictures = folder / "drawn"
    pictures.mkdir()
    truth = {}
    for number in range(count):
        rng = Random(f"calibration {seed} {number}")
        sample = samples.chart(rng, rng.choice(samples.CHART_SIZES))
        spec = sample.spec
        if spec is None or spec.axis.log:  # an axis range tells nothing of a logarithmic axis
            continue
        rows = zip(spec.categories, *([math.nan if y is None else y for y in one] for one in spec.values), strict=True)
        largest = max(y or 0 for one in spec.values for y in one)
        name = f"{number:04}.png"
        sample.image.save(pictures / name)
        truth[name] = [
            {
                "page": 1,
                "kind": spec.kind,
                "type": spec.kind,
                "axis_range": largest if spec.kind == "pie" else spec.axis.high - spec.axis.low,
                "columns": ["", *headings(spec)],
                "rows": list(rows),
            }
        ]
    (pictures / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    return pictures
