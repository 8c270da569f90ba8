"""The protocol every reader of pixels speaks: requests are pulled, replies come in any order.

Comes in: a lazy stream of `Request` (an image and a task). Goes out: `Reply` (text). An engine knows nothing of
PDFs, of documents, or of what the text means.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, Protocol

from mineru_cli.calibration import Calibration
from mineru_cli.schema import Failure, Flag, ReadBy

if TYPE_CHECKING:
    from PIL import Image


class Task(StrEnum):
    """What is asked about an image."""

    LAYOUT = "layout"
    CHART = "chart"
    TABLE = "table"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One image to read.

    ``key`` is opaque to engines and comes back in the reply. ``image`` is RGB, upright, at the size the page
    stage chose; an engine may shrink it further, and says so by the reply's rung.
    """

    key: int
    task: Task
    image: "Image.Image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one request. Exactly one reply comes for each request pulled.

    ``text`` keeps the model's special tokens but the end-of-answer one. ``flags`` are doubts the engine itself has,
    such as an image it had to shrink. ``hesitations`` is where the model was not certain, as `engines.hesitations` has
    it: places in ``text`` and probabilities; None when the engine cannot tell. ``calibration`` says what this model's
    certainty is worth; None where nobody has measured it. ``failure`` is set, and ``text`` empty, when this one request
    could not be answered.
    """

    key: int
    text: str = ""
    stop: Literal["end", "length", "repetition", "time"] = "end"
    tokens: int = 0
    seconds: float = 0.0
    precision: str = ""
    rung: str = ""
    flags: tuple[Flag, ...] = ()
    hesitations: Mapping[int, float] | None = None
    read_by: ReadBy = "model"
    calibration: Calibration | None = None
    failure: Failure | None = None


class Engine(Protocol):
    """A reader of pixels."""

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """Pull requests, yield replies in any order, one for each request.

        ``None`` in the stream means "nothing to read until some of what you hold is answered": go on with
        what is in flight, yield at least one reply, and ask again. It never comes when nothing is in flight.
        Nothing is loaded before the first request is pulled.

        Raises
        ------
        EngineUnavailableError
            When nothing can be read at all; requests pulled and not answered are the caller's to account for.
        """
        ...

    def describe(self) -> dict[str, str]:
        """What read: model, device, precision, for run.json. Empty before anything was loaded."""
        ...

    def status(self) -> str:
        """A few characters for the progress line, such as ``2.9/4.0 GiB``; empty when there is nothing to say."""
        ...

    def close(self) -> None:
        """Free the device. Safe to call twice."""
        ...
