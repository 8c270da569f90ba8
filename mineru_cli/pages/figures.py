"""Where the figures of a born-digital page are, told from its own drawing, without a model.

Comes in: `PageMarks`. Goes out: `Candidate` boxes with their captions. Knows nothing of PDFs or pixels, and not
whether a figure is a chart: that is for its reader to say. Ink is clustered; clusters that look drawn rather than
ruled become seeds; seeds grow over the labels around them, never over paragraphs or captions.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from mineru_cli.pages.boxes import area, centre, cluster, gaps, grown, height, holds, longest, share, union, width
from mineru_cli.pages.captions import Caption, assign, find_captions
from mineru_cli.pages.evidence import drawn, panels, pictured
from mineru_cli.pages.growth import Seed, grow, is_beside
from mineru_cli.pages.marks import Ink, PageMarks, Picture
from mineru_cli.pages.prose import Prose, read_prose
from mineru_cli.pages.tables import find_tables, is_grid
from mineru_cli.schema import Axis, AxisName, Box, Chart

_GAP: Final = 4.0
_PAGE_SIZED: Final = 0.85
_LEAST_SIDE: Final = 30.0
_TEXTLESS_SIDES: Final = (120.0, 90.0)
_RUNNING_HEAD: Final = 0.08
_ON_ITS_SIDE: Final = 0.7
_EDGE: Final = 0.004
_CALLOUT_STROKES: Final = 16
_LEGEND_SIDE: Final = 40.0
_LEGEND_SHARE: Final = 0.3
_INSET_SHARE: Final = 0.1
_OVERLAP: Final = 0.1
_PANEL_GAP: Final = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A figure or table on a page.

    ``pixels`` is the source size of the one picture it consists of, else None. ``rotation`` is how far its content is
    turned, in degrees counterclockwise: 0, 90, 180 or 270. ``chart`` and ``axes`` are what geometry read of it, and
    ``drawn`` where.
    """

    box: Box
    kind: Literal["chart", "table"]
    caption: str = ""
    panels: int = 1
    pixels: tuple[int, int] | None = None
    rotation: int = 0
    chart: Chart | None = None
    axes: Mapping[AxisName, Axis] = field(default_factory=dict)
    drawn: Sequence[Sequence[tuple[float, float]]] = ()


def find_figures(marks: PageMarks, *, tables: bool) -> list[Candidate]:
    """Find the figures of a page, and its ruled tables when ``tables``, in reading order."""
    captions = find_captions(marks.lines)
    prose = read_prose(marks.lines, captions)
    inks = _loose_inks(marks, prose)
    pictures = [picture for picture in marks.pictures if not _is_backdrop(picture.box, marks.box)]
    seeds, satellites, grids = _seeds(marks, inks, pictures, _bounding_grounds(marks, prose, captions))
    found = _settle(marks, seeds, satellites, captions, prose)
    if tables:
        taken = [candidate.box for candidate in found]
        found += [
            Candidate(box=box, kind="table", caption=caption)
            for box, caption in find_tables(marks, inks, grids, captions, taken)
        ]
    return sorted(found, key=lambda candidate: (candidate.box[1], candidate.box[0]))


def _loose_inks(marks: PageMarks, prose: Prose) -> list[Ink]:
    """The ink without what only decorates: page borders and backgrounds, boxes around paragraphs."""

    def decorates(ink: Ink) -> bool:
        if ink.shape == "rule":
            return False
        if _is_backdrop(ink.box, marks.box):
            return True
        return (ink.shape != "curve" or ink.strokes <= _CALLOUT_STROKES) and prose.fills(ink.box)

    return [ink for ink in marks.inks if not decorates(ink)]


def _is_backdrop(box: Box, page: Box) -> bool:
    """Whether a box lies behind the whole page, or is a band that runs into three of its edges."""
    if share(page, box) >= _PAGE_SIZED:
        return True
    touched = [abs(side - edge) <= _EDGE * max(page) for side, edge in zip(box, page, strict=True)]
    return sum(touched) >= 3


def _bounding_grounds(marks: PageMarks, prose: Prose, captions: Sequence[Caption]) -> list[Box]:
    """White fills and clips that bound one drawing: smaller than the page, holding no paragraph and no caption."""
    return [
        ground
        for ground in marks.grounds
        if min(width(ground), height(ground)) >= _LEAST_SIDE
        and share(marks.box, ground) < _PAGE_SIZED
        and not prose.touches(ground)
        and not any(holds(ground, centre(caption.box)) for caption in captions)
    ]


def _seeds(
    marks: PageMarks, inks: Sequence[Ink], pictures: Sequence[Picture], grounds: Sequence[Box]
) -> tuple[list[Seed], list[Box], list[Box]]:
    """Cluster the ink into seeds of figures, satellites (ink that may belong to one), and ruled grids.

    Grounds hold together what stands on them; they are shrunk a little, so that neighbours stay apart.
    """
    first_picture, first_ground = len(inks), len(inks) + len(pictures)
    boxes = [ink.box for ink in inks] + [picture.box for picture in pictures]
    seeds: list[Seed] = []
    satellites: list[Box] = []
    grids: list[Box] = []
    for members in cluster(boxes + [grown(ground, -_GAP - 1) for ground in grounds], _GAP):
        own = [inks[index] for index in members if index < first_picture]
        shown = [pictures[index - first_picture] for index in members if first_picture <= index < first_ground]
        if not own and not shown:
            continue
        box = union([ink.box for ink in own] + [picture.box for picture in shown])
        inner = [line for line in marks.lines if holds(box, centre(line.box))]
        if is_grid(own, inner):
            grids.append(box)
        elif pictured(shown) or drawn(own, inner):
            seeds.append(
                Seed(
                    core=box,
                    box=box,
                    grounds=tuple(grounds[index - first_ground] for index in members if index >= first_ground),
                    orders=(min(ink.order for ink in own), max(ink.order for ink in own)) if own else None,
                    panels=panels(own, shown),
                    pixels=shown[0].pixels if len(shown) == 1 and not own else None,
                )
            )
        else:
            satellites.append(box)
    return seeds, satellites, grids


def _settle(
    marks: PageMarks, seeds: Sequence[Seed], satellites: Sequence[Box], captions: Sequence[Caption], prose: Prose
) -> list[Candidate]:
    """Grow the seeds, join those that turn out to be one figure, and give each its caption."""
    seeds, parts = _without_parts(seeds)
    satellites = [*satellites, *parts]
    seeds = _join_overlapping(grow(seeds, marks, satellites, prose))
    own = [caption for caption in captions if caption.kind == "figure"]
    named = _join_captioned(list(zip(seeds, assign([seed.box for seed in seeds], own, prose.boxes), strict=True)))
    final = grow([seed for seed, _ in named], marks, satellites, prose)
    return [
        Candidate(
            box=seed.box,
            kind="chart",
            caption=caption.text if caption else "",
            panels=seed.panels,
            pixels=seed.pixels,
            rotation=_rotation(seed.box, marks),
        )
        for seed, (_, caption) in zip(final, named, strict=True)
        if _readable(seed, marks)
    ]


def _rotation(box: Box, marks: PageMarks) -> int:
    """How far a figure lies on its side: the way that nearly all of its text runs, as an upright one's never does."""
    letters = Counter[int]()
    for line in marks.lines:
        if holds(box, centre(line.box)):
            letters[line.turn] += len(line.text)
    turn, most = letters.most_common(1)[0] if letters else (0, 0)
    return turn if most >= _ON_ITS_SIDE * letters.total() else 0


def _without_parts(seeds: Sequence[Seed]) -> tuple[list[Seed], list[Box]]:
    """Seeds that stand by themselves, and the boxes of those that are but parts, as a legend, of a larger one."""

    def is_part(seed: Seed) -> bool:
        slight = min(width(seed.core), height(seed.core)) < _LEGEND_SIDE
        return any(
            area(seed.core) < (_LEGEND_SHARE if slight else _INSET_SHARE) * area(other.core)
            and is_beside(seed.core, other.core)
            for other in seeds
        )

    parts = [seed.core for seed in seeds if is_part(seed)]
    return [seed for seed in seeds if seed.core not in parts], parts


def _join_overlapping(seeds: Sequence[Seed]) -> list[Seed]:
    """Join seeds that came to cover a part of each other."""
    joined: list[Seed] = []
    for seed in seeds:
        whole = seed
        for other in list(joined):
            small, large = sorted((whole.box, other.box), key=area)
            if share(small, large) > _OVERLAP:
                joined.remove(other)
                whole = whole.joined(other, panels=max(whole.panels, other.panels))
        joined.append(whole)
    return joined


def _join_captioned(named: Sequence[tuple[Seed, Caption | None]]) -> list[tuple[Seed, Caption | None]]:
    """Join neighbours under one caption: the panels of one figure."""
    joined: list[tuple[Seed, Caption | None]] = []
    for seed, caption in named:
        whole = seed
        for other in [pair for pair in joined if caption is not None and pair[1] is caption]:
            if max(gaps(whole.box, other[0].box)) < _PANEL_GAP:
                joined.remove(other)
                whole = whole.joined(other[0], panels=whole.panels + other[0].panels)
        joined.append((whole, caption))
    return joined


def _readable(seed: Seed, marks: PageMarks) -> bool:
    """Whether a grown seed is large enough to be read, and says something: text with a digit, or a large drawing.

    Low drawings wholly in the page's upper or lower margin decorate running heads.
    """
    margin = _RUNNING_HEAD * marks.height
    if height(seed.box) < margin and (seed.box[3] < margin or seed.box[1] > marks.height - margin):
        return False
    if min(width(seed.box), height(seed.box)) < _LEAST_SIDE:
        return False
    if seed.pixels is not None or (
        longest(seed.box) >= _TEXTLESS_SIDES[0] and min(width(seed.box), height(seed.box)) >= _TEXTLESS_SIDES[1]
    ):
        return True
    texts = [line.text for line in marks.lines if holds(seed.box, centre(line.box))]
    return len(texts) >= 2 and any(character.isdigit() for text in texts for character in text)
