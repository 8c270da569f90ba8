"""The numbers of vector charts, from the drawing operators of the PDF itself.

Comes in: a page. Goes out: `ExactFigure`, one a chart found. Knows nothing of documents, models or files.
"""

from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.overlay import draw_overlay
from mineru_cli.exact.page import decode_page

__all__ = ["ExactFigure", "decode_page", "draw_overlay"]
