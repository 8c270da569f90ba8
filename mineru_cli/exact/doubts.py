"""Doubts: what about a chart or a series was guessed, and how much that costs in confidence.

Comes in: a panel, its legend, its series. Goes out: flags and a confidence between 0 and 1. Below `REFUSE_BELOW` a
chart is left to the model: no wrong number leaves without a flag.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.legend import Entry
from mineru_cli.exact.marks import Ink
from mineru_cli.exact.panels import Panel
from mineru_cli.schema import Flag, Series

REFUSE_BELOW: Final = 0.4
_UNMATCHED: Final = "legend_unmatched"
_LARGE_RESIDUAL: Final = 0.12  # points; programs that place ticks freely stay well below


def chart_flags(panel: Panel, ink: Ink, left_over: Sequence[Entry]) -> list[Flag]:
    """What is doubtful about the whole chart."""
    flags = []
    for name, axis in (("x", panel.x), ("y", panel.y), ("second y", panel.y2)):
        if axis is None or not axis.scale.numeric:
            continue
        if axis.scale.estimated:
            flags.append(
                Flag(
                    code="axis_from_labels",
                    message=f"The {name} axis has no tick marks; its scale was read from where its labels stand.",
                )
            )
        if axis.scale.rejected:
            flags.append(
                Flag(
                    code="axis_labels_disagree",
                    message=f"{axis.scale.rejected} labels of the {name} axis do not fit its scale.",
                )
            )
        if axis.scale.residual > max(_LARGE_RESIDUAL, 0.6 * axis.scale.grain):
            flags.append(
                Flag(
                    code="axis_residual",
                    message=f"Ticks of the {name} axis are up to {axis.scale.residual:.2f} points off its scale.",
                )
            )
        if axis.scale.ticks == 2:
            flags.append(
                Flag(
                    code="axis_two_ticks",
                    message=f"The {name} axis has two labelled ticks only: nothing confirms its scale.",
                )
            )
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
    if ink.full_lines:
        flags.append(
            Flag(
                code="reference_line",
                message=f"{len(ink.full_lines)} straight lines across the plot area were left out as reference lines.",
            )
        )
    return flags


_COST: Final = {
    "axis_from_labels": 0.1,
    "axis_labels_disagree": 0.3,
    "axis_residual": 0.15,
    "axis_two_ticks": 0.2,
    "axis_shared": 0.1,
    _UNMATCHED: 0.2,
    "unnamed": 0.2,
    "second_axis": 0.1,
    "simplified": 0.1,
    "rebuilt_dashes": 0.1,
    "off_category": 0.3,
    "mixed_markers": 0.4,
    "runs_back": 0.3,
    "floating_bars": 0.3,
    "no_number": 0.3,
    "sums_undone": 0.2,
    "reference_line": 0.05,
    "printed_disagrees": 0.3,
}


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
