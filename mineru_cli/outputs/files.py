"""Files that appear whole or not at all, on this machine or in a store.

Comes in: bytes or text, or something that writes a file. Goes out: a file in place, or an `OutputError` and
nothing. Knows nothing of what the files mean.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
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
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_PREFIX, delete=False) as file:
            temporary = Path(file.name)
            _fill(file, content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
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
    return OutputError(
        f"{path} cannot be written ({error.strerror or error})",
        cure="Free some space, check the rights, or give another folder with -o",
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


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
