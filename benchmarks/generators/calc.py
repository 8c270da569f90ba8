"""Spreadsheet charts in Excel's manner: a workbook by XlsxWriter, printed by LibreOffice Calc.

Comes in: stories. Goes out: one PDF page a chart. Where the spreadsheet is left to choose its axis, the limits are taken
out of the story, for nobody wrote them down.
"""

import datetime as dt
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.paper import split
from generators.stories import FLAT, KINDS, Look, Story, tick_decimals

CALC_KINDS = (*KINDS, "error")
_TYPES = {
    "hbar": ("bar", None), "hgrouped": ("bar", "clustered"), "hstacked": ("bar", "stacked"), "grouped": ("column", None),
    "stacked": ("column", "stacked"), "stacked100": ("column", "percent_stacked"), "area": ("area", "stacked"),
    "area1": ("area", None), "pie": ("pie", None), "donut": ("doughnut", None), "scatter1": ("scatter", None),
    "scatter3": ("scatter", None), "line_dense": ("scatter", "straight"), "line_log": ("scatter", "straight"),
}  # fmt: skip
_LINES = frozenset({"line", "scatter", "area"})


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    import xlsxwriter

    book = xlsxwriter.Workbook(folder / "charts.xlsx")
    data = book.add_worksheet("Data")
    row = 0
    sheets = []
    for number, story in enumerate(charts, 1):
        sheet = book.add_worksheet(f"Chart {number}")
        chart, row = chart_of(book, data, row, story)
        rng = random.Random(story.name)
        sheet.set_paper(rng.choice((9, 11, 1)))
        if rng.random() < 0.7:
            sheet.set_landscape()
        sheet.hide_gridlines(2)
        width, height = story.look.size
        chart.set_size({"width": width * 4 / 3, "height": height * 4 / 3})
        sheet.insert_chart(rng.choice(("A1", "B3")), chart)
        sheet.fit_to_pages(1, 1)
        sheets.append(sheet)
    sheets[0].activate()
    sheets[0].set_first_sheet()
    data.hide()
    book.close()
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').resolve().as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
        "charts.xlsx",
    ]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    split(folder / "charts.pdf", charts, folder)


def _number_format(look: Look, decimals: int) -> str:
    zeros = "0" + ("." + "0" * decimals if decimals else "")
    return {
        "thousands": f"#,##{zeros}", "dollar": f'"$"#,##{zeros}', "percent": f'{zeros}"%"', "millions": '0.0,,"M"',
    }.get(look.numbers, zeros)  # fmt: skip


def _cells(data: Any, row: int, story: Story) -> tuple[list[tuple[list[Any], list[Any]]], int]:
    """Write the data; the cell ranges of x and y of each series and the next free row."""
    ranges = []
    tables: list[tuple[list[Any], list[float]]] = []
    for k in range(len(story.names)):
        if story.points:
            tables.append(([p[0] for p in story.points[k]], [p[1] for p in story.points[k]]))
        elif story.x_scale == "date":
            day = dt.date(1899, 12, 30)
            tables.append(([(dt.date.fromisoformat(x) - day).days for x in story.x], story.columns[k]))
        elif story.kind in {"line_dense", "line_log"}:
            tables.append((list(story.numbers), story.columns[k]))
        else:
            tables.append((list(story.x), story.columns[k]))
    for x, y in tables:
        data.write_column(row, 0, x)
        data.write_column(row, 1, y)
        last = row + len(x) - 1
        ranges.append((["Data", row, 0, last, 0], ["Data", row, 1, last, 1]))
        row = last + 2
    return ranges, row


def chart_of(book: Any, data: Any, row: int, story: Story, *, limited: bool = False) -> tuple[Any, int]:
    """A workbook's chart, its data written from a row of the sheet on, and the next free row.

    With ``limited`` the axes always have the story's limits; else some are left to the spreadsheet, and the story loses them.
    """
    look, kind = story.look, story.kind
    rng = random.Random(f"calc/{story.name}")
    form, subtype = _form(kind)
    chart = book.add_chart({"type": form, "subtype": subtype} if subtype else {"type": form})
    ranges, row = _cells(data, row, story)
    font = {"name": "Times New Roman" if look.serif else rng.choice(("Calibri", "Arial", "Calibri"))}
    for k, name in enumerate(story.names):
        target = chart
        series: dict[str, Any] = {"name": name, "categories": ranges[k][0], "values": ranges[k][1]}
        if kind == "secondary" and k:
            target, series["y2_axis"] = book.add_chart({"type": "line"}), True
        series |= _paint(story, k, "line" if target is not chart else form, rng)
        if look.values:
            places = look.decimals if look.numbers != "millions" else 0
            series["data_labels"] = {
                "value": True,
                "num_format": _number_format(look, places) if look.numbers != "millions" else "#,##0",
                "font": {"size": 8, **font},
            }
            if form in {"pie", "doughnut"}:
                series["data_labels"] = {
                    "percentage": True,
                    "num_format": "0.0%",
                    "font": font,
                    "category": look.legend == "direct",
                    "separator": "\n",
                }
        elif look.legend == "direct" and form in {"pie", "doughnut"}:
            series["data_labels"] = (
                {"category": True, "font": font, "position": "outside_end"}
                if form == "pie"
                else {"category": True, "font": font}
            )
        if look.legend == "direct" and form == "line":
            last = len(story.x) - 1
            series["data_labels"] = {
                "series_name": True,
                "value": False,
                "position": "right",
                "custom": [{"delete": True}] * last + [{"font": font}],
            }
        if story.errors:
            series["y_error_bars"] = {"type": "fixed", "value": story.errors[0]}
        target.add_series(series)
        if target is not chart:
            chart.combine(target)
            target.set_y2_axis({"name": story.secondary, "num_font": font, "name_font": {"bold": look.bold, **font}})
    _dress(chart, story, font, rng, limited=limited)
    return chart, row


def _paint(story: Story, k: int, form: str, rng: random.Random) -> dict[str, Any]:
    """Colours, markers and gaps of a series."""
    look, kind, colour = story.look, story.kind, story.colour(k)
    if form in {"pie", "doughnut"}:
        return {
            "points": [{"fill": {"color": story.colour(j)}, "border": {"color": "white"}} for j in range(len(story.x))]
        }
    shape = ("circle", "square", "triangle", "diamond")[k]
    if form == "scatter" and story.points:
        return {
            "marker": {
                "type": shape if look.markers else "circle",
                "size": 5,
                "fill": {"color": colour},
                "border": {"color": colour},
            }
        }
    if form in {"line", "scatter"}:
        dashes = ("solid", "dash", "round_dot", "dash_dot")[k] if kind == "line_bw" else "solid"
        line: dict[str, Any] = {"color": colour, "width": rng.choice((1.5, 2.25)), "dash_type": dashes}
        marker = {"type": shape, "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
        return {"line": line, "marker": marker if look.markers else {"type": "none"}}
    gap = {"hist": 0}.get(kind, rng.choice((40, 80, 150)))
    return {"fill": {"color": colour}, "gap": gap, **({"border": {"color": "white"}} if kind == "hist" else {})}


def _form(kind: str) -> tuple[str, str | None]:
    """What the spreadsheet calls a kind: type and subtype."""
    return _TYPES.get(kind, ("line" if "line" in kind or kind == "error" else "column", None))


def _dress(chart: Any, story: Story, font: dict[str, Any], rng: random.Random, *, limited: bool) -> None:
    """Title, axes, legend and frames."""
    look, kind, form = story.look, story.kind, _form(story.kind)[0]
    story.title = story.title if rng.random() < 0.85 else ""
    chart.set_title(
        {"name": story.title, "name_font": {"size": 14, "bold": look.bold, **font}} if story.title else {"none": True}
    )
    place = {"inside": "top", "direct": "none"}.get(look.legend, look.legend)
    chart.set_legend({"none": True} if place == "none" else {"position": place, "font": {"size": 9, **font}})
    chart.set_chartarea({"border": {"color": "#D9D9D9"}} if rng.random() < 0.6 else {"border": {"none": True}})
    if form in {"pie", "doughnut"}:
        if form == "doughnut":
            chart.set_hole_size(rng.choice((50, 60)))
        return
    grid = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.75}}
    value: dict[str, Any] = {
        "name": story.ylabel if rng.random() < 0.8 or len(story.names) == 1 else None,
        "num_font": {"size": 9, **font}, "name_font": {"bold": look.bold, **font},
        "num_format": _number_format(look, tick_decimals(story) if story.step else 0),
        "major_gridlines": grid if look.grid != "none" else {"visible": False},
    }  # fmt: skip
    if kind == "stacked100":
        value["num_format"] = "0%"
    if story.y_scale == "log":
        value |= {"log_base": 10, "min": (story.y_limits or (1,))[0], "crossing": (story.y_limits or (1,))[0]}
        value["num_format"] = "#,##0"
    elif kind != "stacked100" and (rng.random() < 0.6 or limited) and story.y_limits:
        value |= {"min": story.y_limits[0], "max": story.y_limits[1], "major_unit": story.step}
    elif kind != "stacked100":
        story.y_limits = None
    if rng.random() < 0.3:
        value["line"] = {"none": True}
    other: dict[str, Any] = {
        "name": story.xlabel or None,
        "num_font": {"size": 9, **font},
        "name_font": {"bold": look.bold, **font},
    }
    if kind == "bar_rotated":
        other["num_font"]["rotation"] = rng.choice((-45, -90))
    if kind in {"bar_negative", "line_negative"}:
        other["label_position"] = "low"
    if story.x_scale == "date":
        other |= {
            "date_axis": True,
            "num_format": rng.choice(("mmm yyyy", "yyyy-mm", "mm/yyyy")),
            "major_unit": rng.choice((6, 12)),
            "major_unit_type": "months",
        }
        other["num_font"]["rotation"] = rng.choice((-45, -90))
    if form == "scatter":
        other["major_gridlines"] = grid if look.grid == "both" else {"visible": False}
        if story.x_limits:
            other |= {"min": story.x_limits[0], "max": story.x_limits[1], "major_unit": story.x_step}
            other["num_format"] = "#,##0" if story.x_limits[1] > 5000 else "General"
    if kind in FLAT and rng.random() < 0.5:
        other["reverse"] = True
        if rng.random() < 0.5:
            other["crossing"] = "max"
    across, up = (value, other) if kind in FLAT else (other, value)
    chart.set_x_axis({k: v for k, v in across.items() if v is not None})
    chart.set_y_axis({k: v for k, v in up.items() if v is not None})
    if rng.random() < 0.15:
        chart.set_plotarea({"fill": {"color": "#F2F2F2"}})
