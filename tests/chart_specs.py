"""Charts as data: what a drawn chart shows, its true table, and random ones of plausible words and numbers.

Comes in: a ``random.Random``, or words and numbers by hand. Goes out: `ChartSpec`. Knows nothing of pictures
(drawing.py draws them) and nothing of the package under test.
"""

import math
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

Kind = Literal["bar", "barh", "grouped", "stacked", "line", "pie"]

KINDS: tuple[Kind, ...] = get_args(Kind)
ORDERED = {
    "Month": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    "Day": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "Quarter": ("Q1", "Q2", "Q3", "Q4"),
    "Year": tuple(str(year) for year in range(1990, 2026)),
}
UNORDERED = {
    "Country": (
        "China",
        "India",
        "Japan",
        "Brazil",
        "France",
        "Germany",
        "Italy",
        "Spain",
        "Mexico",
        "Canada",
        "Egypt",
        "Kenya",
        "Norway",
    ),
    "Energy": ("Coal", "Gas", "Oil", "Wind", "Solar", "Hydro"),
    "Fruit": ("Apple", "Banana", "Cherry", "Grape", "Lemon", "Mango", "Orange", "Peach", "Plum"),
    "Metal": ("Steel", "Copper", "Gold", "Zinc"),
    "Region": ("North", "South", "East", "West", "Coast", "River", "Lake", "Urban", "Rural"),
    "Group": ("Adults", "Youth", "Women", "Men", "Staff", "Users"),
}
SERIES = (
    ("North", "South", "East", "West"),
    ("Women", "Men", "Youth"),
    ("Urban", "Rural", "Coast"),
    ("2021", "2022", "2023", "2024"),
    ("Import", "Export"),
    ("Sales", "Cost", "Profit"),
)
MEASURES = ("Sales", "Cost", "Output", "Demand", "Supply", "Price", "Visits", "Orders")
UNITS = ("", "", " (%)", " (USD)", " (kg)", " (k)", " (m)")
QUALITIES = ("Annual", "Monthly", "Average", "Total", "Median", "Global", "Regional")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """What a chart shows. ``values`` are by series, then by category, with ``decimals`` digits after the point.

    The name of an only series stands along the value axis, several stand in a legend. ``category_label`` is the
    label of the category axis. ``labelled`` prints each value at its mark; ``ticks`` is about how many steps the
    value axis has.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]
    title: str = ""
    category_label: str = ""
    decimals: int = 0
    labelled: bool = False
    ticks: int = 5

    @property
    def chart_type(self) -> str:
        """The name of the kind in the output schema."""
        return {"barh": "bar", "grouped": "bar", "stacked": "bar_stacked"}.get(self.kind, self.kind)


def random_spec(rng: Random, kind: Kind | None = None) -> ChartSpec:
    """A chart of plausible words and numbers: 3 to 8 categories, 1 to 4 series."""
    shape: Kind = rng.choice(KINDS) if kind is None else kind
    count = {
        "bar": 1,
        "barh": rng.choice((1, 1, 1, 2)),
        "grouped": rng.choice((2, 2, 3, 4)),
        "stacked": rng.choice((2, 3)),
        "line": rng.choice((1, 1, 2, 3)),
        "pie": 1,
    }[shape]
    label, categories = _random_categories(rng, rng.randint(3, 8 if count < 3 else 5))
    names = rng.choice([family for family in SERIES if len(family) >= count and not set(family) & set(categories)])
    measure = rng.choice(MEASURES)
    series = names[:count] if count > 1 else (measure + rng.choice(UNITS),)
    decimals, values = _random_values(rng, shape, len(categories), count)
    return ChartSpec(
        kind=shape,
        categories=categories,
        series=("Percentage (%)",) if shape == "pie" else series,
        values=values,
        title=f"{rng.choice(QUALITIES)} {measure} by {label}" if rng.random() < 0.75 else "",
        category_label=label if shape in {"bar", "grouped", "stacked", "line"} and rng.random() < 0.4 else "",
        decimals=decimals,
        labelled=shape == "pie" or rng.random() < (0.55 if count == 1 else 0.3 if len(categories) <= 4 else 0),
        ticks=rng.randint(4, 6),
    )


def truth(spec: ChartSpec) -> list[list[str]]:
    """The table behind the chart: a header, then one row a category, the values with all their digits."""
    rows = [
        [category, *(f"{of_series[row]:.{spec.decimals}f}" for of_series in spec.values)]
        for row, category in enumerate(spec.categories)
    ]
    return [[spec.category_label or "Category", *spec.series], *rows]


def describe(spec: ChartSpec, *, page: int = 1) -> dict[str, object]:
    """What is true of the chart, as JSON: one entry of examples/truth.json."""
    columns, *rows = truth(spec)
    return {
        "page": page,
        "kind": spec.kind,
        "type": spec.chart_type,
        "title": spec.title,
        "axis_range": value_axis(spec)[1],
        "columns": columns,
        "rows": rows,
    }


def value_axis(spec: ChartSpec) -> tuple[float, float]:
    """The step between ticks and the end of the value axis, which starts at 0. For a pie, 0 and its largest slice."""
    if spec.kind == "pie":
        return 0, max(spec.values[0])
    longest = max(map(sum, zip(*spec.values, strict=True))) if spec.kind == "stacked" else max(map(max, spec.values))
    raw = longest * 1.04 / spec.ticks
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(nice for nice in (1, 2, 2.5, 5, 10) if raw <= nice * unit * (1 + 1e-9)) * unit
    return step, step * math.ceil(longest * 1.02 / step)


def _random_categories(rng: Random, count: int) -> tuple[str, tuple[str, ...]]:
    families = ORDERED | UNORDERED
    label = rng.choice([name for name, words in families.items() if len(words) >= count])
    words = families[label]
    if label in UNORDERED:
        return label, tuple(rng.sample(words, count))
    first = rng.randint(0, len(words) - count)
    return label, words[first : first + count]


def _random_values(rng: Random, kind: Kind, rows: int, columns: int) -> tuple[int, tuple[tuple[float, ...], ...]]:
    if kind == "pie":
        weights = [rng.uniform(0.5, 3) for _ in range(rows)]
        shares = [round(100 * weight / sum(weights)) for weight in weights[:-1]]
        return 0, ((*shares, 100 - sum(shares)),)
    magnitude = rng.choice((1, 10, 20, 50, 100, 100, 200, 500, 1000, 5000, 10000))
    decimals = 2 if magnitude == 1 else 1 if magnitude <= 20 else 0
    top = magnitude * rng.uniform(0.5, 1)

    def walk() -> list[float]:
        level, levels = top * rng.uniform(0.2, 0.8), []
        for _ in range(rows):
            level = min(top, max(top * 0.03, level + top * rng.gauss(0, 0.15)))
            levels.append(level)
        return levels

    def scatter() -> list[float]:
        return [top * rng.uniform(0.05 if rng.random() < 0.8 else 0.6, 1) for _ in range(rows)]

    series = [walk() if kind == "line" else scatter() for _ in range(columns)]
    return decimals, tuple(tuple(round(value, decimals) for value in of_series) for of_series in series)
