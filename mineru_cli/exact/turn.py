"""Charts that lie sideways or upside down on their page, turned upright for reading.

Comes in: shapes and labels of a page. Goes out: the same, turned so that text of one direction runs to the right, and
the way back for boxes and points. Knows nothing of charts.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.paths import Point
from mineru_cli.exact.primitives import Shape
from mineru_cli.exact.text import Label
from mineru_cli.schema import Box

_FEWEST = 4  # texts: fewer that lie otherwise are no axis
_MOST = 0.5  # of a page's texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A turn by a quarter or a half of a page of a size. ``angle`` is the direction text had before."""

    angle: int
    width: float
    height: float

    @property
    def page(self) -> Box:
        """The turned page's box."""
        return (0.0, 0.0, self.width, self.height) if self.angle == 180 else (0.0, 0.0, self.height, self.width)

    def point(self, point: Point) -> Point:
        """Where a point of the page comes to stand."""
        x, y = point
        if self.angle == 90:
            return (self.height - y, x)
        if self.angle == 270:
            return (y, self.width - x)
        return (self.width - x, self.height - y)

    def back(self, point: Point) -> Point:
        """Where a turned point stood on the page."""
        x, y = point
        if self.angle == 90:
            return (y, self.height - x)
        if self.angle == 270:
            return (self.width - y, x)
        return (self.width - x, self.height - y)

    def box_back(self, box: Box) -> Box:
        """Where a turned box stood on the page."""
        return _box(box, self.back)

    def shapes(self, shapes: Sequence[Shape]) -> list[Shape]:
        """Turned shapes."""
        return [
            replace(
                shape,
                points=tuple(map(self.point, shape.points)),
                knots=tuple(map(self.point, shape.knots)),
                box=_box(shape.box, self.point),
            )
            for shape in shapes
        ]

    def labels(self, labels: Sequence[Label]) -> list[Label]:
        """Turned labels."""
        return [
            replace(
                label,
                box=_box(label.box, self.point),
                angle=(label.angle - self.angle) % 360,
                start=self.point(label.start),
                end=self.point(label.end),
                words=tuple(self.labels(label.words)) if label.angle == self.angle else (),
            )
            for label in labels
        ]


def _box(box: Box, move: Callable[[Point], Point]) -> Box:
    (x0, y0), (x1, y1) = move((box[0], box[1])), move((box[2], box[3]))
    return (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def turns(labels: Sequence[Label], page: Box) -> list[Turn | None]:
    """The directions in which a page may hold charts, by its numbers and by most of its texts; None is upright."""
    straight = [label for label in labels if label.angle % 90 == 0]
    texts = Counter(label.angle for label in straight)
    numbers = Counter(label.angle for label in straight if label.angle and is_number(label.text))
    width, height = page[2] - page[0], page[3] - page[1]
    turned = [
        angle
        for angle, count in texts.most_common()
        if angle and (numbers[angle] >= _FEWEST or (count >= _FEWEST and count > _MOST * len(straight)))
    ]
    return [None, *(Turn(angle=angle, width=width, height=height) for angle in turned)]


def share_along(box: Box, labels: Sequence[Label], angle: int) -> float:
    """Which share of the level and upright texts in a box runs in a direction."""
    inside = [label for label in labels if box[0] <= label.cx <= box[2] and box[1] <= label.cy <= box[3]]
    straight = [label for label in inside if label.angle % 90 == 0]
    return sum(label.angle == angle for label in straight) / max(1, len(straight))
