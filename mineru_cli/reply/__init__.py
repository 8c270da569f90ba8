"""What the model answered, as data."""

from mineru_cli.reply.certainty import Certainty, certainty_of
from mineru_cli.reply.chart import parse_reply
from mineru_cli.reply.layout import LayoutBlock, answers_with_chart, parse_layout
from mineru_cli.reply.printed import mark_printed
from mineru_cli.reply.table import parse_table

__all__ = [
    "Certainty",
    "LayoutBlock",
    "answers_with_chart",
    "certainty_of",
    "mark_printed",
    "parse_layout",
    "parse_reply",
    "parse_table",
]
