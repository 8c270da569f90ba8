"""Axes whose labels stand off their marks, all by one distance: on top of a gridline, or behind a tick.

Newspapers set numbers on the gridlines, inside the plot area or beside it; some programs begin each label at its tick.
Taken for the nearest mark they would be no axis, or a shifted one.

Comes in: families of marks and labels. Goes out: `TickRow`. Knows nothing of panels.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mineru_cli.exact.dates import parse_date
from mineru_cli.exact.families import Family
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import LONGEST_TICK, MAX_FAMILY, SHORTEST_GRID, Direction, Kind, Side, TickRow

_FEWEST: Final = 3
_LONGEST: Final = 20  # letters of a number or a date
_ABOVE: Final = (0.2, 1.4)  # em from a label's middle down to its line
_BEHIND: Final = (-0.15, 1.0)  # em from a tick to the start of its label
_ALIKE: Final = 0.12  # em: how far labels may differ in how far off they stand
_REACH: Final = 3.0  # em beyond the end of the marks
_FLUSH: Final = 0.8  # em between the ends of a label and of a line it stands on


def rows_aside(
    upright: Sequence[Family], flat: Sequence[Family], labels: Sequence[Label], known: Sequence[TickRow]
) -> list[TickRow]:
    """The axes of families without one of three labels among the known: labels on level marks, behind upright ones."""
    level = [label for label in labels if label.angle == 0 and _marks_a_tick(label.text)]
    served = {id(row.shapes[0]) for row in known if len(row.ticks) >= _FEWEST}
    found = []
    for families, direction in ((upright, "x"), (flat, "y")):
        for family in families if len(level) >= _FEWEST else ():
            length = family.high - family.low
            kind: Kind = "tick" if length <= LONGEST_TICK else "grid"
            odd = not _FEWEST <= len(family.marks) <= MAX_FAMILY or LONGEST_TICK < length < SHORTEST_GRID
            if odd or id(family.marks[0][1]) in served:
                continue
            row = _row(family, direction, kind, level)  # type: ignore[arg-type]  # "x" or "y"
            if row is not None:
                found.append(row)
    return found


def _marks_a_tick(text: str) -> bool:
    """Whether a text is a number or a date."""
    return len(text) <= _LONGEST and (is_number(text) or parse_date(text) is not None)


def _row(family: Family, direction: Direction, kind: Kind, level: Sequence[Label]) -> TickRow | None:
    places = np.array([place for place, _ in family.marks])
    best: tuple[Side, list[tuple[float, Label]]] | None = None
    for side, mine in (_beside(family, level) if direction == "y" else _below(family, level)).items():
        ticks = _matched(places, mine, direction)
        if len(ticks) >= _FEWEST and (best is None or len(ticks) > len(best[1])):
            best = (side, ticks)
    if best is None:
        return None
    return TickRow(
        direction=direction,
        side=best[0],
        kind=kind,
        ticks=tuple(best[1]),
        places=tuple(map(float, places)),
        low=family.low,
        high=family.high,
        offness=float(np.median([label.size for _, label in best[1]])),
        shapes=tuple(shape for _, shape in family.marks),
    )


def _beside(family: Family, labels: Sequence[Label]) -> dict[Side, list[Label]]:
    """The labels at the left and at the right end of level lines, beside them or on them."""
    low, high = family.low, family.high
    sides: dict[Side, list[Label]] = {"left": [], "right": []}
    for label in labels:
        start, end, em = label.box[0], label.box[2], label.size
        if -0.3 * em <= low - end < _REACH * em or abs(start - low) < _FLUSH * em:
            sides["left"].append(label)
        elif -0.3 * em <= start - high < _REACH * em or abs(end - high) < _FLUSH * em:
            sides["right"].append(label)
    return sides


def _below(family: Family, labels: Sequence[Label]) -> dict[Side, list[Label]]:
    """The nearest line of labels below upright marks."""
    under = [label for label in labels if -0.5 * label.size <= label.box[1] - family.high < _REACH * label.size]
    top = min((label.box[1] for label in under), default=0.0)
    return {"below": [label for label in under if label.box[1] - top < 0.5 * label.size]}


def _matched(places: np.ndarray, labels: Sequence[Label], direction: Direction) -> list[tuple[float, Label]]:
    """Each label with the mark it stands on or behind, where all stand equally far off; else nothing."""
    ticks: list[tuple[float, Label]] = []
    offs: list[float] = []
    spacing = float(np.median(np.diff(places)))
    before, after = (_ABOVE[1], 0.0) if direction == "y" else (0.0, _BEHIND[1])
    for label in labels:
        at = label.cy if direction == "y" else label.box[0]
        if not places[0] - before * label.size - 1 < at < places[-1] + after * label.size + 1:
            continue
        off = (places - at if direction == "y" else at - places) / label.size
        low, high = _ABOVE if direction == "y" else _BEHIND
        near = np.nonzero((off >= low) & (off <= high))[0]
        if len(near) != 1 or spacing < 1.5 * label.size:
            return []
        ticks.append((float(places[near[0]]), label))
        offs.append(float(off[near[0]]))
    ticks.sort(key=lambda tick: tick[0])
    alike = len(offs) > 1 and float(np.ptp(offs)) < _ALIKE
    return ticks if alike and len({place for place, _ in ticks}) == len(ticks) else []
