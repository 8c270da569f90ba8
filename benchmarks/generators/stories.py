"""Made-up charts as people publish them: a `Story` is a `Spec` with a look.

Comes in: a program's name, a kind, a seed. Goes out: data of real magnitudes under real names, with the title, the
number format, the legend's place, limits, colours, font and size that a drawing module is to follow as far as its
program can. Everything follows from the seed. Knows nothing of any program.
"""

import datetime as dt
import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generators import words
from generators.specs import Spec

KINDS = (
    "bar", "bar_rotated", "hbar", "grouped", "hgrouped", "stacked", "hstacked", "stacked100", "bar_negative",
    "line1", "line3", "line_months", "line_date", "line_log", "line_dense", "line_direct", "line_negative", "line_bw",
    "area", "area1", "scatter1", "scatter3", "pie", "donut", "hist", "secondary",
)  # fmt: skip
FLAT = frozenset({"hbar", "hgrouped", "hstacked"})
BARS = frozenset(KINDS[:9]) | {"hist"}
LINES = frozenset(KINDS[9:18]) | {"step", "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a story is to be drawn.

    ``legend`` is none, right, bottom, top, inside (top left; room is left above the data) or direct (names at the ends
    of lines). ``grid`` is none, y or both. ``numbers`` says how tick labels are written: plain, thousands, percent,
    dollar or millions (1.5M). ``size`` is in points.
    """

    legend: str
    grid: str
    numbers: str
    decimals: int
    colours: tuple[str, ...]
    markers: bool
    values: bool
    serif: bool
    bold: bool
    size: tuple[int, int]


@dataclass(kw_only=True)
class Story(Spec):
    """A chart with its look; ``step`` and ``x_step`` are the distances of labelled ticks, 0 where none are set."""

    look: Look
    step: float = 0.0
    x_step: float = 0.0

    def colour(self, k: int) -> str:
        """The colour of a series or slice."""
        pool = self.look.colours + words.MORE_COLOURS
        return pool[k % len(pool)]


def form_of(story: Story) -> str:
    """What draws its numbers where there are axes: ``bar``, ``scatter``, ``area`` or ``line``."""
    if story.categorical and story.kind != "line_months":
        return "bar"
    if story.points:
        return "scatter"
    return "area" if story.kind.startswith("area") else "line"


def tell(program: str, kind: str, seed: int) -> Story:
    """Make up one chart."""
    rng = random.Random(f"story/{program}/{kind}/{seed}")
    story = Story(
        f"{program}_{kind}_{seed}", program, kind, seed, "", "", "", [], [], [],
        look=Look(
            legend=rng.choice(("right", "bottom", "top", "inside")), grid=rng.choice(("none", "y", "y", "both")),
            numbers="plain", decimals=1, colours=rng.choice(words.PALETTES), markers=rng.random() < 0.4,
            values=rng.random() < 0.3, serif=rng.random() < 0.25, bold=rng.random() < 0.5,
            size=rng.choice(((360, 252), (468, 288), (420, 300), (504, 324), (330, 270))),
        ),
    )  # fmt: skip
    if kind in {"pie", "donut"}:
        _pie(story, rng)
    elif kind.startswith("scatter"):
        _cloud(story, rng)
    elif kind == "secondary":
        _climate(story, rng)
    elif kind in BARS or kind == "dotplot":
        _bars(story, rng)
    else:
        _course(story, rng)
    _finish(story, rng)
    return story


def written(value: float, look: Look, decimals: int | None = None) -> str:
    """A number as the chart's look writes it."""
    places = look.decimals if decimals is None else decimals
    if look.numbers == "millions":
        return f"{value / 1e6:.10g}M" if value else "0"
    if look.numbers == "dollar":
        return f"${value:,.{places}f}"
    if look.numbers == "percent":
        return f"{value:.{places}f}%"
    return f"{value:,.{places}f}" if look.numbers == "thousands" else f"{value:.{places}f}"


def ticks(story: Story) -> list[float]:
    """The places of labelled ticks on a linear value axis, in order."""
    low, high = story.y_limits or (0.0, 1.0)
    count = round((high - low) / story.step)
    return [round(low + k * story.step, 10) for k in range(count + 1)]


def tick_decimals(story: Story) -> int:
    """How many decimals tick labels need."""
    return len(f"{story.step:.10g}".partition(".")[2])


def _label(quantity: str, unit: str) -> str:
    return f"{quantity} ({unit})" if unit else quantity


def _between(rng: random.Random, low: float, high: float, decimals: int) -> float:
    """A value between, evenly on a log scale where the range is wide; never so low that its bar cannot be seen."""
    low = max(low, high * 0.06)
    value = math.exp(rng.uniform(math.log(low), math.log(high))) if high > 4 * low else rng.uniform(low, high)
    return round(value, decimals)


def _pick(rng: random.Random, pool: Sequence[str], count: int) -> list[str]:
    """Some of a pool: in their order when they have one."""
    if pool in {words.AGES, words.MONTHS, words.QUARTERS}:
        count = min(count, len(pool))
        first = 0 if pool in {words.AGES, words.MONTHS} else rng.randint(0, len(pool) - count)
        return list(pool[first : first + (len(pool) if pool is words.MONTHS else count)])
    return rng.sample(pool, min(count, len(pool)))


def _bars(story: Story, rng: random.Random) -> None:
    story.x_scale = "category"
    kind = story.kind
    if kind == "hist":
        _histogram(story, rng)
        return
    if kind == "bar_negative":
        title, quantity, unit, reach, decimals, numbers, pool = rng.choice(words.CHANGES)
        story.x = _pick(rng, pool, rng.randint(5, 9))
        column = [round(rng.uniform(-0.7, 1.0) * reach, decimals) for _ in story.x]
        column[rng.randrange(len(column))] = round(-rng.uniform(0.2, 0.7) * reach, decimals)
        story.names, story.columns = [_label(quantity, unit)], [column]
    else:
        fitting = [
            a
            for a in words.AMOUNTS
            if kind not in {"hbar", "bar_rotated"} or a[7] in (words.COUNTRIES, words.SECTORS, words.REASONS)
        ]
        if kind in {"grouped", "stacked", "bar", "stacked100"}:
            fitting = [a for a in words.AMOUNTS if a[7] not in (words.SECTORS, words.REASONS)]
        title, quantity, unit, low, high, decimals, numbers, pool = rng.choice(fitting)
        counts = {"bar_rotated": (8, 13), "hbar": (6, 12), "grouped": (4, 6), "hgrouped": (4, 6), "bar": (4, 7)}
        story.x = _pick(rng, pool, rng.randint(*counts.get(kind, (4, 7))))
        if kind in {"bar", "bar_rotated", "hbar", "dotplot"}:
            story.names = [_label(quantity, unit)]
        else:
            wanted = (2, 3) if "grouped" in kind else (3, 4)
            story.names = list(rng.choice([g for g in words.GROUPS if len(g) in wanted]))
        story.columns = [[_between(rng, low, high, decimals) for _ in story.x] for _ in story.names]
        if kind in {"bar_rotated", "hbar"} and rng.random() < 0.6:
            story.columns[0].sort(reverse=True)
        if kind == "stacked100":
            title, quantity, unit, numbers, decimals = f"{title}: shares", "Share", "%", "percent", 1
            _to_shares(story)
    story.title, story.ylabel = title, _label(quantity, unit)
    story.look = replace(story.look, numbers=numbers, decimals=decimals)


def _to_shares(story: Story) -> None:
    for k in range(len(story.x)):
        total = sum(column[k] for column in story.columns)
        for column in story.columns:
            column[k] = round(100 * column[k] / total, 1)
        story.columns[-1][k] = round(100 - sum(column[k] for column in story.columns[:-1]), 1)


def _histogram(story: Story, rng: random.Random) -> None:
    width, first, count = rng.choice(((5, 0, 9), (10, 20, 8), (2, 140, 10), (0.5, 0, 11)))
    story.title, story.xlabel, story.ylabel = rng.choice(
        (("Age at first diagnosis", "Age", "Patients"), ("Commuting time", "Minutes", "Commuters"), ("Particle size", "Diameter (mm)", "Count"))
    )  # fmt: skip
    edges = [first + width * k for k in range(count + 1)]
    middle, spread, total = rng.uniform(0.3, 0.6) * count, rng.uniform(0.15, 0.25) * count, rng.choice((80, 240, 3000))
    story.x = [f"{a:g}–{b:g}" for a, b in itertools.pairwise(edges)]
    story.names = [story.ylabel]
    heights = [
        total * (math.exp(-((k + 0.5 - middle) ** 2) / (2 * spread**2)) * rng.uniform(0.8, 1.1) + 0.03)
        for k in range(count)
    ]
    story.columns = [[float(max(2, round(h))) for h in heights]]
    story.look = replace(story.look, numbers="plain", decimals=0)


def _pie(story: Story, rng: random.Random) -> None:
    story.x_scale = "category"
    story.title, pool = rng.choice(
        (
            ("Electricity by source", ("Coal", "Gas", "Nuclear", "Wind", "Solar", "Hydro", "Other")),
            ("Browser market share", ("Chrome", "Safari", "Edge", "Firefox", "Opera", "Others")),
            ("How staff travel to work", ("Car", "Bus", "Train", "Bicycle", "On foot")),
            ("Household spending", ("Housing", "Food", "Transport", "Leisure", "Clothing", "Health", "Other")),
            ("Revenue by region", ("EMEA", "Americas", "Asia Pacific", "Japan")),
        )
    )
    story.x = list(pool[: rng.randint(3, len(pool))])
    parts = sorted((rng.uniform(0.3, 2.2) for _ in story.x), reverse=rng.random() < 0.5)
    story.columns = [[round(100 * part / sum(parts), 1) for part in parts]]
    story.columns[0][-1] = round(100 - sum(story.columns[0][:-1]), 1)
    story.names = ["Share (%)"]
    story.look = replace(story.look, numbers="percent", legend=rng.choice(("right", "right", "bottom", "direct")))


def _cloud(story: Story, rng: random.Random) -> None:
    story.title, story.xlabel, story.ylabel, across, up, decimals = rng.choice(words.CLOUDS)
    story.names = [story.ylabel]
    if story.kind != "scatter1":
        story.names = list(
            rng.choice(
                (("Setosa", "Versicolor", "Virginica"), ("Petrol", "Diesel", "Hybrid"), ("Site 1", "Site 2", "Site 3"))
            )
        )
    x_places = 0 if across[1] > 1000 else 1 if across[1] > 50 else 2
    for _ in story.names:
        centre, tilt = (rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)), rng.uniform(-0.5, 0.7)
        cloud = []
        for _ in range(rng.randint(16, 34)):
            a = min(1, max(0, centre[0] + rng.gauss(0, 0.14)))
            b = min(1, max(0, centre[1] + tilt * (a - centre[0]) + rng.gauss(0, 0.1)))
            cloud.append(
                (round(across[0] + a * (across[1] - across[0]), x_places), round(up[0] + b * (up[1] - up[0]), decimals))
            )
        story.points.append(sorted(set(cloud)))
    story.look = replace(story.look, numbers="plain", decimals=decimals)


def _climate(story: Story, rng: random.Random) -> None:
    story.x_scale, story.x = "category", list(words.MONTHS)
    story.title, story.ylabel = (
        f"Climate of {rng.choice(('Lisbon', 'Oslo', 'Vienna', 'Athens', 'Dublin'))}",
        "Rain (mm)",
    )
    story.names = ["Rain (mm)", "Temperature (°C)"]
    story.secondary = story.names[1]
    warm, swing = rng.uniform(8, 16), rng.uniform(5, 11)
    story.columns = [
        [round(rng.uniform(12, 120), 1) for _ in words.MONTHS],
        [round(warm - swing * math.cos(math.tau * (k + 0.5) / 12) + rng.gauss(0, 0.5), 1) for k in range(12)],
    ]
    story.look = replace(story.look, numbers="plain", decimals=1, values=False, legend=rng.choice(("top", "bottom")))


def _course(story: Story, rng: random.Random) -> None:
    """Lines and areas along years, months, days or seconds."""
    kind = story.kind
    title, quantity, unit, low, high, decimals, numbers = rng.choice(words.COURSES)
    story.title, story.ylabel = title, _label(quantity, unit)
    story.look = replace(story.look, numbers=numbers, decimals=decimals)
    series = {"line1": 1, "area1": 1, "line_negative": 1, "line_date": 2, "line_log": 2, "error": 1, "line4": 4}.get(
        kind, rng.choice((2, 3, 3, 4))
    )
    count = {"line_date": rng.choice((24, 36, 60)), "line_dense": rng.randint(110, 240), "line_months": 12}.get(
        kind, rng.randint(8, 22)
    )
    story.names = list(rng.choice([g for g in words.GROUPS if len(g) == series])) if series > 1 else [story.ylabel]
    if series > 1 and rng.random() < 0.5:
        story.names = rng.sample(words.COUNTRIES, series)
    if kind == "line_months":
        story.x, story.x_scale = list(words.MONTHS), "category"
    elif kind == "line_date":
        first = rng.randint(2009, 2019)
        story.x = [dt.date(first + k // 12, k % 12 + 1, 1).isoformat() for k in range(count)]
        story.x_scale = "date"
    elif kind == "line_dense":
        pace = rng.choice((0.05, 0.25, 1, 2))
        story.x, story.xlabel = (
            [f"{k * pace:g}" for k in range(count)],
            rng.choice(("Time (s)", "Distance (km)", "Depth (m)")),
        )
    else:
        first = rng.randint(1970, 2023 - count)
        story.x, story.xlabel = [str(first + k) for k in range(count)], rng.choice(("Year", ""))
    if kind == "line_negative":
        story.title, story.ylabel = rng.choice(
            (("Global temperature anomaly", "Anomaly (°C)"), ("Yield spread", "Spread (percentage points)"))
        )
        story.names, low, high, decimals = [story.ylabel], -0.9, 1.3, 2
        story.look = replace(story.look, numbers="plain", decimals=2)
    if kind == "loglog":
        story.title, story.xlabel, story.ylabel = "Power spectrum", "Frequency (Hz)", "Power (W/Hz)"
        story.x_scale = story.y_scale = "log"
        story.x = [f"{10 ** (-1 + 4 * k / 19):.4g}" for k in range(20)]
        for _ in story.names:
            level, fall = rng.uniform(2, 4), rng.uniform(0.7, 1.8)
            story.columns.append(
                [float(f"{10 ** (level - fall * math.log10(float(x)) + rng.gauss(0, 0.06)):.4g}") for x in story.x]
            )
        story.look = replace(story.look, numbers="plain", decimals=0)
        return
    if kind == "line_log":
        story.title, story.xlabel, story.ylabel, story.y_scale = (
            "Confirmed cases",
            "Days since case 100",
            "Cases",
            "log",
        )
        story.x = [str(k) for k in range(count)]
        for _ in story.names:
            level, growth = rng.uniform(1.7, 2.6), rng.uniform(0.06, 0.2)
            story.columns.append(
                [float(f"{10 ** (level + growth * k + rng.gauss(0, 0.05)):.4g}") for k in range(count)]
            )
        story.look = replace(story.look, numbers="plain", decimals=0)
        return
    starts = [rng.uniform(0.2, 0.45 if kind == "line_negative" else 0.75) for _ in story.names]
    if kind == "line_direct":
        starts = [(k + 0.5) / len(story.names) for k in range(len(story.names))]
        rng.shuffle(starts)
    for start in starts:
        shares = _walk(rng, start, count, 0.03 if kind in {"line_dense", "line_direct"} else 0.08)
        story.columns.append([round(low + share * (high - low), decimals) for share in shares])
    if kind == "line_direct":
        _part_ends(story, low, high, decimals)
    if kind == "error":
        story.errors = [round((high - low) * rng.uniform(0.03, 0.09), decimals) for _ in story.x]


def _walk(rng: random.Random, start: float, count: int, pace: float) -> list[float]:
    """A random walk that turns back at 0.02 and 1."""
    out, here = [], start
    for _ in range(count):
        here += rng.gauss(0, pace)
        here = 2 - here if here > 1 else 0.04 - here if here < 0.02 else here
        out.append(here)
    return out


def _part_ends(story: Story, low: float, high: float, decimals: int) -> None:
    """Shift lines so that the names at their ends do not lie upon each other."""
    order = sorted(range(len(story.columns)), key=lambda k: story.columns[k][-1])
    for rank, k in enumerate(order):
        shift = low + (rank + 0.5) / len(order) * (high - low) - story.columns[k][-1]
        story.columns[k] = [round(v + shift, decimals) for v in story.columns[k]]


def _finish(story: Story, rng: random.Random) -> None:
    """Limits, ticks and what the kind demands of the look."""
    look, kind = story.look, story.kind
    changes: dict[str, object] = {}
    if kind == "line_bw":
        changes |= {"colours": ("#000000", "#000000", "#000000", "#000000"), "markers": True}
    if kind == "line1":
        changes["markers"] = rng.random() < 0.6
    if kind in {"line_dense", "line_date"}:
        changes["markers"] = False
    if kind == "line_direct":
        changes["legend"] = "direct"
    elif look.legend == "inside" and (kind in FLAT or kind in {"stacked100", "loglog"}):
        changes["legend"] = "top"
    elif len(story.names) == 1 and kind not in {"pie", "donut"}:
        changes["legend"] = "none"
    if (
        kind not in {"bar", "hbar", "bar_rotated", "grouped", "hgrouped", "bar_negative", "pie", "donut"}
        or len(story.x) * len(story.names) > 14
    ):
        changes["values"] = False
    if kind in {"pie", "donut"}:
        changes |= {"values": rng.random() < 0.7}
    story.look = replace(look, **changes)  # type: ignore[arg-type]  # names of fields with values of theirs
    if kind in {"pie", "donut"}:
        return
    values = [v for column in story.columns for v in column] or [y for points in story.points for _, y in points]
    if story.secondary:
        values = story.columns[0]
    if story.y_scale == "log":
        story.y_limits = (10 ** math.floor(math.log10(min(values))), 10 ** math.ceil(math.log10(max(values))))
        return
    low, high = min(values), max(values)
    if story.errors:
        low, high = low - max(story.errors), high + max(story.errors)
    if kind in {"stacked", "hstacked", "area"}:
        low, high = 0.0, max(map(sum, zip(*story.columns, strict=True)))
    if kind == "stacked100":
        story.y_limits, story.step = (0.0, 100.0), rng.choice((10.0, 20.0, 25.0))
        return
    if kind in BARS or kind.startswith("area") or kind == "secondary" or (low > 0 and low < 0.3 * high):
        low = min(0.0, low)
    reach = high - low
    if story.look.values:
        high, low = high + 0.06 * reach, low - 0.08 * reach if low < 0 else low
    if story.look.legend == "inside":
        high += (0.09 * len(story.names) + 0.04) * reach
    story.y_limits, story.step = nice(low, high)
    if story.points:
        places = [x for points in story.points for x, _ in points]
        story.x_limits, story.x_step = nice(min(places), max(places))


def nice(low: float, high: float) -> tuple[tuple[float, float], float]:
    """Limits around a range that fall on round ticks, and the ticks' distance."""
    raw = (high - low) / 5
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * f for f in (1, 2, 2.5, 5, 10) if size * f >= raw * 0.999)
    return (round(math.floor(low / step + 1e-9) * step, 10), round(math.ceil(high / step - 1e-9) * step, 10)), round(
        step, 10
    )
