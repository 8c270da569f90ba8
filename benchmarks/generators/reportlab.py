"""ReportLab's chart classes, as reports made by Python programs have them.

Comes in: stories. Goes out: NAME.pdf for each. Needs the package reportlab.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from generators.stories import FLAT, KINDS, Story, tick_decimals, written

REPORTLAB_KINDS = (
    *(k for k in KINDS if k not in {"secondary", "line_date", "line_direct", "line_bw"}),
    "scatter2",
    "line4",
)
_MARKS = ("FilledCircle", "FilledSquare", "FilledTriangle", "FilledDiamond")


class _Sheet(NamedTuple):
    """Where the axes lie (left, bottom, width, height), how their labels are set, and whether these are turned."""

    box: tuple[float, float, float, float]
    font: str
    size: int
    turned: bool


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    from reportlab.graphics import renderPDF

    for story in charts:
        renderPDF.drawToFile(_drawing(story), str(folder / f"{story.name}.pdf"))


def _drawing(story: Story) -> Any:
    from reportlab.graphics.shapes import Drawing, String

    look, kind, rng = story.look, story.kind, random.Random(f"reportlab/{story.name}")
    width, height = look.size
    font = "Times-Roman" if look.serif else "Helvetica"
    size = rng.choice((8, 9, 10))
    round_ = kind in {"pie", "donut"}
    room = 10 + max((0.52 * size * len(x) for x in story.x), default=0) if kind in FLAT else 58
    right = 130 if look.legend == "right" else 24
    left, bottom, top = room + 14, 44 + 18 * (look.legend == "bottom"), 34 + 18 * (look.legend in {"top", "inside"})
    turned = (
        story.categorical
        and not round_
        and kind not in FLAT
        and (kind == "bar_rotated" or 0.58 * size * sum(map(len, story.x)) > width - left - right)
    )
    if turned:
        extra = round(0.4 * size * max(map(len, story.x)))
        left, bottom, height = max(left, round(0.42 * size * len(story.x[0]))), bottom + extra, height + extra
    box = (left, bottom, width - left - right, height - bottom - top)
    chart = _round(story, box) if round_ else _plot(story, box) if not story.categorical else _bars(story, box, rng)
    drawing = Drawing(width, height)
    drawing.add(chart)
    drawing.add(
        String(
            width / 2,
            height - 18,
            story.title,
            fontName=font.replace("Roman", "Bold")
            if font == "Times-Roman" and look.bold
            else f"{font}-Bold"
            if look.bold
            else font,
            fontSize=size + 3,
            textAnchor="middle",
        )
    )
    if round_:
        chart.slices.fontName, chart.slices.fontSize = font, size
    else:
        _axes(drawing, chart, story, _Sheet(box, font, size, turned), rng)
    if look.legend in {"right", "bottom", "top", "inside"}:
        drawing.add(_legend(story, width, height, font, size))
    return drawing


def _legend(story: Story, width: float, height: float, font: str, size: int) -> Any:
    from reportlab.graphics.charts.legends import Legend, LineLegend

    line = "line" in story.kind
    names = story.x if story.kind in {"pie", "donut"} else story.names
    legend = LineLegend() if line else Legend()
    legend.fontName, legend.fontSize, legend.alignment = font, size, "right"
    legend.colorNamePairs = [(_colour(story.colour(k)), name) for k, name in enumerate(names)]
    if line:
        legend.dx = 18
    legend.deltay = size + 3
    if story.look.legend == "right":
        legend.x, legend.y, legend.boxAnchor, legend.columnMaximum = width - 122, height - 44, "nw", 10
    else:
        legend.x, legend.y = width / 2, 8 if story.look.legend == "bottom" else height - 38
        legend.boxAnchor, legend.columnMaximum, legend.deltax, legend.dxTextSpace = (
            "s" if story.look.legend == "bottom" else "c",
            1,
            20,
            5,
        )
        legend.variColumn = True
    return legend


def _colour(text: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(text)


def _place(chart: Any, box: tuple[float, float, float, float]) -> Any:
    chart.x, chart.y, chart.width, chart.height = box
    return chart


def _round(story: Story, box: tuple[float, float, float, float]) -> Any:
    from reportlab.graphics.charts.doughnut import Doughnut
    from reportlab.graphics.charts.piecharts import Pie
    from reportlab.lib.colors import white

    pie = Pie() if story.kind == "pie" else Doughnut()
    side = min(box[2], box[3]) * (0.8 if story.look.legend == "direct" or story.look.values else 1)
    _place(pie, (box[0] + (box[2] - side) / 2, box[1] + (box[3] - side) / 2, side, side))
    values = story.columns[0]
    pie.data = values if story.kind == "pie" else [values]
    texts = [f"{v:.1f}%" if story.look.values else "" for v in values]
    if story.look.legend == "direct":
        texts = [f"{x} {t}".strip() for x, t in zip(story.x, texts, strict=True)]
    pie.labels = texts
    if story.kind == "pie":
        pie.sideLabels, pie.simpleLabels = 0, 1
        pie.slices.labelRadius = 1.15
        pie.slices.strokeColor = white
    for k in range(len(values)):
        part = pie.slices[k] if story.kind == "pie" else pie.slices[0, k]
        part.fillColor, part.strokeColor = _colour(story.colour(k)), white
    return pie


def _bars(story: Story, box: tuple[float, float, float, float], rng: random.Random) -> Any:
    from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
    from reportlab.graphics.charts.linecharts import HorizontalLineChart
    from reportlab.lib.colors import white

    flat, look = story.kind in FLAT, story.look
    if story.kind == "line_months":
        chart = _place(HorizontalLineChart(), box)
        chart.data = [tuple(c) for c in story.columns]
        chart.joinedLines = 1
        _strokes(chart, story)
    else:
        chart = _place(HorizontalBarChart() if flat else VerticalBarChart(), box)
        chart.data = [tuple(reversed(c)) for c in story.columns] if flat else [tuple(c) for c in story.columns]
        for k in range(len(story.names)):
            chart.bars[k].fillColor = _colour(story.colour(k))
            chart.bars[k].strokeColor = rng.choice((None, white)) if story.kind != "hist" else white
        chart.barWidth, chart.groupSpacing, chart.barSpacing = (
            10,
            0 if story.kind == "hist" else rng.choice((4, 8)),
            rng.choice((0, 1)),
        )
        if "stacked" in story.kind:
            chart.categoryAxis.style = "stacked"
        if look.values and len(story.names) == 1:
            chart.barLabelFormat = f"%.{look.decimals}f"
            chart.barLabels.nudge, chart.barLabels.fontSize = 9, 7
            chart.barLabels.boxAnchor = "w" if flat else "c"
            chart.barLabels.nudge = 3 if flat else 8
    chart.categoryAxis.categoryNames = list(reversed(story.x)) if flat else story.x
    if story.kind == "bar_negative":
        chart.categoryAxis.labelAxisMode = "low"
    return chart


def _strokes(chart: Any, story: Story) -> None:
    from reportlab.graphics.widgets.markers import makeMarker

    for k in range(len(story.names)):
        line = chart.lines[k]
        line.strokeColor, line.strokeWidth = _colour(story.colour(k)), 1.5
        if story.look.markers or story.points:
            line.symbol = makeMarker(_MARKS[k])
            line.symbol.size, line.symbol.fillColor, line.symbol.strokeColor = 5, _colour(story.colour(k)), None


def _plot(story: Story, box: tuple[float, float, float, float]) -> Any:
    from reportlab.graphics.charts.axes import LogYValueAxis
    from reportlab.graphics.charts.lineplots import AreaLinePlot, LinePlot, ScatterPlot

    if story.points:
        chart = _place(ScatterPlot(), box)
        chart.data = [tuple(points) for points in story.points]
        chart.joinedLines = 0
        chart.xLabel = chart.yLabel = ""
        chart.lineLabelFormat = None
        chart.outerBorderOn = 0
        _strokes(chart, story)
    elif story.kind.startswith("area"):
        chart = _place(AreaLinePlot(), box)
        chart.data = [(x, *values) for x, *values in zip(story.numbers, *story.columns, strict=True)]
        for k in range(len(story.names)):
            chart.lines[k].strokeColor = chart.lines[k].fillColor = _colour(story.colour(k))
    else:
        chart = _place(LinePlot(), box)
        if story.y_scale == "log":
            chart.yValueAxis = LogYValueAxis()
        chart.data = [tuple(zip(story.numbers, column, strict=True)) for column in story.columns]
        _strokes(chart, story)
    return chart


def _axes(drawing: Any, chart: Any, story: Story, sheet: _Sheet, rng: random.Random) -> None:
    from reportlab.graphics.charts.textlabels import Label
    from reportlab.lib.colors import HexColor

    look, flat, (box, font, size, turned) = story.look, story.kind in FLAT, sheet
    value = chart.valueAxis if story.categorical else chart.yValueAxis
    other = chart.categoryAxis if story.categorical else chart.xValueAxis
    if story.y_limits:
        value.valueMin, value.valueMax = story.y_limits
    if story.step:
        value.valueStep = story.step
        places = tick_decimals(story)
        value.labelTextFormat = lambda v: written(v, look, places)
    elif story.y_scale == "log":
        value.labelTextFormat = lambda v: f"{v:,.0f}"
    for axis in (value, other):
        axis.labels.fontName, axis.labels.fontSize = font, size
    if look.grid != "none":
        value.visibleGrid, value.gridStrokeColor, value.gridStrokeWidth = 1, HexColor("#cccccc"), 0.4
        value.gridStart, value.gridEnd = (box[1], box[1] + box[3]) if flat else (box[0], box[0] + box[2])
        value.visibleAxis = rng.random() < 0.7
    if not story.categorical:
        if story.x_limits:
            other.valueMin, other.valueMax = story.x_limits
            other.valueStep = story.x_step
            other.labelTextFormat = lambda v: f"{v:,.10g}"
        else:
            stride = max(1, round(len(story.x) / 8))
            other.valueMin, other.valueMax = story.numbers[0], story.numbers[-1]
            other.valueSteps = story.numbers[::stride]
            other.labelTextFormat = lambda v: f"{v:.10g}"
    elif turned:
        other.labels.angle, other.labels.boxAnchor, other.labels.dx, other.labels.dy = 45, "ne", 4, -2
    words = (story.ylabel, story.xlabel) if flat else (story.xlabel, story.ylabel)
    for text, upright in zip(words, (False, True), strict=True):
        if not text or (not upright and story.categorical and not flat and look.legend == "bottom"):
            continue
        label = Label()
        label.setText(text)
        label.fontName, label.fontSize = font, size
        label.angle, label.textAnchor, label.boxAnchor = 90 if upright else 0, "middle", "c"
        label.setOrigin(
            10 if upright else box[0] + box[2] / 2,
            box[1] + box[3] / 2
            if upright
            else max(6, box[1] - 30)
            if not turned
            else 8 + 18 * (look.legend == "bottom"),
        )
        drawing.add(label)
