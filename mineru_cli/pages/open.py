"""Opening an input: one interface for PDFs and picture files.

Comes in: a `Source` and `PageOptions`. Goes out: a `PagedSource`, whose pages are read one at a time and whose
arguments and results travel between processes. It keeps no page picture between calls.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from mineru_cli.errors import SourceError
from mineru_cli.options import PageOptions
from mineru_cli.pages.pictures import open_picture
from mineru_cli.pages.render import open_pdf
from mineru_cli.pages.types import Crop, PageContent
from mineru_cli.reply.layout import LayoutBlock
from mineru_cli.sources import Source


class PagedSource(Protocol):
    """An open input. Pages count from 1."""

    @property
    def page_count(self) -> int:
        """How many pages there are; at least 1."""
        ...

    def read(self, number: int) -> PageContent:
        """Read a page: its crops, or the picture the model must look for figures on.

        Raises
        ------
        PageError
            When this page cannot be read.
        """
        ...

    def cut(self, number: int, blocks: Sequence[LayoutBlock] | None) -> list[Crop]:
        """Cut the figures the model found out of the page at its full resolution.

        Parameters
        ----------
        blocks
            The model's regions of the picture that `read` gave; None when the page as a whole is one figure.

        Raises
        ------
        PageError
            When this page cannot be read.
        """
        ...


@contextmanager
def open_source(
    source: Source, options: PageOptions, *, max_pages: int, password: str | None, exact: bool = False
) -> Iterator[PagedSource]:
    """Open an input, and close it at the end of the ``with`` block.

    With ``exact``, vector charts of born-digital pages are read from their drawing on the way.

    Raises
    ------
    SourceError
        Its code is ``encrypted``, ``wrong_password``, ``damaged``, ``unreadable``, ``no_pages``, ``too_many_pages``
        or ``too_many_pixels``.
    """
    opened = (
        open_pdf(source, options, password=password, exact=exact)
        if source.kind == "pdf"
        else open_picture(source, options)
    )
    with opened as pages:
        if pages.page_count > max_pages:
            raise SourceError(
                "too_many_pages",
                f"{source.where} has {pages.page_count} pages, more than the {max_pages} allowed",
                cure=f"Allow them with --max-pages {pages.page_count}",
            )
        yield pages
