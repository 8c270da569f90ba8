"""The model's layout answer as blocks.

Comes in: text, one block a line: ``<|box_start|>x0 y0 x1 y1<|box_end|><|ref_start|>chart<|ref_end|><|rotate_up|>``,
coordinates in thousandths of the page. Goes out: `LayoutBlock`. Knows nothing of pages or pictures.
"""

import re
from dataclasses import dataclass
from typing import Final

_TURNED: Final = {"up": 0, "left": 90, "down": 180, "right": 270}
"""Where the content's upper edge points to, as degrees counterclockwise."""

_COORDINATES = r"[\s,]{1,3}".join([r"(-?\d{1,6})"] * 4)
_KIND = r"([A-Za-z][A-Za-z_\- ]{0,40})"
_BLOCK = re.compile(
    rf"<\|box_start\|>\s?{_COORDINATES}(?:\s?<\|box_end\|>)?(?:\s?<\|ref_start\|>)?\s?{_KIND}"
    rf"|{_COORDINATES}\s?<\|box_end\|>(?:\s?<\|ref_start\|>)?\s?{_KIND}"
    rf"|{_COORDINATES}\s?<\|ref_start\|>\s?{_KIND}"
)
_BARE_BLOCK = re.compile(rf"^\s{{0,8}}{_COORDINATES}\s?{_KIND}$", re.MULTILINE)
_ROTATION = re.compile(r"<\|rotate_(up|right|down|left)\|>")


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutBlock:
    """A region the model named. ``box`` is in fractions of the page's width and height, 0 to 1, x0 < x1, y0 < y1.

    ``rotation`` is how far the block's content is turned, in degrees counterclockwise: 0, 90, 180 or 270.
    """

    kind: str
    box: tuple[float, float, float, float]
    rotation: int = 0


def parse_layout(text: str) -> list[LayoutBlock]:
    """Read the answer to a layout question: the blocks in it, in their order. Never raises, whatever the text.

    Coordinates beyond the page are brought to its edge, reversed ones are swapped; blocks without extent and
    repetitions are left out. Text without any block gives an empty list.
    """
    found = list(_BLOCK.finditer(text)) or list(_BARE_BLOCK.finditer(text))
    blocks: dict[LayoutBlock, None] = {}
    for place, match in enumerate(found):
        x0, y0, x1, y1, kind = filter(None, match.groups())
        box = _box(*(max(0, min(int(number), 1000)) / 1000 for number in (x0, y0, x1, y1)))
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        turned = _ROTATION.search(text, match.end(), end)
        if box[0] < box[2] and box[1] < box[3]:
            name = "_".join(kind.lower().replace("-", " ").split())
            blocks[LayoutBlock(kind=name, box=box, rotation=_TURNED[turned[1]] if turned else 0)] = None
    return list(blocks)


def _box(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def answers_with_chart(text: str) -> bool:
    """Tell whether a layout question was answered as a chart question is: the picture is itself one chart."""
    return "<|class_start|>" in text
