"""pygal charts, whose SVG CairoSVG makes into PDF.

Comes in: stories. Goes out: NAME.pdf for each. Needs the packages pygal and cairosvg.
"""

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.stories import FLAT, KINDS, Story, tick_decimals, ticks, written

PYGAL_KINDS = (*(k for k in KINDS if k not in {"secondary", "line_direct", "line_bw", "hist"}), "scatter2", "line4")


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    import cairosvg

    for story in charts:
        cairosvg.svg2pdf(bytestring=_chart(story).render(), write_to=str(folder / f"{story.name}.pdf"))


def _style(story: Story, rng: random.Random) -> Any:
    from pygal.style import CleanStyle, DefaultStyle, LightGreenStyle, LightStyle, RedBlueStyle, Style

    family = "Liberation Serif" if story.look.serif else rng.choice(("Liberation Sans", "DejaVu Sans", "Open Sans"))
    sizes = {
        "label_font_size": 11,
        "major_label_font_size": 11,
        "legend_font_size": 12,
        "title_font_size": 16,
        "value_font_size": 10,
        "value_label_font_size": 10,
    }
    base = rng.choice((DefaultStyle, LightStyle, CleanStyle, LightGreenStyle, RedBlueStyle))
    own = (
        {"background": "white", "plot_background": rng.choice(("white", "#fafafa", "transparent"))}
        if rng.random() < 0.6
        else {}
    )
    colours = tuple(
        story.colour(k) for k in range(max(len(story.names), len(story.x) if story.kind in {"pie", "donut"} else 0))
    )
    style = base(font_family=family, **sizes, **own, colors=colours, **({"opacity": "1"} if rng.random() < 0.5 else {}))
    assert isinstance(style, Style)  # noqa: S101 - the variants are made by pygal
    return style


def _chart(story: Story) -> Any:
    import pygal

    look, kind, rng = story.look, story.kind, random.Random(f"pygal/{story.name}")
    flat = kind in FLAT
    options: dict[str, Any] = {
        "style": _style(story, rng), "title": story.title, "width": round(look.size[0] * 1.4), "height": round(look.size[1] * 1.4),
        "truncate_legend": -1, "truncate_label": -1, "legend_at_bottom": look.legend in {"bottom", "top", "direct"} and not (story.ylabel if flat else story.xlabel), "legend_box_size": 10, "legend_at_bottom_columns": 4,
        "show_legend": look.legend != "none", "x_title": story.ylabel if flat else story.xlabel or None, "y_title": None if flat else story.ylabel,
        "print_values": look.values, "print_values_position": rng.choice(("top", "center")), "js": [], "pretty_print": False,
        "show_y_guides": look.grid != "none", "show_x_guides": look.grid == "both", "show_minor_x_labels": True,
    }  # fmt: skip
    if kind in {"pie", "donut"}:
        options |= {
            "inner_radius": rng.choice((0.5, 0.65)) if kind == "donut" else 0,
            "print_values": look.values,
            "x_title": None,
            "y_title": None,
        }
        chart = pygal.Pie(**options)
        chart.value_formatter = lambda v: f"{v:.1f}%"
        for name, value in zip(story.x, story.columns[0], strict=True):
            chart.add(name, value)
        return chart
    form = _form(story)
    if story.y_limits:
        options["range"] = story.y_limits
    if story.y_scale == "log":
        options["logarithmic"] = True
    long = not flat and 8 * sum(map(len, story.x)) > look.size[0] * 1.15
    if story.points or story.kind == "line_dense":
        options |= {"stroke": not story.points, "dots_size": rng.choice((2.5, 3.5)), "show_dots": bool(story.points)}
        if story.x_limits:
            options["xrange"] = story.x_limits
    else:
        options |= {
            "x_label_rotation": rng.choice((30, 45, 60))
            if kind == "bar_rotated" or long or story.x_scale == "date"
            else 0
        }
        if not (story.categorical and kind != "line_months"):
            options |= {
                "show_dots": look.markers,
                "dots_size": 2.5,
                "fill": kind.startswith("area"),
                "stroke_style": {"width": rng.choice((1, 2, 3))},
            }
    chart = form(**options)
    places = tick_decimals(story) if story.step else 0
    chart.value_formatter = lambda v: written(v, look, places)
    if story.step:
        chart.y_labels = [{"value": v, "label": written(v, look, places)} for v in ticks(story)]
    elif story.y_scale == "log":
        values = [v for column in story.columns for v in column]
        places_of_ticks = (m * 10**k for k in range(8) for m in (1, 2, 5))
        chart.y_labels = [
            {"value": v, "label": f"{v:,.0f}"} for v in places_of_ticks if min(values) <= v <= max(values)
        ]
        story.y_limits = None  # pygal's own, from the data
    _fill(chart, story, flat)
    return chart


def _form(story: Story) -> Any:
    import pygal

    if story.points or story.kind == "line_dense":
        return pygal.XY
    if story.x_scale == "date":
        return pygal.DateLine
    if story.categorical and story.kind != "line_months":
        if story.kind in FLAT:
            return pygal.HorizontalStackedBar if "stacked" in story.kind else pygal.HorizontalBar
        return pygal.StackedBar if "stacked" in story.kind else pygal.Bar
    return pygal.StackedLine if story.kind == "area" else pygal.Line


def _fill(chart: Any, story: Story, flat: bool) -> None:
    """The data, and the labels along the other axis."""
    look = story.look
    exact = (
        {"formatter": lambda v: written(v, look) if look.numbers != "millions" else f"{v:,.0f}"} if look.values else {}
    )
    if story.points:
        if story.x_limits:
            count = round((story.x_limits[1] - story.x_limits[0]) / story.x_step)
            chart.x_labels = [round(story.x_limits[0] + k * story.x_step, 6) for k in range(count + 1)]
        chart.x_value_formatter = lambda v: f"{v:,.10g}"
        for name, points in zip(story.names, story.points, strict=True):
            chart.add(name, points)
        return
    for name, column in zip(story.names, story.columns, strict=True):
        if story.kind == "line_dense":
            chart.add(name, list(zip(story.numbers, column, strict=True)))
        elif story.x_scale == "date":
            chart.add(name, [(dt.date.fromisoformat(x), v) for x, v in zip(story.x, column, strict=True)])
        else:
            chart.add(name, list(reversed(column)) if flat else column, **exact)
    if story.kind == "line_dense":
        chart.x_value_formatter = lambda v: f"{v:.10g}"
    elif story.x_scale == "date":
        chart.x_value_formatter = lambda d: d.strftime("%Y-%m-%d")
        chart.x_labels = [dt.date.fromisoformat(x) for x in story.x if x[5:7] in {"01", "07"}]
    else:
        chart.x_labels = list(reversed(story.x)) if flat else story.x
