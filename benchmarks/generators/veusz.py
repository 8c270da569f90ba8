"""Veusz, the plotting program of scientists: a script of its commands, written to PDF by Qt.

Comes in: stories. Goes out: NAME.pdf for each. Needs veusz; no display.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from generators.paper import run
from generators.stories import FLAT, KINDS, Story, tick_decimals

VEUSZ_KINDS = (
    *(k for k in KINDS if k not in {"pie", "donut", "area", "secondary", "line_direct", "stacked100"}), "step", "error", "loglog", "line4", "scatter2",
)  # fmt: skip
_DASHES = ("solid", "dashed", "dotted", "dash-dot")
_MARKS = ("circle", "square", "triangle", "diamond")


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    for story in charts:
        (folder / f"{story.name}.vsz").write_text(_document(story), encoding="utf-8")
        run(["env", "QT_QPA_PLATFORM=offscreen", "veusz", f"--export={story.name}.pdf", f"{story.name}.vsz"], folder)


def _document(story: Story) -> str:
    look, kind, rng = story.look, story.kind, random.Random(f"veusz/{story.name}")
    flat, bars = kind in FLAT, story.categorical and kind != "line_months"
    named = story.categorical or kind == "line_months"
    key = len(story.names) > 1
    longest = max([len(x) for x in story.x] or [0])
    turned = not flat and named and (kind == "bar_rotated" or sum(map(len, story.x)) > 44)
    width, height = (
        max(
            round(look.size[0] * 1.1),
            round(max(36, 6.5 * longest) * len(story.x)) + 190 if named and not (flat or turned) else 0,
        ),
        round(look.size[1] * 1.1) + (60 if turned else 0),
    )
    if flat:
        width = max(width, round(5.6 * longest) + (440 if key else 300))
    font = "Liberation Serif" if look.serif else rng.choice(("Liberation Sans", "DejaVu Sans"))
    out = [
        f"Set('width', '{width}pt')", f"Set('height', '{height}pt')", f"Set('StyleSheet/Font/font', {font!r})", f"Set('StyleSheet/Font/size', '{rng.choice((9, 10, 11)) if not named else 9}pt')",
        "Add('page', name='page1', autoadd=False)", "To('page1')", "Add('graph', name='graph1', autoadd=False)", "To('graph1')",
        f"Set('leftMargin', '{14 + 5.6 * longest if flat else 56:g}pt')", f"Set('bottomMargin', '{40 + 4.4 * longest if turned else 44:g}pt')", f"Set('topMargin', '{44}pt')", f"Set('rightMargin', '{160 if key and look.legend != 'inside' else 18}pt')",
    ]  # fmt: skip
    if rng.random() < 0.4:
        out.append("Set('Border/hide', True)")
    places = [float(k + 1) for k in range(len(story.x))] if named else [] if story.x_scale == "date" else story.numbers
    out += _axes(story, rng, flat=flat, named=named, turned=turned)
    if bars:
        out += _bars(story, places, rng, key=key)
    else:
        out += _curves(story, places, rng, key=key)
    if key:
        inside = look.legend == "inside"
        out += ["Add('key', name='key1', autoadd=False)", "To('key1')", f"Set('Border/hide', {rng.random() < 0.5})"]
        out += (
            ["Set('horzPosn', 'left')", "Set('vertPosn', 'top')"]
            if inside
            else ["Set('horzPosn', 'manual')", "Set('vertPosn', 'top')", "Set('horzManual', 1.02)"]
        )
        out.append("To('..')")
    out += [
        "To('..')",
        "Add('label', name='title', autoadd=False)",
        "To('title')",
        f"Set('label', {_text(story.title)})",
        "Set('xPos', [0.5])",
        f"Set('yPos', [{1 - 22 / height:.4f}])",
        "Set('alignHorz', 'centre')",
        f"Set('Text/size', '{rng.choice((12, 14))}pt')",
        f"Set('Text/bold', {look.bold})",
        "To('..')",
    ]
    return "\n".join(out) + "\n"


def _text(text: str) -> str:
    """A text as Veusz has it: no signs of its markup."""
    return repr(text.replace("_", " ").replace("^", " "))


def _axes(story: Story, rng: random.Random, *, flat: bool, named: bool, turned: bool) -> list[str]:
    """Both axes, first the one of x."""
    look = story.look
    low, high = story.y_limits or (0.0, 1.0)
    digits = tick_decimals(story) if story.step else 0
    forms = {"dollar": f"$%.{digits}f", "percent": f"%.{digits}f%%", "millions": "%gM"}
    out = []
    for name in ("x", "y"):
        value = (name == "x") == flat
        out += [
            f"Add('axis', name='{name}', autoadd=False)",
            f"To('{name}')",
            f"Set('direction', '{'vertical' if name == 'y' else 'horizontal'}')",
        ]
        out.append(f"Set('label', {_text(story.ylabel if value else '' if flat else story.xlabel)})")
        if value:
            out += [f"Set('min', {low!r})", f"Set('max', {high!r})", f"Set('log', {story.y_scale == 'log'})"]
            if look.grid != "none":
                out += [
                    "Set('GridLines/hide', False)",
                    f"Set('GridLines/color', '{rng.choice(('lightgrey', 'grey'))}')",
                    f"Set('GridLines/style', '{rng.choice(('solid', 'dotted'))}')",
                ]
            if story.step:
                count = round((high - low) / story.step)
                out.append(
                    f"Set('MajorTicks/manualTicks', {[round(low + k * story.step, 10) for k in range(count + 1)]})"
                )
                if look.numbers in forms and rng.random() < 0.8:
                    out.append(f"Set('TickLabels/format', '{forms[look.numbers]}')")
                    if look.numbers == "millions":
                        out.append("Set('TickLabels/scale', 1e-06)")
        elif named:
            out += [
                "Set('mode', 'labels')",
                "Set('min', 0.5)",
                f"Set('max', {len(story.x) + 0.5})",
                f"Set('MajorTicks/manualTicks', {[float(k + 1) for k in range(len(story.x))]})",
                "Set('MajorTicks/hide', True)",
            ]
            if turned:
                out.append("Set('TickLabels/rotate', '45')")
        elif story.x_scale == "date":
            out.append("Set('mode', 'datetime')")
        elif story.x_scale == "log":
            out += ["Set('log', True)", "Set('min', 0.1)", "Set('max', 1000.0)"]
        elif story.x_limits:
            out += [f"Set('min', {float(story.x_limits[0])})", f"Set('max', {float(story.x_limits[1])})"]
        elif story.kind in {"line_dense", "area1"}:
            out += [f"Set('min', {story.numbers[0]})", f"Set('max', {story.numbers[-1]})"]
            if story.kind == "area1":
                out.append(f"Set('MajorTicks/manualTicks', {story.numbers[:: max(1, round(len(story.x) / 7))]})")
        else:
            out += [
                f"Set('min', {story.numbers[0] - 0.5})",
                f"Set('max', {story.numbers[-1] + 0.5})",
                f"Set('MajorTicks/manualTicks', {story.numbers[:: max(1, round(len(story.x) / 7))]})",
            ]
        out += [
            "Set('MinorTicks/hide', True)" if named and not value else f"Set('MinorTicks/hide', {rng.random() < 0.5})",
            f"Set('autoMirror', {rng.random() < 0.6})",
            "To('..')",
        ]
    return out


def _bars(story: Story, places: Sequence[float], rng: random.Random, *, key: bool) -> list[str]:
    look, kind = story.look, story.kind
    out = [f"SetData('at', {list(places)})", f"SetDataText('names', {story.x!r})"]
    lengths = [f"s{k}" for k in range(len(story.names))]
    out += [f"SetData('s{k}', {column!r})" for k, column in enumerate(story.columns)]
    edge = rng.random() < 0.5
    fills = ", ".join(f"('solid', '{story.colour(k)}', False)" for k in range(len(lengths)))
    lines = ", ".join(
        f"('solid', '0.5pt', '{'black' if edge else 'white' if kind == 'hist' else story.colour(k)}', False)"
        for k in range(len(lengths))
    )
    out += [
        "Add('bar', name='bar1', autoadd=False)", "To('bar1')", f"Set('lengths', {tuple(lengths)!r})", "Set('posn', 'at')", f"Set('mode', '{'stacked' if 'stacked' in kind else 'grouped'}')",
        f"Set('direction', '{'horizontal' if kind in FLAT else 'vertical'}')", f"Set('barfill', {1.0 if kind == 'hist' else rng.choice((0.6, 0.75))})", f"Set('groupfill', {1.0 if kind == 'hist' else rng.choice((0.9, 1.0))})",
        f"Set('BarFill/fills', [{fills}])", f"Set('BarLine/lines', [{lines}])", f"Set('keys', {tuple(story.names) if key else ()!r})", "To('..')",
    ]  # fmt: skip
    # a plot of no marks carries the names of the categories, and the printed values
    across, up = ("s0", "at") if kind in FLAT else ("at", "s0")
    out += [
        "Add('xy', name='names', autoadd=False)",
        "To('names')",
        f"Set('xData', '{across}')",
        f"Set('yData', '{up}')",
        "Set('marker', 'none')",
        "Set('PlotLine/hide', True)",
        "Set('labels', 'names')",
        "Set('Label/hide', True)",
        "To('..')",
    ]
    if look.values and len(story.names) == 1:
        texts = [
            f"{v:,.{look.decimals}f}"
            if look.numbers in {"thousands", "millions", "dollar"}
            else f"{v:.{look.decimals}f}"
            for v in story.columns[0]
        ]
        out += [
            f"SetDataText('texts', {texts!r})",
            "Add('xy', name='values', autoadd=False)",
            "To('values')",
            f"Set('xData', '{across}')",
            f"Set('yData', '{up}')",
            "Set('marker', 'none')",
            "Set('PlotLine/hide', True)",
            "Set('labels', 'texts')",
        ]
        out += (
            ["Set('Label/posnHorz', 'right')", "Set('Label/posnVert', 'centre')"]
            if kind in FLAT
            else ["Set('Label/posnHorz', 'centre')", "Set('Label/posnVert', 'top')"]
        )
        out += ["Set('Label/size', '8pt')", "To('..')"]
    return out


def _curves(story: Story, places: Sequence[float], rng: random.Random, *, key: bool) -> list[str]:
    look, kind, out = story.look, story.kind, []
    if kind == "line_months":
        out.append(f"SetDataText('names', {story.x!r})")
    if story.x_scale == "date":
        out.append(f"ImportString('x(date)', {chr(10).join(story.x)!r})")
    elif not story.points:
        out.append(f"SetData('x', {list(places)!r})")
    wide, hollow = rng.choice((0.8, 1.2, 1.6)), rng.random() < 0.3
    for k, name in enumerate(story.names):
        if story.points:
            out += [
                f"SetData('x{k}', {[float(p[0]) for p in story.points[k]]})",
                f"SetData('s{k}', {[float(p[1]) for p in story.points[k]]})",
            ]
        elif story.errors:
            out.append(f"SetData('s{k}', {story.columns[k]!r}, symerr={story.errors!r})")
        else:
            out.append(f"SetData('s{k}', {story.columns[k]!r})")
        marked = bool(story.points) or (look.markers and kind != "step")
        colour = story.colour(k)
        out += [
            f"Add('xy', name='xy{k}', autoadd=False)", f"To('xy{k}')", f"Set('xData', '{f'x{k}' if story.points else 'x'}')", f"Set('yData', 's{k}')", f"Set('key', {_text(name) if key else repr('')})",
            f"Set('marker', '{(_MARKS[k] if look.markers else 'circle') if marked else 'none'}')", f"Set('markerSize', '{rng.choice((2, 2.5, 3))}pt')", f"Set('color', '{colour}')", f"Set('MarkerFill/color', '{'white' if hollow else colour}')", f"Set('MarkerLine/color', '{colour}')",
            f"Set('PlotLine/color', '{colour}')", f"Set('PlotLine/width', '{wide}pt')", f"Set('PlotLine/hide', {bool(story.points)})", f"Set('PlotLine/style', '{_DASHES[k] if kind == 'line_bw' else 'solid'}')",
        ]  # fmt: skip
        if kind == "step":
            out.append("Set('PlotLine/steps', 'left')")
        if kind == "area1":
            out += [
                "Set('FillBelow/hide', False)",
                f"Set('FillBelow/color', '{colour}')",
                f"Set('FillBelow/transparency', {rng.choice((0, 40))})",
                "Set('FillBelow/fillto', 'bottom')",
            ]
        if kind == "line_months":
            out += ["Set('labels', 'names')", "Set('Label/hide', True)"]
        out.append("To('..')")
    return out
