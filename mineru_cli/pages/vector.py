"""What geometry read, put in the place of the candidates it explains.

Comes in: the candidate figures of a page and the charts decoded from its drawing operators. Goes out: one list of
candidates, those already read among them. Knows nothing of how either was found.
"""

from collections.abc import Sequence
from dataclasses import replace

from mineru_cli.exact import ExactFigure
from mineru_cli.pages.boxes import area, intersection, iou, share
from mineru_cli.pages.figures import Candidate
from mineru_cli.schema import Box

_EXPLAINED = 0.5
_SAME = 0.5


def with_exact(candidates: Sequence[Candidate], figures: Sequence[ExactFigure]) -> list[Candidate]:
    """Merge both views of a page, in reading order.

    A candidate that decoded charts mostly cover is dropped for them. A chart that was recognised but refused lends the
    axes it knows to the candidate around it, or becomes one where there is none.
    """
    read = [figure for figure in figures if figure.chart is not None]
    refused = [figure for figure in figures if figure.chart is None]
    merged = [_as_candidate(figure, candidates) for figure in read]
    for candidate in candidates:
        if candidate.kind == "table" or _covered(candidate.box, read) < _EXPLAINED:
            inside = [figure for figure in refused if share(figure.box, candidate.box) > _SAME]
            refused = [figure for figure in refused if figure not in inside]
            merged.append(_informed(candidate, inside))
    merged += [_as_candidate(figure, candidates) for figure in refused]
    return sorted(merged, key=lambda candidate: (candidate.box[1], candidate.box[0]))


def _as_candidate(figure: ExactFigure, candidates: Sequence[Candidate]) -> Candidate:
    """A decoded or refused chart; caption and, where it is all of it, extent are those of the figure it is part of."""
    around = max(candidates, key=lambda candidate: share(figure.box, candidate.box), default=None)
    box, caption = figure.box, figure.caption
    if around is not None and share(figure.box, around.box) > _SAME:
        caption = around.caption or caption
        box = around.box if iou(figure.box, around.box) > _SAME else box
    return Candidate(box=box, kind="chart", caption=caption, chart=figure.chart, axes=figure.axes, drawn=figure.drawn)


def _informed(candidate: Candidate, inside: Sequence[ExactFigure]) -> Candidate:
    """A candidate of one refused chart takes over what is known of its axes."""
    return replace(candidate, axes=inside[0].axes) if len(inside) == 1 else candidate


def _covered(box: Box, figures: Sequence[ExactFigure]) -> float:
    """The share of a box that figures cover, as if they did not overlap."""
    return sum(area(intersection(box, figure.box)) for figure in figures) / max(area(box), 1.0)
