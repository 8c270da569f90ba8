"""Pictures that are no charts: photographs as far as shapes can be ones, diagrams, text, tables, logos.

Comes in: a ``random.Random`` and a rectangle of a canvas. Goes out: what kind of picture it is and what it says.
"""

from random import Random

import skia

from training.data import words
from training.data.answer import markdown, tagged
from training.data.canvas import Canvas, color, families, font, paint, wrap

Box = tuple[float, float, float, float]


def draw_other(canvas: Canvas, r: Random) -> str:
    """A picture that is no chart over the whole canvas; returns the answer it should have."""
    box = (0.0, 0.0, float(canvas.width), float(canvas.height))
    x = r.random()
    family = r.choice(families())
    if x < 0.35:
        draw_picture(canvas, r, box)
        return tagged("natural_image", "natural_image", "", "")
    if x < 0.55:
        draw_diagram(canvas, r, box)
        return tagged("flowchart", "flowchart", "", "")
    if x < 0.75:
        size = r.uniform(11, 18)
        rows, columns = min(r.randint(2, 10), int(canvas.height / (2 * size))), min(r.randint(2, 5), canvas.width // 80)
        cells = random_table(r, max(2, rows), max(2, columns))
        draw_table(canvas, r, (6, 6, box[2] - 6, box[3] - 6), cells, font(family.plain, size), font(family.bold, size))
        return tagged("pure_table", "pure_table", "", markdown(cells[0], cells[1:]))
    size = r.uniform(11, 22)
    face = font(family.plain, size)
    y = 8.0
    while y < canvas.height - 1.5 * size:
        for line in wrap(words.sentence(r), face, canvas.width - 20):
            canvas.text(8, y, line, face, "#111111", "lt")
            y += 1.3 * size
        y += r.choice((0, size))
    return tagged("text_image", "text_image", "", "")


def draw_picture(canvas: Canvas, r: Random, box: Box) -> None:
    """Soft shapes of many colours."""
    x0, y0, x1, y1 = box
    tint = lambda: "#" + "".join(f"{r.randint(0, 255):02x}" for _ in range(3))  # noqa: E731 - three uses, one line
    canvas.skia.save()
    canvas.skia.clipRect(skia.Rect.MakeLTRB(*box))
    shader = skia.GradientShader.MakeLinear([(x0, y0), (r.choice((x0, x1)), y1)], [color(tint()), color(tint())])
    canvas.rect(*box, skia.Paint(Shader=shader))
    for _ in range(r.randint(4, 40)):
        x, y, size = r.uniform(x0, x1), r.uniform(y0, y1), (x1 - x0) * r.random() ** 2 * 0.4
        fill = skia.Paint(Color=color(tint(), r.uniform(0.2, 1)), AntiAlias=True)
        if r.random() < 0.5:
            fill.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, r.uniform(1, 12)))
        if r.random() < 0.6:
            canvas.circle(x, y, size, fill)
        else:
            canvas.polygon(
                [(x + r.uniform(-size, size), y + r.uniform(-size, size)) for _ in range(r.randint(3, 9))], fill
            )
    canvas.skia.restore()


def draw_diagram(canvas: Canvas, r: Random, box: Box) -> None:
    """Boxes with words, joined by arrows."""
    x0, y0, x1, y1 = box
    family = r.choice(families())
    face = font(family.plain, r.uniform(10, 14))
    columns, rows = r.randint(2, 4), r.randint(1, 4)
    wide, tall = (x1 - x0) / columns, (y1 - y0) / rows
    fill, ink = r.choice(("#ffffff", "#dbe9f6", "#fde9d9", "#e2f0d9")), "#222222"
    for i in range(columns):
        for j in range(rows):
            x, y = x0 + (i + 0.5) * wide, y0 + (j + 0.5) * tall
            if i + 1 < columns:
                canvas.line(x, y, x + wide, y, paint(ink, width=1.5))
            if j + 1 < rows and r.random() < 0.6:
                canvas.line(x, y, x, y + tall, paint(ink, width=1.5))
            half, rise = 0.34 * wide, 0.26 * tall
            canvas.rect(x - half, y - rise, x + half, y + rise, paint(fill), r.choice((0, 6)))
            canvas.rect(x - half, y - rise, x + half, y + rise, paint(ink, width=1.2))
            for k, line in enumerate(wrap(words.phrase(r, 1, 3), face, 1.8 * half)[:2]):
                canvas.text(x, y + (k - 0.3) * 1.2 * face.getSize(), line, face, ink, "mm")


def random_table(r: Random, rows: int, columns: int) -> list[list[str]]:
    """Cells of a table, a heading row first."""
    heading = ["", *words.series_names(r, columns - 1)] if columns > 2 else ["Item", "Value"]
    heading[0] = heading[0] or words.phrase(r, 1, 1)
    decimals = r.choice((0, 0, 1, 2))
    body = [
        [name, *(f"{r.uniform(0, 10 ** r.randint(1, 4)):.{decimals}f}" for _ in range(columns - 1))]
        for name in words.categories(r, rows - 1, 24)
    ]
    return [heading, *body]


def draw_table(canvas: Canvas, r: Random, box: Box, cells: list[list[str]], body: object, bold: object) -> None:
    """Cells in rows, with rules between some of them."""
    x0, y0, x1, y1 = box
    rows, columns = len(cells), len(cells[0])
    tall, first = (y1 - y0) / rows, (x1 - x0) * r.uniform(0.28, 0.45)
    wide = (x1 - x0 - first) / (columns - 1)
    lined, shaded = r.random() < 0.5, r.random() < 0.3
    thin = paint("#444444", width=0.8)
    for i, row in enumerate(cells):
        y = y0 + i * tall
        if shaded and i % 2:
            canvas.rect(x0, y, x1, y + tall, paint("#eeeeee"))
        if lined or i in (0, 1):
            canvas.line(x0, y, x1, y, thin)
        for j, cell in enumerate(row):
            face = bold if i == 0 else body
            room = first if j == 0 else wide
            while len(cell) > 3 and face.measureText(cell) > room - 4:  # type: ignore[attr-defined]
                row[j] = cell = cell[:-2]  # noqa: PLW2901 - what does not fit is not in the answer either
            x = x0 + 3 if j == 0 else x0 + first + j * wide - 4
            canvas.text(x, y + tall / 2, cell, face, "#111111", "lm" if j == 0 else "rm")
    canvas.line(x0, y1, x1, y1, thin)
