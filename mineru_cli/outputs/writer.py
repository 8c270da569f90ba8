"""Writing beside the work: what is handed over is written by a thread, in order, so that nobody waits for a disk.

Comes in: calls that write, and what to do once they have. Goes out: each call made, and word of it to whoever handed it
over, in their own thread and when they ask. Knows nothing of what is written, or where.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

log = logging.getLogger(__name__)

MOST_WAITING: Final = 64
MOST_BYTES: Final = 32 * 1024**2
"""What may wait: enough to even out a disk that stutters, little enough to be written in the seconds of a Ctrl-C."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Handed:
    """A call that writes ``size`` bytes held in memory, and what to do once it has."""

    future: "Future[None]"
    size: int
    then: Callable[[], None]


class Writer:
    """One thread that writes, for one other thread to hand over to.

    What is handed over is written only when all that was handed over before it has been: a record is the last of a
    document, and says that the rest is there.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._waiting: deque[_Handed] = deque()
        self._last: Future[None] | None = None

    def hand_over(self, write: Callable[[], None], *, size: int = 0, then: Callable[[], None] = lambda: None) -> None:
        """Have something written; waits while too much waits already. What goes wrong is told by `settle`."""
        for oldest in self._waiting:
            if self._has_room(size):
                break
            wait([oldest.future])
        self._last = self._thread.submit(_write_after, self._last, write)
        self._waiting.append(_Handed(future=self._last, size=size, then=then))

    def settle(self, *, everything: bool = False) -> None:
        """Do what was to be done after what is written by now; or wait until ``everything`` is.

        Raises
        ------
        OutputError
            When something could not be written. Nothing handed over after it is.
        """
        while self._waiting and (everything or self._waiting[0].future.done()):
            error = self._waiting[0].future.exception()
            if error is not None:
                self._waiting.clear()
                raise error
            self._waiting.popleft().then()

    def close(self) -> None:
        """Write what was handed over, and end. For a run that broke off: what goes wrong now is a warning."""
        self._thread.shutdown()
        error = next(filter(None, (handed.future.exception() for handed in self._waiting)), None)
        if error is not None:
            log.warning("%s", error)

    def _has_room(self, size: int) -> bool:
        waiting = [handed.size for handed in self._waiting if not handed.future.done()]
        return not waiting or (len(waiting) < MOST_WAITING and sum(waiting) + size <= MOST_BYTES)


def _write_after(before: "Future[None] | None", write: Callable[[], None]) -> None:
    if before is not None:
        before.result()
    write()
