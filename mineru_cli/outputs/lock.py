"""One run an output folder, or the shards of one run.

Comes in: a folder. Goes out: a lock that is held until released, or an error that names who holds it. The locks are the
operating system's, through filelock: that of a process that died is free by itself.

A whole run holds ``.lock`` to its end. A shard holds ``.lock-3of8`` and takes ``.lock`` only for the moment in which it
looks whether it may begin or whether others are still at work, so the two kinds exclude each other and shards do not.
"""

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from mineru_cli.errors import OutputLockedError
from mineru_cli.outputs.files import cannot_write, write_atomically
from mineru_cli.shards import Shard

LOCK_FILE = ".lock"
HOLDER = "-holder"
GATHER_FILE = ".lock-gather"
TURN_SECONDS = 30.0
"""How long a shard waits for the others that begin or end in the same moment."""

_SHARD_LOCK = re.compile(re.escape(LOCK_FILE) + r"-\d+of(\d+)")


class FolderLock:
    """Held from the moment it is made.

    Parameters
    ----------
    folder
        Must be there.
    shard
        The share this run takes, None for all.

    Raises
    ------
    OutputLockedError
        When another run holds the folder, or the same shard, or one of another division.
    OutputError
        When the folder cannot be written.
    """

    def __init__(self, folder: Path, shard: Shard | None = None) -> None:
        self._folder, self._shard = folder, shard
        whole = FileLock(folder / LOCK_FILE)
        self._lock = whole if shard is None else FileLock(folder / f"{LOCK_FILE}-{shard.tag}")
        with ExitStack() as undo:
            self._acquire(whole, timeout=0 if shard is None else TURN_SECONDS)
            undo.callback(whole.release)
            self._exclude_others()
            if shard is not None:
                self._acquire(self._lock, timeout=0)
                undo.callback(self._lock.release)
            holder = {"process": os.getpid(), "host": socket.gethostname()}
            write_atomically(Path(self._lock.lock_file + HOLDER), json.dumps(holder) + "\n")
            undo.pop_all()
        if shard is not None:
            whole.release()

    def check(self) -> None:
        """Make sure that it is still held, which a lock of the system is."""

    def release(self) -> None:
        """Let the next run in."""
        self._lock.release()

    @contextmanager
    def gathering(self) -> Iterator[bool]:
        """Whether this run is the one to write what describes all documents.

        Of shards it is the last that is at work, so that the records are gathered once and not once a shard. One that
        leaves it to the others has let go of its own lock before any of them looks.
        """
        if self._shard is None:
            yield True
            return
        with FileLock(self._folder / GATHER_FILE):
            is_last = not self._others_at_work()
            if not is_last:
                self._lock.release()
            yield is_last

    def _exclude_others(self) -> None:
        for path, count in _shard_locks(self._folder):
            if (self._shard is None or self._shard.count != count) and _is_held(path):
                raise self._locked(path)

    def _others_at_work(self) -> bool:
        turn = FileLock(self._folder / LOCK_FILE)
        self._acquire(turn, timeout=TURN_SECONDS)
        try:
            mine = Path(self._lock.lock_file)
            return any(_is_held(path) for path, _ in _shard_locks(self._folder) if path != mine)
        finally:
            turn.release()

    def _acquire(self, lock: FileLock, *, timeout: float) -> None:
        try:
            lock.acquire(timeout=timeout)
        except Timeout as error:
            raise self._locked(Path(lock.lock_file)) from error
        except OSError as error:
            raise cannot_write(Path(lock.lock_file), error) from error

    def _locked(self, path: Path) -> OutputLockedError:
        return OutputLockedError(
            f"{self._folder} is being written by another run ({_holder(path)})",
            cure="Wait for it to end, or choose another folder with -o",
        )


def _shard_locks(folder: Path) -> list[tuple[Path, int]]:
    """The lock of each shard that ever wrote here, and of how many it is one."""
    found = ((path, _SHARD_LOCK.fullmatch(path.name)) for path in folder.glob(f"{LOCK_FILE}-*"))
    return [(path, int(match[1])) for path, match in found if match is not None]


def _is_held(path: Path) -> bool:
    """Only for who holds ``.lock``: to ask is to hold for a moment."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _holder(path: Path) -> str:
    name = path.name.removeprefix(LOCK_FILE).removeprefix("-")
    which = f"shard {name.replace('of', '/')}, " if name else ""
    try:
        holder = json.loads(path.with_name(path.name + HOLDER).read_text(encoding="utf-8"))
        return f"{which}process {holder['process']} on {holder['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return f"{which}process unknown"
