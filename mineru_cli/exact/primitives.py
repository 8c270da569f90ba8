"""The drawing operators of a page as plain shapes.

Comes in: a PyMuPDF page. Goes out: `Shape`, one a connected subpath, in points of the page as displayed (rotation
applied, origin top left), in drawing order. Knows nothing of text, axes or charts.
"""

import bisect
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mineru_cli.exact.paths import CLOSE, Point, covers, split, touches
from mineru_cli.exact.rectangles import is_rect, is_rounded_rect
from mineru_cli.schema import Box

if TYPE_CHECKING:
    import pymupdf

Colour = tuple[float, float, float]

THIN = 1.3  # points: a filled rectangle thinner than this was meant as a line
_GROUND = 4.0  # times its clip's area, at most, is a ground that fills it
_LARGEST_HATCH = 500.0  # points: a larger clip is a plot area, not a bar
_LARGEST_SWATCH = 60.0  # points: the same for clips that stand alone
_MIN_CLIP = 1.0  # points: smaller clips hold nothing to read


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """One connected subpath with its paint.

    ``points`` is flattened; ``knots`` are the ends of its segments alone, which is where a smooth line's data
    stand. ``fill`` and ``stroke`` are RGB in 0..1 or None. ``box`` is (x0, y0, x1, y1) without line width.
    ``painted_by_clip`` marks a clipped pattern or shading, whose colour is only a sample; ``rebuilt`` a line that was
    drawn dash by dash. ``cap`` is how strokes end: 0 cut off, 1 round, 2 square.
    """

    points: tuple[Point, ...]
    knots: tuple[Point, ...]
    box: Box
    order: int
    stroke: Colour | None = None
    fill: Colour | None = None
    width: float = 0.0
    dash: str = ""
    opacity: float = 1.0
    curved: bool = False
    closed: bool = False
    rect: bool = False
    painted_by_clip: bool = False
    rebuilt: bool = False
    cap: int = 0

    @property
    def w(self) -> float:
        """Width of the box."""
        return self.box[2] - self.box[0]

    @property
    def h(self) -> float:
        """Height of the box."""
        return self.box[3] - self.box[1]

    @property
    def cx(self) -> float:
        """Middle of the box."""
        return (self.box[0] + self.box[2]) / 2

    @property
    def cy(self) -> float:
        """Middle of the box."""
        return (self.box[1] + self.box[3]) / 2

    @property
    def colour(self) -> Colour | None:
        """What the shape is seen as: its fill, else its stroke."""
        return self.fill if self.fill is not None else self.stroke

    @property
    def segment(self) -> bool:
        """Whether this is one straight stroke."""
        return len(self.points) == 2 and not self.curved and self.stroke is not None


def read_shapes(page: "pymupdf.Page") -> list[Shape]:
    """Every visible subpath of a page.

    Form XObjects, scaling and rotation are resolved by MuPDF. Shapes wholly outside their clip are left out. A
    clip painted by a tiling pattern (a hatch) or by a shading becomes one shape of the clip's outline.
    """
    reader = _Reader(matrix=page.rotation_matrix if page.rotation else None, page=page)
    for drawing in page.get_cdrawings(extended=True):
        reader.add(drawing)
    reader.unwind(0)
    if reader.empty_clips:
        reader.shapes.extend(_shadings(page, reader.empty_clips, reader.orders))
        reader.shapes.sort(key=lambda shape: shape.order)
    return reader.shapes


@dataclass(slots=True)
class _Clip:
    level: int
    box: Box
    drawing: dict[str, Any]
    order: int
    start: int  # how many shapes there were before
    used: bool = False
    first: dict[str, Any] | None = None
    tile: dict[str, Any] | None = None


@dataclass(slots=True)
class _Reader:
    matrix: Any
    page: Any
    patterned: bool | None = None
    shapes: list[Shape] = field(default_factory=list)
    empty_clips: list[Shape] = field(default_factory=list)
    clips: list[_Clip] = field(default_factory=list)
    order: int = 0
    orders: list[int] = field(default_factory=list)

    def add(self, drawing: dict[str, Any]) -> None:
        """Take the next drawing of the page."""
        kind, level = drawing["type"], drawing.get("level", 0)
        self.unwind(level)
        if kind == "clip":
            self.clips.append(_Clip(level, tuple(drawing["scissor"]), drawing, self.order, len(self.shapes)))
            return
        if kind == "group":
            return
        self.order = drawing["seqno"]
        self.orders.append(self.order)
        clip = self.clips[-1] if self.clips else None
        if clip is not None:
            clip.used = True
            clip.first = clip.first or drawing
            if clip.tile is not None:
                return
            if self._tiles(drawing["rect"], clip):
                clip.tile = clip.first
                del self.shapes[clip.start :]
                return
            if "f" in kind and covers(drawing, clip.box):
                painted = {**clip.drawing, "type": "f", "fill": drawing["fill"], "seqno": self.order}
                self.shapes.extend(self._subpaths(painted))
                return
            if not touches(drawing["rect"], clip.box):
                return
        self.shapes.extend(self._subpaths(drawing))

    def unwind(self, level: int) -> None:
        """Close every clip at this level or deeper."""
        while self.clips and self.clips[-1].level >= level:
            clip = self.clips.pop()
            if clip.tile is not None:
                painted = {**clip.drawing, "type": "f", "fill": _tile_colour(clip.tile), "seqno": clip.order + 1}
                self.shapes.extend(self._subpaths(painted, painted_by_clip=True))
            elif not clip.used and clip.box[2] - clip.box[0] > _MIN_CLIP and clip.box[3] - clip.box[1] > _MIN_CLIP:
                bare = {**clip.drawing, "type": "f", "seqno": clip.order}
                self.empty_clips.extend(self._subpaths(bare, painted_by_clip=True))
            if self.clips:
                self.clips[-1].used = True

    def _tiles(self, rect: Any, clip: _Clip) -> bool:
        """Whether a drawing can only be the cell of a pattern: it sticks out of a small clip, and is no ground of it.

        MuPDF reports the cells of a pattern where they were defined, not where they are painted.
        """
        box = clip.box
        largest = _LARGEST_HATCH if clip.level > 0 else _LARGEST_SWATCH
        if max(box[2] - box[0], box[3] - box[1]) > largest:
            return False
        inside = rect[0] >= box[0] - 1 and rect[1] >= box[1] - 1 and rect[2] <= box[2] + 1 and rect[3] <= box[3] + 1
        around = rect[0] <= box[0] and rect[1] <= box[1] and rect[2] >= box[2] and rect[3] >= box[3]
        around &= (rect[2] - rect[0]) * (rect[3] - rect[1]) < _GROUND * (box[2] - box[0]) * (box[3] - box[1])
        return not inside and not around and self._has_patterns()

    def _has_patterns(self) -> bool:
        """Whether the page or a form on it has patterns among its resources."""
        if self.patterned is None:
            document = self.page.parent
            places = [self.page.xref, *(item[0] for item in document.get_page_xobjects(self.page.number))]
            self.patterned = any(
                document.xref_get_key(xref, "Resources/Pattern")[0] not in {"null", "bool"} for xref in places
            )
        return self.patterned

    def _subpaths(self, drawing: dict[str, Any], *, painted_by_clip: bool = False) -> Iterator[Shape]:
        kind = drawing["type"]
        fill = drawing.get("fill") if "f" in kind and drawing.get("fill_opacity") != 0 else None
        stroke = drawing.get("color") if "s" in kind and drawing.get("stroke_opacity") != 0 else None
        if fill is not None and stroke is not None and not drawing.get("width"):
            stroke = None
        if fill is None and stroke is None and not painted_by_clip:
            return
        paint = {
            "fill": _rgb(fill),
            "stroke": _rgb(stroke),
            "width": drawing.get("width") or 0.0,
            "dash": _dash(drawing.get("dashes")),
            "opacity": (drawing.get("fill_opacity") if fill is not None else drawing.get("stroke_opacity")) or 1.0,
            "order": drawing["seqno"],
            "painted_by_clip": painted_by_clip,
            "cap": (drawing.get("lineCap") or (0,))[0],
        }
        for points, knots, curved in split(drawing["items"], self.matrix):
            closed = len(points) > 2 and (
                math.dist(points[0], points[-1]) < CLOSE or fill is not None or bool(drawing.get("closePath"))
            )
            xs, ys = [p[0] for p in points], [p[1] for p in points]
            box = (min(xs), min(ys), max(xs), max(ys))
            rect = closed and (is_rounded_rect(points, box) if curved else is_rect(points, box))
            yield Shape(
                points=tuple(points), knots=tuple(knots), box=box, curved=curved, closed=closed, rect=rect, **paint
            )


def _rgb(colour: Any) -> Colour | None:
    if colour is None:
        return None
    red, green, blue = (round(c, 3) for c in (colour if len(colour) == 3 else (colour[0],) * 3))
    return (red, green, blue)


def _dash(dashes: str | None) -> str:
    if not dashes:
        return ""
    inner = dashes.partition("]")[0].strip("[ ")
    lengths = [float(number) for number in inner.split()]
    gaps = lengths[1::2] if len(lengths) % 2 == 0 else lengths
    return inner if any(gaps) else ""


def _tile_colour(tile: dict[str, Any]) -> Any:
    return tile.get("fill") or tile.get("color") or (0.5, 0.5, 0.5)


def _shadings(page: "pymupdf.Page", clips: list[Shape], orders: Sequence[int]) -> list[Shape]:
    """The clips that a shading fills, with the colour seen at their middle.

    ``orders`` say when paths were drawn, ascending; a shading was drawn between its clip and the path after.
    """
    import pymupdf

    shades = [(order, box) for order, (kind, box, *_) in enumerate(page.get_bboxlog()) if kind == "fill-shade"]
    if not shades:
        return []
    pixmap = page.get_pixmap(dpi=72, alpha=False, colorspace=pymupdf.csRGB)
    out = []
    for clip in clips:
        x, y = min(max(int(clip.cx), 0), pixmap.width - 1), min(max(int(clip.cy), 0), pixmap.height - 1)
        after = bisect.bisect_right(orders, clip.order)
        until = orders[after] if after < len(orders) else math.inf
        own = [box for order, box in shades if clip.order <= order < until]
        if not any(b[0] - 1 <= clip.cx <= b[2] + 1 and b[1] - 1 <= clip.cy <= b[3] + 1 for b in own):
            continue
        red, green, blue = (value / 255 for value in pixmap.pixel(x, y))
        out.append(
            Shape(
                points=clip.points,
                knots=clip.knots,
                box=clip.box,
                order=clip.order,
                fill=(red, green, blue),
                curved=clip.curved,
                closed=True,
                rect=clip.rect,
                painted_by_clip=True,
            )
        )
    return out
