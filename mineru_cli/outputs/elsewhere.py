"""Output folders that are no folders: ``-o s3://bucket/out``.

Comes in: what ``-o`` says. Goes out: a path that is used like one of pathlib, through `outputs.files`, which reads and
writes it by what is here. An object is there whole or not at all. The paths are universal-pathlib's, the stores are
fsspec's. Knows nothing of what is written.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, TypeVar, cast

from mineru_cli.errors import MissingDependencyError, OutputError
from mineru_cli.remote import attempt, check_url, is_url, local_path

if TYPE_CHECKING:
    from upath import UPath

_BLOCK = 8 * 1024**2
_Value = TypeVar("_Value")


def open_folder(text: str) -> Path:
    """The folder that ``-o`` names: a path, or for an address what goes by the same methods.

    Raises
    ------
    UsageError
        When the address holds a password, or is of no known kind.
    MissingDependencyError
        When a package for it is not installed.
    """
    text = local_path(text)
    if not is_url(text):
        return Path(text)
    check_url(text)
    try:
        from upath import UPath
    except ImportError as error:
        raise MissingDependencyError(package="universal-pathlib", extra="remote", purpose="for addresses") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of stores it has no class of its own for: the general one will do
        return cast("Path", UPath(text))


def is_elsewhere(path: Path) -> bool:
    """Whether a path is of a store, and none of this machine."""
    return not isinstance(path, Path)


def put(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Write an object by way of a temporary file, so that it is sent whole, again if need be.

    Raises
    ------
    OutputError
        When the store does not take it.
    """
    with TemporaryFile() as file:
        fill(file)

        def send() -> None:
            file.seek(0)
            with path.open("wb") as target:
                shutil.copyfileobj(file, target, _BLOCK)

        _tried(path, send)


def create(path: Path, content: bytes) -> bool:
    """Write an object that must not be there; whether it was not.

    Raises
    ------
    OutputError
        When the store does not take it.
    """
    there = cast("UPath", path)

    def send() -> bool:
        with suppress(FileExistsError):
            there.fs.pipe_file(there.path, content, mode="create")
            return True
        return False

    return _tried(path, send)


def get(path: Path) -> bytes | None:
    """What an object holds; None when there is none.

    Raises
    ------
    OutputError
        When the store does not say.
    """

    def receive() -> bytes | None:
        with suppress(FileNotFoundError):
            return path.read_bytes()
        return None

    return _tried(path, receive)


def take_away(path: Path) -> None:
    """Have no such object.

    Raises
    ------
    OutputError
        When the store does not do it.
    """

    def delete() -> None:
        with suppress(FileNotFoundError):
            path.unlink()

    _tried(path, delete)


def below(folder: Path, *, deep: bool) -> list[Path]:
    """The objects in a folder, or all below it.

    Raises
    ------
    OutputError
        When the store does not list them.
    """
    there = cast("UPath", folder)

    def look() -> list[str]:
        there.fs.invalidate_cache()
        return sorted(there.fs.find(there.path, maxdepth=None if deep else 1))

    base = there.path.rstrip("/") + "/"
    return list(_joined(folder, base, _tried(folder, look)))


def _joined(folder: Path, base: str, paths: list[str]) -> Iterator[Path]:
    for path in paths:
        if path.startswith(base):
            yield folder / path.removeprefix(base)


def _tried(path: Path, call: Callable[[], _Value]) -> _Value:
    def failed(url: str, reason: str) -> OutputError:
        return OutputError(
            f"{url} cannot be written or read ({reason})", cure="Check the address, the rights and the network"
        )

    return attempt(str(path), call, failed=failed)
