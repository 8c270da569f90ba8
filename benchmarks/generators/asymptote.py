"""Charts drawn in Asymptote with its module graph, text set by LaTeX.

Comes in: stories. Goes out: NAME.pdf for each. Needs asy and pdflatex.
"""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generators.paper import run
from generators.stories import FLAT, KINDS, Story, tick_decimals, ticks, written

ASYMPTOTE_KINDS = (*(k for k in KINDS if k not in {"secondary", "line_date"}), "step", "loglog", "line4")
_DASHES = ("solid", "dashed", "dotted", "dashdotted")
_MARKS = (
    "scale(0.7mm)*unitcircle",
    "shift(-0.6mm,-0.6mm)*scale(1.2mm)*unitsquare",
    "scale(0.9mm)*polygon(3)",
    "scale(0.9mm)*cross(4)",
)


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    for story in charts:
        (folder / f"{story.name}.asy").write_text(_source(story), encoding="utf-8")
        run(["asy", "-f", "pdf", "-tex", "pdflatex", "-noV", f"{story.name}.asy"], folder)


def _tex(text: str) -> str:
    """A text as LaTeX has it."""
    for plain, code in (
        ("\\", "/"),
        ("&", "\\&"),
        ("%", "\\%"),
        ("$", "\\$"),
        ("_", "\\_"),
        ("–", "--"),
        ("°", "$^\\circ$"),
        ("£", "\\pounds{}"),
        ("€", "EUR"),
    ):
        text = text.replace(plain, code)
    return '"' + text.replace('"', "'") + '"'


def _minus(text: str) -> str:
    """A number with a true minus sign."""
    return f'"$-${_tex(text[1:])[1:]}' if text.startswith("-") else _tex(text)


def _source(story: Story) -> str:
    look, kind, rng = story.look, story.kind, random.Random(f"asymptote/{story.name}")
    if look.legend == "inside" and len(story.names) > 2:
        look = story.look = replace(look, legend="right")  # its box would hide data
    wide, tall = round(look.size[0] * 0.8), round(look.size[1] * 0.72)
    font = "" if look.serif or rng.random() < 0.5 else 'texpreamble("\\renewcommand{\\familydefault}{\\sfdefault}");'
    out = [
        "import graph;", 'usepackage("fontenc","T1"); usepackage("lmodern");', font,
        f"defaultpen(fontsize({rng.choice((8, 9, 10))}pt)+linewidth(0.5));",
    ]  # fmt: skip
    for k in range(9):
        red, green, blue = (int(story.colour(k)[j : j + 2], 16) / 255 for j in (1, 3, 5))
        out.append(f"pen c{k}=rgb({red:.3f},{green:.3f},{blue:.3f});")
    if kind in {"pie", "donut"}:
        return "\n".join(out + _pie(story, rng)) + "\n"
    bars = story.categorical and kind != "line_months"
    flat = kind in FLAT
    low, high = story.y_limits or (0.0, 1.0)
    count = len(story.x)
    if story.categorical or kind == "line_months":
        left, right = 0.5, count + 0.5
        places = [float(k + 1) for k in range(count)]
    else:
        places = story.numbers
        left, right = story.x_limits or (places[0], places[-1])
        if not story.points and kind not in {"line_dense", "loglog", "area", "area1"}:
            left, right = left - 0.5, right + 0.5
    log_x, log_y = story.x_scale == "log", story.y_scale == "log"
    if log_x:
        left, right = 0.1, 1000
    value = "Linear" if not log_y else "Log"
    scales = f"scale({'Log' if log_x else 'Linear'},{value});" if not flat else ""
    box = ((low, left), (high, right)) if flat else ((left, low), (right, high))
    out += [f"size({wide},{tall},IgnoreAspect);", scales]
    (x0, y0), (x1, y1) = box
    framed = rng.random() < 0.5
    if not framed and look.grid != "none" and not log_y:  # an axis at one side only would extend its ticks to zero
        pen = rng.choice(("gray(0.85)", "gray(0.6)+dotted", "gray(0.8)+linewidth(0.3)"))
        ends = [
            f"({v:.10g},{y0:.10g})--({v:.10g},{y1:.10g})" if flat else f"({x0:.10g},{v:.10g})--({x1:.10g},{v:.10g})"
            for v in ticks(story)
        ]
        out += [f"draw({end},{pen});" for end in ends]
    out += _marks(story, bars, places, rng)
    out += [
        f"xlimits({x0:.10g},{x1:.10g}); ylimits({y0:.10g},{y1:.10g});"
        if not (log_x or log_y)
        else f"ylimits({y0:.10g},{y1:.10g}); xlimits({x0:.10g},{x1:.10g});",
        "crop();",
    ]
    out += _axes(story, flat, places, rng, framed=framed)
    if kind in {"bar_negative", "line_negative"}:
        out.append(f"draw(Scale(({x0:.10g},0))--Scale(({x1:.10g},0)),linewidth(0.4));")
    if len(story.names) > 1 and look.legend == "direct":
        out += [
            f"label({_tex(n)},Scale(({places[-1]:.10g},{c[-1]:.10g})),2E,c{k});"
            for k, (n, c) in enumerate(zip(story.names, story.columns, strict=True))
        ]
    elif len(story.names) > 1:
        spot = {"right": "truepoint(E),12E", "inside": "point(NW),12SE"}.get(look.legend, "truepoint(S),12S")
        across = look.legend in {"bottom", "top"}
        frame = "invisible" if rng.random() < 0.5 else "linewidth(0.4)"
        out.append(
            f"{'add' if look.legend == 'inside' else 'attach'}(legend({frame}{',perline=4' if across else ''},linelength={'3mm' if bars else '10mm' if kind == 'line_bw' else '5mm'}),{spot}{',UnFill' if look.legend == 'inside' else ''});"
        )
    if story.title:
        size = rng.choice((10, 12))
        bold = "\\bfseries " if look.bold else ""
        out.append(f'label("{bold}{_tex(story.title)[1:]},point(N),2.5N,fontsize({size}pt));')
    return "\n".join(line for line in out if line) + "\n"


def _ticks(labels: Sequence[tuple[float, str]], side: str, extra: str) -> str:
    """A tick specification with texts of its own at places of its own."""
    spots = ",".join(f"{place:.10g}" for place, _ in labels)
    cases = " ".join(
        f"if(abs(x-({place:.10g}))<{max(abs(place), 1) * 1e-6:.3g}) return {text};" for place, text in labels
    )
    return f'{side}(new string(real x) {{ {cases} return ""; }},new real[] {{{spots}}},{extra})'


def _axes(story: Story, flat: bool, places: Sequence[float], rng: random.Random, *, framed: bool) -> list[str]:
    look, kind = story.look, story.kind
    pale = "gray(0.8)" + rng.choice(("", "+dotted", "+linewidth(0.3)"))
    value, across = ("x", "y") if flat else ("y", "x")
    sides = {
        "x": ("BottomTop" if framed else "Bottom", "LeftTicks"),
        "y": ("LeftRight" if framed else "Left", "RightTicks"),
    }
    out = []
    grid = f"pTick={pale},extend=true" if look.grid != "none" and framed else ""
    if story.y_scale == "log":
        spec = f"{sides[value][1]}({grid})"
    else:
        spec = _ticks(
            [(v, _minus(written(v, look, tick_decimals(story)))) for v in ticks(story)],
            sides[value][1],
            grid or "Size=2.5",
        )
    out.append(f"{value}axis({_tex(story.ylabel)},{sides[value][0]},{spec});")
    name = _tex(story.xlabel if not flat else "")
    if story.categorical or kind == "line_months":
        turn = 45 if not flat and (kind == "bar_rotated" or sum(map(len, story.x)) > 40) else 0
        # names stand as labels of their own, for an axis would set them on its ticks
        out.append(f"{across}axis({name if not turn else _tex('')},{sides[across][0]});")
        for place, text in zip(places, story.x, strict=True):
            if flat:
                out.append(f"label({_tex(text)},(point(W).x,{place:g}),1.5W);")
            elif turn:
                out.append(f"label(rotate({turn})*{_tex(text)},({place:g},{(story.y_limits or (0, 1))[0]:.10g}),SW);")
            else:
                out.append(
                    f"label({_tex(text)},({place:g},{(story.y_limits or (0, 1))[0]:.10g}),1.5S{',fontsize(7pt)' if len(story.x) > 8 else ''});"
                )
        if flat:
            left = (story.y_limits or (0.0, 1.0))[0]
            out = [line.replace("point(W).x", f"{left:.10g}") for line in out]
    elif story.x_scale == "log":
        out.append(f"{across}axis({name},{sides[across][0]},{sides[across][1]});")
    else:
        if story.x_limits:
            count = round((story.x_limits[1] - story.x_limits[0]) / story.x_step)
            shown = [round(story.x_limits[0] + k * story.x_step, 6) for k in range(count + 1)]
        elif kind == "line_dense":
            span = places[-1] - places[0]
            step = next(s for s in (0.5, 1, 2, 5, 10, 20, 25, 50, 100) if span / s <= 8)
            shown = [k * step for k in range(int(span / step) + 1)]
        else:
            shown = list(places[:: max(1, round(len(places) / 7))])
        net = f"pTick={pale},extend=true" if look.grid == "both" and framed else ""
        out.append(
            f"{across}axis({name},{sides[across][0]},{_ticks([(v, _minus(f'{v:g}')) for v in shown], sides[across][1], net or 'Size=2.5')});"
        )
    return out


def _marks(story: Story, bars: bool, places: Sequence[float], rng: random.Random) -> list[str]:
    look, kind = story.look, story.kind
    out: list[str] = []
    names = [f",legend={_tex(n)}" if len(story.names) > 1 and look.legend != "direct" else "" for n in story.names]
    if bars:
        return _bars(story, places, names, rng)
    if story.points:
        for k, points in enumerate(story.points):
            mark = _MARKS[k] if look.markers else _MARKS[0]
            fill = f"filltype=Fill(c{k})," if mark != _MARKS[3] else ""
            stars = "--".join(f"({x:.10g},{y:.10g})" for x, y in points)
            out.append(
                f"draw({stars},invisible{names[k]},marker({mark},{fill[:-1].replace('filltype=', '') + ',' if fill else ''}c{k}));".replace(
                    f"Fill(c{k}),c{k}", f"c{k},Fill(c{k})"
                )
            )
        return out
    if kind in {"area", "area1"}:
        base = [0.0] * len(places)
        for k, column in enumerate(story.columns):
            top = [a + b for a, b in zip(base, column, strict=True)]
            edge = [f"({x:.10g},{y:.10g})" for x, y in zip(places, top, strict=True)] + [
                f"({x:.10g},{y:.10g})" for x, y in reversed(list(zip(places, base, strict=True)))
            ]
            out.append(f"fill({'--'.join(edge)}--cycle,c{k});")
            if names[k]:
                out.append(_key(story, k))
            base = top
        return out
    wide = rng.choice((0.8, 1.2, 1.6))
    for k, column in enumerate(story.columns):
        points = list(zip(places, column, strict=True))
        if kind == "step":
            points = [p for a, b in zip(points, [*points[1:], points[-1]], strict=True) for p in (a, (b[0], a[1]))]
        dash = f"+{_DASHES[k]}" if kind == "line_bw" else ""
        pen = f"c{k}+linewidth({wide}){dash}"
        mark = f",marker({_MARKS[k]},c{k},Fill(c{k}))" if look.markers and kind != "step" and k < 3 else ""
        xs, ys = (",".join(f"{p[j]:.10g}" for p in points) for j in (0, 1))
        out.append(f"draw(graph(new real[] {{{xs}}},new real[] {{{ys}}}),{pen}{names[k]}{mark});")
    return out


def _key(story: Story, k: int) -> str:
    """The legend's entry of an area or bar."""
    return f"currentpicture.legend.push(Legend({_tex(story.names[k])},p=c{k}+linewidth(6)+squarecap));"


def _bars(story: Story, places: Sequence[float], names: Sequence[str], rng: random.Random) -> list[str]:
    look, kind, flat = story.look, story.kind, story.kind in FLAT
    stacked, count = "stacked" in kind, len(story.names)
    wide = 1.0 if kind == "hist" else rng.choice((0.5, 0.65, 0.8))
    edge = (
        rng.choice(("nullpen", "nullpen", "linewidth(0.4)"))
        if kind != "hist"
        else rng.choice(("linewidth(0.4)", "white+linewidth(0.4)"))
    )
    base = [0.0] * len(places)
    out = []
    for k, column in enumerate(story.columns):
        for j, value in enumerate(column):
            if stacked:
                a, b, low, high = places[j] - wide / 2, places[j] + wide / 2, base[j], base[j] + value
                base[j] = high
            else:
                share = wide / count
                a = places[j] - wide / 2 + k * share
                b, low, high = a + share, 0.0, value
            corners = (
                f"({low:.10g},{a:.10g}),({high:.10g},{b:.10g})"
                if flat
                else f"({a:.10g},{low:.10g}),({b:.10g},{high:.10g})"
            )
            out.append(f"filldraw(box({corners}),c{k},{edge});")
            if look.values:
                text = _minus(written(value, look) if look.numbers != "millions" else f"{value:,.0f}")
                spot = (
                    f"({value:.10g},{(a + b) / 2:.10g}),E"
                    if flat
                    else f"({(a + b) / 2:.10g},{value:.10g}),{'N' if value >= 0 else 'S'}"
                )
                out.append(f"label({text},{spot},fontsize(7pt));")
        if names[k]:
            out.append(_key(story, k))
    return out


def _pie(story: Story, rng: random.Random) -> list[str]:
    look, out, at = story.look, ["unitsize(2.6cm);"], 90.0
    hole = 0.55 if story.kind == "donut" else 0.0
    turn = rng.choice((-1, 1))
    for k, (name, value) in enumerate(zip(story.x, story.columns[0], strict=True)):
        end = at + turn * 3.6 * value
        inner = f"arc((0,0),{hole},{end:.6f},{at:.6f})" if hole else "(0,0)"
        out.append(f"filldraw(arc((0,0),1,{at:.6f},{end:.6f})--{inner}--cycle,c{k},white+linewidth(0.6));")
        middle = (at + end) / 2
        if look.values:
            out.append(
                f"label({_tex(f'{value:.1f}%')},{(1 + hole) / 2 + (0.12 if not hole else 0):.3g}*dir({middle:.4f}),fontsize(8pt));"
            )
        if look.legend == "direct":
            out.append(f"label({_tex(name)},1.04*dir({middle:.4f}),dir({middle:.4f}));")
        else:
            out.append(
                f"fill(shift(1.4,{0.9 - 0.2 * k:.3g})*box((0,-0.05),(0.1,0.05)),c{k}); label({_tex(name)},(1.55,{0.9 - 0.2 * k:.3g}),E);"
            )
        at = end
    bold = "\\bfseries " if look.bold else ""
    return [*out, f'label("{bold}{_tex(story.title)[1:]},(0,1.3),N,fontsize(12pt));']
