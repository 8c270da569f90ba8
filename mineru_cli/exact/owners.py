"""Whose a text is where several charts stand on a page.

Comes in: the plot area of a chart, those of the others, and the labels of the page. Goes out: the labels that may be
the chart's own. Knows nothing of what they say.
"""

import math
from collections.abc import Sequence
from typing import Final

from mineru_cli.exact.regions import overlap
from mineru_cli.exact.text import Label
from mineru_cli.schema import Box

_FLUSH: Final = 1.5  # points: panels of one figure line up so well
_NEARER: Final = 0.7  # of the distance from the one plot area: what stands so near to another is the other's


def own_labels(box: Box, areas: Sequence[Box], labels: Sequence[Label]) -> list[Label]:
    """The labels less those that stand much nearer to another chart.

    Panels that line up in a row or a column may share a legend and titles: what is near one of them is of all.
    """
    others = [area for area in areas if area != box and not overlap(area, box) and not _line_up(area, box)]
    if not others:
        return list(labels)
    return [
        label
        for label in labels
        if not (apart := _distance(label, box)) or min(_distance(label, other) for other in others) > _NEARER * apart
    ]


def _line_up(a: Box, b: Box) -> bool:
    return any(abs(a[k] - b[k]) < _FLUSH and abs(a[k + 2] - b[k + 2]) < _FLUSH for k in (0, 1))


def _distance(label: Label, box: Box) -> float:
    """From a label's middle to the nearest place of a box, in points."""
    across = max(box[0] - label.cx, 0.0, label.cx - box[2])
    return math.hypot(across, max(box[1] - label.cy, 0.0, label.cy - box[3]))
