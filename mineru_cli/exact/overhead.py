"""Names set over their bars, flush with where these begin, as on web pages and in newspapers.

Comes in: level bars that begin at one line, and the labels of a page. Goes out: an axis of names, each at its bar.
Knows nothing of values.
"""

from collections.abc import Sequence
from typing import Final

from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import TickRow

_FEWEST: Final = 3
_FLUSH: Final = 0.6  # em: how far a name may begin beside its bar
_OVER: Final = 1.8  # em from a name's middle down to its bar, at most


def names_over(labels: Sequence[Label], bars: Sequence[Shape], foot: float) -> TickRow | None:
    """The names over bars that begin at a foot, as an axis; None unless every bar has one of its own."""
    words = [label for label in labels if label.angle == 0 and abs(label.box[0] - foot) < _FLUSH * label.size]
    words = [label for label in words if not is_number(label.text)]
    ticks = []
    for bar in sorted(bars, key=lambda bar: bar.cy) if len(words) >= _FEWEST <= len(bars) else ():
        over = [label for label in words if 0 < bar.box[1] - label.cy < _OVER * label.size]
        if not over:
            return None
        ticks.append((bar.cy, max(over, key=lambda label: label.cy)))
    if len({id(label) for _, label in ticks}) < max(len(bars), _FEWEST):
        return None
    places = tuple(place for place, _ in ticks)
    return TickRow(direction="y", side="left", kind="label", ticks=tuple(ticks), places=places, low=foot, high=foot)
