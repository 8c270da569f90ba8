"""Which numbers of a chart also stand printed on the page.

Comes in: a chart as the model read it, and the words of the page's text layer inside the figure. Goes out: the chart,
each point marked. Knows nothing of pages.
"""

from collections.abc import Sequence
from typing import Final

from mineru_cli.numbers import parse_number
from mineru_cli.schema import Chart, Point

_WRAPPING: Final = "()[]{},;:."


def mark_printed(chart: Chart, words: Sequence[str]) -> Chart:
    """Set ``printed`` of every point: whether its number stands among the words.

    Numbers are compared as values, so ``1,493`` grounds 1493 and ``46.10`` grounds 46.1; how often a number
    is printed does not matter. A point without a number is not printed.
    """
    comma = any(flag.code == "decimal_comma" for flag in chart.flags)
    printed = {
        number.value
        for word in words
        for text in {word, word.strip(_WRAPPING)}
        if (number := parse_number(text, decimal_comma=comma)) is not None
    }

    def marked(point: Point) -> Point:
        return point.model_copy(update={"printed": point.y is not None and point.y in printed})

    series = [one.model_copy(update={"points": [marked(point) for point in one.points]}) for one in chart.series]
    return chart.model_copy(update={"series": series})
