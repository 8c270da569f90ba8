"""How sure a model was of the numbers it answered: from where it hesitated to one figure a series.

Comes in: a chart, its answer's text within, and the places where the model hesitated. Goes out: `Certainty`. Knows
nothing of models, nor of how often a model that is so sure is right.

The mean over a whole answer says little of a number, and the product over all digits of a number says whether it is
right to the last: of a number, the digits count that are worth 1 % of the chart's largest number or more, and what
ends the number.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean
from typing import Final

from mineru_cli.reply.clean import clean_text
from mineru_cli.schema import Chart, Point

WORTH: Final = 0.01
"""Of the largest number of a chart: digits below do not count."""

_LEAST: Final = 1e-4
_BOUND = re.compile(r"\||\t|\n|<[^<>]*>")
_LEADING = re.compile(r"[1-9]")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """Natural logarithms of probabilities.

    ``numbers`` has the mean over the numbers of each series, None for a series of which none was found in the text,
    and ``answer`` the mean over all tokens of the answer.
    """

    numbers: tuple[float | None, ...]
    answer: float

    @property
    def overall(self) -> float | None:
        """The probability of a number, as the geometric mean over the series; None where no number was found."""
        known = [one for one in self.numbers if one is not None]
        return round(math.exp(fmean(known)), 4) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """Where a cell stands in the text: from the end of its left bound on; its own text from ``start`` to ``end``."""

    bound: int
    start: int
    end: int


def certainty_of(chart: Chart, hesitations: Mapping[int, float], *, tokens: int) -> Certainty:
    """Reckon how sure a model was of a chart.

    Parameters
    ----------
    chart
        As `parse_reply` gives it, with the answer in ``raw``.
    hesitations
        Places in ``raw``, and the probability of the token that begins there; all others count as certain.
    tokens
        How many tokens the answer has.
    """
    logs = {place: math.log(max(probability, _LEAST)) for place, probability in hesitations.items()}
    cells = _cells(chart.raw)
    largest = max((abs(point.y) for one in chart.series for point in one.points if point.y is not None), default=0.0)
    series = []
    for one in chart.series:
        points = [point for point in one.points if point.y is not None]
        known = [
            _log(point, places, logs, WORTH * largest) for point in points if (places := cells.get(point.raw.strip()))
        ]
        series.append(fmean(known) if known else None)
    return Certainty(numbers=tuple(series), answer=sum(logs.values()) / max(1, tokens))


def _cells(raw: str) -> dict[str, list[_Cell]]:
    """Where each text stands as a cell, by the text as answered and without its markup."""
    found: dict[str, list[_Cell]] = {}
    bounds = [(0, 0), *((bound.start(), bound.end()) for bound in _BOUND.finditer(raw)), (len(raw), len(raw))]
    for (_, bound), (stop, _) in pairwise(bounds):
        text = raw[bound:stop]
        inner = text.strip()
        if not inner:
            continue
        start = bound + len(text) - len(text.lstrip())
        cell = _Cell(bound=bound, start=start, end=start + len(inner))
        for key in {inner, clean_text(inner)}:
            found.setdefault(key, []).append(cell)
    return found


def _log(point: Point, places: Sequence[_Cell], logs: Mapping[int, float], least: float) -> float:
    """Of a number; where its text stands several times, the least sure of them."""
    counted = _counted(point, least)
    return min(
        sum(
            log
            for place, log in logs.items()
            if cell.bound <= place <= (cell.end if counted is None else cell.start + counted - 1)
        )
        for cell in places
    )


def _counted(point: Point, least: float) -> int | None:
    """How many letters of a number's text count, to the last digit worth ``least``; None for all, and what ends it."""
    leading = _LEADING.search(point.raw)
    if leading is None or not point.y:
        return None
    worth = 10.0 ** math.floor(math.log10(abs(point.y)))
    for digit in _DIGIT.finditer(point.raw, leading.start()):
        if worth < least and digit.start() > leading.start():
            return digit.start()
        worth /= 10
    return None
