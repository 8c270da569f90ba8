"""Score the numbers read from vector charts against their truth.

    python benchmarks/exact.py DIR... [--misses] [--json FILE] [--against MODEL]

A DIR holds NAME.pdf with NAME.csv beside it (first column x or category, others series) and, where there is one,
manifest.csv (name, program, kind, x_scale, y_scale, y_min, y_max, x_min, x_max). A NAME.json with "figures" (page,
bbox, csv) makes NAME.pdf a document whose figures are looked for.

What is counted, chart by chart:
found      a chart was read (not only recognised)
values     every true value is there within 0.5 % of the axis range, no series too many or too few, categories right;
           lines are compared at the true x, points one to one, everything else cell by cell
full       values, and every series has its right name
names      share of the names of series and categories that are right
line@1     share of true line points within 1 % of the axis range
wrong      series without any flag that are off by more than 2 % of the axis range somewhere

``--against nano`` (or a model's name or folder) has the same charts read by a model too, and judged by the same rules.
"""

import argparse
import csv
import datetime as dt
import json
import math
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pymupdf

from mineru_cli import extract
from mineru_cli.exact import ExactFigure, decode_page
from mineru_cli.numbers import parse_number
from mineru_cli.schema import Chart, Document
from mineru_cli.sources import output_name

Reading = tuple[list[Chart], float, str]
"""The charts of a page, the milliseconds it took, and why there are none."""

CLOSE, WRONG, LINE = 0.005, 0.02, 0.01
STACKED_KINDS = ("stacked", "area")  # without printed limits, the axis holds the tallest stack
LINE_KINDS = ("line", "loglog", "step", "area", "curve", "error")


@dataclass
class Truth:
    """A chart's true table."""

    head: str
    names: list[str]
    x: list[str]
    columns: list[list[float]]
    facts: dict[str, str]

    @property
    def kind(self) -> str:
        """What the chart is, as its manifest says."""
        return self.facts.get("kind") or self.facts.get("chart_type") or "unknown"

    @property
    def curve(self) -> bool:
        """Whether points lie on lines, to be compared by interpolation."""
        return any(word in self.kind for word in LINE_KINDS) and self.places() is not None

    @property
    def scatter(self) -> bool:
        """Whether points are compared as a set."""
        return any(word in self.kind for word in ("scatter", "bubble")) and self.places() is not None

    def places(self) -> "np.ndarray | None":
        """The x column as numbers or days; None for categories."""
        if self.facts.get("x_scale") == "category":
            return None
        found = [coordinate(text) for text in self.x]
        return None if any(value is None for value in found) else np.array(found, dtype=float)

    def span(self, axis: str) -> float:
        """The axis range, on the scale the axis has; that of the data or of their stacks where none is printed."""
        low, high = number(self.facts.get(f"{axis}_min", "")), number(self.facts.get(f"{axis}_max", ""))
        log = self.facts.get(f"{axis}_scale") == "log"
        values = [v for column in self.columns for v in column if math.isfinite(v)]
        if axis == "x":
            places = self.places()
            values = [] if places is None else list(places)
        if axis == "y" and len(self.columns) > 1 and any(word in self.kind for word in STACKED_KINDS):
            values = [sum(v for v in row if math.isfinite(v)) for row in zip(*self.columns, strict=True)] + [0.0]
        if low is None or high is None or low == high:
            low, high = (min(values, default=0.0), max(values, default=1.0))
            if axis == "y" and not (self.curve or self.scatter or log):
                low = min(0.0, low)
        if log:
            return abs(math.log10(high) - math.log10(low)) if min(low, high) > 0 else 1.0
        return abs(high - low) or 1.0


@dataclass
class Score:
    """What came of one chart."""

    name: str
    program: str
    kind: str
    found: bool = False
    values: bool = False
    full: bool = False
    names_right: int = 0
    names_all: int = 0
    line_points: int = 0
    line_close: int = 0
    series_unflagged: int = 0
    series_wrong: int = 0
    milliseconds: float = 0.0
    reasons: list[str] = field(default_factory=list)


def number(text: str) -> float | None:
    """A number, or None."""
    parsed = parse_number(text)
    return None if parsed is None else float(parsed.value)


def coordinate(text: object) -> float | None:
    """A place on an x axis: a number, or days of a date."""
    if isinstance(text, (int, float)):
        return float(text)
    plain = str(text).strip()
    try:
        moment = dt.datetime.fromisoformat(plain) if "-" in plain[1:] else None
    except ValueError:
        moment = None
    if moment is not None:
        return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440
    return number(plain)


def plain(text: object) -> str:
    """A name without case, spacing and kinds of minus."""
    return " ".join(str(text).replace("\u2212", "-").casefold().split())


def read_truth(path: Path, facts: dict[str, str]) -> Truth:
    """Read a truth table."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = [row for row in csv.reader(file) if any(cell.strip() for cell in row)]
    head, body = rows[0], rows[1:]
    columns = [[v if (v := number(row[k])) is not None else math.nan for row in body] for k in range(1, len(head))]
    return Truth(head[0], head[1:], [row[0] for row in body], columns, facts)


def scaled(values: "np.ndarray", *, log: bool) -> "np.ndarray":
    """Values on the scale of their axis."""
    return np.log10(np.maximum(values, 1e-300)) if log else values


def column_error(truth: Truth, k: int, series: Any) -> tuple["np.ndarray", str]:
    """Errors of a predicted series against true column k, as shares of the axis range, and what is amiss else."""
    log = truth.facts.get("y_scale") == "log"
    true = np.array(truth.columns[k])
    keep = np.isfinite(true)
    span = truth.span("y")
    if truth.facts.get("secondary_series") == truth.names[k]:
        span = float(np.ptp(true[keep])) or 1.0
    places = truth.places()
    points = [p for p in series.points if p.y is not None]
    if truth.curve and places is not None:
        got = [(coordinate(p.x), p.y) for p in points]
        pairs = sorted((x, y) for x, y in got if x is not None)
        return curve_error(places[keep], scaled(true[keep], log=log), pairs, truth, log=log) / span, ""
    if truth.scatter and places is not None:
        got = np.array([(coordinate(p.x), p.y) for p in points if coordinate(p.x) is not None], dtype=float).reshape(
            -1, 2
        )
        xlog = truth.facts.get("x_scale") == "log"
        want = np.c_[scaled(places[keep], log=xlog) / truth.span("x"), scaled(true[keep], log=log) / span]
        have = np.c_[scaled(got[:, 0], log=xlog) / truth.span("x"), scaled(got[:, 1], log=log) / span]
        amiss = "" if len(have) == len(want) else f"{len(have)} points for {len(want)}"
        return scatter_error(want, have), amiss
    cells: dict[str, list[float]] = defaultdict(list)
    for point in points:
        cells[plain(point.x)].append(float(point.y))
        value = coordinate(point.x)
        if value is not None and plain(f"{value:g}") != plain(point.x):
            cells[plain(f"{value:g}")].append(float(point.y))
    errors = []
    for text, value in zip(np.array(truth.x)[keep], true[keep], strict=True):
        options = cells.get(plain(text), [])
        gap = min(
            (abs(float(scaled(np.array([o]), log=log)[0] - scaled(np.array([value]), log=log)[0])) for o in options),
            default=1e9,
        )
        errors.append(gap / span)
    amiss = "" if len(points) <= keep.sum() else f"{len(points)} points for {keep.sum()}"
    return np.array(errors), amiss


def curve_error(
    x: "np.ndarray", y: "np.ndarray", pairs: list[tuple[float, float]], truth: Truth, *, log: bool
) -> "np.ndarray":
    """Distance of true points from a predicted line, up and down; infinite where the line does not reach."""
    if not pairs:
        return np.full(len(x), 1e9)
    px, py = np.array([p[0] for p in pairs]), scaled(np.array([p[1] for p in pairs]), log=log)
    if truth.facts.get("x_scale") == "log":
        px, x = scaled(px, log=True), scaled(x, log=True)
    slack = 0.005 * truth.span("x")
    out = np.abs(np.interp(x, px, py) - y)
    for k, place in enumerate(x):  # at a step several values stand at one x: any of them will do
        here = np.abs(px - place) <= 1e-4 * truth.span("x")
        if here.any():
            out[k] = min(out[k], np.abs(py[here] - y[k]).min())
    out[(x < px[0] - slack) | (x > px[-1] + slack)] = 1e9
    return out


def scatter_error(want: "np.ndarray", have: "np.ndarray") -> "np.ndarray":
    """Distance of each true point from the predicted point it is paired with, nearest first."""
    if not len(have):
        return np.full(len(want), 1e9)
    gaps = np.abs(want[:, None, :] - have[None, :, :]).max(axis=2)
    out = np.full(len(want), 1e9)
    taken: set[int] = set()
    for flat in np.argsort(gaps, axis=None):
        i, j = divmod(int(flat), len(have))
        if out[i] > 1e8 and j not in taken:
            out[i] = gaps[i, j]
            taken.add(j)
    return out


def match(truth: Truth, chart: Chart) -> dict[int, tuple[int, Any, str]]:
    """Pair true columns with predicted series, best first: column to (series, errors, what is amiss else)."""
    pairs = []
    for k in range(len(truth.names)):
        for j, series in enumerate(chart.series):
            errors, amiss = column_error(truth, k, series)
            right = plain(series.name) == plain(truth.names[k])
            cost = float(np.mean(np.minimum(errors, 1.0))) if len(errors) else 1.0
            pairs.append((cost - (1e-4 if right else 0.0), k, j, errors, amiss))
    pairs.sort(key=lambda p: p[:3])
    matched: dict[int, tuple[int, Any, str]] = {}
    for _, k, j, errors, amiss in pairs:
        if k not in matched and j not in {m[0] for m in matched.values()}:
            matched[k] = (j, errors, amiss)
    return matched


def judge(truth: Truth, chart: Chart, score: Score) -> None:
    """Score a chart that was read."""
    matched = match(truth, chart)
    score.found = True
    score.values = len(chart.series) == len(truth.names)
    if not score.values:
        score.reasons.append(f"{len(chart.series)} series for {len(truth.names)}")
    right = [judge_column(truth, k, chart, matched.get(k), score) for k in range(len(truth.names))]
    name_categories(truth, chart, score)
    score.names_right += sum(right)
    score.names_all += len(right)
    score.full = score.values and all(right)
    unflagged_wrong(chart, matched, score)


def judge_column(truth: Truth, k: int, chart: Chart, found: tuple[int, Any, str] | None, score: Score) -> bool:
    """Score one true column; whether its name is right."""
    name = truth.names[k]
    if found is None:
        score.reasons.append(f"no series for {name}")
        score.line_points += len(truth.x) if truth.curve else 0
        return False
    j, errors, amiss = found
    worst = float(errors.max()) if len(errors) else 0.0
    if worst > CLOSE or amiss:
        score.values = False
        where = truth.x[int(np.argmax(errors))] if len(errors) and len(errors) == len(truth.x) else "?"
        score.reasons.append(f"{name}: {amiss or f'{min(worst, 9.99):.2%} off at {where}'}")
    if truth.curve:
        score.line_points += len(errors)
        score.line_close += int((errors <= LINE).sum())
    right = plain(chart.series[j].name) == plain(name) or (chart.type == "pie" and len(truth.names) == 1)
    if not right:
        score.reasons.append(f"named {chart.series[j].name!r} for {name!r}")
    return right


def name_categories(truth: Truth, chart: Chart, score: Score) -> None:
    """Count category names that were read."""
    if truth.places() is None and not truth.scatter:
        have = {plain(point.x) for series in chart.series for point in series.points}
        score.names_right += sum(plain(text) in have for text in truth.x)
        score.names_all += len(truth.x)
        missing = [text for text in truth.x if plain(text) not in have]
        if missing:
            score.reasons.append(f"categories missing: {', '.join(missing[:3])}")


def unflagged_wrong(chart: Chart, matched: dict[int, tuple[int, Any, str]], score: Score) -> None:
    """Count series that carry no doubt and yet are wrong."""
    by_series = {j: errors for j, errors, _ in matched.values()}
    for j, series in enumerate(chart.series):
        if series.flags or chart.flags:
            continue
        score.series_unflagged += 1
        errors = by_series.get(j)
        if errors is None or (len(errors) and float(errors.max()) > WRONG):
            score.series_wrong += 1
            score.reasons.append(f"UNFLAGGED wrong: {series.name!r}")


def timed(page: "pymupdf.Page") -> tuple[list[ExactFigure], float]:
    """Decode a page; the figures and the milliseconds of processor time."""
    start = time.process_time()
    figures = decode_page(page)
    return figures, 1000 * (time.process_time() - start)


def read_exactly(pdf: Path) -> Reading:
    """The charts of a first page, from its drawing."""
    with pymupdf.open(pdf) as document:
        figures, milliseconds = timed(document[0])
    charts = [figure.chart for figure in figures if figure.chart is not None]
    refused = "refused: " + "; ".join(flag.code for figure in figures for flag in figure.flags)
    return charts, milliseconds, refused if figures else "no figure found"


def reader_of_records(folder: Path, model: str, out: Path) -> Callable[[Path], Reading]:
    """Have a folder read by a model, and give its charts one PDF at a time."""
    extract(sorted(map(str, folder.glob("*.pdf"))), out, engine="model", model=model)

    def read(pdf: Path) -> Reading:
        record = out / f"{output_name(pdf)}.json"
        figures = Document.model_validate_json(record.read_bytes()).figures
        charts = [figure.chart for figure in figures if figure.chart is not None and figure.chart.series]
        seconds = sum(figure.answer.seconds for figure in figures if figure.answer is not None)
        return charts, 1000 * seconds, "no chart was read"

    return read


def read_facts(folder: Path) -> dict[str, dict[str, str]]:
    """What manifest.csv says, by name; nothing where there is none."""
    manifest = folder / "manifest.csv"
    if not manifest.exists():
        return {}
    with manifest.open(newline="", encoding="utf-8-sig") as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def score_folder(folder: Path, read: Callable[[Path], Reading]) -> Iterator[Score]:
    """Score every chart of a folder."""
    facts = read_facts(folder)
    for pdf in sorted(folder.glob("*.pdf")):
        table = pdf.with_suffix(".csv")
        if not table.exists():
            continue
        mine = facts.get(pdf.stem, {})
        truth = read_truth(table, mine)
        score = Score(pdf.stem, mine.get("program") or folder.name, truth.kind)
        charts, score.milliseconds, reason = read(pdf)
        if not charts:
            score.reasons.append(reason)
            score.names_all += len(truth.names) + (len(truth.x) if truth.places() is None else 0)
            score.line_points += sum(len(c) for c in truth.columns) if truth.curve else 0
        elif len(charts) > 1:
            score.reasons.append(f"{len(charts)} charts for one")
        if charts:
            judge(truth, max(charts, key=lambda c: sum(len(s.points) for s in c.series)), score)
            score.values &= len(charts) == 1
            score.full &= len(charts) == 1
        yield score


def share(box: Any, other: Any) -> float:
    """Intersection over union of two boxes."""
    across = max(0.0, min(box[2], other[2]) - max(box[0], other[0]))
    down = max(0.0, min(box[3], other[3]) - max(box[1], other[1]))
    size = sum((b[2] - b[0]) * (b[3] - b[1]) for b in (box, other))
    return across * down / (size - across * down)


def score_document(description: Path, *, show: bool) -> tuple[int, int, int, list[float]]:
    """Find the figures of a composed document: true, found, reported, and the milliseconds of each page."""
    truth = json.loads(description.read_text(encoding="utf-8"))
    times, found, reported = [], 0, 0
    with pymupdf.open(description.with_suffix(".pdf")) as document:
        for page in document:
            figures, milliseconds = timed(page)
            times.append(milliseconds)
            reported += len(figures)
            for want in (f for f in truth["figures"] if f["page"] == page.number + 1):
                best = max((share(f.box, want["bbox"]) for f in figures), default=0.0)
                found += best >= 0.7
                if best < 0.7 and show:
                    print(f"    {description.stem} page {want['page']} {want['chart']}: best overlap {best:.2f}")
            if show and len(figures) > sum(f["page"] == page.number + 1 for f in truth["figures"]):
                print(f"    {description.stem} page {page.number + 1}: {len(figures)} figures reported")
    return len(truth["figures"]), found, reported, times


def percent(part: float, whole: float) -> str:
    """A share in percent, a dash for none."""
    return f"{100 * part / whole:6.1f}" if whole else "     -"


def print_table(title: str, groups: dict[str, list[Score]]) -> None:
    """One line a group."""
    names = ("n", "found", "values", "full", "names", "line@1", "wrong", "ms", "p95")
    heads = zip(names, (5, 7, 7, 7, 7, 7, 8, 7, 7), strict=True)
    print(f"\n{title:26}" + "".join(f"{head:>{width}}" for head, width in heads))
    for name, scores in groups.items():
        times = sorted(s.milliseconds for s in scores)
        wrong = f"{sum(s.series_wrong for s in scores)}/{sum(s.series_unflagged for s in scores)}"
        print(
            f"{name[:25]:26}{len(scores):5}"
            f"{percent(sum(s.found for s in scores), len(scores)):>7}"
            f"{percent(sum(s.values for s in scores), len(scores)):>7}"
            f"{percent(sum(s.full for s in scores), len(scores)):>7}"
            f"{percent(sum(s.names_right for s in scores), sum(s.names_all for s in scores)):>7}"
            f"{percent(sum(s.line_close for s in scores), sum(s.line_points for s in scores)):>7}{wrong:>8}"
            f"{statistics.median(times):7.1f}{times[int(0.95 * (len(times) - 1))]:7.1f}"
        )


def report(scores: list[Score], *, misses: bool) -> None:
    """Print the tables, and the misses."""
    by_program, by_kind = defaultdict(list), defaultdict(list)
    for score in scores:
        by_program[score.program].append(score)
        by_kind[score.kind].append(score)
    print_table("program", dict(sorted(by_program.items())))
    print_table("kind", dict(sorted(by_kind.items())))
    print_table("all", {"all": scores})
    for score in scores if misses else ():
        if not score.full:
            print(f"  {score.program}/{score.name} ({score.kind}): {'; '.join(score.reasons[:4]) or '?'}")


def main() -> int:
    """Score the folders named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR")
    parser.add_argument("--misses", action="store_true", help="list every miss with its reason")
    parser.add_argument("--json", type=Path, help="write every chart's score to this file")
    parser.add_argument("--against", metavar="MODEL", help="have the same charts read by a model too")
    options = parser.parse_args()
    scores: list[Score] = []
    documents = [0, 0, 0]
    pages: list[float] = []
    for folder in options.folders:
        for description in sorted(folder.glob("*.json")):
            if description.with_suffix(".pdf").exists():
                *counts, times = score_document(description, show=options.misses)
                documents = [a + b for a, b in zip(documents, counts, strict=True)]
                pages += times
        scores.extend(score_folder(folder, read_exactly))
    if documents[0]:
        print(
            f"documents: {documents[1]} of {documents[0]} figures found at IoU 0.7, {documents[2]} reported,", end=" "
        )
        print(f"{len(pages)} pages, {statistics.median(pages):.1f} ms a page (median), {max(pages):.1f} worst")
    if scores:
        report(scores, misses=options.misses)
    if options.against:
        with tempfile.TemporaryDirectory() as out:
            others = [
                score
                for folder in options.folders
                for score in score_folder(folder, reader_of_records(folder, options.against, Path(out)))
            ]
        print_table("the same charts read by", {"exact": scores, options.against: others})
    if options.json:
        options.json.write_text(json.dumps([asdict(score) for score in scores], indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
