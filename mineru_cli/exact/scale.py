"""From tick positions and their labels to a scale: what value a place on an axis has.

Comes in: positions in points and the texts printed at them. Goes out: `Scale`, or None where the texts are no axis.
Knows nothing of pages or marks.

The line through the ticks is a Theil-Sen estimate (the median of the slopes of all pairs; Sen 1968), refined by
least squares over the ticks that agree with it, so one misread label moves nothing.
"""

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mineru_cli.exact.dates import full_years, quarters, readings
from mineru_cli.exact.numerals import common_unit, read_numbers, separator_guessed
from mineru_cli.schema import Scale as ScaleKind

Floats = NDArray[np.float64]

GOOD: Final = 0.02  # share of the span: a worse fit is no scale
_FEWEST_MIRRORED: Final = 5  # ticks
_FEWEST_EVEN: Final = 4  # ticks
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)  # what axes are divided by
_DECADE: Final = 8.0
_UNDECIDED: Final = 0.1  # points: two readings of dates that fit alike
_SUFFIX: Final = re.compile(r"(?<=\d)\s?(?:k|K|m|M|mn|bn|B|tn)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What an axis says. ``slope`` and ``origin`` give value (its log10, or days) = slope * position + origin.

    ``residual`` is the largest distance in points of a believed tick from where the fit puts it. ``ticks`` counts the
    believed ticks, ``rejected`` the labels that disagree. ``factor`` and ``shift`` come from an offset text such
    as ``1e6``. ``date_format`` is set for dates printed without a year. ``categories`` are (position, text) of a
    category axis. ``step`` is the value between two ticks. ``estimated`` says that positions are those of the labels,
    not of tick marks. ``grain`` is how coarsely the program placed its ticks, in points; ``drift`` how far it may have
    moved them with nothing that tells, in points. ``measured`` says that values printed at bars are the scale,
    ``in_order`` that names were given to marks by their order alone, ``separator`` that points in numbers were guessed
    to part thousands, ``mirrored`` that values count up both ways from zero.
    """

    kind: ScaleKind
    slope: float = 0.0
    origin: float = 0.0
    residual: float = 0.0
    ticks: int = 0
    rejected: int = 0
    factor: float = 1.0
    shift: float = 0.0
    unit: str = ""
    step: float = 0.0
    categories: tuple[tuple[float, str], ...] = ()
    date_format: str = ""
    estimated: bool = False
    grain: float = 0.0
    drift: float = 0.0
    measured: bool = False
    in_order: bool = False
    separator: bool = False
    mirrored: bool = False

    @property
    def numeric(self) -> bool:
        """Whether places have values."""
        return self.kind != "category"

    def values(self, positions: Floats) -> Floats:
        """The values at positions, days since 0001-01-01 for dates."""
        linear = self.slope * np.asarray(positions, dtype=float) + self.origin
        if self.kind == "log":
            return np.asarray(self.factor * 10.0 ** np.clip(linear, -300, 300), dtype=float)
        if self.kind == "linear":
            return np.asarray(linear * self.factor + self.shift, dtype=float)
        return np.asarray(linear, dtype=float)

    def value(self, position: float) -> float:
        """The value at one position."""
        return float(self.values(np.array([position]))[0])

    def position(self, value: float) -> float:
        """Where a value stands; nan where it stands nowhere."""
        if not self.slope or (self.kind == "log" and value <= 0):
            return float("nan")
        plain = np.log10(value / self.factor) if self.kind == "log" else (value - self.shift) / self.factor
        return float((plain - self.origin) / self.slope)

    def category(self, position: float) -> tuple[str, float]:
        """The nearest category's text and how far away it stands, in points."""
        distance, text = min((abs(place - position), text) for place, text in self.categories)
        return text, distance

    def resolution(self, position: float, points: float = 0.005) -> float:
        """What a shift of so many points changes in the value."""
        return abs(self.value(position + points) - self.value(position))


def fit_scale(positions: Sequence[float], texts: Sequence[str]) -> Scale | None:
    """Read a scale from tick positions (points) and their labels.

    Linear, log and date are tried in that order and the best that agrees with nearly all labels wins. Labels
    that are no numbers make a category axis. None: numbers that agree with no scale, or fewer than two ticks.
    """
    if len(positions) < 2 or max(positions) - min(positions) < 1:
        return None
    place = np.asarray(positions, dtype=float)
    texts = full_years(texts)
    numbers = read_numbers(texts)
    known = [i for i, number in enumerate(numbers) if number is not None]
    if len(known) >= 2 and len(known) >= 0.6 * len(texts):
        printed = [texts[i] for i in known]
        found = []
        for read in (printed, _with_common_suffix(printed)):
            scale = _numeric(place[known], np.array(read_numbers(read), dtype=float), read)
            if scale is not None:
                rejected = scale.rejected + len(texts) - len(known)
                guessed = separator_guessed(read)
                found.append(replace(scale, unit=common_unit(read), rejected=rejected, separator=guessed))
        mirrored = _mirrored(place[known], [texts[i] for i in known]) if not found else None
        if mirrored is not None:
            return mirrored
        if found:
            return min(found, key=lambda scale: scale.rejected)
    dated = _dated(place, texts)
    if dated is not None:
        return dated
    if len(known) == len(texts) and len(texts) > 2 and not _plausible_categories(texts):
        return None
    order = np.argsort(place, kind="stable")
    return Scale(kind="category", ticks=len(texts), categories=tuple((float(place[i]), texts[i]) for i in order))


def _mirrored(place: Floats, texts: Sequence[str]) -> Scale | None:
    """The scale of an axis that counts up both ways from zero, as under the two halves of a population pyramid."""
    order = np.argsort(place)
    values = np.array(read_numbers(texts), dtype=float)[order]
    zeros = np.flatnonzero(values == 0)
    if len(values) < _FEWEST_MIRRORED or len(zeros) != 1 or not 1 < zeros[0] < len(values) - 2 or values.min() < 0:
        return None
    signed = np.where(np.arange(len(values)) < zeros[0], -values, values)
    scale = _numeric(place[order], signed, [texts[k] for k in order])
    return None if scale is None or scale.rejected or scale.kind != "linear" else replace(scale, mirrored=True)


def _with_common_suffix(texts: Sequence[str]) -> list[str]:
    """Labels of which one alone says thousand, million or billion, for all: ``0  50  100m``."""
    ends = [_SUFFIX.search(text.strip()) for text in texts]
    said = [match[0] for match in ends if match]
    plain = all(match or re.search(r"\d$", text.strip()) for text, match in zip(texts, ends, strict=True))
    if len(texts) < 3 or len(said) != 1 or not plain:
        return list(texts)
    return [text if match else f"{text.strip()}{said[0]}" for text, match in zip(texts, ends, strict=True)]


def _plausible_categories(texts: Sequence[str]) -> bool:
    """Whether numbers may be names (years, sizes): short whole numbers, none twice."""
    return len(set(texts)) == len(texts) and all(re.fullmatch(r"\d{1,4}", text.strip()) for text in texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    slope: float
    origin: float
    residual: float
    agree: int


def _line(place: Floats, values: Floats) -> _Line | None:
    """The robust line value = slope * place + origin; residual in points."""
    if len(place) < 2 or np.ptp(values) == 0 or np.ptp(place) == 0:
        return None
    first, second = np.triu_indices(len(place), 1)
    run, rise = place[second] - place[first], values[second] - values[first]
    usable = np.abs(rise) > 0
    points_per_value = float(np.median(run[usable] / rise[usable]))
    if points_per_value == 0:
        return None
    start = float(np.median(place - points_per_value * values))
    off = np.abs(place - points_per_value * values - start)
    agree = off <= max(3 * float(np.median(off)), 0.4) + 0.004 * float(np.ptp(place))
    if agree.sum() < 2 or np.ptp(values[agree]) == 0:
        return None
    points_per_value, start = np.polyfit(values[agree], place[agree], 1)
    if points_per_value == 0:
        return None
    off = np.abs(place[agree] - points_per_value * values[agree] - start)
    return _Line(
        slope=1 / float(points_per_value),
        origin=-float(start) / float(points_per_value),
        residual=float(off.max()),
        agree=int(agree.sum()),
    )


def _numeric(place: Floats, values: Floats, texts: Sequence[str]) -> Scale | None:
    span = float(np.ptp(place))
    if span == 0:
        return None
    powers = all("^" in text for text in texts)
    found: list[tuple[int, float, ScaleKind, _Line]] = []
    plain = _line(place, values)
    if plain is not None and not (powers and len(texts) > 2):
        found.append((len(texts) - plain.agree, plain.residual / span, "linear", plain))
    if values.min() > 0:
        log = _line(place, np.log10(values))
        spread = float(values.max() / values.min())
        if log is not None and (len(texts) > 2 or powers or spread >= 100):
            # Numbers close together lie nearly as well on the one as on the other: then they are linear.
            handicap = 0.0 if powers else 2e-4 if spread >= _DECADE else GOOD
            found.append((len(texts) - log.agree, log.residual / span + handicap, "log", log))
    found.sort(key=lambda item: item[:2])
    for missed, residual, kind, line in found:
        if missed <= max(1, 0.25 * len(texts)) and residual < 2 * GOOD and line.agree >= 2:
            if line.agree < 3 and missed:
                continue
            step = float(np.median(np.abs(np.diff(np.sort(values)))))
            scale = Scale(
                kind=kind,
                slope=line.slope,
                origin=line.origin,
                residual=line.residual,
                ticks=line.agree,
                rejected=missed,
                step=step,
            )
            straight = replace(scale, kind="linear", residual=plain.residual) if plain is not None else scale
            return _years_as_dates(place, values, scale) or _unrounded(place, values, texts, straight) or scale
    return None


def _unrounded(place: Floats, values: Floats, texts: Sequence[str], scale: Scale) -> Scale | None:
    """The scale of even ticks whose labels print too few digits: 0.3, 0.5, 0.8, 1.0 for a step of 0.25."""
    order = np.argsort(values, kind="stable")
    ticks, printed = place[order], values[order]
    steps = np.diff(ticks)
    even = len(ticks) >= _FEWEST_EVEN and float(np.ptp(steps)) < 0.01 * abs(float(np.mean(steps)))
    if scale.kind != "linear" or not even or scale.residual < 0.02 * abs(float(np.mean(steps))):
        return None
    unit = 10.0 ** -max(len(text.strip().rstrip("%").partition(".")[2]) for text in texts)
    rough = float(printed[-1] - printed[0]) / (len(printed) - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (power * share for share in _STEPS):
        exact = np.asarray(step * (np.round(printed[0] / step) + np.arange(len(printed))), dtype=float)
        line = _line(ticks, exact) if np.all(np.abs(exact - printed) <= 0.5 * unit * (1 + 1e-6)) else None
        if line is not None:
            return replace(scale, slope=line.slope, origin=line.origin, residual=line.residual, step=step)
    return None


def _years_as_dates(place: Floats, values: Floats, scale: Scale) -> Scale | None:
    """Years whose ticks stand a leap day apart belong to a date axis, not to a linear one."""
    years = np.all((values >= 1700) & (values <= 2200) & (values == np.round(values)))
    if scale.kind != "linear" or scale.rejected or not years or len(values) < 3:
        return None
    days = np.array([dt.date(int(year), 1, 1).toordinal() for year in values], dtype=float)
    line = _line(place, days)
    if line is None or line.agree < len(values) or scale.residual < 0.01 or line.residual > scale.residual / 5:
        return None
    return replace(scale, kind="date", slope=line.slope, origin=line.origin, residual=line.residual, step=365.25)


def _dated(place: Floats, texts: Sequence[str]) -> Scale | None:
    """The one scale of dates that fits; None where there is none, or where two readings fit alike."""
    scales = date_scales(place, texts)
    if not scales or (len(scales) > 1 and scales[1].residual < scales[0].residual + _UNDECIDED):
        return None
    return scales[0]


def date_scales(positions: Floats, texts: Sequence[str]) -> list[Scale]:
    """All scales of dates that texts at positions may stand for, best fit first."""
    order = np.argsort(positions, kind="stable")
    place = positions[order]
    found = [_date_line(place, days, form) for days, form in readings([texts[k] for k in order])]
    return sorted((scale for scale in found if scale is not None), key=lambda scale: scale.residual)


def quarter_scales(positions: Floats, texts: Sequence[str]) -> list[Scale]:
    """The scale of dates that the names of quarters at positions stand for, if they do."""
    scale = _date_line(positions, quarters(texts), "")
    return [] if scale is None else [scale]


def _date_line(place: Floats, read: Sequence[float | None], form: str) -> Scale | None:
    """The scale of days at places; None unless all that were read agree."""
    known = [i for i, days in enumerate(read) if days is not None]
    values = np.array([read[i] for i in known], dtype=float)
    line = _line(place[known], values) if known else None
    if line is None or line.agree < len(known) or line.residual / np.ptp(place[known]) > GOOD:
        return None
    return Scale(
        kind="date",
        slope=line.slope,
        origin=line.origin,
        residual=line.residual,
        ticks=line.agree,
        rejected=len(read) - len(known),
        step=float(np.median(np.diff(np.sort(values)))),
        date_format=form,
    )


def years_as_dates(scale: Scale) -> Scale:
    """A linear scale of years as a date scale: each year's first day stands where the year stood."""
    start = dt.date(2000, 1, 1).toordinal()
    per_year = 365.2425
    return replace(
        scale,
        kind="date",
        slope=scale.slope * per_year,
        origin=start + (scale.origin - 2000) * per_year,
        residual=max(scale.residual, abs(1 / (scale.slope * per_year))),
        step=max(1.0, scale.step) * 365.0,
    )
