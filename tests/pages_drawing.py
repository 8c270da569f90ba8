"""Pages and scans drawn for the tests of mineru_cli.pages: reports, tables, callouts, charts, paper."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

from mineru_cli.sources import Kind, Source

WORDS = "Output of the sector rose again in the second half as new plants came into service and prices held. "
Box = tuple[float, float, float, float]


def source(path: Path, kind: Kind) -> Source:
    return Source(path=path, name=path.name, kind=kind, size=path.stat().st_size)


def save(document: pymupdf.Document, path: Path) -> Source:
    document.save(path)
    document.close()
    return source(path, "pdf")


def paragraph(page: pymupdf.Page, box: Box, *, size: float = 9.0) -> None:
    """Fill a box with running text."""
    page.insert_textbox(box, WORDS * 30, fontsize=size, fontname="tiro")


def bar_chart(page: pymupdf.Page, left: float, top: float, *, values: Sequence[float] = (12, 30, 21, 44)) -> Box:
    """Draw a bar chart with labels, 200 x 140 points with its labels; give the box of all that was drawn."""
    base, start = top + 110, left + 35
    page.draw_line((start, top + 10), (start, base))
    page.draw_line((start, base), (start + 160, base))
    for tick in range(0, 60, 10):
        y = base - 2 * tick
        page.draw_line((start - 3, y), (start, y))
        page.insert_text((left + 18, y + 2.5), str(tick), fontsize=7)
    for index, value in enumerate(values):
        x = start + 12 + 38 * index
        page.draw_rect((x, base - 2 * value, x + 24, base), color=None, fill=(0.2, 0.4, 0.7))
        page.insert_text((x, base + 10), f"Q{index + 1}", fontsize=7)
    page.insert_text((start + 50, top + 4), "Revenue by quarter", fontsize=9)
    page.insert_text((start + 55, base + 22), "Quarter", fontsize=7)
    page.insert_text((left + 8, base - 30), "Revenue (M)", fontsize=7, rotate=90)
    return left, top - 4, start + 160, base + 24


def line_chart(page: pymupdf.Page, left: float, top: float) -> Box:
    """Draw a line chart whose legend stands to the right of the plot, 230 x 120 points."""
    base, start = top + 100, left + 30
    page.draw_rect((start, top, start + 140, base))
    for series in range(2):
        points = [(start + 14 * step, base - 10 - 8 * ((step * (3 + series)) % 9)) for step in range(11)]
        page.draw_polyline(points, color=(series, 0, 1 - series))
        page.draw_line((start + 155, top + 20 + 14 * series), (start + 170, top + 20 + 14 * series))
        page.insert_text((start + 174, top + 23 + 14 * series), f"Series {series}", fontsize=7)
    for step in range(0, 11, 5):
        page.insert_text((start + 14 * step - 4, base + 10), str(2000 + step), fontsize=7)
        page.insert_text((left + 10, base - 8 * step), str(step * 10), fontsize=7)
    return left + 10, top, start + 200, base + 12


def ruled_table(page: pymupdf.Page, left: float, top: float, *, rows: int = 5, columns: int = 4) -> Box:
    """Draw a table with all its rules and text in all its cells."""
    for row in range(rows + 1):
        page.draw_line((left, top + 16 * row), (left + 50 * columns, top + 16 * row))
    for column in range(columns + 1):
        page.draw_line((left + 50 * column, top), (left + 50 * column, top + 16 * rows))
    for row in range(rows):
        for column in range(columns):
            page.insert_text((left + 50 * column + 6, top + 16 * row + 11), f"{row}.{column}", fontsize=8)
    return left, top, left + 50 * columns, top + 16 * rows


def on_paper(image: Image.Image, *, angle: float = 0.0, noise: float = 6.0, grey: bool = True) -> Image.Image:
    """The picture as a scanner gives it: turned counterclockwise, soft, on grey noisy paper, through JPEG."""
    rng = np.random.default_rng(7)
    turned = image.convert("RGB").rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    soft = np.asarray(turned.filter(ImageFilter.GaussianBlur(0.7)).convert("L" if grey else "RGB"), dtype=float)
    paper = soft * 0.86 + 20 + rng.normal(0, noise, soft.shape)
    buffer = io.BytesIO()
    Image.fromarray(paper.clip(0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=40)
    return Image.open(buffer).convert("RGB")


def rendered(
    draw: Callable[[pymupdf.Page], object], *, dpi: int = 150, size: tuple[float, float] = (420, 300)
) -> Image.Image:
    """What a page drawn by ``draw`` looks like."""
    with pymupdf.open() as document:
        page = document.new_page(width=size[0], height=size[1])
        draw(page)
        pixmap = page.get_pixmap(dpi=dpi)
        return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def scanned_pdf(path: Path, image: Image.Image, *, hidden: Sequence[tuple[float, float, str]] = ()) -> Source:
    """A PDF page of Letter size covered by a picture, with invisible text over it."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=70)
    document = pymupdf.open()
    page = document.new_page(width=612, height=792)
    page.insert_image(page.rect, stream=buffer.getvalue(), keep_proportion=False)
    for x, y, text in hidden:
        page.insert_text((x, y), text, render_mode=3)
    return save(document, path)
