"""Grace (xmgrace) projects, printed by its batch program to EPS and turned into PDF by Ghostscript.

Comes in: stories. Goes out: NAME.pdf for each. Needs gracebat and gs.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from generators.paper import run
from generators.stories import KINDS, Story, tick_decimals

GRACE_KINDS = (
    *(k for k in KINDS if k not in {"pie", "donut", "hbar", "hgrouped", "hstacked", "secondary", "area", "area1", "line_date", "line_direct"}),
    "error", "loglog", "line4", "scatter2",
)  # fmt: skip
_SYMBOLS, _LINES = (1, 2, 4, 3), (1, 3, 2, 5)


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    for story in charts:
        (folder / f"{story.name}.agr").write_text(_project(story), encoding="latin-1")
        run(
            [
                "gracebat",
                "-nosafe",
                "-hardcopy",
                "-hdevice",
                "EPS",
                "-printfile",
                f"{story.name}.eps",
                f"{story.name}.agr",
            ],
            folder,
        )
        eps = folder / f"{story.name}.eps"
        text = eps.read_text(encoding="latin-1")
        box = text.rpartition("%%BoundingBox: ")[2].partition("\n")[0]
        eps.write_text(
            text.replace("%%BoundingBox: (atend)", f"%%BoundingBox: {box}", 1), encoding="latin-1"
        )  # where Ghostscript looks for it
        run(
            [
                "gs",
                "-q",
                "-dNOPAUSE",
                "-dBATCH",
                "-dEPSCrop",
                "-sDEVICE=pdfwrite",
                f"-sOutputFile={story.name}.pdf",
                f"{story.name}.eps",
            ],
            folder,
        )


def _plain(story: Story) -> None:
    """Write the story's texts in Latin 1, all that Grace has."""
    table = str.maketrans({"–": "-"})
    story.title, story.xlabel, story.ylabel = (t.translate(table) for t in (story.title, story.xlabel, story.ylabel))
    story.x, story.names = [x.translate(table) for x in story.x], [n.translate(table) for n in story.names]


def _project(story: Story) -> str:
    _plain(story)
    look, kind, rng = story.look, story.kind, random.Random(f"grace/{story.name}")
    bars = story.categorical and kind != "line_months"
    stacked = "stacked" in kind
    font = "Times-Roman" if look.serif else "Helvetica"
    width, height = round(look.size[0] * 1.4), round(look.size[1] * 1.4)
    long = bars and sum(map(len, story.x)) > 46
    wide, tall = width / min(width, height), height / min(width, height)
    out = [
        "# Grace project file",
        "@version 50125",
        f"@page size {width}, {height}",
        f'@map font 0 to "{font}", "{font}"',
    ]
    colours = [story.colour(k) for k in range(len(story.names))]
    for k, colour in enumerate(["#ffffff", "#000000", *colours, "#cccccc"]):
        rgb = ", ".join(str(int(colour[j : j + 2], 16)) for j in (1, 3, 5))
        out.append(f'@map color {k} to ({rgb}), "c{k}"')
    pale = 2 + len(colours)
    low, high = story.y_limits or (0, 1)
    left, right = (
        (0.5, len(story.x) + 0.5) if story.categorical else story.x_limits or (story.numbers[0], story.numbers[-1])
    )
    if story.x_scale == "linear" and not story.points and kind != "line_dense":
        left, right = left - 0.5, right + 0.5
    right_room = 0.42 if look.legend in {"right", "bottom", "top"} else 0.08
    out += [
        "@with g0", f"@world {left:g}, {low:.10g}, {right:g}, {high:.10g}",
        f"@view 0.2, {0.45 if long else 0.15}, {wide - right_room:g}, {tall - 0.12:g}",
        f'@title "{story.title}"', f"@title size {rng.choice((1.2, 1.4))}", "@stack world 0, 0, 0, 0", "@g0 on", "@g0 hidden false",
        f"@g0 type {'Chart' if bars else 'XY'}", f"@g0 stacked {'true' if stacked else 'false'}", f"@g0 bar hgap {0 if kind == 'hist' else 0.01:g}",
    ]  # fmt: skip
    out += [
        f"@yaxes scale {'Logarithmic' if story.y_scale == 'log' else 'Normal'}",
        f"@xaxes scale {'Logarithmic' if story.x_scale == 'log' else 'Normal'}",
    ]
    out += _axis("y", story.ylabel, rng)
    if story.y_scale == "log":
        out += [
            "@yaxis tick major 10",
            "@yaxis tick minor ticks 8",
            "@yaxis ticklabel format power",
            "@yaxis ticklabel prec 0",
        ]
    else:
        places = tick_decimals(story)
        out += [
            f"@yaxis tick major {story.step:.10g}",
            f"@yaxis tick minor ticks {rng.choice((0, 1))}",
            "@yaxis ticklabel format decimal",
            f"@yaxis ticklabel prec {places}",
        ]
        if look.numbers == "percent":
            out.append('@yaxis ticklabel append "%"')
        if look.numbers == "dollar":
            out.append('@yaxis ticklabel prepend "$"')
        if look.numbers == "millions":
            out += [
                '@yaxis ticklabel formula "$t/1000000"',
                '@yaxis ticklabel append "M"',
                f"@yaxis ticklabel prec {0 if story.step % 1e6 == 0 else 1}",
            ]
    if look.grid != "none":
        out += [
            "@yaxis tick major grid on",
            f"@yaxis tick major color {pale}",
            f"@yaxis tick major linestyle {rng.choice((1, 2))}",
        ]
    out += _across(story, long, rng)
    out += _legend(story, wide, tall, right_room)
    frame = rng.choice((0, 0, 1))
    out += [f"@frame type {frame}", "@frame linestyle 1"]
    return "\n".join(out + _sets(story, bars, wide - right_room - 0.2, rng)) + "\n"


def _axis(axis: str, label: str, rng: random.Random) -> list[str]:
    side = rng.choice(("both", "normal"))
    return [
        f"@{axis}axis on", f'@{axis}axis label "{label}"', f"@{axis}axis label char size {rng.choice((1, 1.2))}",
        f"@{axis}axis tick {rng.choice(('in', 'out'))}", f"@{axis}axis tick place {side}", f"@{axis}axis ticklabel char size {rng.choice((0.8, 1))}",
    ]  # fmt: skip


def _across(story: Story, long: bool, rng: random.Random) -> list[str]:
    out = _axis("x", "" if long else story.xlabel, rng)
    if story.categorical:
        out += [
            "@xaxis tick major size 0",
            "@xaxis tick minor ticks 0",
            "@xaxis tick type spec",
            "@xaxis tick spec type both",
            f"@xaxis tick spec {len(story.x)}",
        ]
        for k, text in enumerate(story.x):
            out += [f"@xaxis tick major {k}, {k + 1}", f'@xaxis ticklabel {k}, "{text}"']
        out.append(f"@xaxis ticklabel angle {315 if long else 0}")
    elif story.x_scale == "log":
        out += [
            "@xaxis tick major 10",
            "@xaxis tick minor ticks 8",
            "@xaxis ticklabel format power",
            "@xaxis ticklabel prec 0",
        ]
    else:
        step = story.x_step or {"line_dense": 0}.get(story.kind, max(1, round(len(story.x) / 7)))
        if not step:
            span = story.numbers[-1] - story.numbers[0]
            step = next(s for s in (0.5, 1, 2, 5, 10, 20, 25, 50, 100) if span / s <= 8)
        out += [
            f"@xaxis tick major {step:g}",
            "@xaxis tick minor ticks 0",
            "@xaxis ticklabel format decimal",
            f"@xaxis ticklabel prec {0 if step % 1 == 0 else 1}",
        ]
    return out


def _legend(story: Story, wide: float, tall: float, room: float) -> list[str]:
    if story.look.legend in {"none", "direct"}:
        return ["@legend off"]
    place = (0.22, tall - 0.14) if story.look.legend == "inside" else (wide - room + 0.03, tall - 0.14)
    return [
        "@legend on",
        "@legend loctype view",
        f"@legend {place[0]:g}, {place[1]:g}",
        f"@legend box linestyle {0 if story.seed % 2 else 1}",
        "@legend char size 0.8",
        "@legend vgap 1",
    ]


def _sets(story: Story, bars: bool, across: float, rng: random.Random) -> list[str]:
    look, kind, out = story.look, story.kind, []
    size = (
        50 * across / len(story.x) / (1 if "stacked" in kind else len(story.names)) if bars else 0
    )  # a symbol's size is 0.02 of the page
    wide, edged = rng.choice((0.55, 0.7, 0.8)), rng.random() < 0.5
    for k, name in enumerate(story.names):
        form = "bar" if bars else "xydy" if story.errors else "xy"
        out += [f"@s{k} hidden false", f"@s{k} type {form}", f'@s{k} legend "{name if len(story.names) > 1 else ""}"']
        colour = 2 + k
        if bars:
            edge = 1 if edged else colour
            out += [
                f"@s{k} line type 0",
                f"@s{k} symbol 0",
                f"@s{k} symbol size {size * (1 if kind == 'hist' else wide):.3f}",
                f"@s{k} symbol color {edge}",
                f"@s{k} symbol fill color {colour}",
                f"@s{k} symbol fill pattern 1",
                f"@s{k} symbol linestyle {1 if edge == 1 or kind != 'hist' else 0}",
                f"@s{k} baseline type 0",
            ]
            if look.values and len(story.names) == 1:
                out += [
                    f"@s{k} avalue on",
                    f"@s{k} avalue type 2",
                    f"@s{k} avalue format decimal",
                    f"@s{k} avalue prec {look.decimals}",
                    f"@s{k} avalue char size 0.7",
                    f"@s{k} avalue offset 0, 0.01",
                ]
        else:
            mark = _SYMBOLS[k] if look.markers or story.points else 0
            filled = rng.choice((0, 1))
            out += [
                f"@s{k} symbol {mark}",
                f"@s{k} symbol size {rng.choice((0.5, 0.7))}",
                f"@s{k} symbol color {colour}",
                f"@s{k} symbol fill color {colour}",
                f"@s{k} symbol fill pattern {filled}",
            ]
            out += [
                f"@s{k} line type {0 if story.points else 1}",
                f"@s{k} line linestyle {_LINES[k] if kind == 'line_bw' else 1}",
                f"@s{k} line linewidth {rng.choice((1, 2))}",
                f"@s{k} line color {colour}",
            ]
            if story.errors:
                out += [f"@s{k} errorbar on", f"@s{k} errorbar color {colour}", f"@s{k} errorbar size 0.5"]
    for k in range(len(story.names)):
        form = "bar" if bars else "xydy" if story.errors else "xy"
        out += [f"@target G0.S{k}", f"@type {form}"]
        if story.points:
            out += [f"{x:g} {y:.10g}" for x, y in story.points[k]]
        else:
            places = [float(j + 1) for j in range(len(story.x))] if story.categorical else story.numbers
            tails = [f" {e:g}" for e in story.errors] or [""] * len(places)
            out += [f"{x:.10g} {y:.10g}{tail}" for x, y, tail in zip(places, story.columns[k], tails, strict=True)]
        out.append("&")
    return out
