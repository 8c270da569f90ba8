"""What was read, drawn back over the page, so that a person sees at once what was taken for what.

Comes in: a page and its figures. Goes out: a picture. Knows nothing of files.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from mineru_cli.exact.figure import ExactFigure

if TYPE_CHECKING:
    import pymupdf
    from PIL import Image

_COLOURS: Final = ("#e6007e", "#00a0c6", "#f39200", "#3aaa35", "#662483", "#b17f4a")
_BOX: Final = "#e6007e"
_REFUSED: Final = "#999999"


def draw_overlay(page: "pymupdf.Page", figures: Sequence[ExactFigure], *, dpi: int = 150) -> "Image.Image":
    """Draw each figure's box, and a ring where each point was read, a colour a series.

    Figures that were recognised and not read have a grey box and no rings.
    """
    from PIL import Image, ImageDraw

    pixmap = page.get_pixmap(dpi=dpi, alpha=False)
    picture = Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)
    pen = ImageDraw.Draw(picture)
    scale = dpi / 72
    size = max(2.0, 2.2 * scale)
    for figure in figures:
        colour = _BOX if figure.chart is not None else _REFUSED
        pen.rectangle([side * scale for side in figure.box], outline=colour, width=max(1, round(scale)))
        for k, places in enumerate(figure.drawn):
            for x, y in places:
                at = (x * scale - size, y * scale - size, x * scale + size, y * scale + size)
                pen.ellipse(at, outline=_COLOURS[k % len(_COLOURS)], width=max(1, round(0.8 * scale)))
    return picture
