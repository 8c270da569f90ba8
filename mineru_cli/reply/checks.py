"""Doubts about a chart's numbers that the numbers themselves raise.

Comes in: a `Chart` with its series. Goes out: flags, one a code. Knows nothing of how the numbers were read.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from mineru_cli.reply.grid import shorten
from mineru_cli.schema import Chart, Flag, Series

LEAST_CONSTANT: Final = 4
"""Equal numbers, and no other, from which a series is suspect."""
LEAST_RUN: Final = 6
"""Numbers with one step between them from which a run is suspect."""
PIE_TOLERANCE: Final = 2.0
"""Per cent that the slices of a pie may be off 100 by rounding."""

_COUNTER_NAME = re.compile(
    r"\b(?:years?|index|rank|ranking|no|number|step|epoch|iteration|id|day|month|week|#)\b", re.IGNORECASE
)


def doubts(chart: Chart) -> list[Flag]:
    """Flags for what is odd about the numbers of a chart."""
    checks: tuple[Callable[[Chart], Flag | None], ...] = (
        _empty,
        _constant_column,
        _arithmetic_run,
        _duplicate_key,
        _pie_not_100,
        _negative_pie,
    )
    return [flag for check in checks if (flag := check(chart)) is not None]


def _empty(chart: Chart) -> Flag | None:
    if any(_numbers(series) for series in chart.series):
        return None
    message = "The table holds no numbers." if chart.rows else "The answer holds no table, so nothing was read."
    return Flag(code="empty", message=message)


def _constant_column(chart: Chart) -> Flag | None:
    names = [
        series.name
        for series in chart.series
        if len(numbers := _numbers(series)) >= LEAST_CONSTANT and len(set(numbers)) == 1
    ]
    if not names:
        return None
    return Flag(code="constant_column", message=f"All numbers of a series are the same: {_listed(names)}.")


def _arithmetic_run(chart: Chart) -> Flag | None:
    names = [series.name for series in chart.series if _has_run(series)]
    if not names:
        return None
    return Flag(
        code="arithmetic_run",
        message=f"{LEAST_RUN} or more numbers on a row rise by exactly the same step, as if counted and not read: "
        f"{_listed(names)}.",
    )


def _has_run(series: Series) -> bool:
    """A run of equal steps that is no count from 0 or 1 and no years."""
    numbers = _numbers(series)
    if _COUNTER_NAME.search(series.name):
        return False
    start = 0
    for end in range(2, len(numbers)):
        a, b, c = numbers[end - 2 : end + 1]
        if c == b or not math.isclose(c - b, b - a, rel_tol=1e-9, abs_tol=1e-12 * max(abs(a), abs(c))):
            start = end - 1
        elif end - start + 1 >= LEAST_RUN and not (c - b == 1 and (numbers[start] in {0, 1} or 1900 <= a <= 2100)):
            return True
    return False


def _duplicate_key(chart: Chart) -> Flag | None:
    if chart.type in {"scatter", "box", "bubble"}:
        return None
    twice = [
        str(x)
        for series in chart.series
        for x, times in Counter(point.x for point in series.points if point.x is not None).items()
        if times > 1
    ]
    if not twice:
        return None
    return Flag(
        code="duplicate_key",
        message=f"The same x value or label stands in more than one row: {_listed(dict.fromkeys(twice))}.",
    )


def _pie_not_100(chart: Chart) -> Flag | None:
    for series in _pies(chart):
        numbers = _numbers(series)
        total = math.fsum(numbers)
        if series.unit == "%" and len(numbers) > 1 and abs(total - 100) > PIE_TOLERANCE:
            return Flag(code="pie_not_100", message=f"The slices of the pie add up to {total:g} %, not to 100 %.")
    return None


def _negative_pie(chart: Chart) -> Flag | None:
    if any(number < 0 for series in _pies(chart) for number in _numbers(series)):
        return Flag(code="negative_pie", message="A slice of the pie is below zero, which cannot be.")
    return None


def _pies(chart: Chart) -> Iterator[Series]:
    return iter(chart.series if chart.type == "pie" else ())


def _numbers(series: Series) -> list[int | float]:
    return [point.y for point in series.points if point.y is not None]


def _listed(names: Sequence[str] | dict[str, None]) -> str:
    shown = [f'"{shorten(name, 40)}"' for name in names if name]
    return (", ".join(shown[:3]) or "a series without a name") + (
        f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    )
