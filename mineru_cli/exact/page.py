"""The charts of one page, read from its drawing operators.

Comes in: a PyMuPDF page. Goes out: `ExactFigure`, one a chart found, in points of the page as displayed. Heavy work
stops at a time limit, and what was not read by then goes to the model as pixels.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from mineru_cli.exact.broad import fill_broad_strokes
from mineru_cli.exact.dashes import join_dashes
from mineru_cli.exact.decode import decode_panel
from mineru_cli.exact.doubts import forgive_neighbours
from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.meshes import join_meshes
from mineru_cli.exact.owners import own_labels
from mineru_cli.exact.panels import Panel, find_panels
from mineru_cli.exact.pies import decode_pie, find_pies
from mineru_cli.exact.primitives import Shape, read_shapes
from mineru_cli.exact.regions import area, overlap
from mineru_cli.exact.shadows import without_shadows
from mineru_cli.exact.strips import join_strips
from mineru_cli.exact.text import Label, read_labels
from mineru_cli.exact.titles import with_ground
from mineru_cli.exact.turn import Turn, share_along, turns
from mineru_cli.schema import Box, Flag

if TYPE_CHECKING:
    import pymupdf

logger = logging.getLogger(__name__)

_FEWEST_SHAPES: Final = 3
_MOST_SHAPES: Final = 60_000
_SAME: Final = 0.3  # of a figure's area: more in common with another, and it is the same place read askew


def decode_page(page: "pymupdf.Page", *, seconds: float = 3.0) -> list[ExactFigure]:
    """Read the vector charts of a page.

    Parameters
    ----------
    page
        A page of a PDF.
    seconds
        When this much time is used, panels not yet read are returned unread, flagged ``time``.
    """
    deadline = time.monotonic() + seconds
    try:
        shapes = _whole_shapes(read_shapes(page))
    except RuntimeError as error:  # what MuPDF raises where a content stream is broken
        logger.warning("page %d: its drawings cannot be read: %s", page.number + 1, error)
        return []
    if len(shapes) > _MOST_SHAPES or (len(shapes) < _FEWEST_SHAPES and not find_pies(shapes)):
        return []
    labels = read_labels(page)
    bounds: Box = (0.0, 0.0, float(page.rect.width), float(page.rect.height))
    return decode_shapes(shapes, labels, bounds, deadline)


def _whole_shapes(shapes: Sequence[Shape]) -> list[Shape]:
    """The shapes that are seen, of those that were drawn."""
    return without_shadows(fill_broad_strokes(join_strips(join_meshes(join_dashes(shapes)))))


def decode_shapes(shapes: Sequence[Shape], labels: Sequence[Label], page: Box, deadline: float) -> list[ExactFigure]:
    """The charts among the shapes and labels of a page, upright or turned."""
    found: list[tuple[float, ExactFigure]] = []
    for turn in turns(labels, page):
        if turn is None:
            figures = _decode_upright(shapes, labels, page, deadline)
        else:
            turned = _decode_upright(turn.shapes(shapes), turn.labels(labels), turn.page, deadline)
            figures = [_turned_back(figure, turn) for figure in turned]
        angle = 0 if turn is None else turn.angle
        before = list(found)  # panels of one turn may hold insets
        for figure in figures:
            sense = _sense(figure) + share_along(figure.box, labels, angle)
            rivals = [other for other in before if overlap(figure.box, other[1].box) > _SAME * area(figure.box)]
            if all(sense > other for other, _ in rivals):
                found = [item for item in found if item not in rivals]
                found.append((sense, figure))
    return forgive_neighbours([figure for _, figure in found])


def _sense(figure: ExactFigure) -> float:
    """How much sense a figure makes read in its direction: titles stand where titles belong."""
    sense = 1.0 if figure.chart is not None else 0.0
    return sense + sum(bool(text) for text in (figure.title, *(axis.label for axis in figure.axes.values())))


def _turned_back(figure: ExactFigure, turn: Turn) -> ExactFigure:
    drawn = tuple(tuple(turn.back(point) for point in series) for series in figure.drawn)
    return replace(figure, box=turn.box_back(figure.box), drawn=drawn)


def _decode_upright(shapes: Sequence[Shape], labels: Sequence[Label], page: Box, deadline: float) -> list[ExactFigure]:
    panels = find_panels(shapes, labels, page)
    boxes = [panel.box for panel in panels]
    pies = [pie for pie in find_pies(shapes) if all(overlap(pie.box, box) < 100 for box in boxes)]
    figures = []
    for panel in panels:
        if time.monotonic() > deadline:
            late = Flag(code="time", message="The page took too long; this chart was left to the model.")
            figures.append(ExactFigure(box=panel.box, chart=None, flags=(late,)))
            continue
        own = own_labels(panel.box, [*boxes, *(pie.box for pie in pies)], labels)
        figure = decode_panel(panel, shapes, own, page)
        if figure.chart is not None or _surely_a_chart(panel):
            figures.append(replace(figure, box=with_ground(figure.box, shapes, boxes, page)))
    plots = [*boxes, *(pie.box for pie in pies)]
    for pie in pies:
        figure = decode_pie(pie, shapes, own_labels(pie.box, plots, labels), page)
        figures.append(replace(figure, box=with_ground(figure.box, shapes, plots, page)))
    return figures


def _surely_a_chart(panel: Panel) -> bool:
    """Whether a plot area whose marks could not be read is one all the same: both axes have ticks or gridlines.

    Labels that happen to line up beside a box, as in a table, make no chart.
    """
    return all(axis.row.kind != "label" for axis in (panel.x, panel.y))
