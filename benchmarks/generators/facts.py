"""What a drawing in JavaScript or Qt must know of a story, worked out once: ticks with their texts, colours, fonts, places.

Comes in: a story and the fonts to choose from. Goes out: a dictionary that JSON can hold. Knows nothing of any program.
"""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

from generators.stories import FLAT, Story, nice, tick_decimals, ticks, written

SANS = ("Liberation Sans", "Roboto", "Open Sans", "DejaVu Sans")
DASHES = ("0", "8 4", "2 3", "9 3 2 3")


def work_out(story: Story, fonts: Sequence[str] = SANS) -> dict[str, Any]:
    """The facts of a story.

    ``form`` is bar, line, area, scatter or pie. ``x_ticks`` and ``x_labels`` are those of a continuous x, with dates in
    milliseconds since 1970 as ``places`` are; ``ends`` are the ends of such an axis.
    """
    look, kind, rng = story.look, story.kind, random.Random(f"facts/{story.name}")
    named = story.categorical or kind == "line_months"
    pie = kind in {"pie", "donut"}
    form = (
        "pie" if pie else "scatter" if story.points else "area" if kind.startswith("area") else "line" if kind == "line_months" or not named else "bar"
    )  # fmt: skip
    up = ticks(story) if story.step else []
    labels = [written(v, look, tick_decimals(story)) for v in up]
    if story.y_scale == "log":
        low, high = story.y_limits or (1, 1)
        up = [v for v in (10.0**k for k in range(-6, 10)) if low <= v <= high]
        labels = [f"{v:,.10g}" for v in up]
    places, x_ticks, x_labels, ends = _across(story, named=named)
    columns = story.columns
    return {
        "kind": kind, "form": form, "flat": kind in FLAT, "named": named, "title": story.title, "xlabel": story.xlabel, "ylabel": story.ylabel,
        "x": story.x, "names": story.names, "columns": columns, "points": story.points, "x_scale": story.x_scale, "y_scale": story.y_scale,
        "limits": story.y_limits, "ticks": up, "labels": labels, "places": places, "x_ticks": x_ticks, "x_labels": x_labels, "ends": ends,
        "colours": [story.colour(k) for k in range(max(len(story.names), len(story.x) if pie else 0))], "width": look.size[0] * 1.35, "height": look.size[1] * 1.3,
        "font": rng.choice(("Liberation Serif", "DejaVu Serif")) if look.serif else rng.choice(fonts), "size": rng.choice((10, 11, 12)), "bold": look.bold,
        "legend": "none" if len(story.names) == 1 and not pie else look.legend, "grid": look.grid, "values": look.values, "markers": look.markers and kind != "step",
        "written": [[f"{v:,.0f}" if look.numbers == "millions" else written(v, look) for v in column] for column in columns],
        "dashes": [DASHES[k] if kind == "line_bw" else DASHES[0] for k in range(len(story.names))], "turned": kind == "bar_rotated" or (named and not pie and kind not in FLAT and sum(map(len, story.x)) > 50),
        "longest": max([len(x) for x in story.x] or [0]), "stacked": "stacked" in kind or kind == "area", "grouped": "grouped" in kind, "numbers": look.numbers,
    }  # fmt: skip


def _across(story: Story, *, named: bool) -> tuple[list[float], list[float], list[str], list[float] | None]:
    """Where the values of x lie, its ticks with their texts, and its ends."""
    if named:
        return [], [], [], None
    if story.x_scale == "date":
        days = [dt.datetime.fromisoformat(x).replace(tzinfo=dt.UTC) for x in story.x]
        marked = [day for day in days if day.month == 1] if len(days) > 30 else days[::6]
        places = [1000 * day.timestamp() for day in days]
        form = "%Y" if all(day.month == 1 for day in marked) else "%b %Y"
        return (
            places,
            [1000 * day.timestamp() for day in marked],
            [day.strftime(form) for day in marked],
            [places[0], places[-1]],
        )
    if story.x_limits:
        (low, high), step = story.x_limits, story.x_step
        at = [round(low + k * step, 6) for k in range(round((high - low) / step) + 1)]
        return [], at, [f"{v:,g}" if v > 5000 else f"{v:g}" for v in at], [low, high]
    places = story.numbers
    if story.x_scale == "log":
        return places, [0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1000"], [0.1, 1000]
    if story.kind == "line_dense":
        (low, high), step = nice(places[0], places[-1])
        at = [round(low + k * step, 6) for k in range(round((high - low) / step) + 1)]
        return places, at, [f"{v:g}" for v in at], [low, high]
    at = places[:: max(1, round(len(places) / 8))]
    return places, at, [f"{v:g}" for v in at], [places[0], places[-1]]
