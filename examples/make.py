"""Make the example files and their true tables: ``python examples/make.py [FOLDER]``, by default into examples/.

Comes in: content.py. Goes out: PDFs and pictures such as users have, and truth.json, which maps each file to what its
charts show. Needs the test extra. The same versions of the libraries give the same bytes.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from examples import content  # noqa: E402 - found through the path set above
from examples.paper import SCAN_DPI, Paper, encode, rastered, scanned  # noqa: E402 - the same
from tests.chart_specs import ChartSpec, describe  # noqa: E402 - the same
from tests.drawing import PALETTES, Style, degrade, draw  # noqa: E402 - the same

SIDEWAYS = 6
"""EXIF orientation: to be turned 90 degrees clockwise before it is looked at."""
EXIF_ORIENTATION = 0x0112

Example = tuple[bytes, list[dict[str, object]]]
"""A file's bytes, and what is true of its charts."""


def energy_report() -> Example:
    """A born-digital report: vector charts, a ruled table, a page of nothing but text."""
    paper = Paper()
    paper.logo()
    paper.heading(content.REPORT_NAME)
    paper.text(content.REPORT_OPENING)
    paper.chart(content.OUTPUT, "Output of all stations in 2024.", vector=True, style=content.REPORT_STYLE)
    paper.new_page()
    paper.heading("Trade and supply")
    paper.text(content.REPORT_TRADE)
    paper.chart(content.TRADE, "Energy bought and sold.", vector=True, style=content.REPORT_STYLE, width=340)
    paper.text(content.REPORT_SUPPLY)
    paper.chart(content.SUPPLY, "Supply in 2024.", vector=True, style=content.REPORT_STYLE, width=340)
    paper.new_page()
    paper.heading("The districts")
    paper.text(content.REPORT_DISTRICTS)
    paper.table(content.REPORT_TABLE)
    paper.text(content.REPORT_HARBOUR)
    paper.new_page()
    paper.heading("How it was counted")
    paper.text(content.REPORT_METHOD)
    paper.new_page()
    paper.heading("Who uses the energy")
    paper.text(content.REPORT_DEMAND)
    paper.chart(content.DEMAND, "Shares of demand in 2024.", vector=True, style=content.REPORT_STYLE)
    paper.text(content.REPORT_PROPOSALS)
    return paper.pdf.tobytes(garbage=3, deflate=True, no_new_id=True), paper.charts


def rainfall_survey() -> Example:
    """A scanned report: each page one slightly turned, noisy JPEG picture."""
    paper = Paper()
    paper.heading(content.SURVEY_NAME)
    paper.text(content.SURVEY_OPENING)
    paper.chart(content.RAINFALL, "rain of the first eight months.", vector=False, style=content.SCAN_STYLE, width=330)
    paper.new_page()
    paper.text(content.SURVEY_STATIONS)
    paper.chart(content.STATIONS, "rain of two years in mm.", vector=False, style=content.SCAN_STYLE, width=330)
    paper.text(content.SURVEY_RIVER)
    paper.chart(content.RIVER, "the week of the flood.", vector=False, style=content.SCAN_STYLE, width=330)
    paper.new_page()
    paper.heading(content.SURVEY_METHOD_NAME)
    paper.text(content.SURVEY_METHOD)
    return scanned(paper, rng=Random(2024), skew=(0.3, 0.9)), paper.charts


def fax() -> Example:
    """Two pages in black and white, nothing between, in one TIFF."""
    paper = Paper()
    paper.heading("Fax: weekly figures")
    paper.text(content.FAX_NOTE)
    paper.chart(content.ORDERS, "orders of last week.", vector=False, style=content.FAX_STYLE)
    paper.new_page()
    paper.text(content.FAX_NOTE)
    paper.chart(content.STOCK, "stock on Friday.", vector=False, style=content.FAX_STYLE)
    pages = [page.convert("L").point(lambda grey: 255 * (grey > 127)).convert("1") for page in rastered(paper)]
    first, *others = pages
    options = {"compression": "group4", "dpi": (SCAN_DPI, SCAN_DPI), "save_all": True, "append_images": others}
    return encode(first, "TIFF", **options), paper.charts


def photo(spec: ChartSpec, *, seed: int, style: Style, sideways: bool = False) -> Example:
    """A chart on paper, photographed: not quite white, not quite straight, grainy."""
    rng = Random(seed)
    paper = replace(style, background="#fbfbf5", ink="#333333")
    picture = degrade(draw(spec, rng=rng, scale=2, style=paper), rng=rng, skew=0.5, noise=5, jpeg=None)
    exif = Image.Exif()
    if sideways:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
        exif[EXIF_ORIENTATION] = SIDEWAYS
    return encode(picture, "JPEG", quality=70, exif=exif), [describe(spec)]


def screenshot(spec: ChartSpec, *, style: Style, size: tuple[int, int] = (532, 392), **options: object) -> Example:
    """A chart cut from a screen, as a PNG unless told otherwise."""
    picture = draw(spec, rng=Random(0), size=size, scale=1.5, style=style)
    kind = str(options.pop("kind", "PNG"))
    return encode(picture, kind, **options), [describe(spec)]


def main(folder: Path) -> None:
    """Write all example files and truth.json."""
    files = {
        "energy-report.pdf": energy_report(),
        "scans/rainfall-survey.pdf": rainfall_survey(),
        "scans/fax.tif": fax(),
        "photos/harvest.jpg": photo(content.HARVEST, seed=1, style=Style(size=14, title_size=17), sideways=True),
        "photos/visits on the wall.jpg": photo(content.SCHOOLS, seed=2, style=Style(palette=PALETTES[2], size=13)),
        "photos/copper.jpg": photo(content.PRICES, seed=3, style=Style(font="DejaVuSerif.ttf", palette=PALETTES[3])),
        "screenshots/sales.png": screenshot(content.SALES, style=Style(size=13, palette=PALETTES[2], thousands=True)),
        "screenshots/2024年访问量.png": screenshot(content.VISITS, style=Style(size=13), size=(560, 392)),
        "screenshots/costs.webp": screenshot(
            content.COSTS, style=Style(legend="right"), size=(588, 364), kind="WEBP", lossless=True
        ),
        "screenshots/budget.gif": screenshot(
            content.BUDGET, style=Style(slice_names=False, size=14, title_size=16), kind="GIF"
        ),
        "screenshots/users.png": screenshot(content.GROWTH, style=Style(size=12, grid="#dddddd", marker="square")),
    }
    for name, (data, _) in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    known = {name: charts for name, (_, charts) in files.items()}
    (folder / "truth.json").write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "examples")
