"""Charts of the spreadsheet Gnumeric: a workbook by XlsxWriter, its graphs printed by ssconvert.

Comes in: stories. Goes out: NAME.pdf for each, with Gnumeric's own colours and outlines where it does not take those of the
workbook. Needs ssconvert and XlsxWriter.
"""

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from generators.calc import chart_of
from generators.paper import run
from generators.stories import KINDS, Story

GNUMERIC_KINDS = tuple(k for k in KINDS if k not in {"line_direct", "secondary"})


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    import xlsxwriter

    for story in charts:
        if story.look.legend == "direct":
            story.look = replace(story.look, legend="right")  # it takes no names for labels of slices
        book = xlsxwriter.Workbook(folder / "chart.xlsx")
        data = book.add_worksheet("Data")
        chart, _row = chart_of(book, data, 0, story, limited=True)
        width, height = story.look.size
        chart.set_size({"width": width * 4 / 3, "height": height * 4 / 3})
        data.insert_chart("D2", chart)
        book.close()
        run(["ssconvert", "--export-graphs", "chart.xlsx", "graph%n.pdf"], folder)
        shutil.move(folder / "graph0.pdf", folder / f"{story.name}.pdf")
