"""The requests a run holds: pulled ahead, made ready, seated in rows, put back when memory runs out, answered once.

Comes in: the lazy stream of requests. Goes out: `Ticket`, one a request. Knows nothing of models, devices or memory.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from mineru_cli.engines.base import Request
from mineru_cli.engines.model.prepare import Prepared

Submit = Callable[[Request, int | None], "Future[Prepared]"]


@dataclass(slots=True, eq=False, kw_only=True)
class Ticket:
    """A request that is not answered yet.

    ``side`` is the limit its picture was shrunk to, None for none; ``started`` when it was last seated; ``overdue``
    whether its answer was ended for taking too long.
    """

    request: Request
    ready: "Future[Prepared]"
    side: int | None = None
    started: float = 0.0
    overdue: bool = False


class Desk:
    """What was pulled from the stream and is not answered, in order.

    Each ticket waits, is with the caller, or is seated in a row; it is gone when it is answered, and only then.

    Parameters
    ----------
    requests
        The stream; None in it means that nothing comes before something is answered.
    submit
        Starts to make a request ready.
    """

    def __init__(self, requests: Iterator[Request | None], submit: Submit) -> None:
        self._requests = requests
        self._submit = submit
        self._dry = False
        self._starved = False
        self._unanswered = 0
        self.waiting: deque[Ticket] = deque()
        self.seated: dict[int, Ticket] = {}

    def pull(self, ahead: int) -> bool:
        """Pull until ``ahead`` requests wait; returns whether anything is left to answer."""
        while not (self._dry or self._starved) and len(self.waiting) < ahead:
            try:
                request = next(self._requests)
            except StopIteration:
                self._dry = True
                break
            if request is None:
                self._starved = self._unanswered > 0
                continue
            self._unanswered += 1
            self.waiting.append(Ticket(request=request, ready=self._submit(request, None)))
        return self._unanswered > 0

    def seat(self, row: int, ticket: Ticket) -> None:
        """A ticket's answer begins in a row."""
        ticket.started = time.monotonic()
        self.seated[row] = ticket

    def answered(self, row: int | None = None) -> None:
        """Let go of the ticket in ``row``; None for one that was taken from the line and never seated."""
        if row is not None:
            del self.seated[row]
        self._unanswered -= 1
        self._starved = False

    def put_back(self, tickets: Sequence[Ticket]) -> None:
        """Tickets that were taken from the line wait again, at its head; what was not made ready is tried again."""
        for ticket in reversed(tickets):
            if ticket.ready.done() and ticket.ready.exception() is not None:
                ticket.ready = self._submit(ticket.request, ticket.side)
            self.waiting.appendleft(ticket)

    def unseat(self, rows: Sequence[int]) -> None:
        """These rows are lost: those who sat there wait again, at the head of the line, in the order they came."""
        tickets = [self.seated.pop(row) for row in rows]
        self.put_back(sorted(tickets, key=lambda ticket: ticket.started))

    def shrink(self, ticket: Ticket, side: int) -> None:
        """Have the picture of a ticket made ready anew, its longest side at ``side`` pixels."""
        ticket.side = side
        ticket.ready = self._submit(ticket.request, side)
