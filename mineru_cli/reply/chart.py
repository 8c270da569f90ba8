"""A chart from the model's answer.

Comes in: the text of an answer, however messy. Goes out: a `mineru_cli.schema.Chart` with flags for all that is
doubtful. Knows nothing of pages, pictures or the model.
"""

from typing import Final

from mineru_cli.reply.checks import doubts
from mineru_cli.reply.clean import clean_text
from mineru_cli.reply.grid import Grid, shorten
from mineru_cli.reply.kinds import UNKNOWN, chart_type, is_chart_class, snake_case
from mineru_cli.reply.series import build_series
from mineru_cli.reply.table import encodable, has_table, read_grid
from mineru_cli.reply.tags import TaggedReply, split_reply
from mineru_cli.schema import Chart, Flag

_LOOP: Final = 3
_LONGEST_TITLE: Final = 300


def parse_reply(text: str, *, cut: bool = False) -> Chart:
    """Read the answer to a chart question. Never raises, whatever the text.

    Parameters
    ----------
    text
        The model's answer, with its special tokens.
    cut
        The answer was stopped before its end.

    Returns
    -------
    Chart
        ``rows`` as printed, ``series`` as numbers, ``flags`` for every doubt, ``raw`` the text.
    """
    text = encodable(text)
    reply = split_reply(text)
    cut = (cut or reply.tagged) and not reply.closed
    is_chart = is_chart_class(reply.class_name)
    if not is_chart and not has_table(reply.content):
        return _not_a_chart(reply, text, cut=cut)
    kind = chart_type(reply.sub_class) if is_chart else snake_case(reply.class_name)
    grid = read_grid(reply.content, cut=cut, loop=_LOOP)
    title, beside = _title(reply, grid)
    reading = build_series(grid.columns, grid.rows, kind)
    chart = Chart(
        type=kind,
        title=title,
        x=reading.x,
        y=reading.y,
        columns=grid.columns,
        rows=grid.rows,
        series=reading.series,
        flags=[*_reply_flags(reply, beside), *grid.flags, *reading.flags],
        raw=text,
    )
    return chart.model_copy(update={"flags": [*chart.flags, *doubts(chart)]})


def _not_a_chart(reply: TaggedReply, text: str, *, cut: bool) -> Chart:
    flags = _reply_flags(reply, "")
    if cut:
        flags.append(Flag(code="cut", message="The answer stops before its end."))
    return Chart(type=snake_case(reply.class_name) or UNKNOWN, title=clean_text(reply.caption), flags=flags, raw=text)


def _title(reply: TaggedReply, grid: Grid) -> tuple[str, str]:
    """The title, and what the model wrote beside the table that is none."""
    title = clean_text(reply.caption)
    above = " ".join(filter(None, (clean_text(line.lstrip("# ")) for line in grid.before)))
    beside = [*grid.after, reply.outside]
    if above and above.casefold() != title.casefold():
        if not title and grid.columns and len(above) <= _LONGEST_TITLE:
            title = above
        else:
            beside.insert(0, above)
    return title, " ".join(filter(None, beside))


def _reply_flags(reply: TaggedReply, beside: str) -> list[Flag]:
    flags = []
    if not reply.tagged:
        flags.append(
            Flag(
                code="no_tags",
                message="The answer came without the model's usual tags, so the kind of chart is not known.",
            )
        )
    if not is_chart_class(reply.class_name):
        flags.append(
            Flag(
                code="not_a_chart",
                message=f'The model says that this is no chart but "{shorten(reply.class_name, 40)}".',
            )
        )
    if beside:
        flags.append(Flag(code="prose", message=f'The model wrote text beside the table: "{shorten(beside)}".'))
    return flags
