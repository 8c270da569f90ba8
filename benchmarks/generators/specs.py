"""Made-up charts, described once and drawn by many programs.

A `Spec` holds the data and the words of a chart; a drawing module turns it into a program's own source. Everything
follows from the seed.
"""

import csv
import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_NAMED = {
    "bar", "bar_rotated", "hbar", "grouped", "stacked", "bar_negative", "pie", "hgrouped", "hstacked", "stacked100",
    "secondary", "bar_labelled",
}  # fmt: skip
_TOPICS = (
    ("Electricity generation", "Output", "TWh"), ("Hospital admissions", "Admissions", ""), ("Average rent", "Rent", "EUR"),
    ("River level at Bonn", "Level", "m"), ("Unemployment", "Rate", "%"), ("Wheat yield", "Yield", "t/ha"),
    ("Ticket sales", "Tickets", "thousand"), ("Network latency", "Latency", "ms"), ("Household waste", "Waste", "kg"),
    ("Model accuracy", "Accuracy", "%"), ("Rail freight", "Freight", "Mt"), ("Test score by school", "Score", ""),
)  # fmt: skip
_PLACES = (
    "Lisbon",
    "Oslo",
    "Vienna",
    "Prague",
    "Athens",
    "Dublin",
    "Riga",
    "Sofia",
    "Warsaw",
    "Bern",
    "Tallinn",
    "Rome",
    "Madrid",
)
_LONG = (
    "Food and drink", "Wood products", "Basic metals", "Public services", "Land transport", "Financial services",
    "Health care", "Education", "Retail trade", "Water supply", "Real estate", "Mining",
)  # fmt: skip
_NAMES = (
    ("Alpha", "Beta", "Gamma", "Delta"), ("Urban", "Rural", "Mixed", "Unknown"), ("2018", "2019", "2020", "2021"),
    ("Method A", "Method B", "Baseline", "Oracle"), ("Male", "Female", "All", "Other"), ("Coal", "Gas", "Wind", "Solar"),
)  # fmt: skip


_COLUMNS = (
    "program", "name", "kind", "x_scale", "y_scale", "y_min", "y_max", "x_min", "x_max", "secondary_series", "title",
    "xlabel", "ylabel",
)  # fmt: skip


@dataclass
class Spec:
    """One chart: ``x`` are categories, numbers or ISO dates; ``columns`` one list a series.

    ``secondary`` names the series on a second value axis; limits are those of the axes, where they are known.
    """

    name: str
    program: str
    kind: str
    seed: int
    title: str
    xlabel: str
    ylabel: str
    x: list[str]
    names: list[str]
    columns: list[list[float]]
    x_scale: str = "linear"
    y_scale: str = "linear"
    points: list[list[tuple[float, float]]] = field(default_factory=list)
    errors: list[float] = field(default_factory=list)
    style: int = 0
    secondary: str = ""
    y_limits: tuple[float, float] | None = None
    x_limits: tuple[float, float] | None = None

    @property
    def numbers(self) -> list[float]:
        """The x column as numbers."""
        return [float(text) for text in self.x]

    @property
    def categorical(self) -> bool:
        """Whether x names things."""
        return self.x_scale == "category"


def make(program: str, kind: str, seed: int) -> Spec:
    """Make up one chart."""
    rng = random.Random(f"{program}/{kind}/{seed}")
    topic, quantity, unit = rng.choice(_TOPICS)
    label = f"{quantity} ({unit})" if unit else quantity
    names = list(rng.choice(_NAMES))
    spec = Spec(f"{program}_{kind}_{seed}", program, kind, seed, topic, "", label, [], [], [], style=rng.randrange(4))
    scale = rng.choice((1, 10, 100, 1000))
    if kind in _NAMED:
        _categories(spec, rng, names, scale)
    elif kind in {"scatter1", "scatter3"}:
        _cloud(spec, rng, names, scale)
    else:
        _curves(spec, rng, names, scale)
    return spec


def _rounded(value: float, scale: float) -> float:
    return round(value, 2 if scale <= 10 else 1 if scale <= 100 else 0)


def _categories(spec: Spec, rng: random.Random, names: Sequence[str], scale: float) -> None:
    spec.x_scale = "category"
    pool = _LONG if spec.kind == "bar_rotated" else _PLACES
    count = {"bar_rotated": rng.randint(8, 11), "bar_negative": rng.randint(7, 10), "pie": rng.randint(3, 6)}.get(
        spec.kind, rng.randint(4, 7)
    )
    spec.x = rng.sample(pool, count)
    if spec.kind == "secondary":
        spec.x = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        spec.names = ["Rain (mm)", "Temperature (C)"]
        spec.ylabel = spec.names[0]
        spec.columns = [
            [round(rng.uniform(10, 140), 1) for _ in spec.x],
            [round(rng.uniform(-5, 25), 1) for _ in spec.x],
        ]
        return
    if spec.kind in {"stacked", "stacked100"}:
        first = rng.randint(2000, 2015)
        spec.x = [str(first + k) for k in range(count)]
        spec.xlabel = "Year"
    several = {"grouped": (2, 3), "hgrouped": (2, 3), "stacked": (3, 4), "hstacked": (3, 4), "stacked100": (3, 3)}
    series = rng.randint(*several.get(spec.kind, (1, 1)))
    spec.names = list(names[:series]) if series > 1 else [spec.ylabel]
    low = -0.6 if spec.kind == "bar_negative" else 0.12
    spec.columns = [[_rounded(rng.uniform(low, 1.0) * scale, scale) for _ in spec.x] for _ in spec.names]
    if spec.kind == "stacked100":
        for k in range(count):
            total = sum(column[k] for column in spec.columns)
            shares = [round(100 * column[k] / total, 1) for column in spec.columns]
            shares[-1] = round(100 - sum(shares[:-1]), 1)
            for column, share in zip(spec.columns, shares, strict=True):
                column[k] = share
        spec.ylabel = "Share (%)"
    if spec.kind == "pie":
        parts = [rng.uniform(0.4, 2.0) for _ in spec.x]
        shares = [round(100 * part / sum(parts), 1) for part in parts]
        shares[-1] = round(100 - sum(shares[:-1]), 1)
        spec.names, spec.columns, spec.ylabel = ["Share (%)"], [shares], ""


def _cloud(spec: Spec, rng: random.Random, names: Sequence[str], scale: float) -> None:
    spec.xlabel = rng.choice(("Dose (mg)", "Distance (km)", "Income (thousand)"))
    spec.names = [spec.ylabel] if spec.kind == "scatter1" else list(names[:3])
    for k in range(len(spec.names)):
        centre = rng.uniform(0.3, 0.7), rng.uniform(0.3, 0.7)
        count = rng.randint(18, 32)
        spec.points.append(
            [
                (
                    round(50 * (centre[0] + rng.gauss(0, 0.13)), 2),
                    _rounded(scale * (centre[1] + rng.gauss(0, 0.1)), scale),
                )
                for _ in range(count)
            ]
        )
        del k


def _curves(spec: Spec, rng: random.Random, names: Sequence[str], scale: float) -> None:
    kind = spec.kind
    count = {
        "line4dense": rng.randint(120, 220),
        "line_date": rng.choice((24, 36, 48)),
        "loglog": 20,
        "line_log": 25,
    }.get(kind, rng.randint(9, 24))
    series = {"line1": 1, "errorbar": 1, "line4dense": 4, "line_log": 2, "loglog": 2, "line_date": 2, "line_si": 2}.get(
        kind, 3
    )
    spec.names = list(names[:series]) if series > 1 else [spec.ylabel]
    spec.xlabel = "Year"
    if kind == "line_date":
        start, spec.xlabel, spec.x_scale = dt.date(rng.randint(2008, 2019), 1, 1), "", "date"
        spec.x = [dt.date(start.year + k // 12, k % 12 + 1, 1).isoformat() for k in range(count)]
    elif kind == "loglog":
        spec.x = [f"{10 ** (-1 + 4 * k / (count - 1)):.4g}" for k in range(count)]
        spec.xlabel, spec.x_scale, spec.y_scale = "Frequency (Hz)", "log", "log"
    elif kind == "line4dense":
        step = rng.choice((0.1, 0.25, 0.5))
        spec.x, spec.xlabel = [f"{round(k * step, 3):g}" for k in range(count)], "Time (s)"
    else:
        first = rng.randint(1960, 2000)
        spec.x = [str(first + k) for k in range(count)]
    if kind == "line_log":
        spec.x, spec.xlabel, spec.y_scale = [str(k) for k in range(count)], "Day", "log"
    if kind == "line_si":
        scale = 5_000_000
    for _ in spec.names:
        spec.columns.append(_walk(rng, len(spec.x), scale, kind))
    if kind == "errorbar":
        spec.errors = [_rounded(abs(rng.gauss(0.05, 0.015)) * scale + 0.01 * scale, scale) for _ in spec.x]


def _walk(rng: random.Random, count: int, scale: float, kind: str) -> list[float]:
    if kind in {"line_log", "loglog"}:
        level, slope = rng.uniform(0, 2), rng.uniform(0.08, 0.2) * rng.choice((1, -1)) * 25 / count
        return [
            float(f"{10 ** (level + (2.5 if slope < 0 else 0) + slope * k + rng.gauss(0, 0.06)):.4g}")
            for k in range(count)
        ]
    value = rng.uniform(0.35, 0.65)
    out = []
    for _ in range(count):
        value = min(0.98, max(0.05, value + rng.gauss(0, 0.03 if kind == "line4dense" else 0.08)))
        out.append(round(value * scale) if scale >= 1000 else _rounded(value * scale, scale))
    return [float(v) for v in out]


def write_truth(specs: Sequence[Spec], folder: Path) -> None:
    """Write one CSV a chart and the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "manifest.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for spec in specs:
            limits = [*(spec.y_limits or ("", "")), *(spec.x_limits or ("", ""))]
            facts = [spec.program, spec.name, spec.kind, spec.x_scale, spec.y_scale, *limits, spec.secondary]
            writer.writerow([*facts, spec.title, spec.xlabel, spec.ylabel])
    for spec in specs:
        with (folder / f"{spec.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([spec.xlabel or ("category" if spec.categorical else "x"), *spec.names])
            for k, points in enumerate(spec.points):
                for x, y in points:
                    writer.writerow([x, *("" if j != k else f"{y:g}" for j in range(len(spec.points)))])
            for k, x in enumerate(spec.x):
                writer.writerow([x, *(f"{column[k]:.10g}" for column in spec.columns)])
