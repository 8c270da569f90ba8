"""What stands around a chart and is none of it: tools, links, buttons, logos, sources.

Comes in: a canvas, a `Spec`, a `Style` and the room there is. Goes out: nothing, the canvas is drawn on and the room
shrinks. Signs before words are drawn with care: a dot before a link is what a legend's key looks like.
"""

import math
from random import Random
from typing import Any

from training.data import words
from training.data.canvas import Canvas, Room, font, paint, wrap
from training.data.spec import Spec
from training.data.styles import Style

_LEFT = ("Additional Information", "Details", "About this chart", "Further information", "Methodology", "Notes")
_RIGHT = ("Show source", "Source", "Download", "Show sources information", "Get the data", "Embed")
_BUTTONS = ("Collapse statistic", "Expand table", "Show more", "Show all", "View table", "Show less")
_KNOWN = 0.6
"""How often words of links and buttons are among those above."""
_BLUES = ("#1a73c9", "#0f7dc7", "#2a5db0", "#0b6bb3")


def draw_furniture(canvas: Canvas, spec: Spec, style: Style, r: Random, room: Room) -> None:
    """All that the style has around a chart, but titles and legends."""
    if style.toolbar:
        _toolbar(canvas, r, room)
    if style.logo:
        _logo(canvas, spec, style, r, room)
    if style.links:
        _links(canvas, style, r, room)
    if style.banner:
        _banner(canvas, style, r, room)
    if style.button:
        _button(canvas, style, r, room)
    if style.noted:
        _notes(canvas, spec, style, r, room)
    if style.logo and style.title_at == "left":
        room.y0 += 6


def _sign(canvas: Canvas, r: Random, x: float, y: float, size: float, ink: str) -> None:
    """A small picture around a point, as on buttons and beside links."""
    half, solid, stroke = size / 2, paint(ink), paint(ink, width=1.3)
    match r.randrange(7):
        case 0 | 1:
            canvas.circle(x, y, half, solid)
            canvas.rect(x - 0.7, y - 0.1 * size, x + 0.7, y + 0.3 * size, paint("#ffffff"))
        case 2:
            canvas.circle(x, y, half - 0.5, stroke)
        case 3:
            canvas.rect(x - half, y - half, x + half, y + half, stroke, 1)
            canvas.line(x - 0.25 * size, y, x + 0.25 * size, y, stroke)
        case 4:
            canvas.line(x - half, y - half, x - half, y + half, stroke)
            canvas.rect(x - half, y - half, x + half, y + 0.1 * size, solid)
        case 5:
            turns = [math.pi * i / 5 for i in range(10)]
            reach = [half if i % 2 == 0 else 0.45 * half for i in range(10)]
            ends = [(x + far * math.sin(t), y - far * math.cos(t)) for t, far in zip(turns, reach, strict=True)]
            canvas.polygon(ends, solid)
        case _:
            for side in (-0.3, 0.3):
                canvas.circle(x + side * size, y - 0.1 * size, 0.2 * size, solid)
                canvas.line(x + (side + 0.15) * size, y, x + side * size, y + 0.4 * size, stroke)


def _small(style: Style) -> Any:
    return font(style.family.plain, round(style.size * 0.88, 1), style.hinting)


def _said(r: Random, known: tuple[str, ...]) -> str:
    return r.choice(known) if r.random() < _KNOWN else words.phrase(r, 1, 3)


def _toolbar(canvas: Canvas, r: Random, room: Room) -> None:
    back, edge = r.choice((("#f2f4f7", ""), ("#eef2f6", ""), ("#ffffff", "#e4e8ee")))
    ink = r.choice(("#6b7a8f", "#b9c3d0", "#173b6c"))
    for i in range(r.randint(3, 7)):
        y = room.y0 + i * 26
        canvas.rect(room.x1 - 22, y, room.x1, y + 22, paint(back), 3)
        if edge:
            canvas.rect(room.x1 - 22, y, room.x1, y + 22, paint(edge, width=1.0), 3)
        _sign(canvas, r, room.x1 - 11, y + 11, 9, ink)
    room.x1 -= 34


def _logo(canvas: Canvas, spec: Spec, style: Style, r: Random, room: Room) -> None:
    name = "".join(w[0] for w in (spec.title or "our data lab").split()[:3]).upper()
    face = font(style.heading.bold, style.size, style.hinting)
    width = face.measureText(name) + 12
    canvas.rect(room.x1 - width, room.y0 - 4, room.x1, room.y0 + 20, paint(r.choice(("#002147", "#c0023e", "#444444"))))
    canvas.text(room.x1 - width / 2, room.y0 + 8, name, face, "#ffffff", "mm")
    room.x1 -= width + 8 if style.title_at != "left" else 0


def _links(canvas: Canvas, style: Style, r: Random, room: Room) -> None:
    small, ink = _small(style), r.choice(_BLUES)
    y, size = room.y1 - 0.5 * small.getSize(), 0.75 * small.getSize()
    signs = r.choice((True, True, True, False))
    left, right = _said(r, _LEFT), _said(r, _RIGHT)
    shift = 1.4 * size if signs else 0.0
    if r.random() < 0.85:
        if signs:
            _sign(canvas, r, room.x0 + 0.5 * size, y, size, ink)
        canvas.text(room.x0 + shift, y, left, small, ink, "lm")
    if r.random() < 0.85:
        if signs:
            _sign(canvas, r, room.x1 - 0.5 * size, y, size, ink)
        canvas.text(room.x1 - shift, y, right, small, ink, "rm")
    room.y1 -= 2.2 * small.getSize()


def _banner(canvas: Canvas, style: Style, r: Random, room: Room) -> None:
    bold = font(style.family.bold, style.size, style.hinting)
    small = _small(style)
    middle, ink = room.y0 + 1.2 * style.size, "#1a4f7a"
    canvas.rect(room.x0, room.y0, room.x1, room.y0 + 2.4 * style.size, paint("#e3f0fc"), 2)
    x, head = room.x0 + 8, words.phrase(r, 1, 2) + ":"
    if r.random() < 0.6:
        _sign(canvas, r, x + 4, middle, 8, ink)
        x += 16
    canvas.text(x, middle, head, bold, ink)
    canvas.text(x + bold.measureText(head) + 6, middle, words.phrase(r, 3, 8), small, ink)
    room.y0 += 3.4 * style.size


def _button(canvas: Canvas, style: Style, r: Random, room: Room) -> None:
    face, ink = font(style.family.plain, round(style.size * r.uniform(0.88, 1.1), 1), style.hinting), r.choice(_BLUES)
    middle, text = (room.x0 + room.x1) / 2, _said(r, _BUTTONS)
    half, y = face.measureText(text) / 2 + 14, room.y1 - 1.2 * style.size
    if r.random() < 0.6:
        _sign(canvas, r, middle - half + 1, y, 8, ink)
        half += 8
    canvas.text(middle, y, text, face, ink, "mm")
    canvas.rect(middle - half, room.y1 - 2.4 * style.size, middle + half, room.y1 - 1, paint(ink, width=1.0), 3)
    room.y1 -= 3.4 * style.size


def _notes(canvas: Canvas, spec: Spec, style: Style, r: Random, room: Room) -> None:
    small = _small(style)
    flagged = style.links and r.random() < 0.6
    for note in reversed(spec.notes):
        for line in reversed(wrap(note, small, room.width)[:2]):
            room.y1 -= 1.25 * small.getSize()
            if not style.links:
                canvas.text(room.x0, room.y1, line, small, style.faint, "lt")
                continue
            if flagged:
                _sign(canvas, r, room.x1 - 4, room.y1 + 0.5 * small.getSize(), 8, style.faint)
            canvas.text(room.x1 - (12 if flagged else 0), room.y1, line, small, style.faint, "rt")
        room.y1 -= 3
