"""Paper: A4 pages of headings, text, tables and charts, born digital or as a scanner sees them.

Comes in: text and chart specs. Goes out: PDF bytes, page pictures, and what is true of the charts on them. Used by
make.py and by benchmarks/accuracy.py.
"""

import io
from collections.abc import Iterable
from random import Random

import pymupdf
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image

from tests.chart_specs import ChartSpec, describe, value_axis
from tests.drawing import Style, degrade, draw

A4 = (595, 842)
MARGIN = 56
SCAN_DPI = 200


class Paper:
    """A PDF of A4 pages, filled from top to bottom in one column."""

    def __init__(self) -> None:
        self.pdf = pymupdf.open()
        self.charts: list[dict[str, object]] = []
        self.new_page()

    def new_page(self) -> None:
        """Start the next page."""
        self._page = self.pdf.new_page(width=A4[0], height=A4[1])
        self._y = float(MARGIN)
        number = str(self.pdf.page_count)
        self._page.insert_text((A4[0] / 2, A4[1] - 28), number, fontsize=9, fontname="tiro")

    def logo(self) -> None:
        """A small mark in the corner, such as letterheads have."""
        corner = pymupdf.Rect(A4[0] - MARGIN - 30, 26, A4[0] - MARGIN, 56)
        self._page.draw_oval(corner, color=None, fill=(0.3, 0.45, 0.7))
        peak = pymupdf.Point(corner.x0 + 15, corner.y0 + 6)
        self._page.draw_polyline(
            [peak, corner.bl + pymupdf.Point(6, -8), corner.br + pymupdf.Point(-6, -8)],
            color=None,
            fill=(1, 1, 1),
            closePath=True,
        )

    def heading(self, text: str) -> None:
        """One line in bold."""
        self._page.insert_text((MARGIN, self._y + 16), text, fontsize=16, fontname="hebo")
        self._y += 34

    def text(self, prose: str) -> None:
        """Running text; blank lines part its paragraphs."""
        for paragraph in prose.strip().split("\n\n"):
            box = pymupdf.Rect(MARGIN, self._y, A4[0] - MARGIN, A4[1] - MARGIN)
            left = self._page.insert_textbox(
                box, paragraph.replace("\n", " "), fontsize=10.5, fontname="tiro", lineheight=1.35
            )
            self._y += box.height - left + 10

    def chart(self, spec: ChartSpec, caption: str, *, vector: bool, style: Style, width: float = 360) -> None:
        """A chart in the middle of the column with its caption below, as vectors or as a picture."""
        height = width * 0.737
        left = (A4[0] - width) / 2
        place = pymupdf.Rect(left, self._y, left + width, self._y + height)
        if vector:
            self._page.show_pdf_page(place, plot(spec, style))
        else:
            picture = draw(spec, rng=Random(0), scale=2, style=style)
            self._page.insert_image(place, stream=encode(picture, "PNG"))
        label = f"Figure {len(self.charts) + 1}: {caption}"
        self._page.insert_text((left, place.y1 + 14), label, fontsize=10, fontname="tiro")
        self._y = place.y1 + 32
        self.charts.append(describe(spec, page=self.pdf.page_count))

    def table(self, rows: Iterable[tuple[str, ...]]) -> None:
        """A ruled table; the first row is its header."""
        grid = list(rows)
        height, width = 20, (A4[0] - 2 * MARGIN) / len(grid[0])
        for number, row in enumerate(grid):
            for column, cell in enumerate(row):
                box = pymupdf.Rect(0, 0, width, height) + (MARGIN + column * width, self._y) * 2
                self._page.draw_rect(box, color=(0, 0, 0), width=0.5)
                self._page.insert_text(
                    box.bl + pymupdf.Point(5, -6), cell, fontsize=10, fontname="tibo" if number == 0 else "tiro"
                )
            self._y += height
        self._y += 16


def plot(spec: ChartSpec, style: Style) -> pymupdf.Document:
    """Draw the chart (one series of bars, stacked bars, lines, a pie) with matplotlib, as a PDF of one page."""
    figure = Figure(figsize=(5.32, 3.92))
    axes = figure.add_subplot()
    if spec.kind == "pie":
        shares = f"%.{spec.decimals}f%%"
        names = list(spec.categories)
        axes.pie(spec.values[0], labels=names, colors=style.palette, autopct=shares, textprops={"fontsize": 10})
    else:
        _plot_series(axes, spec, style)
    axes.set_title(spec.title, fontsize=12)
    figure.tight_layout(pad=0.6)
    stored = io.BytesIO()
    FigureCanvasPdf(figure).print_pdf(stored, metadata={"CreationDate": None})
    return pymupdf.open("pdf", stored.getvalue())


def _plot_series(axes: Axes, spec: ChartSpec, style: Style) -> None:
    bottom = [0.0] * len(spec.categories)
    for name, values, colour in zip(spec.series, spec.values, style.palette, strict=False):
        if spec.kind == "line":
            axes.plot(spec.categories, values, color=colour, marker="o", label=name)
            continue
        bars = axes.bar(spec.categories, values, bottom=bottom, color=colour, label=name)
        if spec.labelled:
            axes.bar_label(bars, fmt=f"%.{spec.decimals}f", fontsize=9)
        bottom = [low + value for low, value in zip(bottom, values, strict=True)]
    axes.set_ylim(0, value_axis(spec)[1])
    axes.tick_params(labelsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    if len(spec.series) > 1:
        axes.legend(fontsize=9)
    else:
        axes.set_ylabel(spec.series[0], fontsize=10)


def encode(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file's bytes."""
    stored = io.BytesIO()
    picture.save(stored, kind, **options)
    return stored.getvalue()


def rastered(paper: Paper) -> list[Image.Image]:
    """The pages as a scanner would see them, before it adds its own faults."""
    pages = (page.get_pixmap(dpi=SCAN_DPI) for page in paper.pdf)
    return [Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples) for pixels in pages]


def scanned(paper: Paper, *, rng: Random, skew: tuple[float, float]) -> bytes:
    """The pages as a scanned PDF: each one noisy JPEG picture, turned by an angle between the two given."""
    scan = pymupdf.open()
    for page in rastered(paper):
        seen = degrade(page, rng=rng, skew=rng.uniform(*skew), jpeg=None)
        leaf = scan.new_page(width=A4[0], height=A4[1])
        leaf.insert_image(leaf.rect, stream=encode(seen, "JPEG", quality=50))
    return scan.tobytes(garbage=3, no_new_id=True)
