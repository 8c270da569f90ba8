"""What a chart shows: its kind, words, numbers and axis, random but plausible.

Comes in: a ``random.Random``. Goes out: `Spec`. Knows nothing of how it is drawn (styles.py, figure.py).
"""

import datetime as dt
import math
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Literal

from training.data import words

Kind = Literal["bar", "barh", "line", "area", "pie", "scatter"]
Mode = Literal["single", "grouped", "stacked", "share"]
KINDS: dict[Kind, float] = {"bar": 0.29, "barh": 0.17, "line": 0.36, "area": 0.05, "pie": 0.11, "scatter": 0.03}
DENSE = 0.15
"""Share of lines over time with points between those that are labelled."""
FEW, FEW_LINES = 0.25, 0.45
"""Share of charts of few categories and series, which teach what belongs together; of charts of several lines, where
only colours tell."""
HIDDEN = 0.02
"""Share of charts of several series of which all but one are switched off and stand only in the legend."""
MOST_CELLS = 84
"""More numbers than this do not fit into an answer."""
DECADES = 0.35
"""Share of scatter charts whose values span decades."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a number is written.

    ``si`` writes thousands and millions as letters, ``comma`` is the decimal mark, ``trim`` leaves out noughts at the
    end.
    """

    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    thousands: str = ""
    comma: bool = False
    si: tuple[str, str, str] | None = None
    trim: bool = False

    def __call__(self, value: float, *, plain: bool = False) -> str:
        """The number as drawn; ``plain`` leaves out what parts thousands and has a point, as answers are written."""
        value = round(value, 10) + 0.0
        decimals, letter = self.decimals, ""
        if self.si:
            power = 0 if abs(value) < 1e3 else 1 if abs(value) < 1e6 else 2 if abs(value) < 1e9 else 3
            if power:
                value, letter = value / 1000**power, self.si[power - 1]
                decimals = next(
                    (d for d in range(3) if abs(round(value, d) - value) < 10**-d * 1e-6), self.decimals or 2
                )
        text = f"{abs(value):,.{max(0, decimals)}f}"
        if self.trim and "." in text:
            text = text.rstrip("0").rstrip(".")
        sign = "-" if value < 0 and text.strip("0.,") else ""
        if plain:
            text = text.replace(",", "")
        else:
            whole, _, part = text.partition(".")
            whole = whole.replace(",", self.thousands)
            text = whole + ((("," if self.comma else ".") + part) if part else "")
        return f"{sign}{self.prefix}{text}{letter}{self.suffix}"

    def finer(self, step: float) -> "Format":
        """The same with as many decimals as multiples of a step need."""
        scale = 1.0
        if self.si and step * 100 >= 1000:
            scale = 1000.0 ** min(3, int(math.log10(step * 100) // 3))
        part = step / scale
        needed = (d for d in range(12) if abs(round(part, d) - part) < 1e-6 * part)
        return replace(self, decimals=next(needed, 12))


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """The value axis: from ``low`` to ``high``, a tick every ``step``; on a logarithmic one every ``step`` decades."""

    low: float
    high: float
    step: float
    log: bool = False
    format: Format

    def at(self, value: float) -> float:
        """Where a value stands, 0 at the low end and 1 at the high one."""
        if self.log:
            return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """The values ticks stand at."""
        if self.log:
            decades = round(math.log10(self.high / self.low))
            return [self.low * 10.0**i for i in range(0, decades + 1, int(self.step))]
        first = math.ceil(self.low / self.step - 1e-9)
        return [i * self.step for i in range(first, math.floor(self.high / self.step + 1e-9) + 1)]

    def label(self, tick: float) -> str:
        """What is written at a tick."""
        return (self.format.finer(min(tick, 1.0)) if self.log else self.format)(tick)

    @property
    def base(self) -> float:
        """Where bars start."""
        return self.low if self.log or self.low > 0 else min(0.0, self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One chart.

    ``values`` are by series, then by category; None where there is none. ``at`` are positions of the categories on a
    numeric axis, None where they are evenly spaced. ``timed``: categories follow one another, so that labels may be
    left out. ``printed`` is how the values are written at their marks, None when they are not. ``between`` are many
    more values by series, evenly spaced from the first category to the last, for lines not read at every point.
    ``ticks`` writes a whole year under a scale of years. ``breaks`` are categories before which a place stays empty.
    ``unlabelled`` are series and category of values that are not written although others are: drawing finds them.
    """

    kind: Kind
    mode: Mode
    categories: tuple[str, ...]
    names: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    at: tuple[float, ...] | None
    timed: bool
    title: str
    subtitle: str
    category_title: str
    value_title: str
    axis: Axis
    printed: Format | None
    notes: tuple[str, ...]
    between: tuple[tuple[float, ...], ...] | None = None
    ticks: str = "{y}"
    breaks: tuple[int, ...] = ()
    unlabelled: frozenset[tuple[int, int]] = frozenset()

    @property
    def cells(self) -> int:
        """How many numbers there are."""
        return len(self.categories) * len(self.names)

    @property
    def turn(self) -> tuple[float, float]:
        """By how many degrees a pie's first slice may start before and after the top, and still be the first there."""
        shares = [value or 0.0 for value in self.values[0]]
        return 180 * shares[0] / sum(shares), 180 * shares[-1] / sum(shares)

    def from_the_top(self) -> "Spec":
        """With the series in the order of their last values, the highest first: that of names at the ends of lines."""
        last = [next((v for v in reversed(row) if v is not None), -math.inf) for row in self.values]
        order = sorted(range(len(last)), key=lambda j: -last[j])
        names, values = (tuple(rows[j] for j in order) for rows in (self.names, self.values))
        between = self.between and tuple(self.between[j] for j in order)
        return replace(self, names=names, values=values, between=between)


def nice_step(length: float, ticks: float, choices: tuple[float, ...] = (1, 2, 2.5, 5, 10)) -> float:
    """A round step that parts a length into about that many."""
    raw = length / ticks
    ten = 10.0 ** math.floor(math.log10(raw))
    return min((choice * ten for choice in choices), key=lambda step: abs(math.log(step / raw)))


def random_spec(r: Random, kind: Kind | None = None, mode: Mode | None = None) -> Spec:
    """A chart of a kind and mode, or of any; a mode must be one of the kind's."""
    kind = kind or r.choices(list(KINDS), list(KINDS.values()))[0]
    mode = mode or _mode(r, kind)
    names_count, count = _sizes(r, kind, mode)
    timed, category_title, categories, at = _categories(r, kind, count)
    count = len(categories)
    likely = {"pie": 0.9, "line": 0.35, "area": 0.06, "scatter": 0.0}.get(kind, 0.5) * (
        0.4 if names_count * count > 60 else 1
    )
    print_them = r.random() < likely
    percent = (kind == "pie" and (not print_them or r.random() < 0.7)) or mode == "share" or r.random() < 0.28
    values, decimals = _values(r, kind, mode, (names_count, count), percent=percent, timed=timed)
    base = _format(r, decimals, values, percent=percent)
    axis = _axis(r, kind, mode, values, base)
    names = tuple(words.series_names(r, names_count)) if names_count > 1 else ("",)
    about = words.measure(r)
    value_title = about if r.random() < (0.75 if names_count == 1 else 0.4) else ""
    title = words.title(r, about) if r.random() < (0.6 if value_title or names_count > 1 else 0.85) else ""
    if kind == "pie":
        value_title = ""
    between = None
    if (
        kind in ("line", "area")
        and mode in ("single", "grouped")
        and not any(None in row for row in values)
        and 4 <= count <= 14
        and timed
        and at is None
        and r.random() < DENSE
    ):
        between = _between(r, values, axis)
    printed = base if print_them and not axis.log and between is None else None
    breaks = ()
    if kind in ("bar", "barh") and not timed and 3 < count < 20 and r.random() < 0.06:
        breaks = tuple(sorted(r.sample(range(1, count), r.choice((1, 1, 2)))))
    return Spec(
        kind=kind,
        mode=mode,
        categories=tuple(categories),
        names=names,
        values=values,
        at=at,
        timed=timed,
        title=title,
        subtitle=words.sentence(r, 4, 14).rstrip(".") if title and r.random() < 0.25 else "",
        category_title=category_title if r.random() < 0.35 else "",
        value_title=value_title,
        axis=axis,
        printed=printed,
        notes=tuple(words.source(r) for _ in range(r.choice((0, 0, 1, 1, 2)))),
        between=between,
        ticks=r.choice(("{y}", "{y}", "{y}", "Jan {y}", "'{s:02}", "1/1/{y}")) if categories[0][4:5] == "-" else "{y}",
        breaks=breaks,
    )


def _mode(r: Random, kind: Kind) -> Mode:
    if kind in ("bar", "barh"):
        return r.choices(("single", "grouped", "stacked", "share"), (0.45, 0.28, 0.19, 0.08))[0]
    if kind == "line":
        return "single" if r.random() < 0.4 else "grouped"
    if kind == "area":
        return r.choices(("single", "stacked", "share"), (0.5, 0.35, 0.15))[0]
    return "single"


def _sizes(r: Random, kind: Kind, mode: Mode) -> tuple[int, int]:
    """Series and categories."""
    series = 1 if mode == "single" else r.choices((2, 3, 4, 5, 6), (0.42, 0.27, 0.16, 0.11, 0.04))[0]
    if kind == "pie":
        return 1, r.randint(2, 8)
    if kind == "scatter":
        return 1, r.randint(4, 14)
    if kind == "line" and series > 1 and r.random() < FEW_LINES:
        return series, r.randint(2, 6)
    if r.random() < FEW:
        return min(series, 4), r.randint(3, 8)
    if kind in ("line", "area"):
        count = r.choices(
            (r.randint(2, 6), r.randint(5, 13), r.randint(12, 26), r.randint(24, 60)), (0.13, 0.43, 0.29, 0.15)
        )[0]
    else:
        count = r.choices(
            (r.randint(2, 5), r.randint(4, 9), r.randint(8, 14), r.randint(14, 32)), (0.27, 0.43, 0.23, 0.07)
        )[0]
    return series, max(2, min(count, MOST_CELLS // series if series > 1 else 60))


def _categories(r: Random, kind: Kind, count: int) -> tuple[bool, str, list[str], tuple[float, ...] | None]:
    timed = {"line": 0.9, "area": 0.95, "bar": 0.45, "barh": 0.08}.get(kind, 0.0)
    if kind == "scatter":
        found: list[float] = sorted(
            {round(r.uniform(0, 100) * s, 1 if s < 1 else 0) for s in [r.choice((0.1, 1, 10))] for _ in range(count)}
        )
        if r.random() < 0.2:
            found = [float(first + i) for first in [r.choice((0, 0, 1, r.randint(2, 40)))] for i in range(count)]
        return False, words.measure(r), [f"{v:g}" for v in found], tuple(found)
    if r.random() < timed:
        return True, *_times(r, kind, count)
    longest = {"bar": max(8, 150 // count), "line": max(8, 110 // count)}.get(kind, 44)
    named = words.categories(r, count, longest)
    return (
        False,
        r.choice(("Category", "Country", "Group", "Type", "a", "Region", "Response", words.phrase(r, 1, 2))),
        named,
        None,
    )


def _times(r: Random, kind: Kind, count: int) -> tuple[str, list[str], tuple[float, ...] | None]:
    """Names of moments that follow one another; uneven years have positions."""
    x = r.random()
    if kind in ("line", "area") and 14 <= count <= 54 and x < 0.12:
        return "Month", *_calendar(r.randint(1960, 2025), r.choice((0, 0, 0, r.randrange(12))), count)
    year, month = (
        r.randint(1860, 1990) if r.random() < 0.15 else r.randint(2023 - 2 * count, 2026 - count // 2),
        r.randrange(12),
    )
    if x < 0.5:
        return "Year", *_years(r, kind, count, year)
    if x < 0.57:
        style = r.choice(("{a}/{b:02}", "FY {a}", "{a}-{b:02}", "FY{s:02}", "'{s:02}", "{a}E"))
        return (
            "Year",
            [style.format(a=year + i, b=(year + i + 1) % 100, s=(year + i) % 100) for i in range(count)],
            None,
        )
    if x < 0.7:
        style = r.choice(("Q{q} {y}", "Q{q} '{s:02}", "{y} Q{q}", "{q}Q{s:02}", "Q{q}/{y}"))
        return "Quarter", [_quarter(style, year * 4 + month + i) for i in range(count)], None
    if x < 0.9 or count > 31:
        style = r.choice(
            ("{m}", "{l}", "{m} {y}", "{l} {y}", "{m} '{s:02}", "{m}-{s:02}", "{n:02}/{y}", "{y}-{n:02}", "{m}")
        )
        if count > 12 and "y" not in style and "s" not in style:
            style = "{m} {y}"
        return "Month", [_month(style, year * 12 + month + i) for i in range(count)], None
    if x < 0.93 and count <= 7:
        return "Day", [day[:3] if style else day for style in [r.random() < 0.6] for day in words.DAYS[:count]], None
    if x < 0.96 and count <= 12:
        first = r.randrange(1850, 1950, 10)
        return "Decade", [f"{first + 10 * i}s" for i in range(count)], None
    step, style = r.choice((1, 1, 7, 14, 30)), r.choice(("{n}/{d}/{y}", "{m} {d}", "{y}-{n:02}-{d:02}", "{d} {m}"))
    first = dt.date(year, month + 1, r.randint(1, 28))
    return "Date", [_date(style, first + dt.timedelta(i * step)) for i in range(count)], None


def _years(r: Random, kind: Kind, count: int, year: int) -> tuple[list[str], tuple[float, ...] | None]:
    """Years as names, or along a scale that need not name each of them."""
    step = r.choice((1, 1, 1, 1, 1, 2, 5, 10)) if count < 15 else 1
    year = min(year, 2035 - step * count)
    years = [year + i * step for i in range(count)]
    if kind in ("line", "area") and count > 3 and r.random() < 0.38:
        if r.random() < 0.5:
            years = sorted(r.sample(range(year, year + r.choice((1, 2, 2)) * count + 3), count))
        return [str(y) for y in years], tuple(map(float, years))
    starred, star = (r.randint(1, 3), r.choice(("*", "*", "**"))) if r.random() < 0.1 else (0, "")
    return [f"{y}{star if i >= count - starred else ''}" for i, y in enumerate(years)], None


def _calendar(year: int, month: int, count: int) -> tuple[list[str], tuple[float, ...]]:
    """Months along a scale of years, which alone are written: names as 2012-01, places in years."""
    months = [year * 12 + month + i for i in range(count)]
    return [f"{m // 12}-{m % 12 + 1:02}" for m in months], tuple(m / 12 for m in months)


def _quarter(style: str, number: int) -> str:
    return style.format(q=number % 4 + 1, y=number // 4, s=number // 4 % 100)


def _month(style: str, number: int) -> str:
    name, year = words.MONTHS[number % 12], number // 12
    return style.format(m=name[:3], l=name, y=year, s=year % 100, n=number % 12 + 1)


def _date(style: str, day: dt.date) -> str:
    return style.format(n=day.month, d=day.day, y=day.year, m=words.MONTHS[day.month - 1][:3])


def _values(
    r: Random, kind: Kind, mode: Mode, shape: tuple[int, int], *, percent: bool, timed: bool
) -> tuple[tuple[tuple[float | None, ...], ...], int]:
    """Numbers by series, and their decimals."""
    names, count = shape
    if kind == "pie" or mode == "share":
        decimals = r.choice((0, 0, 1, 1, 2)) if percent else 0
        total = 100.0 if percent else round(10 ** r.uniform(1, 4))
        parts = [
            _shares(r, names if mode == "share" else count, total, decimals)
            for _ in range(count if mode == "share" else 1)
        ]
        return (tuple(zip(*parts, strict=True)) if mode == "share" else (tuple(parts[0]),)), decimals
    top = (
        r.uniform(4, 100)
        if percent
        else 10 ** r.choice((r.uniform(0, 2), r.uniform(1, 3), r.uniform(2, 5), r.uniform(-1, 11)))
    )
    if mode == "stacked" and percent:
        top = min(top, 100 / names)
    if kind == "scatter" and r.random() < DECADES:
        return (_decades(r, count),), 0
    digits = r.choice((2, 3, 3, 3, 4, 4, 5))
    decimals = max(0, min(3, digits - 1 - math.floor(math.log10(top))))
    negative = mode in ("single", "grouped") and kind != "area" and r.random() < 0.1
    alike = r.random() < 0.6
    shape_of = _series(r, count, timed=timed or kind in ("line", "area"))
    rows: list[tuple[float | None, ...]] = []
    for _ in range(names):
        if not alike or not rows:
            shape_of = _series(r, count, timed=timed or kind in ("line", "area"))
        size = top * (r.uniform(0.3, 1) if names > 1 else 1)
        drift = r.uniform(0, 0.25)
        low = r.uniform(-0.8, 0.1) if negative else 0.0
        row = [size * (low + (1 - low) * max(0.004, v * (1 + drift * r.uniform(-1, 1)))) for v in shape_of]
        rows.append(tuple(round(v, decimals) if v < 1e6 or r.random() < 0.6 else round(v, -3) for v in row))
    if not timed and kind in ("bar", "barh") and mode == "single" and r.random() < 0.55:
        rows[0] = tuple(sorted(rows[0], reverse=r.random() < 0.85, key=lambda v: v or 0))
    if names > 1 and mode == "grouped":
        _leave_out(r, rows)
    return tuple(rows), decimals


def _leave_out(r: Random, rows: list[tuple[float | None, ...]]) -> None:
    """Sometimes drop the first or last values of some series, or all of all but one."""
    names, count = len(rows), len(rows[0])
    if count > 3 and r.random() < 0.14:
        for j in r.sample(range(names), r.randint(1, names - 1)):
            cut = r.randint(1, count // 2)
            rows[j] = (None,) * cut + rows[j][cut:] if r.random() < 0.6 else rows[j][:-cut] + (None,) * cut
    if r.random() < HIDDEN:
        for j in r.sample(range(names), names - 1):
            rows[j] = (None,) * count


def _decades(r: Random, count: int) -> tuple[float, ...]:
    """Whole numbers of very different sizes, mostly growing; sometimes powers of ten."""
    last = r.uniform(2, min(9, count))
    powers = [last * i / (count - 1) + r.gauss(0, r.choice((0, 0.1, 0.4))) for i in range(count)]
    if r.random() < 0.2:
        powers = [r.uniform(0, last) for _ in powers]
    elif r.random() < 0.2:
        powers.reverse()
    if r.random() < 0.25:
        powers = [round(power) for power in powers]
    return tuple(round(10.0 ** max(0, power)) for power in powers)


def _series(r: Random, count: int, *, timed: bool) -> list[float]:
    """A shape between 0 and 1."""
    x = r.random()
    if not timed or x < 0.2:
        power = r.choice((0.5, 1, 1, 2, 4))
        return [r.random() ** power * 0.95 + 0.05 for _ in range(count)]
    if x < 0.55:
        value, slope, noise = r.uniform(0.1, 0.9), r.uniform(-1, 1) / count, r.choice((0.02, 0.05, 0.1, 0.2))
        walk = [value := value + slope + r.gauss(0, noise) for _ in range(count)]
        low, high = min(walk), max(walk)
        floor = r.choice((0.02, 0.3, 0.6, 0.85))
        return [floor + (1 - floor) * (v - low) / ((high - low) or 1) for v in walk]
    turn, steep = r.uniform(0, count), r.uniform(0.1, 1.5) * r.choice((-1, 1))
    if x < 0.75:
        return [1 / (1 + math.exp(-max(-30, min(30, steep * (i - turn))))) for i in range(count)]
    if x < 0.88:
        length, phase = r.uniform(3, 14), r.uniform(0, 6)
        return [0.5 + 0.45 * math.sin(phase + 2 * math.pi * i / length) + r.gauss(0, 0.02) for i in range(count)]
    if x < 0.91:
        growth = r.uniform(2, 9) / count * r.choice((-1, 1, 1))
        return [math.exp(growth * i - max(0.0, growth * (count - 1))) for i in range(count)]
    level = r.uniform(0.1, 0.5)
    return [level + (1 - level) * math.exp(-(((i - turn) / r.uniform(0.6, 2)) ** 2)) for i in range(count)]


def _between(
    r: Random, values: tuple[tuple[float | None, ...], ...], axis: Axis
) -> tuple[tuple[float, ...], ...] | None:
    """A rough way from each value to the next, as daily or monthly numbers go; None where values are missing."""
    steps, rough = r.choice((4, 6, 12, 24)), r.choice((0.01, 0.03, 0.06)) * (axis.high - axis.low)
    rows = []
    for row in values:
        if None in row:
            return None
        path = []
        for one, two in pairwise(row):
            path += [one + (two - one) * k / steps + (r.gauss(0, rough) if k else 0) for k in range(steps)]  # type: ignore[operator]
        rows.append(tuple(min(axis.high, max(axis.low, v)) for v in (*path, row[-1])))  # type: ignore[type-var]
    return tuple(rows)


def _shares(r: Random, count: int, total: float, decimals: int) -> list[float]:
    weights = [r.random() ** 1.5 + 0.06 for _ in range(count)]
    parts = [round(w / sum(weights) * total, decimals) for w in weights[:-1]]
    return [*parts, round(total - sum(parts), decimals)]


def _format(r: Random, decimals: int, values: tuple[tuple[float | None, ...], ...], *, percent: bool) -> Format:
    top = max(abs(v) for row in values for v in row if v is not None)
    prefix = r.choice("$$$\u20ac\u00a3") if not percent and r.random() < 0.1 else ""
    suffix = "%" if percent and r.random() < 0.7 else ""
    if not suffix and not prefix and r.random() < 0.03:
        suffix = r.choice((" kg", " km", " h", "x", "\u00b0C", "M", "K", " bn", " GW"))
    si = (
        r.choice(
            (("k", "M", "B"), ("K", "M", "B"), ("k", "M", "G"), ("k", " M", " B"), ("k", " M", " B"), ("K", "M", "bn"))
        )
        if top >= 2000 and r.random() < (0.25 if top < 1e6 else 0.6)
        else None
    )
    comma = r.random() < 0.07
    thousands = r.choice((".", " ", ".")) if comma else r.choice((",", ",", ",", " ", "\u2009", "", ""))
    return Format(
        decimals=decimals,
        prefix=prefix,
        suffix=suffix if not si or not suffix.strip().isalpha() else "",
        thousands=thousands,
        comma=comma,
        si=si,
        trim=r.random() < 0.3,
    )


def _axis(r: Random, kind: Kind, mode: Mode, values: tuple[tuple[float | None, ...], ...], base: Format) -> Axis:
    known = [v for row in values for v in row if v is not None]
    if kind == "pie":
        return Axis(low=0, high=100, step=10, format=base)
    if mode in ("stacked", "share"):
        known = [sum(v or 0 for v in column) for column in zip(*values, strict=True)]
    low, high = min(known), max(known)
    positive = low > 0
    if mode == "share":
        step = r.choice((10, 20, 25, 50))
        return Axis(low=0, high=100 if r.random() < 0.85 else 100 + step, step=step, format=base.finer(step))
    if (
        positive
        and mode in ("single", "grouped")
        and kind in ("line", "scatter", "bar")
        and high / low > 50
        and r.random() < 0.5
    ):
        low, high = 10.0 ** math.floor(math.log10(low)), 10.0 ** math.ceil(math.log10(high) + 1e-9)
        fine = replace(base, decimals=max(0, -math.floor(math.log10(low))))
        return Axis(low=low, high=high, step=1, log=True, format=fine)
    zero = kind in ("bar", "barh", "area") or mode == "stacked" or r.random() < 0.5 or high == low
    if positive and zero:
        low = 0.0
    if not positive:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1
    step = nice_step(high - low, r.choice((3, 4, 5, 5, 6, 8, 10)))
    loose = r.choice((0.0, 0.02, 0.05, 0.3))
    bottom = step * math.floor(low / step + 1e-9) if low else 0.0
    top = step * math.ceil((high + loose * (high - low)) / step - 1e-9)
    if positive and r.random() < 0.15:  # an axis that ends between two ticks
        top = max(high * 1.01, high + 0.04 * (high - low))
    if top <= bottom:
        top = bottom + step
    return Axis(low=bottom, high=top, step=step, format=base.finer(step))
