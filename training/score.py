"""How right an answer is: cells within 3 % of the axis for drawn charts, RMS F1 for charts whose table is known.

Comes in: the text of an answer and a `Spec`, or two tables. Goes out: counts and shares. Knows nothing of models.

RMS (Relative Mapping Similarity) is DePlot's (Liu et al. 2023, arXiv 2212.10505): a table is a set of (row, column,
value); keys are paired by the least total of normalised edit distances, distances of ``TAU`` and more counting 1;
a pair is worth (1 - distance of keys) (1 - relative error), errors of ``THETA`` and more counting 1. The table and
its transpose are tried. As against the reference code, numbers may have units, an empty cell is no entry, ``31%``
equals 31 and 0.31, and a true 0 is met by half a per cent of the largest value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from mineru_cli.numbers import parse_number
from training.data.answer import headings
from training.data.spec import Spec

TAU = THETA = 0.5
NEAR = 0.03
"""A cell is right when it is off by no more than this share of the axis."""
_CONTENT = re.compile(r"<\|content_start\|>(.*?)(?:<\|content_end\|>|$)", re.DOTALL)
_SUB_CLASS = re.compile(r"<\|sub_class_start\|>(.*?)<\|sub_class_end\|>", re.DOTALL)

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Counts over one chart: its numbers, those within `NEAR`, those that are the same, its right categories."""

    cells: int
    near: int
    exact: int
    categories: int
    right_categories: int
    kind: bool


def table_of(answer: str) -> list[list[str]]:
    """The rows of an answer's Markdown table, its heading first; none when there is none."""
    found = _CONTENT.search(answer)
    lines = [line.strip() for line in (found[1] if found else "").splitlines()]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in rows if not all(set(cell) <= set("-: ") and cell for cell in row)]


def cells_right(spec: Spec, truth: str, answer: str) -> Cells:
    """Compare an answer with what a drawn chart shows; ``truth`` is the answer it should have had."""
    wanted, found = table_of(truth), table_of(answer)
    rows = matched(spec.categories, [row[0] for row in found[1:]])
    columns = matched(headings(spec), found[0][1:] if found else [])
    length = np.ptp(np.log10([spec.axis.low, spec.axis.high])) if spec.axis.log else spec.axis.high - spec.axis.low
    if spec.kind == "pie":
        length = max(v or 0 for v in spec.values[0])
    near = exact = cells = 0
    for j, series in enumerate(spec.values):
        for i, value in enumerate(series):
            if value is None:
                continue
            cells += 1
            row, column = rows[i], columns[j]
            if row is None or column is None or column + 1 >= len(found[row + 1]):
                continue
            text = found[row + 1][column + 1]
            exact += text == wanted[i + 1][j + 1]
            number = parse_number(text)
            aim = parse_number(wanted[i + 1][j + 1])
            if number is None or aim is None:
                near += text == wanted[i + 1][j + 1]
            elif spec.axis.log:
                near += number.value > 0 and abs(np.log10(number.value / value)) <= NEAR * length
            else:
                near += (
                    abs(number.value - aim.value)
                    <= NEAR * length * (aim.value / value if value and spec.printed else 1) + 1e-9
                )
    same = sum(
        r is not None and _plain(found[r + 1][0]) == _plain(name) for name, r in zip(spec.categories, rows, strict=True)
    )
    kinds = [m[1] if (m := _SUB_CLASS.search(text)) else "" for text in (truth, answer)]
    return Cells(
        cells=cells,
        near=int(near),
        exact=exact,
        categories=len(spec.categories),
        right_categories=same,
        kind=kinds[0] == kinds[1],
    )


def matched(wanted: Sequence[str], found: Sequence[str]) -> list[int | None]:
    """For each wanted text the place of its match; where texts do not tell, the order does."""
    places: list[int | None] = [None] * len(wanted)
    if wanted and found:
        cost = _distances([_plain(t) for t in wanted], [_plain(t) for t in found])
        cost = cost + 0.05 * np.abs(np.arange(len(wanted))[:, None] - np.arange(len(found)))
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            places[i] = int(j)
    return places


def rms_f1(truth: Rows, answer: Rows, *, tau: float = TAU, theta: float = THETA) -> float:
    """RMS F1 of two tables, their headings first; 0 to 1."""
    if not answer:
        return 0.0
    width = max(map(len, answer))
    whole = [[*row, *[""] * (width - len(row))] for row in answer]
    return max(_rms(truth, table, tau, theta) for table in (whole, [list(row) for row in zip(*whole, strict=True)]))


def _rms(truth: Rows, answer: Rows, tau: float, theta: float) -> float:
    wanted, found = _entries(truth), _entries(answer)
    if not wanted or not found:
        return float(not wanted and not found)
    alike = 1 - _distances([key for key, _ in wanted], [key for key, _ in found])
    alike[alike <= 1 - tau] = 0
    numbers = [number for _, text in wanted if (number := _number(text)) is not None]
    zero = 0.005 * max((abs(value) for value, _ in numbers), default=0.0)
    total = sum(
        alike[i, j] * _worth(wanted[i][1], found[j][1], tau, theta, zero)
        for i, j in zip(*linear_sum_assignment(1 - alike), strict=True)
        if alike[i, j] > 0
    )
    return float(2 * total / (len(wanted) + len(found)))


def _entries(table: Rows) -> list[tuple[str, str]]:
    entries: dict[str, str] = {}
    for row in table[1:]:
        for heading, cell in zip(table[0][1:], row[1:], strict=False):
            text = cell.strip()
            if text.lower() in ("", "nan", "none", "null", "-"):
                continue
            key = base = f"{row[0].strip().lower()} {heading.strip().lower()}"
            number = 1
            while key in entries:
                number += 1
                key = f"{base} #{number}"
            entries[key] = text
    return list(entries.items())


def _number(text: str) -> tuple[float, bool] | None:
    number = parse_number(text.rstrip("*"))
    return None if number is None else (float(number.value), number.percent)


def _worth(true: str, found: str, tau: float, theta: float, zero: float) -> float:
    one, two = _number(true), _number(found)
    if one is None or two is None:
        if one is not None or two is not None:
            return 0.0
        distance = float(_distances([true.lower()], [found.lower()])[0, 0])
        return 1 - distance if distance < tau else 0.0
    if one[0] == 0:
        return float(abs(two[0]) <= zero)
    error = abs(two[0] - one[0]) / abs(one[0])
    if one[1] != two[1]:
        a, b = (value / 100 if percent else value for value, percent in (one, two))
        error = min(error, abs(b - a) / abs(a))
    return 1 - error if error < theta else 0.0


def _distances(one: Sequence[str], two: Sequence[str]) -> np.ndarray:
    """Edit distances over the longer text's length."""
    return np.array([[_distance(a, b) / max(len(a), len(b), 1) for b in two] for a in one])


def _distance(a: str, b: str) -> int:
    """Levenshtein's."""
    if a == b or not a or not b:
        return 0 if a == b else max(len(a), len(b))
    codes, row = np.frombuffer(b.encode("utf-32-le"), np.uint32), np.arange(len(b) + 1)
    ramp = np.arange(len(b) + 1)
    for i, letter in enumerate(a, 1):
        best = np.minimum(row[:-1] + (codes != ord(letter)), row[1:] + 1)
        # An insertion may follow at any place: the least of all before, one more for each step.
        row = np.minimum.accumulate(np.concatenate(([i], best)) - ramp) + ramp
    return int(row[-1])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
