"""gnuplot scripts for the pdfcairo terminal, in styles that users set: open frames, patterns, boxed keys.

Comes in: stories. Goes out: NAME.pdf for each.
"""

import math
import random
from collections.abc import Sequence
from pathlib import Path

from generators.paper import run
from generators.stories import FLAT, KINDS, Story

GNUPLOT_KINDS = (*(k for k in KINDS if k not in {"pie", "donut", "hgrouped", "hstacked"}), "step", "error", "loglog")
_DASHES = (1, 2, 4, 3)


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    for story in charts:
        script = folder / f"{story.name}.gp"
        script.write_text(_script(story), encoding="utf-8")
        run(["gnuplot", script.name], folder)


def _table(story: Story) -> str:
    if story.points:
        blocks = ["\n".join(f"{x} {y:.10g}" for x, y in points) for points in story.points]
        return "$data << EOD\n" + "\n\n\n".join(blocks) + "\nEOD\n"
    errors = story.errors or [0.0] * len(story.x)
    rows = [
        (f'"{x}" ' if story.categorical else f"{x} ")
        + " ".join(f"{c[k]:.10g}" for c in story.columns)
        + f" {errors[k]:g}"
        for k, x in enumerate(story.x)
    ]
    return "$data << EOD\n" + "\n".join(rows) + "\nEOD\n"


def _script(story: Story) -> str:
    look, kind, rng = story.look, story.kind, random.Random(f"gnuplot/{story.name}")
    font = (
        rng.choice(("Times", "Nimbus Roman"))
        if look.serif
        else rng.choice(("Helvetica", "DejaVu Sans", "Carlito", "Open Sans"))
    )
    size = rng.choice((10, 11, 12, 14))
    width, height = look.size
    enhanced = "noenhanced" if rng.random() < 0.2 and story.y_scale != "log" else "enhanced"
    manner = f"{enhanced} {rng.choice(('rounded', 'butt'))} linewidth {rng.choice((1, 1, 1.5, 2))}"
    out = [
        f'set terminal pdfcairo size {width / 72:g}in,{height / 72:g}in font "{font},{size}" {manner}',
        f'set output "{story.name}.pdf"', f'set title "{story.title}"' + (f' font ",{size + 2}"' if look.bold else ""),
    ]  # fmt: skip
    if look.legend == "bottom":
        story.xlabel = ""  # gnuplot would set the key upon it
    across, up = (story.ylabel, story.xlabel) if kind in FLAT else (story.xlabel, story.ylabel)
    out += [f'set xlabel "{across}"', f'set ylabel "{up}"']
    frame = rng.choice(("full", "open", "open", "bare"))
    mirror = "mirror" if frame == "full" else "nomirror"
    out.append({"full": "set border 31", "open": "set border 3 back lc rgb '#404040'", "bare": "set border 1"}[frame])
    out.append(f"set xtics {mirror} {rng.choice(('in', 'out'))}; set ytics {mirror} {rng.choice(('in', 'out'))}")
    if look.grid != "none":
        dash = rng.choice(("lt 0", "lc rgb '#cccccc' lt 1 lw 0.5", "lc rgb '#dddddd' dt 2"))
        out.append(f"set grid {'ytics' if look.grid == 'y' and kind not in FLAT else 'xtics ytics'} back {dash}")
    place = {
        "right": "outside right",
        "bottom": "below horizontal",
        "top": "above horizontal",
        "inside": "top left Left reverse",
    }
    out.append(
        "unset key"
        if look.legend in {"none", "direct"}
        else f"set key {place[look.legend]}" + (" box" if rng.random() < 0.3 else "")
    )
    value = "x" if kind in FLAT else "y"
    out.append(f'set format {value} "{_format(story)}"')
    if story.y_limits:
        out.append(f"set {value}range [{story.y_limits[0]:g}:{story.y_limits[1]:g}]")
        if story.step:
            out.append(f"set {value}tics {story.step:g}")
    if story.x_limits:
        out.append(f"set xrange [{story.x_limits[0]:g}:{story.x_limits[1]:g}]; set xtics {story.x_step:g}")
    if story.y_scale == "log":
        out.append("set logscale y" + ("; set logscale x" if story.x_scale == "log" else ""))
    if story.x_scale == "log":
        out.append('set format x "10^{%T}"')
    out.append(_table(story))
    out.append(_plot(story, rng))
    return "\n".join(out) + "\n"


def _format(story: Story) -> str:
    look = story.look
    places = 0 if not story.step or story.step >= 1 else max(1, -math.floor(math.log10(story.step) + 1e-9))
    places = places or int(story.step % 1 != 0)
    if story.y_scale == "log":
        return "10^{%T}" if story.seed % 2 else "%g"
    return {
        "percent": f"%.{places}f%%",
        "thousands": f"%'.{places}f",
        "dollar": f"$%.{places}f",
        "millions": "%.1s%c",
    }.get(look.numbers, f"%.{places}f")


def _plot(story: Story, rng: random.Random) -> str:
    kind = story.kind
    if story.categorical and kind not in {"line_months", "secondary"}:
        return _bars(story, rng)
    if kind == "secondary":
        return (
            "set style fill solid 0.7 border -1; set boxwidth 0.7; set ytics nomirror; set y2tics; set y2label "
            f'"{story.secondary}"\nplot $data using 0:2:xtic(1) with boxes lc rgb \'{story.colour(0)}\' title "{story.names[0]}", '
            f"$data using 0:3 axes x1y2 with linespoints pt 7 lw 2 lc rgb '{story.colour(1)}' title \"{story.names[1]}\""
        )
    if story.points:
        shapes = (7, 5, 9) if story.look.markers else (1, 2, 6)
        return "plot " + ", ".join(
            f"$data index {k} with points pt {shapes[k]} ps 0.6 lc rgb '{story.colour(k)}' title \"{name}\""
            for k, name in enumerate(story.names)
        )
    x, extra = "1", ""
    if kind == "line_months":
        x = "0:COL:xtic(1)"
    elif story.x_scale == "date":
        extra = f'set xdata time; set timefmt "%Y-%m-%d"; set format x "{rng.choice(("%b %Y", "%Y", "%m/%y"))}"\n'
        extra += (
            f'set xrange ["{story.x[0]}":"{story.x[-1]}"]; set xtics {rng.choice((1, 2)) * 31557600}\n'
            if rng.random() < 0.5
            else "set xtics rotate by -45\n"
        )
    if kind in {"area", "area1"}:
        return extra + _areas(story)
    parts = []
    for k, name in enumerate(story.names):
        using = x.replace("COL", str(k + 2)) if "COL" in x else f"{x}:{k + 2}"
        how = {"step": "steps", "line_dense": "lines"}.get(kind, "linespoints" if story.look.markers else "lines")
        style = f"lw 2 dt {_DASHES[k] if kind == 'line_bw' else 1} lc rgb '{story.colour(k)}'" + (
            f" pt {(7, 4, 9, 12)[k]} ps 0.5" if how == "linespoints" else ""
        )
        parts.append(f'$data using {using} with {how} {style} title "{name}"')
        if story.errors:
            parts.append(f"$data using 1:2:3 with yerrorbars lc rgb '{story.colour(k)}' pt 7 ps 0.4 notitle")
        if story.look.legend == "direct":
            extra += f"set label {k + 1} \"{name}\" at {story.x[-1]},{story.columns[k][-1]:g} left offset 0.6,0 tc rgb '{story.colour(k)}'\nset rmargin 16\n"
    return extra + "plot " + ", ".join(parts)


def _areas(story: Story) -> str:
    """Stacked from the top down, each over the next."""
    parts = []
    for k in reversed(range(len(story.names))):
        total = "+".join(f"${j + 2}" for j in range(k + 1))
        parts.append(
            f"$data using 1:({total}) with filledcurves y1=0 lc rgb '{story.colour(k)}' title \"{story.names[k]}\""
        )
    return f"set xrange [{story.x[0]}:{story.x[-1]}]\nplot " + ", ".join(parts)


def _bars(story: Story, rng: random.Random) -> str:
    kind, look = story.kind, story.look
    fill = (
        "pattern 1 border -1"
        if rng.random() < 0.2
        else rng.choice(("solid 1 noborder", "solid 0.6 border -1", "solid border rgb 'black'"))
    )
    turn = (
        "set xtics rotate by -45\n"
        if kind == "bar_rotated"
        else "set xtics rotate by -30\n"
        if max(map(len, story.x)) * len(story.x) > 44
        else ""
    )
    if kind == "hbar":
        labels = ", ".join(f'"{x}" {k}' for k, x in enumerate(reversed(story.x)))
        rows = f"$data using 2:({len(story.x) - 1}-$0):(0):2:({len(story.x) - 1}-$0-0.35):({len(story.x) - 1}-$0+0.35) with boxxyerror"
        text = (
            f', $data using 2:({len(story.x) - 1}-$0):(sprintf("%.{look.decimals}f",$2)) with labels left offset 0.5,0 notitle'
            if look.values
            else ""
        )
        return f"set style fill {fill}; set ytics ({labels}); set yrange [-0.6:{len(story.x) - 0.4}]\nplot {rows} lc rgb '{story.colour(0)}' notitle{text}"
    if kind in {"grouped", "stacked", "stacked100"}:
        style = "clustered gap 1" if kind == "grouped" else "rowstacked"
        width = "" if kind == "grouped" else "set boxwidth 0.7\n"
        columns = ", ".join(
            f"{'$data' if not k else repr('')} using {k + 2}:xtic(1) lc rgb '{story.colour(k)}' title \"{name}\""
            for k, name in enumerate(story.names)
        )
        return f"set style data histograms; set style histogram {style}; set style fill {fill}\n{width}{turn}plot {columns}"
    width = "1 relative" if kind == "hist" else rng.choice(("0.5", "0.75"))
    zero = "set xzeroaxis lt -1\n" if kind == "bar_negative" else ""
    text = (
        f', $data using 0:2:(sprintf("%.{look.decimals}f",$2)) with labels offset 0,0.6 notitle'
        if look.values and kind != "bar_negative"
        else ""
    )
    return (
        f"set style fill {fill}; set boxwidth {width}; set xrange [-0.7:{len(story.x) - 0.3}]\n{turn}{zero}"
        f"plot $data using 0:2:xtic(1) with boxes lc rgb '{story.colour(0)}' notitle{text}"
    )
