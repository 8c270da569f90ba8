"""The glyphs of one baseline, cut into texts.

Comes in: glyphs with their places and when each was drawn. Goes out: runs of glyphs, one a text that was set in one
go, however many draw calls it took: letter by letter, word by word, twice over for weight. Knows nothing of labels.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

_BREAK: Final = 0.75  # em: a wider gap separates texts
_LEAST_SPACED: Final = 3  # glyphs: two letters and a space
_NEXT: Final = 0.06  # em: a separately drawn piece within this gap belongs to the same word
_A_SPACE: Final = (0.2, 0.36)  # em: as wide as the space of the usual fonts is
_EVEN: Final = 0.5  # points: texts centred on ticks stand evenly but for this
_NUMBER: Final = re.compile(r"[\d.,%$\u20ac+\-\u2212]+")


@dataclass(slots=True)
class Glyph:
    """A glyph: ``along`` and ``across`` its baseline in points, its advance and size, and its draw call."""

    char: str
    along: float
    across: float
    advance: float
    size: float
    colour: Any
    bold: bool
    order: int


def cut_runs(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Cut one baseline's glyphs into texts: the pieces of each draw call, then pieces that belong together."""
    calls: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        calls[glyph.order].append(glyph)
    pieces = [piece for call in calls.values() for piece in _pieces(call)]
    pieces.sort(key=lambda piece: piece[0].along)
    runs: list[list[Glyph]] = []
    last: list[Glyph] = []
    for piece in pieces:
        if last and _repeats(last, piece):
            continue
        if runs and _goes_on(runs[-1], piece):
            runs[-1].extend(piece)
        else:
            runs.append(list(piece))
        last = piece
    return _with_words(runs)


def _pieces(call: list[Glyph]) -> list[list[Glyph]]:
    """One draw call's glyphs on one baseline, cut at wide gaps."""
    call.sort(key=lambda g: g.along)
    out: list[list[Glyph]] = []
    end = 0.0  # of the piece so far: the second letter of a ligature has no width of its own
    for glyph in call:
        if glyph.char.isspace():
            if out:
                out[-1].append(glyph)
            continue
        gap = glyph.along - end
        back = gap < -0.6 * glyph.size and glyph.advance > 0.02 * glyph.size
        if not out or back or (gap > _BREAK * glyph.size and gap > _BREAK * glyph.size + 2 * _spaced(out[-1])):
            out.append([])
            end = glyph.along
        out[-1].append(glyph)
        reach = glyph.along + glyph.advance
        if reach > end:  # noqa: PLR1730 - in the loop over every letter of a page max() takes longer
            end = reach
    return out


def _spaced(run: Sequence[Glyph]) -> float:
    """How far the last two letters of a text before a space stand apart, in points: texts may be spaced out."""
    if len(run) < _LEAST_SPACED or not run[-1].char.isspace() or run[-2].char.isspace():
        return 0.0
    first, second = run[-3:-1]
    return max(0.0, second.along - first.along - first.advance)


def _end(run: Sequence[Glyph]) -> float:
    return max(glyph.along + glyph.advance for glyph in run if not glyph.char.isspace())


def _repeats(last: list[Glyph], piece: list[Glyph]) -> bool:
    """Whether a piece is drawn over the last one again, as fake bold and text outlines are."""
    same = "".join(g.char for g in last).strip() == "".join(g.char for g in piece).strip()
    return same and abs(piece[0].along - last[0].along) < 0.12 * piece[0].size


def _goes_on(run: list[Glyph], piece: list[Glyph]) -> bool:
    """Whether a separately drawn piece continues a text: it follows closely, or after a space that is there."""
    last, first = run[-1], piece[0]
    em = max(last.size, first.size)
    if em > 1.25 * min(last.size, first.size) and first.along - _end(run) > 0.1 * em:
        return False
    gap = first.along - _end(run)
    return -0.1 * em < gap < (0.5 * em if last.char.isspace() else _NEXT * em)


def _with_words(runs: list[list[Glyph]]) -> list[list[Glyph]]:
    """Runs with those joined that are the words of one text, drawn one by one with no space between."""
    out: list[list[Glyph]] = []
    start = 0
    for k in range(1, len(runs) + 1):
        if k < len(runs) and _next_word(runs[k - 1], runs[k], start=runs[start]):
            continue
        chain = runs[start:k]
        # Crowded labels of ticks look like words, but stand evenly, the ones beside them too.
        even = len(chain) > 1 and _evenly_set(runs[max(0, start - 1) : k + 1])
        out.extend(chain if even else [[glyph for run in chain for glyph in run]])
        start = k
    return out


def _next_word(run: Sequence[Glyph], other: Sequence[Glyph], *, start: Sequence[Glyph]) -> bool:
    """Whether a run was drawn right after another, in its looks and a space behind it.

    Numbers are texts of their own unless a text began, with ``start``, as something else.
    """
    last, first = run[-1], other[0]
    looks = [(glyph.size, glyph.bold, glyph.colour) for glyph in (first, last)]
    if first.order != last.order + 1 or looks[0] != looks[1]:
        return False
    low, high = _A_SPACE
    if not low * first.size < first.along - _end(run) < high * first.size:
        return False
    return not all(_NUMBER.fullmatch("".join(glyph.char for glyph in part).strip()) for part in (start, other))


def _evenly_set(runs: Sequence[Sequence[Glyph]]) -> bool:
    """Whether three runs or more are centred on evenly spaced places."""
    middles = [(run[0].along + _end(run)) / 2 for run in runs]
    gaps = [b - a for a, b in itertools.pairwise(middles)]
    return len(runs) > 2 and max(gaps) - min(gaps) < _EVEN
