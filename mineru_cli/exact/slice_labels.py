"""Labels of slices: which stands in or beside which, and what of it is a name and what a share.

Comes in: a pie and the labels around it. Goes out: a label a slice. Knows nothing of legends or of the page.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.text import Label

if TYPE_CHECKING:
    from mineru_cli.exact.pies import Pie

_FULL: Final = 2 * math.pi
_NAME_AND_SHARE: Final = re.compile(r"(?P<name>[^\d\s].*?)[\s:,;(\-\u2013]+(?P<share>\d+(?:[.,]\d+)?\s?%)\)?")


def with_shares(labels: Sequence[Label]) -> list[Label]:
    """The labels, those of two lines joined whose second is a number under a name: ``Coal`` over ``12 %``."""
    out: list[Label] = []
    for label in sorted(labels, key=lambda item: item.cy):
        upper = next((u for u in out if is_number(label.text) and not is_number(u.text) and _over(u, label)), None)
        if upper is None:
            out.append(label)
        else:
            edges = tuple(pick(a, b) for pick, a, b in zip((min, min, max, max), upper.box, label.box, strict=True))
            out[out.index(upper)] = replace(upper, text=f"{upper.text.rstrip(':')}: {label.text}", box=edges)  # type: ignore[arg-type]  # four numbers
    return out


def _over(upper: Label, lower: Label) -> bool:
    """Whether a text stands over another as a line of one label stands over the next."""
    flush = min(abs(upper.box[0] - lower.box[0]), abs(upper.box[2] - lower.box[2]), abs(upper.cx - lower.cx)) < 1.0
    drop = lower.cy - upper.cy
    level = upper.angle == lower.angle == 0
    within = upper.box[0] - 1 < lower.box[0] and lower.box[2] < upper.box[2] + 1
    return (
        (flush or within)
        and level
        and abs(upper.size - lower.size) < 0.1
        and 0.9 * upper.size < drop < 1.4 * upper.size
    )


def name_and_share(label: Label) -> list[Label]:
    """A label that prints name and share together, as in ``Coal: 12 %``, as two labels of one place."""
    match = _NAME_AND_SHARE.fullmatch(label.text)
    if match is None:
        return [label]
    return [replace(label, text=match["name"].strip()), replace(label, text=match["share"])]


def at_wedges(pie: "Pie", labels: Sequence[Label], *, reach: float, known: Mapping[int, Label]) -> dict[int, Label]:
    """The label that stands in or beside each wedge, one to one, nearest in direction first, beside those known."""
    pairs = []
    for k, wedge in enumerate(pie.wedges):
        for j, label in enumerate(labels):
            x, y = label.cx - wedge.centre[0], wedge.centre[1] - label.cy
            far = math.hypot(x, y)
            if label.angle or not 0.2 * pie.radius < far < reach * pie.radius + label.w / 2:
                continue
            # Outside labels are set from the rim outwards: compare where their near edge stands.
            if far > 0.95 * pie.radius:
                rim = (1.1 * pie.radius * math.cos(wedge.middle), 1.1 * pie.radius * math.sin(wedge.middle))
                near_x = min(max(rim[0], x - label.w / 2), x + label.w / 2)
                near_y = min(max(rim[1], y - label.h / 2), y + label.h / 2)
                distance = math.hypot(near_x - rim[0], near_y - rim[1])
                if distance < 0.5 * pie.radius:
                    pairs.append((distance, k, j))
            else:
                turn = abs((math.atan2(y, x) - wedge.middle + math.pi) % _FULL - math.pi)
                if turn < wedge.angle / 2 + 0.05:
                    pairs.append((turn * far, k, j))
    found = dict(known)
    ids = {id(label) for label in found.values()}
    taken = {j for j, label in enumerate(labels) if id(label) in ids}
    for _, k, j in sorted(pairs):
        if k not in found and j not in taken:
            found[k] = labels[j]
            taken.add(j)
    return found
