"""Step lines: told from other lines, and one point a level, where the data stand.

Comes in: lines of straight pieces. Goes out: the same `Trace`, made a step where it runs along the axes only. Knows
nothing of markers' paint or of values.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mineru_cli.exact.marks import Trace
from mineru_cli.exact.scale import Floats

Flags = NDArray[np.bool_]


def tell_steps(lines: Sequence[Trace]) -> None:
    """Turn lines that run along the axes only into steps: one point a level, where the data stand."""
    for line in lines:
        level = level_pieces(line.places) if line.kind == "line" and line.marker is None else None
        if level is not None:
            line.kind = "step"
            line.places = levels(line.places, level)


def level_pieces(vertices: Floats) -> Flags | None:
    """Which pieces of a line are level, where it runs along the axes only; None for other lines."""
    if len(vertices) < 6:
        return None
    steps = np.abs(np.diff(vertices, axis=0))
    level, upright = steps[:, 1] < 0.02, steps[:, 0] < 0.02
    sure = np.mean(level | upright) > 0.98 and level.sum() >= 2 and upright.sum() >= 2
    return level if sure else None


def marks_levels(places: Floats, vertices: Floats, level: Flags) -> bool:
    """Whether a marker stands on every level of a step line; some programs leave out the first."""
    for start, end in zip(vertices[:-1][level], vertices[1:][level], strict=True):
        on = np.abs(places[:, 1] - start[1]) < 0.7
        low, high = sorted((start[0], end[0]))
        if high - low > 0.7 and not np.any(on & (places[:, 0] > low - 0.7) & (places[:, 0] < high + 0.7)):
            return False
    return True


def levels(places: Floats, level: Flags) -> Floats:
    """The data of a step line: at the ends, the starts or the middles of its levels, told by how it begins and ends."""
    level = level & (np.abs(np.diff(places[:, 0])) > 0.02)
    starts, ends = _each_step(places[:-1][level], places[1:][level])
    if not level[0]:  # begins upright: each value reaches back from its x
        return np.vstack([places[:1], ends])
    if not level[-1]:  # ends upright: each value reaches forward from its x
        return np.vstack([starts, places[-1:]])
    lengths = ends[:, 0] - starts[:, 0]
    inner = float(np.median(lengths[1:-1])) if len(lengths) > 2 else 0.0
    if inner and abs(lengths[0] / inner - 0.5) < 0.1 and abs(lengths[-1] / inner - 0.5) < 0.1:
        middles = (starts + ends) / 2
        middles[0], middles[-1] = starts[0], ends[-1]
        return np.asarray(middles, dtype=float)
    return np.vstack([starts, ends[-1:]])


def _each_step(starts: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Levels cut into steps of one length, where all are whole multiples of the shortest: equal values in a row."""
    lengths = ends[:, 0] - starts[:, 0]
    shortest = float(np.min(np.abs(lengths)))
    counts = np.round(lengths / shortest)
    if np.any(np.abs(lengths / shortest - counts) > 0.02 * np.abs(counts)) or counts.min() < 1 or counts.max() > 20:
        return starts, ends
    parts = np.repeat(np.arange(len(starts)), counts.astype(int))
    place = np.concatenate([np.arange(count) for count in counts]) / counts[parts]
    step = ends[parts] - starts[parts]
    first = starts[parts] + place[:, None] * step
    return first, first + step / counts[parts][:, None]
