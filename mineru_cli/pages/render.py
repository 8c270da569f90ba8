"""PDFs: pages as crops or as pictures, rendered only when needed and only where needed.

Comes in: a PDF `Source`. Goes out: `PdfPages`, which speaks the `PagedSource` protocol. Knows nothing of models: what a
scanned page shows is for `cut` to be told. PyMuPDF loads when the first PDF is opened.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from mineru_cli.errors import PageError, SourceError
from mineru_cli.exact import decode_page, draw_overlay
from mineru_cli.options import PageOptions
from mineru_cli.pages.boxes import centre, grown, holds, intersection, longest
from mineru_cli.pages.captions import Caption, assign, find_captions
from mineru_cli.pages.crops import Piece, make_crop
from mineru_cli.pages.figures import Candidate, find_figures
from mineru_cli.pages.marks import PageMarks, read_marks
from mineru_cli.pages.preprocess import LAYOUT_SIDE, Straightened, straighten
from mineru_cli.pages.regions import Region, cut_out, find_regions
from mineru_cli.pages.scans import find_scan
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.pages.vector import with_exact
from mineru_cli.reply.layout import LayoutBlock
from mineru_cli.schema import Box, Page, Step
from mineru_cli.sources import Source

if TYPE_CHECKING:
    import pymupdf
    from PIL import Image

_LARGEST_PAGE: Final = 200_000.0
_MARGIN: Final = 3.0
_POINTS: Final = 72.0
_ENLARGED: Final = 2


@contextmanager
def open_pdf(source: Source, options: PageOptions, *, password: str | None, exact: bool) -> Iterator["PdfPages"]:
    """Open a PDF, and close it at the end of the ``with`` block.

    Raises
    ------
    SourceError
        ``encrypted``, ``wrong_password``, ``damaged``, ``unreadable`` or ``no_pages``.
    """
    mupdf = _quiet_pymupdf()
    try:
        document = _opened(mupdf, source.path)
    except OSError as error:
        raise SourceError("unreadable", f"{source.where} cannot be opened: {error.strerror or error}") from error
    except _mupdf_errors(mupdf) as error:
        _raise_if_memory_ran_out(mupdf, error)
        raise SourceError(
            "damaged", f"{source.where} is no PDF that can be repaired", cure="Open it in a viewer and save it anew"
        ) from error
    with document:
        _unlock(document, source, password)
        try:
            count = len(document)
        except _mupdf_errors(mupdf):
            count = 0
        if count < 1:
            raise SourceError("no_pages", f"{source.where} has no pages", cure="It may be damaged: save it anew")
        yield PdfPages(document, source.where, options, exact=exact)


class PdfPages:
    """The pages of an open PDF."""

    def __init__(self, document: "pymupdf.Document", name: str, options: PageOptions, *, exact: bool) -> None:
        self._document = document
        self._name = name
        self._options = options
        self._exact = exact
        self._angles: dict[int, float] = {}
        self.page_count = len(document)

    def read(self, number: int) -> PageContent:
        """Find the figures of a page, or render it for the layout step when it is a scan."""
        with self._page(number) as page:
            marks = read_marks(page)
            scan = find_scan(marks)
            if scan is not None:
                return self._read_scan(page, marks, number, scan.dpi)
            if self._options.layout == "always":
                record = _record(page, number, "figures")
                return PageContent(record=record, layout=_rendered(page, self._layout_scale(page)))
            candidates = find_figures(marks, tables=self._options.tables)
            if self._exact and marks.inks:
                candidates = with_exact(candidates, decode_page(page))
            crops = self._crops(page, marks, number, candidates)
            return PageContent(record=_record(page, number, "figures" if crops else "text"), crops=tuple(crops))

    def cut(self, number: int, blocks: Sequence[LayoutBlock] | None) -> list[Crop]:
        """Cut the regions the model named out of a page; None takes the whole page."""
        with self._page(number) as page:
            marks = read_marks(page)
            scan = find_scan(marks)
            if scan is not None:
                return self._cut_scan(page, marks, number, scan.dpi, blocks)
            if blocks is None:
                return self._crops(page, marks, number, [Candidate(box=marks.box, kind="chart")])
            scale = self._layout_scale(page)
            regions = find_regions(blocks, _rendered(page, scale), tables=self._options.tables)
            boxes = [_scaled(region.box, 1 / scale) for region in regions]
            return self._crops(page, marks, number, _candidates(regions, boxes, marks))

    @contextmanager
    def _page(self, number: int) -> Iterator["pymupdf.Page"]:
        """Load a page; MuPDF's errors while it is in use come out as `PageError`."""
        mupdf = _quiet_pymupdf()
        try:
            page = self._document.load_page(number - 1)
            _check_size(page, self._name, number)
            yield page
        except _mupdf_errors(mupdf) as error:
            _raise_if_memory_ran_out(mupdf, error)
            raise PageError(
                "damaged", f"page {number} of {self._name} is damaged: {error}", cure="Save the PDF anew from a viewer"
            ) from error

    def _read_scan(self, page: "pymupdf.Page", marks: PageMarks, number: int, dpi: float) -> PageContent:
        step = Step(name="scan", detail={"dpi": round(dpi)})
        if self._options.layout == "never":
            crops = self._cut_scan(page, marks, number, dpi, None)
            return PageContent(record=_record(page, number, "scan", step), crops=tuple(crops))
        upright = self._upright(page, number, self._layout_scale(page, dpi))
        return PageContent(record=_record(page, number, "scan", step, *upright.steps), layout=upright.image)

    def _cut_scan(
        self, page: "pymupdf.Page", marks: PageMarks, number: int, dpi: float, blocks: Sequence[LayoutBlock] | None
    ) -> list[Crop]:
        if number not in self._angles:
            self._upright(page, number, self._layout_scale(page, dpi))
        scale = self._bounded(page, dpi / _POINTS)
        upright = straighten(_rendered(page, scale), self._options, angle=self._angles[number])
        regions = find_regions(blocks, upright.image, tables=self._options.tables)
        boxes = [_scaled(upright.to_original(region.box), 1 / scale) for region in regions]
        captions = _captions(regions, boxes, find_captions(marks.hidden))
        return [
            make_crop(
                Piece(
                    image=cut_out(upright.image, region),
                    page=number,
                    kind=region.kind,
                    box=box,
                    unit="pt",
                    caption=caption,
                    panels=region.panels,
                    rotation=region.rotation,
                    scanned=True,
                    steps=upright.steps,
                ),
                self._options,
            )
            for region, box, caption in zip(regions, boxes, captions, strict=True)
        ]

    def _upright(self, page: "pymupdf.Page", number: int, scale: float) -> Straightened:
        """The page as rendered and straightened; its angle is remembered, so that `cut` turns it alike."""
        upright = straighten(_rendered(page, scale), self._options, angle=self._angles.get(number))
        self._angles[number] = upright.angle
        return upright

    def _crops(
        self, page: "pymupdf.Page", marks: PageMarks, number: int, candidates: Sequence[Candidate]
    ) -> list[Crop]:
        """Render each candidate by itself, so large that its longest side meets ``max_side``."""
        if not candidates:
            return []
        drawing = page.get_displaylist()
        crops = []
        for candidate in candidates:
            box = intersection(grown(candidate.box, _MARGIN), marks.box)
            side = self._options.max_side
            if candidate.pixels is not None:
                side = min(side, _ENLARGED * max(candidate.pixels))
            scale = (side - 1) / max(longest(box), 1.0)  # MuPDF rounds outwards to whole pixels
            words = [word for line in marks.lines if holds(box, centre(line.box)) for word in line.text.split()]
            piece = Piece(
                image=_rendered(drawing, scale, box),
                page=number,
                kind=candidate.kind,
                box=box,
                unit="pt",
                caption=candidate.caption,
                panels=candidate.panels,
                rotation=candidate.rotation,
                steps=(Step(name="render", detail={"dpi": round(_POINTS * scale)}),),
                printed=tuple(words) if marks.lines else None,
            )
            crop = make_crop(piece, self._options)
            drawn_back = candidate.drawn and self._options.debug_overlay
            over = draw_overlay(piece.image, candidate.drawn, origin=box[:2], scale=scale) if drawn_back else None
            crops.append(replace(crop, chart=candidate.chart, axes=candidate.axes, overlay=over))
        return crops

    def _layout_scale(self, page: "pymupdf.Page", dpi: float = math.inf) -> float:
        """Pixels a point for the layout step: the shorter side at 1036 px, no finer than the source."""
        shorter = min(page.rect.width, page.rect.height)
        return self._bounded(page, min(LAYOUT_SIDE / shorter, dpi / _POINTS))

    def _bounded(self, page: "pymupdf.Page", scale: float) -> float:
        """The scale, or less where the page would exceed ``max_pixels``."""
        return min(scale, math.sqrt(self._options.max_pixels / (page.rect.width * page.rect.height)))


def _quiet_pymupdf() -> Any:
    """PyMuPDF, with MuPDF's own messages kept off stderr."""
    import pymupdf

    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    return pymupdf


def _mupdf_errors(mupdf: Any) -> tuple[type[Exception], ...]:
    """What PyMuPDF raises for broken files: MuPDF's own errors, and those it turns into ``RuntimeError``."""
    return (mupdf.mupdf.FzErrorBase, RuntimeError)


def _raise_if_memory_ran_out(mupdf: Any, error: Exception) -> None:
    reason = error.__cause__ or error  # PyMuPDF has an error of its own for what it cannot open
    if isinstance(reason, mupdf.mupdf.FzErrorSystem) and "alloc" in str(reason):
        raise MemoryError from error


def _opened(mupdf: Any, path: Path) -> Any:
    """MuPDF takes no path that is not Unicode: such a file is handed over as bytes."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return mupdf.open(stream=path.read_bytes(), filetype="pdf")
    return mupdf.open(path, filetype="pdf")


def _unlock(document: "pymupdf.Document", source: Source, password: str | None) -> None:
    if not document.needs_pass:
        return
    if password is None:
        raise SourceError("encrypted", f"{source.where} is encrypted", cure="Give its password with --password")
    if not document.authenticate(password):
        raise SourceError("wrong_password", f"the password given does not open {source.where}", cure="Check --password")


def _check_size(page: "pymupdf.Page", name: str, number: int) -> None:
    sides = (page.rect.width, page.rect.height)
    if not all(math.isfinite(side) and 1.0 <= side <= _LARGEST_PAGE for side in sides):
        raise PageError(
            "page_size",
            f"page {number} of {name} measures {sides[0]:g} x {sides[1]:g} points, which cannot be rendered",
            cure="Correct the page's MediaBox",
        )


def _record(page: "pymupdf.Page", number: int, kind: Literal["text", "figures", "scan"], *steps: Step) -> Page:
    return Page(number=number, kind=kind, width=page.rect.width, height=page.rect.height, unit="pt", steps=list(steps))


def _rendered(drawing: Any, scale: float, clip: Box | None = None) -> "Image.Image":
    """Render a page or a display list (the part of it in ``clip``) on white at ``scale`` pixels a point."""
    import pymupdf
    from PIL import Image

    rect = None if clip is None else pymupdf.Rect(clip)
    pixmap = drawing.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=rect, alpha=False)
    return Image.frombytes("RGB", (pixmap.width, pixmap.height), pixmap.samples)


def _scaled(box: Box, by: float) -> Box:
    return box[0] * by, box[1] * by, box[2] * by, box[3] * by


def _candidates(regions: Sequence[Region], boxes: Sequence[Box], marks: PageMarks) -> list[Candidate]:
    captions = _captions(regions, boxes, find_captions(marks.lines))
    return [
        Candidate(box=box, kind=region.kind, caption=caption, panels=region.panels, rotation=region.rotation)
        for region, box, caption in zip(regions, boxes, captions, strict=True)
    ]


def _captions(regions: Sequence[Region], boxes: Sequence[Box], captions: Sequence[Caption]) -> list[str]:
    """Each region's caption, figures among figure captions and tables among table captions; else empty."""
    given = [""] * len(regions)
    for kind, wanted in (("chart", "figure"), ("table", "table")):
        members = [index for index, region in enumerate(regions) if region.kind == kind]
        own = [caption for caption in captions if caption.kind == wanted]
        for index, caption in zip(members, assign([boxes[index] for index in members], own), strict=True):
            given[index] = caption.text if caption else ""
    return given
