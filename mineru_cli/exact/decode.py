"""A calibrated plot area and what is drawn in it, read as a chart.

Comes in: a panel, shapes and labels. Goes out: `ExactFigure`: the chart, or None with the reason where it cannot be
read with confidence, with the words and the box of the figure. Knows nothing of pages or files.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from mineru_cli.exact.areas import area_traces, flag_unread, without_outlines
from mineru_cli.exact.bars import bar_traces, without_base_line
from mineru_cli.exact.crisp import sharpened
from mineru_cli.exact.doubts import (
    REFUSE_BELOW,
    category_flags,
    chart_flags,
    confidence_of,
    flag_drift,
    gap_flags,
    judged,
    path_flags,
)
from mineru_cli.exact.drafts import Axis
from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.guides import without_stems, without_trends
from mineru_cli.exact.intervals import between_ticks
from mineru_cli.exact.lattice import on_lattice
from mineru_cli.exact.legend import Entry, find_legend
from mineru_cli.exact.lines import (
    attach_error_bars,
    attach_markers,
    flag_doubtful,
    flag_simplified,
    line_traces,
    marker_sets,
)
from mineru_cli.exact.marks import Ink, Trace, gather
from mineru_cli.exact.months import dated_by_data
from mineru_cli.exact.naming import name_directly, name_rest, name_traces
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.printed import attach_printed
from mineru_cli.exact.scale import Scale
from mineru_cli.exact.seats import seated
from mineru_cli.exact.sorting import sort_marks
from mineru_cli.exact.steps import tell_steps
from mineru_cli.exact.text import Label
from mineru_cli.exact.titles import Words, figure_box, read_words, unit_of
from mineru_cli.exact.values import PRECISION, series_of, snap_groups, table, tidy
from mineru_cli.schema import Axis as AxisRecord
from mineru_cli.schema import AxisName, Box, Chart, Flag


def decode_panel(panel: Panel, shapes: Sequence[Shape], labels: Sequence[Label], page: Box) -> ExactFigure:
    """Read one plot area."""
    panel = sharpened(panel, shapes)
    ink = gather(panel, shapes)
    panel, entries, legend_ids = _with_legend(panel, ink, labels)
    if any(is_number(entry.label.text) for entry in entries):
        panel, entries, legend_ids = _with_legend(panel, ink, _without(labels, _at_marks(ink, panel, labels)))
    free = _without(_free(panel, labels), [entry.label for entry in entries])
    legend_box = box_of(entries)
    words = read_words(panel, free, legend_box)
    panel = _with_offsets(panel, words)
    traces = _traces(ink.without(legend_ids), panel, has_legend=bool(entries))
    panel = seated(on_lattice(dated_by_data(between_ticks(panel, traces), traces), traces), traces)
    flag_drift(traces, panel)
    if panel.y2 is not None:
        _tell_second(traces, panel)
    left_over = name_traces(traces, entries)
    printed = attach_printed(traces, panel, _without(free, words.offsets))
    if printed:
        words = read_words(panel, _without(free, printed), legend_box)
        words.used.extend(printed)
    name_directly(traces, [label for label in _without(free, words.used) if _near_panel(label, panel)])
    traces, trends = without_trends(traces)
    name_rest(traces, words, sideways=_sideways(traces))
    box = figure_box(panel, words, legend_box, page)
    axes = _axis_records(panel, words)
    flags = chart_flags(panel, len(ink.full_lines) + trends, left_over)
    flags += [*path_flags(traces), *gap_flags(traces, panel)]
    flags += category_flags(panel, _without(free, [*words.used, *printed]), page)
    refused = ExactFigure(box=box, chart=None, axes=axes, title=words.title, caption=words.caption)
    if not traces:
        reason = Flag(code="no_marks", message="Axes were found, but no bars, lines or points that could be read.")
        return replace(refused, flags=(*flags, reason))
    snap = snap_groups(traces, panel.y if traces[0].kind == "hbar" else panel.x)
    traces = _in_order(traces, entries)
    units = {"y": axes["x" if _sideways(traces) else "y"].unit, "y2": axes["y2"].unit if "y2" in axes else ""}
    series = [judged(series_of(trace, panel, snap)) for trace in traces]
    series = [one.model_copy(update={"unit": units[one.axis]}) for one in series]
    confidence = confidence_of(series, flags)
    if confidence < REFUSE_BELOW:
        return replace(refused, flags=tuple(flags), confidence=confidence)
    drawn = tuple(tuple((float(px), float(py)) for px, py in trace.places) for trace in traces)
    columns, rows = table(series, words.x if not _sideways(traces) else words.y)
    columns[0] = columns[0] or ("category" if not (panel.y if _sideways(traces) else panel.x).scale.numeric else "x")
    x, y = axes["x"], axes["y"]
    chart = Chart(
        type=_type(traces, panel),
        title=words.title,
        caption=words.caption,
        x=y if _sideways(traces) else x,
        y=x if _sideways(traces) else y,
        y2=axes.get("y2"),
        columns=columns,
        rows=rows,
        series=series,
        read_by="exact",
        confidence=confidence,
        flags=flags,
    )
    unmatched = tuple(entry.label.text for entry in left_over)
    return replace(refused, chart=chart, confidence=confidence, drawn=drawn, unmatched=unmatched)


def _free(panel: Panel, labels: Sequence[Label]) -> list[Label]:
    """The labels that are no tick labels."""
    rows = [axis.row for axis in (panel.x, panel.y, panel.y2) if axis]
    ticks = {id(label) for row in rows for label in (*(label for _, label in row.ticks), *row.more)}
    return [label for label in labels if id(label) not in ticks]


def _without(labels: Sequence[Label], taken: Sequence[Label]) -> list[Label]:
    known = {id(label) for label in taken}
    return [label for label in labels if id(label) not in known]


def _at_marks(ink: Ink, panel: Panel, labels: Sequence[Label]) -> list[Label]:
    """The labels that are the values of the marks they stand beside, and so no names in a legend."""
    traces = _traces(ink, panel, has_legend=False)
    attach_printed(traces, panel, _free(panel, labels))
    return [printed.label for trace in traces for printed in trace.printed.values()]


def _with_legend(panel: Panel, ink: Ink, labels: Sequence[Label]) -> tuple[Panel, list[Entry], set[int]]:
    """The legend, and the panel without a second axis that was only the legend's own column of numbers."""
    if panel.y2 is not None and panel.y2.row.kind == "label":
        alone = replace(panel, y2=None)
        entries, ids = find_legend(ink, panel.box, _free(alone, labels))
        column = {id(label) for _, label in panel.y2.row.ticks}
        if any(id(entry.label) in column for entry in entries):
            return alone, entries, ids
    return panel, *find_legend(ink, panel.box, _free(panel, labels))


def _traces(ink: Ink, panel: Panel, *, has_legend: bool) -> list[Trace]:
    """All series of a panel, in drawing order."""
    marks = sort_marks(ink, panel)
    lines, short = line_traces(marks.strokes, panel, ink.spread, ink.background)
    sets = marker_sets(marks.markers, ink.background)
    areas = area_traces(marks.outlines, panel, lines)
    traces = without_outlines(areas, attach_markers(lines, sets))
    tell_steps(traces)
    lonely = not (lines or sets or areas)
    bars = bar_traces(marks.bars, panel, has_legend=has_legend, lonely=lonely)
    traces = without_base_line(traces, bars) + areas + bars
    attach_error_bars([trace for trace in traces if trace.kind != "area"], short)
    traces = without_stems(traces)
    flag_unread(traces, marks.outlines, panel)
    flag_simplified(traces)
    flag_doubtful(traces, panel)
    return sorted(_with_values(traces, panel), key=lambda trace: trace.order)


def _with_values(traces: Sequence[Trace], panel: Panel) -> list[Trace]:
    """The series whose value axis has values; points over a vertical axis of names are read along the other."""
    if panel.y.scale.numeric:
        return list(traces)
    for trace in traces:
        if trace.kind == "scatter" and panel.x.scale.numeric:
            trace.kind = "hbar"
    return [trace for trace in traces if trace.kind == "hbar"]


def box_of(entries: Sequence[Entry]) -> Box | None:
    """The box of a legend; None without entries."""
    boxes = [box for entry in entries for box in (entry.label.box, *(shape.box for shape in entry.shapes))]
    if not boxes:
        return None
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def _near_panel(label: Label, panel: Panel) -> bool:
    x0, y0, x1, y1 = panel.box
    return x0 - 5 < label.cx < x1 + 0.4 * panel.width and y0 - 5 < label.cy < y1 + 5


def _with_offsets(panel: Panel, words: Words) -> Panel:
    def shifted(axis: Axis, offset: tuple[float, float] | None) -> Axis:
        if offset is None or axis.scale.kind != "linear":
            return axis
        return replace(
            axis, scale=replace(axis.scale, factor=offset[0], shift=offset[1], step=axis.scale.step * offset[0])
        )

    y2 = shifted(panel.y2, words.offset_y2) if panel.y2 is not None else None
    return replace(panel, x=shifted(panel.x, words.offset_x), y=shifted(panel.y, words.offset_y), y2=y2)


def _tell_second(traces: Sequence[Trace], panel: Panel) -> None:
    """Decide which series stand against the second axis: by drawing order, by colour, else lines over bars."""
    assert panel.y2 is not None  # noqa: S101 - the caller checked
    second_colours = {label.colour for _, label in panel.y2.row.ticks}
    first_colours = {label.colour for _, label in panel.y.row.ticks}
    coloured = second_colours != first_colours
    start, end = panel.y2.row.first_order, panel.y2.row.last_order
    late = any(trace.order > end for trace in traces)
    both = {trace.kind in {"bar", "hbar", "area"} for trace in traces} == {True, False}
    for trace in traces:
        trace.flags["second_axis"] = "The chart has two vertical axes; which one this series belongs to was inferred."
        if coloured and trace.colour in second_colours:
            trace.second = True
        elif coloured and trace.colour in first_colours:
            trace.second = False
        elif both:
            trace.second = trace.kind not in {"bar", "hbar", "area"}
        elif start >= 0 and panel.y.row.last_order >= 0:
            # Ticks are drawn before all series of their axis, or after them: never both in one chart.
            trace.second = trace.order > (start if late else panel.y.row.last_order)
    if len(traces) > 1 and not any(trace.second for trace in traces):
        last = max(traces, key=lambda trace: trace.order)
        last.second = True


def _sideways(traces: Sequence[Trace]) -> bool:
    return bool(traces) and all(trace.kind == "hbar" for trace in traces)


def _in_order(traces: Sequence[Trace], entries: Sequence[Entry]) -> list[Trace]:
    """Series in the order of the legend, those it does not name last."""
    place = {entry.label.text: k for k, entry in enumerate(entries)}
    return sorted(traces, key=lambda trace: (place.get(trace.name, len(place)), trace.order))


def _type(traces: Sequence[Trace], panel: Panel) -> str:
    kinds = {trace.kind for trace in traces}
    bars = [trace for trace in traces if trace.kind in {"bar", "hbar"}]
    if bars and kinds & {"line", "step"}:
        return "bar_line"
    if bars:
        if len(bars) > 1 and _stacked(bars):
            return "bar_stacked"
        return "histogram" if _touching(bars[0], panel) else "bar"
    if "area" in kinds:
        return "area"
    return "scatter" if kinds == {"scatter"} else "line"


def _stacked(bars: Sequence[Trace]) -> bool:
    column = 1 if bars[0].kind == "hbar" else 0
    first = {round(float(p)) for p in bars[0].places[:, column]}
    return any(round(float(p)) in first for p in bars[1].places[:, column])


def _touching(trace: Trace, panel: Panel) -> bool:
    """Whether the bars of a numeric axis stand wall to wall, as bins do."""
    if trace.kind == "hbar" or panel.x.scale.kind != "linear" or len(trace.places) < 4:
        return False
    ticks = [place for place, _ in panel.x.row.ticks]
    at_ticks = np.mean([min(abs(p - t) for t in ticks) < 1 for p in trace.places[:, 0]])
    gaps = np.diff(trace.places[:, 0])
    return bool(at_ticks < 0.8 and np.ptp(gaps) < 0.2 and trace.breadth > 0.98 * np.median(gaps) - 0.6)


def _axis_records(panel: Panel, words: Words) -> dict[AxisName, AxisRecord]:
    x0, y0, x1, y1 = panel.box
    records: dict[AxisName, AxisRecord] = {
        "x": _axis_record(panel.x.scale, words.x, x0, x1),
        "y": _axis_record(panel.y.scale, words.y, y1, y0),
    }
    if panel.y2 is not None:
        records["y2"] = _axis_record(panel.y2.scale, words.y2, y1, y0)
    return records


def _axis_record(scale: Scale, title: str, start: float, end: float) -> AxisRecord:
    unit = unit_of(title) or scale.unit
    if not scale.numeric:
        return AxisRecord(label=title, unit=unit, scale=scale.kind)
    ends = np.array([start, end], dtype=float)
    values = scale.values(ends)
    low, high = sorted(tidy(values, np.abs(scale.values(ends + PRECISION) - values) + 1e-15))
    middle = (start + end) / 2
    return AxisRecord(
        label=title,
        unit=unit,
        scale=scale.kind,
        minimum=float(low),
        maximum=float(high),
        residual=float(f"{scale.resolution(middle, scale.residual):.3g}"),
        resolution=float(f"{scale.resolution(middle, PRECISION):.3g}"),
    )
