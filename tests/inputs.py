"""Small inputs drawn on the spot."""

from pathlib import Path

import pymupdf
from PIL import Image, ImageDraw

CHART_REPLY = (
    "<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|><|caption_start|>Cost<|caption_end|>"
    "<|content_start|>| Item | EUR |\n|---|---|\n| Rent | 42 |\n| Food | 17.5 |<|content_end|>"
)
LAYOUT_REPLY = "<|box_start|>100 100 900 450<|box_end|><|ref_start|>chart<|ref_end|><|rotate_up|>"


def chart_picture(size: tuple[int, int] = (532, 392)) -> Image.Image:
    """Three coloured bars on axes."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    width, height = size
    for index, share in enumerate((0.3, 0.7, 0.5)):
        left = width * (0.2 + 0.25 * index)
        pen.rectangle(
            (left, height * (0.9 - 0.7 * share), left + width * 0.15, height * 0.9),
            fill=("red", "green", "blue")[index],
        )
    pen.line((width * 0.1, height * 0.1, width * 0.1, height * 0.9, width * 0.95, height * 0.9), fill="black", width=2)
    return image


def text_pdf(path: Path, *, pages: int = 1) -> Path:
    """Pages of prose."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page()
            page.insert_textbox((60, 60, 530, 700), f"Page {number}. " + "Nothing to see on this page. " * 60)
        document.save(path, no_new_id=True)
    return path


def chart_pdf(path: Path, *, pages: int = 1, width: float = 300) -> Path:
    """Pages with a paragraph and a bar chart drawn as vectors, with tick labels 0 to 50 and a caption."""
    with pymupdf.open() as document:
        for number in range(pages):
            page = document.new_page()
            page.insert_textbox((60, 40, 530, 150), "The costs rose again this year. " * 12)
            left, bottom = 150.0, 420.0
            for tick in range(6):
                height = bottom - 36 * tick
                page.draw_line((left - 4, height), (left, height))
                page.insert_text((left - 24, height + 3), str(10 * tick), fontsize=9)
            page.draw_line((left, bottom), (left, bottom - 200))
            page.draw_line((left, bottom), (left + width, bottom))
            for index, value in enumerate((42.0, 17.5, 30.0 + number)):
                x = left + 20 + index * width / 3
                page.draw_rect((x, bottom - 3.6 * value, x + width / 5, bottom), fill=(0.2, 0.4, 0.7), color=None)
                page.insert_text((x, bottom + 14), ("Rent", "Food", "Fuel")[index], fontsize=9)
            page.insert_text((left, bottom + 40), f"Figure {number + 1}: What was spent", fontsize=9)
        document.save(path, no_new_id=True)
    return path


def scan_pdf(path: Path, *, pages: int = 1) -> Path:
    """Pages that are one picture each."""
    image = Image.new("RGB", (1240, 1754), "white")
    image.paste(chart_picture((900, 600)), (170, 200))
    pen = ImageDraw.Draw(image)
    for line in range(30):
        pen.rectangle((120, 900 + 24 * line, 1100, 910 + 24 * line), fill="#555555")
    image.save(path.with_suffix(".jpg"), quality=80)
    with pymupdf.open() as document:
        for _ in range(pages):
            page = document.new_page(width=595, height=842)
            page.insert_image(page.rect, filename=path.with_suffix(".jpg"))
        document.save(path, no_new_id=True)
    path.with_suffix(".jpg").unlink()
    return path
