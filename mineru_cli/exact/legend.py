"""Legends: the keys beside texts, and which series each names.

Comes in: a panel's ink, the labels around it, and the series found. Goes out: entries, and names given to series by
colour, dash, width and marker, one to one, best match first. Knows nothing of values.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mineru_cli.exact.marks import Ink, Signature, Trace, alike, light, signature
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.scale import is_number
from mineru_cli.exact.text import Label
from mineru_cli.schema import Box

_LONGEST_NAME = 60


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
    pool = [s for s in ink.inside + ink.near if s.h <= 31 and s.w <= 75]
    varieties = {id(shape): variety for shape, variety in ink.crosses}
    pool += [shape for shape, _ in ink.crosses]
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


def _known(shape: Shape, paints: set[Colour]) -> bool:
    return any(alike(colour, paint, 0.04) for colour in (shape.fill, shape.stroke) if colour for paint in paints)


def _is_ground(shape: Shape, ink: Ink, label: Label) -> bool:
    """Whether a shape is the legend's own ground or frame, not a key."""
    plain = shape.stroke is None and (light(shape.fill) or alike(shape.fill, ink.background))
    return plain or (shape.rect and shape.w > 4.5 * label.size)


def _entries_on_side(
    pool: list[Shape], labels: Sequence[Label], box: Box, *, left: bool
) -> list[tuple[Label, list[Shape]]]:
    beside = []
    for label in labels:
        if len(label.text) <= _LONGEST_NAME and label.angle == 0 and _around(label, box):
            shapes = _swatches(pool, label, left=left)
            if shapes:
                beside.append((label, shapes))
    kept = []
    for index, (label, shapes) in enumerate(beside):
        others = [other for k, other in enumerate(beside) if k != index]
        fitting = [s for s in shapes if any(_aligned(label, [s], *other, box) for other in others)]
        if not fitting and _lone_key(label, shapes, box):
            fitting = shapes
        if fitting:  # marks of the chart may stand beside a name by chance: only what lines up is its key
            kept.append((label, [s for s in shapes if any(_concentric(s, f) for f in fitting)]))
    return kept


def _concentric(a: Shape, b: Shape) -> bool:
    return a is b or (abs(a.cx - b.cx) < 0.6 and abs(a.cy - b.cy) < 1.0)


def _around(label: Label, box: Box) -> bool:
    x0, y0, x1, y1 = box
    w, h = x1 - x0, y1 - y0
    return x0 - 0.4 * w - 20 < label.cx < x1 + 0.9 * w + 60 and y0 - 0.45 * h - 40 < label.cy < y1 + 0.45 * h + 60


def _swatches(pool: list[Shape], label: Label, *, left: bool) -> list[Shape]:
    out = []
    for shape in pool:
        if (
            abs(shape.cy - label.cy) > 0.45 * label.size + 0.5
            or shape.h > 2.6 * label.size
            or shape.w > 5.5 * label.size
        ):
            continue
        gap = label.box[0] - shape.box[2] if left else shape.box[0] - label.box[2]
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
    row = abs(a.cy - b.cy) < 1 and abs(a.cx - b.cx) < box[2] - box[0]
    return row and any(abs(p.cy - q.cy) < 1.5 and abs(p.w - q.w) < 2.0 and p is not q for p in mine for q in theirs)


def _lone_key(label: Label, shapes: list[Shape], box: Box) -> bool:
    """Whether one entry alone is a legend: a level line as key, or a patch outside the plot area."""
    if is_number(label.text):
        return False
    if any(s.w > 1.2 * label.size and s.h < 0.1 and s.fill is None for s in shapes):
        return True
    x0, y0, x1, y1 = box
    outside = label.cx > x1 or label.cx < x0 or label.cy < y0 or label.cy > y1
    return outside and any(s.fill is not None and (s.rect or s.curved) and s.w >= 0.4 * label.size for s in shapes)


def _sure_alone(entry: Entry, ink: Ink) -> bool:
    same = [s for s in ink.inside if alike(s.colour, entry.shapes[0].colour)]
    return len(same) >= 2


def _key(shapes: Sequence[Shape], varieties: dict[int, str]) -> Key:
    patch = line = marker = None
    dash, width, sign = "", 0.0, None
    for s in shapes:
        if s.fill is not None and s.rect and (s.w > 1.2 * s.h or s.w > 5):
            patch = s.fill
        elif (len(s.points) <= 4 or s.dash) and s.stroke is not None and s.fill is None and s.w > 4 and s.h < 0.3:
            line, dash, width = s.stroke, s.dash, round(s.width, 2)
        elif id(s) in varieties or s.fill is not None or s.curved or s.closed:
            marker, sign = s.colour, signature(s, varieties.get(id(s), ""))
        elif s.stroke is not None and marker is None:
            marker = s.stroke
    return Key(patch=patch, line=line, dash=dash, width=width, marker=marker, signature=sign)


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
        if on_key and shape.h < 16 and a1 - a0 < 76:
            ids.add(id(shape))
        around = a0 <= x0 + 1 and a1 >= x1 - 1 and b0 <= y0 + 3 and b1 >= y1 - 3
        if around and (shape.rect or shape.curved) and a1 - a0 < x1 - x0 + 40 and b1 - b0 < y1 - y0 + 50:
            ids.add(id(shape))
    return ids


def name_traces(traces: Sequence[Trace], entries: Sequence[Entry]) -> list[Entry]:
    """Give series the names of the entries they match, best first; returns the entries left over."""
    scores = [(affinity(trace, entry.key), t, e) for t, trace in enumerate(traces) for e, entry in enumerate(entries)]
    scores.sort(key=lambda item: (-item[0], item[1], item[2]))
    named: set[int] = set()
    used: set[int] = set()
    for score, t, e in scores:
        if score <= 0 or t in named or e in used:
            continue
        traces[t].name = entries[e].label.text
        named.add(t)
        used.add(e)
    return [entry for e, entry in enumerate(entries) if e not in used]


def affinity(trace: Trace, key: Key) -> float:
    """How well a key fits a series; 0 where it cannot be its own."""
    if trace.kind in {"bar", "hbar", "area", "band"}:
        return _affinity_filled(trace, key)
    if trace.kind in {"line", "step"}:
        return _affinity_line(trace, key)
    score = 0.0
    if key.marker is not None and (alike(key.marker, trace.colour) or alike(key.marker, trace.stroke)):
        score = 2.0
    elif key.patch is not None and alike(key.patch, trace.colour):
        score = 1.5
    if score and key.signature is not None and trace.marker is not None:
        score += 1.0 if key.signature[1:] == trace.marker[1:] else 0.0
        score += 0.5 if key.signature[0] == trace.marker[0] else 0.0
    return score - (1.0 if score and key.line is not None else 0.0)


def _affinity_filled(trace: Trace, key: Key) -> float:
    for tolerance, score in ((0.02, 3.0), (0.06, 2.0)):
        if alike(key.patch, trace.colour, tolerance) or alike(key.marker, trace.colour, tolerance):
            return score
    return 1.0 if alike(key.line, trace.colour) and key.line is not None else 0.0


def _affinity_line(trace: Trace, key: Key) -> float:
    score = 0.0
    if key.line is not None and alike(key.line, trace.stroke):
        score = 2.0 + (1.0 if key.dash == trace.dash else 0.0) + (0.5 if abs(key.width - trace.width) < 0.05 else 0.0)
    if trace.marker is not None and key.marker is not None:
        if score and key.signature is not None:
            score += 3.0 if key.signature[1:] == trace.marker[1:] else 0.0
            score += 0.5 if key.signature[0] == trace.marker[0] else 0.0
            score += 1.0 if alike(key.marker, trace.marker_colour) else 0.0
        elif not score and (alike(key.marker, trace.stroke) or alike(key.marker, trace.marker_colour)):
            score = 2.0
    elif score and key.marker is not None:
        score -= 1.0
    if not score and key.line is None and (alike(key.patch, trace.stroke) or alike(key.marker, trace.stroke)):
        score = 1.0
    return score


def name_directly(traces: Sequence[Trace], labels: Sequence[Label]) -> None:
    """Name lines by a text of their own colour that stands at their end or beside them."""
    for trace in traces:
        if (
            trace.name
            or trace.stroke is None
            or max(trace.stroke) < 0.2
            or trace.kind not in {"line", "step", "scatter"}
        ):
            continue
        same = [label for label in labels if alike(label.colour, trace.stroke, 0.03) and not is_number(label.text)]
        if len(same) == 1:
            trace.name = same[0].text
        elif same:
            x, y = trace.places[-1]
            nearest = min(same, key=lambda label: abs(label.box[0] - x) + abs(label.cy - y))
            if abs(nearest.cy - y) < 1.5 * nearest.size:
                trace.name = nearest.text
