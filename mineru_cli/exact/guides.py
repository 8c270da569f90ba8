"""What only guides the eye: stems under dots, bars between two dots, straight lines through a cloud of points.

Comes in: the traces of a panel. Goes out: the traces that are data, and how many lines through points were left out.
Knows nothing of values.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from mineru_cli.exact.marks import Trace
from mineru_cli.exact.scale import Floats

_AT: Final = 0.7  # points: how far the end of a stem may be from the middle of its dot
_LEVEL: Final = 0.3  # points: ends of stems on one line
_FEWEST: Final = 3  # points that make a cloud


def without_stems(traces: Sequence[Trace]) -> list[Trace]:
    """Lollipops as bars without their dots, dumbbells as dots without their bars, stems not taken for errors."""
    dots = [trace for trace in traces if trace.kind == "scatter"]
    dropped: set[int] = set()
    for bars in (trace for trace in traces if trace.kind in {"bar", "hbar"} and dots):
        heads = [dot for dot in dots if len(dot.places) == len(bars.places) and _near(bars.places, dot.places)]
        if _near(_feet(bars), np.vstack([dot.places for dot in dots])) and _near(
            bars.places, np.vstack([dot.places for dot in dots])
        ):
            dropped.add(id(bars))
        elif len(heads) == 1:
            dropped.add(id(heads[0]))
            bars.fill, bars.marker_colour = heads[0].marker_colour or heads[0].colour, heads[0].marker_colour
    for dot in dots:
        if dot.reach is not None and _on_stems(dot, dots):
            dot.reach = None
    return [trace for trace in traces if id(trace) not in dropped]


def _feet(bars: Trace) -> Floats:
    """Where bars begin, (n, 2)."""
    places = bars.places.copy()
    if bars.feet is not None:
        places[:, 0 if bars.kind == "hbar" else 1] = bars.feet
    return places


def _near(places: Floats, dots: Floats) -> bool:
    gaps = np.hypot(*(places[:, None, :] - dots[None, :, :]).transpose(2, 0, 1))
    return bool(np.all(gaps.min(axis=1) < _AT))


def _on_stems(dot: Trace, dots: Sequence[Trace]) -> bool:
    """Whether the upright strokes at dots run from one line to each, or from each to a dot of another series."""
    assert dot.reach is not None  # noqa: S101 - the caller checked
    known = np.isfinite(dot.reach[:, 0])
    reach, own = dot.reach[known], dot.places[known]
    off = np.abs(reach - own[:, 1:])
    if len(own) < _FEWEST or np.any(off.min(axis=1) > _AT):
        return False
    far = reach[np.arange(len(reach)), off.argmax(axis=1)]
    others = [other.places for other in dots if other is not dot]
    return float(np.ptp(far)) < _LEVEL or (bool(others) and _near(np.c_[own[:, 0], far], np.vstack(others)))


def without_trends(traces: Sequence[Trace]) -> tuple[list[Trace], int]:
    """Drop straight lines of two points that no legend names, drawn over a cloud of points; returns how many."""
    cloud = any(trace.kind == "scatter" and len(trace.places) >= _FEWEST for trace in traces)
    straight = [t for t in traces if t.kind == "line" and len(t.places) == 2 and t.marker is None]
    lines = [trace for trace in straight if cloud and not trace.name]
    left = [trace for trace in traces if not any(trace is line for line in lines)]
    return left, len(lines)
