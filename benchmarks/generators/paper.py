"""From a program's output to one PDF a chart: running programs, printing with Chromium, cutting pages apart."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pymupdf

from generators.specs import Spec


def run(command: Sequence[str], folder: Path) -> None:
    """Run a program; its complaints go to this one's errors."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"LC_ALL": "C.UTF-8"})


def split(together: Path, charts: Sequence[Spec], folder: Path) -> None:
    """Cut a PDF into one file a chart; its pages must be as many as the charts, but for empty ones at the end."""
    with pymupdf.open(together) as document:
        while len(document) > len(charts) and not document[-1].get_text().strip():
            document.delete_page(-1)
        if len(document) != len(charts):
            raise ValueError(f"{together}: {len(document)} pages for {len(charts)} charts")
        for k, spec in enumerate(charts):
            with pymupdf.open() as single:
                single.insert_pdf(document, from_page=k, to_page=k)
                single.save(folder / f"{spec.name}.pdf", garbage=3, deflate=True)
    together.unlink()


def print_page(page: Path, charts: Sequence[Spec], folder: Path) -> None:
    """Print an HTML file that has a printed page a chart, and cut it apart."""
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--virtual-time-budget=60000", "--no-pdf-header-footer", "--print-to-pdf=charts.pdf", page.resolve().as_uri(),
    ]  # fmt: skip
    run(command, folder)
    split(folder / "charts.pdf", charts, folder)
    page.unlink()
