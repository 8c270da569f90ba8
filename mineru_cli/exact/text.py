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
from typing import TYPE_CHECKING, Any

from mineru_cli.exact.primitives import Colour
from mineru_cli.schema import Box

if TYPE_CHECKING:
    import pymupdf

CAP = 0.72  # height of capitals and digits above the baseline, in em
_BREAK = 0.75  # em: a wider gap separates labels
_NEXT = 0.06  # em: a separately drawn piece within this gap belongs to the same word
_SPACE = 0.18  # em: a wider gap is a space
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
    words: tuple["Label", ...] = ()

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


@dataclass(slots=True)
class _Glyph:
    char: str
    along: float
    across: float
    advance: float
    size: float
    colour: Any
    bold: bool
    order: int


def read_labels(page: "pymupdf.Page") -> list[Label]:
    """Every visible text of a page, cut into labels at wide gaps and between separately drawn texts."""
    lines: dict[tuple[int, int], list[_Glyph]] = defaultdict(list)
    matrix = page.rotation_matrix if page.rotation else None
    for span in page.get_texttrace():
        if span["type"] == 3 or span["opacity"] == 0:
            continue
        _collect(span, matrix, lines)
    labels: list[Label] = []
    for (angle, _), glyphs in lines.items():
        for run in _runs(glyphs):
            label = _label(run, angle)
            if label is not None:
                labels.append(label)
    return _join_scripts(labels)


def _collect(span: dict[str, Any], matrix: Any, lines: dict[tuple[int, int], list[_Glyph]]) -> None:
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
    for code, _, origin, box in span["chars"]:
        x, y = origin
        if matrix is not None:
            x, y = x * matrix.a + y * matrix.c + matrix.e, x * matrix.b + y * matrix.d + matrix.f
        along, across = x * dx + y * dy, x * dy - y * dx  # across grows upwards of the baseline
        advance = _advance(box, span["dir"], size)
        glyph = _Glyph(chr(code), along, across, advance, size, span["color"], bold, span["seqno"])
        for shift in (0, -1, 1):
            key = (angle, round(across / 1.2) + shift)
            if key in lines and abs(lines[key][-1].across - across) < 0.06 * size + 0.1:
                lines[key].append(glyph)
                break
        else:
            lines[angle, round(across / 1.2)].append(glyph)


def _advance(box: tuple[float, float, float, float], direction: tuple[float, float], size: float) -> float:
    dx, dy = abs(direction[0]), abs(direction[1])
    if dx > 0.99:
        return box[2] - box[0]
    if dy > 0.99:
        return box[3] - box[1]
    # The box of a slanted letter holds its advance and its height (one size) in both directions.
    return max(0.05 * size, (box[2] - box[0] + box[3] - box[1]) / (dx + dy) - size)


def _runs(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Cut one baseline's glyphs into labels: the pieces of each draw call, then pieces that belong together."""
    calls: dict[int, list[_Glyph]] = defaultdict(list)
    for glyph in glyphs:
        calls[glyph.order].append(glyph)
    pieces = [piece for call in calls.values() for piece in _pieces(call)]
    pieces.sort(key=lambda piece: piece[0].along)
    runs: list[list[_Glyph]] = []
    last: list[_Glyph] = []
    for piece in pieces:
        if last and _repeats(last, piece):
            continue
        if runs and _goes_on(runs[-1], piece):
            runs[-1].extend(piece)
        else:
            runs.append(list(piece))
        last = piece
    return runs


def _pieces(call: list[_Glyph]) -> list[list[_Glyph]]:
    """One draw call's glyphs on one baseline, cut at wide gaps."""
    call.sort(key=lambda g: g.along)
    out: list[list[_Glyph]] = []
    end = 0.0  # of the piece so far: the second letter of a ligature has no width of its own
    for glyph in call:
        if glyph.char.isspace():
            if out:
                out[-1].append(glyph)
            continue
        gap = glyph.along - end
        back = gap < -0.6 * glyph.size and glyph.advance > 0.02 * glyph.size
        if not out or gap > _BREAK * glyph.size or back:
            out.append([])
            end = glyph.along
        out[-1].append(glyph)
        end = max(end, glyph.along + glyph.advance)
    return out


def _end(run: list[_Glyph]) -> float:
    return max(glyph.along + glyph.advance for glyph in run if not glyph.char.isspace())


def _repeats(last: list[_Glyph], piece: list[_Glyph]) -> bool:
    """Whether a piece is drawn over the last one again, as fake bold and text outlines are."""
    same = "".join(g.char for g in last).strip() == "".join(g.char for g in piece).strip()
    return same and abs(piece[0].along - last[0].along) < 0.12 * piece[0].size


def _goes_on(run: list[_Glyph], piece: list[_Glyph]) -> bool:
    """Whether a separately drawn piece continues a label: it follows closely, or after a space that is there."""
    last, first = run[-1], piece[0]
    em = max(last.size, first.size)
    if em > 1.25 * min(last.size, first.size) and first.along - _end(run) > 0.1 * em:
        return False
    gap = first.along - _end(run)
    return -0.1 * em < gap < (0.5 * em if last.char.isspace() else _NEXT * em)


def _label(run: list[_Glyph], angle: int) -> Label | None:
    while run and run[-1].char.isspace():
        run.pop()
    if not run:
        return None
    words: list[list[_Glyph]] = [[]]
    end = run[0].along
    for glyph in run:
        if glyph.char.isspace() or glyph.char == "\xa0":
            if words[-1]:
                words.append([])
            continue
        if words[-1] and (glyph.along - end > _SPACE * glyph.size or glyph.order != words[-1][-1].order):
            words.append([])
        words[-1].append(glyph)
        end = max(end, glyph.along + glyph.advance)
    words = [word for word in words if word]
    if not words:
        return None
    parts = tuple(_piece(word, angle) for word in words)
    whole = _piece([glyph for word in words for glyph in word], angle)
    return replace(whole, text=joined_text(parts), words=parts if len(parts) > 1 else ())


def joined_text(words: Sequence[Label]) -> str:
    """The text of words in a row, with spaces where there are gaps."""
    text = words[0].text
    for before, word in itertools.pairwise(words):
        gap = math.dist(before.end, word.start) > _SPACE * word.size
        text += f" {word.text}" if gap else word.text
    return text


def _piece(word: list[_Glyph], angle: int) -> Label:
    """A label of glyphs that stand together."""
    text = "".join(glyph.char for glyph in word).translate(_PLAIN)
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
