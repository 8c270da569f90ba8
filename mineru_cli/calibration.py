"""From how sure a reader is to how often it is right: ``confidence``, as it is written.

Comes in: a chart, and how sure its reader was of each series. Goes out: the chart with the share of numbers that were
right on charts of known truth, wherever the reader had been as sure; and a flag where that share is small. Knows
nothing of how the reader works. `benchmarks/calibrate.py` makes the files.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mineru_cli.errors import UsageError
from mineru_cli.reply.certainty import Certainty
from mineru_cli.schema import Chart, Flag, Probability, Series

FILE_NAME: Final = "calibration.json"
"""What it is called beside the weights it belongs to."""
UNSURE_BELOW: Final = 0.8
"""A chart, or a series of a surer chart, is flagged when fewer of its numbers than this can be expected to be right."""

_EXACT: Final = Path(__file__).parent / "exact" / FILE_NAME


class Fit(BaseModel):
    """What a calibration was made from: for people."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: str
    charts: int
    numbers: int
    data: list[str]


class Calibration(BaseModel):
    """A rising curve from signs of certainty to the share of numbers that were right.

    ``weights`` are of the signs, whose weighted sum is the score; ``knots`` are points of the curve by rising score: it
    is straight between them and level beyond. ``tolerance`` is what right means: off by no more than this share of
    the axis range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["mineru-extract/calibration/1"] = "mineru-extract/calibration/1"
    reader: str
    tolerance: float
    weights: list[float]
    knots: list[tuple[float, Probability]] = Field(min_length=1)
    fit: Fit

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """From its file.

        Raises
        ------
        UsageError
            When it cannot be read or is none.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise UsageError(f"{path} cannot be read ({error.strerror})", cure="Give a file that is there") from error
        except ValidationError as error:
            raise UsageError(f"{path} is no calibration", cure="Make one: benchmarks/calibrate.py fit") from error

    def confidence(self, signs: Sequence[float]) -> float:
        """The share of numbers that can be expected to be right, where a reader shows these signs of certainty."""
        score = sum(weight * sign for weight, sign in zip(self.weights, signs, strict=True))
        at = bisect_left(self.knots, score, key=lambda knot: knot[0])
        if at in {0, len(self.knots)}:
            return round(self.knots[max(0, at - 1)][1], 2)
        (left, low), (right, high) = self.knots[at - 1 : at + 1]
        return round(low + (high - low) * (score - left) / (right - left), 2)


def calibration_of(chosen: str | None, weights: Path | None = None) -> Calibration | None:
    """The calibration of a model: the file chosen, or the one beside its weights; None where there is none.

    Raises
    ------
    UsageError
        When the file cannot be read or is none.
    """
    if chosen is not None:
        return Calibration.read(Path(chosen))
    beside = None if weights is None else weights / FILE_NAME
    return None if beside is None or not beside.is_file() else Calibration.read(beside)


def with_confidence(chart: Chart, confidences: Sequence[float | None]) -> Chart:
    """The chart with a confidence for each series, for itself the mean over its numbers, and flags where it is low."""
    series = [
        one.model_copy(update={"confidence": confidence})
        for one, confidence in zip(chart.series, confidences, strict=True)
    ]
    counts = [(_numbers(one), one.confidence) for one in series]
    whole = sum(count for count, _ in counts)
    known = whole and all(confidence is not None for count, confidence in counts if count)
    overall = round(sum(count * (confidence or 0.0) for count, confidence in counts) / whole, 2) if known else None
    flags = list(chart.flags)
    if overall is not None and overall < UNSURE_BELOW:
        flags.append(_unsure("chart", overall))
    else:
        series = [_doubted(one) for one in series]
    return chart.model_copy(update={"series": series, "confidence": overall, "flags": flags})


def model_with_confidence(chart: Chart, certainty: Certainty, calibration: Calibration) -> Chart:
    """A chart that a model read, with what its certainty is worth."""
    known = [None if one is None else calibration.confidence([one, certainty.answer]) for one in certainty.numbers]
    return with_confidence(chart, known)


def exact_with_confidence(chart: Chart) -> Chart:
    """A chart read from its drawing, whose confidences are 1 less what its doubts cost, with what they are worth."""
    if chart.confidence is None:
        return chart
    curve = _exact_calibration()
    return with_confidence(chart, [curve.confidence([sign]) for sign in exact_signs(chart)])


def exact_signs(chart: Chart) -> list[float]:
    """What the reader of vector charts itself says of each series, the doubts about the chart as a whole taken off."""
    own = [one.confidence or 0.0 for one in chart.series]
    shared = min(own, default=0.0) - (chart.confidence or 0.0)
    return [one - shared for one in own]


def _doubted(series: Series) -> Series:
    if series.confidence is None or series.confidence >= UNSURE_BELOW:
        return series
    return series.model_copy(update={"flags": [*series.flags, _unsure("series", series.confidence)]})


def _unsure(what: str, confidence: float) -> Flag:
    share = f"about {10 * confidence:.0f} of 10" if confidence >= 0.1 else "hardly any"
    return Flag(code="unsure", message=f"Of the numbers of such a {what} {share} are right: check them.")


def _numbers(series: Series) -> int:
    return sum(point.y is not None for point in series.points)


@cache
def _exact_calibration() -> Calibration:
    return Calibration.read(_EXACT)
