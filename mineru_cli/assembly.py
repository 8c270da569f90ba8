"""A document in the making: pages and answers come in any order, one `Document` goes out.

Comes in: page records, crops and replies. Goes out: the record that is written. Knows nothing of engines at work, of
queues or of files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mineru_cli.calibration import exact_with_confidence, model_with_confidence
from mineru_cli.engines.base import Reply, Task
from mineru_cli.errors import ItemError
from mineru_cli.pages.types import Crop
from mineru_cli.reply import certainty_of, mark_printed, parse_reply, parse_table
from mineru_cli.schema import (
    Answer,
    Axis,
    AxisName,
    Chart,
    Document,
    Failure,
    Figure,
    Flag,
    Page,
    SourceRecord,
    Status,
    Table,
)

_STOPPED = {
    "length": Flag(code="cut", message="The answer reached the token limit: rows at the end may be missing."),
    "repetition": Flag(code="looped", message="The answer went round in circles and was stopped: check the last rows."),
    "time": Flag(code="time_limit", message="The answer took too long and was stopped: rows may be missing."),
}
_NOT_READ = Flag(
    code="not_read", message="It could not be read from the drawing itself, and --engine exact asks no model."
)


@dataclass(slots=True, kw_only=True)
class Assembly:
    """Everything known so far about one input. ``name`` is its place in the output folder."""

    name: str
    source: SourceRecord
    page_count: int = 0
    same_as: str | None = None
    fingerprint: str = ""
    pages: list[Page] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def new_figure(
        self, crop: Crop, *, figure_id: str, picture: str | None, table: str | None, flags: tuple[Flag, ...]
    ) -> None:
        """List a crop as a figure that is not read yet."""
        self.figures[figure_id] = Figure(
            id=figure_id,
            page=crop.page,
            kind=crop.kind,
            box=crop.box,
            unit=crop.unit,
            dpi=crop.dpi,
            pixels=crop.pixels,
            caption=crop.caption,
            crop=picture,
            csv=table,
            steps=list(crop.steps),
            axes=dict(crop.axes),
            flags=[*crop.flags, *flags],
        )

    def next_id(self, crop: Crop) -> str:
        """``p003-f1``: the page, then the order on it; tables count apart."""
        letter = "t" if crop.kind == "table" else "f"
        before = sum(1 for figure in self.figures.values() if (figure.page, figure.kind) == (crop.page, crop.kind))
        return f"p{crop.page:03d}-{letter}{before + 1}"

    def read_exactly(self, figure_id: str, chart: Chart) -> None:
        """Take a chart that geometry read."""
        figure = self.figures[figure_id]
        chart = exact_with_confidence(chart.model_copy(update={"caption": figure.caption}))
        self.figures[figure_id] = _without_empty_csv(figure.model_copy(update={"chart": chart}))

    def leave_unread(self, figure_id: str) -> None:
        """List a figure as one that nobody was asked about."""
        figure = self.figures[figure_id]
        self.figures[figure_id] = figure.model_copy(update={"csv": None, "flags": [*figure.flags, _NOT_READ]})

    def answer(self, figure_id: str, reply: Reply, task: Task, printed: tuple[str, ...] | None) -> None:
        """Take the answer about a figure."""
        figure = self.figures[figure_id]
        doubts = [*figure.flags, *reply.flags]
        if reply.stop != "end":
            doubts.append(_STOPPED[reply.stop])
        answer = Answer(
            task=task.value,
            stop=reply.stop,
            tokens=reply.tokens,
            seconds=round(reply.seconds, 3),
            precision=reply.precision,
            rung=reply.rung,
            hesitations=None if reply.hesitations is None else dict(reply.hesitations),
        )
        content: dict[str, object]
        if task is Task.TABLE:
            content = {"table": parse_table(reply.text)}
        else:
            chart = parse_reply(reply.text, cut=reply.stop != "end")
            chart = chart.model_copy(update={"caption": figure.caption, "read_by": reply.read_by})
            if printed is not None:
                chart = mark_printed(chart, printed)
            if reply.hesitations is not None:
                certainty = certainty_of(chart, reply.hesitations, tokens=reply.tokens)
                answer = answer.model_copy(update={"certainty": certainty.overall})
                if reply.calibration is not None:
                    chart = model_with_confidence(chart, certainty, reply.calibration)
            doubts += off_axis(chart, figure.axes)
            content = {"chart": chart, "kind": "other" if _is_no_chart(chart) else "chart"}
        self.figures[figure_id] = _without_empty_csv(
            figure.model_copy(update={**content, "answer": answer, "flags": doubts})
        )

    def fail(self, problem: Failure | ItemError, *, page: int | None = None, figure: str | None = None) -> Failure:
        """Record what could not be read."""
        failure = Failure(
            code=problem.code,
            message=problem.message,
            cure=problem.cure,
            document=self.name,
            page=page,
            figure=figure,
        )
        self.failures.append(failure)
        return failure

    def build(self) -> Document:
        """The record, its figures in page order."""
        order = sorted(self.figures.values(), key=lambda figure: (figure.page, figure.kind == "table"))
        return Document(
            name=self.name,
            source=self.source,
            status=self._status(),
            same_as=self.same_as,
            fingerprint=self.fingerprint,
            page_count=self.page_count,
            pages=sorted(self.pages, key=lambda page: page.number),
            figures=order,
            failures=self.failures,
        )

    def _status(self) -> Status:
        if self.same_as is not None:
            return "duplicate"
        if not self.failures:
            return "done"
        read = any(figure.chart or figure.table for figure in self.figures.values())
        whole_pages = {page.number for page in self.pages} - {failure.page for failure in self.failures}
        return "partial" if read or whole_pages else "failed"


def off_axis(chart: Chart, axes: Mapping[AxisName, Axis]) -> list[Flag]:
    """Doubt values that lie beyond the ends of a value axis whose scale the PDF itself tells."""
    ends = [(axis.minimum, axis.maximum) for axis in axes.values() if axis.scale in {"linear", "log"}]
    if not ends or any(low is None or high is None for low, high in ends):
        return []
    low, high = min(low for low, _ in ends if low is not None), max(high for _, high in ends if high is not None)
    margin = 0.02 * (high - low)
    values = [point.y for series in chart.series for point in series.points if point.y is not None]
    beyond = [value for value in values if not low - margin <= value <= high + margin]
    if not beyond or chart.type == "bar_stacked":
        return []
    return [
        Flag(
            code="off_axis",
            message=f"{len(beyond)} of {len(values)} values lie beyond the axes of the drawing, as {beyond[0]:g} does.",
        )
    ]


def _is_no_chart(chart: Chart) -> bool:
    return any(flag.code == "not_a_chart" for flag in chart.flags)


def _without_empty_csv(figure: Figure) -> Figure:
    """A figure without rows gets no CSV."""
    table: Chart | Table | None = figure.chart or figure.table
    return figure if table is not None and table.rows else figure.model_copy(update={"csv": None})
