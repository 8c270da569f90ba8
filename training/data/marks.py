"""Bars, lines, areas, points and slices, with the values written at them.

Comes in: a `Plot`, which knows where a value stands on the picture. Goes out: nothing, the canvas is drawn on.
"""

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

import skia

from training.data.canvas import Canvas, font, paint
from training.data.spec import Spec
from training.data.styles import Style


class Crowded(Exception):  # noqa: N818 - not an error: the draw is tried again
    """There is not enough room for what is to be read."""


@dataclass(slots=True)
class Plot:
    """The rectangle between the axes, in pixels, and what is drawn in it."""

    x0: float
    y0: float
    x1: float
    y1: float
    spec: Spec
    style: Style
    span: tuple[float, float] | None = None
    verticals: list[float] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    unlabelled: set[tuple[int, int]] = field(default_factory=set)

    @property
    def from_edge(self) -> bool:
        """Whether the first category stands at the left end of the plot and the last at its right."""
        spec = self.spec
        return spec.kind == "area" or spec.between is not None or (spec.kind == "line" and self.style.edges)

    @property
    def step(self) -> float:
        """The room of a category along its axis."""
        length = (self.y1 - self.y0) if self.spec.kind == "barh" else (self.x1 - self.x0)
        return length / (len(self.spec.categories) + len(self.spec.breaks))

    def place(self, index: int) -> float:
        """The middle of a category: x, or y where bars lie."""
        spec = self.spec
        if spec.at is not None:
            return self.across(spec.at[index])
        count = len(spec.categories)
        slot = index + sum(place <= index for place in spec.breaks) + 0.5
        if spec.kind == "barh":
            return self.y0 + slot * self.step
        if self.from_edge and count > 1:
            return self.x0 + index * (self.x1 - self.x0) / (count - 1)
        return self.x0 + slot * self.step

    def across(self, at: float) -> float:
        """Where a number of the lower axis stands."""
        low, high = self.span or (0.0, 1.0)
        return self.x0 + (at - low) / ((high - low) or 1) * (self.x1 - self.x0)

    def across_value(self, value: float) -> float:
        """Where a value stands when bars lie."""
        return self.x0 + self.spec.axis.at(value) * (self.x1 - self.x0)

    def up(self, value: float) -> float:
        """Where a value stands on the upright axis."""
        return self.y1 - self.spec.axis.at(value) * (self.y1 - self.y0)

    def stacked(self, *, flipped: bool = False) -> list[list[float | None]]:
        """Values, each on top of those before it where they are stacked, or of those after it."""
        spec = self.spec
        if spec.mode not in ("stacked", "share"):
            return [list(row) for row in spec.values]
        total = [0.0] * len(spec.categories)
        rows: list[list[float | None]] = []
        for row in reversed(spec.values) if flipped else spec.values:
            total = [t + (v or 0) for t, v in zip(total, row, strict=True)]
            rows.append(list(total))
        return rows[::-1] if flipped else rows

    def covered(self, x0: float, y0: float, x1: float, y1: float) -> int:
        """How many marks reach into a rectangle, about."""
        count, flat = 0, self.spec.kind == "barh"
        for row in self.stacked():
            for i, value in enumerate(row):
                if value is None:
                    continue
                if flat:
                    count += y0 - 14 < self.place(i) < y1 + 14 and self.across_value(value) > x0 - 30
                else:
                    y = self.up(value) - 16
                    inside = y < y1 if self.spec.kind in ("bar", "area") else y0 - 20 < y < y1 + 16
                    count += x0 - 14 < self.place(i) < x1 + 14 and inside
        return count


def swatch(canvas: Canvas, style: Style, index: int, x: float, y: float, size: float, kind: str) -> None:
    """The key of a legend, its left edge's middle at a point."""
    fill = style.palette[index % len(style.palette)]
    if (style.symbol == "line" and not style.hatch) or (
        kind == "line" and style.symbol == "circle" and style.marker != "none"
    ):
        canvas.line(x, y, x + size, y, paint(fill, width=max(1.5, style.line)))
        if style.marker != "none":
            _marker(canvas, style, x + size / 2, y, index, fill)
    elif style.symbol == "circle" and not style.hatch:
        canvas.circle(x + size / 2, y, 0.42 * size, paint(fill))
    else:
        s = 0.42 * size
        _filled(canvas, style, index, (x + size / 2 - s, y - s, x + size / 2 + s, y + s))


def draw_marks(canvas: Canvas, plot: Plot, r: Random) -> None:
    """Everything between the axes."""
    kind = plot.spec.kind
    if kind in ("line", "scatter"):
        _lines(canvas, plot, r)
    elif kind == "area":
        _areas(canvas, plot)
    else:
        _bars(canvas, plot)


def _marker(canvas: Canvas, style: Style, x: float, y: float, index: int, fill: str) -> None:
    size, shape = style.marker_size + style.line / 3, style.marker
    if shape == "hollow":
        canvas.circle(x, y, size, paint(style.background))
        canvas.circle(x, y, size, paint(fill, width=1.5))
    elif shape == "square" or (shape == "diamond" and index % 3 == 1):
        canvas.rect(x - size, y - size, x + size, y + size, paint(fill))
    elif shape == "diamond":
        canvas.polygon([(x - size - 1, y), (x, y - size - 1), (x + size + 1, y), (x, y + size + 1)], paint(fill))
    else:
        canvas.circle(x, y, size, paint(fill))


def _filled(canvas: Canvas, style: Style, index: int, box: tuple[float, float, float, float]) -> None:
    """A bar or a key: in a colour, or hatched."""
    fill = style.palette[index % len(style.palette)]
    if style.hatch:
        canvas.rect(
            *box,
            paint(("#ffffff", "#888888", "#ffffff", "#000000", "#ffffff", "#cccccc", "#444444", "#ffffff")[index % 8]),
        )
        if index % 2 == 0 and index:
            canvas.skia.save()
            canvas.skia.clipRect(
                skia.Rect.MakeLTRB(min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
            )
            x0, y0, x1, y1 = min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])
            stroke = paint("#000000", width=1.0)
            lean = (y1 - y0) if index % 4 == 2 else -(y1 - y0)
            step = 5.0
            for k in range(int((x1 - x0 + abs(lean)) / step) + 1):
                x = x0 + k * step - (abs(lean) if lean > 0 else 0)
                canvas.line(x, y1, x + lean, y0, stroke)
            canvas.skia.restore()
    else:
        canvas.rect(*box, paint(fill, alpha=style.alpha), style.radius)
    if style.edge or style.hatch:
        canvas.rect(*box, paint(style.edge or "#000000", width=1.0))


def _bars(canvas: Canvas, plot: Plot) -> None:
    spec, style = plot.spec, plot.style
    flat = spec.kind == "barh"
    piled = spec.mode in ("stacked", "share")
    lanes = 1 if piled else len(spec.names)
    thick = plot.step * style.width / lanes
    turn = -1 if style.flipped else 1
    if thick < (0.85 * style.size if spec.printed and flat else 2.5):
        raise Crowded
    to = plot.across_value if flat else plot.up
    tops = plot.stacked(flipped=style.flipped)
    for j, row in enumerate(spec.values):
        for i, value in enumerate(row):
            if value is None:
                continue
            lane = 0.0 if piled else turn * (j - (lanes - 1) / 2) * thick
            middle = plot.place(i) + lane
            below = tops[j - turn][i] if piled and 0 <= j - turn < len(tops) else None
            low = to(spec.axis.base if below is None else below)
            high = to(tops[j][i] or 0)
            half = thick * (1 - style.gap) / 2
            box = (low, middle - half, high, middle + half) if flat else (middle - half, low, middle + half, high)
            index = i if style.varied and len(spec.names) == 1 else j
            if style.mark == "bar" or piled:
                _filled(canvas, style, index, box)
            else:
                fill = style.palette[index % len(style.palette)]
                if style.mark == "lollipop":
                    canvas.line(
                        *((low, middle, high, middle) if flat else (middle, low, middle, high)),
                        paint(fill, width=style.line),
                    )
                canvas.circle(
                    *((high, middle) if flat else (middle, high)),
                    min(max(4.0, 2 * style.marker_size), thick / 2 + 1),
                    paint(fill),
                )
            if spec.printed:
                _bar_label(canvas, plot, value, index, (low, high, middle, thick), piled=piled)


def _bar_label(
    canvas: Canvas, plot: Plot, value: float, index: int, bar: tuple[float, float, float, float], *, piled: bool
) -> None:
    """A bar's value: beyond its end, inside at the end, or in its middle.

    ``bar`` is where it starts and ends along its length, its middle across, and its thickness.
    """
    spec, style = plot.spec, plot.style
    flat = spec.kind == "barh"
    low, high, middle, thick = bar
    text = spec.printed(value) if spec.printed else ""
    size = style.size
    while not piled and not flat and size > 9 and _label_font(style, size).measureText(text) > 1.25 * thick:
        size = max(9.0, size - 1)
    face = _label_font(style, size)
    width = face.measureText(text)
    fits = abs(high - low) >= (width if flat else size) + 6
    if piled or (style.label_at == "middle" and style.mark == "bar" and fits):
        if not flat and width > 1.3 * thick:
            raise Crowded
        at = ((low + high) / 2, middle) if flat else (middle, (low + high) / 2)
        if flat and style.label_at == "inside" and fits:
            at = (high - (width / 2 + 5) * (1 if high >= low else -1), middle)
        _middle_label(canvas, style, text, face, index, at)
        return
    inside = style.label_at == "inside" and style.mark == "bar" and fits
    sign = 1 if high >= low else -1
    if not inside and not flat and width > thick * 1.3 and spec.cells > 6:  # turned: it would meet the next
        canvas.text(middle, high + 4 * sign, text, face, style.ink, "lm" if sign < 0 else "rm", -90)
        return
    out = -4.0 if inside else 5 + (style.marker_size * 2 if style.mark != "bar" else 0)
    at_end = high + sign * out
    if not inside and flat and sign < 0 and at_end - width < plot.x0:
        raise Crowded
    grows = sign * (-1 if inside else 1)
    anchor = ("lm" if grows > 0 else "rm") if flat else ("mb" if grows < 0 else "mt")
    at = (at_end, middle) if flat else (middle, at_end)
    halo = style.background if style.halo and not inside else ""
    canvas.text(*at, text, face, _contrast(style, index) if inside else style.ink, anchor, halo=halo)


def _middle_label(canvas: Canvas, style: Style, text: str, face: Any, index: int, at: tuple[float, float]) -> None:
    """A value in the middle of its bar, in a box or not."""
    (x, y), size = at, style.size
    if style.halo:
        canvas.text(x, y, text, face, "#ffffff", "mm", halo="#000000")
        return
    fill = _contrast(style, index)
    if style.label_box:
        half = face.measureText(text) / 2 + 2
        canvas.rect(x - half, y - 0.6 * size, x + half, y + 0.6 * size, paint("#ffffff", alpha=0.75), 2)
        fill = "#000000"
    canvas.text(x, y, text, face, fill, "mm")


def _label_font(style: Style, size: float) -> "skia.Font":
    return font(style.family.bold if style.label_bold else style.family.plain, round(size * 0.95, 1), style.hinting)


def _contrast(style: Style, index: int) -> str:
    fill = style.palette[index % len(style.palette)]
    if style.hatch:
        return "#000000"
    light = 0.3 * int(fill[1:3], 16) + 0.59 * int(fill[3:5], 16) + 0.11 * int(fill[5:7], 16)
    return "#000000" if light > 145 or style.alpha < 0.7 else "#ffffff"


def _lines(canvas: Canvas, plot: Plot, r: Random) -> None:
    spec, style = plot.spec, plot.style
    dashes = ((), (6, 3), (2, 2), (8, 3, 2, 3), (1, 2))
    dashed = len(spec.names) > 1 and style.palette[0] in ("#222222", "#777777") and r.random() < 0.7
    marked = style.marker != "none" and not spec.between and (len(spec.categories) <= 26 or r.random() < 0.4)
    for j, row in enumerate(spec.values):
        fill = style.palette[j % len(style.palette)]
        points = [(plot.place(i), plot.up(v)) for i, v in enumerate(row) if v is not None]
        if spec.between:
            points = _path(plot, spec.between[j])
        if spec.kind == "line" and len(points) > 1:
            stroke = paint(fill, width=style.line, dash=dashes[j % 5] if dashed else ())
            canvas.polygon(points, stroke, close=False, smooth=style.smooth)
        if marked or spec.kind == "scatter" or len(points) == 1 or (spec.at is not None and len(points) < 30):
            for x, y in points:
                _marker(canvas, style, x, y, j, fill)
    if spec.printed:
        _line_labels(canvas, plot)


def _sparse_labels(canvas: Canvas, plot: Plot) -> None:
    """Values above the points, but for those that would meet one that is written; lines may run through them."""
    spec, style = plot.spec, plot.style
    if spec.printed is None:
        return
    size = style.size * 0.92
    face = _label_font(style, size)
    halo = style.background if style.halo else ""
    taken: list[tuple[float, float, float]] = []
    tops = plot.stacked()
    for j, row in enumerate(spec.values):
        for i, value in enumerate(row):
            if value is None:
                continue
            x, y = plot.place(i), plot.up(tops[j][i] or 0) - style.marker_size - 4
            text = spec.printed(value)
            half = face.measureText(text) / 2
            if any(abs(x - x1) < half + half1 + 1 and abs(y - y1) < 1.05 * size for x1, y1, half1 in taken):
                plot.unlabelled.add((j, i))
                continue
            taken.append((x, y, half))
            canvas.text(x, y, text, face, style.ink, "mb", halo=halo)


def _line_labels(canvas: Canvas, plot: Plot) -> None:
    """Values above the points, below where the line turns there."""
    if plot.style.sparse:
        _sparse_labels(canvas, plot)
        return
    spec, style = plot.spec, plot.style
    size = style.size * 0.92
    step = abs(plot.place(1) - plot.place(0)) if len(spec.categories) > 1 else 1e9
    widths = [
        _label_font(style, size).measureText(spec.printed(v)) for row in spec.values for v in row if v is not None
    ]  # type: ignore[misc]
    if max(widths) > (1.7 if len(spec.names) == 1 else 1.2) * step or len(spec.names) > 4:
        raise Crowded
    for j, row in enumerate(spec.values):
        ink = style.palette[j % 8] if len(spec.names) > 1 and style.legend == "direct" else style.ink
        for i, value in enumerate(row):
            if value is None:
                continue
            y = plot.up(value)
            others = [other[i] for k, other in enumerate(spec.values) if k != j and other[i] is not None]
            above = all(abs(plot.up(o) - y) > 2.2 * size or o < value for o in others)  # type: ignore[arg-type,operator]
            shift = -(style.marker_size + 3) if above else style.marker_size + 3
            canvas.text(
                plot.place(i), y + shift, spec.printed(value), _label_font(style, size), ink, "mb" if above else "mt"
            )  # type: ignore[misc]


def _path(plot: Plot, values: tuple[float, ...]) -> list[tuple[float, float]]:
    """Points evenly spaced from the first category to the last."""
    first, last = plot.place(0), plot.place(len(plot.spec.categories) - 1)
    return [(first + (last - first) * i / (len(values) - 1), plot.up(v)) for i, v in enumerate(values)]


def _areas(canvas: Canvas, plot: Plot) -> None:
    spec, style = plot.spec, plot.style
    tops = plot.stacked()
    base = plot.up(spec.axis.base)
    places = [plot.place(i) for i in range(len(spec.categories))]
    for j in reversed(range(len(tops))):
        fill = style.palette[j % len(style.palette)]
        points = [(x, plot.up(v or 0)) for x, v in zip(places, tops[j], strict=True)]
        if spec.between:
            points = _path(plot, spec.between[j])
        under = (
            [(x, plot.up(v or 0)) for x, v in zip(places, tops[j - 1], strict=True)]
            if j
            else [(places[0], base), (places[-1], base)]
        )
        canvas.polygon(
            [*points, *reversed(under)], paint(fill, alpha=max(0.7, style.alpha) if len(tops) > 1 else style.alpha)
        )
        if style.edge or style.alpha < 1:
            canvas.polygon(points, paint(fill, width=style.line), close=False)
    if spec.printed:
        _line_labels(canvas, plot)


def draw_pie(
    canvas: Canvas, spec: Spec, style: Style, r: Random, at: tuple[float, float, float], *, named: bool
) -> None:
    """Slices clockwise, with names beside them or not, and values at them where they are printed.

    Where no legend tells which comes first, the first is the one whose middle comes first after the top.
    """
    x, y, radius = at
    face = font(style.family.plain, style.size, style.hinting)
    total = sum(v or 0 for v in spec.values[0])
    before, after = spec.turn
    start = r.choice((-90.0, -90.0, 0.0, r.uniform(-180, 180)))
    if named and start != -90:
        start = -90 + r.uniform(-before, after)
    edge = paint(style.edge or style.background, width=r.choice((1.0, 2.0)))
    inside = r.random() < 0.5
    two_lines = named and r.random() < 0.35
    leader = named and style.leader
    bold = _label_font(style, style.size) if not leader else font(style.family.bold, style.size, style.hinting)
    for i, value in enumerate(spec.values[0]):
        sweep = 360 * (value or 0) / total
        canvas.wedge(x, y, radius, start, sweep, paint(style.palette[i % len(style.palette)]))
        canvas.wedge(x, y, radius, start, sweep, edge)
        middle = math.radians(start + sweep / 2)
        cos, sin = math.cos(middle), math.sin(middle)
        text = spec.printed(value or 0) if spec.printed else ""
        side = ("l" if cos > 0.15 else "r" if cos < -0.15 else "m") + (
            "m" if abs(sin) < 0.85 else "t" if sin > 0 else "b"
        )
        out = radius + (8 if not leader else 2.2 * style.size)
        if leader:
            canvas.line(
                x + (radius + 2) * cos,
                y + (radius + 2) * sin,
                x + (out - 4) * cos,
                y + (out - 4) * sin,
                paint(style.palette[i % len(style.palette)], width=1.0),
            )
            name = spec.categories[i] + ("" if not text else " ")
            wide = bold.measureText(name)
            left = x + out * cos - {"l": 0.0, "m": 0.5, "r": 1.0}[side[0]] * (wide + face.measureText(text))
            canvas.text(left, y + out * sin, name, bold, style.ink, "l" + side[1])
            canvas.text(left + wide, y + out * sin, text, face, style.ink, "l" + side[1])
        elif named:
            name = spec.categories[i]
            if text and inside and sweep > 22:
                canvas.text(x + out * cos, y + out * sin, name, face, style.ink, side)
                reach = radius * (0.65 if not style.hole else (1 + style.hole) / 2)
                canvas.text(
                    x + reach * cos, y + reach * sin, text, _label_font(style, style.size), _contrast(style, i), "mm"
                )
            elif text and two_lines:
                canvas.text(x + out * cos, y + out * sin - 0.55 * style.size, name, face, style.ink, side[0] + "m")
                canvas.text(x + out * cos, y + out * sin + 0.6 * style.size, text, face, style.ink, side[0] + "m")
            else:
                label = (f"{name} {text}", f"{name}: {text}", f"{name}, {text}")[len(name) % 3] if text else name
                canvas.text(x + out * cos, y + out * sin, label, face, style.ink, side)
        elif text:
            within = inside and sweep > 18
            reach = radius * (0.68 if not style.hole else (1 + style.hole) / 2) if within else out
            canvas.text(
                x + reach * cos,
                y + reach * sin,
                text,
                _label_font(style, style.size),
                _contrast(style, i) if within else style.ink,
                "mm" if within else side,
            )
        start += sweep
    if style.hole:
        canvas.circle(x, y, radius * style.hole, paint(style.background))
