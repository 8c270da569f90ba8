"""Pies and donuts: wedges around one centre, their shares and their names.

Comes in: shapes and labels of a page. Goes out: `Pie`, one a whole circle of wedges. Knows nothing of axes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.forms import alike
from mineru_cli.exact.leaders import leads, led_to
from mineru_cli.exact.legend import Entry, find_legend
from mineru_cli.exact.marks import Ink
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.scale import Floats
from mineru_cli.exact.slice_labels import at_wedges, name_and_share, with_shares
from mineru_cli.exact.text import Label
from mineru_cli.exact.titles import CAPTION
from mineru_cli.numbers import parse_number
from mineru_cli.schema import Box, Chart, Flag, Point, Series

_FULL = 2 * math.pi
_SMALLEST = 18.0  # points: a smaller circle of wedges is an icon
_MOST_POINTS = 400  # of one slice
_LARGER = 1.1  # times the size of a pie's names, at least, is a heading
_GAP = 0.03  # radians between two slices at most
_TIP = 0.05  # of the radius
_ROUND = 0.02  # of the radius: how far a rim point may lie off the circle


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wedge:
    """A slice: its centre, radius, angle (radians) and the direction of its middle (mathematical sense, y up)."""

    centre: tuple[float, float]
    radius: float
    angle: float
    middle: float
    fill: Colour | None
    order: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pie:
    """The wedges of one pie, in drawing order."""

    wedges: tuple[Wedge, ...]
    centre: tuple[float, float]
    radius: float

    @property
    def box(self) -> Box:
        """The circle's box."""
        (x, y), r = self.centre, self.radius
        return (x - r, y - r, x + r, y + r)


def find_pies(shapes: Sequence[Shape]) -> list[Pie]:
    """Find sets of two or more wedges that close a circle."""
    round_shapes = [s for s in shapes if s.fill is not None and not s.rect and len(s.points) > 5 and max(s.w, s.h) > 12]
    if len(round_shapes) < 2:
        return []
    pies = _circles([w for w in map(_wedge, round_shapes) if w is not None])
    taken = {wedge.order for pie in pies for wedge in pie.wedges}
    pies += _circles(_ring_pieces([shape for shape in round_shapes if shape.order not in taken]))
    return [pie for pie in pies if pie.radius >= _SMALLEST]


def _wedge(shape: Shape) -> Wedge | None:
    """A slice with its tip at the centre: one vertex from which all others are equally far."""
    points = np.array(shape.points)
    if np.allclose(points[0], points[-1], atol=1e-2):
        points = points[:-1]
    if not 4 <= len(points) <= _MOST_POINTS:
        return None
    gaps = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
    others = gaps > 1e-3
    count = np.maximum(others.sum(axis=1), 1)
    radii = gaps.sum(axis=1) / count
    spread = np.sqrt(np.maximum((gaps**2).sum(axis=1) / count - radii**2, 0.0)) / np.maximum(radii, 1e-9)
    spread[(radii < 6) | (count < 3)] = np.inf
    tip = int(np.argmin(spread))
    if spread[tip] > 0.012:
        return None
    radius = float(radii[tip])
    rim = np.roll(points, -tip, axis=0)[1:] - points[tip]
    angles = np.unwrap(np.arctan2(-rim[:, 1], rim[:, 0]))
    return Wedge(
        centre=(float(points[tip, 0]), float(points[tip, 1])),
        radius=radius,
        angle=abs(float(angles[-1] - angles[0])),
        middle=float(angles[0] + angles[-1]) / 2,
        fill=shape.fill,
        order=shape.order,
    )


def _ring_pieces(shapes: Sequence[Shape]) -> list[Wedge]:
    """Pieces of a ring, or of a pie with blunt tips, around the middle of all round shapes together."""
    out: list[Wedge] = []
    for group in _neighbours(shapes):
        boxes = np.array([s.box for s in group])
        x, y = (boxes[:, 0].min() + boxes[:, 2].max()) / 2, (boxes[:, 1].min() + boxes[:, 3].max()) / 2
        for shape in group:
            rim = np.array(shape.points) - (x, y)
            far = np.hypot(rim[:, 0], rim[:, 1])
            outer, inner = float(far.max()), float(far.min())
            on_rims = (np.abs(far - outer) < _ROUND * outer) | (np.abs(far - inner) < _ROUND * outer)
            on_rims |= far < _TIP * outer  # slices of a pie may have their tips rounded off
            if outer < 8 or np.mean(on_rims) < 0.95:
                continue
            angles = _swept(rim[np.abs(far - outer) < _ROUND * outer])
            out.append(
                Wedge(
                    centre=(float(x), float(y)),
                    radius=outer,
                    angle=float(np.ptp(angles)),
                    middle=float(angles.max() + angles.min()) / 2,
                    fill=shape.fill,
                    order=shape.order,
                )
            )
    return out


def _swept(rim: Floats) -> Floats:
    """Angles of a run of rim points, unwrapped, begun after the widest gap."""
    angles = np.sort(np.arctan2(-rim[:, 1], rim[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + _FULL))
    start = int(np.argmax(gaps)) + 1
    turned = np.concatenate([angles[start:], angles[:start] + _FULL])
    return np.asarray(turned, dtype=float)


def _neighbours(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """Shapes whose boxes touch, in groups."""
    groups: list[list[Shape]] = []
    for shape in shapes:
        touching = [
            g
            for g in groups
            if any(
                shape.box[0] < o.box[2] + 2
                and shape.box[2] > o.box[0] - 2
                and shape.box[1] < o.box[3] + 2
                and shape.box[3] > o.box[1] - 2
                for o in g
            )
        ]
        merged = [shape, *(s for g in touching for s in g)]
        groups = [g for g in groups if g not in touching] + [merged]
    return [sorted(g, key=lambda s: s.order) for g in groups if len(g) > 1]


def _circles(wedges: Sequence[Wedge]) -> list[Pie]:
    pies = []
    used: set[int] = set()
    for k, first in enumerate(wedges):
        if k in used:
            continue
        mine: dict[tuple[int, int], int] = {}
        for j, other in enumerate(wedges):
            same = abs(other.radius - first.radius) < 0.03 * first.radius
            if j not in used and same and math.dist(other.centre, first.centre) < 0.4 * first.radius:
                # A shadow or an outline repeats the wedge: the one drawn last is the one seen.
                mine[round(other.angle * 200), round((other.middle % _FULL) * 200)] = j
        total = sum(wedges[j].angle for j in mine.values())
        if len(mine) < 2 or abs(total - _FULL) > max(0.1, _GAP * len(mine)):
            continue
        used.update(mine.values())
        members = sorted((wedges[j] for j in mine.values()), key=lambda w: w.order)
        centre = (sum(w.centre[0] for w in members) / len(members), sum(w.centre[1] for w in members) / len(members))
        pies.append(Pie(wedges=tuple(members), centre=centre, radius=first.radius))
    return pies


def decode_pie(pie: Pie, shapes: Sequence[Shape], labels: Sequence[Label], page: Box) -> ExactFigure:
    """Read one pie: shares by angle, names by legend or by the labels beside the wedges, title and caption."""
    x0, y0, x1, y1 = pie.box
    around = (x0 - 2 * pie.radius - 60, y0 - pie.radius - 60, x1 + 2.5 * pie.radius + 80, y1 + pie.radius + 60)
    near = [label for label in labels if around[0] < label.cx < around[2] and around[1] < label.cy < around[3]]
    wedge_orders = {wedge.order for wedge in pie.wedges}
    inside = [s for s in shapes if s.order in wedge_orders]
    others = [s for s in shapes if s.order not in wedge_orders and _meets(s.box, around)]
    keys = [shape for shape in others if not leads(pie.wedges, shape)]
    ink = Ink(inside=inside, near=keys, background=(1.0, 1.0, 1.0), crosses=[], full_lines=[], spread=14.0)
    entries, _ = find_legend(ink, pie.box, near)
    legend_labels = {id(entry.label) for entry in entries}
    free = [label for label in with_shares(near) if id(label) not in legend_labels]
    chart, used = _chart(pie, entries, free, led_to(pie.wedges, others, free))
    mine = [label for label in near if id(label) in used | legend_labels]
    title = _title(pie, [label for label in near if id(label) not in used | legend_labels], mine)
    captions = [
        label for label in labels if CAPTION.match(label.text) and y1 < label.cy < y1 + 140 and label.box[0] < x1
    ]
    caption = min(captions, key=lambda c: c.cy).text if captions else ""
    boxes = [pie.box, *(label.box for label in mine)]
    boxes += [shape.box for entry in entries for shape in entry.shapes] + ([title.box] if title is not None else [])
    box = (
        max(page[0], min(b[0] for b in boxes) - 3),
        max(page[1], min(b[1] for b in boxes) - 3),
        min(page[2], max(b[2] for b in boxes) + 3),
        min(page[3], max(b[3] for b in boxes) + 3),
    )
    text = title.text if title is not None else ""
    chart = chart.model_copy(update={"title": text, "caption": caption})
    drawn = (tuple(_rim(wedge) for wedge in pie.wedges),)
    return ExactFigure(
        box=box, chart=chart, title=text, caption=caption, confidence=chart.confidence or 0.0, drawn=drawn
    )


def _meets(box: Box, other: Box) -> bool:
    return box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]


def _rim(wedge: Wedge) -> tuple[float, float]:
    x, y = wedge.centre
    return (x + wedge.radius * math.cos(wedge.middle), y - wedge.radius * math.sin(wedge.middle))


def _title(pie: Pie, labels: Sequence[Label], own: Sequence[Label]) -> Label | None:
    """The largest text above the pie: over its middle or over that of pie and names, else a heading that reaches over.

    ``own`` are the labels that name the slices.
    """
    x0, y0, x1, _ = pie.box
    right = max([x1, *(label.box[2] for label in own)])
    left = min([x0, *(label.box[0] for label in own)])
    above = [
        label
        for label in labels
        if label.angle == 0
        and y0 - 1.2 * pie.radius - 30 < label.cy < y0
        and not CAPTION.match(label.text)
        and not is_number(label.text)
    ]
    over = [
        label for label in above if abs(label.cx - pie.centre[0]) < pie.radius or left - 5 < label.cx < right + 5
    ] or [label for label in above if _heads(label, left, own, labels)]
    return max(over, key=lambda label: (round(label.size, 1), label.cy)) if over else None


def _heads(label: Label, left: float, own: Sequence[Label], labels: Sequence[Label]) -> bool:
    """Whether a text that begins left of a pie is its heading: larger than its names, and one line alone."""
    larger = all(label.size > _LARGER * other.size for other in own)
    beside = label.box[0] < left < label.box[2]
    alone = not any(
        other is not label and abs(other.size - label.size) < 0.2 and abs(other.cy - label.cy) < 1.8 * label.size
        for other in labels
    )
    return larger and beside and alone


def _chart(
    pie: Pie, entries: Sequence[Entry], labels: Sequence[Label], led: Mapping[int, Label]
) -> tuple[Chart, set[int]]:
    """The shares as a chart, and the ids of the labels used for it. ``led`` are labels that lines lead to."""
    total = sum(w.angle for w in pie.wedges)
    shares = [100 * w.angle / total for w in pie.wedges]  # slices that are set apart share what the gaps leave
    parts = {id(label): name_and_share(label) for label in labels}
    labels = [part for label in labels for part in parts[id(label)]]
    lines = {k: parts[id(label)] for k, label in led.items()}
    shares_led = {k: part for k, mine in lines.items() for part in mine if is_number(part.text)}
    printed = at_wedges(pie, [label for label in labels if is_number(label.text)], reach=1.5, known=shares_led)
    by_colour = {k: _entry_for(w, entries) for k, w in enumerate(pie.wedges)}
    names = {k: entry.label.text for k, entry in by_colour.items() if entry is not None}
    used = {id(label) for label in printed.values()}
    if len(names) < len(pie.wedges):
        words = [label for label in labels if id(label) not in used and not is_number(label.text)]
        names_led = {k: part for k, mine in lines.items() for part in mine if not is_number(part.text)}
        beside = at_wedges(pie, words, reach=2.2, known=names_led)
        used |= {id(label) for label in beside.values()}
        names = {k: label.text for k, label in beside.items()} | names
    values, raw, unit = _printed_values(shares, printed)
    points = [
        Point(x=names.get(k), y=values[k], raw=raw.get(k, ""), printed=k in raw or None) for k in range(len(pie.wedges))
    ]
    flags = []
    if len(names) < len(pie.wedges):
        flags.append(Flag(code="unnamed", message=f"{len(pie.wedges) - len(names)} slices have no name."))
    confidence = 1.0 if not flags else 0.6
    name = "Share (%)" if unit == "%" else "value"
    series = Series(name=name, unit=unit, points=points, flags=flags, confidence=confidence)
    rows = [[names.get(k, ""), f"{values[k]:g}"] for k in range(len(pie.wedges))]
    chart = Chart(
        type="pie", columns=["category", name], rows=rows, series=[series], read_by="exact", confidence=confidence
    )
    return chart, used


def _entry_for(wedge: Wedge, entries: Sequence[Entry]) -> Entry | None:
    fits = [e for e in entries if alike(e.key.patch, wedge.fill) or alike(e.key.marker, wedge.fill)]
    return fits[0] if len(fits) == 1 else None


def _printed_values(shares: Sequence[float], printed: dict[int, Label]) -> tuple[list[float], dict[int, str], str]:
    """Values printed at every wedge win when they agree with the angles; else the angles speak, in percent."""
    rounded = [round(share, 2) for share in shares]
    plain = [round(share, 1) for share in shares]
    if len(printed) < len(shares):
        return rounded, {}, "%"
    numbers = {k: parse_number(label.text) for k, label in printed.items()}
    values = [float(number.value) if (number := numbers[k]) is not None else math.nan for k in range(len(shares))]
    whole = sum(values)
    if not math.isfinite(whole) or whole <= 0:
        return rounded, {}, "%"
    agree = all(abs(100 * value / whole - share) < 0.7 for value, share in zip(values, shares, strict=True))
    raw = {k: label.text for k, label in printed.items()}
    percent = all(number is not None and number.percent for number in numbers.values()) or abs(whole - 100) < 1.5
    if agree:
        return values, raw, "%" if percent else ""
    return plain, {}, "%"
