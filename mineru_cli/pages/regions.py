"""From the regions a model named on a page picture to the boxes that are cut.

Comes in: layout blocks in fractions of a picture, and the picture. Goes out: `Region` boxes in pixels, merged and moved
out to blank margins. Knows nothing of PDFs and files, and reads no text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from mineru_cli.pages.boxes import area, centre, gaps, intersection, share
from mineru_cli.reply.layout import LayoutBlock
from mineru_cli.schema import Box

if TYPE_CHECKING:
    from PIL import Image

FIGURE_KINDS: Final = frozenset({"chart", "image", "image_block"})
_SAME: Final = 0.5
_INNER_COVER: Final = 0.35
_REACH: Final = 0.06
_BAND: Final = 0.014
_BLANK: Final = 4
_SPECK: Final = 0.003
_MARGIN: Final = 3
_CONTRAST: Final = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A figure or table on a picture: ``box`` in pixels, ``rotation`` in degrees counterclockwise."""

    kind: Literal["chart", "table"]
    box: Box
    rotation: int = 0
    panels: int = 1


def find_regions(blocks: Sequence[LayoutBlock] | None, image: "Image.Image", *, tables: bool) -> list[Region]:
    """The figures (and tables) among the blocks, in reading order, each moved out to the blank margins around it.

    None instead of blocks stands for the picture as a whole.
    """
    if blocks is None:
        return [whole_picture(image)]
    figures = _merged([block for block in blocks if block.kind in FIGURE_KINDS])
    chosen = [(block, "chart", panels) for block, panels in figures]
    if tables:
        chosen += [(block, "table", 1) for block in blocks if block.kind == "table"]
    if not chosen:
        return []
    grey = np.asarray(image.convert("L"))
    regions = []
    for block, kind, panels in chosen:
        box = _pixels(block.box, image.size)
        others = [_pixels(other.box, image.size) for other in blocks if other is not block]
        obstacles = [other for other in others if share(other, box) < _SAME]
        regions.append(
            Region(
                kind="table" if kind == "table" else "chart",
                box=_snapped(box, grey, obstacles),
                rotation=block.rotation,
                panels=panels,
            )
        )
    return sorted(regions, key=lambda region: (region.box[1], region.box[0]))


def whole_picture(image: "Image.Image") -> Region:
    """The picture as one figure."""
    return Region(kind="chart", box=(0.0, 0.0, float(image.width), float(image.height)))


def cut_out(image: "Image.Image", region: Region) -> "Image.Image":
    """The part of the picture that the region names."""
    left, top, right, bottom = (round(side) for side in region.box)
    return image.crop((left, top, right, bottom))


def _merged(blocks: Sequence[LayoutBlock]) -> list[tuple[LayoutBlock, int]]:
    """Blocks that stand for separate figures, each with its number of panels.

    Within an ``image_block`` the charts named inside are kept instead of it when they cover a good part of it.
    Of two blocks that are largely the same, the larger stays.
    """
    groups = [block for block in blocks if block.kind == "image_block"]
    kept: list[tuple[LayoutBlock, int]] = []
    for block in sorted(blocks, key=lambda block: -area(block.box)):
        inner = [other for other in blocks if other.kind != "image_block" and share(other.box, block.box) > _SAME]
        if block in groups:
            covered = sum(area(intersection(other.box, block.box)) for other in inner)
            if covered >= _INNER_COVER * area(block.box):
                continue
            kept.append((block, max(1, len(inner))))
        elif not any(share(block.box, other.box) > _SAME for other, _ in kept):
            kept.append((block, 1))
    return kept


def _pixels(box: Box, size: tuple[int, int]) -> Box:
    return box[0] * size[0], box[1] * size[1], box[2] * size[0], box[3] * size[1]


def _snapped(box: Box, grey: NDArray[np.uint8], obstacles: Sequence[Box]) -> Box:
    """The box with each side moved outwards to a blank band, at most 6 % of the page and into no other block.

    Model boxes are inexact, and too small a box cuts off tick labels, while blank paper does no harm.
    """
    rows, columns = grey.shape
    left, top, right, bottom = (round(side) for side in intersection(box, (0, 0, columns, rows)))
    free = _free(box, (columns, rows), obstacles)
    thick = max(_BLANK, round(_BAND * max(rows, columns)))
    top -= _outwards(_inked(grey[free[1] : top, left:right])[::-1], thick)
    bottom += _outwards(_inked(grey[bottom : free[3], left:right]), thick)
    left -= _outwards(_inked(grey[top:bottom, free[0] : left].T)[::-1], thick)
    right += _outwards(_inked(grey[top:bottom, right : free[2]].T), thick)
    return (
        float(max(0, left - _MARGIN)),
        float(max(0, top - _MARGIN)),
        float(min(columns, right + _MARGIN)),
        float(min(rows, bottom + _MARGIN)),
    )


def _free(box: Box, size: tuple[int, int], obstacles: Sequence[Box]) -> tuple[int, int, int, int]:
    """How far each side may move: 6 % of the page, or up to the nearest block on that side."""
    reach = (_REACH * size[0], _REACH * size[1])
    left, top = max(0.0, box[0] - reach[0]), max(0.0, box[1] - reach[1])
    right, bottom = min(float(size[0]), box[2] + reach[0]), min(float(size[1]), box[3] + reach[1])
    for other in obstacles:
        across, down = gaps(box, other)
        if across < 0:
            top = max(top, other[3]) if centre(other)[1] < box[1] else top
            bottom = min(bottom, other[1]) if centre(other)[1] > box[3] else bottom
        if down < 0:
            left = max(left, other[2]) if centre(other)[0] < box[0] else left
            right = min(right, other[0]) if centre(other)[0] > box[2] else right
    return round(min(left, box[0])), round(min(top, box[1])), round(max(right, box[2])), round(max(bottom, box[3]))


def _inked(lines: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """For each row of pixels, whether more than a speck of it differs from what most of it is."""
    if lines.size == 0:
        return np.zeros(0, dtype=bool)
    values = lines.astype(np.int16)
    apart = np.abs(values - np.median(values, axis=1, keepdims=True)) > _CONTRAST
    inked: NDArray[np.bool_] = apart.sum(axis=1) > max(1.0, _SPECK * lines.shape[1])
    return inked


def _outwards(inked: NDArray[np.bool_], thick: int) -> int:
    """How many rows to take in, going outwards, to end before a thick blank band, or before the last blank one."""
    blank = np.flatnonzero(np.diff(np.concatenate([[0], ~inked, [0]]).astype(np.int8)))
    bands = [(int(start), int(end)) for start, end in zip(blank[::2], blank[1::2], strict=True)]
    for start, end in bands:
        if end - start >= thick:
            return start
    lasting = [start for start, end in bands if end - start >= _BLANK or end == len(inked)]
    return lasting[-1] if lasting else 0
