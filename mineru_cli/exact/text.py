"""The words of a page as labels: one text, one place, one direction each.

Comes in: a PyMuPDF page. Goes out: `Label`, in points of the page as displayed. Superscripts are joined with ``^``,
so that a printed power of ten reads ``10^5``. Knows nothing of axes; text that a neighbour may have been glued to
keeps its words, so that ticks can cut it again.
"""

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from mineru_cli.exact.primitives import Colour
from mineru_cli.exact.runs import Glyph, cut_runs
from mineru_cli.schema import Box

if TYPE_CHECKING:
    import pymupdf

CAP = 0.72  # height of capitals and digits above the baseline, in em
_LEVEL = 0.99  # cosine of the angle between a text and an axis of the page
_SPACE = 0.18  # em: a wider gap is a space
_NARROW = 0.12  # em: a gap between words that is none within them
_MOST_SINGLE = 0.5  # of the words: a text of more single letters is spaced out
_FEWEST_TRACKED = 3  # gaps between letters that tell how a text is spaced out
_MOST_TRACKED = 0.6  # em
_MOST_BETWEEN_DIGITS = 0.3  # em
_OF_NUMBER = re.compile(r"[\d.,%$\u20ac\u00a3+\-\u2212\s]")
_RAISED = 0.2  # em: a smaller text raised by more is a superscript
_SMALL = 0.86  # of the neighbour's size
_PLAIN = str.maketrans(
    {"\xa0": " ", "\u00ad": "", "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Label:
    """A text set in one go.

    ``box`` hugs the letters (baseline to cap height, not the font's line box). ``angle`` is in degrees against
    the page's right, counter-clockwise, 0..359. ``start`` and ``end`` are the ends of the baseline, lifted to half
    the cap height. ``words`` are the parts that stand between spaces, for cutting glued labels.
    """

    text: str
    box: Box
    size: float
    angle: int
    colour: Colour
    bold: bool
    order: int
    start: tuple[float, float]
    end: tuple[float, float]
    words: Sequence["Label"] = ()

    @property
    def cx(self) -> float:
        """Middle of the box."""
        return (self.box[0] + self.box[2]) / 2

    @property
    def cy(self) -> float:
        """Middle of the box."""
        return (self.box[1] + self.box[3]) / 2

    @property
    def w(self) -> float:
        """Width of the box."""
        return self.box[2] - self.box[0]

    @property
    def h(self) -> float:
        """Height of the box."""
        return self.box[3] - self.box[1]


def read_labels(page: "pymupdf.Page") -> list[Label]:
    """Every visible text of a page, cut into labels at wide gaps and between separately drawn texts."""
    lines: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    matrix = page.rotation_matrix if page.rotation else None
    for span in page.get_texttrace():
        if span["type"] == 3 or span["opacity"] == 0:
            continue
        _collect(span, matrix, lines)
    labels: list[Label] = []
    for (angle, _), glyphs in lines.items():
        for run in cut_runs(glyphs):
            label = _label(run, angle)
            if label is not None:
                labels.append(label)
    return _join_scripts(labels)


def _collect(span: dict[str, Any], matrix: Any, lines: dict[tuple[int, int], list[Glyph]]) -> None:
    """Put a span's glyphs on the baselines they belong to."""
    dx, dy = span["dir"]
    if matrix is not None:
        dx, dy = dx * matrix.a + dy * matrix.c, dx * matrix.b + dy * matrix.d
    norm = math.hypot(dx, dy) or 1.0
    dx, dy = dx / norm, dy / norm
    angle = round(math.degrees(math.atan2(-dy, dx))) % 360
    if angle % 90 == 0:
        dx, dy = float(round(dx)), float(round(dy))
    size = span["size"]
    bold = "bold" in span["font"].lower() or "black" in span["font"].lower()
    direction, colour, order = span["dir"], span["color"], span["seqno"]
    level = abs(direction[0]) > _LEVEL
    line: list[Glyph] | None = None
    for code, _, (x, y), box in span["chars"]:
        if matrix is not None:
            x, y = x * matrix.a + y * matrix.c + matrix.e, x * matrix.b + y * matrix.d + matrix.f  # noqa: PLW2901 - the place as displayed
        along, across = x * dx + y * dy, x * dy - y * dx  # across grows upwards of the baseline
        advance = box[2] - box[0] if level else _advance(box, direction, size)
        glyph = Glyph(chr(code), along, across, advance, size, colour, bold, order)
        if line is not None and line[-1].across == across:
            line.append(glyph)
            continue
        for shift in (0, -1, 1):
            key = (angle, round(across / 1.2) + shift)
            if key in lines and abs(lines[key][-1].across - across) < 0.06 * size + 0.1:
                line = lines[key]
                break
        else:
            line = lines[angle, round(across / 1.2)]
        line.append(glyph)


def _advance(box: tuple[float, float, float, float], direction: tuple[float, float], size: float) -> float:
    dx, dy = abs(direction[0]), abs(direction[1])
    if dx > _LEVEL:
        return box[2] - box[0]
    if dy > _LEVEL:
        return box[3] - box[1]
    # The box of a slanted letter holds its advance and its height (one size) in both directions.
    return max(0.05 * size, (box[2] - box[0] + box[3] - box[1]) / (dx + dy) - size)


def _label(run: list[Glyph], angle: int) -> Label | None:
    while run and run[-1].char.isspace():
        run.pop()
    if not run:
        return None
    words, track = _words_of(run, 0.0), 0.0
    if len(words) > 1 and sum(len(word) == 1 for word in words) > _MOST_SINGLE * len(words):
        track = _tracking(run)
        words = _words_of(run, track)
    if not words:
        return None
    text = _text(words[0])
    for before, word in itertools.pairwise(words):
        gap = word[0].along - before[-1].along - before[-1].advance
        text += f" {_text(word)}" if gap > track + _NARROW * max(glyph.size for glyph in word) else _text(word)
    parts = _Words(words, angle) if len(words) > 1 else ()
    return _piece([glyph for word in words for glyph in word], angle, text, parts)


def _words_of(run: Sequence[Glyph], track: float) -> list[list[Glyph]]:
    """The glyphs of a text between spaces, and between gaps that are wider than its letters are spaced out."""
    words: list[list[Glyph]] = [[]]
    end = run[0].along
    for glyph in run:
        if glyph.char.isspace() or glyph.char == "\xa0":
            if words[-1]:
                words.append([])
            continue
        if words[-1] and (glyph.along - end > track + _SPACE * glyph.size or glyph.order != words[-1][-1].order):
            words.append([])
        words[-1].append(glyph)
        reach = glyph.along + glyph.advance
        if reach > end:  # noqa: PLR1730 - in the loop over every letter of a page max() takes longer
            end = reach
    return [word for word in words if word]


def _tracking(run: Sequence[Glyph]) -> float:
    """How far the letters of a text are spaced out, in points: what the closest of many, or of digits, stand apart."""
    pairs = [(a, b) for a, b in itertools.pairwise(run) if not (a.char.isspace() or b.char.isspace())]
    gaps = [b.along - a.along - a.advance for a, b in pairs if a.order == b.order]
    number = all(_OF_NUMBER.match(glyph.char) for glyph in run)
    if len(gaps) < len(pairs) or len(gaps) < (1 if number else _FEWEST_TRACKED):
        return 0.0
    least = min(gaps)
    most = _MOST_BETWEEN_DIGITS if number else _MOST_TRACKED
    return least if 0 < least < most * run[0].size else 0.0


def joined_text(words: Sequence[Label]) -> str:
    """The text of words in a row, with spaces where there are gaps."""
    text = words[0].text
    for before, word in itertools.pairwise(words):
        gap = math.dist(before.end, word.start) > _NARROW * word.size
        text += f" {word.text}" if gap else word.text
    return text


class _Words(Sequence[Label]):
    """The words of a label, made when they are looked at: those of running text never are."""

    def __init__(self, words: Sequence[list[Glyph]], angle: int) -> None:
        self._words, self._angle = words, angle
        self._made: tuple[Label, ...] | None = None

    def __len__(self) -> int:
        return len(self._words)

    @overload
    def __getitem__(self, index: int) -> Label: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Label, ...]: ...

    def __getitem__(self, index: int | slice) -> Label | tuple[Label, ...]:
        if self._made is None:
            self._made = tuple(_piece(word, self._angle, _text(word)) for word in self._words)
        return self._made[index]


def _text(word: Sequence[Glyph]) -> str:
    return "".join([glyph.char for glyph in word]).translate(_PLAIN)


def _piece(word: Sequence[Glyph], angle: int, text: str, words: Sequence[Label] = ()) -> Label:
    """A label of glyphs that stand together."""
    size = max(glyph.size for glyph in word)
    first, last = word[0], word[-1]
    low, high = first.across, first.across + CAP * size
    dx, dy = math.cos(math.radians(angle)), -math.sin(math.radians(angle))
    if angle % 90 == 0:
        dx, dy = float(round(dx)), float(round(dy))

    def place(along: float, across: float) -> tuple[float, float]:
        return (along * dx + across * dy, along * dy - across * dx)

    ends = first.along, last.along + last.advance
    corners = [place(along, across) for along in ends for across in (low, high)]
    middle = (low + high) / 2
    return Label(
        text=text,
        box=(
            min(c[0] for c in corners),
            min(c[1] for c in corners),
            max(c[0] for c in corners),
            max(c[1] for c in corners),
        ),
        size=size,
        angle=angle,
        colour=_rgb(first.colour),
        bold=first.bold,
        order=first.order,
        start=place(ends[0], middle),
        end=place(ends[1], middle),
        words=words,
    )


def _rgb(colour: Any) -> Colour:
    if not isinstance(colour, (tuple, list)) or not colour:
        return (0.0, 0.0, 0.0)
    if len(colour) == 4:
        c, m, y, k = colour
        return (round((1 - c) * (1 - k), 3), round((1 - m) * (1 - k), 3), round((1 - y) * (1 - k), 3))
    red, green, blue = (round(value, 3) for value in (colour if len(colour) == 3 else (colour[0],) * 3))
    return (red, green, blue)


def _join_scripts(labels: list[Label]) -> list[Label]:
    """Attach small raised numbers to the text they follow: ``10`` and ``5`` become ``10^5``."""
    grid: dict[tuple[int, int], list[Label]] = defaultdict(list)
    for label in labels:
        if re.fullmatch(r"[+\-\u2212\u2013]?\d+(?:\.\d+)?", label.text):
            grid[round(label.start[0] / 20), round(label.start[1] / 20)].append(label)
    taken: set[int] = set()
    joined: dict[int, Label] = {}
    for base in labels:
        if not re.search(r"(?:^|[^\d.])(?:10|2|e)$|[a-zA-Z)]$", base.text) or not grid:
            continue
        script = _script(base, grid, taken)
        if script is not None:
            taken.add(id(script))
            box = (
                min(base.box[0], script.box[0]),
                min(base.box[1], script.box[1]),
                max(base.box[2], script.box[2]),
                max(base.box[3], script.box[3]),
            )
            # The centre of a power stays that of its base: ticks point at it.
            joined[id(base)] = replace(base, text=f"{base.text}^{script.text}", box=box, end=script.end, words=())
    return [joined.get(id(label), label) for label in labels if id(label) not in taken]


def _script(base: Label, grid: dict[tuple[int, int], list[Label]], taken: set[int]) -> Label | None:
    dx, dy = math.cos(math.radians(base.angle)), -math.sin(math.radians(base.angle))
    column, row = round(base.end[0] / 20), round(base.end[1] / 20)
    for near in ((column + i, row + j) for i in (0, -1, 1) for j in (0, -1, 1)):
        for script in grid.get(near, ()):
            if script.angle != base.angle or id(script) in taken or script is base or script.size > _SMALL * base.size:
                continue
            ox, oy = script.start[0] - base.end[0], script.start[1] - base.end[1]
            along, up = ox * dx + oy * dy, ox * dy - oy * dx
            # ``start`` stands at half the cap height, so a script of half size on the same baseline lies lower.
            lift = up + (base.size - script.size) * CAP / 2
            if -0.15 * base.size < along < 0.4 * base.size and _RAISED * base.size < lift < 0.9 * base.size:
                return script
    return None
