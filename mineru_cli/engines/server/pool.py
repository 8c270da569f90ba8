"""Several servers as one: questions go to whichever has room, and a server that fails is left out for a while.

Comes in: requests. Goes out: one reply for each. Knows nothing of HTTP.

Each server has as many workers as it may hold questions, and all workers draw from one queue. When a question is lost,
it goes back into the queue and its server is closed; closed servers are looked at again after a second, then two, four,
up to half a minute, with jitter, and opened when they answer.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence

from mineru_cli.engines.base import Reply, Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.server.endpoint import Answer, Endpoint, Lost, Unusable
from mineru_cli.engines.server.question import Question, family_of, make_question
from mineru_cli.errors import EngineUnavailableError, FigureError
from mineru_cli.schema import Failure, Flag

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""How often one question may be lost for reasons that may lie in it."""

FIRST_REST = 1.0
_LONGEST_REST = 30.0
_WATCH_SECONDS = 0.2
_TAGS_LOST = Flag(
    code="tags_lost",
    message="The server left out the model's special tokens, so what they mark (chart type, caption) is lost.",
)


class _Item:
    """A request on its way, encoded when it is first asked."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.tries = 0
        self._question: Question | None = None

    async def question(self) -> Question:
        if self._question is None:
            self._question = await asyncio.to_thread(make_question, self.request)
        return self._question


class _Station:
    """A server, and whether questions are sent there. ``strikes`` counts how often it failed since it last answered."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.strikes = 0
        self.open = asyncio.Event()
        self.shut = asyncio.Event()
        self.dismissed: Unusable | None = None

    def close(self) -> None:
        self.open.clear()
        self.shut.set()


class Pool:
    """Servers at work, inside a running event loop.

    Parameters
    ----------
    endpoints
        The servers.
    room
        How many questions one server holds at a time.
    patience
        Seconds without an answer from any, while all are closed, after which there is no engine.
    deliver
        Gets each reply.
    """

    def __init__(
        self, endpoints: Sequence[Endpoint], *, room: int, patience: float, deliver: Callable[[Reply], None]
    ) -> None:
        self._stations = [_Station(endpoint) for endpoint in endpoints]
        self._room = room
        self._patience = patience
        self._deliver = deliver
        self._queue: asyncio.Queue[_Item] = asyncio.Queue()
        self._in_flight = 0
        self._trouble: tuple[float, str] | None = None
        self._has_warned_of_tags = False

    def submit(self, request: Request) -> None:
        """Have a request answered."""
        if not self._in_flight:
            self._trouble = None  # what failed before an idle time is no trouble of this request
        self._in_flight += 1
        self._queue.put_nowait(_Item(request))

    @property
    def open_count(self) -> int:
        """How many servers are asked at the moment."""
        return sum(station.open.is_set() for station in self._stations)

    async def run(self) -> None:
        """Work until cancelled.

        Raises
        ------
        EngineUnavailableError
            When no server can be had any more.
        """
        try:
            async with asyncio.TaskGroup() as group:
                for station in self._stations:
                    group.create_task(self._look_after(station))
                    for _ in range(self._room):
                        group.create_task(self._work(station))
                group.create_task(self._watch())
        except* EngineUnavailableError as errors:
            raise errors.exceptions[0] from None
        finally:
            for station in self._stations:
                await station.endpoint.close()

    async def _look_after(self, station: _Station) -> None:
        """Open a server when it answers, and again after it was closed."""
        url = station.endpoint.url
        while station.dismissed is None:
            try:
                await station.endpoint.look()
            except Lost as error:
                if not station.strikes:
                    log.warning("%s; it is tried again", error)
                station.strikes += 1
                self._note_trouble(str(error))
            except Unusable as error:
                self._dismiss(station, error)
                return
            else:
                log.info("%s serves %s", url, station.endpoint.model)
                station.shut.clear()
                station.open.set()
                await station.shut.wait()
            rest = min(_LONGEST_REST, FIRST_REST * 2.0 ** min(max(0, station.strikes - 1), 10))
            await asyncio.sleep(rest * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    async def _work(self, station: _Station) -> None:
        """Draw questions for a server while it is open."""
        while station.dismissed is None:
            await station.open.wait()
            item = await self._queue.get()
            if not station.open.is_set():
                self._queue.put_nowait(item)
                continue
            try:
                answer = await station.endpoint.ask(await item.question())
            except Lost as error:
                self._lose(station, item, error)
            except Unusable as error:
                self._queue.put_nowait(item)
                self._dismiss(station, error)
            except FigureError as error:
                self._finish(item, failure=Failure(code=error.code, message=error.message, cure=error.cure))
            else:
                station.strikes = 0
                self._trouble = None
                self._answered(station, item, answer)

    async def _watch(self) -> None:
        """Give up when all servers are gone, or have been closed for too long."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_WATCH_SECONDS)
            dismissed = [station.dismissed for station in self._stations if station.dismissed is not None]
            if len(dismissed) == len(self._stations):
                raise EngineUnavailableError(str(dismissed[0]), cure=dismissed[0].cure)
            if self._trouble is None or self.open_count or not self._in_flight:
                continue
            since, reason = self._trouble
            if loop.time() - since > self._patience:
                raise EngineUnavailableError(
                    f"no server has answered for {self._patience:g} s ({reason})",
                    cure="Start it and give the same command again: what was finished is kept; or raise --server-wait",
                )

    def _lose(self, station: _Station, item: _Item, error: Lost) -> None:
        self._note_trouble(str(error))
        if station.open.is_set():
            log.warning("%s; it is left out until it answers again", error)
            station.strikes += 1
            station.close()
        item.tries += error.counts
        if item.tries < MOST_TRIES:
            self._queue.put_nowait(item)
            return
        message = f"the figure was asked {MOST_TRIES} times and never answered (the last time: {error})"
        self._finish(item, failure=Failure(code="server_error", message=message, cure="See the server's log"))

    def _dismiss(self, station: _Station, error: Unusable) -> None:
        if station.dismissed is None:
            log.warning("%s: it is not asked any more. %s", error, error.cure)
        station.dismissed = error
        station.close()

    def _note_trouble(self, reason: str) -> None:
        since = asyncio.get_running_loop().time() if self._trouble is None else self._trouble[0]
        self._trouble = since, reason

    def _answered(self, station: _Station, item: _Item, answer: Answer) -> None:
        family = family_of(station.endpoint.model)
        task = item.request.task
        flags = protocol.doubts(task, family)
        if "<" not in answer.text and answer.text.strip() and (task is Task.LAYOUT or family == "analysis"):
            flags = (*flags, _TAGS_LOST)
            if not self._has_warned_of_tags:
                log.warning("%s leaves out special tokens: see docs/scaling.md, Servers", station.endpoint.url)
            self._has_warned_of_tags = True
        self._in_flight -= 1
        self._deliver(
            Reply(
                key=item.request.key,
                text=answer.text,
                stop=answer.stop,
                tokens=answer.tokens,
                seconds=answer.seconds,
                rung="server",
                flags=flags,
                read_by="server",
            )
        )

    def _finish(self, item: _Item, *, failure: Failure) -> None:
        self._in_flight -= 1
        self._deliver(Reply(key=item.request.key, failure=failure))
