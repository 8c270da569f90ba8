"""The numbers that tick labels print, read together: one label alone cannot say what its point or its unit means.

Comes in: the texts of an axis. Goes out: their numbers, the unit they share, whether a point was taken to part
thousands. Knows nothing of places.
"""

import functools
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from mineru_cli.numbers import decimal_comma_proven, parse_number

_POWER: Final = re.compile(r"([\-\u2212]?)\s*(2|e)\s*\^\s*([+\-\u2212\u2013]?\d+(?:\.\d+)?)")
_DOTTED: Final = re.compile(r"\D*[1-9]\d{0,2}(?:\.\d{3})+\D*")
_WORDED: Final = re.compile(
    r"(?P<before>[^\d.,+\-\u2212(]*)(?P<number>[+\-\u2212(]?\d[\d.,'\u2019\s]*\)?)(?P<after>.*)"
)
_MOST_UNREAD: Final = 0.4  # of the texts
_WORDS: Final = {
    "mio": 1e6, "mill": 1e6, "mrd": 1e9, "md": 1e9, "mld": 1e9, "tsd": 1e3, "tys": 1e3, "td": 1e3,
    "kr": 1.0, "rs": 1.0, "r": 1.0, "fr": 1.0, "z\u0142": 1.0, "k\u010d": 1.0, "ft": 1.0, "lei": 1.0, "din": 1.0,
}  # fmt: skip
"""Units and factors that only a whole axis proves: elsewhere they may be words of a name."""


def read_numbers(texts: Sequence[str]) -> list[float | None]:
    """Tick labels as numbers, with powers of two and of e, which only axes print."""
    plain = _without_words(texts)
    comma = decimal_comma_proven([text for text, _ in plain]) or dots_part_thousands([text for text, _ in plain])
    out: list[float | None] = []
    for text, factor in plain:
        power = _POWER.fullmatch(text.strip())
        if power:
            exponent = float(re.sub("[\u2212\u2013]", "-", power[3]))
            out.append((-1.0 if power[1] else 1.0) * (2.0 if power[2] == "2" else float(np.e)) ** exponent)
            continue
        number = parse_number(text, decimal_comma=comma)
        out.append(None if number is None else float(number.value) * factor)
    return out


@functools.lru_cache(maxsize=4096)
def is_number(text: str) -> bool:
    """Whether a text reads as one number."""
    return read_numbers([text])[0] is not None


def common_unit(texts: Sequence[str]) -> str:
    """The unit that all labels but zero print; empty where there is none, or several."""
    units = set()
    for text in texts:
        number = parse_number(text)
        if number is not None and number.value != 0:
            units.add("%" if number.percent else number.unit)
    return units.pop() if len(units) == 1 else ""


def dots_part_thousands(texts: Sequence[str]) -> bool:
    """Whether points part thousands, as in ``0  1.000  2.000``.

    Decimals would be printed at zero and below a thousand too, and would not all end in zero.
    """
    dotted = [text for text in texts if "." in text]
    if len(texts) < 2 or not dotted or not all(_DOTTED.fullmatch(text) for text in dotted):
        return False
    whole = [text for text in texts if text not in dotted and re.search(r"\d", text)]
    return (bool(whole) and not any("," in text for text in whole)) or all(_last_digit(text) == "0" for text in dotted)


def separator_guessed(texts: Sequence[str]) -> bool:
    """Whether only the digits say that points part thousands: no label without a point stands among them."""
    return dots_part_thousands(texts) and all("." in text for text in texts)


def _last_digit(text: str) -> str:
    return str(re.findall(r"\d", text)[-1])


def _without_words(texts: Sequence[str]) -> list[tuple[str, float]]:
    """Labels without a unit or a factor that all of them print and that no number alone may have: ``20 Mio.``."""
    unread = sum(parse_number(text) is None and parse_number(text, decimal_comma=True) is None for text in texts)
    plain = [(text, 1.0) for text in texts]
    if len(texts) < 2 or unread < _MOST_UNREAD * len(texts):
        return plain
    found = [_WORDED.fullmatch(text.strip()) for text in texts]
    words = {(match["before"].strip(), match["after"].strip()) for match in found if match} - {("", "")}
    if not all(found) or len(words) != 1:
        return plain
    factor = 1.0
    for word in words.pop():
        if word and word.strip(". ").casefold() not in _WORDS:
            return plain
        factor *= _WORDS.get(word.strip(". ").casefold(), 1.0)
    return [(match["number"].strip(), factor) for match in found if match]
