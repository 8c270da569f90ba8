"""Qt Charts, as desktop programs show and print them: its themes, legends of squares, written to PDF by Qt.

Comes in: stories. Goes out: NAME.pdf for each. Needs PySide6 with its add-ons; no display.
"""

import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.stories import KINDS, Story, tick_decimals

QTCHARTS_KINDS = (*(k for k in KINDS if k not in {"secondary", "line_direct", "line_bw"}), "step", "loglog", "line4")


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6 import QtCore, QtGui, QtWidgets

    app = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    for story in charts:
        facts = work_out(story, ("Liberation Sans", "DejaVu Sans", "Open Sans"))
        chart = _chart(story, facts, random.Random(f"qtcharts/{story.name}"))
        room = 8 * facts["longest"] if facts["flat"] else 120 if facts["legend"] == "right" else 0
        wide, tall = facts["width"] + room, facts["height"] + (40 + 7 * facts["longest"] if facts["turned"] else 40)
        scene = QtWidgets.QGraphicsScene()
        scene.addItem(chart)
        chart.resize(wide, tall)
        app.processEvents()
        writer = QtGui.QPdfWriter(str(folder / f"{story.name}.pdf"))
        writer.setResolution(96)
        writer.setPageMargins(QtCore.QMarginsF(0, 0, 0, 0))
        writer.setPageSize(QtGui.QPageSize(QtCore.QSizeF(wide * 0.75, tall * 0.75), QtGui.QPageSize.Unit.Point))
        painter = QtGui.QPainter(writer)
        scene.render(painter, QtCore.QRectF(0, 0, wide, tall), QtCore.QRectF(0, 0, wide, tall))
        painter.end()
        scene.removeItem(chart)


def _chart(story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    from PySide6 import QtCharts, QtCore, QtGui

    chart = QtCharts.QChart()
    themes = QtCharts.QChart.ChartTheme
    chart.setTheme(rng.choice((themes.ChartThemeLight, themes.ChartThemeLight, themes.ChartThemeQt)))
    chart.setLocalizeNumbers(facts["numbers"] == "thousands")
    chart.setLocale(QtCore.QLocale(QtCore.QLocale.Language.English))
    chart.setTitle(story.title)
    font = QtGui.QFont(facts["font"])
    font.setPixelSize(facts["size"] + 5)
    font.setBold(facts["bold"])
    chart.setTitleFont(font)
    font.setPixelSize(facts["size"] + 1)
    font.setBold(False)
    colours = facts["colours"] if rng.random() < 0.7 else []
    sides = QtCore.Qt.AlignmentFlag
    legend = chart.legend()
    legend.setFont(font)
    legend.setVisible(facts["legend"] != "none")
    legend.setAlignment({"right": sides.AlignRight, "bottom": sides.AlignBottom}.get(facts["legend"], sides.AlignTop))
    if facts["form"] == "pie":
        _pie(chart, story, facts, colours, font)
        return chart
    drawn = _bars(story, facts, colours, rng, font) if facts["form"] == "bar" else _curves(story, facts, colours, rng)
    for series in drawn:
        chart.addSeries(series)
    across, up = _axes(story, facts, rng)
    for axis, side in ((across, sides.AlignLeft if facts["flat"] else sides.AlignBottom), (up, sides.AlignBottom if facts["flat"] else sides.AlignLeft)):  # fmt: skip
        axis.setLabelsFont(font)
        axis.setTitleFont(font)
        chart.addAxis(axis, side)
        for series in drawn:
            series.attachAxis(axis)
    if facts["flat"]:
        across.setReverse(rng.random() < 0.5)
    return chart


def _axes(story: Story, facts: dict[str, Any], rng: random.Random) -> tuple[Any, Any]:
    """The axis of x and that of values."""
    from PySide6 import QtCharts

    low, high = facts["limits"]
    if facts["y_scale"] == "log":
        up = QtCharts.QLogValueAxis()
        up.setLabelFormat("%.10g")
    else:
        up = QtCharts.QValueAxis()
        up.setTickCount(len(facts["ticks"]))
        digits = tick_decimals(story)
        up.setLabelFormat(
            {"dollar": f"$%.{digits}f", "percent": f"%.{digits}f%%"}.get(facts["numbers"], f"%.{digits}f")
        )
        if rng.random() < 0.2:
            up.setMinorTickCount(1)
    up.setRange(low, high)
    up.setGridLineVisible(facts["grid"] != "none")
    up.setTitleText(facts["ylabel"])
    if facts["named"]:
        across = QtCharts.QBarCategoryAxis()
        across.append(facts["x"])
        if facts["turned"]:
            across.setLabelsAngle(-90)  # slanted names leave some of each other out
        across.setGridLineVisible(facts["grid"] == "both")
    elif facts["x_scale"] == "log":
        across = QtCharts.QLogValueAxis()
        across.setLabelFormat("%g")
        across.setRange(*facts["ends"])
    elif facts["x_scale"] == "date" or facts["numbers"] == "thousands":
        # a QDateTimeAxis has its ticks in the midst of months, and with separators a QValueAxis says 1,990
        across = QtCharts.QCategoryAxis()
        across.setLabelsPosition(QtCharts.QCategoryAxis.AxisLabelsPosition.AxisLabelsPositionOnValue)
        for place, text in zip(facts["x_ticks"], facts["x_labels"], strict=True):
            across.append(text, place)
        across.setRange(*facts["ends"])
    else:
        across = QtCharts.QValueAxis()
        across.setRange(*facts["ends"])
        across.setTickType(QtCharts.QValueAxis.TickType.TicksDynamic)
        across.setTickAnchor(facts["x_ticks"][0])
        step = facts["x_ticks"][1] - facts["x_ticks"][0]
        across.setTickInterval(step)
        across.setLabelFormat("%.0f" if step % 1 == 0 else "%.1f" if round(10 * step, 6) % 1 == 0 else "%.2f")
    if not facts["named"]:
        across.setGridLineVisible(facts["grid"] == "both")
    across.setTruncateLabels(False)
    across.setTitleText("" if facts["flat"] else facts["xlabel"])
    return across, up


def _bars(story: Story, facts: dict[str, Any], colours: Sequence[str], rng: random.Random, font: Any) -> list[Any]:
    from PySide6 import QtCharts, QtGui

    kinds = {
        (False, False): QtCharts.QBarSeries, (False, True): QtCharts.QStackedBarSeries,
        (True, False): QtCharts.QHorizontalBarSeries, (True, True): QtCharts.QHorizontalStackedBarSeries,
    }  # fmt: skip
    series = QtCharts.QPercentBarSeries() if facts["kind"] == "stacked100" else kinds[facts["flat"], facts["stacked"]]()
    series.setBarWidth(1.0 if facts["kind"] == "hist" else rng.choice((0.5, 0.65, 0.8)))
    for k, (name, column) in enumerate(zip(story.names, story.columns, strict=True)):
        bars = QtCharts.QBarSet(name)
        bars.append(column)
        bars.setLabelFont(font)
        bars.setLabelColor(QtGui.QColor("#333"))
        if colours:
            bars.setColor(QtGui.QColor(colours[k]))
            bars.setBorderColor(QtGui.QColor(rng.choice(("#ffffff", colours[k]))))
        series.append(bars)
    if facts["values"]:
        series.setLabelsVisible(True)
        series.setLabelsPrecision(8)
        series.setLabelsPosition(QtCharts.QAbstractBarSeries.LabelsPosition.LabelsOutsideEnd)
    return [series]


def _curves(story: Story, facts: dict[str, Any], colours: Sequence[str], rng: random.Random) -> list[Any]:
    from PySide6 import QtCharts, QtCore, QtGui

    places = [float(k) for k in range(len(story.x))] if facts["named"] else facts["places"]
    wide, size = rng.choice((1.5, 2, 3)), rng.choice((6, 8, 9))
    out: list[Any] = []
    below = [0.0] * len(places)
    for k, name in enumerate(story.names):
        if story.points:
            series = QtCharts.QScatterSeries()
            series.setMarkerSize(size)
            if facts["markers"]:
                shapes = QtCharts.QScatterSeries.MarkerShape
                series.setMarkerShape(
                    (shapes.MarkerShapeCircle, shapes.MarkerShapeRectangle, shapes.MarkerShapeTriangle)[k]
                )
            spots = story.points[k]
        else:
            series = QtCharts.QLineSeries()
            spots = list(zip(places, story.columns[k], strict=True))
        if facts["kind"] == "step":
            spots = [spot for (x, y), (after, _) in zip(spots, [*spots[1:], spots[-1]], strict=True) for spot in ((x, y), (after, y))]  # fmt: skip
        if facts["form"] == "area":
            tops = [a + y for a, (_, y) in zip(below, spots, strict=True)]
            upper, lower = QtCharts.QLineSeries(), QtCharts.QLineSeries()
            upper.append([QtCore.QPointF(x, y) for x, y in zip(places, tops, strict=True)])
            lower.append([QtCore.QPointF(x, y) for x, y in zip(places, below, strict=True)])
            series = QtCharts.QAreaSeries(upper, lower)
            series.lines = (upper, lower)  # Python would let go of them
            if facts["kind"] == "area":
                below = tops
        else:
            series.append([QtCore.QPointF(x, y) for x, y in spots])
        series.setName(name)
        if colours:
            pen = QtGui.QPen(QtGui.QColor(colours[k]), wide)
            if story.points:
                series.setColor(QtGui.QColor(colours[k]))
                series.setBorderColor(QtGui.QColor(rng.choice(("#ffffff", colours[k]))))
            else:
                series.setPen(pen)
            if facts["form"] == "area":
                series.setBrush(QtGui.QColor(colours[k]))
        if facts["form"] == "line" and facts["markers"]:
            series.setPointsVisible(True)
            series.setMarkerSize(size)
        out.append(series)
    return out


def _pie(chart: Any, story: Story, facts: dict[str, Any], colours: Sequence[str], font: Any) -> None:
    from PySide6 import QtCharts, QtGui

    series = QtCharts.QPieSeries()
    direct = facts["legend"] == "direct"
    for k, (name, share) in enumerate(zip(story.x, story.columns[0], strict=True)):
        part = series.append(f"{name} {share:.1f}%" if direct and facts["values"] else name, share)
        part.setLabelVisible(direct)
        part.setLabelFont(font)
        if colours:
            part.setBrush(QtGui.QColor(colours[k]))
    if facts["kind"] == "donut":
        series.setHoleSize(0.4)
    series.setPieSize(0.65 if direct else 0.8)
    chart.legend().setVisible(not direct)
    chart.addSeries(series)
