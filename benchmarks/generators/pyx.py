"""PyX, the graphics package whose graphs have their texts set by LaTeX: powers of ten at ticks, keys in the corner.

Comes in: stories. Goes out: NAME.pdf for each. Needs pyx, and latex with lmodern.
"""

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.stories import KINDS, Story

PYX_KINDS = (
    *(k for k in KINDS if k not in {"secondary", "donut", "line_direct", "line_date"}),
    "step",
    "error",
    "loglog",
    "line4",
)


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    import pyx

    for story in charts:
        facts, rng = work_out(story), random.Random(f"pyx/{story.name}")
        pyx.text.reset()
        pyx.text.set(pyx.text.LatexEngine)
        family = "\\renewcommand{\\familydefault}{\\sfdefault}" if not story.look.serif else ""
        pyx.text.preamble(f"\\usepackage[T1]{{fontenc}}\\usepackage{{lmodern}}\\usepackage{{textcomp}}{family}")
        (_pie if facts["form"] == "pie" else _graph)(pyx, story, facts, rng).writePDFfile(str(folder / story.name))


def _tex(text: str) -> str:
    """A text as LaTeX has it."""
    for plain, code in (
        ("&", "\\&"),
        ("%", "\\%"),
        ("$", "\\$"),
        ("_", "\\_"),
        ("–", "--"),
        ("°", "\\textdegree{}"),
        ("£", "\\pounds{}"),
    ):
        text = text.replace(plain, code)
    return text


def _colour(pyx: Any, text: str) -> Any:
    return pyx.color.rgb(*(int(text[k : k + 2], 16) / 255 for k in (1, 3, 5)))


def _graph(pyx: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    wide, tall = facts["width"] / 45, facts["height"] / 55
    flat = facts["flat"]
    up = _value_axis(pyx, story, facts, rng)
    across = _names(pyx, facts) if facts["form"] == "bar" else _across(pyx, story, facts, rng)
    graph = pyx.graph.graphxy(
        width=wide, height=tall, x=up if flat else across, y=across if flat else up, key=_key(pyx, facts)
    )
    if facts["form"] == "bar":
        _bars(pyx, graph, story, facts, rng)
    else:
        _curves(pyx, graph, story, facts, rng)
    graph.finish()
    if facts["kind"] in {"bar_negative", "line_negative"} and facts["limits"][0] < 0 < facts["limits"][1]:
        level = tall * -facts["limits"][0] / (facts["limits"][1] - facts["limits"][0])
        graph.stroke(pyx.path.line(0, level, wide, level))
    size = rng.choice((pyx.text.size.normalsize, pyx.text.size.large))
    bold = "\\bfseries " if facts["bold"] else ""
    graph.text(wide / 2, tall + 0.5, bold + _tex(story.title), [pyx.text.halign.center, size])
    return graph


def _value_axis(pyx: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    axis = pyx.graph.axis
    shade = [pyx.color.gray(0.8), rng.choice((pyx.style.linestyle.solid, pyx.style.linestyle.dotted))]
    painter = axis.painter.regular(gridattrs=shade if facts["grid"] != "none" else None)
    low, high = facts["limits"]
    title = _tex(facts["ylabel"]) or None
    if facts["y_scale"] == "log":
        return axis.logarithmic(min=low, max=high, title=title, painter=painter)
    affix = {"dollar": {"prefix": "\\$"}, "percent": {"suffix": "\\%"}}.get(facts["numbers"])
    texter = axis.texter.decimal(
        equalprecision=True,
        thousandsep=rng.choice((",", "\\,")) if facts["numbers"] != "plain" else "",
        **(affix or {}),
    )
    if affix is None and rng.random() < 0.4:
        texter = axis.texter.default()  # large numbers as powers of ten
    dists = [story.step, story.step / 2] if rng.random() < 0.4 else [story.step]
    return axis.linear(
        min=low,
        max=high,
        title=title,
        painter=painter,
        texter=texter,
        parter=axis.parter.linear(tickdists=dists, labeldists=[story.step]),
    )


def _across(pyx: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    """A continuous axis of x, with ticks where they are wanted."""
    axis = pyx.graph.axis
    title = _tex(facts["xlabel"]) or None
    shade = [pyx.color.gray(0.85)] if facts["grid"] == "both" else None
    painter = axis.painter.regular(gridattrs=shade)
    if facts["x_scale"] == "log":
        return axis.logarithmic(min=0.1, max=1000, title=title, painter=painter)
    if facts["named"]:
        places, texts, ends = list(range(len(story.x))), story.x, (-0.5, len(story.x) - 0.5)
    else:
        places, texts, ends = facts["x_ticks"], facts["x_labels"], facts["ends"]
        if facts["form"] == "line" and story.kind != "line_dense" and rng.random() < 0.5:
            ends = (ends[0] - 0.5, ends[1] + 0.5)
    marks = [axis.tick.tick(float(place), label=_tex(text)) for place, text in zip(places, texts, strict=True)]
    return axis.linear(min=ends[0], max=ends[1], title=title, painter=painter, parter=None, manualticks=marks)


def _names(pyx: Any, facts: dict[str, Any]) -> Any:
    """An axis of bars, of nested ones for groups."""
    axis = pyx.graph.axis
    slant = [pyx.trafo.rotate(45), pyx.text.halign.right, pyx.text.valign.top] if facts["turned"] else []
    small = [pyx.text.size.small] if facts["longest"] > 14 or len(facts["x"]) > 8 else []
    painter = axis.painter.bar(nameattrs=[*slant, *small], innerticklength=None)
    title = None if facts["flat"] else _tex(facts["xlabel"]) or None
    if facts["grouped"]:
        inner = axis.bar(
            dist=0,
            firstdist=0,
            lastdist=0,
            painter=axis.painter.bar(nameattrs=None, innerticklength=None),
            linkpainter=None,
        )
        return axis.nestedbar(defaultsubaxis=inner, dist=0.4, painter=painter, title=title)
    if facts["kind"] == "hist":
        return axis.bar(dist=0, firstdist=0, lastdist=0, painter=painter, title=title)
    return axis.bar(dist=0.6, painter=painter, title=title)


def _key(pyx: Any, facts: dict[str, Any]) -> Any:
    if facts["legend"] == "none":
        return None
    place: dict[str, Any] = {"right": {"pos": "tr", "hinside": 0}, "inside": {"pos": "tl"}}.get(
        facts["legend"],
        {
            "pos": "bc",
            "vinside": 0,
            "vdist": 1.6 + (0.14 * facts["longest"] if facts["turned"] and facts["form"] == "bar" else 0),
            "columns": 2,
        },
    )
    return pyx.graph.key.key(**place)


def _bars(pyx: Any, graph: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> None:
    """Bars; stacked ones one upon the other by the style for it, which has one entry in the key only."""
    style, points = pyx.graph.style, pyx.graph.data.points
    flat, edge = facts["flat"], rng.random() < 0.5
    name, value = ("yname", "x") if flat else ("xname", "y")

    def look(k: int) -> Any:
        fill = _colour(pyx, facts["colours"][k])
        return style.bar([pyx.deco.filled([fill]), pyx.deco.stroked([pyx.color.gray.black if edge else fill])])

    names = [_tex(x) for x in story.x]
    if facts["stacked"]:
        rows = [(x, *values) for x, values in zip(names, zip(*story.columns, strict=True), strict=True)]
        styles = [style.barpos(fromvalue=0), look(0)]
        for k in range(1, len(story.names)):
            styles += [style.stackedbarpos(f"s{k}", addontop=1), look(k)]
        columns = {f"s{k}": k + 2 for k in range(1, len(story.names))}
        graph.plot(points(rows, title=None, **{name: 1, value: 2}, **columns), styles)
        for k, title in enumerate(story.names):  # nothing but the entries of the key
            graph.plot(points([], title=_tex(title), **{name: 1, value: 2}), [look(k)])
        return
    for k, column in enumerate(story.columns):
        rows = [
            ((x, k) if facts["grouped"] else x, v, _tex(text))
            for x, v, text in zip(names, column, facts["written"][k], strict=True)
        ]
        styles = [style.barpos(fromvalue=0), look(k)]
        if facts["values"] and facts["kind"] != "bar_negative":
            right, above, align = (0.12, 0, [pyx.text.halign.left]) if flat else (0, 0.22, [])
            texts = style.text(textdx=right, textdy=above, textattrs=[*align, pyx.text.size.footnotesize])
            graph.plot(points(rows, title=None, **{name: 1, value: 2}, text=3), [style.barpos(fromvalue=0), texts])
        graph.plot(
            points(rows, title=_tex(story.names[k]) if len(story.names) > 1 else None, **{name: 1, value: 2}, text=3),
            styles,
        )


def _curves(pyx: Any, graph: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> None:
    style, points, kind = pyx.graph.style, pyx.graph.data.points, story.kind
    dashes = (
        pyx.style.linestyle.solid,
        pyx.style.linestyle.dashed,
        pyx.style.linestyle.dotted,
        pyx.style.linestyle.dashdotted,
    )
    shapes = (style.symbol.circle, style.symbol.square, style.symbol.triangle, style.symbol.diamond)
    places = [float(k) for k in range(len(story.x))] if facts["named"] else facts["places"]
    wide = rng.choice((pyx.style.linewidth.normal, pyx.style.linewidth.Thick, pyx.style.linewidth.thick))
    hollow, size = rng.random() < 0.3, rng.choice((0.1, 0.13, 0.16))
    below = [0.0] * len(places)
    for k, name in enumerate(story.names):
        colour = _colour(pyx, facts["colours"][k])
        title = _tex(name) if len(story.names) > 1 else None
        paint = pyx.deco.stroked([colour]) if hollow else pyx.deco.filled([colour])
        own = facts["markers"] and (bool(story.points) or kind == "line_bw")
        mark = style.symbol(shapes[k] if own else shapes[0], size=size, symbolattrs=[paint])
        if story.points:
            graph.plot(points(story.points[k], x=1, y=2, title=title), [mark])
            continue
        column = story.columns[k]
        if facts["form"] == "area":
            tops = [a + v for a, v in zip(below, column, strict=True)]
            ring = [*zip(places, tops, strict=True), *reversed(list(zip(places, below, strict=True)))]
            fill = style.line([pyx.deco.filled([colour]), pyx.deco.stroked.clear])
            fill.key_pt = lambda _own, _shared, canvas, *box, colour=colour: canvas.fill(
                pyx.path.rect_pt(*box), [colour]
            )
            graph.plot(points(ring, x=1, y=2, title=title), [fill])
            below = tops if kind == "area" else below
            continue
        rows = list(zip(places, column, story.errors or [0.0] * len(places), strict=True))
        if kind == "step":
            rows = [
                spot
                for (x, y, e), (after, _, _) in zip(rows, [*rows[1:], rows[-1]], strict=True)
                for spot in ((x, y, e), (after, y, e))
            ]
        styles = [style.line([dashes[k] if kind == "line_bw" else dashes[0], colour, wide])]
        styles += [mark] if facts["markers"] else []
        styles += [style.errorbar(errorbarattrs=[colour])] if story.errors else []
        graph.plot(points(rows, x=1, y=2, title=title, **({"dy": 3} if story.errors else {})), styles)


def _pie(pyx: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    """Slices drawn as paths, clockwise from the top, names beside them or in a key."""
    page, radius, start = pyx.canvas.canvas(), rng.choice((2.5, 3.0)), 90.0
    path, edge = pyx.path, pyx.color.gray(rng.choice((0, 1)))
    direct = facts["legend"] in {"direct", "inside", "top"}
    for k, (name, share) in enumerate(zip(story.x, story.columns[0], strict=True)):
        end, colour = start - 3.6 * share, _colour(pyx, facts["colours"][k])
        slice_ = path.path(path.moveto(0, 0), path.arcn(0, 0, radius, start, end), path.closepath())
        page.draw(slice_, [pyx.deco.filled([colour]), pyx.deco.stroked([edge])])
        middle = math.radians((start + end) / 2)
        text = (
            f"{name} {share:.1f}%"
            if direct and facts["values"]
            else name
            if direct
            else f"{share:.1f}%"
            if facts["values"]
            else ""
        )
        side = pyx.text.halign.left if math.cos(middle) > 0 else pyx.text.halign.right
        page.text(1.08 * radius * math.cos(middle), 1.08 * radius * math.sin(middle) - 0.1, _tex(text), [side])
        if not direct:
            top = radius - 0.55 * k
            page.fill(path.rect(radius + 1.7, top - 0.3, 0.4, 0.3), [colour])
            page.text(radius + 2.3, top - 0.28, _tex(name))
        start = end
    page.text(0, radius + 0.9, _tex(story.title), [pyx.text.halign.center, pyx.text.size.large])
    return page
