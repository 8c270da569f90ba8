"""Bokeh figures with the SVG backend, printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium and the package bokeh.
"""

import datetime as dt
import json
import math
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.paper import print_page
from generators.stories import FLAT, KINDS, Story, tick_decimals, ticks, written

BOKEH_KINDS = (*KINDS, "step", "error", "loglog")
_STYLE = (
    "@page{size:780px 540px;margin:12px} .p{page-break-after:always;height:500px;overflow:hidden} "
    ".p:last-of-type{page-break-after:avoid} body{margin:0}"
)
_DASHES = ("solid", "dashed", "dotted", "dotdash")


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart: a page each, printed together and cut apart."""
    from bokeh.embed import json_item
    from bokeh.resources import INLINE

    cells = "".join(f'<div class="p" id="c{k}"></div>' for k in range(len(charts)))
    calls = "".join(
        f"await Bokeh.embed.embed_item({json.dumps(json_item(_figure(story), f'c{k}'))});\n"
        for k, story in enumerate(charts)
    )
    head = f"{INLINE.render()}<style>{_STYLE}</style>"
    print_page(head, f"{cells}<script>(async()=>{{{calls}}})()</script>", charts, folder)


def _figure(story: Story) -> Any:
    from bokeh.plotting import figure

    look, kind, rng = story.look, story.kind, random.Random(f"bokeh/{story.name}")
    flat, round_ = kind in FLAT, kind in {"pie", "donut"}
    options: dict[str, Any] = {
        "width": round(look.size[0] * 1.4),
        "height": round(look.size[1] * 1.4),
        "title": story.title,
        "toolbar_location": None,
        "output_backend": "svg",
    }
    names = list(story.x)
    if round_:
        options |= {"x_range": (-1.15, -1.15 + 2.5 * look.size[0] / look.size[1]), "y_range": (-1.2, 1.2)}
    elif story.categorical:
        options["y_range" if flat else "x_range"] = list(reversed(names)) if flat else names
        options["x_range" if flat else "y_range"] = story.y_limits
    else:
        options |= {
            "y_range": story.y_limits,
            "y_axis_type": story.y_scale,
            "x_axis_type": {"date": "datetime"}.get(story.x_scale, story.x_scale),
        }
        if story.x_limits:
            options["x_range"] = story.x_limits
    plot = figure(**options)
    if round_:
        _slices(plot, story)
    else:
        plot.xaxis.axis_label, plot.yaxis.axis_label = (
            (story.ylabel, story.xlabel) if flat else (story.xlabel, story.ylabel)
        )
        _axes(plot, story, rng)
        _marks(plot, story, rng)
    _dress(plot, story, rng)
    return plot


def _axes(plot: Any, story: Story, rng: random.Random) -> None:
    from bokeh.models import FixedTicker

    axis = plot.xaxis if story.kind in FLAT else plot.yaxis
    if story.step:
        axis.ticker = FixedTicker(ticks=ticks(story))
        places = tick_decimals(story)
        if story.look.numbers != "plain" or rng.random() < 0.7:
            axis.major_label_overrides = {v: written(v, story.look, places) for v in ticks(story)}
    across = plot.yaxis if story.kind in FLAT else plot.xaxis
    crowded = story.categorical and story.kind not in FLAT and 8.5 * sum(map(len, story.x)) > story.look.size[0] * 1.05
    if story.kind == "bar_rotated" or crowded:
        across.major_label_orientation = math.pi / rng.choice((3, 4))


def _marks(plot: Any, story: Story, rng: random.Random) -> None:
    from bokeh.models import ColumnDataSource, LabelSet, LinearAxis, Range1d, Whisker
    from bokeh.transform import dodge

    kind, look, names = story.kind, story.look, story.names
    keyed = len(names) > 1 and look.legend != "direct"
    key = [{"legend_label": name} if keyed else {} for name in names]
    if story.points:
        shapes = ("circle", "square", "triangle") if look.markers else ("circle",) * 3
        for k, points in enumerate(story.points):
            plot.scatter(
                [p[0] for p in points],
                [p[1] for p in points],
                marker=shapes[k],
                size=rng.choice((5, 7)),
                color=story.colour(k),
                fill_alpha=rng.choice((0.5, 1.0)),
                **key[k],
            )
        return
    if story.categorical and kind != "line_months":
        flat = kind in FLAT
        if "stacked" in kind:
            data = {"c": story.x} | {f"s{k}": column for k, column in enumerate(story.columns)}
            stack = plot.hbar_stack if flat else plot.vbar_stack
            place = {"y": "c", "height": 0.7} if flat else {"x": "c", "width": rng.choice((0.5, 0.8))}
            stack(
                [f"s{k}" for k in range(len(names))],
                source=ColumnDataSource(data),
                color=[story.colour(k) for k in range(len(names))],
                legend_label=names,
                **place,
            )
            return
        drawn = 1 if story.secondary else len(names)
        wide = 0.8 / drawn if drawn > 1 else 1.0 if kind == "hist" else rng.choice((0.5, 0.75, 0.9))
        for k in range(drawn):
            source = ColumnDataSource(
                {
                    "c": story.x,
                    "v": story.columns[k],
                    "t": [written(v, look) if look.numbers != "millions" else f"{v:,.0f}" for v in story.columns[k]],
                }
            )
            where = (
                dodge("c", -0.4 + 0.8 / drawn * (k + 0.5), range=plot.y_range if flat else plot.x_range)
                if drawn > 1
                else "c"
            )
            style = {
                "color": story.colour(k),
                "line_color": "white" if kind == "hist" or rng.random() < 0.3 else story.colour(k),
                **key[k],
            }
            if flat:
                plot.hbar(y=where, right="v", height=wide * 0.92 if drawn > 1 else wide, source=source, **style)
            else:
                plot.vbar(x=where, top="v", width=wide * 0.92 if drawn > 1 else wide, source=source, **style)
            if look.values and drawn == 1 and kind != "bar_negative":
                shift = (
                    {"x": "v", "y": "c", "x_offset": 4, "text_baseline": "middle"}
                    if flat
                    else {"x": "c", "y": "v", "y_offset": 2, "text_align": "center"}
                )
                plot.add_layout(LabelSet(text="t", source=source, text_font_size="10px", **shift))
        if story.secondary:
            low, high = min(story.columns[1]), max(story.columns[1])
            plot.extra_y_ranges = {"second": Range1d(start=math.floor(low / 5) * 5, end=math.ceil(high / 5) * 5)}
            plot.add_layout(LinearAxis(y_range_name="second", axis_label=story.secondary), "right")
            plot.line(story.x, story.columns[1], y_range_name="second", color=story.colour(1), line_width=2, **key[1])
        return
    x: list[Any] = (
        story.x
        if story.categorical
        else [dt.datetime.fromisoformat(t) for t in story.x]
        if story.x_scale == "date"
        else story.numbers
    )
    if kind.startswith("area"):
        data = {"x": x} | {f"s{k}": column for k, column in enumerate(story.columns)}
        plot.varea_stack(
            [f"s{k}" for k in range(len(names))],
            x="x",
            source=ColumnDataSource(data),
            color=[story.colour(k) for k in range(len(names))],
            **({"legend_label": names} if keyed else {}),
        )
        return
    for k, column in enumerate(story.columns):
        style = {"color": story.colour(k), "line_width": rng.choice((1.5, 2, 3))}
        if kind == "step":
            plot.step(x, column, mode="after", **style, **key[k])
            continue
        plot.line(x, column, line_dash=_DASHES[k] if kind == "line_bw" else "solid", **style, **key[k])
        if look.markers:
            shape = ("circle", "square", "triangle", "diamond")[k] if kind == "line_bw" else "circle"
            plot.scatter(
                x,
                column,
                marker=shape,
                size=6,
                color=story.colour(k),
                fill_color=rng.choice(("white", story.colour(k))),
                **key[k],
            )
        if story.errors:
            ends = ColumnDataSource(
                {
                    "x": x,
                    "low": [v - e for v, e in zip(column, story.errors, strict=True)],
                    "high": [v + e for v, e in zip(column, story.errors, strict=True)],
                }
            )
            plot.add_layout(Whisker(source=ends, base="x", lower="low", upper="high", line_color=story.colour(k)))
        if look.legend == "direct":
            end = ColumnDataSource({"x": x[-1:], "y": column[-1:], "t": [names[k]]})
            plot.add_layout(
                LabelSet(
                    x="x",
                    y="y",
                    text="t",
                    source=end,
                    x_offset=6,
                    text_baseline="middle",
                    text_color=story.colour(k),
                    text_font_size="12px",
                )
            )
    if look.legend == "direct":
        plot.x_range = Range1d(start=x[0], end=x[-1] + 0.32 * (x[-1] - x[0]))


def _slices(plot: Any, story: Story) -> None:
    from bokeh.models import ColumnDataSource, LabelSet

    start = math.pi / 2
    middles = []
    for k, share in enumerate(story.columns[0]):
        end = start - math.tau * share / sum(story.columns[0])
        arc = {
            "x": 0,
            "y": 0,
            "start_angle": start,
            "end_angle": end,
            "direction": "clock",
            "color": story.colour(k),
            "line_color": "white",
            "legend_label": story.x[k],
        }
        if story.kind == "pie":
            plot.wedge(radius=1, **arc)
        else:
            plot.annular_wedge(inner_radius=0.55, outer_radius=1, **arc)
        middles.append((0.78 * math.cos((start + end) / 2), 0.78 * math.sin((start + end) / 2)))
        start = end
    if story.look.values:
        source = ColumnDataSource(
            {"x": [m[0] for m in middles], "y": [m[1] for m in middles], "t": [f"{v:.1f}%" for v in story.columns[0]]}
        )
        plot.add_layout(
            LabelSet(
                x="x",
                y="y",
                text="t",
                source=source,
                text_align="center",
                text_baseline="middle",
                text_font_size="11px",
            )
        )
    plot.axis.visible = False
    plot.grid.grid_line_color = None


def _dress(plot: Any, story: Story, rng: random.Random) -> None:
    look = story.look
    if look.grid == "none" or (story.categorical and look.grid == "y"):
        (plot.ygrid if story.kind in FLAT else plot.xgrid).grid_line_color = None
    if look.grid == "none":
        plot.grid.grid_line_color = None
    if rng.random() < 0.5:
        plot.outline_line_color = None
    if rng.random() < 0.4:
        plot.axis.minor_tick_line_color = None
    if look.serif:
        plot.title.text_font = plot.axis.axis_label_text_font = "times"
    plot.title.align = rng.choice(("left", "center"))
    if rng.random() < 0.5:
        plot.axis.axis_label_text_font_style = "normal"
    if plot.legend and len(plot.legend[0].items):
        legend = plot.legend[0]
        if story.kind in {"pie", "donut"}:
            legend.location = "top_right"
        elif look.legend == "inside":
            legend.location = "top_left"
            legend.label_text_font_size, legend.spacing, legend.padding, legend.glyph_height = "11px", 0, 3, 14
            legend.label_height = 12
        else:
            plot.center = [part for part in plot.center if part is not legend]
            plot.add_layout(legend, {"right": "right", "bottom": "below", "top": "above"}.get(look.legend, "right"))
            if look.legend in {"bottom", "top"}:
                legend.orientation = "horizontal"
        if rng.random() < 0.4:
            legend.border_line_color = None
