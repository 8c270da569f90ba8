"""One run an output folder.

Comes in: a folder. Goes out: a lock that is held until released, or an error that names who holds it. The lock is the
operating system's, through filelock: that of a process that died is free by itself.
"""

import json
import os
import socket
from pathlib import Path

from filelock import FileLock, Timeout

from mineru_cli.errors import OutputLockedError
from mineru_cli.outputs.files import cannot_write, write_atomically

LOCK_FILE = ".lock"
HOLDER_FILE = ".lock-holder"


class FolderLock:
    """Held from the moment it is made.

    Raises
    ------
    OutputLockedError
        When another run holds the folder.
    OutputError
        When the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._lock = FileLock(folder / LOCK_FILE)
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise OutputLockedError(
                f"{folder} is being written by another run ({_holder(folder)})",
                cure="Wait for it to end, or choose another folder with -o",
            ) from error
        except OSError as error:
            raise cannot_write(folder / LOCK_FILE, error) from error
        holder = {"process": os.getpid(), "host": socket.gethostname()}
        write_atomically(folder / HOLDER_FILE, json.dumps(holder) + "\n")

    def release(self) -> None:
        """Let the next run in."""
        self._lock.release()


def _holder(folder: Path) -> str:
    try:
        holder = json.loads((folder / HOLDER_FILE).read_text(encoding="utf-8"))
        return f"process {holder['process']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "process unknown"
