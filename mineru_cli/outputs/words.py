"""What a record says in words and codes, put the way a person reads it.

Comes in: figures and charts. Goes out: short texts, the same in every form that people read. Knows nothing of the
forms.
"""

from collections.abc import Iterator

from mineru_cli.schema import Chart, Document, Figure, ReadBy

_READERS: dict[ReadBy, str] = {
    "exact": "from the drawing in the PDF",
    "model": "by the model",
    "server": "by the model on a server",
}
_KINDS = {
    "bar": "bar chart",
    "bar_stacked": "stacked bar chart",
    "bar_line": "bar and line chart",
    "line": "line chart",
    "area": "area chart",
    "area_stacked": "stacked area chart",
    "scatter": "scatter plot",
    "bubble": "bubble chart",
    "pie": "pie chart",
    "histogram": "histogram",
    "box": "box plot",
    "heatmap": "heat map",
    "radar": "radar chart",
    "unknown": "chart",
}


def read_figures(document: Document) -> Iterator[Figure]:
    """The figures that gave a chart, a table or numbers; pictures in which the model saw no chart are none."""
    for figure in document.figures:
        if figure.table is not None or (figure.chart is not None and (figure.kind == "chart" or figure.chart.rows)):
            yield figure


def plural(count: int, noun: str) -> str:
    """As in "1 chart" and "1,234 charts"."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def kind_in_words(chart: Chart) -> str:
    """``bar_stacked`` as "stacked bar chart"; a type nobody foresaw as its own words."""
    return _KINDS.get(chart.type) or chart.type.replace("_", " ")


def reader_in_words(read_by: ReadBy) -> str:
    """``exact`` as "from the drawing in the PDF"."""
    return _READERS[read_by]


def how_it_was_read(chart: Chart) -> str:
    """As in "read by the model, confidence 0.93"."""
    sure = "" if chart.confidence is None else f", confidence {chart.confidence:.2f}"
    return f"read {reader_in_words(chart.read_by)}{sure}"


def title_of(figure: Figure) -> str:
    """The chart's own title, else the caption, else the figure's name."""
    return (figure.chart.title if figure.chart is not None else "") or figure.caption or figure.id


def doubts_about(figure: Figure) -> Iterator[str]:
    """Every flag of a figure, its chart or table and its series, as a sentence, each once."""
    content = figure.chart or figure.table
    sentences = [flag.message for flag in (*figure.flags, *(content.flags if content is not None else ()))]
    if figure.chart is not None:
        sentences += [
            f"{series.name or 'A series'}: {flag.message}" for series in figure.chart.series for flag in series.flags
        ]
    return iter(dict.fromkeys(sentences))
