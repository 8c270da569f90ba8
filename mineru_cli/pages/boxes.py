"""Rectangles: how they overlap, how far they are apart, which of them hang together.

Comes in: `Box` tuples (x0, y0, x1, y1), y downwards, in any one unit. Goes out: numbers, boxes, groups. Knows nothing
of what the rectangles hold.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from mineru_cli.schema import Box

_FINEST_GRID = 512
"""Cells along the longer side of the clustering grid, at most: bounds time and memory on absurdly large pages."""


def width(box: Box) -> float:
    """The horizontal side."""
    return box[2] - box[0]


def height(box: Box) -> float:
    """The vertical side."""
    return box[3] - box[1]


def area(box: Box) -> float:
    """Width by height; zero for a box turned inside out."""
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def longest(box: Box) -> float:
    """The longer side."""
    return max(width(box), height(box))


def centre(box: Box) -> tuple[float, float]:
    """The middle point."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around all of them; there must be at least one."""
    columns = list(zip(*boxes, strict=True))
    return min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3])


def intersection(one: Box, other: Box) -> Box:
    """What they share; turned inside out (``area`` zero) when they are apart."""
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])


def share(inner: Box, outer: Box) -> float:
    """The part of ``inner`` that lies within ``outer``, 0 to 1."""
    whole = area(inner)
    return area(intersection(inner, outer)) / whole if whole else float(holds(outer, centre(inner)))


def iou(one: Box, other: Box) -> float:
    """Intersection over union, 0 to 1."""
    common = area(intersection(one, other))
    whole = area(one) + area(other) - common
    return common / whole if whole else 0.0


def holds(box: Box, point: tuple[float, float]) -> bool:
    """Whether the point lies within."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def grown(box: Box, by: float) -> Box:
    """Larger by ``by`` on every side."""
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


def gaps(one: Box, other: Box) -> tuple[float, float]:
    """How far apart they are along x and along y; negative where their extents overlap."""
    return max(one[0], other[0]) - min(one[2], other[2]), max(one[1], other[1]) - min(one[3], other[3])


def cluster(boxes: Sequence[Box], gap: float) -> list[list[int]]:
    """Group boxes that touch, overlap, or stand less than about ``gap`` apart, directly or through others.

    The boxes are painted on a grid of cells ``gap`` wide and the grid's connected components are taken; components
    whose bounding boxes overlap are one group. The cost grows with the number of boxes and of cells, not with pairs.

    Returns
    -------
    list of list of int
        The indexes of each group's boxes, groups in reading order of their top edge.
    """
    if not boxes:
        return []
    around = np.asarray(boxes, dtype=float)
    origin = around[:, :2].min(axis=0)
    extent = float((around[:, 2:].max(axis=0) - origin).max())
    cell = max(gap, extent / _FINEST_GRID)
    members = np.arange(len(boxes))
    while True:
        labels = _grid_labels(np.floor((around - np.tile(origin, 2)) / cell).astype(int))
        count = int(labels.max()) + 1
        merged = np.concatenate([np.full((count, 2), np.inf), np.full((count, 2), -np.inf)], axis=1)
        np.minimum.at(merged[:, :2], labels, around[:, :2])
        np.maximum.at(merged[:, 2:], labels, around[:, 2:])
        members = labels[members]
        if count == len(around):
            break
        around = merged
    groups: list[list[int]] = [[] for _ in range(count)]
    for index, label in enumerate(members.tolist()):
        groups[label].append(index)
    return sorted(groups, key=lambda group: min(boxes[index][1] for index in group))


def _grid_labels(cells: NDArray[np.int_]) -> NDArray[np.int_]:
    """Label each box (n x 4 cell indexes, inclusive) by the connected component its cells lie in, 0 to count - 1."""
    columns, rows = int(cells[:, 2].max()) + 1, int(cells[:, 3].max()) + 1
    steps = np.zeros((rows + 1, columns + 1), dtype=int)
    for x, y, sign in ((0, 1, 1), (2, 3, 1), (0, 3, -1), (2, 1, -1)):
        np.add.at(steps, (cells[:, y] + (y == 3), cells[:, x] + (x == 2)), sign)
    painted = steps.cumsum(axis=0).cumsum(axis=1)[:rows, :columns] > 0
    grid = _components(painted)
    return np.unique(grid[cells[:, 1], cells[:, 0]], return_inverse=True)[1]


def _components(painted: NDArray[np.bool_]) -> NDArray[np.int_]:
    """Label the 8-connected components of a boolean grid, joining the runs of each row with those of the row above."""
    labels = np.full(painted.shape, -1)
    parents: list[int] = []

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    above: list[tuple[int, int, int]] = []
    padded = np.pad(painted.astype(np.int8), ((0, 0), (1, 1)))
    for y, edges in enumerate(np.diff(padded, axis=1)):
        current: list[tuple[int, int, int]] = []
        for start, end in zip(np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True):
            label = len(parents)
            parents.append(label)
            for upper_start, upper_end, upper in above:
                if upper_start <= end and start <= upper_end:
                    parents[root(upper)] = root(label)
            labels[y, start:end] = label
            current.append((start, end, label))
        above = current
    roots = np.array([root(label) for label in range(len(parents))])
    return np.where(labels >= 0, roots[labels], -1)
