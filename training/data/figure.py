"""A chart drawn in a style: titles here; furniture.py, legends.py, axes.py and marks.py draw the rest.

Comes in: a `Spec`, a `Style`, a canvas and the rectangle to fill. Goes out: nothing, the canvas is drawn on. Raises
`marks.Crowded` when the rectangle has too little room for what the chart says: another size or chart is taken then.
"""

from dataclasses import replace
from random import Random

from training.data import axes, furniture, legends, marks
from training.data.canvas import Canvas, Room, font, paint, wrap
from training.data.marks import Crowded
from training.data.spec import Spec
from training.data.styles import Style


def draw_chart(
    canvas: Canvas, spec: Spec, style: Style, r: Random, box: tuple[float, float, float, float]
) -> frozenset[tuple[int, int]]:
    """Draw a chart into a rectangle; returns series and category of values that it does not write although it might.

    Raises
    ------
    Crowded
        When it cannot be read there.
    """
    if spec.kind not in ("bar", "barh"):  # only bars are hatched, so keys must not be
        style = replace(style, hatch=False)
    room = Room(*box)
    canvas.rect(*box, paint(style.background))
    if style.card:
        canvas.rect(*box, paint(r.choice(("#f2f2f2", "#f7f7f7", "#fafafa"))))
        inset = r.uniform(3, 8)
        room = Room(room.x0 + inset, room.y0 + inset, room.x1 - inset, room.y1 - inset)
        canvas.rect(room.x0, room.y0, room.x1, room.y1, paint(style.background), 4)
        canvas.rect(room.x0, room.y0, room.x1, room.y1, paint("#e4e4e4", width=1.0), 4)
    if style.border:
        canvas.rect(box[0] + 0.5, box[1] + 0.5, box[2] - 0.5, box[3] - 0.5, paint(style.border, width=1.0))
    if style.rule:
        canvas.rect(room.x0, room.y0, room.x0 + r.choice((30, room.width)), room.y0 + 4, paint(style.rule))
        room.y0 += 4
    room = Room(room.x0 + style.margin, room.y0 + style.margin, room.x1 - style.margin, room.y1 - style.margin)
    room.y1 -= style.aired * room.height
    furniture.draw_furniture(canvas, spec, style, r, room)
    if not style.title_below:
        _titles(canvas, spec, style, room)
    if spec.kind == "pie":
        _pie(canvas, spec, style, r, room)
        return frozenset()
    if len(spec.names) > 1 and style.legend not in ("inside", "direct"):
        legends.draw_legend(canvas, spec, style, room)
    if style.title_below:
        _titles(canvas, spec, style, room)
    return axes.draw_axes_chart(canvas, spec, style, r, room)


def _titles(canvas: Canvas, spec: Spec, style: Style, room: Room) -> None:
    family = style.heading
    path = {"bold": family.bold, "slanted": family.slanted}.get(style.title_style, family.plain)
    parts = (
        (
            spec.title,
            font(path, round(style.size * style.title_scale, 1), style.hinting),
            style.title_color or style.ink,
        ),
    )
    parts += ((spec.subtitle, font(style.family.plain, style.size, style.hinting), style.faint),)
    for text, face, fill in parts:
        if not text:
            continue
        lines = wrap(text, face, room.width)
        if len(lines) > 3 or any(face.measureText(line) > room.width for line in lines):
            raise Crowded
        leading = face.getSize() * 1.22
        x, anchor = {"left": (room.x0, "l"), "middle": ((room.x0 + room.x1) / 2, "m"), "right": (room.x1, "r")}[
            style.title_at
        ]
        if style.title_below:
            room.y1 -= leading * len(lines) + 3
        top = room.y1 + 3 if style.title_below else room.y0
        for i, line in enumerate(lines):
            canvas.text(x, top + i * leading, line, face, fill, anchor + "t")
        if not style.title_below:
            room.y0 += leading * len(lines) + 0.3 * style.size
    if spec.title:
        room.y0 += 0.5 * style.size * (not style.title_below)


def _pie(canvas: Canvas, spec: Spec, style: Style, r: Random, room: Room) -> None:
    face = font(style.family.plain, style.size, style.hinting)
    legend = style.pie_legend or r.random() < 0.2
    widest = max(face.measureText(name) for name in spec.categories)
    if legend:
        width = widest + 2.2 * style.size
        if width > 0.5 * room.width or 1.5 * style.size * len(spec.categories) > room.height:
            raise Crowded
        x = room.x1 - width
        y = room.y0 + (room.height - 1.5 * style.size * len(spec.categories)) / 2
        for i, name in enumerate(spec.categories):
            marks.swatch(canvas, style, i, x, y + 0.7 * style.size, style.size, "bar")
            canvas.text(x + 1.5 * style.size, y + 0.7 * style.size, name, face, style.ink, "lm")
            y += 1.5 * style.size
        room.x1 -= width + 8
        radius = min(room.width, room.height) * 0.5 - (1.6 * style.size if spec.printed else 2)
    else:
        reach = (4.5 if spec.printed else 1) + (2 if style.leader else 0)
        radius = min(
            room.height / 2 - (3.4 if style.leader else 2) * style.size, room.width / 2 - widest - reach * style.size
        )
    if radius < max(40, 0.2 * min(room.width, room.height)):
        raise Crowded
    marks.draw_pie(canvas, spec, style, r, ((room.x0 + room.x1) / 2, (room.y0 + room.y1) / 2, radius), named=not legend)
