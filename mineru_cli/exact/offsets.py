"""The texts beside an axis that shift or scale all its tick labels: ``1e6``, ``x 10^-3``, ``+2.5e4``.

Comes in: a text. Goes out: a factor and a shift. Missing one is a silent power of ten, so both are hunted for.
"""

import re
from typing import Final

_TIMES: Final = "[x*\u00d7\u00b7\u22c5]"
_OFFSET: Final = re.compile(
    rf"(?:(?:1?e|{_TIMES}?10\^)(?P<power>[+-]?\d+))?"
    rf"(?P<shift>[+-]\d+(?:\.\d+)?(?:e[+-]?\d+|{_TIMES}10\^[+-]?\d+)?)?",
    re.IGNORECASE,
)


def read_offset(text: str) -> tuple[float, float] | None:
    """The factor and the shift an offset text stands for; None for other texts."""
    plain = re.sub(r"[\s()]", "", re.sub("[\u2212\u2013]", "-", text))
    match = _OFFSET.fullmatch(plain)
    if not plain or match is None or not (match["power"] or match["shift"]):
        return None
    factor = 10.0 ** min(int(match["power"]), 300) if match["power"] else 1.0
    shift = 0.0
    if match["shift"]:
        mantissa, _, power = re.sub(rf"{_TIMES}10\^", "e", match["shift"].lower()).partition("e")
        shift = float(mantissa) * 10.0 ** min(int(power or 0), 300)
    return factor, shift
