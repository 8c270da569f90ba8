"""Servers on loopback with real sockets, that fail as told.

`FakeServer` speaks as much of the OpenAI protocol as is asked of it, honestly; `FaultyProxy` stands before a real one.
Both draw what goes wrong from ``faults``, one for each question: a status such as ``503`` (``429:1`` has
``Retry-After: 1``), ``hang``, ``reset``, ``cut`` and ``stall`` (in the middle of an answer), or ``ok``.
"""

import asyncio
import json
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import aclosing

from tests.inputs import CHART_REPLY


class Loopback:
    """A server in a thread of its own; ``url`` is where. Use as a context."""

    def __init__(self, faults: Iterable[str] = (), *, port: int = 0) -> None:
        self.faults: Iterator[str] = iter(faults)
        self.port = port
        self.asked: list[dict] = []
        self.headers: list[dict] = []
        self.at_once = self.most_at_once = 0
        # asyncio holds tasks weakly: one whose client has hung up while it waits for another server is collected.
        self._serving: set[asyncio.Task] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self):
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def __exit__(self, *_):
        async def end():
            self._server.close()
            await self._server.wait_closed()
            # A connection accepted a moment ago has its task in the next round, and so is let go of what was closed.
            await asyncio.sleep(0.01)
            while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await asyncio.sleep(0.01)
            await self._loop.shutdown_asyncgens()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _listen(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader, writer):
        task = asyncio.current_task()
        self._serving.add(task)
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            lines = request.decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            if lines[0].startswith("POST"):
                self.asked.append(json.loads(body))
                self.headers.append(headers)
            await self._answer(lines[0].split()[0], request, body, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the other side has gone, or the test has ended
        finally:
            writer.close()
            self._serving.discard(task)

    async def _answer(self, method, request, body, writer):
        fault = next(self.faults, "ok") if method == "POST" else "ok"
        if fault == "hang":
            await asyncio.sleep(3600)
        elif fault == "reset":
            writer.transport.abort()
        elif fault[0].isdigit():
            status, _, after = fault.partition(":")
            writer.write(respond(int(status), {"error": {"message": f"told to say {status}"}}, retry_after=after))
            await writer.drain()
        else:
            self.at_once += method == "POST"
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                await self._relay(fault, self.reply(method, request, body), writer)
            finally:
                self.at_once -= method == "POST"

    async def _relay(self, fault, pieces, writer):
        sent = 0
        async with aclosing(pieces):
            async for piece in pieces:
                writer.write(piece)
                await writer.drain()
                sent += len(piece)
                if sent > 600 and fault != "ok":
                    if fault == "stall":
                        await asyncio.sleep(3600)
                    writer.transport.abort()
                    return

    def reply(self, method, request, body):
        raise NotImplementedError


class FakeServer(Loopback):
    """Answers each question with ``text``; refuses the fields in ``unknown``, as some servers do.

    ``models`` are listed, ``owner`` is whom they are owned by, ``key`` is wanted where it is given. ``delay`` is waited
    before each answer, ``listed`` is the status of the list; ``judge`` may give another status and message for a
    question; where it is ``missing``, nothing is under this address.
    """

    text, models, owner, unknown, key = CHART_REPLY, ("nano",), "", (), ""
    delay, missing, listed = 0.0, False, 200

    def __init__(self, faults=(), *, port=0, **settings):
        super().__init__(faults, port=port)
        vars(self).update(settings)

    def judge(self, _question):
        return None

    async def reply(self, method, request, body):
        if self.missing:
            yield respond(404, {"detail": "Not Found"})
        elif self.key and f"authorization: bearer {self.key}" not in request.decode().lower():
            yield respond(401, {"error": {"message": f"wrong key {request.decode()}"}})
        elif method == "GET":
            yield respond(
                self.listed, {"data": [{"id": name, "object": "model", "owned_by": self.owner} for name in self.models]}
            )
        else:
            question = json.loads(body)
            refused = sorted(set(self.unknown) & set(question))
            judged = (422, f"Unexpected fields: {refused}") if refused else self.judge(question)
            if judged:
                yield respond(judged[0], {"detail": judged[1]})
                return
            await asyncio.sleep(self.delay)
            async for piece in self._stream(question):
                yield piece

    async def _stream(self, question):
        yield b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
        words = [self.text[at : at + 4] for at in range(0, len(self.text), 4)]
        limit = question["max_tokens"]
        for word in words[:limit]:
            yield event({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})
            if len(words) > 500:
                await asyncio.sleep(0)
        reason = "length" if len(words) > limit else "stop"
        yield event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        yield event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 77, "total_tokens": 86}})
        yield b"data: [DONE]\n\n"


class FaultyProxy(Loopback):
    """Passes on to the server at ``upstream``, a port of this machine."""

    def __init__(self, upstream: int, faults: Iterable[str] = (), *, port: int = 0) -> None:
        super().__init__(faults, port=port)
        self.upstream = upstream

    async def reply(self, method, request, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        try:
            lines = [line for line in request.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            lines.insert(1, b"Connection: close")
            writer.write(b"\r\n".join(lines) + body)
            while piece := await reader.read(65536):
                yield piece
        finally:
            writer.close()


def respond(status: int, content: dict, *, retry_after: str = "") -> bytes:
    """A whole HTTP response."""
    body = json.dumps(content).encode()
    more = f"retry-after: {retry_after}\r\n" if retry_after else ""
    head = f"HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n{more}"
    return f"{head}connection: close\r\n\r\n".encode() + body


def event(chunk: dict) -> bytes:
    """One server-sent event."""
    whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "nano", **chunk}
    return f"data: {json.dumps(whole)}\n\n".encode()


if __name__ == "__main__":
    # Serve on the port given until killed; each answer takes a moment, so that there is something to kill.
    with FakeServer(port=int(sys.argv[1]), delay=0.15) as server:
        print(server.url, flush=True)  # noqa: T201 - tells the test that it listens
        threading.Event().wait()
