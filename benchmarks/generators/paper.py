"""From a program's output to one PDF a chart: running programs, printing with Chromium, cutting pages apart."""

import html
import json
import os
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pymupdf

from generators.specs import Spec
from generators.stories import Story

_STYLE = (
    "@page{size:1120px 680px;margin:16px} .p{page-break-after:always;height:625px;overflow:hidden} "
    ".p:last-child{page-break-after:avoid} body{margin:0} .p h3{margin:2px 0 6px 0}"
)


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


def print_page(head: str, body: str, charts: Sequence[Spec], folder: Path, *, doctype: str = "<!DOCTYPE html>") -> None:
    """Print HTML that has a printed page a chart, and cut it apart."""
    page = folder / "charts.html"
    page.write_text(
        f"{doctype}<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>", encoding="utf-8"
    )
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--virtual-time-budget=60000", "--no-pdf-header-footer", "--print-to-pdf=charts.pdf", page.resolve().as_uri(),
    ]  # fmt: skip
    run(command, folder)
    split(folder / "charts.pdf", charts, folder)
    page.unlink()


def bundle(entry: str, folder: Path, js: Path) -> str:
    """Bundle modules under a folder of node modules by esbuild; the tag that loads them."""
    (folder / "entry.js").write_text(entry, encoding="utf-8")
    command = [
        "env", f"NODE_PATH={js.resolve()}", str(js.resolve() / ".bin/esbuild"), "entry.js", "--bundle", "--minify",
        "--outfile=bundle.js", '--define:process.env.NODE_ENV="production"', "--log-level=error",
    ]  # fmt: skip
    run(command, folder)
    return "<script src='bundle.js'></script>"


def print_charts(
    charts: Sequence[Story],
    folder: Path,
    head: str,
    script: str,
    facts: Callable[[Story], dict[str, Any]],
) -> None:
    """Print a page a chart: ``script`` defines ``chart(cell, facts)``, which may be asynchronous; its title stands above.

    Raises
    ------
    ValueError
        A chart could not be drawn: what went wrong stands on the one page that was printed.
    """
    cells, calls = [], []
    for k, story in enumerate(charts):
        known = facts(story)
        title = f"<h3 style='font-weight:{700 if story.look.bold else 400}'>{html.escape(story.title)}</h3>"
        cells.append(f"<div class='p' style=\"font-family:'{known['font']}'\">{title}<div id='c{k}'></div></div>")
        calls.append(f"await chart(document.getElementById('c{k}'), {json.dumps(known)});\n")
    body = f"{''.join(cells)}<script>{script}(async () => {{{''.join(calls)}}})().catch(error => {{ document.body.textContent = error.stack; }});</script>"
    print_page(f"<style>{_STYLE}</style>{head}", body, charts, folder)
