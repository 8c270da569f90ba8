"""``index.html`` put together: the page, its style, its script and the data, in one file.

Comes in: document records and the run's report. Goes out: the file, in the output folder, which refers only to what
lies beside it and to the inputs. Knows nothing of how charts are read or redrawn.

Text from documents stands only inside JSON in elements that browsers do not run, with ``<`` escaped; page.js puts it
into the page as text. The page forbids itself everything else by a content security policy.
"""

import base64
import hashlib
import html
import json
import os
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from mineru_cli.errors import ExitCode
from mineru_cli.outputs.elsewhere import is_elsewhere
from mineru_cli.outputs.files import files_in, write_atomically
from mineru_cli.outputs.page.cards import READERS, cards_of
from mineru_cli.outputs.words import plural
from mineru_cli.schema import Document, Figure, RunReport

PAGE: Final = "index.html"

_MOST_FAILURES: Final = 200
_SUFFIXES: Final = (".png", ".svg", ".vl.json", ".csv")
_WITH_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)


def write_page(root: Path, documents: Iterable[Document], report: RunReport, *, notice: str = "") -> None:
    """Write the page of a whole output folder.

    Parameters
    ----------
    documents
        Read one at a time, in the order of the page.
    notice
        What to tell above the charts, as about redrawings that are missing.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    write_atomically(root / PAGE, _pieces(root, documents, report, notice))


def was_stopped(report: RunReport) -> bool:
    """Whether the run was asked to end before its end."""
    return report.exit_code in {ExitCode.INTERRUPTED, ExitCode.TERMINATED}


def _pieces(root: Path, documents: Iterable[Document], report: RunReport, notice: str) -> Iterator[str]:
    style, script = _part("page.css"), _part("page.js")
    counts = report.counts
    filling = {
        "policy": "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' file: data:; "
        f"style-src '{_digest(style)}'; script-src '{_digest(script)}'",
        "title": f"{plural(counts.charts, 'chart')} from {plural(counts.documents, 'document')}",
        "heading": f"{plural(counts.charts, 'chart')} from {plural(counts.documents, 'document')}",
        "style": style,
        "script": script,
    }
    before, after = (_filled(part, filling) for part in _part("page.html").split("{{data}}"))
    yield before
    docs: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    for document in documents:
        if not document.figures:
            continue
        for card in cards_of(document, len(docs), _beside(root, document)):
            entries.append(card.entry)
            yield _json(card.details) + "\n"
        docs.append(_doc(root, document))
    index = {
        "docs": docs,
        "cards": entries,
        "failures": [_failure(report, number) for number in range(min(len(report.failures), _MOST_FAILURES))],
        "more_failures": max(0, len(report.failures) - _MOST_FAILURES),
        "readers": READERS,
        "summary": _summary(report, notice, has_csv=bool(files_in(root, "charts.csv"))),
    }
    yield f'</script>\n<script type="application/json" id="index">{_json(index)}</script>\n'
    yield after


def _filled(template: str, filling: dict[str, str]) -> str:
    """The template with its marks replaced; style and script stand as they are, the rest is escaped."""
    for name, text in filling.items():
        template = template.replace(f"{{{{{name}}}}}", text if name in {"style", "script"} else html.escape(text))
    return template


def _beside(root: Path, document: Document) -> dict[str, list[str]]:
    """Which files of each figure are there, from one look into the document's folder."""
    try:
        names = {path.name for path in files_in(root / document.name, "*")}
    except OSError:
        names = set()
    return {figure.id: [one for one in _SUFFIXES if _wanted(figure, one, names)] for figure in document.figures}


def _wanted(figure: Figure, suffix: str, names: set[str]) -> bool:
    """Whether a file is there and is this reading's: an earlier run may have left others."""
    if suffix == ".csv" and figure.csv is None:
        return False
    return f"{figure.id}{suffix}" in names


def _doc(root: Path, document: Document) -> dict[str, Any]:
    return {
        "name": document.name,
        "base": f"{quote(document.name)}/",
        "href": _link(root, document.source.path),
        "pdf": document.source.kind == "pdf",
        "pages": document.page_count,
    }


def _link(root: Path, source: str) -> str | None:
    """The address of an input as seen from the page: relative where there is a way, None when it is not there."""
    if _WITH_SCHEME.match(source):
        return quote(source, safe=":/?#[]@!$&'()*+,;=%") if source.lower().startswith("http") else None
    path = Path(source)
    if not path.is_file():
        return None
    path = path.parent.resolve() / path.name
    if is_elsewhere(root):
        return None
    try:
        return quote(Path(os.path.relpath(path, root.resolve())).as_posix())
    except ValueError:  # another drive of Windows
        return path.as_uri()


def _failure(report: RunReport, number: int) -> list[str]:
    failure = report.failures[number]
    page = f"page {failure.page}" if failure.page is not None else ""
    place = ", ".join(part for part in (failure.document, page) if part and part not in failure.message)
    return [place, failure.message, failure.cure]


def _summary(report: RunReport, notice: str, *, has_csv: bool) -> dict[str, Any]:
    counts = report.counts
    tiles: list[tuple[int, str, str]] = [(counts.charts, "charts" if counts.charts != 1 else "chart", "")]
    tiles.append((counts.points, "numbers", ""))
    tiles += [(counts.tables, "tables", "")] if counts.tables else []
    tiles.append((counts.charts_flagged, "charts with doubts", "doubt" if counts.charts_flagged else ""))
    tiles += [(len(report.failures), "could not be read", "bad")] if report.failures else []
    tiles += [(counts.not_charts, "figures that are no charts", "")] if counts.not_charts else []
    tiles += [(counts.duplicates, "documents that are copies", "")] if counts.duplicates else []
    readers = [f"{READERS.get(by, by)}: {count:,}" for by, count in report.read_by.items() if count]
    model = report.engine.get("model", "")
    lead = f"From {plural(counts.pages, 'page')}." + (f" Read {'; '.join(readers)}" if readers else "")
    stopped = "The run was stopped before its end; run it again and it goes on." if was_stopped(report) else ""
    return {
        "lead": f"{lead} ({model})." if model else lead,
        "tiles": tiles,
        "notice": " ".join(filter(None, (stopped, notice))),
        "footer": f"mineru-extract {report.versions.get('mineru-extract', '')}".strip(),
        "csv": has_csv,
    }


def _json(value: object) -> str:
    """JSON on one line that may stand in any HTML element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _part(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """How a content security policy names an element it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
