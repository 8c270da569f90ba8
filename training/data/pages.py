"""Pages of documents with text, headings, tables, pictures and charts, and where each of them stands.

Comes in: a ``random.Random``. Goes out: a picture of the page squeezed to a square, as the layout question sees it,
and its blocks. Knows nothing of answers' text.
"""

from dataclasses import dataclass
from itertools import product
from random import Random

import skia
from PIL import Image

from training.data import others, words
from training.data.canvas import Canvas, font, paint
from training.data.figure import draw_chart
from training.data.marks import Crowded
from training.data.spec import random_spec
from training.data.styles import Style, random_style

ALONE = 0.35
"""Share of pages that are nothing but a chart, or a few: pictures are looked at as pages are."""
FLOATS = 0.3
"""Share of the others on which figures stand anywhere between empty places, as typesetting programs leave them."""
Block = tuple[str, tuple[float, float, float, float]]


@dataclass(slots=True)
class _Page:
    canvas: Canvas
    r: Random
    width: float
    height: float
    blocks: list[Block]
    body: object
    bold: object
    slanted: object
    size: float
    background: str = "#ffffff"
    airy: bool = False

    def squeezed(self, side: int) -> tuple[Image.Image, list[Block]]:
        """As the layout question sees it, and its blocks."""
        return self.canvas.image().resize((side, side), Image.Resampling.BICUBIC), self.blocks

    def add(self, kind: str, x0: float, y0: float, x1: float, y1: float) -> None:
        self.blocks.append((kind, (x0 / self.width, y0 / self.height, x1 / self.width, y1 / self.height)))


def draw_page(r: Random, side: int) -> tuple[Image.Image, list[Block]]:
    """A page as a square of that side, and its blocks: kind and box in fractions, in reading order."""
    if r.random() < ALONE:
        return _draw_alone(r, side)
    width, height = r.choice(((620, 877), (620, 877), (620, 802), (877, 620), (760, 570)))
    background = r.choice(("#ffffff",) * 8 + ("#fdfbf5", "#f4f4f4"))
    style = random_style(r)
    page = _empty(r, width, height, style, r.choice((7.5, 8, 8.5, 9, 10, 11)), background)
    page.airy = r.random() < 0.3
    canvas = page.canvas
    left, right = r.uniform(0.05, 0.12) * width, width - r.uniform(0.05, 0.12) * width
    y = r.uniform(0.04, 0.09) * height
    if r.random() < 0.4:
        canvas.text(left, y - 8, words.phrase(r, 2, 5), font(style.family.plain, 7), "#555555", "lb")
    if r.random() < 0.5:
        face = font(style.heading.bold, r.uniform(14, 24))
        y = _paragraph(page, words.phrase(r, 3, 8), face, left, right, y, "title", lines=2)
    if r.random() < FLOATS:
        _floats(page, left, right, y, height * r.uniform(0.9, 0.95))
        return page.squeezed(side)
    columns = r.choices((1, 2, 3), (0.6, 0.35, 0.05))[0] if width < height else r.choice((1, 2, 2))
    gutter = 0.03 * width
    span = (right - left - (columns - 1) * gutter) / columns
    bottom = height * r.uniform(0.9, 0.95)
    whole_width = columns > 1 and r.random() < 0.25
    if whole_width:
        y = _figure(page, left, right, y, bottom, r.uniform(0.2, 0.35) * height)
    for column in range(columns):
        x = left + column * (span + gutter)
        _column(page, x, x + span, y + _gap(page, 0.1, 60), bottom)
    if r.random() < 0.6:
        canvas.text(
            r.choice((left, width / 2, right)), height * 0.965, str(r.randint(1, 400)), page.body, "#333333", "mm"
        )
    return page.squeezed(side)


def _empty(r: Random, width: int, height: int, style: Style, size: float, background: str) -> _Page:
    faces = (font(path, size) for path in (style.family.plain, style.family.bold, style.family.slanted))
    return _Page(Canvas(width, height, background), r, width, height, [], *faces, size, background)  # type: ignore[call-arg]


def _draw_alone(r: Random, side: int) -> tuple[Image.Image, list[Block]]:
    """A picture that is a chart, or some side by side, and perhaps a caption."""
    width = r.randint(380, 900)
    height = round(width * r.choice((0.62, 0.7, 0.75, r.uniform(0.4, 1.3))))
    edge = r.choice((0.0, 0.0, r.uniform(0, 0.03), r.uniform(0, 0.12))) * min(width, height)
    across, down = r.choices(((1, 1), (2, 1), (1, 2), (2, 2)), (0.85, 0.07, 0.04, 0.04))[0]
    page = None
    while page is None or not page.blocks:
        style = random_style(r)
        page = _empty(r, width, height, style, 9, style.background)
        captioned = style.background == "#ffffff" and r.random() < 0.15
        bottom = height - edge - (34 if captioned else 0)
        wide, tall = (width - 2 * edge) / across, (bottom - edge) / down
        for row, column in product(range(down), range(across)):
            room = (wide - (6 if across > 1 else 0), tall - (6 if down > 1 else 0))
            _chart(page, edge + column * wide, edge + row * tall, *room, style)
    if captioned:
        _caption(page, r.choice(("Figure", "Fig.", "Chart")), "image_caption", edge + 4, width - edge, bottom + 6)
    return page.squeezed(side)


def _floats(page: _Page, left: float, right: float, y: float, bottom: float) -> None:
    """A few figures and paragraphs, one below the other, and empty places between them."""
    r, wide = page.r, right - left
    figures = [wide * r.uniform(0.3, 0.95) for _ in range(r.choice((1, 1, 2, 2, 3)))]
    tall = [min(width * r.uniform(0.5, 0.9), 0.8 * (bottom - y) / len(figures) - 40) for width in figures]
    texts = [r.choice((0, 1, 2, 4, 8)) if r.random() < 0.3 else 0 for _ in range(len(figures) + 1)]
    free = max(0.0, bottom - y - sum(tall) - len(figures) * 4 * page.size - sum(texts) * 3.5 * page.size)
    gaps = [r.random() ** 2 for _ in range(len(figures) + 1)]
    centred = r.random() < 0.7
    for k, gap in enumerate(gaps):
        if texts[k]:
            text = " ".join(words.sentence(r) for _ in range(texts[k]))
            lines = int((bottom - y) / (1.3 * page.size))
            y = _paragraph(page, text, page.body, left, right, y, "text", lines=lines)
        y += free * gap / sum(gaps)
        if k == len(figures) or y + tall[k] > bottom:
            continue
        x = left + (wide - figures[k]) * (0.5 if centred else r.random())
        _chart(page, x, y, figures[k], tall[k])
        y += tall[k] + r.uniform(0.3, 1.2) * page.size
        if r.random() < 0.8:
            y = _caption(page, r.choice(("Figure", "Chart", "Fig.")), "image_caption", left, right, y, centred=centred)


def _column(page: _Page, x0: float, x1: float, y: float, bottom: float) -> None:
    r = page.r
    end = bottom if r.random() < 0.8 else bottom * r.uniform(0.5, 0.9)
    while y < end - 3 * page.size:
        x = r.random()
        if x < (0.4 if page.airy else 0.56):
            text = " ".join(words.sentence(r) for _ in range(r.choice((1, 2, 3, 4, 6, 9, 14))))
            y = _paragraph(page, text, page.body, x0, x1, y, "text", lines=int((end - y) / (1.3 * page.size)))
        elif x < 0.68:
            number = r.choice(("", f"{r.randint(1, 9)}. ", f"{r.randint(1, 9)}.{r.randint(1, 9)} "))
            y = _paragraph(page, number + words.phrase(r, 1, 5), page.bold, x0, x1, y, "title", lines=2)
        elif x < 0.9:
            y = _figure(page, x0, x1, y, end, r.uniform(0.3, 0.8) * min(x1 - x0, 400))
        elif x < 0.96:
            y = _table(page, x0, x1, y, end)
        else:
            y = _picture(page, x0, x1, y, end)
        y += _gap(page, 0.08, 12 * page.size)


def _gap(page: _Page, likely: float, most: float) -> float:
    """Room left empty between blocks: now and then, and on airy pages often and more."""
    r = page.r
    if page.airy:
        return r.uniform(0, 0.3) * page.height if r.random() < 0.35 else 0.0
    return r.uniform(0, most) if r.random() < likely else 0.0


def _paragraph(
    page: _Page,
    text: str,
    face: object,
    x0: float,
    x1: float,
    y: float,
    kind: str,
    *,
    lines: int,
    centred: bool = False,
) -> float:
    """Text set in lines; returns where the next block starts."""
    size = face.getSize()  # type: ignore[attr-defined]
    leading, top, widest, row = 1.28 * size, y, 0.0, ""
    count = 0
    for word in [*text.split(" "), None]:
        longer = f"{row} {word}".strip()
        if word is None or face.measureText(longer) > x1 - x0:  # type: ignore[attr-defined]
            if row and count < lines and y + leading < page.height:
                page.canvas.text((x0 + x1) / 2 if centred else x0, y, row, face, "#111111", "mt" if centred else "lt")
                widest, y, count = max(widest, face.measureText(row)), y + leading, count + 1  # type: ignore[attr-defined]
            row = word or ""
        else:
            row = longer
    if count:
        start = (x0 + x1 - widest) / 2 if centred else x0
        page.add(kind, start, top, min(x1, start + widest), y - leading + size)
    return y + page.r.uniform(0.5, 1.3) * size


def _caption(page: _Page, word: str, kind: str, x0: float, x1: float, y: float, *, centred: bool = False) -> float:
    r = page.r
    text = f"{word} {r.randint(1, 19)}{r.choice((': ', '. ', ' '))}{words.sentence(r, 4, 16)}"
    return _paragraph(page, text, r.choice((page.body, page.slanted)), x0, x1, y, kind, lines=3, centred=centred)


def _figure(page: _Page, x0: float, x1: float, y: float, bottom: float, tall: float) -> float:
    """A chart, or two side by side, and mostly a caption, above or below."""
    r = page.r
    if y + tall + 20 > bottom:
        return bottom if y + 60 > bottom else _paragraph(page, words.sentence(r), page.body, x0, x1, y, "text", lines=3)
    above, captioned = r.random() < 0.3, r.random() < 0.75
    if captioned and above:
        y = _caption(page, r.choice(("Figure", "Chart", "Fig.")), "image_caption", x0, x1, y)
    wide = x1 - x0
    share = 1 if wide < 330 or r.random() < 0.75 else 2
    for k in range(share):
        room = wide / share - 6
        width = min(room, tall * r.uniform(1.15, 1.9))
        start = x0 + k * wide / share + r.choice((0.0, (room - width) / 2))
        if y + tall < bottom:
            _chart(page, start, y, width, tall)
    y += tall + 0.7 * page.size
    if captioned and not above:
        y = _caption(page, r.choice(("Figure", "Chart", "Fig.")), "image_caption", x0, x1, y)
    return y + 0.5 * page.size


def _chart(page: _Page, x: float, y: float, width: float, height: float, style: Style | None = None) -> None:
    """A chart shrunk to its place, in a style or in any; none when six could not be drawn there."""
    r = page.r
    for _ in range(6):
        scale = r.uniform(0.45, 0.8) if width < 300 else r.uniform(0.55, 0.95)
        before = page.canvas.skia.save()
        page.canvas.skia.translate(x, y)
        page.canvas.skia.scale(scale, scale)
        page.canvas.skia.clipRect(skia.Rect.MakeWH(width / scale, height / scale))
        room = (0, 0, width / scale, height / scale)
        try:
            draw_chart(page.canvas, random_spec(r), style or random_style(r), r, room)
        except Crowded:
            page.canvas.rect(*room, paint(page.background))
        else:
            page.add("chart", x, y, x + width, y + height)
            return
        finally:
            page.canvas.skia.restoreToCount(before)


def _table(page: _Page, x0: float, x1: float, y: float, bottom: float) -> float:
    r = page.r
    rows, columns = r.randint(3, 9), r.randint(2, 6)
    leading = 1.5 * page.size
    if y + (rows + 3) * leading > bottom:
        return y + leading
    if r.random() < 0.7:
        y = _caption(page, "Table", "table_caption", x0, x1, y)
    others.draw_table(
        page.canvas, r, (x0, y, x1, y + rows * leading), others.random_table(r, rows, columns), page.body, page.bold
    )
    page.add("table", x0, y, x1, y + rows * leading)
    return y + (rows + 0.8) * leading


def _picture(page: _Page, x0: float, x1: float, y: float, bottom: float) -> float:
    r = page.r
    width = (x1 - x0) * r.uniform(0.5, 1)
    height = width * r.uniform(0.4, 0.8)
    if y + height > bottom:
        return y + 2 * page.size
    others.draw_picture(page.canvas, r, (x0, y, x0 + width, y + height))
    page.add("image", x0, y, x0 + width, y + height)
    y += height + 0.7 * page.size
    return _caption(page, "Figure", "image_caption", x0, x1, y) if r.random() < 0.5 else y
