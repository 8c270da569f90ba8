"""R's lattice package: trellis charts on R's cairo and pdf devices.

Comes in: stories. Goes out: NAME.pdf for each.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from generators import stories
from generators.paper import run
from generators.stories import FLAT, KINDS, Story

LATTICE_KINDS = (
    *(k for k in KINDS if k not in {"pie", "donut", "area", "area1", "secondary", "hist"}),
    "step",
    "line4",
    "scatter2",
    "dotplot",
)
_AUTO = {"none": "none", "right": "right", "bottom": "bottom", "top": "top", "inside": "top", "direct": "right"}


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart, by one R script."""
    script = folder / "charts.R"
    script.write_text("library(lattice)\n" + "".join(map(_source, charts)), encoding="utf-8")
    run(["Rscript", script.name], folder)


def _numbers(values: Sequence[float]) -> str:
    return "c(" + ",".join(f"{v:.10g}" for v in values) + ")"


def _texts(texts: Sequence[str]) -> str:
    return "c(" + ",".join(f'"{t}"' for t in texts) + ")"


def _frame(story: Story) -> str:
    if story.points:
        x = _numbers([p[0] for points in story.points for p in points])
        y = [p[1] for points in story.points for p in points]
        s = [n for n, points in zip(story.names, story.points, strict=True) for _ in points]
    else:
        y = [v for column in story.columns for v in column]
        s = [n for n in story.names for _ in story.x]
        every = [v for _ in story.names for v in story.x]
        if story.categorical:
            levels = list(reversed(story.x)) if story.kind in FLAT or story.kind == "dotplot" else story.x
            x = f"factor({_texts(every)}, levels={_texts(levels)})"
        elif story.x_scale == "date":
            x = f"as.Date({_texts(every)})"
        else:
            x = "c(" + ",".join(every) + ")"
    return f"d <- data.frame(x={x}, y={_numbers(y)}, s=factor({_texts(s)}, levels={_texts(story.names)}))\n"


def _ticks(story: Story) -> str:
    """Text of the value axis's labels, as an R expression of the places ``at``."""
    return {
        "thousands": "format(at, big.mark=',', trim=TRUE, scientific=FALSE)", "dollar": "paste0('$', format(at, trim=TRUE))",
        "percent": "paste0(at, '%')", "millions": "ifelse(at == 0, '0', paste0(at / 1e6, 'M'))",
    }.get(story.look.numbers, "format(at, trim=TRUE)")  # fmt: skip


def _source(story: Story) -> str:
    look, kind, rng = story.look, story.kind, random.Random(f"lattice/{story.name}")
    flat = kind in FLAT or kind == "dotplot"
    colours = _texts([story.colour(k) for k in range(max(2, len(story.names)))])
    bw = kind == "line_bw"
    dashes = "lty=1:4" if bw else "lty=1"
    edge, ring = rng.choice(("'transparent'", "'white'", "'black'")), rng.choice((1, 16))
    theme = (
        f"list(superpose.line=list(col={colours}, {dashes}, lwd={rng.choice((1, 1.5, 2))}), "
        f"superpose.symbol=list(col={colours}, pch=c(16,2,0,4), cex={rng.choice((0.6, 0.8))}), "
        f"superpose.polygon=list(col={colours}, border={edge}), plot.polygon=list(col='{story.colour(0)}'), "
        f"plot.line=list(col='{story.colour(0)}', lwd=1.5), plot.symbol=list(col='{story.colour(0)}', pch={ring}))"
    )
    if rng.random() < 0.25 and not bw:
        theme = (
            rng.choice(("standard.theme('pdf', color=TRUE)", "standard.theme('pdf', color=FALSE)"))
            if kind not in {"stacked", "stacked100", "hstacked"}
            else theme
        )
    lines, points = "line" in kind or kind == "step", look.markers and kind != "step"
    shown = {
        "lines": lines,
        "points": story.points or kind == "dotplot" or (lines and points),
        "rectangles": story.categorical and not lines and kind != "dotplot",
    }
    room = 9 * sum(len(name) + 8 for name in story.names) < look.size[0]
    place = _AUTO[look.legend] if room else "right"
    columns = 1 if place == "right" else len(story.names)
    parts = ", ".join(f"{part}={str(bool(there)).upper()}" for part, there in shown.items())
    key = "FALSE" if len(story.names) == 1 else f"list(space='{place}', {parts}, columns={columns}, cex=0.8)"
    scale = (
        "list(" + ("log=10, equispaced.log=FALSE" if story.y_scale == "log" else f"at=at, labels={_ticks(story)}") + ")"
    )
    crowded = (
        story.categorical
        and not flat
        and 11 * sum(map(len, story.x)) > look.size[0] * (0.75 if key == "FALSE" or place != "right" else 0.45)
    )
    axis = "list(rot=45)" if kind == "bar_rotated" or crowded else "list()"
    if story.x_scale == "date":
        axis = f"list(format='%b %Y', rot={rng.choice((0, 45))})"
    at, limit = "", ""
    value, other = ("x", "y") if flat else ("y", "x")
    ticks = rng.choice(("c(1,0)", "1", "0.5"))
    axis_scales = f"scales=list({value}={scale}, {other}={axis}, tck={ticks})"
    title = f'list("{story.title}", cex=1.1, font={2 if look.bold else 1})'
    along = f'"{story.xlabel}"' if story.xlabel else "NULL"
    words = f'main={title}, {value}lab="{story.ylabel}", {other}lab={along}'
    if story.y_scale == "log":
        story.y_limits = None  # lattice's own, from the data
    elif story.y_limits:
        at = f"at <- {_numbers(stories.ticks(story))}\n"
        story.y_limits = _padded(*story.y_limits)
        limit = f", {value}lim={_numbers(story.y_limits)}"
    group = "" if len(story.names) == 1 else ", groups=s"
    formula = "x ~ y" if flat else "y ~ x"
    common = f"{formula}, data=d{group}, auto.key={key}, {axis_scales}, {words}{limit}, par.settings={theme}"
    if story.categorical and kind == "dotplot":
        body = f"dotplot({common})"
    elif story.categorical and not lines:
        stack = ", stack=TRUE" if kind in {"stacked", "stacked100", "hstacked"} else ""
        grid = "panel.grid(h=-1, v=0); " if look.grid != "none" and not flat else ""
        text = (
            f"; panel.text(x, y, {'x' if flat else 'y'}, pos={4 if flat else 3}, cex=0.6)"
            if look.values and len(story.names) == 1 and kind != "bar_negative"
            else ""
        )
        body = f"barchart({common}{stack}, origin=0, box.ratio={rng.choice((1, 2, 3))}, panel=function(x, y, ...) {{ {grid}panel.barchart(x, y, ...){text} }})"
    else:
        how = "'p'" if story.points else "'s'" if kind == "step" else "c('l','p')" if points else "'l'"
        grid = ", grid=TRUE" if look.grid == "both" else ", grid='h'" if look.grid == "y" else ""
        body = f"xyplot({common}, type={how}{grid})"
    latin = "–" not in "".join(
        [story.title, story.xlabel, story.ylabel, *story.x]
    )  # the pdf device has no dash in its encoding
    device = "pdf" if latin and rng.random() < 0.5 else "cairo_pdf"
    family = rng.choice(("", "", ", family='serif'" if device == "cairo_pdf" else ", family='Times'"))
    head = f'{device}("{story.name}.pdf", width={look.size[0] / 72:.2f}, height={look.size[1] / 72:.2f}{family})\n'
    return f"{_frame(story)}{at}{head}print({body})\ninvisible(dev.off())\n"


def _padded(low: float, high: float) -> tuple[float, float]:
    """Lattice's limits: four per cent beyond the outermost ticks."""
    pad = 0.04 * (high - low)
    return (low - pad, high + pad)
