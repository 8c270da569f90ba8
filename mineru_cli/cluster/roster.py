"""Who reads which document: what readers hold, what waits to be read again, and what is under suspicion.

Comes in: `Inputs`, and news of readers. Goes out: which reader gets which document next. Knows nothing of Ray.

A reader holds many documents at once, so that small ones keep its rows full. When it dies, all that it held may be the
reason. They are read again, at first in company as before: most readers die for reasons of their own. A document that
saw two die is given to a reader that holds nothing else, and one that kills that too is given up.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from mineru_cli.intake import Input, Inputs

MOST_DEATHS = 3
_ALONE_AFTER = MOST_DEATHS - 1
_MOST_BYTES = 64 * 1024**2


@dataclass(slots=True, kw_only=True, eq=False)
class Errand:
    """A document to be read. ``deaths`` counts the readers lost with it, ``life`` is the life of the one it is with."""

    input: Input
    deaths: int = 0
    life: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Hand:
    """A reader as it is seen from here. ``actor`` is how it is reached; ``lives`` counts its deaths."""

    name: str
    actor: Any
    host: str = ""
    is_up: bool = False
    is_retired: bool = False
    lives: int = 0
    documents: int = 0
    held: set[Errand] = field(default_factory=set)

    @property
    def is_alone(self) -> bool:
        """Whether it holds a document that is read by itself."""
        return any(errand.deaths >= _ALONE_AFTER for errand in self.held)

    def has_room(self, most: int) -> bool:
        """Whether it may hold one more: large documents must not wait behind others while another reader is idle."""
        size = sum(errand.input.source.size for errand in self.held)
        return not self.held or (len(self.held) < most and size < _MOST_BYTES)


class Roster:
    """The readers, and the documents that are not read yet.

    Parameters
    ----------
    inputs
        The documents, taken no sooner than a reader has room.

    Attributes
    ----------
    most
        How many documents a reader holds at most.
    """

    def __init__(self, inputs: Inputs) -> None:
        self.hands: list[Hand] = []
        self.most = 1
        self._inputs = inputs
        self._waiting: deque[Errand] = deque()
        self._suspects: deque[Errand] = deque()

    @property
    def is_held(self) -> bool:
        """Whether any reader holds a document."""
        return any(hand.held for hand in self.hands)

    def is_there_more(self) -> bool:
        """Whether a document waits that nobody holds.

        Raises
        ------
        OutputError
            When what needs no reading cannot be written.
        """
        return bool(self._suspects) or self._is_next()

    def assign(self) -> tuple[Hand, Errand] | None:
        """The next document and who reads it; None while nobody has room, or when there is none at the moment.

        Raises
        ------
        OutputError
            When what needs no reading cannot be written.
        """
        free = [hand for hand in self.hands if hand.is_up and not hand.is_alone]
        free.sort(key=lambda hand: len(hand.held))
        if self._suspects and free:
            # The emptiest gets nothing more until it is empty, and then the suspect.
            emptiest, *free = free
            if not emptiest.held:
                return self._give(emptiest, self._suspects.popleft())
        if not free or not free[0].has_room(self.most) or not self._is_next():
            return None
        return self._give(free[0], self._waiting.popleft())

    def done(self, hand: Hand, errand: Errand) -> None:
        """A document is read, or is not going to be."""
        hand.held.discard(errand)

    def put_back(self, hand: Hand, errand: Errand) -> None:
        """A document is to be read by another; its reader was at fault."""
        hand.held.discard(errand)
        self._waiting.append(errand)

    def lost(self, hand: Hand, errand: Errand) -> bool:
        """The reader died that held a document; whether the document is to be given up."""
        hand.held.discard(errand)
        errand.deaths += 1
        if errand.deaths >= MOST_DEATHS:
            return True
        (self._suspects if errand.deaths >= _ALONE_AFTER else self._waiting).append(errand)
        return False

    def _is_next(self) -> bool:
        """Whether a document waits, one that may be read in company."""
        if not self._waiting and (taken := self._inputs.take()) is not None:
            self._waiting.append(Errand(input=taken))
        return bool(self._waiting)

    @staticmethod
    def _give(hand: Hand, errand: Errand) -> tuple[Hand, Errand]:
        hand.held.add(errand)
        errand.life = hand.lives
        return hand, errand
