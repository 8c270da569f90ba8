"""Printed text as a number, strictly: what is not plainly one number is none.

Comes in: the text of a cell, a tick label or a word. Goes out: a `Number`, or None. This module knows nothing of
charts, tables or pages.

The decimal mark is a point unless the caller says otherwise; `decimal_comma_proven` tells from a whole column
whether it is a comma. Ranges, dates, ratios, ordinals and labels that merely contain digits are no numbers.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 64
"""Characters; longer text is no single number, whatever it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One printed number.

    ``value`` is an int where an integer is printed, and carries a printed factor (``5k`` is 5000, ``2 million``
    is 2000000); per cents stay as printed (``12%`` is 12). ``unit`` is the printed unit or currency, ``%`` for
    per cents. ``approximate`` tells that the text says so: ``~``, ``ca.``, ``<``, ``100+``.
    """

    value: int | float
    unit: str = ""
    percent: bool = False
    approximate: bool = False


def parse_number(text: str, *, decimal_comma: bool = False) -> Number | None:
    """Read text that is one number and nothing else but its sign, currency, factor or unit.

    Parameters
    ----------
    text
        Any text.
    decimal_comma
        The comma is the decimal mark, and the point may part thousands.

    Returns
    -------
    Number | None
        None where the text is no number, is more than one, or could be read in two ways.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text) and not (decimal_comma and "." in text):
        return Number(value=float(text) if "." in text else int(text))
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return None
    return _parse(text, decimal_comma=decimal_comma)


def decimal_comma_proven(texts: Iterable[str]) -> bool:
    """Tell whether the texts of a column prove that the comma is their decimal mark.

    ``3,5`` and ``1.234,5`` are numbers only with a decimal comma, so they prove it; ``1,493`` is one either way.
    A text that is a number only with a decimal point (``3.5``) contradicts, and then nothing is proven.
    """
    proven = False
    for text in texts:
        if "," not in text and "." not in text:
            continue
        with_point = parse_number(text) is not None
        with_comma = parse_number(text, decimal_comma=True) is not None
        if with_point and not with_comma:
            return False
        proven = proven or (with_comma and not with_point)
    return proven


def is_unit(text: str) -> bool:
    """Tell whether text from a heading's brackets names a unit: ``%``, ``$ Billions``, ``rad/sec``, ``% of GDP``.

    Words that only qualify (``NBS``, ``predicted``) are none.
    """
    text = text.strip().translate(_PLAINER)
    if not text or len(text) > LONGEST:
        return False
    if text[0] in "%\u2030" or _TEN.match(text):
        return True
    return all(_is_unit_word(word) for word in _MONEY_AT.sub(r"\g<0> ", text).removeprefix("in ").split())


_LONGEST_INTEGER: Final = 18
"""Digits; longer integers become floats, as they do in most readers of JSON."""

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63"
_SPACES = "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_PLAINER: Final = str.maketrans(
    {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}
    | dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u2248\u2243\u2245\u223c\u223d\u02dc", "~")
    | dict.fromkeys("\u2264\u2266", "<")
    | dict.fromkeys("\u2265\u2267", ">")
    | dict.fromkeys("\u00b7\u22c5\u2219", "*")
    | {"\u00d7": "x", "\u03bc": "\u00b5", "\u2103": "\u00b0C", "\u2109": "\u00b0F", "\u200b": "", "\ufeff": ""}
)
_SUPERSCRIPT: Final = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")

_SYMBOLS = "$\u20ac\u00a3\u00a5\u20b9\u20a9\u20bd\u20ba\u20ab\u0e3f\u20b4\u20a6\u20b1\u20aa\u20bf"
_CODES = "USD|EUR|GBP|CNY|RMB|JPY|CHF|INR|AUD|CAD|HKD|KRW|BRL|SEK|NOK|DKK"
_MONEY = rf"(?:(?:US|A|AU|C|CA|HK|NT|NZ|R|S)?[{_SYMBOLS}]|(?:{_CODES})(?![A-Za-z]))"
_MONEY_AT = re.compile(_MONEY)
_POWER = r"(?:\^\{?[+-]?[0-9]{1,4}\}?|[\u207a\u207b]?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,4})"
_TEN = re.compile(rf"x?\s?10{_POWER}")
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_ABOUT = r"(?:[~<>]=?|(?:ca|c|approx|est)\.|(?:ca|circa|about|around|roughly|approx|approximately)(?=\s))"


def _shape(mantissa: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?P<about>{_ABOUT}\s*)?"
        rf"(?P<bracket>\()?(?P<sign>[+-])?(?:(?P<money>{_MONEY})\s?)?(?P<inner_bracket>\()?(?P<inner_sign>[+-])?"
        rf"(?P<mantissa>{mantissa})"
        rf"(?:[eE](?P<exponent>[+-]?[0-9]{{1,4}})|\s?[x*]\s?10(?P<ten>{_POWER})|(?P<power>{_POWER}))?"
    )


_WITH_POINT = _shape(
    r"(?:[1-9][0-9]{0,2}(?P<part>[,' ])[0-9]{3}(?:(?P=part)[0-9]{3})*(?![0-9])"
    r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?![0-9])"  # 12,34,567 as in India
    r"|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
)
_WITH_COMMA = _shape(
    r"(?:[1-9][0-9]{0,2}(?P<part>[.' ])[0-9]{3}(?:(?P=part)[0-9]{3})*(?![0-9])|[0-9]+)(?:,[0-9]+)?|,[0-9]+"
)

_FACTORS: Final = {"k": 3, "K": 3, "M": 6, "B": 9} | {
    spelling: exponent
    for words, exponent in {
        "hundred hundreds": 2,
        "thousand thousands": 3,
        "lakh lakhs": 5,
        "mn mln mio million millions": 6,
        "crore crores": 7,
        "bn bln billion billions": 9,
        "tn trn trillion trillions": 12,
    }.items()
    for word in words.split()
    for spelling in (word, word.capitalize(), word.upper())
}
_MONEY_FACTORS: Final = {"m": 6, "MM": 6, "mm": 6, "b": 9, "t": 12, "T": 12}
"""Factors only next to a currency: elsewhere they could be metres, bytes or tonnes."""
_FACTOR_AT = re.compile(r"([A-Za-z]+)(?![A-Za-z/])\s*(.*)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_UNITS: Final = frozenset(
    prefix + base for prefix in ("", *"n\u00b5mckMGT") for base in _words("m g s W Wh J V A Hz Pa L l eV N mol bps")
) | _words(
    "kB KB MB GB TB PB t kt Mt Gt h d min sec hr hrs yr yrs wk mo mi ft in lb lbs oz bbl boe ha px pt pts pp bp ppm "
    "ppb dB dBm deg rad rpm fps bar mph kph kmh bit bits byte bytes dpi x \u00b0 \u00b0C \u00b0F \u2030 \u03a9 \u2126 "
    "second seconds minute minutes hour hours day days week weeks month months year years mile miles feet inch "
    "inches ton tons tonne tonnes degrees units people persons points index"
)
_LOOSE_LETTERS: Final = frozenset("AJLNdlt")
"""Units only after a space: ``3A`` and ``2d`` are labels."""
_WORD = re.compile(r"[a-z]{3,24}")
_NO_UNIT_WORDS: Final = _words(
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september "
    "october november december and est estimate estimated half nan nil none null over plus minus quarter through "
    "till until under versus with"
)
_PERCENT: Final = frozenset(("%", "percent", "per cent", "pct", "pct."))


def _parse(text: str, *, decimal_comma: bool) -> Number | None:
    text = text.translate(_PLAINER).strip()
    found = (_WITH_COMMA if decimal_comma else _WITH_POINT).match(text)
    if found is None or (found["sign"] and found["inner_sign"]):
        return None
    bracketed = bool(found["bracket"]) + bool(found["inner_bracket"])
    tail = text[found.end() :].rstrip("*\u2020\u2021\u00a7")
    if bracketed:
        tail, closing, behind = tail.partition(")")
        if bracketed > 1 or not closing or (tail.strip() and behind.strip()):
            return None
        tail = tail + behind
    at_least = tail == "+"
    read = _read_tail("" if at_least else tail, (found["money"] or "").strip())
    if read is None:
        return None
    factor, unit = read
    value = _value(found, factor, decimal_comma=decimal_comma)
    if value is None:
        return None
    negative = bracketed or "-" in (found["sign"], found["inner_sign"])
    return Number(
        value=-value if negative else value,
        unit=unit,
        percent=unit == "%",
        approximate=at_least or bool(found["about"]),
    )


def _value(found: re.Match[str], factor: int, *, decimal_comma: bool) -> int | float | None:
    """The magnitude; None where it is not finite, vanishes, or the power has an odd base."""
    digits = found["mantissa"].replace("'", "").replace(" ", "")
    digits = digits.replace(".", "").replace(",", ".") if decimal_comma else digits.replace(",", "")
    exponent = int(found["exponent"] or 0) + _exponent(found["ten"]) + factor
    if found["power"]:
        raised = _exponent(found["power"])
        if digits == "2" and found["power"][0] == "^" and abs(raised) < 64:
            digits = str(2**raised) if raised >= 0 else repr(2.0**raised)
        elif digits == "10":
            digits, exponent = "1", exponent + raised
        else:
            return None
    if digits.isdecimal() and 0 <= exponent <= _LONGEST_INTEGER - len(digits):
        return int(digits + "0" * exponent)
    mantissa, _, small = digits.partition("e")
    value = float(f"{mantissa}e{exponent + int(small or 0)}")
    vanished = value == 0 and digits.strip("0.") != ""
    return value if math.isfinite(value) and not vanished else None


def _exponent(power: str | None) -> int:
    return int(power.translate(_SUPERSCRIPT).strip("^{}")) if power else 0


def _read_tail(tail: str, money: str) -> tuple[int, str] | None:
    """What follows the digits, as a power of ten and a unit; None where it is neither."""
    text = tail.strip()
    if text in _PERCENT:
        return None if money else (0, "%")
    factor = 0
    found = _FACTOR_AT.fullmatch(text)
    if found and (exponent := (_MONEY_FACTORS | _FACTORS if money else _FACTORS).get(found[1])) is not None:
        if found[1] == "K" and tail[0] == " " and not money:
            return None  # 300 K may be kelvin
        factor, text, tail = exponent, found[2], " " + found[2]
    if not text:
        return factor, money
    if money:
        return (factor, money + text) if text.startswith("/") and _is_unit_text(text[1:]) else None
    if _MONEY_AT.fullmatch(text) or _is_unit_text(text, loose=tail.startswith(" ")):
        return factor, text
    return None


def _is_unit_text(text: str, *, loose: bool = False) -> bool:
    """A unit, or units parted by ``/``; after a space (``loose``) also any one lower-case word."""
    if text in _LOOSE_LETTERS:
        return loose
    parts = text.split("/")
    if loose and len(parts) == 1 and _WORD.fullmatch(text):
        return text not in _NO_UNIT_WORDS
    return all(_RAISED.sub("", part.strip()) in _UNITS for part in parts)


_RAISED = re.compile(rf"(?<=.)(?:{_POWER}|[23])$")


def _is_unit_word(word: str) -> bool:
    word = word.strip(".,")
    return (
        word in ("%", "of", "'000", "000s", "'000s")
        or word in _FACTORS
        or word in _LOOSE_LETTERS
        or _MONEY_AT.fullmatch(word) is not None
        or _is_unit_text(word)
        or _is_unit_text(word.lower())
    )
