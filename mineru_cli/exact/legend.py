"""Legends: the keys beside texts.

Comes in: a panel's ink and the labels around it. Goes out: `Entry`, a name with what its key looks like. Knows nothing
of series.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mineru_cli.exact.forms import Signature, alike, ink_colour, light, signature
from mineru_cli.exact.marks import Ink
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.symbols import is_symbol
from mineru_cli.exact.text import Label
from mineru_cli.schema import Box

_LONGEST_NAME = 60
_LONGEST_KEY = 7.5  # em
_LONG_LINE = 15.0  # points: a marker at the end of a longer line is no key
_APART = 14.0  # em from name to name in a row, under a narrow chart
_LOW = 1.2  # em: what is no higher holds no text
_THICK = 0.5  # of its length: a stroke this broad is a patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What a legend shows beside a name: a filled patch, a line, a marker, or several of them."""

    patch: Colour | None = None
    line: Colour | None = None
    dash: str = ""
    width: float = 0.0
    marker: Colour | None = None
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """A name and its key."""

    label: Label
    key: Key
    shapes: tuple[Shape, ...]


def find_legend(ink: Ink, box: Box, labels: Sequence[Label]) -> tuple[list[Entry], set[int]]:
    """Find the legend of the plot area in a box; returns its entries and the ids of every shape that belongs to it."""
    pool = [s for s in ink.inside + ink.near if s.h <= 31 and s.w <= 100]
    varieties = {id(shape): variety for shape, variety in ink.crosses}
    pool += [shape for shape, _ in ink.crosses]
    ends = {(s.stroke, *_spot(*s.points[k])) for s in ink.inside if s.stroke and s.w > _LONG_LINE for k in (0, -1)}
    pool = [s for s in pool if not any((c, *_spot(s.cx, s.cy)) in ends for c in (s.fill, s.stroke))]
    pool.sort(key=lambda s: s.cy)
    found: list[tuple[Label, list[Shape]]] = []
    for left in (True, False):
        side = _entries_on_side(pool, labels, box, left=left)
        if len(side) > len(found):
            found = side
    in_pool = {id(shape) for _, shapes in found for shape in shapes}
    drawn = ink.inside + [cross for cross, _ in ink.crosses]
    paints = {colour for s in drawn if id(s) not in in_pool for colour in (s.fill, s.stroke) if colour is not None}
    entries = []
    for label, shapes in found:
        keys = [s for s in shapes if not _is_ground(s, ink, label)]
        if keys and any(_known(s, paints) for s in keys):
            entries.append(Entry(label=label, key=_key(keys, varieties), shapes=tuple(keys)))
    if len(entries) == 1 and len(found) > 1 and not _sure_alone(entries[0], ink):
        entries = []
    return entries, _legend_ids(entries, found, ink) if entries else set()


def _spot(x: float, y: float) -> tuple[int, int]:
    return round(2 * x), round(2 * y)


def _known(shape: Shape, paints: set[Colour]) -> bool:
    return any(alike(colour, paint, 0.04) for colour in (shape.fill, shape.stroke) if colour for paint in paints)


def _is_ground(shape: Shape, ink: Ink, label: Label) -> bool:
    """Whether a shape is the legend's own ground or frame, not a key."""
    plain = shape.stroke is None and (light(shape.fill) or alike(shape.fill, ink.background))
    return plain or (shape.rect and shape.w > 4.5 * label.size and shape.h > _LOW * label.size)


def _entries_on_side(
    pool: list[Shape], labels: Sequence[Label], box: Box, *, left: bool
) -> list[tuple[Label, list[Shape]]]:
    beside: list[tuple[Label, list[Shape]]] = []
    short = [label for label in labels if len(label.text) <= _LONGEST_NAME and label.angle == 0]
    names = [label for label in short if not is_symbol(label.text)]
    ready = [label for label in names if _around(label, box)]
    rest = [label for label in names if not _around(label, box)]
    while ready:
        label = ready.pop()
        shapes = _swatches(pool, label, left=left, edge=label.box[2] if left else _column_edge(label, labels))
        if shapes:
            beside.append((label, shapes))
            ready += [other for other in rest if _in_line(label, other)]  # it may be wider than its chart, or far off
            rest = [other for other in rest if not _in_line(label, other)]
    place = {id(label): k for k, label in enumerate(labels)}
    beside.sort(key=lambda entry: place[id(entry[0])])
    kept = []
    for index, (label, shapes) in enumerate(beside):
        others = [other for k, other in enumerate(beside) if k != index]
        fitting = [s for s in shapes if any(_aligned(label, [s], *other, box) for other in others)]
        if not fitting and _lone_key(label, shapes, box):
            fitting = shapes
        if fitting:  # marks of the chart may stand beside a name by chance: only what lines up is its key
            kept.append((label, [s for s in shapes if any(_concentric(s, f) for f in fitting)]))
    return kept


def _in_line(a: Label, b: Label) -> bool:
    """Whether two texts of one size stand in one row, or close under one another in one column."""
    down = abs(a.cy - b.cy)
    flush = abs(a.box[0] - b.box[0]) < 0.6 and down < 2.2 * a.size
    return a.size == b.size and (down < 0.1 * a.size or flush)


def _concentric(a: Shape, b: Shape) -> bool:
    return a is b or (abs(a.cx - b.cx) < 0.6 and abs(a.cy - b.cy) < 1.0)


def _around(label: Label, box: Box) -> bool:
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    return x0 - 0.4 * w - 20 < label.cx < x1 + 0.9 * w + 60 and y0 - 0.45 * h - 40 < label.cy < y1 + 0.45 * h + 60


def _column_edge(label: Label, labels: Sequence[Label]) -> float:
    """Where the longest text of a label's own column ends, whose keys stand in a column to the right."""
    flush = (other for other in labels if abs(other.box[0] - label.box[0]) < 0.6 and other.size == label.size)
    return max(other.box[2] for other in flush if abs(other.cy - label.cy) < 12 * label.size)


def _swatches(pool: list[Shape], label: Label, *, left: bool, edge: float) -> list[Shape]:
    """The shapes on a label's level that begin, or end, close to it; on its right, close to the edge of its column."""
    out = []
    for shape in pool:
        if (
            abs(shape.cy - label.cy) > 0.45 * label.size + 0.5
            or shape.h > 2.6 * label.size
            or shape.w > _LONGEST_KEY * label.size
        ):
            continue
        gap = label.box[0] - shape.box[2] if left else max(shape.box[0] - edge, -0.3)
        gap = gap if left or shape.box[0] >= label.box[2] - 0.3 else -1.0
        if -0.3 <= gap <= 2.7 * label.size and not (light(shape.fill) and shape.stroke is None):
            out.append(shape)
    return out


def _aligned(a: Label, mine: list[Shape], b: Label, theirs: list[Shape], box: Box) -> bool:
    """Whether two entries stand in one column or one row of a legend."""
    column = abs(a.cy - b.cy) < 4.5 * a.size and abs(a.cy - b.cy) > 0.5 * a.size
    if column and any(abs(p.cx - q.cx) < 1.0 and abs(p.w - q.w) < 2.5 for p in mine for q in theirs):
        return True
    flush = column and abs(a.box[0] - b.box[0]) < 0.6 and abs(a.cy - b.cy) < 2.2 * a.size and abs(a.size - b.size) < 0.1
    level_a = [p for p in mine if abs(p.cy - a.cy) < 1.2]
    level_b = [q for q in theirs if abs(q.cy - b.cy) < 1.2]
    if flush and any(abs(p.cx - q.cx) < a.size and p is not q and p.rect != q.rect for p in level_a for q in level_b):
        return True
    row = abs(a.cy - b.cy) < 1 and abs(a.cx - b.cx) < max(box[2] - box[0], _APART * a.size)
    return row and any(abs(p.cy - q.cy) < 1.5 and abs(p.w - q.w) < 2.0 and p is not q for p in mine for q in theirs)


def _lone_key(label: Label, shapes: list[Shape], box: Box) -> bool:
    """Whether one entry alone is a legend: a level line as key, or a patch outside the plot area."""
    if is_number(label.text):
        return False
    if any(s.w > 1.2 * label.size and s.h < 0.1 and s.fill is None for s in shapes):
        return True
    x0, y0, x1, y1 = box
    outside = label.cx > x1 or label.cx < x0 or label.cy < y0 or label.cy > y1
    beyond = [
        s for s in shapes if not (x0 - s.w < s.cx < x1 + s.w and y0 - s.h < s.cy < y1 + s.h)
    ]  # no mark on the edge
    return outside and any(s.fill is not None and (s.rect or s.curved) and s.w >= 0.4 * label.size for s in beyond)


def _sure_alone(entry: Entry, ink: Ink) -> bool:
    same = [s for s in ink.inside if alike(s.colour, entry.shapes[0].colour)]
    return len(same) >= 2


def _key(shapes: Sequence[Shape], varieties: dict[int, str]) -> Key:
    patch = line = marker = None
    dash, width, sign = "", 0.0, None
    for s in shapes:
        if s.fill is not None and s.rect and (s.w > 1.2 * s.h or s.w > 5):
            patch = s.fill
        elif s.segment and s.width > _THICK * max(s.w, s.h):
            patch = s.stroke
        elif (len(s.points) <= 4 or s.dash) and s.stroke is not None and s.fill is None and s.w > 4 and s.h < 0.3:
            line, dash, width = s.stroke, s.dash, round(s.width, 2)
        elif id(s) in varieties or s.fill is not None or s.curved or s.closed:
            marker, sign = ink_colour(s), signature(s, varieties.get(id(s), ""))
        elif s.stroke is not None and marker is None:
            marker = s.stroke
    return Key(patch=patch, line=line, dash=dash, width=width, marker=marker, signature=sign)


def _frame_side(shape: Shape, box: Box, size: float) -> bool:
    """Whether a straight line is one side of a frame that was drawn side by side around a legend's box."""
    if not shape.segment:
        return False
    for at, low, high, edges, ends in (
        (shape.cy, shape.box[0], shape.box[2], (box[1], box[3]), (box[0], box[2])),
        (shape.cx, shape.box[1], shape.box[3], (box[0], box[2]), (box[1], box[3])),
    ):
        level = min(shape.w, shape.h) < 0.1 and high - low > max(shape.w, shape.h) - 0.1
        beside = any(0 <= sign * (edge - at) < 2 * size for sign, edge in zip((1, -1), edges, strict=True))
        spans = ends[0] - 2 * size < low <= ends[0] + 1 and ends[1] - 1 <= high < ends[1] + 2 * size
        if level and beside and spans:
            return True
    return False


def _legend_ids(entries: Sequence[Entry], found: Sequence[tuple[Label, list[Shape]]], ink: Ink) -> set[int]:
    """The ids of the keys, of doubles under them and of the legend's frame."""
    kept = {id(entry.label) for entry in entries}
    keys = [shape for label, shapes in found if id(label) in kept for shape in shapes]
    ids = {id(shape) for shape in keys}
    x0 = min(min(e.label.box[0], *(s.box[0] for s in e.shapes)) for e in entries)
    x1 = max(max(e.label.box[2], *(s.box[2] for s in e.shapes)) for e in entries)
    y0, y1 = min(e.label.box[1] for e in entries), max(e.label.box[3] for e in entries)
    for shape in ink.inside + ink.near + [cross for cross, _ in ink.crosses]:
        a0, b0, a1, b1 = shape.box
        on_key = any(abs(shape.cx - k.cx) < 0.5 and abs(shape.cy - k.cy) < 0.5 for k in keys)
        if on_key and shape.h < 16 and a1 - a0 < 101:
            ids.add(id(shape))
        around = a0 <= x0 + 1 and a1 >= x1 - 1 and b0 <= y0 + 3 and b1 >= y1 - 3
        if _frame_side(shape, (x0, y0, x1, y1), entries[0].label.size):
            ids.add(id(shape))
        if around and (shape.rect or shape.curved) and a1 - a0 < x1 - x0 + 40 and b1 - b0 < y1 - y0 + 50:
            ids.add(id(shape))
    return ids
