"""The names the model gives to kinds of pictures and charts, brought to one vocabulary.

Comes in: a class or sub-class as answered ("Bar Chart", "bar", "stacked_bar"). Goes out: one word, as
`mineru_cli.schema.Chart.type` lists them; names nobody foresaw are kept, in snake case.
"""

import re
from typing import Final

UNKNOWN: Final = "unknown"

_WORDS = re.compile(r"[^\W_]+")
_NOISE: Final = frozenset(
    {"chart", "graph", "plot", "diagram", "and", "with", "grouped", "clustered", "horizontal", "vertical", "multi"}
    | {"multiple", "series", "simple", "single", "double", "basic", "2d", "3d", "side", "by", "a", "the", "none"}
)
_SYNONYMS: Final = {
    "column": "bar",
    "curve": "line",
    "stack": "stacked",
    "hist": "histogram",
    "donut": "pie",
    "doughnut": "pie",
    "ring": "pie",
    "spider": "radar",
    "radial": "radar",
    "whisker": "box",
    "scattered": "scatter",
}
_TOGETHER: Final = {
    frozenset({"bar", "line"}): "bar_line",
    frozenset({"bar", "stacked"}): "bar_stacked",
    frozenset({"bar", "stacked", "line"}): "bar_line",
    frozenset({"area", "stacked"}): "area_stacked",
    frozenset({"line", "scatter"}): "line",
    frozenset({"heat", "map"}): "heatmap",
}


def is_chart_class(name: str) -> bool:
    """Tell whether a class says chart, or says nothing."""
    return snake_case(name) in {"", "chart", "charts", "graph", "plot"}


def chart_type(name: str) -> str:
    """One word for a kind of chart; ``unknown`` when nothing was answered."""
    words = [_plain_word(word) for word in _WORDS.findall(name.lower())]
    telling = frozenset(words) - _NOISE - {""}
    if len(telling) == 1:
        return next(iter(telling))
    return _TOGETHER.get(telling) or (snake_case(name) if telling else UNKNOWN)


def snake_case(name: str) -> str:
    """Lower case, words joined by underscores."""
    return "_".join(_WORDS.findall(name.lower()))


def _plain_word(word: str) -> str:
    word = re.sub(r"(?:chart|graph|plot|diagram)s?$", "", word)
    word = word[:-1] if word.endswith("s") and word[:-1] in {"bar", "line", "column", "curve", "area"} else word
    return _SYNONYMS.get(word, word)
