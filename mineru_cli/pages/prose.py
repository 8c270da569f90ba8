"""Running text: which lines of a page are paragraphs, and so belong to no figure.

Comes in: the page's lines and captions. Goes out: `Prose`. Knows nothing of drawings.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mineru_cli.pages.boxes import area, centre, holds, intersection, union
from mineru_cli.pages.captions import Caption, is_source_note
from mineru_cli.pages.marks import Line
from mineru_cli.schema import Box

_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_WORDS_A_LINE = 4.5
_LONE_SENTENCE_WORDS = 8
_FILLED = 0.15


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """Paragraphs, and what else no figure may take.

    ``lines`` are the indexes of lines in paragraphs, ``apart`` those of captions and source notes, ``boxes`` the
    paragraphs' boxes, ``style`` the font and size most of the running text is set in.
    """

    lines: frozenset[int]
    apart: frozenset[int]
    boxes: tuple[Box, ...]
    style: str

    def touches(self, box: Box) -> bool:
        """Whether a paragraph has its middle in the box."""
        return any(holds(box, centre(paragraph)) for paragraph in self.boxes)

    def fills(self, box: Box) -> bool:
        """Whether paragraphs take a good part of the box, as in a callout or a shaded paragraph."""
        return sum(area(intersection(paragraph, box)) for paragraph in self.boxes) > _FILLED * area(box)


def read_prose(lines: Sequence[Line], captions: Sequence[Caption]) -> Prose:
    """Tell paragraphs from labels: several lines of several words, or one whole sentence."""
    apart = frozenset().union(*(caption.lines for caption in captions)) | {
        index for index, line in enumerate(lines) if is_source_note(line.text)
    }
    blocks: dict[int, list[int]] = {}
    for index, line in enumerate(lines):
        if line.turn == 0 and index not in apart:
            blocks.setdefault(line.block, []).append(index)
    paragraphs = [members for members in blocks.values() if _is_paragraph([lines[index].text for index in members])]
    styles = Counter[str]()
    for members in paragraphs:
        for index in members:
            styles[lines[index].style] += len(lines[index].text)
    return Prose(
        lines=frozenset(index for members in paragraphs for index in members),
        apart=apart,
        boxes=tuple(union(lines[index].box for index in members) for members in paragraphs),
        style=styles.most_common(1)[0][0] if styles else "",
    )


def _is_paragraph(texts: Sequence[str]) -> bool:
    words = [len(_WORD.findall(text)) for text in texts]
    if len(texts) == 1:
        return words[0] >= _LONE_SENTENCE_WORDS and texts[0].rstrip().endswith((".", ":", ";", "?", "!"))
    return sum(words) / len(words) >= _WORDS_A_LINE and sum(words) >= 2 * _WORDS_A_LINE
