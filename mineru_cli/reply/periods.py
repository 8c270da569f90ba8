"""Headings that are points in time, or numbers, in rising order: the sign of a transposed table.

Comes in: headings. Goes out: whether they rise. Knows nothing of tables.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from mineru_cli.numbers import parse_number

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = r"(?:'?(?P<year>(?:19|20)?\d\d))"
_PERIODS: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:FY ?)?(?P<year>(?:19|20)\d\d)(?: ?[EFAP])?",
        r"FY ?(?P<year>\d\d)(?: ?[EFAP])?",
        r"(?P<year>(?:19|20)\d\d)[-/](?P<part>\d\d)",
        rf"Q(?P<part>[1-4])[ \-/]?{_YEAR}",
        rf"(?P<part>[1-4])Q[ \-/]?{_YEAR}",
        rf"{_YEAR}[ \-/]?Q(?P<part>[1-4])",
        rf"{_YEAR}[ \-/](?P<part>[1-4])Q",
        rf"(?P<month>[A-Z]{{3,9}})\.?[ \-/]?{_YEAR}",
        r"(?P<month>[A-Z]{3,9})\.?",
    )
)


def are_periods(headings: Sequence[str]) -> bool:
    """Tell whether there are three headings or more, all of them times or numbers, each above the one before."""
    keys = [_key(heading) for heading in headings]
    if len(keys) < 3:
        return False
    return all(a is not None and b is not None and a < b for a, b in pairwise(keys))


def _key(text: str) -> tuple[float, float] | None:
    number = parse_number(text)
    if number is not None:
        return None if number.approximate else (float(number.value), 0.0)
    for pattern in _PERIODS:
        found = pattern.fullmatch(text)
        if found is not None:
            return _position(found.groupdict())
    return None


def _position(parts: dict[str, str | None]) -> tuple[float, float] | None:
    month = (parts.get("month") or "").lower()[:3]
    if month and month not in _MONTHS:
        return None
    year = int(parts.get("year") or 0)
    within = _MONTHS.index(month) + 1 if month else int(parts.get("part") or 0)
    return (float(year + 2000 if 0 < year < 70 else year), float(within))
