"""Lines, steps and markers: strokes chained to series, markers joined to the line through them, error bars.

Comes in: the strokes and small marks of a panel. Goes out: one `Trace` a series. Where a line has markers their
centres are the data, which no simplification of the line can harm.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from mineru_cli.exact.forms import Signature, alike, centre, ink_colour, light, signature, straight
from mineru_cli.exact.joints import joined
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.scale import Floats
from mineru_cli.exact.steps import level_pieces, levels, marks_levels

_JOIN = 0.6  # points: ends so near are one
_OUTSIDE = 3.0  # points
_AROUND = 8.0  # points: the gap that is left around a marker
_DENSE = 100  # vertices: lines this long may have been simplified by the program that drew them


def line_traces(
    strokes: Sequence[Shape], panel: Panel, spread: float, ground: Colour
) -> tuple[list[Trace], list[Shape]]:
    """Chain strokes of one style; returns the lines and the short level or upright strokes left (error bars)."""
    styles: dict[tuple[Colour | None, float, str], list[Shape]] = defaultdict(list)
    short: list[Shape] = []
    links = joined(strokes)
    ends = _stem_ends(strokes)
    for shape in strokes:
        small = shape.w < 0.1 or shape.w <= 1.6 * spread or (_spot(shape.cx, shape.cy), shape.stroke) in ends
        if straight(shape) and small and id(shape) not in links:
            short.append(shape)
        elif not (light(shape.stroke) and light(ground)):
            styles[shape.stroke, round(shape.width, 2), shape.dash].append(shape)
    traces = []
    for (stroke, width, dash), members in styles.items():
        for chain, shapes in _chains(members, panel):
            trace = Trace(kind="line", places=chain, order=shapes[0].order, stroke=stroke, width=width, dash=dash)
            if any(s.rebuilt for s in shapes):
                trace.flags["rebuilt_dashes"] = "The line was drawn dash by dash; its corners were worked out."
            trace.opacity, trace.smooth = shapes[0].opacity, any(s.curved for s in shapes)
            traces.append(trace)
    return traces, short


def _stem_ends(strokes: Sequence[Shape]) -> set[tuple[tuple[int, int], Colour | None]]:
    """Where upright strokes end, and their colour: a level stroke with its middle there is the cap of an error bar."""
    stems = [s for s in strokes if straight(s) and s.w < 0.1 < s.h]
    return {(_spot(s.cx, end), s.stroke) for s in stems for end in (s.box[1], s.box[3])}


def _spot(x: float, y: float) -> tuple[int, int]:
    return round(2 * x), round(2 * y)


def _chains(members: list[Shape], panel: Panel) -> list[tuple[Floats, list[Shape]]]:
    """Strokes of one style joined end to end, then pieces that follow one another along x."""
    pieces: list[tuple[Floats, list[Shape]]] = []
    for shape in members:
        points = np.array(shape.knots if shape.curved else shape.points)
        for k, (chain, shapes) in enumerate(pieces):
            if np.hypot(*(chain[-1] - points[0])) < _JOIN:
                pieces[k] = (np.vstack([chain, points[1:]]), [*shapes, shape])
                break
        else:
            pieces.append((points, [shape]))
    pieces = [
        (chain, shapes)
        for chain, shapes in pieces
        if np.ptp(chain[:, 0]) >= 0.03 * panel.width or np.ptp(chain[:, 1]) >= 0.03 * panel.height
    ] or (pieces if len(pieces) > 1 else [])
    pieces.sort(key=lambda piece: float(piece[0][:, 0].min()))
    merged: list[tuple[Floats, list[Shape]]] = []
    for chain, shapes in pieces:
        for k, (before, earlier) in enumerate(merged):
            if len(pieces) <= 80 and chain[:, 0].min() >= before[:, 0].max() - 0.3 and np.ptp(before[:, 0]) > 0:
                merged[k] = (np.vstack([before, chain]), [*earlier, *shapes])
                break
        else:
            merged.append((chain, shapes))
    return [(chain, shapes) for chain, shapes in merged if np.ptp(chain[:, 0]) >= 0.03 * panel.width]


def marker_sets(markers: Sequence[tuple[Shape, str]], ground: Colour) -> list[tuple[list[Shape], Signature]]:
    """Markers grouped by paint and form; where nearly every one differs in paint, all are one set."""
    groups: dict[tuple[object, ...], list[tuple[Shape, str]]] = defaultdict(list)
    markers = _without_doubles(_without_halos(markers, ground))
    for shape, variety in markers:
        sign = signature(shape, variety)
        groups[(shape.fill, None if shape.stroke == shape.fill else shape.stroke, *sign)].append((shape, variety))
    sets = list(groups.values())
    large = [list(g) for g in sets if len(g) >= 3]
    strays = [g for g in sets if len(g) < 3]
    kept = large + [g for g in strays if not _joined_to_like(g, large)]
    total = len(markers)
    if not large and len(sets) > 1 and len({len(g) for g in sets}) == 1 and len(sets[0]) > 1:
        return [([shape for shape, _ in g], signature(*g[0])) for g in sets]  # each line has as few
    if total >= 3 and (len(kept) > 10 or (len(large) > 0 and sum(map(len, large)) < 0.7 * total) or not large):
        shapes = [shape for shape, _ in markers]
        if _tiled(shapes):
            return []
        forms = {signature(shape)[1:] for shape in shapes}
        return [(shapes, (0, False, 1.0, 1.0, "mixed" if len(forms) > 1 else ""))]
    return [([shape for shape, _ in g], signature(*g[0])) for g in kept]


def _tiled(shapes: Sequence[Shape]) -> bool:
    """Whether many shapes of many colours lie side by side without gaps: a heat map, not points."""
    if len(shapes) < 30 or len({shape.colour for shape in shapes}) < 8:
        return False
    places = np.array([(shape.cx, shape.cy) for shape in shapes[:400]])
    gaps = np.hypot(*(places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    nearest = gaps.min(axis=1)
    size = float(np.median([max(shape.w, shape.h) for shape in shapes]))
    return bool(np.mean((nearest < 1.05 * size) & (nearest > 0.5 * size)) > 0.9)


def _joined_to_like(group: list[tuple[Shape, str]], large: list[list[tuple[Shape, str]]]) -> bool:
    """Add a few markers to the set they differ from in their outline alone; else tell that they are on their own."""
    head = group[0][0]
    for others in large:
        like = others[0][0]
        same_paint = alike(head.colour, like.colour) and (head.fill is None) == (like.fill is None)
        if same_paint and abs(head.w - like.w) < 0.12 * like.w and abs(head.h - like.h) < 0.12 * like.h:
            others.extend(group)
            return True
    return False


def _without_halos(markers: Sequence[tuple[Shape, str]], ground: Colour) -> list[tuple[Shape, str]]:
    """Drop marks of the ground's colour under others: they only part a marker from its line."""

    def blank(shape: Shape) -> bool:
        return alike(shape.fill, ground) and (shape.stroke is None or alike(shape.stroke, ground))

    drawn = {(round(s.cx * 2), round(s.cy * 2)) for s, _ in markers if not blank(s)}
    near = [(i, j) for i in (0, -1, 1) for j in (0, -1, 1)]
    return [
        (s, variety)
        for s, variety in markers
        if not blank(s) or not any((round(s.cx * 2) + i, round(s.cy * 2) + j) in drawn for i, j in near)
    ]


def _without_doubles(markers: Sequence[tuple[Shape, str]]) -> list[tuple[Shape, str]]:
    """Drop outlines drawn around filled markers: those of a form of which most stand on one."""
    filled = {(round(s.cx * 5), round(s.cy * 5)) for s, _ in markers if s.fill is not None}
    near = [(i, j) for i in (0, -1, 1) for j in (0, -1, 1)]
    outlines: dict[tuple[object, ...], list[bool]] = defaultdict(list)
    for s, variety in markers:
        if s.fill is None:
            doubled = any((round(s.cx * 5) + i, round(s.cy * 5) + j) in filled for i, j in near)
            outlines[(s.stroke, *signature(s, variety))].append(doubled)
    dropped = {form for form, doubled in outlines.items() if np.mean(doubled) > 0.5}
    return [
        (s, variety)
        for s, variety in markers
        if s.fill is not None or (s.stroke, *signature(s, variety)) not in dropped
    ]


def attach_markers(lines: list[Trace], sets: Sequence[tuple[list[Shape], Signature]]) -> list[Trace]:
    """Give each line the markers that lie on it; markers on no line are a scatter series of their own."""
    scatter = []
    for shapes, sign in sets:
        places = np.array([centre(shape) for shape in shapes])
        head = shapes[0]
        colour = ink_colour(head)
        best: tuple[float, Trace] | None = None
        for line in lines:
            if line.marker is not None or len(line.places) > 4000:
                continue
            share = float(np.mean(distances(places, line.places) < 0.7))
            same = alike(line.stroke, colour) or alike(line.stroke, head.stroke)
            if same and share <= 0.9 and _broken_at(line.places, places):
                share = 0.95
            good = share > 0.9 and (same or len(shapes) >= 3)
            # Of another colour, but a mark for every vertex: they were drawn together.
            fits = same or (
                len(places) == len(line.places)
                and float(np.abs(np.sort(places, axis=0) - np.sort(line.places, axis=0)).max()) < 0.7
            )
            if good and (best is None or share + fits > best[0]):
                best = (share + fits, line)
        sure = best is not None and (best[0] >= 1.85 or (len(lines) == 1 and best[0] > 0.95))
        if best is not None and sure and _marks_all(places, best[1]):
            _mark(best[1], places, sign, colour)
            continue
        same_colour = [line for line in lines if alike(line.stroke, colour)]
        places = _shared_out(places, same_colour, sign, colour)
        stray = len(places) < 3 and any((distances(places, line.places) < 1.5).all() for line in same_colour)
        if len(places) and not stray:
            scatter.append(
                Trace(kind="scatter", places=places, order=head.order, fill=head.fill, stroke=head.stroke, marker=sign)
            )
            scatter[-1].marker_colour = colour
            if sign[-1] == "mixed":
                scatter[-1].flags["mixed_markers"] = (
                    "The marks differ in form: they may be several series, or no data points."
                )
            scatter[-1].opacity = head.opacity
    return lines + scatter


def _shared_out(places: Floats, lines: Sequence[Trace], sign: Signature, colour: Colour | None) -> Floats:
    """Give markers that several lines have in common to each; returns those that stand on no line's vertex."""
    left = np.ones(len(places), dtype=bool)
    for line in lines:
        if line.marker is not None or len(line.places) > 2000:
            continue
        gaps = np.hypot(*(line.places[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
        if len(line.places) >= 3 and np.mean(gaps.min(axis=1) < 0.7) > 0.95:
            line.marker, line.marker_colour = sign, colour
            left &= gaps.min(axis=0) >= 0.7
    return places[left]


def _broken_at(vertices: Floats, places: Floats) -> bool:
    """Whether a line leaves gaps around the markers, as R's type "b" does: every vertex stands near a marker."""
    if len(places) < 3 or len(vertices) > 2 * len(places):
        return False
    gaps = np.hypot(*(vertices[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
    # Where markers crowd no line is left between them.
    return bool(gaps.min(axis=1).max() < _AROUND and np.mean(gaps.min(axis=0) < 2 * _AROUND) > 0.5)


def _marks_all(places: Floats, line: Trace) -> bool:
    """Whether markers stand at (nearly) all corners of a line, or the line is straight or smooth between them."""
    if len(places) >= 0.8 * len(line.places) or line.smooth:
        return True
    corners = distances(line.places, places) if len(places) > 1 else np.array([99.0])
    return bool(np.mean(corners < 0.7) > 0.6) or len(places) >= 3


def _mark(line: Trace, places: Floats, sign: Signature, colour: Colour | None) -> None:
    line.marker, line.marker_colour = sign, colour
    line.flags.pop("rebuilt_dashes", None)
    level = level_pieces(line.places)
    if level is not None and np.mean(distances(places, line.places) < 0.7) > 0.95:
        line.kind = "step"
        marked = marks_levels(places, line.places, level)
        line.places = places[np.argsort(places[:, 0], kind="stable")] if marked else levels(line.places, level)
        return
    few = len(places) < 0.8 * len(line.places) and not line.smooth and not _broken_at(line.places, places)
    if few and not _only_marked_corners(line.places, places):
        return  # every so many points are marked: the line keeps its vertices
    if 0 < len(line.places) - len(places) <= 0.2 * len(line.places) and not _broken_at(line.places, places):
        places = _completed(line.places, places)
    forward = np.all(np.diff(line.places[:, 0]) >= -0.01)
    line.places = places[np.argsort(places[:, 0], kind="stable")] if forward else places


def _completed(vertices: Floats, places: Floats) -> Floats:
    """Markers, and the few vertices that have none (cut off at the panel's edge, or hidden)."""
    gaps = np.hypot(*(vertices[:, None, :] - places[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    return np.vstack([places, vertices[gaps > 0.7]])


def _only_marked_corners(vertices: Floats, places: Floats) -> bool:
    """Whether a line bends nowhere but at its markers."""
    steps = np.diff(vertices, axis=0)
    cross = np.abs(steps[:-1, 0] * steps[1:, 1] - steps[:-1, 1] * steps[1:, 0])
    bends = cross > 0.02 * np.hypot(*steps[:-1].T) * np.hypot(*steps[1:].T) + 1e-6
    corners = vertices[1:-1][bends]
    if not len(corners):
        return True
    gaps = np.hypot(*(corners[:, None, :] - places[None, :, :]).transpose(2, 0, 1)).min(axis=1)
    return bool(np.mean(gaps < 0.7) > 0.95)


def distances(points: Floats, line: Floats) -> Floats:
    """Distance of each point (n, 2) from a polyline (m, 2), (n,), in points; very large from less than a line."""
    if len(line) < 2:
        return np.full(len(points), 1e9)
    start, step = line[:-1], np.diff(line, axis=0)
    square = (step**2).sum(axis=1) + 1e-12
    out = np.empty(len(points))
    for k, point in enumerate(points):
        share = np.clip(((point - start) * step).sum(axis=1) / square, 0, 1)
        out[k] = np.hypot(*(start + share[:, None] * step - point).T).min()
    return out


def attach_error_bars(traces: Sequence[Trace], short: Sequence[Shape]) -> None:
    """Give points the upright strokes through them."""
    stems = [s for s in short if s.w < 0.1 and s.h > 0.5]
    for trace in traces:
        if trace.kind not in {"line", "scatter", "bar"} or not stems or len(trace.places) > 2000:
            continue
        reach = np.full((len(trace.places), 2), np.nan)
        for k, (x, y) in enumerate(trace.places):
            through = [s for s in stems if abs(s.cx - x) < 0.4 and s.box[1] - 0.2 <= y <= s.box[3] + 0.2]
            if through:
                reach[k] = (max(s.box[3] for s in through), min(s.box[1] for s in through))
        found = int(np.isfinite(reach[:, 0]).sum())
        if found >= max(2, 0.5 * len(trace.places)):
            trace.reach = reach


def flag_doubtful(traces: Sequence[Trace], panel: Panel) -> None:
    """Flag lines that run back along x: their points are right, but they are no values over an axis.

    Flag lines that leave the plot area: out there, programs cut them off where nobody sees it.
    """
    for trace in traces:
        if trace.kind in {"line", "step", "area"}:
            heights = trace.places[:, 1]
            out = int(np.sum((heights < panel.box[1] - _OUTSIDE) | (heights > panel.box[3] + _OUTSIDE)))
            if out:
                trace.flags["out_of_view"] = f"{out} points lie beyond the plot area; they may stand where it was cut."
        if trace.kind == "line" and len(trace.places) > 2:
            steps = np.diff(trace.places[:, 0])
            back = min(float(-steps[steps < 0].sum()), float(steps[steps > 0].sum()))
            if back > 0.05 * panel.width:
                trace.flags["runs_back"] = "The line runs back along x: a contour or a path rather than values over x."


def flag_simplified(traces: Sequence[Trace]) -> None:
    """Flag long lines without markers whose vertices stand at uneven distances: some may have been left out."""
    for trace in traces:
        if trace.kind != "line" or trace.marker is not None or len(trace.places) < _DENSE:
            continue
        gaps = np.diff(trace.places[:, 0])
        if np.median(gaps) > 0 and np.mean(np.abs(gaps - np.median(gaps)) > 0.1 * np.median(gaps)) > 0.02:
            trace.flags["simplified"] = (
                f"The line has {len(trace.places)} vertices at uneven distances; some may have been dropped."
            )
