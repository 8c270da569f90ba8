"""The numbers of vector charts, from the drawing operators of the PDF itself.

Comes in: a page. Goes out: `ExactFigure`, one a chart found. Knows nothing of documents, models or files.

`page` leads from one to the next:

- what is on the page: `primitives`, `paths`, `rectangles`, `text`, `runs`, `turn`; and shapes made whole that programs
  draw in pieces: `broad`, `dashes`, `joints`, `meshes`, `shadows`, `strips`
- plot areas and their axes: `regions`, `families`, `edges`, `drafts`, `panels`, `owners`; ticks and their labels:
  `ticks`, `aside`, `crisp`, `glued`, `intervals`, `seats`, `wrapped`
- from labels to scales: `numerals`, `offsets`, `dates`, `calendars`, `months`, `scale`
- marks: `sorting`, `forms`, `marks`, `bars`, `bare_bars`, `measured_bars`, `lines`, `steps`, `crosses`, `guides`,
  `areas`; and `pies` with `slice_labels` and `leaders`
- words: `titles`, `symbols`, `legend`, `naming`, `overhead`
- numbers: `values`, `lattice`, `printed`, `doubts`; put together by `decode` as a `figure`, drawn back by `overlay`
"""

from mineru_cli.exact.figure import ExactFigure
from mineru_cli.exact.overlay import draw_overlay
from mineru_cli.exact.page import decode_page

__all__ = ["ExactFigure", "decode_page", "draw_overlay"]
