"""Draws small charts with PyMuPDF, operator by operator, for the tests of the exact reader."""

from collections.abc import Callable, Sequence

import pymupdf

from mineru_cli.exact import ExactFigure, decode_page

LEFT, TOP, RIGHT, BOTTOM = 60.0, 40.0, 360.0, 240.0
BLUE, RED, GREEN, BLACK = (0.12, 0.47, 0.71), (0.84, 0.15, 0.16), (0.17, 0.63, 0.17), (0, 0, 0)


class Sheet:
    """A page with one plot area; x and y turn values into places."""

    def __init__(self, x: tuple[float, float] = (0, 10), y: tuple[float, float] = (0, 100)) -> None:
        self.document = pymupdf.open()
        self.page = self.document.new_page(width=460, height=320)
        self._x, self._y = x, y

    def x(self, value: float) -> float:
        low, high = self._x
        return LEFT + (value - low) / (high - low) * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        low, high = self._y
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)

    def frame(self) -> None:
        self.page.draw_rect((LEFT, TOP, RIGHT, BOTTOM), color=BLACK, width=0.8)

    def text(
        self, place: tuple[float, float], text: str, *, size: float = 9, turn: int = 0, centre: bool = False
    ) -> None:
        shift = pymupdf.get_text_length(text, fontsize=size) / 2 if centre else 0.0
        self.page.insert_text((place[0] - shift, place[1]), text, fontsize=size, rotate=turn)

    def x_ticks(self, values: Sequence[float], texts: Sequence[str] | None = None) -> None:
        for value, text in zip(values, texts or [f"{v:g}" for v in values], strict=True):
            self.page.draw_line((self.x(value), BOTTOM), (self.x(value), BOTTOM + 4), color=BLACK, width=0.8)
            self.text((self.x(value), BOTTOM + 14), text, centre=True)

    def y_ticks(self, values: Sequence[float], texts: Sequence[str] | None = None, *, right: bool = False) -> None:
        edge, out = (RIGHT, 4) if right else (LEFT, -4)
        for value, text in zip(values, texts or [f"{v:g}" for v in values], strict=True):
            self.page.draw_line((edge, self.y(value)), (edge + out, self.y(value)), color=BLACK, width=0.8)
            width = pymupdf.get_text_length(text, fontsize=9)
            self.text((edge + 7 if right else edge - 7 - width, self.y(value) + 3.2), text)

    def line(
        self, points: Sequence[tuple[float, float]], colour: Sequence[float] = BLUE, *, dash: str | None = None
    ) -> None:
        self.page.draw_polyline([(self.x(a), self.y(b)) for a, b in points], color=colour, width=1.5, dashes=dash)

    def dots(self, points: Sequence[tuple[float, float]], colour: Sequence[float] = BLUE) -> None:
        for a, b in points:
            self.page.draw_circle((self.x(a), self.y(b)), 2.5, color=None, fill=colour)

    def bar(self, middle: float, low: float, high: float, colour: Sequence[float] = BLUE, *, width: float = 20) -> None:
        place = self.x(middle)
        self.page.draw_rect((place - width / 2, self.y(high), place + width / 2, self.y(low)), color=None, fill=colour)

    def key(self, row: int, name: str, colour: Sequence[float], *, patch: bool = True) -> None:
        top = TOP + 8 + 14 * row
        if patch:
            self.page.draw_rect((RIGHT + 10, top, RIGHT + 24, top + 7), color=None, fill=colour)
        else:
            self.page.draw_line((RIGHT + 10, top + 3.5), (RIGHT + 28, top + 3.5), color=colour, width=1.5)
        self.text((RIGHT + 33, top + 6.8), name)

    def axes(self) -> None:
        """A frame with whole ticks on both sides."""
        self.frame()
        self.x_ticks(range(0, 11, 2))
        self.y_ticks(range(0, 101, 20))

    def figures(self) -> list[ExactFigure]:
        return decode_page(pymupdf.open("pdf", self.document.tobytes())[0])

    def figure(self) -> ExactFigure:
        (figure,) = self.figures()
        return figure


def numbers(figure: ExactFigure, series: int = 0) -> dict[object, float | None]:
    """x to y of one series."""
    assert figure.chart is not None
    return {point.x: point.y for point in figure.chart.series[series].points}


def by_name(figure: ExactFigure) -> dict[str, list[float | None]]:
    """The values of each series."""
    assert figure.chart is not None
    return {series.name: [point.y for point in series.points] for series in figure.chart.series}


def from_matplotlib(draw: Callable[..., None], **size: object) -> list[ExactFigure]:
    """What is read from a chart that matplotlib drew: ``draw`` gets a figure and its axes."""
    import io

    import matplotlib as mpl

    mpl.use("pdf")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(**size)
    try:
        draw(figure, axes)
        stream = io.BytesIO()
        figure.savefig(stream, format="pdf")
    finally:
        plt.close(figure)
    return decode_page(pymupdf.open("pdf", stream.getvalue())[0])
