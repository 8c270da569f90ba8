"""Whether only a model can tell what a PDF page shows: a scan, or a page whose letters are drawn as outlines.

Comes in: `PageMarks`. Goes out: `Scan`, with the resolution worth rendering, or None. Renders nothing.
"""

from dataclasses import dataclass
from typing import Final

from mineru_cli.pages.boxes import area, height, intersection, longest, union, width
from mineru_cli.pages.marks import PageMarks

HIGHEST_DPI: Final = 300.0

_LOWEST_DPI: Final = 72.0
_COVERS: Final = 0.85
_STAMP_CHARACTERS: Final = 80
_OUTLINES: Final = 400
_OUTLINE_SIDE: Final = 20.0
_OUTLINED_SHARE: Final = 0.7
_OUTLINED_AREA: Final = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """``dpi`` is the embedded picture's own resolution, at most 300."""

    dpi: float


def find_scan(marks: PageMarks) -> Scan | None:
    """Judge a page; a few visible characters, such as a stamped page number, do not make it less a scan."""
    if _is_outlined(marks):
        return Scan(dpi=HIGHEST_DPI)
    if not marks.pictures or sum(len(line.text) for line in marks.lines) > _STAMP_CHARACTERS:
        return None
    covered = union(picture.box for picture in marks.pictures)
    tiled = sum(area(intersection(picture.box, marks.box)) for picture in marks.pictures)
    if min(area(covered), tiled) < _COVERS * area(marks.box):
        return None
    largest = max(marks.pictures, key=lambda picture: area(picture.box))
    dpi = 72.0 * max(
        max(largest.pixels) / longest(largest.box),
        min(largest.pixels) / max(min(width(largest.box), height(largest.box)), 1.0),
    )
    return Scan(dpi=min(HIGHEST_DPI, max(_LOWEST_DPI, dpi)))


def _is_outlined(marks: PageMarks) -> bool:
    """Whether a page without any text is covered by small curves: letters turned into drawings."""
    if marks.lines or marks.hidden:
        return False
    letters = [ink.box for ink in marks.inks if ink.shape == "curve" and longest(ink.box) <= _OUTLINE_SIDE]
    if len(letters) < max(_OUTLINES, _OUTLINED_SHARE * len(marks.inks)):
        return False
    return area(union(letters)) >= _OUTLINED_AREA * area(marks.box)
