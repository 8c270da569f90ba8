"""How well charts are read, against known truth: ``python benchmarks/accuracy.py examples`` or ``... fresh``.

Comes in: the example files with examples/truth.json, or charts drawn on the spot by tests/drawing.py; and what the
command line tool makes of them, run as a user would. Goes out: a table by chart and by kind on stdout; exit code 1
when ``--require`` is given and missed. How cells are judged is written in benchmarks/README.md.

Needs the test extra (scipy comes with its scikit-image).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from rich.cells import cell_len, set_cell_size
from scipy.optimize import linear_sum_assignment

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples import content  # noqa: E402 - found through the path set above
from examples.paper import Paper, scanned  # noqa: E402 - the same
from tests.chart_specs import KINDS, describe, random_spec  # noqa: E402 - the same
from tests.drawing import SIZES, draw, random_style  # noqa: E402 - the same

TOLERANCE = 0.03
"""A cell is right when it is off by no more than this share of the axis range."""
ORDER_WEIGHT = 0.05
"""What being at the other end of a table costs when rows and columns are matched by their texts, whose difference costs
0 to 1: order decides between texts that tell as little, and no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a chart shows: ``values`` by series, then by category; ``axis_range`` is the length of its value axis."""

    document: str
    page: int
    kind: str
    type: str
    categories: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    axis_range: float

    @classmethod
    def of(cls, document: str, entry: dict[str, Any]) -> "Truth":
        """From an entry of truth.json."""
        categories, *columns = zip(*entry["rows"], strict=True)
        return cls(
            document=document,
            page=entry["page"],
            kind=entry["kind"],
            type=entry["type"],
            categories=categories,
            names=tuple(entry["columns"][1:]),
            values=tuple(tuple(map(float, column)) for column in columns),
            axis_range=entry["axis_range"],
        )

    @property
    def cells(self) -> int:
        """How many numbers there are to read."""
        return len(self.categories) * len(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A chart as it was read, in the same shape; None where no number was read."""

    page: int
    read_by: str
    type: str
    categories: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]

    @classmethod
    def of(cls, figure: dict[str, Any]) -> "Answer":
        """From a figure of a document's JSON."""
        chart = figure["chart"]
        series = chart["series"]
        longest = max((one["points"] for one in series), key=len, default=[])
        printed = [row[0] for row in chart["rows"]]
        categories = tuple(printed if len(printed) == len(longest) else (str(point["x"]) for point in longest))
        return cls(
            page=figure["page"],
            read_by=chart["read_by"],
            type=chart["type"],
            categories=categories,
            names=tuple(one["name"] for one in series),
            values=tuple(_in_rows(one["points"], categories) for one in series),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a chart was read: counts of what is right. A chart that was not found has nothing right."""

    read_by: str = ""
    found: bool = False
    type: bool = False
    categories: int = 0
    near: int = 0
    exact: int = 0


def score(truth: Truth, answer: Answer | None) -> Score:
    """Compare cell by cell, after matching rows and columns by their texts."""
    if answer is None:
        return Score()
    rows = matched(truth.categories, answer.categories)
    columns = matched(truth.names, answer.names)
    errors = [
        abs(found - true)
        for series, column in zip(truth.values, columns, strict=True)
        for true, row in zip(series, rows, strict=True)
        if (found := _cell(answer, column, row)) is not None
    ]
    return Score(
        read_by=answer.read_by,
        found=True,
        type=answer.type == truth.type,
        categories=sum(
            row is not None and _plain(answer.categories[row]) == _plain(category)
            for category, row in zip(truth.categories, rows, strict=True)
        ),
        near=sum(error <= TOLERANCE * truth.axis_range for error in errors),
        exact=sum(error <= 1e-9 * truth.axis_range for error in errors),
    )


def matched(wanted: Sequence[str], found: Sequence[str]) -> list[int | None]:
    """For each wanted text the place of its match among the found ones; where texts do not tell, the order does."""
    order = ORDER_WEIGHT / max(1, len(wanted), len(found))
    cost = [
        [
            1 - SequenceMatcher(a=_plain(want), b=_plain(have), autojunk=False).ratio() + order * abs(i - j)
            for j, have in enumerate(found)
        ]
        for i, want in enumerate(wanted)
    ]
    places: list[int | None] = [None] * len(wanted)
    if found:
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            places[i] = int(j)
    return places


def assign(truths: Sequence[Truth], answers: Sequence[Answer]) -> list[Score]:
    """Score the charts of one document, each with the answer on its page that suits it best."""
    scores = [[score(true, answer if answer.page == true.page else None) for answer in answers] for true in truths]
    worth = [[one.found + one.near + one.categories + one.type for one in row] for row in scores]
    best = [Score()] * len(truths)
    if answers:
        for i, j in zip(*linear_sum_assignment(worth, maximize=True), strict=True):
            best[i] = scores[i][j]
    return best


def read_answers(document: Path) -> list[Answer]:
    """The charts in a document's JSON; none when there is no such file."""
    if not document.exists():
        return []
    figures = json.loads(document.read_text(encoding="utf-8"))["figures"]
    return [Answer.of(figure) for figure in figures if figure["chart"]]


def extract(inputs: str, out: Path, *, model: str, folder: Path) -> None:
    """Run the command line tool in a folder, as a user would; its messages go where ours go."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    command = [sys.executable, "-m", "mineru_cli", inputs, "-o", str(out), "--model", model]
    code = subprocess.run(command, cwd=folder, env=environment, check=False).returncode
    if code:
        print(f"mineru-extract ended with exit code {code}", file=sys.stderr)


def draw_fresh(folder: Path, *, count: int, seed: int, scan: bool) -> dict[str, list[dict[str, object]]]:
    """Draw charts of all kinds in turn: a PNG each, or all in one scanned PDF. Returns their truth by file name."""
    rng = Random(seed)
    charts = []
    for number in range(count):
        spec = random_spec(rng, KINDS[number % len(KINDS)])
        charts.append((spec, random_style(rng, spec)))
    if scan:
        paper = Paper()
        for number, (spec, style) in enumerate(charts):
            if number:
                paper.new_page()
            paper.text(content.SURVEY_OPENING)
            paper.chart(spec, "as drawn.", vector=False, style=style, width=330)
            paper.text(content.SURVEY_METHOD)
        (folder / "scan.pdf").write_bytes(scanned(paper, rng=rng, skew=(1, 1)))
        return {"scan.pdf": paper.charts}
    truth = {}
    for number, (spec, style) in enumerate(charts, 1):
        name = f"{number:03}-{spec.kind}.png"
        draw(spec, rng=rng, size=rng.choice(SIZES), style=style).save(folder / name)
        truth[name] = [describe(spec)]
    return truth


def table(truths: Sequence[Truth], scores: Sequence[Score]) -> Iterator[str]:
    """One line a chart, then one a kind, then the total."""
    width = max(cell_len(true.document) for true in truths)
    pairs = list(zip(truths, scores, strict=True))
    yield f"{'document':{width}}  page kind     found type  categories      within 3 %           exact  read by"
    for true, one in pairs:
        place = f"{set_cell_size(true.document, width)}  {true.page:>4}"
        yield f"{place} {true.kind:8} {_figures([(true, one)])}  {one.read_by}"
    yield ""
    pairs.sort(key=lambda pair: pair[0].kind)
    for kind, group in groupby(pairs, key=lambda pair: pair[0].kind):
        yield f"{'':{width}}       {kind:8} {_figures(list(group))}"
    yield f"{'':{width}}       {'all':8} {_figures(pairs)}"


def _figures(pairs: Sequence[tuple[Truth, Score]]) -> str:
    charts, cells = len(pairs), sum(true.cells for true, _ in pairs)
    categories = sum(len(true.categories) for true, _ in pairs)
    found, types = sum(one.found for _, one in pairs), sum(one.type for _, one in pairs)
    shares = (
        _share(sum(one.categories for _, one in pairs), categories),
        _share(sum(one.near for _, one in pairs), cells),
        _share(sum(one.exact for _, one in pairs), cells),
    )
    return f"{found}/{charts}".rjust(5) + f"{types}/{charts}".rjust(6) + "".join(share.rjust(17) for share in shares)


def _share(part: int, whole: int) -> str:
    return f"{part}/{whole} {part / whole:6.1%}"


def _in_rows(points: Sequence[dict[str, Any]], categories: Sequence[str]) -> tuple[float | None, ...]:
    """The values of a series by row; those of one with gaps find their rows by their x."""
    if len(points) == len(categories):
        return tuple(point["y"] for point in points)
    known = {_plain(str(point["x"])): point["y"] for point in points}
    return tuple(known.get(_plain(category)) for category in categories)


def _cell(answer: Answer, column: int | None, row: int | None) -> float | None:
    return None if column is None or row is None else answer.values[column][row]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    modes = parser.add_subparsers(dest="mode", required=True)
    examples = modes.add_parser("examples", help="the files in examples/")
    examples.add_argument(
        "--out", type=Path, help="judge this output folder of an earlier run of `mineru-extract examples`"
    )
    fresh = modes.add_parser("fresh", help="charts drawn now")
    fresh.add_argument("--count", type=int, default=24)
    fresh.add_argument("--seed", type=int, default=20_000)
    fresh.add_argument("--scan", action="store_true", help="in one scanned PDF: 1 degree of skew, noise, JPEG")
    fresh.add_argument("--keep", type=Path, help="leave inputs, truth and output in this folder")
    for mode in (examples, fresh):
        mode.add_argument("--model", default="nano")
        mode.add_argument(
            "--require", type=float, metavar="SHARE", help="exit 1 unless this share of cells is within 3 %%"
        )
    return parser.parse_args()


def main() -> int:
    """Run the tool, judge, print; returns the exit code."""
    wanted = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        if wanted.mode == "examples":
            known = json.loads((ROOT / "examples" / "truth.json").read_text(encoding="utf-8"))
            inputs, out = "examples", wanted.out or work / "out"
            if wanted.out is None:
                extract(inputs, out, model=wanted.model, folder=ROOT)
        else:
            work = wanted.keep or work
            inputs, out = "fresh", work.resolve() / "out"
            (work / inputs).mkdir(parents=True, exist_ok=True)
            known = draw_fresh(work / inputs, count=wanted.count, seed=wanted.seed, scan=wanted.scan)
            (work / "truth.json").write_text(json.dumps(known, indent=1), encoding="utf-8")
            extract(inputs, out, model=wanted.model, folder=work)
        answers = {name: read_answers(out / inputs / f"{name}.json") for name in known}
    truths, scores = [], []
    for name, entries in known.items():
        of_document = [Truth.of(name, entry) for entry in entries]
        truths += of_document
        scores += assign(of_document, answers[name])
    print("\n".join(table(truths, scores)))
    extra = sum(map(len, answers.values())) - sum(one.found for one in scores)
    print(f"{extra} charts were read where there are none")
    near = sum(one.near for one in scores) / sum(true.cells for true in truths)
    all_found = all(one.found for one in scores)
    return int(wanted.require is not None and not (all_found and near >= wanted.require))


if __name__ == "__main__":
    sys.exit(main())
