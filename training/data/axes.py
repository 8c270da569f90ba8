"""Axes: where the plot is, its grid, ticks and numbers, and the names of its categories; then the marks in it.

Comes in: a canvas, a `Spec`, a `Style` and the room that is left. Goes out: nothing, the canvas is drawn on. Raises
`marks.Crowded` when labels would meet or too little room is left.
"""

import math
from dataclasses import replace
from random import Random
from typing import Any

from training.data import legends, marks, words
from training.data.canvas import Canvas, Room, font, paint, wrap
from training.data.marks import Crowded, Plot
from training.data.spec import Spec, nice_step
from training.data.styles import Style


def draw_axes_chart(canvas: Canvas, spec: Spec, style: Style, r: Random, room: Room) -> frozenset[tuple[int, int]]:
    """Everything of a chart with axes but its title and the legend beside it; returns which values are not written."""
    face = font(style.family.plain, style.size, style.hinting)
    bold = font(
        style.family.bold if style.titles_bold else style.family.plain,
        round(style.size * style.axis_title, 1),
        style.hinting,
    )
    at_ends = spec.kind in ("line", "area") and len(spec.names) > 1 and style.legend == "direct"
    if spec.value_title and style.value_title in ("above", "none") and spec.kind != "barh":
        for line in wrap(spec.value_title, face, room.width):
            canvas.text(room.x0, room.y0, line, face, style.faint, "lt")
            room.y0 += 1.25 * style.size
        room.y0 += 0.5 * style.size
    if style.legend == "direct" and len(spec.names) > 1 and not at_ends:
        legends.draw_legend(canvas, spec, replace(style, legend="top"), room)
    if at_ends:
        room.x1 -= max(face.measureText(name) for name in spec.names) + 8
    plot = (_lying if spec.kind == "barh" else _upright)(canvas, spec, style, room, face, bold)
    if plot.x1 - plot.x0 < 90 or plot.y1 - plot.y0 < 60:
        raise Crowded
    _draw_frame(canvas, plot, face, r)
    marks.draw_marks(canvas, plot, r)
    if at_ends:
        legends.draw_end_names(canvas, plot, face)
    if style.legend == "inside" and len(spec.names) > 1:
        legends.draw_inside_legend(canvas, plot, face, r)
    return frozenset(plot.unlabelled)


def _hidden(spec: Spec, style: Style) -> bool:
    """Whether the value axis has no numbers."""
    return style.values_hidden and spec.printed is not None


def _as_powers(spec: Spec, style: Style) -> bool:
    return style.powers and spec.axis.log and not (spec.axis.format.prefix or spec.axis.format.suffix)


def _widest_number(spec: Spec, style: Style, face: Any) -> float:
    if _hidden(spec, style):
        return 0.0
    return max(face.measureText(spec.axis.label(tick)) for tick in spec.axis.ticks())


def _lying(canvas: Canvas, spec: Spec, style: Style, room: Room, face: Any, bold: Any) -> Plot:
    """The plot of bars that lie, with the axes' titles and the names at its left."""
    hidden, outward, below = _hidden(spec, style), max(style.tick, 0.0), 0.5 * style.size
    below += _lying_titles(canvas, spec, style, room, bold)
    if not hidden:
        below += 1.3 * style.size + outward
    names = [wrap(name, face, 0.4 * room.width, 3) for name in spec.categories]
    left = max(face.measureText(line) for each in names for line in each)
    if left > 0.5 * room.width:
        raise Crowded
    start = room.x0 + left + outward + 5
    right = min(room.x1 - _widest_number(spec, style, face) / 2, _room_for_values(spec, style, face, start, room.x1))
    plot = Plot(start, room.y0, right, room.y1 - below, spec, style)
    if style.opposite and not hidden:
        plot.y0, plot.y1 = plot.y0 + 1.6 * style.size, plot.y1 + 1.3 * style.size
    if plot.step < style.size * max(1.05, 1.12 * max(map(len, names))):
        raise Crowded
    for i, lines in enumerate(names):
        y = plot.place(i) - (len(lines) - 1) * 0.56 * style.size
        for k, line in enumerate(lines):
            canvas.text(plot.x0 - 5 - outward, y + k * 1.12 * style.size, line, face, style.ink, "rm")
    return plot


def _room_for_values(spec: Spec, style: Style, face: Any, start: float, end: float) -> float:
    """Where a plot of lying bars ends at most, so that the values beyond their ends are not cut."""
    if spec.printed is None or style.label_at != "end" or spec.mode in ("stacked", "share"):
        return end
    values = (value for row in spec.values for value in row if value is not None and value > 0)
    ends = ((face.measureText(spec.printed(value)) + 6, spec.axis.at(value)) for value in values)
    return min((start + (end - start - width) / at for width, at in ends if at > 0), default=end)


def _lying_titles(canvas: Canvas, spec: Spec, style: Style, room: Room, bold: Any) -> float:
    """The axes' titles; returns the room they take below the plot."""
    if spec.category_title and style.category_turned:
        canvas.text(room.x0, (room.y0 + room.y1) / 2, spec.category_title, bold, style.ink, "mt", angle=-90)
        room.x0 += 1.7 * style.size
    elif spec.category_title:
        canvas.text(room.x0, room.y0, spec.category_title, bold, style.ink, "lt")
        room.y0 += 1.5 * style.size
    if not spec.value_title:
        return 0.0
    lines = wrap(spec.value_title, bold, room.width)
    for k, line in enumerate(reversed(lines)):
        y = room.y1 - 1.25 * style.size * k
        canvas.text((room.x0 + room.x1) / 2, y, line, bold, style.ink, "mb")
    return 1.25 * style.size * len(lines) + 4


def _upright(canvas: Canvas, spec: Spec, style: Style, room: Room, face: Any, bold: Any) -> Plot:
    """The plot of everything else, with the axes' titles and the names below it."""
    hidden, outward, below = _hidden(spec, style), max(style.tick, 0.0), 0.5 * style.size
    widest = _widest_number(spec, style, face)
    left = 4.0 if hidden else widest + outward + 6
    if spec.value_title and style.value_title == "turned":
        lines = wrap(spec.value_title, bold, room.height, 2)
        if any(bold.measureText(line) > room.height for line in lines):
            raise Crowded
        middle = (room.y0 + room.y1 - 2 * style.size) / 2
        for k, line in enumerate(lines):
            canvas.text(room.x0 + 1.2 * style.size * k, middle, line, bold, style.ink, "mt", angle=-90)
        left += style.size * (0.3 + 1.2 * len(lines))
    if spec.category_title:
        if bold.measureText(spec.category_title) > room.width - left:
            raise Crowded
        canvas.text((room.x0 + left + room.x1) / 2, room.y1, spec.category_title, bold, style.ink, "mb")
        below += 1.4 * style.size
    plot = Plot(room.x0 + left, room.y0 + 0.6 * style.size, room.x1 - 6, room.y1 - below - outward, spec, style)
    if style.opposite and not hidden:
        plot.x0, plot.x1 = plot.x0 - widest, plot.x1 - widest
    if plot.from_edge:
        plot.x1 -= min(34.0, face.measureText(spec.categories[-1]) / 2)
    if spec.at is None:
        _draw_names(canvas, plot, face, room)
    else:
        _draw_scale(canvas, plot, face, spec.at)
    return plot


def _draw_names(canvas: Canvas, plot: Plot, face: Any, room: Room) -> None:
    """Names under the plot: as they are, in lines, left out where time tells them, or turned."""
    spec, style = plot.spec, plot.style
    step = plot.step
    lines, shown, angle = _fitting(spec, style, step, face)
    reach = 1.15 * style.size * max(map(len, lines))
    if angle:
        turned, widest = math.radians(angle), max(face.measureText(name) for name in spec.categories)
        reach = widest * abs(math.sin(turned)) + style.size * abs(math.cos(turned))
    if reach > 0.45 * room.height or (spec.between and len(shown) < len(spec.categories)):
        raise Crowded
    plot.y1 -= reach + 3
    y = plot.y1 + max(style.tick, 0.0) + 4
    for i in shown:
        x = plot.place(i)
        if angle:
            anchor = ("r" if angle < 0 else "l") + "m"
            canvas.text(x, y + 0.3 * style.size, spec.categories[i], face, style.ink, anchor, angle)
            continue
        for k, line in enumerate(lines[i]):
            canvas.text(x, y + k * 1.12 * style.size, line, face, style.ink, "mt")
    plot.shown = list(shown)


def _fitting(spec: Spec, style: Style, step: float, face: Any) -> tuple[list[list[str]], range, float]:
    """Lines of each name, which names are shown, and their angle, so that no two meet."""
    count, whole = len(spec.categories), [[name] for name in spec.categories]
    widest = max(face.measureText(name) for name in spec.categories)
    if style.turn == -90.0 and not spec.timed and spec.kind == "bar" and style.titles_bold:
        return whole, range(count), -90.0
    if widest <= step * 0.96:
        return whole, range(count), 0.0
    if spec.timed and style.thinned and count > 4:
        return whole, range(0, count, max(1, math.ceil(1.25 * style.size / step))), style.turn
    if spec.timed and count > 5 and (style.turn in (-30, -90) or widest > 4 * step or style.size < 11):
        every = next((n for n in (2, 3, 4, 5, 6, 8, 10, 12) if n * step > widest * 1.15), 0)
        if not every:
            raise Crowded
        return whole, range(0, count, every), 0.0
    lines = [wrap(name, face, step * 0.94, 4) for name in spec.categories]
    fit = all(len(each) <= 3 for each in lines) and all(
        face.measureText(line) <= step * 0.97 for each in lines for line in each
    )
    if fit and not spec.timed:
        return lines, range(count), 0.0
    if step < style.size * (1.0 if style.turn == -90 else 1.15):
        raise Crowded
    return whole, range(count), style.turn


def _draw_scale(canvas: Canvas, plot: Plot, face: Any, at: tuple[float, ...]) -> None:
    """Numbers under the plot, at round places that need not be those of the marks."""
    spec, style = plot.spec, plot.style
    low, high = at[0], at[-1]
    turned = spec.timed and style.thinned and style.turn < 0
    if spec.timed:
        widest = face.measureText(spec.ticks.format(y=2000, s=0))
        apart = 1.4 * style.size if turned else 1.5 * widest
        most = max(1.0, min((plot.x1 - plot.x0) / apart, 24.0 if turned else 12.0))
        step = next((s for s in (1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0) if (high - low) / s <= most), 100.0)
    else:
        step = max(nice_step(high - low, 6), 1e-9)
        low, high = step * (low // step), step * -(-high // step)
    plot.span = (low, high)
    reach = widest * abs(math.sin(math.radians(style.turn))) if turned else 0.2 * style.size
    plot.y1 -= reach + style.size
    tick = step * -(-low // step)
    while tick <= high + 1e-9:
        text = spec.ticks.format(y=round(tick), s=round(tick) % 100) if spec.timed else f"{tick:g}"
        y = plot.y1 + max(style.tick, 0) + 4
        if turned:
            canvas.text(plot.across(tick), y + 0.3 * style.size, text, face, style.ink, "rm", style.turn)
        else:
            canvas.text(plot.across(tick), y, text, face, style.ink, "mt")
        plot.verticals.append(plot.across(tick))
        tick += step
    if len(plot.verticals) < 2:
        raise Crowded


def _draw_frame(canvas: Canvas, plot: Plot, face: Any, r: Random) -> None:
    """What is behind the marks: backgrounds, then for each tick its line and number, then the axes."""
    spec, style = plot.spec, plot.style
    if style.plot_background:
        canvas.rect(plot.x0, plot.y0, plot.x1, plot.y1, paint(style.plot_background))
    if style.bands and spec.kind != "barh" and spec.at is None:
        for i in range(0, len(spec.categories), 2):
            x = plot.x0 + i * plot.step
            canvas.rect(x, plot.y0, x + plot.step, plot.y1, paint("#f7f7f7"))
    elif style.bands and spec.kind == "barh":
        for i in range(0, len(spec.categories), 2):
            y = plot.y0 + i * plot.step
            canvas.rect(plot.x0, y, plot.x1, y + plot.step, paint("#f7f7f7"))
    if style.span and spec.timed and spec.kind != "barh":
        start = plot.x1 - r.uniform(0.1, 0.35) * (plot.x1 - plot.x0)
        canvas.rect(start, plot.y0, plot.x1, plot.y1, paint(r.choice(("#f3f3ee", "#eeeeee", "#e9f0f6"))))
        word = r.choice(("Projected", "Forecast", "Estimate", "Recession", words.word(r).capitalize()))
        canvas.text((start + plot.x1) / 2, plot.y0 + 2, word, face, style.ink, "mt")
    axis = paint(style.axis_color or (style.faint if style.ink != "#000000" else style.ink), width=1.0)
    _draw_ticks(canvas, plot, face, axis)
    _draw_lines(canvas, plot, axis)


def _draw_ticks(canvas: Canvas, plot: Plot, face: Any, axis: Any) -> None:
    spec, style = plot.spec, plot.style
    flat = spec.kind == "barh"
    ticks = spec.axis.ticks()
    powers = _as_powers(spec, style)
    labels = [f"{math.log10(tick):.0f}" if powers else spec.axis.label(tick) for tick in ticks]
    places = [plot.across_value(tick) if flat else plot.up(tick) for tick in ticks]
    apart = abs(places[1] - places[0]) if len(places) > 1 else 1e9
    needed = max(map(face.measureText, labels)) + 6 if flat else 1.1 * style.size
    every = math.ceil(needed / apart)
    grid = paint(style.grid_color, width=1.0, dash=style.grid_dash)
    if spec.axis.log and style.minor and spec.axis.step == 1:
        _draw_minor(canvas, plot, grid, axis)
    for number, (place, label) in enumerate(zip(places, labels, strict=True)):
        crisp = round(place) + 0.5
        if style.grid in ("value", "both"):
            canvas.line(*((crisp, plot.y0, crisp, plot.y1) if flat else (plot.x0, crisp, plot.x1, crisp)), grid)
        if not _hidden(spec, style) and number % every == 0:
            (_number_below if flat else _number_beside)(canvas, plot, place, label, face, axis)
    if style.grid == "both" and not flat:
        for x in plot.verticals or [plot.place(i) for i in plot.shown]:
            canvas.line(round(x) + 0.5, plot.y0, round(x) + 0.5, plot.y1, grid)


def _draw_minor(canvas: Canvas, plot: Plot, grid: Any, axis: Any) -> None:
    """Lines, else ticks, between the powers of ten of an upright logarithmic axis."""
    style = plot.style
    x, side = (plot.x1, 1) if style.opposite else (plot.x0, -1)
    for tick in plot.spec.axis.ticks()[:-1]:
        for part in range(2, 10):
            y = round(plot.up(tick * part)) + 0.5
            if style.grid in ("value", "both"):
                canvas.line(plot.x0, y, plot.x1, y, grid)
            elif style.tick:
                canvas.line(x, y, x + side * style.tick / 2, y, axis)


def _number_below(canvas: Canvas, plot: Plot, place: float, label: str, face: Any, axis: Any) -> None:
    """A tick and its number, above the plot where the axis is on the opposite side."""
    style = plot.style
    y, side, anchor = (plot.y0, -1, "mb") if style.opposite else (plot.y1, 1, "mt")
    if style.tick:
        canvas.line(round(place) + 0.5, y, round(place) + 0.5, y + side * style.tick, axis)
    canvas.text(place, y + side * (max(style.tick, 0) + 3), label, face, style.faint, anchor)


def _number_beside(canvas: Canvas, plot: Plot, place: float, label: str, face: Any, axis: Any) -> None:
    """A tick and its number, at the right of the plot where the axis is on the opposite side.

    Where numbers are written as powers of ten, the label is the power.
    """
    style = plot.style
    x, side, anchor = (plot.x1, -1, "lm") if style.opposite else (plot.x0, 1, "rm")
    if style.tick:
        canvas.line(x, round(place) + 0.5, x - side * style.tick, round(place) + 0.5, axis)
    x -= side * (max(style.tick, 0) + 4)
    if not _as_powers(plot.spec, style):
        canvas.text(x, place, label, face, style.faint, anchor)
        return
    small, ten = font(style.family.plain, round(0.72 * style.size, 1), style.hinting), face.measureText("10")
    if not style.opposite:
        x -= ten + small.measureText(label)
    canvas.text(x, place, "10", face, style.faint, "lm")
    canvas.text(x + ten, place - 0.4 * style.size, label, small, style.faint, "lm")


def _draw_lines(canvas: Canvas, plot: Plot, axis: Any) -> None:
    """The frame, the axes' lines and the ticks of the categories."""
    spec, style = plot.spec, plot.style
    flat = spec.kind == "barh"
    left, bottom = round(plot.x0) + 0.5, round(plot.y1) + 0.5
    zero = round((plot.across_value if flat else plot.up)(spec.axis.base)) + 0.5
    if style.frame:
        frame = paint(style.frame_color, width=1.0) if style.frame_color else axis
        canvas.rect(left, round(plot.y0) + 0.5, round(plot.x1) + 0.5, bottom, frame)
    if style.value_line:
        canvas.line(*((left, bottom, plot.x1, bottom) if flat else (left, plot.y0, left, bottom)), axis)
    if style.category_line:
        canvas.line(*((zero, plot.y0, zero, plot.y1) if flat else (plot.x0, zero, plot.x1, zero)), axis)
        if style.tick and not flat and not plot.verticals:
            for i in plot.shown:
                x = round(plot.place(i)) + 0.5
                canvas.line(x, plot.y1, x, plot.y1 + style.tick, axis)
    for x in plot.verticals:
        canvas.line(round(x) + 0.5, plot.y1, round(x) + 0.5, plot.y1 + (style.tick or 4), axis)
