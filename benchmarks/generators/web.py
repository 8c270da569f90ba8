"""Web charts, printed by Chromium: Vega-Lite specifications and Plotly figures as JSON."""

from typing import Any

from generators.specs import Spec

_KINDS = (
    "bar bar_rotated hbar grouped stacked bar_negative hgrouped hstacked stacked100 bar_labelled secondary line1 line3 "
    "line4dense line_log loglog line_date line_si scatter1 scatter3 area line_bw step pie"
)
VEGA_KINDS = tuple(_KINDS.split())
PLOTLY_KINDS = (*VEGA_KINDS, "errorbar")


def _records(spec: Spec) -> list[dict[str, Any]]:
    if spec.points:
        return [{"x": x, "y": y, "s": n} for n, points in zip(spec.names, spec.points, strict=True) for x, y in points]
    x: list[Any] = spec.x if spec.categorical or spec.x_scale == "date" else spec.numbers
    return [
        {"x": a, "y": b, "s": n}
        for n, column in zip(spec.names, spec.columns, strict=True)
        for a, b in zip(x, column, strict=True)
    ]


def vega(spec: Spec) -> dict[str, Any]:
    """A Vega-Lite specification."""
    kind = spec.kind
    if kind == "pie":
        return {
            "title": spec.title,
            "data": {"values": _records(spec)},
            "mark": {"type": "arc", "innerRadius": 40 if spec.style % 2 else 0},
            "encoding": {
                "theta": {"field": "y", "type": "quantitative"},
                "color": {"field": "x", "type": "nominal", "title": None, "sort": spec.x},
            },
        }
    if kind == "secondary":
        bars, line = (
            {
                "transform": [{"filter": {"field": "s", "equal": name}}],
                "mark": mark,
                "encoding": {
                    "x": {"field": "x", "type": "nominal", "sort": None, "title": None},
                    "y": {"field": "y", "type": "quantitative", "title": name},
                    "color": {"field": "s", "type": "nominal", "title": None},
                },
            }
            for name, mark in zip(spec.names, ("bar", {"type": "line", "point": True}), strict=True)
        )
        return {
            "title": spec.title,
            "data": {"values": _records(spec)},
            "layer": [bars, line],
            "width": 340,
            "height": 220,
            "resolve": {"scale": {"y": "independent"}},
        }
    x: dict[str, Any] = {"field": "x", "title": spec.xlabel or None}
    y: dict[str, Any] = {"field": "y", "type": "quantitative", "title": spec.ylabel}
    if spec.categorical:
        x |= {"type": "nominal", "sort": None, "axis": {"labelAngle": -45 if kind == "bar_rotated" else 0}}
    elif spec.x_scale == "date":
        x |= {"type": "temporal"}
    else:
        x |= {
            "type": "quantitative",
            "scale": {"type": spec.x_scale, "zero": False},
            "axis": {"format": "d"} if spec.xlabel == "Year" else {},
        }
    if not spec.categorical and kind != "area":
        y["scale"] = {"type": spec.y_scale, "zero": False}
    if kind == "line_si":
        y["axis"] = {"format": "~s"}
    encoding: dict[str, Any] = {"x": x, "y": y}
    if kind in {"hbar", "hgrouped", "hstacked"}:
        encoding = {"x": y, "y": x | {"axis": {}}}
    if len(spec.names) > 1:
        channel = "strokeDash" if kind == "line_bw" else "color"
        encoding[channel] = {
            "field": "s",
            "type": "nominal",
            "title": None,
            "sort": spec.names,
            "legend": {"orient": ["right", "top", "bottom", "right"][spec.style]},
        }
        if kind in {"grouped", "hgrouped"}:
            encoding["xOffset" if kind == "grouped" else "yOffset"] = {"field": "s", "sort": spec.names}
        if kind == "scatter3" and spec.style % 2:
            encoding["shape"] = encoding["color"]
    if kind == "bar_labelled":
        text = {"mark": {"type": "text", "dy": -6}, "encoding": {"text": {"field": "y"}}}
        layers = [{"mark": "bar"}, text]
        return {"title": spec.title, "data": {"values": _records(spec)}, "encoding": encoding, "layer": layers}
    mark: Any = {
        "line1": {"type": "line", "point": True}, "line3": {"type": "line", "point": True}, "loglog": {"type": "line", "point": True},
        "area": "area", "scatter1": "point", "scatter3": "point" if spec.style % 2 else "circle", "step": {"type": "line", "interpolate": "step-after"},
    }.get(kind, "bar" if spec.categorical else {"type": "line", "interpolate": "monotone"} if spec.style == 3 else "line")  # fmt: skip
    return {
        "title": spec.title,
        "data": {"values": _records(spec)},
        "mark": mark,
        "encoding": encoding,
        "width": 300 + 60 * spec.style,
        "height": 220,
    }


def plotly(spec: Spec) -> dict[str, Any]:
    """A Plotly figure."""
    kind = spec.kind
    x: list[Any] = spec.x if spec.categorical or spec.x_scale == "date" else spec.numbers if spec.x else []
    traces: list[dict[str, Any]] = []
    for k, name in enumerate(spec.names):
        if kind == "pie":
            traces.append(
                {
                    "type": "pie",
                    "labels": spec.x,
                    "values": spec.columns[0],
                    "sort": False,
                    "hole": 0.4 if spec.style % 2 else 0,
                }
            )
        elif spec.points:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": name,
                    "x": [p[0] for p in spec.points[k]],
                    "y": [p[1] for p in spec.points[k]],
                }
            )
        elif kind == "secondary" and k == 1:
            line = {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": x,
                "y": spec.columns[k],
                "yaxis": "y2",
            }
            traces.append(line)
        elif kind in {"hbar", "hgrouped", "hstacked"}:
            traces.append({"type": "bar", "orientation": "h", "name": name, "y": x, "x": spec.columns[k]})
        elif spec.categorical:
            labels = {"text": spec.columns[k], "textposition": "outside"} if kind == "bar_labelled" else {}
            traces.append({"type": "bar", "name": name, "x": x, "y": spec.columns[k]} | labels)
        else:
            trace: dict[str, Any] = {"type": "scatter", "name": name, "x": x, "y": spec.columns[k]}
            trace["mode"] = "lines+markers" if kind in {"line1", "line3", "loglog", "errorbar"} else "lines"
            if kind == "line_bw":
                trace["line"] = {"color": "black", "dash": ["solid", "dash", "dot"][k % 3]}
            if kind == "step":
                trace["line"] = {"shape": "hv"}
            if kind == "area":
                trace["stackgroup"] = "one"
            if spec.errors:
                trace["error_y"] = {"type": "data", "array": spec.errors}
            traces.append(trace)
    axis = {
        "x": {"title": {"text": spec.xlabel}, "type": "log" if spec.x_scale == "log" else "-"},
        "y": {"title": {"text": spec.ylabel}, "type": spec.y_scale if spec.y_scale == "log" else "-"},
    }
    if spec.categorical:
        axis["x"]["type"] = "category"
    if kind == "bar_rotated":
        axis["x"]["tickangle"] = -45
    if kind in {"hbar", "hgrouped", "hstacked"}:
        axis = {"x": axis["y"], "y": axis["x"]}
    layout: dict[str, Any] = {
        "title": {"text": spec.title}, "xaxis": axis["x"], "yaxis": axis["y"], "width": 560 + 40 * spec.style, "height": 400,
        "barmode": "stack" if kind in {"stacked", "hstacked", "stacked100"} else "group", "showlegend": len(spec.names) > 1 or kind == "pie",
        "template": ["plotly", "white"][spec.style % 2],
    }  # fmt: skip
    if kind == "secondary":
        layout["yaxis2"] = {"overlaying": "y", "side": "right", "title": {"text": spec.names[1]}, "showgrid": False}
    if kind == "stacked100":
        layout["yaxis"]["ticksuffix"] = "%"
    return {"data": traces, "layout": layout}
