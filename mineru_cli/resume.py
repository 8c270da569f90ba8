"""What an earlier run left, and what of it is kept.

Comes in: a document as it was written. Goes out: whether to keep it, or the same with the model's answers taken apart
anew. Knows nothing of files.
"""

from dataclasses import dataclass

from mineru_cli.calibration import Calibration, model_with_confidence, with_confidence
from mineru_cli.reply import certainty_of, mark_printed, parse_reply, parse_table
from mineru_cli.schema import Document, Figure, Series

# What has nothing to do with the input: it is tried again whenever it can be.
_NOT_ITS_FAULT = frozenset({"engine_unavailable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Which finished documents are kept: none with ``force``, none with failures with ``retry_failed``.

    ``calibration`` is what confidence is reckoned by where stored answers are taken apart anew with ``reparse``.
    """

    force: bool = False
    retry_failed: bool = False
    reparse: bool = False
    calibration: Calibration | None = None

    def is_kept(self, earlier: Document, *, fingerprint: str, same_as: str | None) -> bool:
        """Whether a document of the same bytes need not be read again."""
        if self.force or earlier.fingerprint != fingerprint or earlier.same_as != same_as:
            return False
        if any(failure.code in _NOT_ITS_FAULT for failure in earlier.failures):
            return False
        return not (self.retry_failed and earlier.failures)


def reparsed(document: Document, *, fingerprint: str, calibration: Calibration | None = None) -> Document:
    """Take the model's stored answers apart again, as after an upgrade; nothing is asked, nothing rendered.

    Confidence is reckoned anew by ``calibration``. Without, a series keeps it where its numbers are what they were, and
    loses it where they are not.
    """
    figures = [_reparsed(figure, calibration) for figure in document.figures]
    return document.model_copy(update={"figures": figures, "fingerprint": fingerprint})


def _reparsed(figure: Figure, calibration: Calibration | None) -> Figure:
    cut = figure.answer is not None and figure.answer.stop != "end"
    if figure.table is not None:
        return figure.model_copy(update={"table": parse_table(figure.table.raw)})
    old = figure.chart
    if old is None or old.read_by == "exact":
        return figure
    chart = parse_reply(old.raw, cut=cut).model_copy(update={"caption": old.caption, "read_by": old.read_by})
    points = [point for series in old.series for point in series.points]
    if any(point.printed is not None for point in points):
        chart = mark_printed(chart, [point.raw for point in points if point.printed])
    answer = figure.answer
    if answer is None or answer.hesitations is None:
        return figure.model_copy(update={"chart": chart})
    certainty = certainty_of(chart, answer.hesitations, tokens=answer.tokens)
    answer = answer.model_copy(update={"certainty": certainty.overall})
    if calibration is not None:
        chart = model_with_confidence(chart, certainty, calibration)
    elif old.confidence is not None:
        before = {_numbers(one): one.confidence for one in old.series}
        chart = with_confidence(chart, [before.get(_numbers(one)) for one in chart.series])
    return figure.model_copy(update={"chart": chart, "answer": answer})


def _numbers(series: Series) -> tuple[str | int | float | None, ...]:
    return (series.name, *(part for point in series.points for part in (point.x, point.y)))
