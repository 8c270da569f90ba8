"""The server engine: crops are read by servers, many at a time.

Comes in: a lazy stream of requests. Goes out: one reply for each, in any order. An event loop in a thread of its own
talks to the servers (`Pool`); this is the face that `Engine` asks for. No more is pulled than the servers may hold, so
back-pressure reaches the page stage, and nothing is connected before the first request comes.
"""

import asyncio
import os
import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain

from mineru_cli.engines.base import Reply, Request
from mineru_cli.engines.server.endpoint import Endpoint
from mineru_cli.engines.server.pool import Pool
from mineru_cli.errors import EngineUnavailableError
from mineru_cli.options import EngineOptions

KEY_VARIABLES = ("MINERU_EXTRACT_API_KEY", "OPENAI_API_KEY")


class ServerEngine:
    """Reads crops through the servers that ``options`` name."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._link: _Link | None = None

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """Answer requests as servers have room; see `Engine.read`."""
        for first in requests:
            if first is not None:
                self._link = self._link or _Link(self._options)
                yield from self._exchange(self._link, chain((first,), requests))

    def describe(self) -> dict[str, str]:
        """The models, and where they are served."""
        if self._link is None:
            return {}
        models = dict.fromkeys(endpoint.model for endpoint in self._link.endpoints if endpoint.model)
        return {"model": ", ".join(models), "device": "server", "servers": ", ".join(self._options.server)}

    def status(self) -> str:
        """How many of several servers are at work; empty for one."""
        servers = len(self._options.server)
        return "" if self._link is None or servers == 1 else f"{self._link.open_count}/{servers} servers"

    def close(self) -> None:
        """Hang up; what is under way is dropped."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _exchange(self, link: "_Link", requests: Iterator[Request | None]) -> Iterator[Reply]:
        room = self._options.concurrency * len(self._options.server)
        in_flight, is_dry = 0, False
        while True:
            while in_flight < room and not is_dry:
                try:
                    request = next(requests)
                except StopIteration:
                    is_dry = True
                    break
                if request is None:
                    break
                link.submit(request)
                in_flight += 1
            if in_flight:
                yield link.reply()
                in_flight -= 1
            elif is_dry:
                return


class _Link:
    """The thread with the event loop, and what goes in and out of it."""

    def __init__(self, options: EngineOptions) -> None:
        key = api_key()
        self.endpoints = [Endpoint(url, options, key=key) for url in options.server]
        self._outbox: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self._pool = Pool(
            self.endpoints,
            room=options.concurrency,
            patience=options.server_wait,
            deliver=self._outbox.put,
        )
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = Future()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="servers")
        self._ended = self._thread.submit(self._run, started)
        self._loop, self._running = started.result()
        self._ended.add_done_callback(lambda _: self._outbox.put(None))

    @property
    def open_count(self) -> int:
        """How many servers are asked at the moment."""
        return self._pool.open_count

    def submit(self, request: Request) -> None:
        """Have a request answered."""
        self._loop.call_soon_threadsafe(self._pool.submit, request)

    def reply(self) -> Reply:
        """The next reply.

        Raises
        ------
        EngineUnavailableError
            When there is no server any more.
        """
        reply = self._outbox.get()
        if reply is None:
            self._ended.result()
            raise EngineUnavailableError("the connections to the servers were closed")
        return reply

    def close(self) -> None:
        """End the loop, then its thread."""
        with suppress(RuntimeError):  # the loop has ended by itself
            self._loop.call_soon_threadsafe(self._running.cancel)
        self._thread.shutdown()

    def _run(self, started: "Future[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]]") -> None:
        async def serve() -> None:
            task = asyncio.create_task(self._pool.run())
            started.set_result((asyncio.get_running_loop(), task))
            await task

        asyncio.run(serve())


def api_key() -> str:
    """From the environment, and from nowhere else, so that it is in no log, no history and no run.json."""
    return next((os.environ[name] for name in KEY_VARIABLES if os.environ.get(name)), "")
