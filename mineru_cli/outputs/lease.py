"""One run an output folder where the operating system has no locks: an object that says who writes, and since when.

Comes in: a folder in a store. Goes out: a lease, held and renewed until it is released. It is taken by creating an
object that must not be there, which of two runs one can. A lease that nobody has renewed for `STALE_SECONDS` is free,
and so is one of a process of this machine that is gone. This rests on clocks of machines that agree to some minutes,
and is a guard against mistakes rather than a proof: a run that finds its lease in other hands ends.
"""

import json
import logging
import os
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from mineru_cli.errors import OutputError, OutputLockedError
from mineru_cli.outputs.elsewhere import create
from mineru_cli.outputs.files import read_if_there, remove, write_atomically

log = logging.getLogger(__name__)

LEASE_FILE: Final = ".lease.json"
STALE_SECONDS: Final = 600.0
RENEW_SECONDS: Final = 60.0


class Lease:
    """Held from the moment it is made; see `lock.FolderLock`, whose methods it has.

    Raises
    ------
    OutputLockedError
        When another run holds the folder.
    OutputError
        When the store cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / LEASE_FILE
        self._id = uuid.uuid4().hex
        self._done = Event()
        self._lost: OutputLockedError | None = None
        self._take()
        self._thread = Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Make sure that it is still held, as far as is known."""
        if self._lost is not None:
            raise self._lost

    @contextmanager
    def gathering(self) -> Iterator[bool]:
        """Whether this run is the one to write what describes all documents: it is alone."""
        self.check()
        yield True

    def release(self) -> None:
        """Let the next run in."""
        self._done.set()
        self._thread.join()
        holder = self._holder()
        if holder is not None and holder.get("id") == self._id:
            remove(self._path)

    def _take(self) -> None:
        if create(self._path, self._content()):
            return
        holder = self._holder() or {}
        if not _is_over(holder):
            raise self._locked(holder)
        remove(self._path)
        if not create(self._path, self._content()):
            raise self._locked(self._holder() or {})

    def _renew(self) -> None:
        """Say every minute that the run goes on. A store that fails for a while is not a lost lease."""
        while not self._done.wait(RENEW_SECONDS):
            try:
                holder = self._holder() or {}
                if holder.get("id") != self._id:
                    self._lost = self._locked(holder)
                    return
                write_atomically(self._path, self._content())
            except OutputError as error:
                log.warning("%s", error)

    def _content(self) -> bytes:
        about = {"id": self._id, "process": os.getpid(), "host": socket.gethostname(), "renewed": time.time()}
        return json.dumps(about).encode()

    def _holder(self) -> dict[str, Any] | None:
        try:
            found = json.loads(read_if_there(self._path) or b"null")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else None

    def _locked(self, holder: dict[str, Any]) -> OutputLockedError:
        who = f"process {holder.get('process', 'unknown')} on {holder.get('host', 'an unknown machine')}"
        minutes = round(STALE_SECONDS / 60)
        return OutputLockedError(
            f"{self._folder} is being written by another run ({who})",
            cure=f"Wait for it to end. If it was killed, wait {minutes} minutes or delete {self._path}",
        )


def _is_over(holder: dict[str, Any]) -> bool:
    """Whether whoever holds a lease is gone."""
    renewed = holder.get("renewed")
    if not isinstance(renewed, (int, float)) or time.time() - renewed > STALE_SECONDS:
        return True
    return holder.get("host") == socket.gethostname() and not _is_alive(holder.get("process"))


def _is_alive(process: object) -> bool:
    if not isinstance(process, int) or os.name == "nt":  # signal 0 would end a process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
