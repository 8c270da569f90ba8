"""SIGINT and SIGTERM: the first asks a run to stop, the second, or ten seconds, ends it.

Comes in: what to call when a stop is asked for. Goes out: `Stopped`, raised where the run stands, when it must end.
Knows nothing of what a run does.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

GRACE_SECONDS = 10.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """The run must end now. No `Exception`, so that no guard takes it for a page's own trouble."""


@contextmanager
def stops(ask: Callable[[int], None]) -> Iterator[None]:
    """Within the block, call ``ask`` with the number of the first signal; raise `Stopped` at the second, or after 10 s.

    Only for the main thread of a program of our own: handlers are put back at the end.
    """
    asked = False

    def on_signal(number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise Stopped
        asked = True
        ask(number)
        if hasattr(signal, "setitimer"):  # not on Windows, where the second signal has to do
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def on_alarm(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    if hasattr(signal, "SIGALRM"):
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, on_alarm)
    try:
        yield
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
