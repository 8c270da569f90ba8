"""From an input to the crops a reader wants: opening, rendering, preprocessing, finding figures."""

from mineru_cli.pages.open import PagedSource, open_source
from mineru_cli.pages.preprocess import check_dependencies

__all__ = ["PagedSource", "check_dependencies", "open_source"]
