"""Arrows, bullets and markers that are set as characters among the words of a chart.

Comes in: a text. Goes out: the words without those at its ends. Knows nothing of places or fonts.
"""

import re
from typing import Final

_SYMBOL: Final = (
    "[\u2022\u2023\u2190-\u21ff\u2217\u2219\u25a0-\u25ff\u2605\u2606\u2715-\u2718\u27f0-\u27ff\u2b00-\u2bff]"
)
_ALONE: Final = re.compile(rf"(?:{_SYMBOL}|[\u00d7\s])+")
_AT_END: Final = re.compile(rf"^(?:{_SYMBOL}|\u00d7(?=\s*[^\W\d_]))\s*|\s*{_SYMBOL}$")
_ARROWED: Final = re.compile("[\u2190-\u21ff\u27f0-\u27ff]$")


def is_symbol(text: str) -> bool:
    """Whether a text is nothing but symbols: a marker, not a name."""
    return _ALONE.fullmatch(text) is not None


def ends_in_arrow(text: str) -> bool:
    """Whether a text points along an axis."""
    return _ARROWED.search(text) is not None


def without_symbols(text: str) -> str:
    """A name or title without the arrows and markers before and behind it; a text of symbols alone as it is."""
    if is_symbol(text):
        return text
    while (shorter := _AT_END.sub("", text)) != text:
        text = shorter
    return text
