"""The exit codes and the exceptions that carry them.

    MineruExtractError
    ├── UsageError               2   an option or an argument is wrong
    ├── NoInputError             3   nothing to read
    ├── MissingDependencyError   6   an optional package is needed and absent
    ├── EngineUnavailableError   7   the model cannot be had or cannot be loaded
    ├── OutputError              8   the output folder cannot be written
    ├── OutputLockedError        9   another run holds the output folder
    └── ItemError                -   one document, page or figure is lost, the run goes on
        ├── SourceError
        ├── PageError
        └── FigureError

Each message is one line: what is wrong, then the cure. This module imports nothing of the package.
"""

from enum import IntEnum
from typing import Any, ClassVar


class ExitCode(IntEnum):
    """What the process returns: a stable, documented interface (docs/exit-codes.md)."""

    OK = 0
    BUG = 1
    USAGE = 2
    NO_INPUT = 3
    SOME_FAILED = 4
    ALL_FAILED = 5
    MISSING_DEPENDENCY = 6
    ENGINE_UNAVAILABLE = 7
    OUTPUT_NOT_WRITABLE = 8
    OUTPUT_LOCKED = 9
    INTERRUPTED = 130
    TERMINATED = 143


class MineruExtractError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    message
        What is wrong, one line, naming the file or option.
    cure
        What the reader can do about it, one line; may be empty.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.BUG

    def __init__(self, message: str, *, cure: str = "") -> None:
        self.message = " ".join(message.split())
        self.cure = " ".join(cure.split())
        super().__init__(self.message, self.cure)

    def __str__(self) -> str:
        return f"{self.message}. {self.cure}" if self.cure else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes whole, whatever the subclass takes."""
        return _restored, (type(self), self.__dict__)


class UsageError(MineruExtractError):
    """An option or an argument is wrong."""

    exit_code = ExitCode.USAGE


class NoInputError(MineruExtractError):
    """The inputs hold nothing that can be read."""

    exit_code = ExitCode.NO_INPUT


class MissingDependencyError(MineruExtractError):
    """An optional package is needed for what was asked, and is not installed.

    Parameters
    ----------
    package
        The module that could not be imported.
    extra
        The extra of this distribution that brings it.
    purpose
        What it is needed for, as in "to straighten scans".
    """

    exit_code = ExitCode.MISSING_DEPENDENCY

    def __init__(self, *, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"the package {package} is needed {purpose} and is not installed",
            cure=f"Install it with: pip install 'mineru-extract[{extra}]'",
        )


class EngineUnavailableError(MineruExtractError):
    """The model cannot be had, or cannot be loaded."""

    exit_code = ExitCode.ENGINE_UNAVAILABLE


class OutputError(MineruExtractError):
    """The output folder cannot be written."""

    exit_code = ExitCode.OUTPUT_NOT_WRITABLE


class OutputLockedError(MineruExtractError):
    """Another run holds the output folder."""

    exit_code = ExitCode.OUTPUT_LOCKED


class ItemError(MineruExtractError):
    """One document, page or figure is lost; the run goes on.

    Parameters
    ----------
    code
        A short machine-readable word such as ``encrypted``; ends up in ``Failure.code``.
    """

    def __init__(self, code: str, message: str, *, cure: str = "") -> None:
        super().__init__(message, cure=cure)
        self.code = code


class SourceError(ItemError):
    """A whole input cannot be read."""


class PageError(ItemError):
    """One page of an input cannot be read."""


class FigureError(ItemError):
    """One figure of a page cannot be read."""


def _restored(kind: type[MineruExtractError], state: dict[str, Any]) -> MineruExtractError:
    error = kind.__new__(kind, *(state["message"], state["cure"]))
    error.__dict__.update(state)
    return error
