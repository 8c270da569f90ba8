"""What this package hands on: one value a chart found on a page."""

from dataclasses import dataclass, field

from mineru_cli.schema import Axis, AxisName, Box, Chart, Flag


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactFigure:
    """A chart found on a page.

    ``box`` is the whole figure with its labels, in points of the page as displayed (rotation applied, origin top
    left). ``chart`` is None for what is a chart but could not be read with confidence: it goes to the model as
    pixels, with the ``axes`` that are known; ``flags`` then say why. ``drawn`` holds, series by series, where on the
    page each point of ``chart`` was read, for drawing it back. ``unmatched`` are the legend's names that no series has.
    """

    box: Box
    chart: Chart | None
    axes: dict[AxisName, Axis] = field(default_factory=dict)
    title: str = ""
    caption: str = ""
    flags: tuple[Flag, ...] = ()
    confidence: float = 0.0
    drawn: tuple[tuple[tuple[float, float], ...], ...] = ()
    unmatched: tuple[str, ...] = ()
