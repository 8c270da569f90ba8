"""Draws charts whose numbers are known: for tests, the examples and the accuracy benchmark.

Comes in: a `ChartSpec`, made by hand or by `random_spec`. Goes out: a Pillow picture; `truth` is its table. The charts
are of the kind the bundled nano checkpoint was trained to read: plain styles, text of 10 to 16 px on a picture about
532 px wide. Knows nothing of the package under test.

Lengths are nominal pixels, as if ``scale`` were 1; `draw` multiplies them when a finer picture is wanted. All
randomness comes from the ``random.Random`` that is passed in.
"""

import io
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Literal, get_args

import matplotlib as mpl
import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from tests.chart_specs import KINDS, ChartSpec, Kind, random_spec, truth, value_axis

__all__ = [
    "FONTS",
    "KINDS",
    "PALETTES",
    "SIZES",
    "ChartSpec",
    "Kind",
    "Style",
    "degrade",
    "draw",
    "random_spec",
    "random_style",
    "truth",
    "value_axis",
]

Legend = Literal["right", "top", "bottom"]
Point = tuple[float, float]
Box = tuple[float, float, float, float]

SIZES = ((532, 392), (476, 476), (560, 392), (588, 364), (616, 364))
FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "cmss10.ttf")
PALETTES = (
    ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f"),
    ("#4c72b0", "#dd8452", "#55a868", "#c44e52", "#8172b3", "#937860", "#da8bc3", "#8c8c8c"),
    ("#5470c6", "#91cc75", "#fac858", "#ee6666", "#73c0de", "#3ba272", "#fc8452", "#9a60b4"),
    ("#222222", "#777777", "#bbbbbb", "#444444", "#999999", "#dddddd", "#555555", "#333333"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a chart looks. ``gap`` is the share of a category left blank; ``start`` the angle of a pie's first slice."""

    font: str = FONTS[0]
    size: int = 12
    title_size: int = 14
    title_left: bool = False
    ink: str = "black"
    background: str = "white"
    palette: tuple[str, ...] = PALETTES[0]
    grid: str | None = "#cccccc"
    boxed: bool = False
    thousands: bool = False
    legend: Legend = "top"
    gap: float = 0.3
    edge: str | None = None
    line_width: int = 2
    marker: Literal["disc", "square"] | None = "disc"
    start: float = 0
    ring: bool = False
    slice_names: bool = True


def random_style(rng: Random, spec: ChartSpec) -> Style:
    """A plain style; text is smaller where there is much to draw."""
    size = rng.randint(10, 14) if len(spec.categories) * len(spec.series) > 10 else rng.randint(11, 16)
    palette = rng.choice(PALETTES)
    return Style(
        font=rng.choice(FONTS),
        size=size,
        title_size=size + rng.randint(0, 5),
        title_left=rng.random() < 0.25,
        ink="black" if rng.random() < 0.7 else "#333333",
        background="white" if rng.random() < 0.85 else rng.choice(("#f7f7f7", "#eaeaf2")),
        palette=palette,
        grid=rng.choice(("#dddddd", "#cccccc", "#b0b0b0")) if rng.random() < 0.6 else None,
        boxed=rng.random() < 0.5,
        thousands=rng.random() < 0.4,
        legend=rng.choice(get_args(Legend)),
        gap=rng.uniform(0.15, 0.45),
        edge=rng.choice((None, None, "black", "white")),
        line_width=rng.choice((2, 2, 3)),
        marker=rng.choice(("disc", "disc", "square", None)),
        start=rng.uniform(0, 360),
        ring=rng.random() < 0.2,
        slice_names=rng.random() < 0.5,
    )


def draw(
    spec: ChartSpec,
    *,
    rng: Random,
    size: tuple[int, int] = SIZES[0],
    scale: float = 1,
    style: Style | None = None,
) -> Image.Image:
    """Draw the chart as an RGB picture of ``size`` times ``scale`` pixels, in a random style unless one is given."""
    style = style or random_style(rng, spec)
    canvas = _Canvas(size, scale, style)
    top = 8.0
    if spec.title:
        if style.title_left:
            canvas.text((12, 6), spec.title, size=style.title_size)
        else:
            canvas.text((size[0] / 2, 6), spec.title, size=style.title_size, anchor="ma")
        top = 20.0 + style.size
    if spec.kind == "pie":
        _draw_pie(canvas, spec, style, top)
        return canvas.image
    frame = _draw_frame(canvas, spec, style, top)
    if spec.kind == "line":
        _draw_lines(canvas, frame, spec, style)
    else:
        _draw_bars(canvas, frame, spec, style)
    x0, y0, x1, y1 = frame.box
    if style.boxed:
        canvas.rectangle(frame.box, outline=style.ink)
    else:
        canvas.line([(x0, y0), (x0, y1), (x1, y1)], style.ink)
    return canvas.image


def degrade(
    image: Image.Image, *, rng: Random, skew: float = 1.0, noise: float = 4.0, jpeg: int | None = 60
) -> Image.Image:
    """What a scanner does: a turn by ``skew`` degrees, grey noise of that deviation, JPEG of that quality."""
    scanned = image.rotate(
        rng.choice((-1, 1)) * skew, resample=Image.Resampling.BICUBIC, fillcolor=image.getpixel((0, 0))
    )
    if noise:
        grain = np.random.default_rng(rng.getrandbits(32)).normal(0, noise, (image.height, image.width, 1))
        scanned = Image.fromarray((np.asarray(scanned) + grain).clip(0, 255).astype(np.uint8))
    if jpeg is not None:
        stored = io.BytesIO()
        scanned.save(stored, "JPEG", quality=jpeg)
        scanned = Image.open(stored).convert("RGB")
    return scanned


@cache
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(mpl.get_data_path(), "fonts", "ttf", name), size)


class _Canvas:
    """A picture drawn on in nominal pixels."""

    def __init__(self, size: tuple[int, int], scale: float, style: Style) -> None:
        self.width, self.height = size
        self.image = Image.new("RGB", (round(size[0] * scale), round(size[1] * scale)), style.background)
        self._draw = ImageDraw.Draw(self.image)
        self._scale = scale
        self._style = style

    def length(self, text: str, size: float) -> float:
        return _font(self._style.font, size * self._scale).getlength(text) / self._scale

    def text(self, at: Point, text: str, *, size: float, anchor: str = "la", ink: str | None = None) -> None:
        font = _font(self._style.font, size * self._scale)
        x, y = self._scaled(*at)
        self._draw.text((x, y), text, font=font, anchor=anchor, fill=ink or self._style.ink)

    def text_upwards(self, left_middle: Point, text: str, *, size: float) -> None:
        font = _font(self._style.font, size * self._scale)
        across, along = math.ceil(font.getlength(text)) + 4, math.ceil(size * self._scale) + 6
        mask = Image.new("L", (across, along), 0)
        ImageDraw.Draw(mask).text((2, 1), text, fill=255, font=font)
        mask = mask.rotate(90, expand=True)
        x, y = self._scaled(*left_middle)
        self.image.paste(self._style.ink, (round(x), max(0, round(y - mask.height / 2))), mask)

    def line(self, points: list[Point], ink: str, width: float = 1) -> None:
        scaled = [self._scaled(*point) for point in points]
        self._draw.line(scaled, fill=ink, width=max(1, round(width * self._scale)), joint="curve")

    def rectangle(self, box: Box, *, fill: str | None = None, outline: str | None = None) -> None:
        self._draw.rectangle(self._scaled(*box), fill=fill, outline=outline, width=max(1, round(self._scale)))

    def disc(self, centre: Point, radius: float, fill: str) -> None:
        self._draw.ellipse(self._scaled(*_around(centre, radius)), fill=fill)

    def sector(self, centre: Point, radius: float, start: float, end: float, *, fill: str) -> None:
        box = self._scaled(*_around(centre, radius))
        self._draw.pieslice(box, start, end, fill=fill, outline="white", width=max(1, round(self._scale)))

    def _scaled(self, *lengths: float) -> tuple[float, ...]:
        return tuple(length * self._scale for length in lengths)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The plotted area: ``box``, with the value axis from 0 to ``top``, along x when ``horizontal``."""

    box: Box
    top: float
    count: int
    horizontal: bool

    @property
    def step(self) -> float:
        """The room of one category."""
        x0, y0, x1, y1 = self.box
        return ((y1 - y0) if self.horizontal else (x1 - x0)) / self.count

    def value(self, value: float) -> float:
        """Where a value stands along the value axis."""
        x0, y0, x1, y1 = self.box
        return x0 + (x1 - x0) * value / self.top if self.horizontal else y1 - (y1 - y0) * value / self.top

    def category(self, index: float) -> float:
        """Where a category starts along the category axis."""
        return (self.box[1] if self.horizontal else self.box[0]) + index * self.step


def _draw_frame(canvas: _Canvas, spec: ChartSpec, style: Style, top: float) -> _Frame:
    """Draw axes, ticks, labels and legend; what is left in the middle is for the marks."""
    size, horizontal = style.size, spec.kind == "barh"
    step, end = value_axis(spec)
    decimals = next(digits for digits in range(9) if math.isclose(step, round(step, digits), rel_tol=1e-6))
    separator = "," if style.thousands else ""
    ticks = {index * step: f"{index * step:{separator}.{decimals}f}" for index in range(round(end / step) + 1)}
    alone = spec.series[0] if len(spec.series) == 1 else ""
    beside = spec.categories if horizontal else ticks.values()
    left = max(canvas.length(text, size) for text in beside) + 14 + (size + 4 if alone and not horizontal else 0)
    widest_tick = max(canvas.length(text, size) for text in ticks.values())
    right, bottom = canvas.width - (widest_tick / 2 + 8 if horizontal else 12), canvas.height - size - 14.0
    if spec.category_label or (alone and horizontal):
        bottom -= size + 4
    if len(spec.series) > 1:
        right -= max(canvas.length(name, size) for name in spec.series) + 22 if style.legend == "right" else 0
        top += size + 8 if style.legend == "top" else 0
        bottom -= size + 8 if style.legend == "bottom" else 0
    frame = _Frame(box=(left, top + 4, right, bottom), top=end, count=len(spec.categories), horizontal=horizontal)
    for value, text in ticks.items():
        _draw_tick(canvas, frame, style, frame.value(value), text)
    _draw_categories(canvas, frame, spec, style)
    x0, y0, x1, y1 = frame.box
    if alone and not horizontal:
        canvas.text_upwards((2, (y0 + y1) / 2), alone, size=size)
    below = alone if horizontal else spec.category_label
    if below:
        canvas.text(((x0 + x1) / 2, y1 + size + 8), below, size=size, anchor="ma")
    if len(spec.series) > 1:
        _draw_legend(canvas, frame, spec.series, style)
    return frame


def _draw_tick(canvas: _Canvas, frame: _Frame, style: Style, at: float, text: str) -> None:
    x0, y0, x1, y1 = frame.box
    if frame.horizontal:
        across, mark, place, anchor = [(at, y0), (at, y1)], [(at, y1), (at, y1 + 4)], (at, y1 + 5), "ma"
    else:
        across, mark, place, anchor = [(x0, at), (x1, at)], [(x0 - 4, at), (x0, at)], (x0 - 6, at), "rm"
    if style.grid:
        canvas.line(across, style.grid)
    canvas.line(mark, style.ink)
    canvas.text(place, text, size=style.size, anchor=anchor)


def _draw_categories(canvas: _Canvas, frame: _Frame, spec: ChartSpec, style: Style) -> None:
    x0, _, _, y1 = frame.box
    widest = max(canvas.length(category, style.size) for category in spec.categories)
    size = style.size if widest < frame.step * 0.95 else max(9, style.size - 2)
    for index, category in enumerate(spec.categories):
        at = frame.category(index + 0.5)
        if frame.horizontal:
            canvas.text((x0 - 6, at), category, size=style.size, anchor="rm")
        else:
            canvas.text((at, y1 + 5), category, size=size, anchor="ma")


def _draw_legend(canvas: _Canvas, frame: _Frame, names: tuple[str, ...], style: Style) -> None:
    _, y0, x1, _ = frame.box
    size = style.size
    if style.legend == "right":
        places = [(x1 + 10, y0 + 10 + index * (size + 7)) for index in range(len(names))]
    else:
        widths = [canvas.length(name, size) + 34 for name in names]
        left = max(4, (canvas.width - sum(widths)) / 2)
        y = y0 - size - 8 if style.legend == "top" else canvas.height - size - 6
        places = [(left + sum(widths[:index]), y) for index in range(len(names))]
    for name, colour, (x, y) in zip(names, style.palette, places, strict=False):
        canvas.rectangle((x, y + 2, x + 10, y + 12), fill=colour)
        canvas.text((x + 15, y), name, size=size)


def _draw_lines(canvas: _Canvas, frame: _Frame, spec: ChartSpec, style: Style) -> None:
    for values, colour in zip(spec.values, style.palette, strict=False):
        points = [(frame.category(index + 0.5), frame.value(value)) for index, value in enumerate(values)]
        canvas.line(points, colour, style.line_width)
        for (x, y), value in zip(points, values, strict=True):
            if style.marker == "disc":
                canvas.disc((x, y), 3, colour)
            elif style.marker == "square":
                canvas.rectangle(_around((x, y), 3), fill=colour)
            if spec.labelled:
                canvas.text((x, y - 5), f"{value:.{spec.decimals}f}", size=style.size, anchor="mb")


def _draw_bars(canvas: _Canvas, frame: _Frame, spec: ChartSpec, style: Style) -> None:
    abreast = 1 if spec.kind == "stacked" else len(spec.series)
    breadth = (1 - style.gap) / abreast
    for index in range(len(spec.categories)):
        base = 0.0
        for number, (values, colour) in enumerate(zip(spec.values, style.palette, strict=False)):
            place = index + style.gap / 2 + breadth * (number % abreast)
            near, far = frame.category(place), frame.category(place + breadth) - 1
            low, high = frame.value(base), frame.value(base + values[index])
            box = (low, near, high, far) if frame.horizontal else (near, high, far, low)
            canvas.rectangle(box, fill=colour, outline=style.edge)
            if spec.labelled:
                at, anchor = _bar_label_place(spec.kind, box)
                inside = anchor == "mm"
                canvas.text(
                    at,
                    f"{values[index]:.{spec.decimals}f}",
                    size=max(9, style.size - 2) if inside else style.size,
                    anchor=anchor,
                    ink=_ink_on(colour) if inside else None,
                )
            base += values[index] if spec.kind == "stacked" else 0


def _bar_label_place(kind: Kind, box: Box) -> tuple[Point, str]:
    x0, y0, x1, y1 = box
    if kind == "barh":
        return (x1 + 4, (y0 + y1) / 2), "lm"
    if kind == "stacked":
        return ((x0 + x1) / 2, (y0 + y1) / 2), "mm"
    return ((x0 + x1) / 2, y0 - 2), "mb"


def _draw_pie(canvas: _Canvas, spec: ChartSpec, style: Style, top: float) -> None:
    """Slices with their shares; the names stand beside the slices, or else in a legend on the right."""
    radius = min(canvas.width, canvas.height - top) * 0.36
    centre = (canvas.width / (2 if style.slice_names else 3), (canvas.height + top) / 2)
    angle = style.start
    for name, share, colour in zip(spec.categories, spec.values[0], style.palette, strict=False):
        turn = share * 360 / sum(spec.values[0])
        canvas.sector(centre, radius, angle, angle + turn, fill=colour)
        middle = math.radians(angle + turn / 2)
        text = f"{share:.{spec.decimals}f}%"
        if style.slice_names:
            side = "lm" if math.cos(middle) > 0 else "rm"
            canvas.text(_beyond(centre, radius + 8, middle), f"{name} {text}", size=style.size, anchor=side)
        elif share > 6:
            place = _beyond(centre, radius * (0.78 if style.ring else 0.7), middle)
            canvas.text(place, text, size=style.size, anchor="mm", ink=_ink_on(colour))
        else:
            canvas.text(_beyond(centre, radius + 14, middle), text, size=style.size, anchor="mm")
        angle += turn
    if style.ring:
        canvas.disc(centre, radius * 0.5, style.background)
    if not style.slice_names:
        for index, (name, colour) in enumerate(zip(spec.categories, style.palette, strict=False)):
            x, y = canvas.width - 110, top + 20 + index * (style.size + 6)
            canvas.rectangle((x, y, x + style.size - 2, y + style.size - 2), fill=colour)
            canvas.text((x + 18, y - 1), name, size=style.size)


def _around(centre: Point, radius: float) -> Box:
    x, y = centre
    return (x - radius, y - radius, x + radius, y + radius)


def _beyond(centre: Point, distance: float, angle: float) -> Point:
    return (centre[0] + distance * math.cos(angle), centre[1] + distance * math.sin(angle))


def _ink_on(colour: str) -> str:
    """Black or white, whichever is read more easily on a colour (ITU-R BT.601 luma)."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "white"
