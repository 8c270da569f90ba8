"""What is drawn inside a plot area, and the geometry of one series.

Comes in: a panel and the page's shapes and labels. Goes out: `Ink`, with grounds, spines, gridlines, ticks and
legend keys taken out, and `Trace`, the geometry of one series. Knows nothing of values: all is points on the page.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from mineru_cli.exact.crosses import find_crosses
from mineru_cli.exact.forms import Signature
from mineru_cli.exact.joints import joined
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.primitives import Colour, Shape
from mineru_cli.exact.regions import inside
from mineru_cli.exact.scale import Floats
from mineru_cli.exact.text import Label
from mineru_cli.exact.ticks import LONGEST_TICK
from mineru_cli.schema import Box

TraceKind = Literal["bar", "hbar", "line", "step", "scatter", "area", "band"]
_SLACK = 1.5
_AT_EDGE = 0.6  # points
_FEWEST_SHORT = 3  # gridlines that do not cross the whole panel
_HALF = 0.6  # of the panel: shorter lines are no gridlines
_LEAST_REACH = 140.0  # points left of a narrow panel, under which a row of names may begin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Printed:
    """A value that is printed at a mark, in units of the axis, and the label that says so."""

    value: float
    label: Label


@dataclass(slots=True, kw_only=True, eq=False)
class Trace:
    """The geometry of one series.

    ``places`` is (n, 2), the data's points on the page: tops of bars, centres of markers, vertices of lines,
    upper edges of areas. ``feet`` is (n,), where bars and areas begin on the value axis. ``reach`` is (n, 2), the ends
    of error bars on the vertical axis, nan where there is none. ``breadth`` is the median thickness of bars.
    ``printed`` are the values that stand as text at points and agree with them, by the point's index.
    """

    kind: TraceKind
    places: Floats
    order: int
    stroke: Colour | None = None
    fill: Colour | None = None
    width: float = 0.0
    dash: str = ""
    marker: Signature | None = None
    marker_colour: Colour | None = None
    opacity: float = 1.0
    feet: Floats | None = None
    reach: Floats | None = None
    name: str = ""
    second: bool = False
    breadth: float = 0.0
    smooth: bool = False
    printed: dict[int, Printed] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)

    @property
    def colour(self) -> Colour | None:
        """The colour a reader sees first."""
        return self.fill if self.fill is not None else self.stroke


@dataclass(slots=True, kw_only=True, eq=False)
class Ink:
    """The marks of one panel. ``near`` are shapes around it, where a legend may stand.

    ``crosses`` are markers made of crossing strokes, with their variety; the strokes are no longer in the lists.
    ``full_lines`` are straight lines across the whole panel that belong to no axis. ``spread`` is the largest size
    of a marker, in points.
    """

    inside: list[Shape]
    near: list[Shape]
    background: Colour
    crosses: list[tuple[Shape, str]]
    full_lines: list[Shape]
    spread: float

    def without(self, used: set[int]) -> "Ink":
        """The same without some shapes, named by ``id``."""
        return Ink(
            inside=[shape for shape in self.inside if id(shape) not in used],
            near=[shape for shape in self.near if id(shape) not in used],
            background=self.background,
            crosses=[cross for cross in self.crosses if id(cross[0]) not in used],
            full_lines=self.full_lines,
            spread=self.spread,
        )


def gather(panel: Panel, shapes: Sequence[Shape]) -> Ink:
    """The shapes of a panel without what belongs to its axes, and those around it."""
    axis_ids = {id(s) for axis in (panel.x, panel.y, panel.y2) if axis for s in axis.row.shapes}
    x0, y0, x1, y1 = panel.box
    mine, near = [], []
    for shape in shapes:
        if id(shape) in axis_ids and max(shape.w, shape.h) <= LONGEST_TICK:
            continue
        if shape.order < panel.since and inside(shape.box, panel.box, 4):
            continue
        if any(shape.order >= order and inside(shape.box, hole, 4) for hole, order in panel.holes):
            continue
        if inside(shape.box, panel.box, _SLACK + 8) or (
            _meets(shape.box, panel.box) and not (shape.w > 1.2 * panel.width and shape.h > 1.2 * panel.height)
        ):
            mine.append(shape)
        elif _around(shape, panel):
            near.append(shape)
    spread = max(4.0, min(14.0, 0.06 * max(x1 - x0, y1 - y0)))
    crosses, parts = find_crosses(mine + near, spread)
    mine = [shape for shape in mine if id(shape) not in parts]
    near = [shape for shape in near if id(shape) not in parts]
    background: Colour = panel.background or (1.0, 1.0, 1.0)
    kept = []
    for whole in mine:
        shape = _clamped(whole, panel)
        if shape.rect and shape.w > 0.93 * panel.width and shape.h > 0.93 * panel.height:
            background = shape.fill or background
        elif not _frame(shape, panel):
            kept.append(shape)
    kept, full_lines = _without_grid(kept, panel)
    pieces = joined([s for s in kept if s.stroke is not None], beside=lambda shape: not _on_edge(shape, panel))
    kept = [shape for shape in kept if id(shape) in pieces or not _on_edge(shape, panel)]
    return Ink(inside=kept, near=near, background=background, crosses=crosses, full_lines=full_lines, spread=spread)


def _clamped(shape: Shape, panel: Panel) -> Shape:
    """A bar that reaches far out of the panel, as to the zero of a logarithmic axis, cut at its edge."""
    x0, y0, x1, y1 = panel.box
    if not shape.rect or shape.fill is None or (shape.h < 2 * panel.height and shape.w < 2 * panel.width):
        return shape
    box = (max(shape.box[0], x0), max(shape.box[1], y0), min(shape.box[2], x1), min(shape.box[3], y1))
    return replace(shape, box=box) if box[2] > box[0] and box[3] > box[1] else shape


def _meets(box: Box, panel: Box) -> bool:
    across = min(box[2], panel[2]) - max(box[0], panel[0])
    down = min(box[3], panel[3]) - max(box[1], panel[1])
    return across >= 0 and down >= 0 and (across > 0.01 or down > 0.01)


def _around(shape: Shape, panel: Panel) -> bool:
    x0, y0, x1, y1 = panel.box
    w, h = panel.width, panel.height
    return (
        shape.box[0] < x1 + 0.9 * w + 60
        and shape.box[2] > x0 - max(0.3 * w + 40, _LEAST_REACH)
        and shape.box[1] < y1 + 0.5 * h + 60
        and shape.box[3] > y0 - 0.5 * h - 40
    )


def _frame(shape: Shape, panel: Panel) -> bool:
    large = shape.w > 0.97 * panel.width and shape.h > 0.97 * panel.height
    x0, y0, x1, y1 = shape.box
    return (
        shape.fill is None
        and large
        and len(shape.points) <= 9
        and not shape.curved
        and all(
            (abs(x - x0) < 0.5 or abs(x - x1) < 0.5) or (abs(y - y0) < 0.5 or abs(y - y1) < 0.5)
            for x, y in shape.points
        )
    )


def _thin(shape: Shape) -> str:
    """Which way a straight line runs: ``v`` upright, ``h`` level; empty for anything else."""
    if len(shape.points) > 3 and not (shape.rect and shape.fill is not None and shape.stroke is None):
        return ""
    if shape.w < 0.1 or (shape.rect and shape.w < 1.0 and shape.h > 20):
        return "v"
    return "h" if shape.h < 0.1 or (shape.rect and shape.h < 1.0 and shape.w > 20) else ""


def _without_grid(shapes: list[Shape], panel: Panel) -> tuple[list[Shape], list[Shape]]:
    """Take out lines that span the panel; those that are neither on a tick nor alike others are returned apart."""
    families: dict[tuple[str, Colour | None, float, str], list[Shape]] = defaultdict(list)
    for shape in shapes:
        way = _thin(shape)
        span, side = (shape.h, panel.height) if way == "v" else (shape.w, panel.width)
        if way and span > _HALF * side:
            families[way, shape.colour, round(shape.width, 1), shape.dash].append(shape)
    grid: set[int] = set()
    alone: list[Shape] = []
    for (way, *_), members in families.items():
        axes = (panel.x,) if way == "v" else (panel.y, panel.y2)
        places = [place for axis in axes if axis for place in axis.row.places]
        edges = (panel.box[0], panel.box[2]) if way == "v" else (panel.box[1], panel.box[3])
        spans = [shape.h if way == "v" else shape.w for shape in members]
        whole = min(spans) > 0.9 * (panel.height if way == "v" else panel.width)
        ats = [shape.cx if way == "v" else shape.cy for shape in members]
        off = max(min((abs(at - place) for place in places), default=9.0) for at in ats)
        if not whole and (len(members) < _FEWEST_SHORT or off > _AT_EDGE or max(spans) - min(spans) > _SLACK):
            continue
        for shape in members:
            at = shape.cx if way == "v" else shape.cy
            grid.add(id(shape))
            on_axis = any(abs(at - place) < 0.6 for place in places) or min(abs(at - edge) for edge in edges) < 1.2
            if not on_axis and len(members) == 1 and edges[0] < at < edges[1]:
                alone.append(shape)
    return [shape for shape in shapes if id(shape) not in grid], alone


def _on_edge(shape: Shape, panel: Panel) -> bool:
    """Whether a short straight line sits on the frame: a tick, or a piece of spine."""
    way = _thin(shape)
    if not way:
        return False
    x0, y0, x1, y1 = panel.box
    if way == "v":
        ends = (shape.box[1], shape.box[3])
        if min(abs(shape.cx - x0), abs(shape.cx - x1)) < 1.2 and not shape.rect:
            at_corner = min(abs(end - y) for end in ends for y in (y0, y1)) < 1.2
            return at_corner or shape.h > 0.5 * panel.height  # else an error bar that stands there
        return (
            shape.h <= LONGEST_TICK
            and min(abs(e - y) for e in ends for y in (y0, y1)) < 0.6
            and _touches_tick(shape, panel)
        )
    if min(abs(shape.cy - y0), abs(shape.cy - y1)) < 1.2 and not shape.rect:
        return shape.w > LONGEST_TICK or shape.w < 2
    ends = (shape.box[0], shape.box[2])
    return shape.w <= LONGEST_TICK and min(abs(e - x) for e in ends for x in (x0, x1)) < 0.6


def _touches_tick(shape: Shape, panel: Panel) -> bool:
    places = panel.x.row.places
    if shape.h <= 0.03 * panel.height:
        return True
    return any(abs(shape.cx - place) < 0.6 for place in places) and panel.x.row.kind != "label"
