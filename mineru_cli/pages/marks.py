"""What a born-digital PDF page is made of, as plain boxes: lines of text, ink, pictures.

Comes in: a PyMuPDF page. Goes out: `PageMarks`, every box in points of the page as displayed. Knows nothing of figures;
it only says what was drawn, where, and in which order.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mineru_cli.pages.boxes import area, centre, height, holds, intersection, union, width
from mineru_cli.schema import Box

if TYPE_CHECKING:
    import pymupdf

MANY_PATHS = 20_000
"""Above this a page's paths are taken from MuPDF's log of boxes, which costs half as much and knows no shapes."""

_THIN = 1.5
_WHITE = 0.97
_POLYLINE = 4
_PAGE_SIZED = 0.85
_PICTURE_KINDS = frozenset({"fill-image", "fill-imgmask"})
_ABUTS = 1.0
_ROUNDED_CORNERS = (4, 8)
_ROUNDED_SIDES = (3, 4)

Place = Callable[[tuple[float, float, float, float]], Box]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text.

    ``style`` is font and size, ``size`` the type's height in points, ``block`` numbers its paragraph. ``turn`` is how
    far it is turned, in degrees counterclockwise, to the nearest right angle.
    """

    box: Box
    text: str
    size: float
    style: str
    block: int
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """A piece of visible vector drawing.

    ``shape``: rule (a thin straight line along an axis), fill (a filled rectangle), frame (an outlined one), curve (all
    else). ``strokes`` counts the pieces of a curve. ``order`` is its place in the page's drawing order.
    """

    box: Box
    shape: Literal["rule", "fill", "frame", "curve"]
    order: int
    strokes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture object; ``pixels`` is the size of its source."""

    box: Box
    pixels: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMarks:
    """Everything drawn on a page.

    ``grounds`` are rectangles that bound a drawing without being seen themselves: white fills and clips.
    ``runs`` are the pieces of text in drawing order: (order, box). ``hidden`` holds text that cannot be seen, being
    invisible or under a picture of the whole page, as a scanner's recognised text is.
    """

    width: float
    height: float
    lines: tuple[Line, ...]
    hidden: tuple[Line, ...]
    inks: tuple[Ink, ...]
    grounds: tuple[Box, ...]
    pictures: tuple[Picture, ...]
    runs: tuple[tuple[int, Box], ...]

    @property
    def box(self) -> Box:
        """The page itself."""
        return 0.0, 0.0, self.width, self.height


def read_marks(page: "pymupdf.Page") -> PageMarks:
    """Read what is drawn on a page; about 5 ms for an ordinary one."""
    place = _placer(page)
    bounds: Box = (0.0, 0.0, float(page.rect.width), float(page.rect.height))
    log = [(order, kind, place(box)) for order, (kind, box) in enumerate(page.get_bboxlog())]
    paths = sum(kind.endswith("-path") for _, kind, _ in log)
    inks: list[Ink] = []
    grounds: list[Box] = []
    if paths > MANY_PATHS:
        inks = [_unknown_ink(box, order) for order, kind, box in log if kind.endswith("-path")]
    elif paths:
        for clip, path in _visible_paths(page, place, bounds, grounds):
            inks.extend(_inks(path, clip, place, grounds))
    runs = tuple((order, box) for order, kind, box in log if kind in {"fill-text", "stroke-text"})
    lines = list(_lines(page, place)) if any(kind.endswith("-text") for _, kind, _ in log) else []
    pictured = any(kind in _PICTURE_KINDS for _, kind, _ in log)
    pictures = _pictures(page, place, bounds) if pictured else ()
    cover = max((order for order, kind, box in log if kind in _PICTURE_KINDS and _covers(box, bounds)), default=-1)
    bare = [centre(box) for order, box in runs if order > cover]
    seen = [visible and (cover < 0 or any(holds(line.box, middle) for middle in bare)) for visible, line in lines]
    return PageMarks(
        width=bounds[2],
        height=bounds[3],
        lines=tuple(line for (_, line), shown in zip(lines, seen, strict=True) if shown),
        hidden=tuple(line for (_, line), shown in zip(lines, seen, strict=True) if not shown),
        inks=tuple(inks),
        grounds=tuple(dict.fromkeys(grounds)),
        pictures=pictures,
        runs=runs,
    )


def _covers(box: Box, page: Box) -> bool:
    """Whether what is painted on the box hides the text drawn before it."""
    return area(intersection(box, page)) >= _PAGE_SIZED * area(page)


def _placer(page: "pymupdf.Page") -> Place:
    """A function from PyMuPDF's unrotated coordinates to those of the page as displayed."""
    if page.rotation == 0:
        return lambda box: (box[0], box[1], box[2], box[3])
    a, b, c, d, e, f = page.rotation_matrix

    def place(box: tuple[float, float, float, float]) -> Box:
        xs = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
        ys = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
        return min(xs), min(ys), max(xs), max(ys)

    return place


def _visible_paths(
    page: "pymupdf.Page", place: Place, bounds: Box, grounds: list[Box]
) -> Iterator[tuple[Box, dict[str, Any]]]:
    """Each painted path with the clip that holds for it; rectangular clips are added to ``grounds``."""
    clips: list[tuple[int, Box]] = []
    for path in page.get_cdrawings(extended=True):
        level = path["level"]
        while clips and clips[-1][0] >= level:
            clips.pop()
        clip = clips[-1][1] if clips else bounds
        if path["type"] == "clip":
            clip = intersection(clip, place(path["scissor"]))
            clips.append((level, clip))
            grounds.append(clip)
        elif path["type"] != "group":
            yield clip, path


def _inks(path: dict[str, Any], clip: Box, place: Place, grounds: list[Box]) -> Iterator[Ink]:
    """The visible pieces of one path: its rectangles and axis-parallel lines one by one, the rest as one curve."""
    fill = path.get("fill") if path.get("fill_opacity", 1.0) else None
    stroke = path.get("color") if path.get("stroke_opacity", 1.0) else None
    if fill is None and stroke is None:
        return
    order, filled = path["seqno"], fill is not None
    rectangles, straight, bends, slants = _pieces(path["items"])
    if stroke is None and fill is not None and min(fill) >= _WHITE:
        grounds.extend(intersection(place(box), clip) for box in rectangles)
        return
    for box in rectangles:
        shown = intersection(place(box), clip)
        if _seen(shown):
            yield _rectangle(shown, order, filled=filled)
    outline = intersection(place(path["rect"]), clip)
    rounded = not slants and bends in _ROUNDED_CORNERS and len(straight) in _ROUNDED_SIDES
    if rounded and _seen(outline):
        yield _rectangle(outline, order, filled=filled)
    elif bends + slants or (len(straight) > _POLYLINE and _connected(path["items"])):
        if _seen(outline):
            yield Ink(box=outline, shape="curve", order=order, strokes=bends + slants + len(straight))
    else:
        yield from _straight_inks([intersection(place(box), clip) for box in straight], order, filled=filled)


def _pieces(items: list[Any]) -> tuple[list[Box], list[Box], int, int]:
    """A path's rectangles, its axis-parallel lines, and how many of its other pieces are curves and slanted lines."""
    rectangles: list[Box] = []
    straight: list[Box] = []
    bends = slants = 0
    for item in items:
        if item[0] == "re":
            rectangles.append(tuple(item[1]))
        elif item[0] == "c":
            bends += 1
        elif item[0] == "l" and (segment := _axis_parallel(item[1], item[2])) is not None:
            straight.append(segment)
        else:
            slants += 1
    return rectangles, straight, bends, slants


def _straight_inks(straight: list[Box], order: int, *, filled: bool) -> Iterator[Ink]:
    """Lone rules, or the one rectangle they close."""
    seen = [box for box in straight if _seen(box)]
    if filled and seen:
        left, top, right, bottom = (
            pick(column) for pick, column in zip((min, min, max, max), zip(*seen, strict=True), strict=True)
        )
        yield _rectangle((left, top, right, bottom), order, filled=True)
    else:
        for box in seen:
            yield Ink(box=box, shape="rule", order=order)


def _rectangle(box: Box, order: int, *, filled: bool) -> Ink:
    thin = min(width(box), height(box)) <= _THIN
    return Ink(box=box, shape="rule" if thin else "fill" if filled else "frame", order=order)


def _unknown_ink(box: Box, order: int) -> Ink:
    thin = min(width(box), height(box)) <= _THIN
    return Ink(box=box, shape="rule" if thin else "curve", order=order, strokes=0 if thin else 1)


def _axis_parallel(start: tuple[float, float], end: tuple[float, float]) -> Box | None:
    (x0, y0), (x1, y1) = start, end
    if abs(x0 - x1) > 0.1 and abs(y0 - y1) > 0.1:
        return None
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _connected(items: list[Any]) -> bool:
    """Whether each line of a path starts where the one before it ended."""
    return all(one[0] == other[0] == "l" and one[2] == other[1] for one, other in itertools.pairwise(items))


def _seen(box: Box) -> bool:
    """Whether a clipped box still has an extent along either axis."""
    return box[2] >= box[0] and box[3] >= box[1] and (box[2] - box[0] + box[3] - box[1]) > 0.1


def _lines(page: "pymupdf.Page", place: Place) -> Iterator[tuple[bool, Line]]:
    """Each line of text, and whether it can be seen."""
    import pymupdf

    flags = pymupdf.TEXTFLAGS_DICT & ~pymupdf.TEXT_PRESERVE_IMAGES
    for number, block in enumerate(page.get_text("dict", flags=flags)["blocks"]):
        for line in block.get("lines", ()):
            text = "".join(span["text"] for span in line["spans"]).strip()
            if not text:
                continue
            longest = max(line["spans"], key=lambda span: len(span["text"]))
            box = place(line["bbox"])
            yield (
                bool(longest.get("alpha", 255)),
                Line(
                    box=box,
                    text=text,
                    size=float(longest["size"]),
                    style=f"{longest['font']} {longest['size']:.1f}",
                    block=number,
                    turn=_turn(line["dir"], page.rotation),
                ),
            )


def _turn(direction: tuple[float, float], page_rotation: int) -> int:
    """Degrees counterclockwise, as displayed, of a writing direction whose y points down and ignores /Rotate."""
    angle = math.degrees(math.atan2(-direction[1], direction[0])) - page_rotation
    return round(angle / 90) * 90 % 360


def _pictures(page: "pymupdf.Page", place: Place, bounds: Box) -> tuple[Picture, ...]:
    found = (
        Picture(box=intersection(place(info["bbox"]), bounds), pixels=(info["width"], info["height"]))
        for info in page.get_image_info()
    )
    shown = [picture for picture in found if area(picture.box) > 0]
    return tuple(_joined_tiles(_joined_tiles(shown, along=0), along=1))


def _joined_tiles(pictures: list[Picture], *, along: int) -> list[Picture]:
    """Pictures cut into tiles, put together: those that abut along one axis with the same ends on the other."""
    across = 1 - along

    def ends(picture: Picture) -> tuple[int, int]:
        return round(picture.box[across]), round(picture.box[across + 2])

    whole: list[Picture] = []
    for tile in sorted(pictures, key=lambda picture: (*ends(picture), picture.box[along])):
        last = whole[-1] if whole else None
        if last and ends(last) == ends(tile) and abs(last.box[along + 2] - tile.box[along]) <= _ABUTS:
            pixels = list(last.pixels)
            pixels[along] += tile.pixels[along]
            whole[-1] = Picture(box=union((last.box, tile.box)), pixels=(pixels[0], pixels[1]))
        else:
            whole.append(tile)
    return whole
