"""The last step to a crop, the same for PDFs and pictures: turn upright, binarise, fit the size, attach flags.

Comes in: a `Piece` of a page as an RGB picture, and where it stands. Goes out: `Crop`. Knows nothing of how the piece
was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from mineru_cli.options import PageOptions
from mineru_cli.pages.boxes import longest
from mineru_cli.pages.preprocess import binarize, fit
from mineru_cli.pages.types import Crop
from mineru_cli.schema import Box, Flag, Step, Unit

if TYPE_CHECKING:
    from PIL import Image

SMALL_POINTS: Final = 110.0
SMALL_PIXELS: Final = 200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a page as it was cut or rendered, and what is known of it.

    ``box`` is where it stands on its page, in ``unit``; ``rotation`` how far its content is turned, in degrees
    counterclockwise (0, 90, 180 or 270); ``scanned`` says that it comes from paper.
    """

    image: "Image.Image"
    page: int
    kind: Literal["chart", "table"]
    box: Box
    unit: Unit
    caption: str = ""
    panels: int = 1
    rotation: int = 0
    scanned: bool = False
    steps: tuple[Step, ...] = ()
    printed: tuple[str, ...] | None = None


def make_crop(piece: Piece, options: PageOptions) -> Crop:
    """Bring a piece of a page to the form a reader wants: upright, binarised if need be, within ``max_side``."""
    image, steps = piece.image, list(piece.steps)
    if piece.rotation:
        image = image.rotate(-piece.rotation, expand=True)
        steps.append(Step(name="rotate", detail={"degrees": -piece.rotation}))
    image, black = binarize(image, options, scanned=piece.scanned)
    image, shrunk = fit(image, options)
    return Crop(
        page=piece.page,
        kind=piece.kind,
        box=(round(piece.box[0], 2), round(piece.box[1], 2), round(piece.box[2], 2), round(piece.box[3], 2)),
        unit=piece.unit,
        dpi=round(72.0 * max(image.size) / max(longest(piece.box), 1.0), 1),
        image=image,
        pixels=image.size,
        caption=piece.caption,
        steps=(*steps, *black, *shrunk),
        flags=tuple(_flags(piece)),
        printed=piece.printed,
    )


def _flags(piece: Piece) -> Iterator[Flag]:
    if piece.panels > 1:
        yield Flag(code="multi_panel", message=f"The figure has {piece.panels} panels, read as one chart.")
    if longest(piece.box) < (SMALL_POINTS if piece.unit == "pt" else SMALL_PIXELS):
        yield Flag(code="small", message="The figure is small: its print may be too fine to read.")
