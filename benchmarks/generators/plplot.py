"""PLplot, the plotting library of scientists' C and Fortran: bars filled as polygons, symbols as text, written by Cairo.

Comes in: stories. Goes out: NAME.pdf for each. Needs the Python package plplot with its driver for Cairo, both Debian's.
"""

import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.stories import KINDS, Story

PLPLOT_KINDS = (*(k for k in KINDS if k not in {"secondary", "donut"}), "step", "error", "loglog", "line4")
_BLACK, _GREY, _FIRST = 1, 2, 3
_SYMBOLS = ("#(850)", "#(852)", "#(851)", "#(844)")
_DASHES = (1, 2, 3, 5)


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    import plplot as pl

    for story in charts:
        facts, rng = work_out(story), random.Random(f"plplot/{story.name}")
        if facts["legend"] in {"top", "bottom"}:
            facts["legend"] = (
                "right" if facts["turned"] or sum(map(len, story.names)) > 26 else "bottom"
            )  # above it would lie upon the title
        room = 6.5 * facts["longest"] if facts["flat"] else 0
        foot = 5.5 * facts["longest"] if facts["turned"] else 0
        wide, tall = facts["width"] + room, facts["height"] + foot
        pl.plsdev("pdfcairo")
        pl.plsfnam(str(folder / f"{story.name}.pdf"))
        pl.plspage(0, 0, round(wide), round(tall), 0, 0)
        shades = [(255, 255, 255), (0, 0, 0), (190, 190, 190), *(tuple(bytes.fromhex(c[1:])) for c in facts["colours"])]
        pl.plscmap0(*([shade[k] for shade in shades] for k in range(3)))
        pl.plinit()
        pl.plfontld(0)
        pl.plsfont(pl.PL_FCI_SERIF if story.look.serif else pl.PL_FCI_SANS, pl.PL_FCI_UPRIGHT, pl.PL_FCI_MEDIUM)
        size = rng.choice((0.6, 0.68, 0.76))
        pl.plschr(0, size)
        pl.pladv(0)
        key = facts["legend"] in {"right", "direct"}
        pl.plvpor((70 + room) / wide, 1 - (150 if key else 20) / wide, (64 + foot) / tall, 1 - 50 / tall)
        if facts["form"] == "pie":
            _pie(pl, facts)
        else:
            _chart(pl, story, facts, rng, size)
        pl.plend()


def _chart(pl: Any, story: Story, facts: dict[str, Any], rng: random.Random, size: float) -> None:
    flat, (low, high) = facts["flat"], facts["limits"]
    log_x, log_y = facts["x_scale"] == "log", facts["y_scale"] == "log"
    if log_y:
        low, high = math.log10(low), math.log10(high)
    if facts["named"]:
        left, right = 0.5, len(story.x) + 0.5
        places = [float(k + 1) for k in range(len(story.x))]
    else:
        left, right = facts["ends"]
        places = [v / (1000 if facts["x_scale"] == "date" else 1) for v in facts["places"]]
        if facts["x_scale"] == "date":
            left, right = left / 1000, right / 1000
    if log_x:
        left, right, places = math.log10(left), math.log10(right), [math.log10(v) for v in places]
    pl.plwind(*((low, high, left, right) if flat else (left, right, low, high)))
    rule = rng.choice((1, 2))
    if facts["form"] in {"bar", "area"}:  # what is filled would hide the frame
        _rules(pl, facts, rule)
        _marks(pl, story, facts, places, rng)
        _axes(pl, story, facts, rng)
    else:
        _rules(pl, facts, rule)
        _axes(pl, story, facts, rng)
        _marks(pl, story, facts, places, rng)
    pl.plcol0(_BLACK)
    pl.pllab(
        "" if flat else facts["xlabel"] if not facts["turned"] else "", "" if flat else facts["ylabel"], story.title
    )
    if flat:
        pl.plmtex("b", 3.2, 0.5, 0.5, facts["ylabel"])
    if facts["kind"] in {"bar_negative", "line_negative"} and low < 0 < high:
        pl.pljoin(left, 0, right, 0)
    if facts["legend"] == "direct" and facts["form"] == "line":
        for k, (name, column) in enumerate(zip(story.names, story.columns, strict=True)):
            pl.plcol0(_FIRST + k)
            pl.plmtex("rv", 0.6, (column[-1] - low) / (high - low), 0, name)
    elif facts["legend"] != "none":
        _legend(pl, story, facts, size, framed=rng.random() < 0.5)


def _rules(pl: Any, facts: dict[str, Any], style: int) -> None:
    """Gridlines, which PLplot draws with the pen at hand."""
    if facts["grid"] == "none":
        return
    step = 0.0 if facts["y_scale"] == "log" else facts["ticks"][1] - facts["ticks"][0]
    pl.plcol0(_GREY)
    pl.pllsty(style)
    log = "l" if facts["y_scale"] == "log" else ""
    pl.plbox(*(("g", step, 0, "", 0, 0) if facts["flat"] else ("", 0, 0, f"g{log}", step, 0)))
    pl.pllsty(1)


def _axes(pl: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> None:
    """The box with its ticks; names of categories are written at their places."""
    flat, frame = facts["flat"], "bc" if rng.random() < 0.7 else "b"
    texts = dict(zip((round(v, 9) for v in facts["ticks"]), facts["labels"], strict=True))
    labelled = facts["numbers"] in {"percent", "dollar", "millions"} or (
        facts["numbers"] == "thousands" and rng.random() < 0.7
    )
    value = f"{frame}nst"
    pl.plcol0(_BLACK)
    if facts["y_scale"] == "log":
        value, step = f"{frame}lnst", 0.0
    else:
        step = facts["ticks"][1] - facts["ticks"][0]
        if labelled:
            value += "o"
            pl.plslabelfunc(lambda _axis, at, _data: texts.get(round(at, 9), f"{at:g}"), None)
        else:  # left alone, PLplot writes large numbers with a factor at the end of the axis
            digits = rng.choice((0, 7, 7))
            (pl.plsxax if flat else pl.plsyax)(digits, 0)
    if facts["named"]:
        across, stride = frame, 0.0
    elif facts["x_scale"] == "date":
        pl.pltimefmt("%Y" if len(story.x) > 30 else "%b %Y")
        across, stride = "", 0.0
    elif facts["x_scale"] == "log":
        across, stride = f"{frame}lnst", 0.0
    else:
        stride = facts["x_ticks"][1] - facts["x_ticks"][0]
        across = f"{frame}nst"
        pl.plsxax(7, 0)
    small = rng.choice((0, 0, 2))
    if flat:
        pl.plbox(value, step, small, frame, 0, 0)
    else:
        pl.plbox(
            across or frame,
            stride,
            0,
            value if labelled or facts["named"] or max(map(len, facts["labels"])) > 4 else f"{value}v",
            step,
            small,
        )
    if facts["x_scale"] == "date":
        for at, text in zip(facts["x_ticks"], facts["x_labels"], strict=True):
            left, right = facts["ends"]
            pl.plmtex("b", 1.6, (at - left) / (right - left), 0.5, text)
            low, high = facts["limits"]
            pl.pljoin(at / 1000, low, at / 1000, low + 0.015 * (high - low))
    for k, name in enumerate(facts["x"] if facts["named"] else []):
        share = (k + 0.5) / len(facts["x"])
        if flat:
            pl.plmtex("lv", 0.8, share, 1, name)
        elif facts["turned"]:
            pl.plmtex("bv", 0.8, share, 1, name)
        else:
            pl.plmtex("b", 1.5, share, 0.5, name)


def _marks(pl: Any, story: Story, facts: dict[str, Any], places: Sequence[float], rng: random.Random) -> None:
    kind, wide = facts["kind"], rng.choice((1, 1.5, 2))
    if facts["form"] == "bar":
        _bars(pl, story, facts, rng)
        return
    below = [facts["limits"][0]] * len(places)
    symbol = rng.choice(("#(727)", "#(728)"))
    for k in range(len(story.names)):
        xs, ys = (
            list(places),
            [math.log10(v) if facts["y_scale"] == "log" else v for v in (story.columns[k] if story.columns else [])],
        )
        pl.plcol0(_FIRST + k)
        if story.points:
            xs, ys = [p[0] for p in story.points[k]], [p[1] for p in story.points[k]]
            pl.plstring(xs, ys, _SYMBOLS[k] if facts["markers"] else symbol)
            continue
        if facts["form"] == "area":
            tops = [a + y for a, y in zip(below, ys, strict=True)] if kind == "area" else ys
            pl.plfill(xs + xs[::-1], tops + below[::-1])
            below = tops if kind == "area" else below
            continue
        if story.errors:
            pl.plerry(
                xs,
                [y - e for y, e in zip(ys, story.errors, strict=True)],
                [y + e for y, e in zip(ys, story.errors, strict=True)],
            )
        pl.plwidth(wide)
        pl.pllsty(_DASHES[k] if kind == "line_bw" else 1)
        if kind == "step":
            pairs = list(zip(xs, ys, strict=True))
            turns = [
                spot
                for (x, y), (after, _) in zip(pairs, [*pairs[1:], pairs[-1]], strict=True)
                for spot in ((x, y), (after, y))
            ]
            pl.plline([x for x, _ in turns], [y for _, y in turns])
        else:
            pl.plline(xs, ys)
        pl.pllsty(1)
        pl.plwidth(1)
        if facts["markers"] or story.errors:
            pl.plstring(xs, ys, _SYMBOLS[k] if kind == "line_bw" else symbol)


def _bars(pl: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> None:
    """Polygons, with or without a black outline."""
    series, grouped = len(story.names), facts["grouped"]
    room = 1.0 if facts["kind"] == "hist" else rng.choice((0.5, 0.7, 0.85))
    each, outlined = room / (series if grouped else 1), facts["kind"] == "hist" or rng.random() < 0.5
    for j in range(len(story.x)):
        high = 0.0
        for k, column in enumerate(story.columns):
            start = j + 1 - room / 2 + (k * each if grouped else 0)
            low, high = (high, high + column[j]) if facts["stacked"] else (0.0, column[j])
            one, other = [start, start, start + each, start + each], [low, high, high, low]
            xs, ys = (other, one) if facts["flat"] else (one, other)
            pl.plcol0(_FIRST + k)
            pl.plfill(xs, ys)
            pl.plcol0(_BLACK)
            if outlined:
                pl.plline([*xs, xs[0]], [*ys, ys[0]])
            if facts["values"]:
                reach = facts["limits"][1] - facts["limits"][0]
                shift = 0.03 * reach if column[j] >= 0 else -0.03 * reach
                spot = (high + 0.01 * reach, start + each / 2) if facts["flat"] else (start + each / 2, high + shift)
                pl.plptex(*spot, 1, 0, 0 if facts["flat"] else 0.5, facts["written"][k][j])


def _legend(pl: Any, story: Story, facts: dict[str, Any], size: float, *, framed: bool) -> None:
    """PLplot's own legend, beside, above or below the box or in it."""
    count = len(story.names)
    filled = facts["form"] in {"bar", "area"}
    lined = facts["form"] == "line"
    marked = facts["form"] == "scatter" or facts["markers"]
    each = (
        pl.PL_LEGEND_COLOR_BOX
        if filled
        else (pl.PL_LEGEND_LINE if lined else 0) | (pl.PL_LEGEND_SYMBOL if marked else 0)
    )
    side = {
        "inside": pl.PL_POSITION_INSIDE | pl.PL_POSITION_LEFT | pl.PL_POSITION_TOP,
        "top": pl.PL_POSITION_OUTSIDE | pl.PL_POSITION_TOP, "bottom": pl.PL_POSITION_OUTSIDE | pl.PL_POSITION_BOTTOM,
    }.get(facts["legend"], pl.PL_POSITION_OUTSIDE | pl.PL_POSITION_RIGHT)  # fmt: skip
    flow = pl.PL_LEGEND_ROW_MAJOR if facts["legend"] in {"top", "bottom"} else 0
    colours = [_FIRST + k for k in range(count)]
    symbols = [
        _SYMBOLS[k] if facts["kind"] == "line_bw" or (story.points and facts["markers"]) else "#(728)"
        for k in range(count)
    ]
    symbols = [f"{symbol}\0" for symbol in symbols]  # the binding joins texts that have no end
    away = {"bottom": 0.13, "top": 0.005}.get(facts["legend"], 0.02)
    pl.pllegend(
        flow | (pl.PL_LEGEND_BOUNDING_BOX if framed else 0), side, 0.02 if facts["legend"] != "right" else away, away, 0.05, 0, _BLACK, 1,
        1 if flow else count, count if flow else 1, [each] * count, 1.0, size, 2.0, 0.0, [_BLACK] * count, [f"{name}\0" for name in story.names],
        colours, [0] * count, [0.8] * count, [1.0] * count, colours, [_DASHES[k] if facts["kind"] == "line_bw" else 1 for k in range(count)],
        [1.5] * count, colours, [1.0] * count, [2] * count, symbols,
    )  # fmt: skip


def _pie(pl: Any, facts: dict[str, Any]) -> None:
    """Slices as PLplot's example has them: counter-clockwise from the right, names around."""
    pl.plvpas(0.02, 0.98, 0.02, 0.92, 0.75)
    pl.plwind(-3, 13, -1, 11)
    start = 0.0
    for k, (name, share) in enumerate(zip(facts["x"], facts["columns"][0], strict=True)):
        end = start + share / 100
        turns = [math.tau * (start + (end - start) * j / 90) for j in range(91)]
        xs, ys = [5.0, *(5 + 3 * math.cos(t) for t in turns), 5.0], [5.0, *(5 + 3 * math.sin(t) for t in turns), 5.0]
        pl.plcol0(_FIRST + k)
        pl.plfill(xs, ys)
        pl.plcol0(_BLACK)
        pl.plline(xs, ys)
        middle = math.pi * (start + end)
        text = f"{name} {share:.1f}%" if facts["values"] else name
        pl.plptex(
            5 + 3.25 * math.cos(middle), 5 + 3.25 * math.sin(middle), 1, 0, 0 if math.cos(middle) > 0 else 1, text
        )
        start = end
    pl.plmtex("t", 0.3, 0.5, 0.5, facts["title"])
