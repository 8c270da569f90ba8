"""Doubts: what about a chart or a series was guessed, and how much that costs in confidence.

Comes in: a panel, its legend, its series. Goes out: flags and a confidence between 0 and 1. Below `REFUSE_BELOW` a
chart is left to the model: no wrong number leaves without a flag.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.legend import Entry
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.regions import inside
from mineru_cli.exact.scale import Scale
from mineru_cli.exact.text import Label
from mineru_cli.schema import Box, Flag, Series

REFUSE_BELOW: Final = 0.4
_UNMATCHED: Final = "legend_unmatched"
_A_SPACE: Final = 0.5  # em
_BORDER: Final = 0.9  # em
_STEEP: Final = 0.02  # of the panel's height
_LARGE_RESIDUAL: Final = 0.12  # points; programs that place ticks freely stay well below
_ROUNDED: Final = 0.6  # of a pixel: how far off their fit the rounding alone leaves ticks


def _axis_flags(name: str, scale: Scale) -> list[Flag]:
    """What is doubtful about one numeric axis."""
    if scale.measured:
        message = "There is no value axis; the scale is that of the values printed at the bars."
        return [Flag(code="axis_from_values", message=message)]
    found = []
    if scale.estimated:
        message = f"The {name} axis has no tick marks; its scale was read from where its labels stand."
        found.append(Flag(code="axis_from_labels", message=message))
    if scale.separator:
        message = (
            f"The points in the numbers of the {name} axis were taken to part thousands; they may be decimal marks."
        )
        found.append(Flag(code="axis_separator", message=message))
    if scale.rejected:
        message = f"{scale.rejected} labels of the {name} axis do not fit its scale."
        found.append(Flag(code="axis_labels_disagree", message=message))
    if scale.residual > max(_LARGE_RESIDUAL, _ROUNDED * scale.grain, _ROUNDED * 2 * scale.drift):
        message = f"Ticks of the {name} axis are up to {scale.residual:.2f} points off its scale."
        found.append(Flag(code="axis_residual", message=message))
    if scale.ticks == 2:
        message = f"The {name} axis has two labelled ticks only: nothing confirms its scale."
        found.append(Flag(code="axis_two_ticks", message=message))
    return found


def chart_flags(panel: Panel, guides: int, left_over: Sequence[Entry]) -> list[Flag]:
    """What is doubtful about the whole chart. ``guides`` counts the straight lines that were left out."""
    axes = (("x", panel.x), ("y", panel.y), ("second y", panel.y2))
    flags = [flag for name, axis in axes if axis and axis.scale.numeric for flag in _axis_flags(name, axis.scale)]
    if panel.borrowed:
        which = " and ".join(panel.borrowed)
        flags.append(
            Flag(
                code="axis_shared",
                message=f"The {which} axis was taken from a neighbouring panel in line with this one.",
            )
        )
    if left_over:
        names = ", ".join(entry.label.text for entry in left_over[:4])
        flags.append(Flag(code=_UNMATCHED, message=f"The legend names what no series matches: {names}."))
    if guides:
        flags.append(
            Flag(
                code="reference_line",
                message=f"{guides} straight lines across the plot area were left out as reference lines.",
            )
        )
    return flags


_COST: Final = {
    "axis_from_labels": 0.1,
    "axis_from_values": 0.05,
    "axis_labels_disagree": 0.3,
    "axis_residual": 0.15,
    "axis_two_ticks": 0.2,
    "axis_shared": 0.1,
    _UNMATCHED: 0.2,
    "unnamed": 0.2,
    "legend_tie": 0.2,
    "second_axis": 0.1,
    "simplified": 0.1,
    "out_of_view": 0.2,
    "axis_separator": 0.3,
    "rebuilt_dashes": 0.1,
    "off_category": 0.3,
    "mixed_markers": 0.4,
    "runs_back": 0.3,
    "floating_bars": 0.3,
    "unread_marks": 0.3,
    "base_line": 0.1,
    "floating_area": 0.3,
    "coarse_ticks": 0.1,
    "empty_category": 0.05,
    "category_order": 0.1,
    "category_repeated": 0.3,
    "category_cut": 0.3,
    "paths": 0.4,
    "no_number": 0.3,
    "sums_undone": 0.2,
    "nested_areas": 0.3,
    "reference_line": 0.05,
    "printed_disagrees": 0.3,
}


def flag_drift(traces: Sequence[Trace], panel: Panel) -> None:
    """Flag lines so steep that what the x ticks' rounding leaves open changes their values by much."""
    drift = panel.x.scale.drift
    for trace in traces if drift else ():
        if trace.kind in {"line", "area"} and len(trace.places) > 1:
            across, up = np.abs(np.diff(trace.places, axis=0)).T
            if np.max(up * np.minimum(drift / np.maximum(across, 1e-9), 1.0)) > _STEEP * panel.height:
                trace.flags["coarse_ticks"] = (
                    f"The ticks of the x axis stand on whole pixels: points may lie up to {drift:.2g} points beside."
                )


def path_flags(traces: Sequence[Trace]) -> list[Flag]:
    """A doubt where most of several lines run back along x, as contours do."""
    back = sum("runs_back" in trace.flags for trace in traces)
    message = f"{back} of {len(traces)} lines run back along x: contours or paths rather than series."
    return [Flag(code="paths", message=message)] if back > max(2, 0.5 * len(traces)) else []


def gap_flags(traces: Sequence[Trace], panel: Panel) -> list[Flag]:
    """A doubt where bars stand at all categories but a few: a bar of height zero leaves no trace, as a missing one."""
    bars = [trace for trace in traces if trace.kind in {"bar", "hbar"}]
    axis = panel.y if bars and bars[0].kind == "hbar" else panel.x
    if not bars or axis.scale.kind != "category":
        return []
    places = np.concatenate([trace.places[:, 1 if trace.kind == "hbar" else 0] for trace in bars])
    reach = 0.5 * float(np.min(np.diff([place for place, _ in axis.scale.categories])))
    bare = [text for place, text in axis.scale.categories if np.min(np.abs(places - place)) > reach]
    message = f"No bar stands at {', '.join(bare[:4])}: there is no value, or it is zero."
    return [Flag(code="empty_category", message=message)] if 0 < len(bare) < len(axis.scale.categories) / 2 else []


def category_flags(panel: Panel, unread: Sequence[Label], page: Box) -> list[Flag]:
    """What is doubtful about the labels of axes, above all the names of categories.

    ``unread`` are the labels that nothing has used.
    """
    flags = []
    for axis in (panel.x, panel.y):
        cut = _cut(axis, unread, page)
        if cut:
            flags.append(Flag(code="category_cut", message=cut))
        if axis.scale.numeric:
            continue
        names = [text for _, text in axis.scale.categories]
        twice = sorted({text for text in names if names.count(text) > 1 and len(text) > 1})
        if twice:
            message = f"Several categories are named {', '.join(twice[:3])}: their labels may be read in part."
            flags.append(Flag(code="category_repeated", message=message))
        if axis.scale.in_order:
            message = "The labels of the categories stand apart from their marks; they were given to them in order."
            flags.append(Flag(code="category_order", message=message))
    return flags


def _cut(axis: Axis, unread: Sequence[Label], page: Box) -> str:
    """Why labels of an axis may have been read in part; empty where nothing says so."""
    labels = [label for _, label in axis.row.ticks]
    sizes = {label.size for label in labels}
    alike = [text for text in unread if text.size in sizes]
    rest = [text for text in alike if not any(inside(label.box, text.box, 0.5) for label in labels)]
    cut = [label.text for label in labels if any(_next_line(label, other) for other in rest)]
    cut = cut if len(cut) > 1 else []  # one alone may be the title of the axis
    if not axis.scale.numeric:
        whole = " ".join(["", *(label.text.replace("-", "- ") for label in labels), ""])
        if any(line.text.isalpha() and f" {line.text} " not in whole for line in axis.row.more):
            return "The labels are broken within words: where words end was guessed."
        off = [label.text for label in labels if _at_border(label, page)]
        if off:
            return f"The labels {', '.join(off[:3])} reach to the border of the page: they may be longer."
        cut += [label.text for label in labels if any(_goes_on(label, other) for other in rest)]
    return f"Text follows the labels {', '.join(cut[:3])}: they may be longer." if cut else ""


def _at_border(label: Label, page: Box) -> bool:
    """Whether a slanted label ends at the border of the page: what lies beyond it leaves no trace."""
    low, high = _BORDER * label.size, -_BORDER * label.size
    return bool(label.angle % 90) and any(
        x < page[0] + low or y < page[1] + low or x > page[2] + high or y > page[3] + high
        for x, y in (label.start, label.end)
    )


def _goes_on(label: Label, other: Label) -> bool:
    """Whether a text begins or ends within a space of a label on its baseline."""
    if other.angle != label.angle or other.size != label.size or is_number(other.text):
        return False
    return min(math.dist(label.end, other.start), math.dist(other.end, label.start)) < _A_SPACE * label.size


def _next_line(label: Label, other: Label) -> bool:
    """Whether a text is set centred under a label as its next line would be."""
    drop = other.cy - label.cy
    centred = abs(other.cx - label.cx) < 1.0 and label.angle == other.angle == 0
    return centred and other.size == label.size and 0.9 * label.size < drop < 1.4 * label.size


def judged(series: Series) -> Series:
    """A series with the doubts its points raise, and its confidence."""
    flags = list(series.flags)
    nameless = sum(point.x is None for point in series.points)
    if nameless:
        flags.append(Flag(code="off_category", message=f"{nameless} points stand at no named category."))
    if any(point.y is None for point in series.points):
        flags.append(Flag(code="no_number", message="Some points stand where the axis has no value."))
    confidence = max(0.0, 1.0 - sum(_COST.get(flag.code, 0.0) for flag in flags))
    return series.model_copy(update={"flags": flags, "confidence": round(confidence, 2)})


def confidence_of(series: Sequence[Series], flags: Sequence[Flag]) -> float:
    """The confidence of a chart: that of its worst series, less its own doubts."""
    worst = min((one.confidence or 0.0 for one in series), default=0.0)
    return round(max(0.0, worst - sum(_COST.get(flag.code, 0.0) for flag in flags)), 2)


def forgive_neighbours(figures: Sequence[ExactFigure]) -> list[ExactFigure]:
    """Drop the doubt about legend names that are the series of another chart on the page: that legend is its."""
    return [_forgiven(figure, [other for other in figures if other is not figure]) for figure in figures]


def _forgiven(figure: ExactFigure, others: Sequence[ExactFigure]) -> ExactFigure:
    chart = figure.chart
    theirs = {series.name for other in others if other.chart is not None for series in other.chart.series}
    if chart is None or not figure.unmatched or not theirs.issuperset(figure.unmatched):
        return figure
    confidence = min(1.0, round(figure.confidence + _COST[_UNMATCHED], 2))
    flags = [flag for flag in chart.flags if flag.code != _UNMATCHED]
    chart = chart.model_copy(update={"flags": flags, "confidence": confidence})
    return replace(figure, chart=chart, confidence=confidence, unmatched=())
