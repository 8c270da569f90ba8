"""From tick positions and their labels to a scale: what value a place on an axis has.

Comes in: positions in points and the texts printed at them. Goes out: `Scale`, or None where the texts are no axis.
Knows nothing of pages or marks.

The line through the ticks is a Theil-Sen estimate (the median of the slopes of all pairs; Sen 1968), refined by
least squares over the ticks that agree with it, so one misread label moves nothing.
"""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mineru_cli.numbers import decimal_comma_proven, parse_number
from mineru_cli.schema import Scale as ScaleKind

Floats = NDArray[np.float64]

GOOD: Final = 0.02  # share of the span: a worse fit is no scale
_DECADE: Final = 8.0
_DATE_FORMATS: Final = (
    "%Y-%m-%d", "%Y-%m", "%Y/%m/%d", "%Y/%m", "%d.%m.%Y", "%m/%Y", "%b %Y", "%B %Y", "%b-%y", "%b-%Y", "%b '%y",
    "%b %y", "%d %b %Y", "%b %d, %Y", "%d-%b-%Y", "%d %b %y", "%Y %b", "%m/%d/%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M",
    "%b %d", "%d %b", "%m-%d", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p",
)  # fmt: skip
_YEARLESS: Final = frozenset({"%b %d", "%d %b", "%m-%d", "%H:%M", "%H:%M:%S", "%I:%M %p", "%I %p"})
_LOOKS_DATED: Final = re.compile(r"\d.*[-/.: ].*\d|[A-Za-z]{3}.*\d|\d.*[A-Za-z]{3}|\d\s*[ap]m$", re.IGNORECASE)
_LAST_DAY: Final = dt.date.max.toordinal()
_POWER: Final = re.compile(r"([\-\u2212]?)\s*(2|e)\s*\^\s*([+\-\u2212\u2013]?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What an axis says. ``slope`` and ``origin`` give value (its log10, or days) = slope * position + origin.

    ``residual`` is the largest distance in points of a believed tick from where the fit puts it. ``ticks`` counts the
    believed ticks, ``rejected`` the labels that disagree. ``factor`` and ``shift`` come from an offset text such
    as ``1e6``. ``date_format`` is set for dates printed without a year. ``categories`` are (position, text) of a
    category axis. ``step`` is the value between two ticks. ``estimated`` says that positions are those of the labels,
    not of tick marks. ``grain`` is how coarsely the program placed its ticks, in points.
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


def date_text(days: float, *, by_day: bool, form: str = "") -> str:
    """ISO 8601 text of days since 0001-01-01, to whole days or minutes; as printed where the axis names no year."""
    if by_day and not form:
        return dt.date.fromordinal(min(max(1, round(days)), _LAST_DAY)).isoformat()
    minutes = round(days * 1440)
    moment = dt.datetime.fromordinal(min(max(1, minutes // 1440), _LAST_DAY)) + dt.timedelta(minutes=minutes % 1440)
    return moment.strftime(form) if form else moment.isoformat(timespec="minutes")


def fit_scale(positions: Sequence[float], texts: Sequence[str]) -> Scale | None:
    """Read a scale from tick positions (points) and their labels.

    Linear, log and date are tried in that order and the best that agrees with nearly all labels wins. Labels
    that are no numbers make a category axis. None: numbers that agree with no scale, or fewer than two ticks.
    """
    if len(positions) < 2 or max(positions) - min(positions) < 1:
        return None
    place = np.asarray(positions, dtype=float)
    numbers = read_numbers(texts)
    known = [i for i, number in enumerate(numbers) if number is not None]
    if len(known) >= 2 and len(known) >= 0.6 * len(texts):
        values = np.array([numbers[i] for i in known], dtype=float)
        scale = _numeric(place[known], values, [texts[i] for i in known])
        if scale is not None:
            unit = _common_unit([texts[i] for i in known])
            return replace(scale, unit=unit, rejected=scale.rejected + len(texts) - len(known))
    dated = _dated(place, texts)
    if dated is not None:
        return dated
    if len(known) == len(texts) and len(texts) > 2 and not _plausible_categories(texts):
        return None
    order = np.argsort(place, kind="stable")
    return Scale(kind="category", ticks=len(texts), categories=tuple((float(place[i]), texts[i]) for i in order))


def read_numbers(texts: Sequence[str]) -> list[float | None]:
    """Tick labels as numbers, with powers of two and of e, which only axes print."""
    comma = decimal_comma_proven(list(texts))
    out: list[float | None] = []
    for text in texts:
        power = _POWER.fullmatch(text.strip())
        if power:
            exponent = float(re.sub("[\u2212\u2013]", "-", power[3]))
            out.append((-1.0 if power[1] else 1.0) * (2.0 if power[2] == "2" else float(np.e)) ** exponent)
            continue
        number = parse_number(text, decimal_comma=comma)
        out.append(None if number is None else float(number.value))
    return out


def is_number(text: str) -> bool:
    """Whether a text reads as one number."""
    return read_numbers([text])[0] is not None


def _plausible_categories(texts: Sequence[str]) -> bool:
    """Whether numbers may be names (years, sizes): short whole numbers, none twice."""
    return len(set(texts)) == len(texts) and all(re.fullmatch(r"\d{1,4}", text.strip()) for text in texts)


def _common_unit(texts: Sequence[str]) -> str:
    units = set()
    for text in texts:
        number = parse_number(text)
        if number is not None and number.value != 0:
            units.add("%" if number.percent else number.unit)
    return units.pop() if len(units) == 1 else ""


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
            return _years_as_dates(place, values, scale) or scale
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


def _plain_date(text: str) -> str:
    return re.sub("[\u2212\u2013]", "-", text.strip()).replace("\u2019", "'").replace("Sept ", "Sep ")


def parse_date(text: str) -> tuple[float, str] | None:
    """Days since 0001-01-01 and the format that read them; None where the text is no date."""
    text = _plain_date(text)
    if not _LOOKS_DATED.search(text):
        return None
    for form in _DATE_FORMATS:
        days = _strptime(text, form)
        if days is not None:
            return days, form
    return None


def _strptime(text: str, form: str) -> float | None:
    try:
        # Without a year "Feb 29" would be invalid: a leap year stands in.
        full, pattern = (f"2000 {text}", f"%Y {form}") if form in _YEARLESS else (text, form)
        moment = dt.datetime.strptime(full, pattern)  # noqa: DTZ007 - a place on an axis has no time zone
    except ValueError:
        return None
    return moment.toordinal() + (moment.hour * 60 + moment.minute) / 1440 + moment.second / 86400


_MONTHS: Final = {dt.date(2000, k, 1).strftime("%b").lower(): k for k in range(1, 13)}


def _mixed_dates(place: Floats, texts: Sequence[str]) -> list[float | None]:
    """Days of labels that name the year once and months after it, as in ``2019  Apr  Jul  Oct  2020``."""
    order = np.argsort(place)
    read: list[tuple[int | None, int]] = []
    for text in (texts[k].strip() for k in order):
        year = int(text) if re.fullmatch(r"(?:1[89]|20|21)\d\d", text) else None
        month = 1 if year is not None else _MONTHS.get(text[:3].lower(), 0) if text.isalpha() else 0
        read.append((year, month))
    known = [year for year, _ in read if year is not None]
    if not known or len(known) == len(read) or any(month == 0 for _, month in read):
        return [None] * len(texts)
    current = next(year for year, _ in read if year is not None) - (0 if read[0][0] is not None else 1)
    days: list[float | None] = [None] * len(texts)
    for k, (year, month) in zip(order, read, strict=True):
        current = current if year is None else year
        days[int(k)] = float(dt.date(current, month, 1).toordinal())
    return days


def _dated(place: Floats, texts: Sequence[str]) -> Scale | None:
    mixed = _mixed_dates(place, texts)
    if mixed[0] is not None:
        return _date_line(place, mixed, "")
    first = next((parsed for parsed in map(parse_date, texts) if parsed is not None), None)
    if first is None:
        return None
    best: Scale | None = None
    for form in _DATE_FORMATS:
        read = [_strptime(_plain_date(text), form) for text in texts]
        scale = _date_line(place, read, form)
        if scale is not None and (best is None or scale.residual < best.residual):
            best = scale
    return best


def _date_line(place: Floats, read: Sequence[float | None], form: str) -> Scale | None:
    """The scale of days at places; None unless nearly all were read and agree."""
    known = [i for i, days in enumerate(read) if days is not None]
    if len(known) < 2 or len(known) < 0.8 * len(read):
        return None
    values = np.array([read[i] for i in known], dtype=float)
    line = _line(place[known], values)
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
        date_format=form if form in _YEARLESS else "",
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
