"""Boxes that may be plot areas: frames, filled grounds, spines that meet or cross, gridlines.

Comes in: the shapes of a page and its straight lines. Goes out: `Region`, candidates only. Knows nothing of labels.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from mineru_cli.exact.families import Segment, families
from mineru_cli.exact.primitives import Shape
from mineru_cli.schema import Box

Ground = Literal["fill", "frame", "spine", "cross", "grid", "axes", "bars"]

MIN_WIDTH: Final = 35.0
MIN_HEIGHT: Final = 25.0
_MAX_REGIONS: Final = 400
_FEWEST_BARS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Region:
    """A box that may be a plot area. ``cross`` is where the axes' lines stand, when they cross inside."""

    box: Box
    ground: Ground
    shape: Shape | None = None
    cross: tuple[float, float] | None = None


def inside(inner: Box, outer: Box, slack: float = 2.0) -> bool:
    """Whether a box lies within another, give or take some points."""
    return (
        inner[0] >= outer[0] - slack
        and inner[1] >= outer[1] - slack
        and inner[2] <= outer[2] + slack
        and inner[3] <= outer[3] + slack
    )


def overlap(a: Box, b: Box) -> float:
    """Area two boxes share."""
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def area(box: Box) -> float:
    """Area of a box."""
    return (box[2] - box[0]) * (box[3] - box[1])


def find_regions(
    shapes: Sequence[Shape], horizontal: Sequence[Segment], vertical: Sequence[Segment], page: Box
) -> list[Region]:
    """Every box of a page that may be a plot area, each once."""
    found: list[Region] = []
    bars = _bars(shapes)
    for shape in shapes:
        if shape.w < MIN_WIDTH or shape.h < MIN_HEIGHT or shape.curved or len(shape.points) > 9:
            continue
        if shape.w > 0.97 * (page[2] - page[0]) and shape.h > 0.97 * (page[3] - page[1]):
            continue
        if id(shape) in bars:
            continue
        if shape.rect and shape.fill is not None:
            found.append(Region(box=shape.box, ground="fill", shape=shape))
        elif shape.stroke is not None and (shape.rect or _along_box(shape)):
            found.append(Region(box=shape.box, ground="frame", shape=shape))
    found += _corners(horizontal, vertical)
    found += _gridded(horizontal, vertical)
    unique: list[Region] = []
    for region in found:
        if len(unique) >= _MAX_REGIONS:
            break
        if not any(max(abs(a - b) for a, b in zip(u.box, region.box, strict=True)) < 1.5 for u in unique):
            unique.append(region)
    return unique


def _bars(shapes: Sequence[Shape]) -> set[int]:
    """Rectangles that begin at one line and are as thick, of one paint, but not as long: bars, no plot areas."""
    rows: dict[tuple[object, ...], list[Shape]] = defaultdict(list)
    for shape in shapes:
        if shape.rect and min(shape.w, shape.h) > 1:
            rows["y", shape.colour, round(shape.w), round(shape.box[3])].append(shape)
            rows["x", shape.colour, round(shape.h), round(shape.box[0])].append(shape)
    out: set[int] = set()
    for (way, *_), members in rows.items():
        lengths = [shape.h if way == "y" else shape.w for shape in members]
        if len(members) >= _FEWEST_BARS and max(lengths) - min(lengths) > 1:
            out.update(map(id, members))
    return out


def _along_box(shape: Shape) -> bool:
    """Whether an open polyline runs along the sides of its box, as an L or U of spines does."""
    x0, y0, x1, y1 = shape.box
    return 3 <= len(shape.points) <= 6 and all(
        (abs(x - x0) < 0.3 or abs(x - x1) < 0.3) and (abs(y - y0) < 0.3 or abs(y - y1) < 0.3) for x, y in shape.points
    )


def _corners(horizontal: Sequence[Segment], vertical: Sequence[Segment]) -> list[Region]:
    """Boxes spanned by a long horizontal and a long vertical line that meet in a corner."""
    wide = [line for line in horizontal if line.high - line.low > MIN_WIDTH][:300]
    tall = [line for line in vertical if line.high - line.low > MIN_HEIGHT][:300]
    if not wide or not tall:
        return []
    h = np.array([(line.at, line.low, line.high) for line in wide])
    v = np.array([(line.at, line.low, line.high) for line in tall])
    beside = np.minimum(np.abs(h[:, None, 1] - v[None, :, 0]), np.abs(h[:, None, 2] - v[None, :, 0])) < 4
    level = np.minimum(np.abs(h[:, None, 0] - v[None, :, 1]), np.abs(h[:, None, 0] - v[None, :, 2])) < 4
    crossing = (h[:, None, 1] < v[None, :, 0] + 4) & (h[:, None, 2] > v[None, :, 0] - 4)
    crossing &= (v[None, :, 1] < h[:, None, 0] + 4) & (v[None, :, 2] > h[:, None, 0] - 4)
    found = [
        Region(box=(wide[i].low, tall[j].low, wide[i].high, tall[j].high), ground="spine")
        for i, j in np.argwhere(beside & level)[:_MAX_REGIONS]
    ]
    for i, j in np.argwhere(crossing & ~(beside & level))[:_MAX_REGIONS]:
        box = (wide[i].low, tall[j].low, wide[i].high, tall[j].high)
        found.append(Region(box=box, ground="cross", cross=(tall[j].at, wide[i].at)))
    return found


def _gridded(horizontal: Sequence[Segment], vertical: Sequence[Segment]) -> list[Region]:
    found = []
    for family in families([line for line in horizontal if line.high - line.low > MIN_WIDTH]):
        at = [place for place, _ in family.marks]
        if len(at) >= 2 and at[-1] - at[0] > MIN_HEIGHT:
            found.append(Region(box=(family.low, at[0], family.high, at[-1]), ground="grid"))
    for family in families([line for line in vertical if line.high - line.low > MIN_HEIGHT]):
        at = [place for place, _ in family.marks]
        if len(at) >= 2 and at[-1] - at[0] > MIN_WIDTH:
            found.append(Region(box=(at[0], family.low, at[-1], family.high), ground="grid"))
    return found
