"""Printed dates as days, and days as ISO text.

Comes in: the texts of tick labels. Goes out: days since 0001-01-01. Knows nothing of places or scales.
"""

import datetime as dt
import functools
import itertools
import re
from collections.abc import Sequence
from typing import Final

from mineru_cli.exact.calendars import first_of_quarter, in_english, month_of

_DATE_FORMATS: Final = (
    "%Y-%m-%d", "%Y-%m", "%Y/%m/%d", "%Y/%m", "%d.%m.%Y", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%b '%y",
    "%b %y", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%d %b %y", "%Y %b", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M",
    "%b %d", "%d %b", "%m-%d", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p", "%m/%y", "%m/%d", "%d/%m", "%d.%m.",
)  # fmt: skip
_YEARLESS: Final = frozenset(
    {"%b %d", "%d %b", "%m-%d", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p", "%m/%d", "%d/%m", "%d.%m."}
)
_MOST: Final = 0.8  # of the texts that a format must read
_LOOKS_DATED: Final = re.compile(r"\d.*[-/.: ].*\d|[A-Za-z]{3}.*\d|\d.*[A-Za-z]{3}|\d\s*[ap]m$", re.IGNORECASE)
_LAST_DAY: Final = dt.date.max.toordinal()


def date_text(days: float, *, by_day: bool, form: str = "") -> str:
    """ISO 8601 text of days since 0001-01-01, to whole days or minutes; as printed where the axis names no year."""
    if by_day and not form:
        return dt.date.fromordinal(min(max(1, round(days)), _LAST_DAY)).isoformat()
    minutes = round(days * 1440)
    moment = dt.datetime.fromordinal(min(max(1, minutes // 1440), _LAST_DAY)) + dt.timedelta(minutes=minutes % 1440)
    return moment.strftime(form) if form else moment.isoformat(timespec="minutes")


def full_years(texts: Sequence[str]) -> list[str]:
    """Labels with years in full where they are short: ``2019 20 21``, ``'19 '20``; other labels as they are."""
    plain = [text.strip().replace("\u2019", "'") for text in texts]
    short = [re.fullmatch(r"'?(\d\d)", text) for text in plain]
    marked = all(text.startswith("'") and match for text, match in zip(plain, short, strict=True))
    full = [int(text) for text in plain if re.fullmatch(r"(?:1[89]|20)\d\d", text)]
    if not marked and not (full and len(full) + sum(match is not None for match in short) == len(plain) > len(full)):
        return list(texts)
    near, back = (full[0], 50) if full else (2000, 30)  # two digits tell a year among a hundred
    return [
        text if match is None else str(near + (int(match[1]) - near + back) % 100 - back)
        for text, match in zip(plain, short, strict=True)
    ]


def first_of_year(days: float) -> float:
    """The first day of a year that is nearest, days since 0001-01-01."""
    year = dt.date.fromordinal(min(max(1, round(days)), _LAST_DAY - 400)).year
    return float(min((dt.date(y, 1, 1).toordinal() for y in (year, year + 1)), key=lambda day: abs(day - days)))


def first_of_month(days: float) -> float:
    """The first day of a month that is nearest, days since 0001-01-01."""
    near = dt.date.fromordinal(min(max(1, round(days)), _LAST_DAY - 40))
    first = near.replace(day=1)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return float(min((first, following), key=lambda d: abs(d.toordinal() - days)).toordinal())


def _plain_date(text: str) -> str:
    return in_english(re.sub("[\u2212\u2013]", "-", text.strip()).replace("\u2019", "'")).replace("Sept ", "Sep ")


@functools.lru_cache(maxsize=4096)
def parse_date(text: str) -> tuple[float, str] | None:
    """Days since 0001-01-01 and the format that read them; None where the text is no date."""
    text = _plain_date(text)
    if not _LOOKS_DATED.search(text):
        return None
    for form in _DATE_FORMATS:
        days = _strptime(text, form)
        if days is not None:
            return days, form
    return None


def quarters(texts: Sequence[str]) -> list[float | None]:
    """The first days of the quarters that texts name; None for other texts."""
    return [first_of_quarter(text) for text in texts]


def readings(texts: Sequence[str]) -> list[tuple[list[float | None], str]]:
    """Every way to read texts, in their order along an axis, as dates: the days of each, and the format if yearless."""
    mixed = _mixed_dates(texts) or _months_and_years(texts)
    if mixed is not None:
        return [(list(mixed), "")]
    plain = [_plain_date(text) for text in texts]
    if not any(_LOOKS_DATED.search(text) for text in plain):
        return []
    found: list[tuple[list[float | None], str]] = []
    for form in _DATE_FORMATS:
        days = [_strptime(text, form) for text in plain]
        known = sum(day is not None for day in days)
        if known >= 2 and known >= _MOST * len(texts) and all(days != other for other, _ in found):
            found.append((days, form if form in _YEARLESS else ""))
    return found


def _strptime(text: str, form: str) -> float | None:
    try:
        # Without a year "Feb 29" would be invalid: a leap year stands in.
        full, pattern = (f"2000 {text}", f"%Y {form}") if form in _YEARLESS else (text, form)
        moment = dt.datetime.strptime(full, pattern)  # noqa: DTZ007 - a place on an axis has no time zone
    except ValueError:
        return None
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440 + moment.second / 86400


def _months_and_years(texts: Sequence[str]) -> list[float] | None:
    """Days of labels that name a month with its year, or a year alone for its start: ``Jul '18  2019  Jul '19``."""
    days: list[float] = []
    alone = 0
    for text in texts:
        year = re.fullmatch(r"(?:1[89]|20|21)\d\d", text.strip())
        read = parse_date(text) if year is None else (float(dt.date(int(year[0]), 1, 1).toordinal()), "")
        if read is None or read[1] in _YEARLESS or "%d" in read[1]:
            return None
        alone += year is not None
        days.append(read[0])
    return days if 0 < alone < len(texts) and days == sorted(days) else None


def _mixed_dates(texts: Sequence[str]) -> list[float] | None:
    """Days of labels that name a year now and then, else months: ``2019  Apr  Jul  2020``, ``Jan 2019  Apr``."""
    read = [_year_and_month(text) for text in texts]
    known = [index for index, (year, _) in enumerate(read) if year is not None]
    if not known or len(known) == len(read) or any(month == 0 for _, month in read):
        return None
    current, last = _year_before(read, known[0]), 0
    days = []
    for year, month in read:
        current = year if year is not None else current + (month <= last)
        last = month
        days.append(float(dt.date(current, month, 1).toordinal()))
    return days if days == sorted(set(days)) else None


def _year_and_month(text: str) -> tuple[int | None, int]:
    """The year and the month that a label names: January where it names the year alone; month 0 for other texts."""
    named = re.fullmatch(r"(?:([^\W\d_]+)\.?)?\s*((?:1[89]|20|21)\d\d)?", text.strip())
    if named is None:
        return None, 0
    month = month_of(named[1]) if named[1] else 1
    return (int(named[2]) if named[2] else None), (month if named[1] or named[2] else 0)


def _year_before(read: Sequence[tuple[int | None, int]], first: int) -> int:
    """The year at the start of labels of which the one at an index is the first to name its year."""
    months = [month for _, month in read[: first + 1]]
    turns = sum(later <= earlier for earlier, later in itertools.pairwise(months))
    return (read[first][0] or 1) - turns
