"""Files that appear whole or not at all.

Comes in: bytes or text, or something that writes a file. Goes out: a file in place, or an `OutputError` and
nothing. Knows nothing of what the files mean.
"""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from mineru_cli.errors import OutputError

_PREFIX = ".part-"


def write_atomically(path: Path, content: str | bytes | Iterable[str] | Callable[[IO[bytes]], object]) -> None:
    """Write beside the target, flush to disk, then rename over it.

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


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run was in the middle of writing. Only for whoever holds the folder's lock."""
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
