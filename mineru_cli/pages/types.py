"""What the page stage hands on: plain values that travel between processes.

Lengths are PDF points of the page as displayed (rotation applied, origin top left), or pixels for picture files.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from mineru_cli.schema import Axis, AxisName, Box, Chart, Flag, Page, Step, Unit

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """One figure cut from its page, ready to be read: upright RGB, preprocessed, its longest side within limits.

    ``box`` is where it stands, ``dpi`` the crop's resolution there (pixels an inch; 72 x pixels a unit).
    ``printed`` holds the words that stand inside the box in the PDF's text layer; None where there is no text layer
    to ask.
    """

    page: int
    kind: Literal["chart", "table"]
    box: Box
    unit: Unit
    dpi: float
    image: "Image.Image | None"
    pixels: tuple[int, int]
    png: bytes = b""
    overlay_png: bytes = b""
    caption: str = ""
    steps: tuple[Step, ...] = ()
    flags: tuple[Flag, ...] = ()
    printed: tuple[str, ...] | None = None
    chart: Chart | None = None
    axes: Mapping[AxisName, Axis] = field(default_factory=dict)
    overlay: "Image.Image | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What a page gave: its record, the figures found on it, and the picture the model must look for figures on.

    ``layout`` is set, and ``crops`` empty, when only the model can tell where the figures are.
    """

    record: Page
    crops: tuple[Crop, ...] = ()
    layout: "Image.Image | None" = None
