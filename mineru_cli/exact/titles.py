"""The words around a plot area: title, axis titles, caption, offset texts, and the box of the whole figure.

Comes in: a panel and the labels that are neither tick labels nor legend. Goes out: `Words`. Knows nothing of marks.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.offsets import read_offset
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.regions import area, inside
from mineru_cli.exact.symbols import ends_in_arrow, is_symbol, without_symbols
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import TickRow
from mineru_cli.schema import Box

CAPTION: Final = re.compile(
    r"(?:fig(?:ur[ae]?|uur|\.)?|chart|exhibit|graph(?:ique)?|gr[\u00e1a]fico|abb(?:ildung|\.))\s*\d+"
    r"|(?:panel|plot|plate|scheme|diagram(?:me?)?)\s*\d+\s*[.:|\u2013\u2014]",
    re.IGNORECASE,
)
_FLUSH: Final = 3.0  # points
_AT_END: Final = 6.0  # points: a title so near its axis's end is set there
_INNER: Final = 1.5  # em from an axis's line to a title inside the plot area
_NEAR: Final = 3.2  # em from tick labels to the lines of an axis title
_FAR: Final = 6.0  # em to the nearest of them, where programs set titles at a fixed distance
_OVER: Final = 2.9  # em from the middle of a heading down to the plot area
_LINE: Final = 1.9  # em from line to line
_LARGEST_GROUND: Final = 2.5  # times the figure's own area
_UNIT: Final = re.compile(r"[(\[](?P<unit>[^()\[\]]{1,20})[)\]]\s*$")


@dataclass(slots=True, kw_only=True)
class Words:
    """What is printed around a plot area.

    ``used`` are the labels it was read from, ``offsets`` those of them that shift an axis.
    """

    title: str = ""
    caption: str = ""
    x: str = ""
    y: str = ""
    y2: str = ""
    offset_x: tuple[float, float] | None = None
    offset_y: tuple[float, float] | None = None
    offset_y2: tuple[float, float] | None = None
    used: list[Label] = field(default_factory=list)
    offsets: list[Label] = field(default_factory=list)


def unit_of(title: str) -> str:
    """The unit an axis title ends with in brackets; empty where it has none."""
    match = _UNIT.search(title)
    return match["unit"].strip() if match else ""


def read_words(panel: Panel, labels: Sequence[Label], legend_box: Box | None) -> Words:
    """Find title, axis titles, offset texts and caption among the labels around a panel."""
    words = Words()
    free = [label for label in labels if not _far(label, panel) and not is_symbol(label.text)]
    free = _take_offsets(words, panel, free)
    x0, y0, x1, y1 = panel.box
    middles = (_middle(x0, x1), _middle(*_with_tick_labels(panel, 0)))
    bottom = max([y1, *(label.box[3] for label in _row_labels(panel.x.row, "below"))])
    under = [
        label
        for label in free
        if label.angle == 0
        and bottom - 2 < label.box[1] < bottom + (4.5 if label.w < 0.6 * panel.width else 2.6) * label.size
        and not CAPTION.match(label.text)
        and not is_number(label.text)
        and label.w < 1.3 * panel.width
    ]
    below = [u for u in under if min(abs(u.cx - middle) for middle in middles) < 0.1 * panel.width + 8]
    below = below or _at_end(panel, free, under) or _over_ticks(panel, free)
    if below:
        nearest = min(below, key=lambda label: label.box[1])
        words.x = nearest.text
        words.used.append(nearest)
    words.y = _upright_title(words, panel, free, left=panel.y.row.side != "right") or _inner_title(words, panel, free)
    words.y2 = _upright_title(words, panel, free, left=False) if panel.y2 is not None else ""
    _take_title(words, panel, [label for label in free if label not in words.used], legend_box)
    captions = [
        label for label in labels if label.angle == 0 and CAPTION.match(label.text) and y0 - 60 < label.cy < y1 + 140
    ]
    captions = [c for c in captions if c.box[0] < x1 and c.box[2] > x0 - 60 and (c.cy > y1 or c.cy < y0)]
    if captions:
        words.caption = min(captions, key=lambda c: abs(c.cy - y1)).text
    words.title, words.x, words.y, words.y2 = map(without_symbols, (words.title, words.x, words.y, words.y2))
    return words


def _middle(low: float, high: float) -> float:
    return (low + high) / 2


def _with_tick_labels(panel: Panel, way: int) -> tuple[float, float]:
    """From where to where a panel reaches with its tick labels, across (0) or down (1): titles may be centred on it."""
    boxes = [panel.box, *(label.box for axis in (panel.x, panel.y, panel.y2) if axis for _, label in axis.row.ticks)]
    return min(box[way] for box in boxes), max(box[way + 2] for box in boxes)


def _far(label: Label, panel: Panel) -> bool:
    (x0, x1), (y0, y1) = _with_tick_labels(panel, 0), _with_tick_labels(panel, 1)
    return label.box[2] < x0 - 90 or label.box[0] > x1 + 90 or label.box[3] < y0 - 90 or label.box[1] > y1 + 90


def _row_labels(row: TickRow, side: str) -> list[Label]:
    return [label for _, label in row.ticks] if row.side == side else []


def _take_offsets(words: Words, panel: Panel, labels: list[Label]) -> list[Label]:
    """Read the texts that shift a whole axis by a power of ten; they stand at the far end of its ticks."""
    x0, y0, x1, y1 = panel.box
    rest = []
    for label in labels:
        offset = read_offset(label.text) if label.angle == 0 else None
        taken = False
        if offset is not None:
            above = y0 - 3.2 * label.size < label.cy < y0 + 2
            if above and x0 - 60 < label.box[0] < x0 + 0.25 * panel.width:
                words.offset_y, taken = offset, True
            elif above and panel.y2 is not None and label.box[2] > x1 - 0.25 * panel.width:
                words.offset_y2, taken = offset, True
            elif y1 < label.cy < y1 + 6 * label.size and label.box[2] > x1 - 0.25 * panel.width:
                words.offset_x, taken = offset, True
        if taken:
            words.used.append(label)
            words.offsets.append(label)
        else:
            rest.append(label)
    return rest


def _at_end(panel: Panel, labels: Sequence[Label], under: Sequence[Label]) -> list[Label]:
    """Texts that end where the horizontal axis does: below its labels, or on its line inside the plot area."""
    x1, y1 = panel.box[2:]
    on_line = [label for label in labels if label.angle == 0 and 0 < y1 - label.box[3] < 0.8 * label.size]
    return [
        label
        for label in (*under, *on_line)
        if (abs(label.box[2] - x1) < _FLUSH or (label.box[2] > x1 and ends_in_arrow(label.text)))
        and label.w < 0.6 * panel.width
        and not is_number(label.text)
    ]


def _over_ticks(panel: Panel, labels: Sequence[Label]) -> list[Label]:
    """The title of a horizontal axis at the top: over its labels, with the chart's title further up."""
    ticks = _row_labels(panel.x.row, "above")
    if not ticks:
        return []
    top, middle = min(label.box[1] for label in ticks), _middle(panel.box[0], panel.box[2])
    level = [label for label in labels if label.angle == 0 and label.box[3] < top]
    near = [
        label
        for label in level
        if top - label.box[3] < 1.6 * label.size and abs(label.cx - middle) < 0.1 * panel.width + 8
    ]
    return [label for label in near if any(other.box[3] < label.box[1] for other in level)]


def _inner_title(words: Words, panel: Panel, labels: Sequence[Label]) -> str:
    """The title of a vertical axis that is set along its line inside the plot area; the only upright text there."""
    x0, y0, _, y1 = panel.box
    upright = [label for label in labels if label.angle in {90, 270} and y0 - 2 < label.cy < y1 + 2]
    inside = [label for label in upright if x0 - 1 < label.box[0] < x0 + _INNER * label.size]
    if len(inside) != 1 or any(0 < other.box[0] - inside[0].box[2] < 2 * other.size for other in upright):
        return ""
    words.used.append(inside[0])
    return inside[0].text


def _upright_title(words: Words, panel: Panel, labels: Sequence[Label], *, left: bool) -> str:
    """The title of a vertical axis: set upright beside its tick labels, several lines joined."""
    x0, y0, x1, y1 = panel.box
    ticks = [
        label for axis in (panel.y, panel.y2) if axis for label in _row_labels(axis.row, "left" if left else "right")
    ]
    edge = min([x0, *(label.box[0] for label in ticks)]) if left else max([x1, *(label.box[2] for label in ticks)])
    outer = _with_tick_labels(panel, 0)[0 if left else 1]  # slanted labels of the other axis may reach further out
    middles = (_middle(y0, y1), _middle(*_with_tick_labels(panel, 1)))
    found: list[tuple[float, float, Label]] = []
    for label in labels:
        if label.angle not in {90, 270} or label in words.used:
            continue
        gaps = [edge - label.box[2], outer - label.box[2]] if left else [label.box[0] - edge, label.box[0] - outer]
        centred = min(abs(label.cy - middle) for middle in middles) < 0.2 * panel.height + 6
        at_end = min(abs(label.box[1] - y0), abs(label.box[3] - y1)) < _AT_END
        if (centred or at_end) and gaps[0] > -2:
            found.append((gaps[0], min(gap for gap in gaps if gap > -2), label))
    found.sort(key=lambda item: item[0])
    lines: list[Label] = []
    for _, gap, label in found:
        follows = lines and abs(label.cx - lines[-1].cx) < _LINE * label.size and label.size == lines[-1].size
        if follows or gap < (_FAR if not lines else _NEAR) * label.size:
            lines.append(label)
    if left:
        lines.reverse()
    if lines and lines[0].angle == 270:
        lines.reverse()
    words.used.extend(lines)
    return " ".join(label.text for label in lines)


def _take_title(words: Words, panel: Panel, labels: Sequence[Label], legend_box: Box | None) -> None:
    y0 = top = panel.box[1]
    if panel.x.row.side == "above":
        top = min([top, *(label.box[1] for _, label in panel.x.row.ticks)])
    if legend_box is not None and legend_box[3] < y0 + 3:
        top = min(top, legend_box[1])
    found = _above(panel, labels, top)
    found = [item for item in found if not _prose(item, labels, panel)]
    if not found:
        return
    lines = _title_lines(found)
    lines.sort(key=lambda label: label.cy)
    if len(lines) <= 3:
        words.title = " ".join(label.text for label in lines)
        words.used.extend(lines)
        under = [label for label in labels if label.angle == 0 and lines[-1].cy < label.cy < y0 + 1]
        known = [label for _, label in found]
        flush = [label for label in under if label in known or abs(label.box[0] - lines[-1].box[0]) < _FLUSH]
        _take_heading(words, panel, [label for label in flush if re.search(r"[^\W\d_]", label.text)])


def _take_heading(words: Words, panel: Panel, labels: Sequence[Label]) -> None:
    """Take the text over the vertical axis, under the chart's title, as that of the values' axis if it has none."""
    right = panel.y.row.side == "right"
    x0, _, x1, _ = panel.box
    beside = [label for label in labels if (label.box[2] > x1 - _FLUSH if right else label.box[0] < x0 + _FLUSH)]
    over = [label for label in beside if label not in words.used]
    if len(over) != 1:
        return
    if not words.y and panel.y.scale.numeric:
        words.y = over[0].text
    elif not words.x and panel.x.scale.numeric and not panel.y.scale.numeric:
        words.x = over[0].text
    else:
        return
    words.used.append(over[0])


def _above(panel: Panel, labels: Sequence[Label], top: float) -> list[tuple[float, Label]]:
    """Texts that may be a title, ranked by size, weight and place, nearest to the panel first."""
    x0, y0, x1, _ = panel.box
    found = []
    left = min([x0, *(label.box[0] for label in _row_labels(panel.y.row, "left"))])
    right = max([x1, *(label.box[2] for label in _row_labels(panel.y.row, "right"))])
    for label in labels:
        if label.angle or not top - 4.5 * label.size < label.cy < y0 + 1 or CAPTION.match(label.text):
            continue
        centred = abs(label.cx - (x0 + x1) / 2) < 0.12 * panel.width + 6
        flush = min(abs(label.box[0] - x0), abs(label.box[0] - left)) < 4 or label.box[0] < left < label.box[2]
        over = y0 - label.cy < _OVER * label.size and left - 2 * label.size < label.box[2] < x0 + _FLUSH
        flush = (
            flush or over or left < label.box[0] < x0 or (panel.y.row.side == "right" and abs(label.box[2] - right) < 4)
        )
        if (centred or flush) and re.search(r"[^\W\d_]", label.text) and label.w < 1.6 * panel.width:
            found.append((label.size + (1 if label.bold else 0) + (0.5 if centred else 0), label))
    return sorted(found, key=lambda item: -item[1].cy)


def _title_lines(found: Sequence[tuple[float, Label]]) -> list[Label]:
    """The title among texts above a panel: the nearest, or a larger one close above it; with its other lines."""
    best = found[0][1]
    for (rank, label), (below, _) in zip(found[1:], found, strict=False):
        # A subtitle may stand between: the title is larger, and close above.
        if rank > below and best.box[1] - label.box[3] < 1.2 * label.size:
            best = label
        else:
            break
    lines = [best]
    for _, label in found:
        same = label.size == best.size and label.bold == best.bold
        if (
            label is not best
            and same
            and any(abs(abs(line.cy - label.cy) - 1.2 * best.size) < 0.3 * best.size for line in lines)
        ):
            lines.append(label)
    return lines


def _prose(item: tuple[float, Label], labels: Sequence[Label], panel: Panel) -> bool:
    """Whether a line belongs to running text: another as wide stands a line's height away, flush with it."""
    line = item[1]
    if line.w < 0.55 * panel.width:
        return False
    return any(
        other is not line
        and other.angle == 0
        and abs(other.size - line.size) < 0.2
        and abs(other.box[0] - line.box[0]) < 1
        and 0.8 * line.size < abs(other.cy - line.cy) < 1.8 * line.size
        for other in labels
    )


def figure_box(panel: Panel, words: Words, legend_box: Box | None, page: Box) -> Box:
    """The box of a panel with its tick labels, titles and legend, within the page."""
    boxes = [panel.box, *(label.box for label in words.used)]
    own = [panel.x if "x" not in panel.borrowed else None, panel.y if "y" not in panel.borrowed else None, panel.y2]
    boxes.extend(label.box for axis in own if axis is not None for _, label in axis.row.ticks)
    if legend_box is not None:
        boxes.append(legend_box)
    return (
        max(page[0], min(b[0] for b in boxes) - 3),
        max(page[1], min(b[1] for b in boxes) - 3),
        min(page[2], max(b[2] for b in boxes) + 3),
        min(page[3], max(b[3] for b in boxes) + 3),
    )


def with_ground(box: Box, shapes: Sequence[Shape], panels: Sequence[Box], page: Box) -> Box:
    """The ground or frame that was drawn around a figure alone; the figure's box where there is none."""
    around = [
        shape.box
        for shape in shapes
        if shape.rect
        and not shape.painted_by_clip  # a clip may be wider than what shows
        and inside(box, shape.box, 3.0)
        and area(shape.box) < _LARGEST_GROUND * area(box)
        and area(shape.box) < 0.9 * area(page)
        and sum(inside(panel, shape.box) for panel in panels) == 1
    ]
    return min(around, key=area, default=box)
