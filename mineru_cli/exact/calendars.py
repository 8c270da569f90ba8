"""Months and quarters as other languages and offices write them, in the words that dates are read by.

Comes in: the text of a label. Goes out: the same with English names of months, or the first day of a quarter. Knows
nothing of axes.
"""

import datetime as dt
import itertools
import re
from typing import Final

_NAMES: Final = (
    "jan january januar janvier janv enero ene janeiro gennaio gen januari",
    "feb february februar f\u00e9vrier f\u00e9vr fev f\u00e9v febrero fevereiro febbraio februari",
    "mar march mars m\u00e4rz m\u00e4r mrz marzo mar\u00e7o maart mrt",
    "apr april avril avr abril abr aprile",
    "may mai mayo maio maggio mag mei maj",
    "jun june juni juin junio junho giugno giu",
    "jul july juli juillet juil julio julho luglio lug",
    "aug august ao\u00fbt aout agosto ago augustus augusti",
    "sep sept september septembre septiembre setembro settembre set",
    "oct october okt oktober octobre octubre outubro ottobre ott out",
    "nov november novembre noviembre novembro",
    "dec dez dezember d\u00e9cembre d\u00e9c diciembre dic dezembro dicembre december",
)
_ENGLISH: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS: Final = {word: k for k, names in enumerate(_NAMES, start=1) for word in names.split()}
_FEWEST: Final = 3
_WRITTEN: Final = (
    _ENGLISH,
    tuple(dt.date(2000, k, 1).strftime("%B") for k in range(1, 13)),
    ("Jan", "Feb", "M\u00e4r", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez"),
    ("janv.", "f\u00e9vr.", "mars", "avr.", "mai", "juin", "juil.", "ao\u00fbt", "sept.", "oct.", "nov.", "d\u00e9c."),
    ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
)
_WORD: Final = re.compile(r"[^\W\d_]{3,}\.?")
_YEAR: Final = re.compile(r"(?<!\d)(?:1[6-9]|20|21)\d\d(?!\d)")
_QUARTER: Final = re.compile(
    r"(?:(?P<year>(?:1[89]|20)\d\d)[\s\-/]*[QTK](?P<q>[1-4])"
    r"|(?:[QTK](?P<q2>[1-4])|(?P<q3>[1-4])[QTK])[\s\-/']*(?P<year2>(?:(?:1[89]|20)\d\d)|\d\d))",
    re.IGNORECASE,
)


def month_of(word: str) -> int:
    """The number of the month that a word names, 1 to 12; 0 for other words."""
    return _MONTHS.get(word.strip().rstrip(".").casefold(), 0)


def between_months(texts: list[str]) -> tuple[int, list[str]]:
    """How many months apart labels of months are, and the names of all twelve as they print them; 0 for others."""
    months = [month_of(text) for text in texts]
    steps = {(b - a) % 12 for a, b in itertools.pairwise(months)}
    if len(texts) < _FEWEST or 0 in months or len(steps) != 1:
        return 0, []
    written = dict(zip(months, texts, strict=True))
    for names in _WRITTEN:
        alike = [_as(name, written) for name in names]
        if all(alike[month - 1] == text for month, text in written.items()):
            return steps.pop(), alike
    return 0, []


def _as(name: str, written: dict[int, str]) -> str:
    """A month's name in capitals where the others are."""
    return name.upper() if all(text.isupper() for text in written.values()) else name


def in_english(text: str) -> str:
    """A date with its month named in English; texts without a year in full stay as they are."""
    if not _YEAR.search(text):
        return text
    word = _WORD.search(text)
    month = month_of(word[0]) if word else 0
    return text if word is None or not month else f"{text[: word.start()]}{_ENGLISH[month - 1]}{text[word.end() :]}"


def first_of_quarter(text: str) -> float | None:
    """The first day of ``Q1 2020``, ``2020Q1`` or ``1Q20``, days since 0001-01-01; None for other texts."""
    match = _QUARTER.fullmatch(text.strip().replace("\u2019", "'"))
    if match is None:
        return None
    year = int(match["year"] or match["year2"])
    year += 0 if year > 99 else 2000 if year < 70 else 1900
    quarter = int(match["q"] or match["q2"] or match["q3"])
    return float(dt.date(year, 3 * quarter - 2, 1).toordinal())
