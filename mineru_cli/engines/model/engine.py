"""The model engine: many charts at once on a device that may be too small, never dying of it.

Comes in: a lazy stream of requests. Goes out: one reply for each, in any order. `Session` does the work; this is the
face that `Engine` asks for, and it touches nothing before the first request comes.
"""

from collections.abc import Iterator

from mineru_cli.engines.base import Reply, Request
from mineru_cli.engines.model import memory
from mineru_cli.engines.model.plan import GIB
from mineru_cli.engines.model.session import Session
from mineru_cli.engines.model.station import Runtime
from mineru_cli.options import EngineOptions


class SlotEngine:
    """Reads crops in rows that decode together.

    Parameters
    ----------
    options
        What was asked for.
    runtime
        What touches the device; None for the real one.
    """

    def __init__(self, options: EngineOptions, *, runtime: Runtime | None = None) -> None:
        self._options = options
        self._runtime = runtime
        self._session: Session | None = None

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """Answer requests as rows become free; see `Engine.read`."""
        for first in requests:
            if first is not None:
                self._session = self._session or Session(self._options, self._runtime)
                yield from self._session.read(_with_first(first, requests))

    def describe(self) -> dict[str, str]:
        """Model, device, precision, the plan, and the settings in the end."""
        return {} if self._session is None else self._session.describe()

    def status(self) -> str:
        """GPU memory in use of what there is, in GiB; empty without a GPU."""
        found = None if self._session is None else memory.device_memory(self._session.device)
        return "" if found is None else f"{(found.total - found.free) / GIB:.1f}/{found.total / GIB:.1f} GiB"

    def close(self) -> None:
        """Free the device."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _with_first(first: Request, rest: Iterator[Request | None]) -> Iterator[Request | None]:
    yield first
    yield from rest
