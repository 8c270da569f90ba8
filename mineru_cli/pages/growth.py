"""Growing a figure from its ink over the labels, legends and titles around it.

Comes in: `Seed` boxes, the page's marks and paragraphs. Goes out: the seeds, larger. Knows nothing of why a cluster
became a seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from mineru_cli.pages.boxes import area, centre, gaps, grown, height, holds, longest, share, union, width
from mineru_cli.pages.marks import Line, PageMarks
from mineru_cli.pages.prose import Prose
from mineru_cli.schema import Box

_ROUNDS: Final = 8
_SATELLITE_GAPS: Final = (10.0, 60.0)
_SATELLITE_SHARE: Final = 0.15
_SEPARATOR: Final = 60.0
_RULE: Final = 3.0
_ON_GROUND: Final = 0.97
_FILLS_GROUND: Final = 0.6
_BESIDE_EMS: Final = 2.5
_STACKED_EMS: Final = 1.8
_DRAWN_WITH_GAP: Final = 0.12
_WIDEST_LABEL: Final = 1.15
_FEW_WORDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """A figure on its way.

    ``core`` is the ink it started from, ``box`` what it has grown to, ``grounds`` the invisible rectangles it was
    drawn on, ``orders`` its first and last place in the page's drawing order.
    """

    core: Box
    box: Box
    grounds: tuple[Box, ...] = ()
    orders: tuple[int, int] | None = None
    panels: int = 1
    pixels: tuple[int, int] | None = None

    def joined(self, other: "Seed", *, panels: int) -> "Seed":
        """Both as one figure."""
        spans = [seed.orders for seed in (self, other) if seed.orders]
        return Seed(
            core=union((self.core, other.core)),
            box=union((self.box, other.box)),
            grounds=self.grounds + other.grounds,
            orders=(min(first for first, _ in spans), max(last for _, last in spans)) if spans else None,
            panels=panels,
        )


def grow(seeds: Sequence[Seed], marks: PageMarks, satellites: Sequence[Box], prose: Prose) -> list[Seed]:
    """Grow each seed over what belongs to it: labels drawn with it or standing close, and loose ink beside it."""
    along = [_drawn_with(seed, marks) - prose.lines - prose.apart for seed in seeds]
    large: list[Seed] = []
    for seed, own in zip(seeds, along, strict=True):
        rivals = [other.core for other in seeds if other is not seed]
        others = frozenset().union(*(lines for lines in along if lines is not own))
        lines = {
            index: line
            for index, line in enumerate(marks.lines)
            if index not in prose.lines | prose.apart
            and (index in own or index not in others)
            and (index in own - others or not _nearer(line.box, rivals, seed.core))
        }
        inks = [box for box in satellites if not _nearer(box, rivals, seed.core)]
        large.append(_grown(seed, lines, inks, along=own, body=prose.style))
    return large


def _grown(seed: Seed, open_lines: dict[int, Line], open_inks: list[Box], *, along: set[int], body: str) -> Seed:
    """Take in what stands close, round by round: tick labels first, then the axis label beyond them."""
    box = seed.box
    for _ in range(_ROUNDS):
        texts = [
            index
            for index, line in open_lines.items()
            if _stands_on(line, box, seed.grounds) or _is_label(line, box, with_figure=index in along, body=body)
        ]
        inks = [ink for ink in open_inks if is_beside(ink, box)]
        if not texts and not inks:
            break
        box = union([box, *(open_lines.pop(index).box for index in texts), *inks])
        open_inks = [ink for ink in open_inks if ink not in inks]
    return replace(seed, box=_to_ground(box, seed.grounds))


def _to_ground(box: Box, grounds: Sequence[Box]) -> Box:
    """The largest ground the whole figure was drawn on and fills a good part of: so it was placed on its page."""
    holding = [
        ground for ground in grounds if share(box, ground) >= _ON_GROUND and area(box) >= _FILLS_GROUND * area(ground)
    ]
    return union((box, max(holding, key=area, default=box)))


def _drawn_with(seed: Seed, marks: PageMarks) -> set[int]:
    """The lines of text that were drawn between the seed's first and last ink."""
    if seed.orders is None:
        return set()
    first, last = seed.orders
    reach = grown(seed.box, _DRAWN_WITH_GAP * longest(seed.box) + 40)
    runs = [centre(box) for order, box in marks.runs if first < order < last and holds(reach, centre(box))]
    if not runs:
        return set()
    return {
        index
        for index, line in enumerate(marks.lines)
        if holds(reach, centre(line.box)) and any(holds(line.box, run) for run in runs)
    }


def _stands_on(line: Line, box: Box, grounds: Sequence[Box]) -> bool:
    middle = centre(line.box)
    return holds(box, middle) or any(holds(ground, middle) for ground in grounds)


def _is_label(line: Line, box: Box, *, with_figure: bool, body: str) -> bool:
    """Whether a line outside the box stands as a tick label, axis label, legend entry or title does."""
    across, down = gaps(line.box, box)
    if with_figure:
        return max(across, down) <= max(_BESIDE_EMS * line.size, _DRAWN_WITH_GAP * longest(box))
    if width(line.box) > _WIDEST_LABEL * width(box):
        return False
    if line.style == body and len(line.text.split()) > _FEW_WORDS and not any(c.isdigit() for c in line.text):
        return False
    beside = down < 0.5 * line.size and across <= _BESIDE_EMS * line.size
    stacked = across < -0.5 * min(width(line.box), width(box)) and down <= _STACKED_EMS * line.size
    return beside or stacked


def is_beside(ink: Box, box: Box) -> bool:
    """Whether loose ink stands so near a figure that it is part of it, and is no line that parts two things."""
    across, down = gaps(ink, box)
    if width(ink) > _SEPARATOR and height(ink) < _RULE:
        return False
    least, most = _SATELLITE_GAPS
    near = min(most, max(least, _SATELLITE_SHARE * longest(box)))
    return max(across, down) <= near and width(ink) <= _WIDEST_LABEL * width(box)


def _nearer(box: Box, rivals: Sequence[Box], core: Box) -> bool:
    return any(_distance(box, rival) < _distance(box, core) for rival in rivals)


def _distance(one: Box, other: Box) -> float:
    across, down = gaps(one, other)
    return max(across, 0.0) + max(down, 0.0)
