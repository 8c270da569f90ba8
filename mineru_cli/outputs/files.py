"""Files that appear whole or not at all, on this machine or in a store.

Comes in: bytes or text, or something that writes a file. Goes out: a file in place, or an `OutputError` and
nothing. Knows nothing of what the files mean.
"""

import os
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO

from mineru_cli.errors import OutputError
from mineru_cli.outputs.elsewhere import below, get, is_elsewhere, put, take_away

_PREFIX = ".part-"


def write_atomically(path: Path, content: str | bytes | Iterable[str] | Callable[[IO[bytes]], object]) -> None:
    """Write beside the target, flush to disk, then rename over it; or put an object into a store.

    Parameters
    ----------
    path
        The target; missing folders are made.
    content
        Text (UTF-8), bytes, pieces of text, or a function that writes to the open binary file.

    Raises
    ------
    OutputError
        When the disk is full, read-only, or refuses the name; what was there before is untouched.
    """
    if is_elsewhere(path):
        put(path, lambda file: _fill(file, content))
        return
    temporary = path.with_name(f"{_PREFIX}{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            _fill(file, content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise cannot_write(path, error) from error


def read_if_there(path: Path) -> bytes | None:
    """What a file holds; None when there is none.

    Raises
    ------
    OSError
        When it is there and cannot be read.
    OutputError
        The same of an object in a store.
    """
    if is_elsewhere(path):
        return get(path)
    return path.read_bytes() if path.is_file() else None


def remove(path: Path) -> None:
    """Have no such file."""
    if is_elsewhere(path):
        take_away(path)
    else:
        path.unlink(missing_ok=True)


def files_in(folder: Path, pattern: str) -> list[Path]:
    """The files right in a folder that a glob fits."""
    if is_elsewhere(folder):
        return [path for path in below(folder, deep=False) if fnmatchcase(path.name, pattern)]
    return [path for path in folder.glob(pattern) if path.is_file()]


def files_below(folder: Path, suffix: str) -> list[Path]:
    """All files below a folder whose names end so."""
    if is_elsewhere(folder):
        return [path for path in below(folder, deep=True) if path.name.endswith(suffix)]
    return [path for path in folder.rglob(f"*{suffix}") if path.is_file()]


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run was in the middle of writing. Only for whoever holds the folder's lock."""
    if is_elsewhere(folder):
        return
    for path in folder.rglob(f"{_PREFIX}*"):
        path.unlink(missing_ok=True)


def cannot_write(path: Path, error: OSError) -> OutputError:
    """The error for a path that cannot be written, with the system's own reason."""
    in_the_way = isinstance(error, FileExistsError | NotADirectoryError)
    cure = "A file is in the way: move it" if in_the_way else "Free some space, check the rights"
    return OutputError(
        f"{path} cannot be written ({error.strerror or error})", cure=f"{cure}, or give another folder with -o"
    )


def _fill(file: IO[bytes], content: str | bytes | Iterable[str] | Callable[[IO[bytes]], object]) -> None:
    if isinstance(content, bytes):
        file.write(content)
    elif isinstance(content, str):
        file.write(content.encode("utf-8"))
    elif callable(content):
        content(file)
    else:
        for piece in content:
            file.write(piece.encode("utf-8"))
