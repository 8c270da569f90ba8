"""One server: whether it is there, what it serves, and one question asked.

Comes in: a `Question`. Goes out: an `Answer`, or why there is none: `Lost` (ask again, here or elsewhere), `Unusable`
(never ask this server again) or `FigureError` (this question cannot be answered). Knows nothing of other servers.

The client repeats on its own what is refused for a moment (connections, 408, 409, 429, 5xx), twice, waiting longer each
time with jitter, or as long as ``Retry-After`` says up to two minutes. What is left after that is told here.
"""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mineru_cli.engines.model.repetition import CHECK_EVERY, is_looping
from mineru_cli.engines.server.question import OPTIONAL, Question, body
from mineru_cli.errors import FigureError, MissingDependencyError
from mineru_cli.options import EngineOptions

if TYPE_CHECKING:
    import openai
    from openai.types import Model

Stop = Literal["end", "length", "repetition", "time"]

CONNECT_SECONDS = 10.0
LOOK_SECONDS = 10.0
STALL_SECONDS = 60.0
_BUSY = frozenset({429, 502, 503, 504})
_PASSING = frozenset({408, 409})
_NOT_ALLOWED = frozenset({401, 403})
_ENDINGS = ("<|im_end|>", "<|endoftext|>")
# Words, digits one by one, runs of punctuation: near enough to the model's tokens to see that they come round.
_PIECES = re.compile(r"<\|\w+\|>|[^\W\d_]+|\d|[^\w\s]+|\s+|_")
_LOOKED_BACK = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``text`` without the end-of-answer token; ``seconds`` from the sending."""

    text: str
    stop: Stop
    tokens: int
    seconds: float


class Lost(Exception):  # noqa: N818 - it is no error of this program
    """The server did not answer. ``counts`` tells whether the question may be to blame, not the server's load."""

    def __init__(self, reason: str, *, counts: bool = True) -> None:
        super().__init__(reason)
        self.counts = counts


class Unusable(Exception):  # noqa: N818 - as above
    """The server will never answer: it wants a key, or has no such model. ``cure`` says what to do."""

    def __init__(self, reason: str, *, cure: str) -> None:
        super().__init__(reason)
        self.cure = cure


class Endpoint:
    """A connection to one server. ``model`` and ``kind`` are known after `look`.

    Parameters
    ----------
    url
        Its base, as ``http://host:8000/v1``.
    options
        Names the model and bounds answers.
    key
        What it is told to let us in; empty for nothing. It never comes back in a message.

    Raises
    ------
    MissingDependencyError
        When the client is not installed.
    """

    def __init__(self, url: str, options: EngineOptions, *, key: str) -> None:
        self.url = url
        self.model = ""
        self.kind = ""
        self._options = options
        self._key = key
        self._refused: frozenset[str] = frozenset()
        self._client = _open_client(url, key)

    async def look(self) -> None:
        """Ask which models it has, and remember ours.

        Raises
        ------
        Lost, Unusable
            When it does not tell, or has not the one to use.
        """
        listed = await self._listed()
        self.kind = ((listed and listed[0].owned_by) or "").lower()
        names = [model.id for model in listed]
        if self._options.model != "auto":
            self.model = self._options.model
        elif len(names) == 1:
            self.model = names[0]
        else:
            raise Unusable(
                f"{self.url} lists {len(names)} models",
                cure=f"Name one with --model{': ' if names else ''}{', '.join(names[:5])}",
            )

    async def _listed(self) -> "list[Model]":
        """Its models; none where it cannot list them and ours is named: ``transformers serve`` lists its cache only."""
        from openai import APIStatusError

        with self._told():
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    return (await self._client.with_options(max_retries=0).models.list()).data or []
            except APIStatusError as error:
                is_named = self._options.model != "auto"
                if error.status_code in _BUSY | _NOT_ALLOWED or (error.status_code == 404 and not is_named):
                    raise
                if not is_named:
                    reason = f"{self.url} cannot list its models (HTTP {error.status_code})"
                    raise Unusable(reason, cure="Name the model with --model") from error
                return []

    async def ask(self, question: Question) -> Answer:
        """Ask one question; what a server refuses to be told is left out, and left out from then on.

        Raises
        ------
        Lost, Unusable
            When it does not answer now, or never will.
        FigureError
            When it refuses the question.
        """
        without: frozenset[str] = frozenset()
        while True:
            try:
                answer = await self._stream(question, self._refused | without)
            except _RejectedError as error:
                left = OPTIONAL - self._refused - without
                if not left:
                    raise FigureError(
                        "server_refused",
                        f"{self.url} refused the figure ({error})",
                        cure="See the server's log; --max-side and --max-new-tokens make a question smaller",
                    ) from error
                without |= frozenset(name for name in left if name in str(error)) or left
            else:
                self._refused |= without
                return answer

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()

    async def _stream(self, question: Question, without: frozenset[str]) -> Answer:
        arguments = body(
            question, model=self.model, kind=self.kind, max_tokens=self._options.max_new_tokens, without=without
        )
        loop = asyncio.get_running_loop()
        started = loop.time()
        progress = _Progress()
        with self._told():
            async with asyncio.timeout(self._options.answer_seconds) as limit:
                stream = await self._client.chat.completions.create(**arguments)
                async with stream:
                    async for chunk in stream:
                        progress.take(chunk)
                        if progress.is_over(now=loop.time(), seconds=self._options.answer_seconds):
                            break
                        if progress.pieces:
                            limit.reschedule(loop.time() + STALL_SECONDS)
        if progress.stop is None:
            raise Lost(f"{self.url} broke off in the middle of an answer")
        return Answer(
            text=progress.text(),
            stop=progress.stop,
            tokens=progress.tokens or len(progress.pieces),
            seconds=loop.time() - started,
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the client raises into what it means here."""
        import openai

        try:
            yield
        except TimeoutError as error:
            raise Lost(f"{self.url} did not answer in time") from error
        except openai.APIStatusError as error:
            raise self._meaning(error) from error
        except openai.APIConnectionError as error:
            reason = str(error.__cause__ or error).strip() or type(error.__cause__).__name__
            raise Lost(f"{self.url}: {self._hidden(reason)}") from error
        except (openai.APIError, ValueError) as error:
            raise Lost(f"{self.url} sent what is no answer ({self._hidden(str(error))})") from error

    def _meaning(self, error: "openai.APIStatusError") -> Exception:
        status = error.status_code
        if status in _BUSY:
            return Lost(f"{self.url} is busy or not ready (HTTP {status})", counts=False)
        if status in _NOT_ALLOWED:
            cure = "Set MINERU_EXTRACT_API_KEY (or OPENAI_API_KEY) to a key it knows"
            return Unusable(f"{self.url} does not let us in (HTTP {status})", cure=cure)
        if status == 404:
            what = f"does not have the model {self.model}" if self.model else "has nothing under that address"
            cure = "Check the address, which mostly ends in /v1, and --model"
            return Unusable(f"{self.url} {what} (HTTP 404)", cure=cure)
        if status >= 500 or status in _PASSING:
            return Lost(f"{self.url} failed (HTTP {status})")
        return _RejectedError(f"HTTP {status}: {self._hidden(_message(error))}")

    def _hidden(self, text: str) -> str:
        """One line of what the server said, without the key."""
        text = text.replace(self._key, "***") if self._key else text
        return " ".join(text.split())[:300]


class _RejectedError(Exception):
    """HTTP 4xx: the server understood, and does not want it."""


class _Progress:
    """An answer as it comes in."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.stop: Stop | None = None
        self.tokens = 0
        self._began: float | None = None

    def take(self, chunk: Any) -> None:
        """Add a chunk of the stream; the last says why it ended, and one after it may have the count of tokens."""
        if chunk.usage is not None:
            self.tokens = chunk.usage.completion_tokens
        for choice in chunk.choices[:1]:
            if choice.delta is not None and choice.delta.content:
                self.pieces.append(choice.delta.content)
            if choice.finish_reason is not None:
                self.stop = "length" if choice.finish_reason == "length" else "end"

    def is_over(self, *, now: float, seconds: float) -> bool:
        """Whether it has gone on too long, or goes round in circles."""
        if self.stop is None and self.pieces:
            self._began = now if self._began is None else self._began
            if now - self._began > seconds:
                self.stop = "time"
                return True
            if len(self.pieces) % CHECK_EVERY == 0 and goes_round("".join(self.pieces)):
                self.stop = "repetition"
                return True
        return False

    def text(self) -> str:
        """All of it, without the end-of-answer token."""
        text = "".join(self.pieces)
        for ending in _ENDINGS:
            text = text.removesuffix(ending)
        return text


def goes_round(text: str) -> bool:
    """Whether an answer has begun to repeat itself; see `is_looping`. Servers do not tell tokens, so words do."""
    return is_looping(_PIECES.findall(text[-_LOOKED_BACK:]))


def _open_client(url: str, key: str) -> "openai.AsyncOpenAI":
    try:
        import openai
    except ImportError as error:
        raise MissingDependencyError(package="openai", extra="server", purpose="to ask a server") from error
    # Answers are timed here: how long a server lets a question wait is not known to the client.
    timeout = openai.Timeout(None, connect=CONNECT_SECONDS)
    return openai.AsyncOpenAI(base_url=url, api_key=key or "none", timeout=timeout)


def _message(error: "openai.APIStatusError") -> str:
    """The server's own words."""
    said = error.body
    if isinstance(said, dict):
        said = said.get("message") or said.get("detail") or said.get("error") or said
    return str(said or error.response.text)
