"""Names of categories that were broken into several lines.

Comes in: labels at the marks of an axis and the other labels of the page. Goes out: one label a name, and the lines
that were joined. Knows nothing of marks.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mineru_cli.exact.calendars import month_of
from mineru_cli.exact.dates import parse_date
from mineru_cli.exact.numerals import read_numbers
from mineru_cli.exact.text import Label

Pairs = list[tuple[float, Label]]
"""Ticks: positions and their labels."""

_SHORT: Final = 5  # letters: two lines of words are seldom both so short
_HYPHENS: Final = ("-", "\u2010", "\u2013")  # a label broken after one goes on without a space


def joined_lines(labels: Sequence[Label]) -> tuple[list[Label], list[Label]]:
    """Names in a column with those of several lines joined to one; returns the lines that were joined too."""
    out: list[Label] = []
    lines: list[Label] = []
    last: Label | None = None
    for label in sorted(labels, key=lambda item: item.cy):
        if last is not None and is_next_line(last, label):
            upper = out[-1]
            lines += [last, label]
            edges = tuple(pick(a, b) for pick, a, b in zip((min, min, max, max), upper.box, label.box, strict=True))
            out[-1] = replace(upper, text=f"{upper.text} {label.text}", box=edges)  # type: ignore[arg-type]  # four numbers
        else:
            out.append(label)
        last = label
    return out, lines


def is_next_line(upper: Label, lower: Label) -> bool:
    """Whether a text is the next line of the one above it: as close as lines are, and set flush with it or centred."""
    flush = min(abs(upper.box[0] - lower.box[0]), abs(upper.box[2] - lower.box[2]), abs(upper.cx - lower.cx)) < 0.8
    words = all(re.search(r"[^\W\d]", label.text) for label in (upper, lower))
    drop = lower.cy - upper.cy
    return flush and words and abs(upper.size - lower.size) < 0.1 and 0.9 * upper.size < drop < 1.4 * upper.size


def with_continuations(ticks: Pairs, labels: Sequence[Label], spacing: float) -> tuple[Pairs, list[Label]]:
    """Join the further lines of wrapped category labels; returns these lines too."""
    if any(number is not None for number in read_numbers([label.text for _, label in ticks])):
        return ticks, []
    if any(label.angle for _, label in ticks) or parse_date(ticks[0][1].text) is not None:
        return ticks, []
    joined: list[Label] = []
    used = {id(label) for _, label in ticks}
    last = [label for _, label in ticks]
    texts = [label.text for label in last]
    lines = [[label.text] for label in last]
    for _ in range(3):
        below: dict[int, Label] = {}
        for k, upper in enumerate(last):
            found = next((lb for lb in labels if id(lb) not in used and _continues(upper, lb, spacing, texts[k])), None)
            if found is not None:
                used.add(id(found))
                below[k] = found
        if not below or _foreign(list(below.values()), labels, ticks, used):
            break
        for k, label in below.items():
            joined.append(label)
            texts[k] += label.text if texts[k].endswith(_HYPHENS) else f" {label.text}"
            lines[k].append(label.text)
            last[k] = label
    texts = _mended(lines) or texts
    out = []
    for (place, label), text in zip(ticks, texts, strict=True):
        out.append((place, label if text == label.text else replace(label, text=text)))
        joined.extend([label] if text != label.text else [])
    return out, joined


def _mended(labels: Sequence[Sequence[str]]) -> list[str] | None:
    """The texts of labels that were broken after a number of letters; None where they were broken between words.

    Then lines as long as the longest are followed by lines in small letters, again and again.
    """
    lines = [line for label in labels for line in label]
    longest = max(map(len, lines))
    parted = [
        (line, following)
        for label in labels
        for line, following in itertools.pairwise(label)
        if len(line) == longest and following[0].islower()
    ]
    if len(parted) < (2 if longest <= _SHORT else 3) or not all(line.isalpha() for line in lines):
        return None
    texts = []
    for label in labels:
        text = label[0]
        for pair in itertools.pairwise(label):
            text += pair[1] if pair in parted else f" {pair[1]}"
        texts.append(text)
    return texts


def _foreign(line: Sequence[Label], labels: Sequence[Label], ticks: Pairs, used: set[int]) -> bool:
    """Whether a line of text under the tick labels holds others too: then it is a legend or a title."""
    low, high = ticks[0][1].box[0], ticks[-1][1].box[2]
    return any(
        id(label) not in used
        and label.angle == 0
        and abs(label.cy - line[0].cy) < 0.3 * label.size
        and low < label.cx < high
        for label in labels
    )


def _year_of(lower: str, text: str) -> bool:
    """Whether a year stands under the name of its month."""
    return bool(month_of(text)) and re.fullmatch(r"(?:1[89]|20|21)\d\d", lower.strip()) is not None


def _continues(upper: Label, lower: Label, spacing: float, text: str) -> bool:
    """Whether a label is the next line of another, which so far reads as a text."""
    drop = lower.box[3] - upper.box[3]
    return (
        lower.angle == 0
        and abs(lower.size - upper.size) < 0.3
        and lower.bold == upper.bold
        and 0.9 * upper.size < drop < 1.35 * upper.size
        and lower.w <= 1.1 * spacing
        and (abs(lower.cx - upper.cx) < 0.25 * upper.size or abs(lower.box[0] - upper.box[0]) < 0.3)
        and (re.search(r"[^\W\d]", lower.text) is not None or text.endswith(_HYPHENS) or _year_of(lower.text, text))
    )
