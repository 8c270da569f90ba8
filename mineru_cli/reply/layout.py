"""The model's layout answer as blocks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutBlock:
    """A region the model named. ``box`` is in fractions of the page's width and height, 0 to 1, x0 < x1, y0 < y1.

    ``rotation`` is how far the block's content is turned, in degrees counterclockwise: 0, 90, 180 or 270.
    """

    kind: str
    box: tuple[float, float, float, float]
    rotation: int = 0
