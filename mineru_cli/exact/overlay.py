"""What was read, drawn back over a picture of it, so that a person sees at once what was taken for what.

Comes in: a picture of a piece of a page, and where points were read. Goes out: another picture. Knows nothing of files.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

_COLOURS: Final = ("#e6007e", "#00a0c6", "#f39200", "#3aaa35", "#662483", "#b17f4a")
_RADIUS: Final = 6


def draw_overlay(
    picture: "Image.Image",
    drawn: Sequence[Sequence[tuple[float, float]]],
    *,
    origin: tuple[float, float],
    scale: float,
) -> "Image.Image":
    """Draw a ring and a cross where each point was read, a colour a series; the picture itself is left alone.

    Parameters
    ----------
    picture
        A piece of a page at ``scale`` pixels a point.
    drawn
        Where each point of each series was read, in points of the page: `ExactFigure.drawn`.
    origin
        The upper left corner of the piece, in points of the page.
    """
    from PIL import ImageDraw

    result = picture.copy()
    pen = ImageDraw.Draw(result)
    for number, places in enumerate(drawn):
        colour = _COLOURS[number % len(_COLOURS)]
        for place in places:
            x, y = ((place[axis] - origin[axis]) * scale for axis in (0, 1))
            pen.ellipse((x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS), outline=colour, width=2)
            pen.line((x - _RADIUS, y, x + _RADIUS, y), fill=colour)
            pen.line((x, y - _RADIUS, x, y + _RADIUS), fill=colour)
    return result
