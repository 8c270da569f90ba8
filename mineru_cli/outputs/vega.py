"""A chart as a Vega-Lite specification: drawn again from the numbers that were read, to be edited and embedded.

Comes in: a `Figure` or its `Chart`. Goes out: the specification as plain values, with the data in it
(https://vega.github.io/vega-lite/docs/spec.html), or None where there is no number to draw. Knows nothing of how it
is rendered, and nothing of files.

Text from the document stands only where Vega-Lite takes it as it is: in titles and in the data, never in an expression,
a field name or an address.
"""

import math
import textwrap
from collections.abc import Sequence
from typing import Any, Final

from mineru_cli.outputs.plot import Layer, Plot, plot_of
from mineru_cli.schema import Axis, AxisName, Chart, Figure

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"

_WIDTH: Final = 420
_HEIGHTS: Final = (180, 460)
_LONG: Final = 24  # characters of a label
_MOST_LABELS: Final = 32
_BAND: Final = " (band)"
_CONFIG: Final[dict[str, Any]] = {
    "font": "Arial, Helvetica, sans-serif",
    "view": {"stroke": "#d0d0d0"},
    # Limits of length cost the renderer half of its time, so labels get one only where they are long.
    "axis": {"gridColor": "#e6e6e6", "labelLimit": 0, "labelFontSize": 11, "titleFontWeight": "normal"},
    "legend": {"labelFontSize": 11, "labelLimit": 0, "symbolLimit": 60},
    "title": {"fontSize": 14, "fontWeight": "normal", "offset": 10},
    "mark": {"color": "#0072b2"},
    "line": {"strokeWidth": 2},
    "range": {
        "category": [
            "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#6b6b6b", "#a6761d",
            "#1b4f72", "#b2182b", "#66a61e",
        ]
    },
}  # fmt: skip

_FROM_BELOW: Final = {"field": "k", "type": "quantitative"}

_Spec = dict[str, Any]


def figure_spec(figure: Figure) -> _Spec | None:
    """The chart of a figure, in the shape and with the orientation of its crop."""
    chart = figure.chart
    if chart is None:
        return None
    width, height = figure.pixels
    spec = chart_spec(chart, horizontal=_lies(figure, chart), aspect=height / width if width else 0.6)
    return None if spec is None else {**spec, "description": f"{figure.id}: redrawn from the numbers that were read"}


def chart_spec(chart: Chart, *, horizontal: bool = False, aspect: float = 0.6) -> _Spec | None:
    """The specification of a chart; None when it has no number.

    Parameters
    ----------
    horizontal
        Bars lie: x runs down the side.
    aspect
        Height of the picture by its width.
    """
    plot = plot_of(chart)
    if plot is None:
        return None
    least, most = _HEIGHTS
    spec = {
        "$schema": SCHEMA,
        "background": "white",
        "padding": 8,
        "width": _WIDTH,
        "height": round(min(max(_WIDTH * aspect - 60, least), most)),
        **({"title": {"text": _lines(chart.title, width=62, lines=3)}} if chart.title else {}),
        "data": {"values": plot.rows},
        **_body(plot, chart, horizontal=horizontal),
        "config": _CONFIG,
    }
    return {name: value for name, value in spec.items() if value is not None}


def _body(plot: Plot, chart: Chart, *, horizontal: bool) -> _Spec:
    if plot.kind == "pie":
        return _pie(plot)
    if plot.kind == "grid":
        return _grid(plot, chart)
    turned = horizontal and plot.x == "category"
    sides = [_side(plot, chart, axis) for axis in _axes(plot)]
    if turned:
        upwards = chart.read_by == "exact"
        sides = [[{**one, "encoding": _turned(one["encoding"], upwards=upwards)} for one in side] for side in sides]
    if len(sides) > 1:
        return {
            "layer": [{"layer": side} for side in sides],
            "resolve": {"scale": {"x" if turned else "y": "independent"}},
        }
    return {"layer": sides[0]} if len(sides[0]) > 1 else sides[0][0]


def _axes(plot: Plot) -> list[AxisName]:
    used = {layer.axis for layer in plot.layers}
    axes: tuple[AxisName, ...] = ("y", "y2")
    return [axis for axis in axes if axis in used]


def _side(plot: Plot, chart: Chart, axis: AxisName) -> list[_Spec]:
    """What stands against one value axis: the series, then their error bars."""
    mine = [layer for layer in plot.layers if layer.axis == axis]
    drawn = [_layer(layer, plot, chart) for layer in mine]
    return drawn + [_whiskers(layer, plot, chart) for layer in mine if layer.has_errors and layer.mark != "band"]


# -- the forms ---------------------------------------------------------------------------------------------


def _layer(layer: Layer, plot: Plot, chart: Chart) -> _Spec:
    """The series that share a mark and a value axis."""
    encoding: _Spec = {"x": _x(plot, chart), "y": _y(layer, plot, chart), **_colour(plot)}
    mark: _Spec = {"type": layer.mark, "clip": True}
    match layer.mark:
        case "bar":
            _shape_bars(encoding, mark, plot)
        case "band":
            mark = {"type": "area", "opacity": 0.3, "clip": True}
            encoding["y"] |= {"field": "low"}
            encoding["y2"] = {"field": "high"}
        case "area":
            encoding["y"]["stack"] = "zero" if plot.stacked else None
            encoding["order"] = _FROM_BELOW
            mark |= {"opacity": 0.85 if plot.stacked or len(plot.names) == 1 else 0.5}
        case "line":
            mark |= {"point": {"size": 24, "filled": True}} if layer.most_points <= 60 else {}
        case "point":
            mark |= {"filled": True, "size": 36, "opacity": 0.8}
    if layer.mark == "line":
        encoding["order"] = {"field": "i", "type": "quantitative"}
    return {**_only(layer, plot), "mark": mark, "encoding": encoding}


def _shape_bars(encoding: _Spec, mark: _Spec, plot: Plot) -> None:
    if plot.bins:
        mark |= {"stroke": "white", "strokeWidth": 0.5}
        encoding["x"] |= {"bin": {"binned": True}}
        encoding["x2"] = {"field": "x_end"}
        encoding["y"]["stack"] = None
        mark |= {"opacity": 0.6} if len(plot.bar_names) > 1 else {}
    elif plot.stacked or len(plot.bar_names) == 1:
        encoding["y"]["stack"] = "zero"
        encoding["order"] = _FROM_BELOW
    else:
        encoding["y"]["stack"] = None
        encoding["xOffset"] = {"field": "series", "type": "nominal", "sort": None, "scale": {"domain": plot.bar_names}}


def _whiskers(layer: Layer, plot: Plot, chart: Chart) -> _Spec:
    """Error bars, from their low ends to their high ends."""
    encoding: _Spec = {"x": _x(plot, chart), "y": {**_y(layer, plot, chart), "field": "low"}, "y2": {"field": "high"}}
    if layer.mark == "bar" and not plot.stacked and len(plot.bar_names) > 1:
        encoding["xOffset"] = {"field": "series", "type": "nominal", "sort": None, "scale": {"domain": plot.bar_names}}
    return {**_only(layer, plot), "mark": {"type": "rule", "color": "#333333"}, "encoding": encoding}


def _pie(plot: Plot) -> _Spec:
    """Slices in the order they were read, each with its number beside it."""
    slices = list(dict.fromkeys(row["x"] for row in plot.rows))
    several = len(plot.names) > 1
    radius = 70 if several else 120
    encoding = {
        "theta": {"field": "y", "type": "quantitative", "stack": True},
        "order": {"field": "i", "type": "quantitative"},
        "color": {"field": "x", "type": "nominal", "sort": None, "title": None, "scale": {"domain": slices}},
    }
    arc = {"mark": {"type": "arc", "outerRadius": radius, "stroke": "white"}}
    text = {
        "mark": {"type": "text", "radius": radius + 16, "fontSize": 11},
        "encoding": {"text": {"field": "label", "type": "nominal"}, "color": {"value": "#222222"}},
    }
    drawing: _Spec = {"encoding": encoding, "layer": [arc, text] if len(slices) <= 16 else [arc]}
    if not several:
        return {**drawing, "height": 340}
    return {
        "width": None,
        "height": None,
        "facet": {"field": "series", "type": "nominal", "sort": list(plot.names), "title": None},
        "columns": 3,
        "spec": {**drawing, "width": 150, "height": 190},
    }


def _grid(plot: Plot, chart: Chart) -> _Spec:
    """A heat map: a cell an x and a series, coloured by the value."""
    return {
        "mark": "rect",
        "encoding": {
            "x": _x(plot, chart),
            "y": {"field": "series", "type": "nominal", "sort": None, "title": None},
            "color": {"field": "y", "type": "quantitative", "title": _axis_title(chart.y, "")},
        },
    }


# -- axes and colours --------------------------------------------------------------------------------------


def _x(plot: Plot, chart: Chart) -> _Spec:
    title = _axis_title(chart.x, "")
    if plot.x == "category":
        return {
            "field": "x",
            "type": "ordinal",
            "sort": None,
            "title": title,
            "axis": {
                "labelOverlap": plot.categories > _MOST_LABELS,
                "labelAngle": -40 if plot.is_crowded else 0,
                **({"labelLimit": 140} if plot.longest_category > _LONG else {}),
            },
        }
    if plot.x == "date":
        return {"field": "x", "type": "temporal", "title": title, "scale": {"type": "utc"}}
    values = [row[field] for row in plot.rows for field in ("x", "x_end") if row.get(field) is not None]
    scale = _scale(chart.x, values, from_zero=False)
    return {"field": "x", "type": "quantitative", "title": title, "scale": scale, **_years(values)}


def _y(layer: Layer, plot: Plot, chart: Chart) -> _Spec:
    axis = (chart.y2 if layer.axis == "y2" else chart.y) or Axis()
    lone = layer.names[0].removesuffix(_BAND) if len(layer.names) == 1 else ""
    encoding: _Spec = {"field": "y", "type": "quantitative", "title": _axis_title(axis, lone)}
    on_axis = [one for one in plot.layers if one.axis == layer.axis]
    values = [value for one in on_axis for value in one.reach]
    from_zero = any(one.mark in {"bar", "area"} for one in on_axis) or _begins_near_zero(values)
    encoding["scale"] = _scale(axis, values, from_zero=from_zero)
    if layer.axis == "y2":
        encoding["axis"] = {"orient": "right", "grid": False}
    return encoding


def _scale(axis: Axis, values: Sequence[float], *, from_zero: bool) -> _Spec:
    """The scale as it was drawn where that is known, wide enough for every value."""
    if axis.scale == "log" and values and min(values) > 0:
        return {"type": "log", **_domain(axis, values)}
    return {"zero": from_zero, **_domain(axis, values)}


def _domain(axis: Axis, values: Sequence[float]) -> _Spec:
    low, high = axis.minimum, axis.maximum
    if low is None or high is None or not values or axis.scale == "date":
        return {}
    if axis.scale == "log" and low <= 0:
        return {}
    slack = 1e-6 * (high - low)
    ends = [0.0 if abs(end) < slack else float(f"{end:.6g}") for end in (min(low, *values), max(high, *values))]
    return {"domain": ends, "nice": False} if -math.inf < ends[0] < ends[1] < math.inf else {}


def _begins_near_zero(values: Sequence[float]) -> bool:
    return bool(values) and 0 <= 2 * min(values) <= max(values)


def _years(values: Sequence[float]) -> _Spec:
    """Years are written without a comma."""
    is_year = bool(values) and all(1500 <= value <= 2200 for value in values)
    return {"axis": {"format": "d", "tickMinStep": 1}} if is_year else {}


def _colour(plot: Plot) -> _Spec:
    if len(plot.names) == 1:
        return {}
    longest = max(len(name) for name in plot.names)
    legend = {"orient": "bottom", "columns": max(1, 60 // (4 + longest))}
    if longest > _LONG:
        legend |= {"labelLimit": 200}
    return {
        "color": {
            "field": "series",
            "type": "nominal",
            "sort": None,
            "title": None,
            "scale": {"domain": list(plot.names)},
            "legend": legend,
        }
    }


def _axis_title(axis: Axis, otherwise: str) -> list[str] | None:
    label = axis.label or otherwise
    if axis.unit and axis.unit not in label:
        label = f"{label} ({axis.unit})" if label else axis.unit
    return _lines(label, width=42, lines=2) if label else None


def _lines(text: str, *, width: int, lines: int) -> list[str]:
    """A title in no more than so many lines."""
    return textwrap.wrap(text, width, max_lines=lines, placeholder=" …") or [""]


# -- the way it lies ---------------------------------------------------------------------------------------


def _only(layer: Layer, plot: Plot) -> _Spec:
    """Draw the layer's own series and no others."""
    if len(layer.names) == len(plot.names):
        return {}
    return {"transform": [{"filter": {"field": "series", "oneOf": list(layer.names)}}]}


def _lies(figure: Figure, chart: Chart) -> bool:
    """Whether the bars run sideways: the drawing's own axes tell, else what the model called it."""
    across: AxisName = "x"
    drawn = figure.axes.get(across)
    if drawn is not None and chart.x.scale == "category":
        return drawn.scale not in {"category", "date", None}
    return "horizontal" in chart.raw[:400].lower()


def _turned(encoding: _Spec, *, upwards: bool) -> _Spec:
    """The same lying down. Geometry reads lying bars from the bottom ``upwards``, the model from the top."""
    other = {"x": "y", "y": "x", "x2": "y2", "y2": "x2", "xOffset": "yOffset"}
    turned = {other.get(channel, channel): definition for channel, definition in encoding.items()}
    turned["y"] = {**turned["y"], "axis": {**turned["y"]["axis"], "labelAngle": 0}}
    for channel in {"y", "yOffset"} & turned.keys() if upwards else ():
        turned[channel] = {**turned[channel], "scale": {**turned[channel].get("scale", {}), "reverse": True}}
    return turned
