"""mineru-extract: the numbers of the charts in your PDFs and images.

The public API is what ``__all__`` lists; everything else may change. Names are imported when first used, so
that ``import mineru_cli`` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mineru_cli.batch import extract as extract
    from mineru_cli.errors import EngineUnavailableError as EngineUnavailableError
    from mineru_cli.errors import ExitCode as ExitCode
    from mineru_cli.errors import MineruExtractError as MineruExtractError
    from mineru_cli.errors import MissingDependencyError as MissingDependencyError
    from mineru_cli.errors import NoInputError as NoInputError
    from mineru_cli.errors import OutputError as OutputError
    from mineru_cli.errors import UsageError as UsageError
    from mineru_cli.reply import parse_reply as parse_reply
    from mineru_cli.results import FoundChart as FoundChart
    from mineru_cli.results import Results as Results
    from mineru_cli.schema import Chart as Chart
    from mineru_cli.schema import Document as Document
    from mineru_cli.schema import RunReport as RunReport

_HOME = {
    "extract": "mineru_cli.batch",
    "parse_reply": "mineru_cli.reply",
    "FoundChart": "mineru_cli.results",
    "Results": "mineru_cli.results",
    "Chart": "mineru_cli.schema",
    "Document": "mineru_cli.schema",
    "RunReport": "mineru_cli.schema",
    "ExitCode": "mineru_cli.errors",
    "MineruExtractError": "mineru_cli.errors",
    "UsageError": "mineru_cli.errors",
    "NoInputError": "mineru_cli.errors",
    "MissingDependencyError": "mineru_cli.errors",
    "EngineUnavailableError": "mineru_cli.errors",
    "OutputError": "mineru_cli.errors",
}

__all__ = sorted(_HOME)  # noqa: PLE0605 - a sorted list of strings is what it is
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
