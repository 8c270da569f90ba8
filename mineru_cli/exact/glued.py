"""Labels of neighbouring ticks that were read as one text, because they are set so close along their axis.

Comes in: the labels along an axis and where its marks stand. Goes out: the labels with those texts cut between words.
Knows nothing of scales.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from mineru_cli.exact.text import Label, joined_text
from mineru_cli.schema import Box


def runs_along(label: Label, way: int) -> bool:
    """Whether a label is set along its axis, x (0) or y (1), so that those of several ticks may be glued."""
    return label.angle in {90, 270} if way else label.angle == 0


def cut_glued(row: Sequence[Label], places: Sequence[float], way: int) -> list[Label]:
    """Cut labels that lie along several marks between words, so that each mark can have its own."""
    out: list[Label] = []
    for label in row:
        beside = [place for place in places if label.box[way] - 1 <= place <= label.box[way + 2] + 1]
        several = len(beside) > 1 and len(label.words) > 1 and runs_along(label, way)
        parts = _assign_words(label, beside, way) if several else []
        out.extend(parts if len(parts) > 1 else [label])
    return out


def _assign_words(label: Label, places: Sequence[float], way: int) -> list[Label]:
    """The words at each mark, joined; nothing where some stand at no mark."""
    groups: dict[float, list[Label]] = {}
    for word in label.words:
        middle = word.cy if way else word.cx
        groups.setdefault(min(places, key=lambda place: abs(place - middle)), []).append(word)
    spacing = min((b - a for a, b in itertools.pairwise(sorted(groups))), default=0.0)
    out = []
    for place, words in groups.items():
        box = _around(words)
        if abs((box[way] + box[way + 2]) / 2 - place) > max(0.5 * label.size, 0.3 * spacing):
            return []
        out.append(replace(words[0], text=joined_text(words), box=box, end=words[-1].end))
    return out


def _around(words: Sequence[Label]) -> Box:
    boxes = [word.box for word in words]
    low, high = [min(box[k] for box in boxes) for k in (0, 1)], [max(box[k] for box in boxes) for k in (2, 3)]
    return (low[0], low[1], high[0], high[1])
