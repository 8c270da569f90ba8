"""A printed table from the model's answer, whatever language it is written in.

Comes in: text with OTSL, HTML or Markdown. Goes out: a `Grid`, or a `mineru_cli.schema.Table`. Knows nothing of
charts or numbers.
"""

from typing import Final

from mineru_cli.reply.grid import Grid, make_grid, shorten
from mineru_cli.reply.html_table import has_html_table, read_html
from mineru_cli.reply.markdown import has_markdown_table, read_markdown
from mineru_cli.reply.otsl import has_otsl, read_otsl
from mineru_cli.reply.tags import split_reply
from mineru_cli.schema import Flag, Table

_TABLE_LOOP: Final = 5
"""Printed tables do hold the same row a few times on; a model that loops does so for longer."""


def parse_table(text: str, *, cut: bool = False) -> Table:
    """Read the answer to a table question. Never raises, whatever the text.

    Parameters
    ----------
    text
        The model's answer, with its special tokens.
    cut
        The answer was stopped before its end.
    """
    text = encodable(text)
    reply = split_reply(text)
    grid = read_grid(reply.content, cut=cut and not reply.closed, loop=_TABLE_LOOP)
    flags = list(grid.flags)
    if not grid.rows and not grid.columns:
        flags.append(Flag(code="empty", message="The answer holds no table."))
    if grid.before or grid.after:
        outside = shorten(" ".join([*grid.before, *grid.after]))
        flags.append(Flag(code="prose", message=f'The model wrote text beside the table: "{outside}".'))
    return Table(columns=grid.columns, rows=grid.rows, flags=flags, raw=text)


def read_grid(text: str, *, cut: bool, loop: int) -> Grid:
    """Read the tables in the text, made one; `make_grid` says what ``loop`` is."""
    if has_otsl(text):
        return make_grid(read_otsl(text, cut=cut), loop=loop)
    if has_html_table(text):
        return make_grid(read_html(text, cut=cut), loop=loop)
    return make_grid(read_markdown(text, cut=cut), loop=loop)


def has_table(text: str) -> bool:
    """Tell whether the text surely holds a table: OTSL, HTML, or Markdown with its rule."""
    return has_otsl(text) or has_html_table(text) or has_markdown_table(text)


def encodable(text: str) -> str:
    """The text with what UTF-8 cannot hold (lone surrogates) replaced."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
