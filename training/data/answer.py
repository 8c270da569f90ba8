"""The answer a reader should give about a picture, as MinerU2.5 writes it.

Comes in: a `Spec`, or blocks of a page. Goes out: text with tags. Numbers that are printed are copied, those that are
not are given to a 1-2-5 step of about a two-hundredth of the axis: finer cannot be seen.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from training.data.spec import Format, Spec, nice_step

FINEST = 200
"""Parts of the axis a reader is asked to tell apart."""
LONGEST_HEADING = 80
_SUB_CLASSES = {"barh": "bar"}
_SCOPE = re.compile(r",? (?:for|from|by|since|among|worldwide|over|as of|in selected)\b", re.IGNORECASE)
_SHORTEST = 6
"""Letters of a title that stand before its scope at least."""


def tagged(kind: str, sub: str, caption: str, content: str) -> str:
    """An answer to `Image Analysis:`."""
    return (
        f"<|class_start|>{kind}<|class_end|><|sub_class_start|>{sub}<|sub_class_end|>"
        f"<|caption_start|>{caption}<|caption_end|><|content_start|>{content}<|content_end|>"
    )


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; a pipe in a cell becomes a slash."""
    lines = ["| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in (header, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(header), *lines[1:]])


def chart_answer(spec: Spec) -> str:
    """What the chart shows."""
    stacked = "_stacked" if spec.mode in ("stacked", "share") else ""
    sub = _SUB_CLASSES.get(spec.kind, spec.kind) + stacked
    header = [spec.category_title or "Category", *headings(spec)]
    rows = [
        [
            category,
            *(written(spec, series[i], printed=(j, i) not in spec.unlabelled) for j, series in enumerate(spec.values)),
        ]
        for i, category in enumerate(spec.categories)
    ]
    return tagged("chart", sub, spec.title, markdown(header, rows))


def headings(spec: Spec) -> list[str]:
    """Names of the columns: the legend's; for one series what its axis says, or what the title is about."""
    if len(spec.names) > 1:
        return list(spec.names)
    return [spec.names[0] or spec.value_title or subject(spec.title) or "Value"]


def subject(title: str) -> str:
    """What a title says was counted: its words up to those that tell where, when or of whom."""
    found = _SCOPE.search(title, _SHORTEST)
    short = title[: found.start()] if found else title
    return short if len(short) <= LONGEST_HEADING else ""


def written(spec: Spec, value: float | None, *, printed: bool = True) -> str:
    """A number as the answer gives it: as it is printed, or as the axis tells it."""
    if value is None:
        return ""
    if spec.printed and printed:
        return spec.printed(value, plain=True)
    axis = spec.axis
    whole: Format = replace(axis.format, trim=False)
    if axis.log:
        size = 10.0 ** math.floor(math.log10(value)) / 10
        return whole.finer(size)(round(value / size) * size, plain=True)
    step = nice_step(axis.high - axis.low, FINEST, (1, 2, 5, 10))
    number = whole.finer(step)
    return number(round(value / step) * step, plain=True)


def layout_answer(blocks: Sequence[tuple[str, tuple[float, float, float, float]]]) -> str:
    """Blocks of a page: kind and box, the box in fractions of the page."""
    lines = []
    for kind, box in blocks:
        places = " ".join(f"{max(0, min(1000, round(1000 * place))):03d}" for place in box)
        lines.append(f"<|box_start|>{places}<|box_end|><|ref_start|>{kind}<|ref_end|><|rotate_up|>")
    return "\n".join(lines)
