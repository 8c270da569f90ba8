"""Picture files: PNG, JPEG, WebP, BMP, GIF, TIFF, as pages in upright RGB.

Comes in: a picture `Source`. Goes out: `PicturePages`, which speaks the `PagedSource` protocol. Knows nothing of
models: what a picture shows is for `cut` to be told. Sizes are checked in the header, before any pixel is decoded.
Pillow loads when the first picture is opened.
"""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from mineru_cli.errors import ItemError, PageError, SourceError
from mineru_cli.options import PageOptions
from mineru_cli.pages.boxes import area
from mineru_cli.pages.colours import to_rgb
from mineru_cli.pages.crops import Piece, make_crop
from mineru_cli.pages.preprocess import LAYOUT_SIDE, Straightened, straighten
from mineru_cli.pages.regions import FIGURE_KINDS, cut_out, find_regions, whole_picture
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.reply.layout import LayoutBlock
from mineru_cli.schema import Page, Step
from mineru_cli.sources import Source

if TYPE_CHECKING:
    from PIL import Image

SMALLEST_SIDE: Final = 32
"""Pixels: below this on either side nothing can be read."""

WHOLE_SHARE: Final = 0.6
"""A lone figure region that covers more of a picture than this stands for the whole picture."""

_SLIMMEST: Final = 50.0
_WHITE: Final = 255
_NOISE_STEP: Final = 8
_NOISY_SHARE: Final = 0.17
_PILLOW_ERRORS: Final = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


@contextmanager
def open_picture(source: Source, options: PageOptions) -> Iterator["PicturePages"]:
    """Open a picture file. Nothing stays open: each page is decoded when it is asked for.

    Raises
    ------
    SourceError
        ``damaged``, ``unreadable`` or ``too_many_pixels``.
    """
    with _opened(source) as image:
        width, height = image.size
        if width * height > options.max_pixels:
            raise _too_many(SourceError, source.where, image.size, options)
        try:
            count = getattr(image, "n_frames", 1) if source.kind == "tiff" else 1
        except _PILLOW_ERRORS:
            count = 1
    yield PicturePages(source, options, count)


class PicturePages:
    """The pages of a picture file: every page of a TIFF, one of anything else."""

    def __init__(self, source: Source, options: PageOptions, page_count: int) -> None:
        self._source = source
        self._options = options
        self._angles: dict[int, float] = {}
        self.page_count = page_count

    def read(self, number: int) -> PageContent:
        """Decode a page for the layout step; with ``layout`` never, the whole page is one crop."""
        whole = self._options.layout == "never"
        page = self._decode(number, reduced=not whole)
        if page.is_too_small:
            return PageContent(record=_record(number, page, Step(name="too_small", detail={"size": page.size})))
        if whole:
            return PageContent(record=_record(number, page), crops=tuple(self._cut(page, number, None)))
        upright = self._upright(page.image, number, scanned=page.scanned)
        return PageContent(record=_record(number, page, *upright.steps), layout=upright.image)

    def cut(self, number: int, blocks: Sequence[LayoutBlock] | None) -> list[Crop]:
        """Cut the regions the model named at full resolution; None, or one that fills the page, takes it whole."""
        page = self._decode(number, reduced=False)
        return [] if page.is_too_small else self._cut(page, number, blocks)

    def _cut(self, page: "_Decoded", number: int, blocks: Sequence[LayoutBlock] | None) -> list[Crop]:
        if number not in self._angles:
            self._upright(_for_layout(page.image), number, scanned=page.scanned)
        upright = straighten(page.image, self._options, angle=self._angles[number])
        regions = find_regions(blocks, upright.image, tables=self._options.tables)
        figures = [block for block in blocks or () if block.kind in FIGURE_KINDS]
        if len(regions) == 1 and figures and max(area(block.box) for block in figures) > WHOLE_SHARE:
            regions = [replace(regions[0], box=whole_picture(upright.image).box)]
        return [
            make_crop(
                Piece(
                    image=cut_out(upright.image, region),
                    page=number,
                    kind=region.kind,
                    box=upright.to_original(region.box),
                    unit="px",
                    panels=region.panels,
                    rotation=region.rotation,
                    scanned=page.scanned,
                    steps=upright.steps,
                ),
                self._options,
            )
            for region in regions
        ]

    def _upright(self, image: "Image.Image", number: int, *, scanned: bool) -> Straightened:
        """The page straightened if it comes from paper; its angle is remembered, so that `cut` turns it alike."""
        angle = self._angles.get(number, None if scanned else 0.0)
        upright = straighten(image, self._options, angle=angle)
        self._angles[number] = upright.angle
        return upright

    def _decode(self, number: int, *, reduced: bool) -> "_Decoded":
        """A page in RGB; ``reduced``: no larger than the layout step needs."""
        name = self._source.where
        try:
            with _opened(self._source) as image:
                if self._source.kind == "tiff":
                    image.seek(number - 1)
                if image.width * image.height > self._options.max_pixels:
                    raise _too_many(PageError, name, image.size, self._options)
                size = image.size
                if reduced:
                    image.draft(image.mode, _layout_size(size))
                animated = (
                    self._source.kind != "tiff" and image.format != "MPO" and getattr(image, "is_animated", False)
                )
                picture, steps = to_rgb(image)
        except _PILLOW_ERRORS as error:
            raise PageError(
                "damaged", f"page {number} of {name} cannot be decoded: {error}", cure="Save the picture anew"
            ) from error
        if animated:
            steps.insert(0, Step(name="first_frame", detail={"reason": "animations are read by their first frame"}))
        if (picture.width > picture.height) != (size[0] > size[1]):
            size = size[1], size[0]
        return _Decoded(
            image=_for_layout(picture) if reduced else picture,
            size=size,
            steps=tuple(steps),
            scanned=looks_scanned(picture),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decoded:
    """A page in upright RGB. ``size`` is that of the file, which ``image`` may have been reduced from."""

    image: "Image.Image"
    size: tuple[int, int]
    steps: tuple[Step, ...]
    scanned: bool

    @property
    def is_too_small(self) -> bool:
        """Whether there is nothing to read on it: a speck or a sliver."""
        return min(self.size) < SMALLEST_SIDE or max(self.size) > _SLIMMEST * min(self.size)


def looks_scanned(image: "Image.Image") -> bool:
    """Whether a picture seems to come from paper: it is noisy nearly everywhere, or only black and white, as a fax is.

    Of screenshots and exported charts, 0 to 14 % of neighbouring pixels differ by 1 to 8 grey levels; of scans 20 % and
    more.
    """
    grey = np.asarray(image.convert("L"))[::2].astype(np.int16)
    if bool(np.all((grey == 0) | (grey == _WHITE))):
        return True
    steps = np.abs(np.diff(grey, axis=1))
    return float(np.mean((steps > 0) & (steps <= _NOISE_STEP))) > _NOISY_SHARE


@contextmanager
def _opened(source: Source) -> Iterator["Image.Image"]:
    """Open a picture without Pillow's own limit on pixels, which cannot name the option that lifts it."""
    from PIL import Image

    limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                image = Image.open(source.path)
            except FileNotFoundError as error:
                raise SourceError(
                    "unreadable", f"{source.where} has gone", cure="Was it moved during the run?"
                ) from error
            except PermissionError as error:
                raise SourceError(
                    "unreadable", f"{source.where} may not be read", cure="Check its permissions"
                ) from error
            except _PILLOW_ERRORS as error:
                raise SourceError(
                    "damaged", f"{source.where} is no picture that can be decoded", cure="Save it anew"
                ) from error
            with image:
                yield image
    finally:
        Image.MAX_IMAGE_PIXELS = limit


def _too_many(kind: type[ItemError], name: str, size: tuple[int, int], options: PageOptions) -> ItemError:
    return kind(
        "too_many_pixels",
        f"{name} has {size[0]} x {size[1]} pixels, more than the {options.max_pixels} allowed",
        cure=f"Allow them with --max-pixels {size[0] * size[1]}",
    )


def _layout_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size whose shorter side is what the layout step can use; never larger than the picture."""
    scale = min(1.0, LAYOUT_SIDE / min(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _for_layout(image: "Image.Image") -> "Image.Image":
    size = _layout_size(image.size)
    if size == image.size:
        return image
    from PIL import Image

    return image.resize(size, Image.Resampling.LANCZOS)


def _record(number: int, page: _Decoded, *steps: Step) -> Page:
    width, height = page.size
    return Page(number=number, kind="picture", width=width, height=height, unit="px", steps=[*page.steps, *steps])
