"""A picture to draw on: text, lines, shapes, through Skia.

Comes in: numbers in pixels, colours as ``#rrggbb``. Goes out: a Pillow image. Knows nothing of charts.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import skia
from PIL import Image

FONTS = Path(os.environ.get("TRAINING_FONTS", "/usr/share/fonts"))
"""The folder that fonts are taken from, TrueType or OpenType, at any depth."""
_NORMAL = 5
"""Width of a typeface as OpenType counts it."""
_LEFT_OUT = ("mono", "symbol", "math", "emoji", "cjk", "dingbats", "chancery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Files of a family; the plain one stands in for what it lacks."""

    name: str
    plain: str
    bold: str
    slanted: str
    narrow: bool = False


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """All families with Latin letters in `FONTS`."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for path in sorted(str(p) for kind in ("ttf", "otf") for p in FONTS.rglob(f"*.{kind}")):
        face = typeface(path)
        name, style = face.getFamilyName(), face.fontStyle()
        bold, slanted = style.weight() >= 600, style.slant() != skia.FontStyle.kUpright_Slant
        if (
            any(word in name.lower() for word in _LEFT_OUT)
            or not all(face.unicharToGlyph(ord(c)) for c in "aZ0%-")
            or (bold and slanted)
        ):
            continue
        found.setdefault((name, style.width()), {}).setdefault(
            "bold" if bold else "slanted" if slanted else "plain", path
        )
    return tuple(
        Family(
            name=name,
            plain=files["plain"],
            bold=files.get("bold", files["plain"]),
            slanted=files.get("slanted", files["plain"]),
            narrow=width < _NORMAL or "cond" in name.lower() or "narrow" in name.lower(),
        )
        for (name, width), files in found.items()
        if "plain" in files
    )


@lru_cache(maxsize=512)
def typeface(path: str) -> "skia.Typeface":
    """A font file, loaded once."""
    return skia.Typeface.MakeFromFile(path)


@lru_cache(maxsize=4096)
def font(path: str, size: float, hinting: int = 0) -> "skia.Font":
    """A font at a size in pixels; ``hinting`` 0 to 3 as Skia counts it, 4 without smoothing."""
    made = skia.Font(typeface(path), size)
    made.setSubpixel(hinting in (0, 1))
    made.setHinting(skia.FontHinting(min(hinting, 3)))
    made.setEdging(skia.Font.Edging.kAlias if hinting == 4 else skia.Font.Edging.kAntiAlias)
    return made


@lru_cache(maxsize=4096)
def color(text: str, alpha: float = 1.0) -> int:
    """``#rrggbb`` as Skia takes it."""
    return skia.Color(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), round(255 * alpha))


@lru_cache(maxsize=4096)
def paint(
    text: str, *, width: float = 0.0, alpha: float = 1.0, dash: tuple[float, ...] = (), smooth: bool = True
) -> "skia.Paint":
    """What fills, or with a width what strokes."""
    made = skia.Paint(AntiAlias=smooth, Color=color(text, alpha))
    if width:
        made.setStyle(skia.Paint.kStroke_Style)
        made.setStrokeWidth(width)
    if dash:
        made.setPathEffect(skia.DashPathEffect.Make(list(dash), 0))
    return made


@dataclass(slots=True)
class Room:
    """What is left of the rectangle while parts take their share; pixels."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.y1 - self.y0


class Canvas:
    """A picture of a size, filled with a colour."""

    def __init__(self, width: int, height: int, background: str = "#ffffff") -> None:
        self.width, self.height = width, height
        self._pixels = np.empty((height, width, 4), np.uint8)
        self._surface = skia.Surface(self._pixels)
        self.skia = self._surface.getCanvas()
        self.skia.clear(color(background))

    def image(self) -> Image.Image:
        """What was drawn, in RGB."""
        self._surface.flushAndSubmit()
        return Image.fromarray(self._pixels).convert("RGB")

    def text(
        self,
        x: float,
        y: float,
        text: str,
        face: "skia.Font",
        fill: str,
        anchor: str = "lm",
        angle: float = 0.0,
        halo: str = "",
    ) -> None:
        """Text whose left, middle or right (l, m, r) and top, middle, baseline or bottom (t, m, s, b) is at a point.

        ``halo`` is the colour of an outline.
        """
        if halo:
            self._text(x, y, text, face, paint(halo, width=0.19 * face.getSize()), anchor, angle)
        self._text(x, y, text, face, paint(fill), anchor, angle)

    def _text(
        self, x: float, y: float, text: str, face: "skia.Font", fill: "skia.Paint", anchor: str, angle: float
    ) -> None:
        width = face.measureText(text) if anchor[0] != "l" else 0.0
        shift = {"l": 0.0, "m": -width / 2, "r": -width}[anchor[0]]
        size = face.getSize()
        rise = {"t": 0.76, "m": 0.36, "s": 0.0, "b": -0.22}[anchor[1]] * size
        if angle:
            self.skia.save()
            self.skia.translate(x, y)
            self.skia.rotate(angle)
            self.skia.drawString(text, shift, rise, face, fill)
            self.skia.restore()
        else:
            self.skia.drawString(text, x + shift, y + rise, face, fill)

    def rect(self, x0: float, y0: float, x1: float, y1: float, fill: "skia.Paint", radius: float = 0.0) -> None:
        """A rectangle between two corners, in any order."""
        box = skia.Rect.MakeLTRB(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        if radius:
            self.skia.drawRoundRect(box, radius, radius, fill)
        else:
            self.skia.drawRect(box, fill)

    def line(self, x0: float, y0: float, x1: float, y1: float, stroke: "skia.Paint") -> None:
        """A straight line."""
        self.skia.drawLine(x0, y0, x1, y1, stroke)

    def circle(self, x: float, y: float, radius: float, fill: "skia.Paint") -> None:
        """A circle."""
        self.skia.drawCircle(x, y, radius, fill)

    def polygon(
        self, points: list[tuple[float, float]], fill: "skia.Paint", *, close: bool = True, smooth: bool = False
    ) -> None:
        """Points joined, by straight lines or by smooth ones."""
        path = skia.Path()
        path.moveTo(*points[0])
        for (x0, y0), (x1, y1) in pairwise(points):
            if smooth:
                middle = (x0 + x1) / 2
                path.cubicTo(middle, y0, middle, y1, x1, y1)
            else:
                path.lineTo(x1, y1)
        if close:
            path.close()
        self.skia.drawPath(path, fill)

    def wedge(self, x: float, y: float, radius: float, start: float, sweep: float, fill: "skia.Paint") -> None:
        """A slice of a pie, in degrees clockwise from the right."""
        box = skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius)
        self.skia.drawArc(box, start, sweep, True, fill)


def wrap(text: str, face: "skia.Font", width: float, most: int = 99) -> list[str]:
    """Text in lines no wider than that, but for words that are."""
    if face.measureText(text) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        if lines and face.measureText(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines if len(lines) <= most else [*lines[: most - 1], " ".join(lines[most - 1 :])]
