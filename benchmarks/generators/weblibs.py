"""ApexCharts and billboard.js (of the C3 family), printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and the library under the folder of node modules.
"""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from generators.paper import print_page
from generators.stories import FLAT, KINDS, Story, form_of, nice, tick_decimals, ticks

APEX_KINDS = (*(k for k in KINDS if k != "line_bw"), "step")
BILLBOARD_KINDS = (*(k for k in KINDS if k not in {"line_bw", "line_direct"}), "step")
_STYLE = (
    "@page{size:800px 560px;margin:14px} .p{page-break-after:always;height:510px;overflow:hidden} .p:last-child{page-break-after:avoid} "
    "body{margin:0} body>svg{display:none} .bb svg{overflow:visible!important}"
)
_WRITTEN = """
const group = t => t.replace(/\\B(?=(\\d{3})+(?!\\d))/g, ',');
const write = (numbers, places) => v => v == null ? '' : typeof v == 'string' ? v : numbers == 'millions' ? (v ? +(v / 1e6).toFixed(2) + 'M' : '0')
  : numbers == 'dollar' ? '$' + v.toFixed(places) : numbers == 'percent' ? v.toFixed(places) + '%' : numbers == 'thousands' ? group(v.toFixed(places)) : v.toFixed(places);
const exact = places => v => v == null ? '' : v.toFixed(places);
"""


def _print(charts: Sequence[Story], folder: Path, head: str, call: Callable[[Story, int], str]) -> None:
    """A page with a cell a chart."""
    cells = "".join(
        f'<div class="p"><div id="c{k}" style="width:{round(s.look.size[0] * 1.4)}px"></div></div>'
        for k, s in enumerate(charts)
    )
    calls = "".join(call(story, k) + "\n" for k, story in enumerate(charts))
    head = f"{head}<style>{_STYLE}</style>"
    print_page(head, f"{cells}<script>{_WRITTEN}{calls}</script>", charts, folder)


def draw_apex(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart, by ApexCharts."""
    head = f"<script src='{(js / 'apexcharts/dist/apexcharts.min.js').resolve().as_uri()}'></script>"
    _print(
        charts,
        folder,
        head,
        lambda story, k: f"new ApexCharts(document.getElementById('c{k}'), {_code(_apex(story))}).render();",
    )


def draw_billboard(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart, by billboard.js."""
    base = js / "billboard.js/dist"
    theme = "insight.min.css"
    head = (
        f"<link rel='stylesheet' href='{(base / 'theme' / theme).resolve().as_uri()}'>"
        f"<script src='{(base / 'billboard.pkgd.min.js').resolve().as_uri()}'></script>"
    )
    _print(charts, folder, head, lambda story, k: f"bb.generate({_code(_billboard(story, f'#c{k}'))});")


class _Js(str):
    """Text that is code."""

    __slots__ = ()


def _code(value: Any) -> str:
    """A JavaScript literal; `_Js` goes in as it is."""
    if isinstance(value, _Js):
        return value
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k)}:{_code(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(_code, value)) + "]"
    return json.dumps(value)


def _writer(story: Story) -> _Js:
    return _Js(f"write('{story.look.numbers}', {tick_decimals(story) if story.step else 0})")


def _apex(story: Story) -> dict[str, Any]:
    look, kind, rng = story.look, story.kind, random.Random(f"apex/{story.name}")
    flat, round_ = kind in FLAT, kind in {"pie", "donut"}
    form = form_of(story)
    family = rng.choice(("Roboto", "Open Sans", "Liberation Sans", "Helvetica, Arial, sans-serif"))
    count = len(story.x) if round_ else len(story.names)
    place = {"inside": "top", "none": "bottom", "direct": "right"}.get(look.legend, look.legend)
    options: dict[str, Any] = {
        "chart": {"type": {"secondary": "line"}.get(kind, kind if round_ else form), "height": round(look.size[1] * 1.4), "animations": {"enabled": False}, "toolbar": {"show": False}, "fontFamily": family,
                  "stacked": "stacked" in kind or kind == "area", **({"stackType": "100%"} if kind == "stacked100" else {}), "zoom": {"enabled": False}},
        "title": {"text": story.title, "align": rng.choice(("left", "center")), "style": {"fontWeight": 700 if look.bold else 400, "fontSize": "16px"}},
        "colors": [story.colour(k) for k in range(count)], "legend": {"show": count > 1, "position": place},
        "dataLabels": {"enabled": look.values, "formatter": _Js(f"exact({look.decimals})"), "style": {"colors": ["#333"] if not round_ else ["#fff"]}, **({"offsetY": -18} if not flat and not round_ else {"offsetX": 28} if flat else {})},
        "grid": {"show": look.grid != "none", "xaxis": {"lines": {"show": look.grid == "both" or flat}}, "yaxis": {"lines": {"show": not flat}}},
    }  # fmt: skip
    if round_:
        return options | {
            "series": story.columns[0],
            "labels": story.x,
            "dataLabels": {
                "enabled": look.values,
                "formatter": _Js("v => v.toFixed(1) + '%'"),
                "dropShadow": {"enabled": False},
            },
        }
    if story.points:
        series: list[Any] = [
            {"name": n, "data": [list(p) for p in points]} for n, points in zip(story.names, story.points, strict=True)
        ]
    elif story.categorical:
        series = [{"name": n, "data": column} for n, column in zip(story.names, story.columns, strict=True)]
    else:
        places: list[Any] = [_Js(f"Date.parse('{x}')") for x in story.x] if story.x_scale == "date" else story.numbers
        series = [
            {"name": n, "data": [[a, b] for a, b in zip(places, column, strict=True)]}
            for n, column in zip(story.names, story.columns, strict=True)
        ]
    if story.secondary:
        series = [s | {"type": t} for s, t in zip(series, ("column", "line"), strict=True)]
    across: dict[str, Any] = {"title": {"text": story.ylabel if flat else story.xlabel}, "labels": {}}
    value: dict[str, Any] = {
        "title": {"text": story.xlabel if flat else story.ylabel},
        "labels": {"formatter": _writer(story)},
    }
    if flat:
        across["labels"], value["labels"] = {"formatter": _writer(story)}, {"maxWidth": 220}
    if story.y_limits and kind != "stacked100":
        limits = {
            "min": story.y_limits[0],
            "max": story.y_limits[1],
            "tickAmount": len(ticks(story)) - 1 if story.step else 5,
        }
        (across if flat else value).update(limits)
        if flat:  # the value axis of a horizontal bar takes its limits from yaxis
            value |= {"min": limits["min"], "max": limits["max"]}
    if story.y_scale == "log":
        value |= {"logarithmic": True, "labels": {"formatter": _Js("v => group(v.toFixed(0))")}}
        value.pop("tickAmount")
    if story.categorical:
        across["categories"] = story.x
        if kind == "bar_rotated":
            across["labels"] |= {"rotate": -45, "rotateAlways": True, "maxHeight": 190}
        elif not flat:
            across["labels"] |= {"hideOverlappingLabels": False, "trim": False}
    elif story.x_scale == "date":
        across["type"] = "datetime"
    else:
        across |= {
            "type": "numeric",
            "tickAmount": min(8, len(story.x) - 1),
            "labels": {"formatter": _Js("v => '' + +(+v).toFixed(2)")},
            "decimalsInFloat": 2,
        }
        if story.x_limits:
            across |= {
                "min": story.x_limits[0],
                "max": story.x_limits[1],
                "tickAmount": round((story.x_limits[1] - story.x_limits[0]) / story.x_step),
            }
            across["labels"]["formatter"] = (
                _Js("v => group('' + +(+v).toFixed(2))") if story.x_limits[1] > 5000 else across["labels"]["formatter"]
            )
        elif story.x:
            across |= _year_ticks(story)
    options |= {"series": series, "xaxis": across, "yaxis": value}
    if story.secondary:
        options["yaxis"] = [
            value,
            {"opposite": True, "title": {"text": story.secondary}, "labels": {"formatter": _Js("exact(1)")}},
        ]
        options["stroke"] = {"width": [0, 3]}
    elif form in {"line", "area"}:
        options["stroke"] = {
            "width": rng.choice((2, 3)) if form == "line" else 1,
            "curve": "stepline" if kind == "step" else "straight",
        }
        options["markers"] = {"size": 4 if look.markers and kind != "step" else 0}
        options["fill"] = {"type": "solid", "opacity": 1 if form == "line" else rng.choice((0.7, 1))}
    elif story.points:
        options["markers"] = {"size": rng.choice((4, 5))}
    else:
        options["plotOptions"] = {
            "bar": {
                "horizontal": flat,
                "columnWidth": "98%" if kind == "hist" else rng.choice(("50%", "70%")),
                "borderRadius": rng.choice((0, 0, 4)),
                "dataLabels": {"position": "top"},
            }
        }
        options["fill"] = {"opacity": 1}
    return options


def _year_ticks(story: Story) -> dict[str, Any]:
    """Ends and ticks of a numeric axis that fall on whole numbers."""
    first, last = story.numbers[0], story.numbers[-1]
    if story.kind == "line_dense":
        (low, high), step = nice(first, last)
        return {"min": low, "max": high, "tickAmount": round((high - low) / step)}
    count = next((n for n in range(9, 2, -1) if (last - first) % n == 0), round(last - first))
    return {"min": first, "max": last, "tickAmount": count}


def _billboard(story: Story, cell: str) -> dict[str, Any]:
    look, kind, rng = story.look, story.kind, random.Random(f"billboard/{story.name}")
    flat, round_ = kind in FLAT, kind in {"pie", "donut"}
    names = story.x if round_ else story.names
    form = kind if round_ else form_of(story)
    form = "step" if form == "line" and kind == "step" else form
    place = {"inside": "inset", "none": "bottom", "direct": "right", "top": "bottom"}.get(look.legend, look.legend)
    options: dict[str, Any] = {
        "bindto": cell, "size": {"width": round(look.size[0] * 1.4), "height": round(look.size[1] * 1.4)}, "transition": {"duration": 0}, "padding": {"right": 130 if place == "right" and len(names) > 1 else 34},
        "title": {"text": story.title, "padding": {"top": 6, "bottom": 14}, "position": rng.choice(("center", "left"))}, "color": {"pattern": [story.colour(k) for k in range(len(names))]},
        "legend": {"show": len(names) > 1, "position": place}, "interaction": {"enabled": False},
        "point": {"show": bool(story.points) or (look.markers and kind != "step") or kind == "secondary", "r": rng.choice((2.5, 3.5))},
    }  # fmt: skip
    if round_:
        options["data"] = {
            "columns": [[n, v] for n, v in zip(story.x, story.columns[0], strict=True)],
            "type": form,
            "order": None,
        }
        label = {"show": look.values, "format": _Js("(v, r) => (100 * r).toFixed(1) + '%'")}
        return options | {form: {"label": label, "padAngle": rng.choice((0, 0.02))}}
    data: dict[str, Any] = {"type": form}
    across: dict[str, Any] = {
        "label": {"text": story.xlabel, "position": rng.choice(("outer-center", "inner-right"))},
        "tick": {"outer": False},
    }
    if story.points:
        data["xs"] = {n: f"{n} x" for n in names}
        data["columns"] = [[f"{n} x", *(p[0] for p in ps)] for n, ps in zip(names, story.points, strict=True)] + [
            [n, *(p[1] for p in ps)] for n, ps in zip(names, story.points, strict=True)
        ]
        across |= {"min": (story.x_limits or (0, 1))[0], "max": (story.x_limits or (0, 1))[1], "padding": 0}
        across["tick"] |= {
            "fit": False,
            "values": [
                (story.x_limits or (0, 1))[0] + k * story.x_step
                for k in range(round(((story.x_limits or (0, 1))[1] - (story.x_limits or (0, 1))[0]) / story.x_step))
            ],
            "format": _Js("v => group('' + +v.toFixed(2))"),
        }
    else:
        data |= {
            "x": "x",
            "columns": [
                ["x", *(story.x if story.categorical or story.x_scale == "date" else story.numbers)],
                *([n, *c] for n, c in zip(names, story.columns, strict=True)),
            ],
        }
        if story.categorical:
            across |= {"type": "category"}
            across["tick"] |= (
                {"rotate": 60, "multiline": False, "autorotate": False}
                if kind == "bar_rotated"
                else {"multiline": not flat and kind not in {"line_months", "secondary"}, "culling": False}
            )
        elif story.x_scale == "date":
            across |= {"type": "timeseries"}
            across["tick"] |= {
                "format": rng.choice(("%Y-%m", "%b %Y")),
                "count": 6,
                "fit": True,
                "culling": False,
                "values": [x for x in story.x if x[5:7] in ("01", "07")],
                "rotate": 45,
            }
        else:
            across["tick"] |= {
                "fit": False,
                "count": 0,
                "values": _whole(story),
                "format": _Js("v => '' + +v.toFixed(2)"),
            }
    value: dict[str, Any] = {
        "label": {"text": story.ylabel, "position": rng.choice(("outer-middle", "outer-top", "inner-top"))},
        "padding": 0,
        "tick": {"outer": False},
    }
    if story.y_limits:
        value |= {"min": story.y_limits[0], "max": story.y_limits[1]}
        value["tick"] |= {"values": ticks(story), "format": _writer(story)} if story.step else {}
    if story.y_scale == "log":
        value |= {"type": "log"}
        low, high = story.y_limits or (1, 10)
        value["tick"] |= {
            "values": [v for v in (10.0**k for k in range(-3, 9)) if low <= v <= high],
            "format": _Js("v => group(v.toFixed(0))"),
        }
    if "stacked" in kind or kind == "area":
        data |= {"groups": [list(names)], "order": None}
    if look.values:
        data["labels"] = {"format": _Js(f"exact({look.decimals})")}
    axis: dict[str, Any] = {"x": across, "y": value, "rotated": flat}
    if story.secondary:
        data |= {"types": {names[0]: "bar", names[1]: "line"}, "axes": {names[0]: "y", names[1]: "y2"}}
        axis["y2"] = {"show": True, "label": {"text": story.secondary, "position": "outer-middle"}}
    shown = look.grid != "none"
    return options | {
        "data": data, "axis": axis, "grid": {"y": {"show": shown}, "x": {"show": look.grid == "both"}}, "area": {"linearGradient": False},
        "bar": {"width": {"ratio": 1.0 if kind == "hist" else rng.choice((0.5, 0.7))}}, "line": {"step": {"type": "step-after"}},
    }  # fmt: skip


def _whole(story: Story) -> list[float]:
    """Every so many of the story's x values, to label."""
    stride = max(1, round(len(story.x) / 8))
    return story.numbers[::stride]
