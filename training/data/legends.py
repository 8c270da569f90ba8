"""Legends: beside the plot, inside it, or names at the ends of lines.

Comes in: a canvas, a `Spec`, a `Style` and the room that is left, or the finished `Plot`. Goes out: nothing, the canvas
is drawn on. Raises `marks.Crowded` when names do not fit.
"""

from itertools import pairwise
from random import Random
from typing import Any

from training.data import marks
from training.data.canvas import Canvas, Room, font, paint, wrap
from training.data.marks import Crowded, Plot
from training.data.spec import Spec
from training.data.styles import Style


def draw_legend(canvas: Canvas, spec: Spec, style: Style, room: Room) -> None:
    """A legend at the right, above or below, as the style has it; takes its room."""
    face = font(style.family.bold if style.legend_bold else style.family.plain, style.size, style.hinting)
    if style.legend == "right":
        _column(canvas, spec, style, room, face)
    else:
        _rows(canvas, spec, style, room, face)


def _key(style: Style) -> float:
    """The width of a key."""
    return (2.0 if style.symbol == "line" else 1.0) * style.size


def _column(canvas: Canvas, spec: Spec, style: Style, room: Room, face: Any) -> None:
    key = _key(style)
    lines = [wrap(name, face, 0.3 * room.width) for name in spec.names]
    width = max(face.measureText(line) for each in lines for line in each) + key + 6
    if width > 0.42 * room.width:
        raise Crowded
    x, y = room.x1 - width, room.y0 + 0.8 * style.size
    if style.legend_title:
        bold = font(style.family.bold, style.size, style.hinting)
        canvas.text(x, y, style.legend_name, bold, style.ink)
        y += 1.5 * style.size
    for j, each in enumerate(lines):
        marks.swatch(canvas, style, j, x, y, key, spec.kind)
        for line in each:
            canvas.text(x + key + 4, y, line, face, style.ink)
            y += 1.25 * style.size
        y += 0.3 * style.size
    if y > room.y1:
        raise Crowded
    room.x1 -= width + 12


def _rows(canvas: Canvas, spec: Spec, style: Style, room: Room, face: Any) -> None:
    key = _key(style)
    widths = [face.measureText(name) + key + 18 for name in spec.names]
    rows: list[list[int]] = [[]]
    used = 0.0
    for j, width in enumerate(widths):
        if rows[-1] and used + width > room.width:
            rows.append([])
            used = 0.0
        rows[-1].append(j)
        used += width
    if max(widths) > room.width + 18 or len(rows) > 4:
        raise Crowded
    height = 1.6 * style.size * len(rows)
    y = room.y0 if style.legend == "top" else room.y1 - height
    for row in rows:
        total = sum(widths[j] for j in row)
        x = room.x0 if style.title_at == "left" and style.legend == "top" else (room.x0 + room.x1 - total) / 2
        for j in row:
            marks.swatch(canvas, style, j, x, y + 0.7 * style.size, key, spec.kind)
            canvas.text(x + key + 4, y + 0.7 * style.size, spec.names[j], face, style.ink)
            x += widths[j]
        y += 1.6 * style.size
    if style.legend == "top":
        room.y0 += height + 6
    else:
        room.y1 -= height + 4


def draw_end_names(canvas: Canvas, plot: Plot, face: Any) -> None:
    """Names at the ends of lines, moved apart."""
    spec, size = plot.spec, plot.style.size
    ends = []
    for j, row in enumerate(plot.stacked()):
        known = [v for v in row if v is not None]
        if not known:
            raise Crowded  # a name has to stand at a line
        ends.append([plot.up(known[-1]), j])
    ends.sort()
    for before, after in pairwise(ends):
        after[0] = max(after[0], before[0] + 1.15 * size)
    if ends[-1][0] > plot.y1 + 2 * size:
        raise Crowded
    for y, j in ends:
        canvas.text(plot.x1 + 6, y, spec.names[int(j)], face, plot.style.palette[int(j)])


def draw_inside_legend(canvas: Canvas, plot: Plot, face: Any, r: Random) -> None:
    """A box in a corner of the plot, where there are no marks."""
    spec, style = plot.spec, plot.style
    key = _key(style)
    width = max(face.measureText(name) for name in spec.names) + key + 16
    height = 1.35 * style.size * len(spec.names) + 8
    if width > 0.6 * (plot.x1 - plot.x0) or height > 0.6 * (plot.y1 - plot.y0):
        raise Crowded
    corners = [(plot.x0 + 6, plot.y0 + 6), (plot.x1 - width - 6, plot.y0 + 6)]
    if spec.kind == "barh":
        corners = [(plot.x1 - width - 6, plot.y0 + 6), (plot.x1 - width - 6, plot.y1 - height - 6)]
    x, y = min(corners, key=lambda c: plot.covered(c[0], c[1], c[0] + width, c[1] + height))
    if plot.covered(x, y, x + width, y + height) > 0:
        raise Crowded
    canvas.rect(x, y, x + width, y + height, paint(style.background))
    if r.random() < 0.6:
        canvas.rect(x, y, x + width, y + height, paint(style.faint, width=1.0))
    for j, name in enumerate(spec.names):
        middle = y + 4 + (j + 0.5) * 1.35 * style.size
        marks.swatch(canvas, style, j, x + 6, middle, key, spec.kind)
        canvas.text(x + 10 + key, middle, name, face, style.ink)
