"""ECharts and Highcharts options as JSON."""

import datetime as dt
from typing import Any

from generators.specs import Spec

KINDS = (
    "bar",
    "bar_rotated",
    "hbar",
    "grouped",
    "stacked",
    "bar_negative",
    "line1",
    "line3",
    "line4dense",
    "line_log",
    "line_date",
    "scatter1",
    "scatter3",
    "area",
    "step",
    "pie",
)


def echarts(spec: Spec) -> dict[str, Any]:
    """An ECharts option."""
    kind = spec.kind
    out: dict[str, Any] = {"animation": False, "title": {"text": spec.title, "left": "center"}}
    if kind == "pie":
        data = [{"name": a, "value": b} for a, b in zip(spec.x, spec.columns[0], strict=True)]
        return out | {"series": [{"type": "pie", "radius": "60%", "data": data, "label": {"formatter": "{b}: {d}%"}}]}
    series = []
    for k, name in enumerate(spec.names):
        one: dict[str, Any] = {
            "type": "scatter" if spec.points else "bar" if spec.categorical else "line",
            "name": name,
        }
        one["data"] = _echarts_data(spec, k)
        one |= {"stack": "a"} if kind in {"stacked", "area"} else {}
        one |= {"areaStyle": {}} if kind == "area" else {"step": "end"} if kind == "step" else {}
        one |= {"showSymbol": False} if kind == "line4dense" else {}
        series.append(one)
    across: dict[str, Any] = {"type": "time" if spec.x_scale == "date" else "value", "scale": True}
    across |= {"name": spec.xlabel, "nameLocation": "middle", "nameGap": 25}
    if spec.xlabel == "Year":
        across["axisLabel"] = {"formatter": "{value}"}
    if spec.categorical:
        across = {
            "type": "category",
            "data": spec.x,
            "axisLabel": {"rotate": 45 if kind == "bar_rotated" else 0, "interval": 0},
        }
    upward = {"type": "log" if spec.y_scale == "log" else "value", "scale": not spec.categorical and kind != "area"}
    upward |= {"name": spec.ylabel, "nameLocation": "middle", "nameGap": 45}
    if len(spec.names) > 1:
        out["legend"] = {"top": 28}
    x, y = (upward, across) if kind == "hbar" else (across, upward)
    return out | {"series": series, "xAxis": x, "yAxis": y, "grid": {"left": 80, "bottom": 60}}


def _echarts_data(spec: Spec, k: int) -> list[Any]:
    if spec.points:
        return [list(point) for point in spec.points[k]]
    if spec.categorical:
        return list(spec.columns[k])
    places: list[Any] = spec.x if spec.x_scale == "date" else spec.numbers
    return [[x, y] for x, y in zip(places, spec.columns[k], strict=True)]


def highcharts(spec: Spec) -> dict[str, Any]:
    """A Highcharts options object."""
    kind = spec.kind
    form = "column" if spec.categorical else "scatter" if spec.points else "area" if kind == "area" else "line"
    form = {"hbar": "bar", "pie": "pie"}.get(kind, form)
    series = []
    for k, name in enumerate(spec.names):
        one: dict[str, Any] = {"name": name, "data": _highcharts_data(spec, k), "animation": False}
        series.append(one | ({"step": "left"} if kind == "step" else {}))
    return {
        "chart": {"type": form, "width": 600, "height": 400, "animation": False},
        "title": {"text": spec.title},
        "credits": {"enabled": False},
        "legend": {"enabled": len(spec.names) > 1},
        "xAxis": {
            "categories": spec.x if spec.categorical else None,
            "type": "datetime" if spec.x_scale == "date" else None,
            "title": {"text": spec.xlabel or None},
            "labels": {"rotation": -45} if kind == "bar_rotated" else {},
        },
        "yAxis": {"title": {"text": spec.ylabel}, "type": "logarithmic" if spec.y_scale == "log" else "linear"},
        "plotOptions": {"series": {"stacking": "normal" if kind in {"stacked", "area"} else None, "animation": False}},
        "series": series,
    }


def _highcharts_data(spec: Spec, k: int) -> list[Any]:
    if spec.kind == "pie":
        return [[a, b] for a, b in zip(spec.x, spec.columns[0], strict=True)]
    if spec.points:
        return [list(point) for point in spec.points[k]]
    if spec.categorical:
        return list(spec.columns[k])
    places: list[float] = spec.numbers if spec.x_scale != "date" else []
    if spec.x_scale == "date":
        places = [1000 * dt.datetime.fromisoformat(f"{x}T00:00+00:00").timestamp() for x in spec.x]
    return [[x, y] for x, y in zip(places, spec.columns[k], strict=True)]
