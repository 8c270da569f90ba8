"""How single marks look: their colour, their form, which point they mark.

Comes in: shapes. Goes out: what tells one mark from another, and one kind from another. Knows nothing of panels.
"""

import numpy as np

from mineru_cli.exact.primitives import Colour, Shape

Signature = tuple[int, bool, float, float, str]

_LEAST = 1.5  # points: of smaller shapes the form cannot be told
_MOST_CORNERS = 13
_LARGEST_DISC = 90.0  # points
_ROUND = 0.03  # of the width
_LEAST_SHARE = 0.05  # of its box, that a polygon fills
_HALF, _FULL = 0.62, 0.92  # of the box: triangles and diamonds fill less, squares more
_SQUARE = 1.1  # times as wide as high, or as high as wide, at most
_POINTED = 0.1  # of the size, that a triangle's centre of gravity is off the middle of its box


def signature(shape: Shape, variety: str = "") -> Signature:
    """What makes two markers look alike but for size and paint."""
    size = max(shape.w, shape.h, 1e-6)
    return (
        len(shape.knots),
        shape.curved,
        round(shape.w / size, 1),
        round(shape.h / size, 1),
        variety or _form(shape),
    )


def _form(shape: Shape) -> str:
    """How full its box a small polygon is, and which way it points: tells diamonds from squares and from triangles."""
    points = np.array(shape.points)
    if shape.curved or not 3 <= len(points) <= _MOST_CORNERS or min(shape.w, shape.h) < _LEAST:
        return ""
    x, y = points[:, 0] - shape.cx, points[:, 1] - shape.cy
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    area = float(cross.sum()) / 2
    if abs(area) < _LEAST_SHARE * shape.w * shape.h:
        return ""
    share = abs(area) / (shape.w * shape.h)
    right = float(((x + np.roll(x, -1)) * cross).sum()) / (6 * area * shape.w)
    down = float(((y + np.roll(y, -1)) * cross).sum()) / (6 * area * shape.h)
    full = "full" if share > _FULL else "half" if share < _HALF else ""
    return full + ("" if abs(right) < _POINTED else "<>"[right < 0]) + ("" if abs(down) < _POINTED else "^v"[down < 0])


def light(colour: Colour | None) -> bool:
    """Whether a colour is nearly white."""
    return colour is not None and min(colour) > 0.93


def ink_colour(shape: Shape) -> Colour | None:
    """The colour that tells a mark from others: that of its outline where its inside is white."""
    return shape.stroke if light(shape.fill) and shape.stroke is not None else shape.colour


def alike(a: Colour | None, b: Colour | None, tolerance: float = 0.02) -> bool:
    """Whether two colours are the same but for rounding."""
    return a is not None and b is not None and max(abs(p - q) for p, q in zip(a, b, strict=True)) <= tolerance


def straight(shape: Shape) -> bool:
    """Whether a stroke is one upright or level line, drawn in one piece or there and back."""
    drawn = shape.stroke is not None and 2 <= len(shape.points) <= (3 if shape.fill is None else 2)
    return drawn and not shape.curved and min(shape.w, shape.h) < 0.1


def disc(shape: Shape) -> bool:
    """Whether a shape is a filled circle, as bubbles of any size are."""
    if shape.fill is None or not shape.curved or abs(shape.w - shape.h) > _ROUND * shape.w or shape.w > _LARGEST_DISC:
        return False
    far = np.hypot(*(np.array(shape.points) - (shape.cx, shape.cy)).T)
    return bool(np.ptp(far) < _ROUND * shape.w)


def centre(shape: Shape) -> tuple[float, float]:
    """Where a marker points: the middle of its box, or of its corners for triangles and five-pointed stars.

    Triangles of equal sides are drawn around their centre of gravity; those that fill a square, in its middle.
    """
    points = shape.points
    if len(points) > 2 and abs(points[0][0] - points[-1][0]) < 1e-3 and abs(points[0][1] - points[-1][1]) < 1e-3:
        points = points[:-1]
    triangle = not shape.curved and len(points) == 3 and max(shape.w, shape.h) > _SQUARE * min(shape.w, shape.h)
    if triangle or (not shape.curved and len(points) == 10):
        return (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points))
    return shape.cx, shape.cy
