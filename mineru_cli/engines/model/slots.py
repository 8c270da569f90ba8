"""Rows that answer side by side: pictures are encoded into free rows, all rows decode together.

Comes in: a `Network`, then `Prepared` questions for rows. Goes out: `Snapshot`, what has been answered so far. Knows
nothing of requests, of memory running out or of where weights are.

Nothing here waits for the device but reading a snapshot. On CUDA a decoding step is captured as a graph, once for each
reach of attention, and replayed; elsewhere it is run as it is.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import torch

from mineru_cli.engines.model import memory, stopping
from mineru_cli.engines.model.language import Cache, LanguageModel
from mineru_cli.engines.model.prepare import Patcher, Prepared
from mineru_cli.engines.model.stopping import Answers, log_probability
from mineru_cli.engines.model.vision import VisionTower

# Room for the buffers of a captured step, beside those as wide as the vocabulary.
_CAPTURE_BYTES = 24 * 1024**2
# A step is recorded for rows of at most 256, 512, ... tokens, whichever are met.
_REACH = 256
_STOPS: dict[int, Literal["end", "length", "repetition"]] = {
    stopping.END: "end",
    stopping.LENGTH: "length",
    stopping.REPETITION: "repetition",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The model, taken apart for rows, where it is to run. ``stop_tokens`` end an answer."""

    vision: VisionTower
    language: LanguageModel
    patcher: Patcher
    stop_tokens: tuple[int, ...]
    can_capture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What a row has answered: ``stop`` is None while it goes on; the end token is left out.

    ``logs`` is the natural logarithm of each token's probability.
    """

    row: int
    tokens: list[int]
    logs: list[float]
    stop: Literal["end", "length", "repetition"] | None


class Snapshot:
    """The answers of all rows at one moment, on their way to the CPU."""

    def __init__(self, answers: Answers) -> None:
        self._arrived = torch.cuda.Event() if answers.state.is_cuda else None
        # Not blocking on CUDA: the copies are queued, into pinned memory.
        asynchronous = answers.state.is_cuda
        self._state, self._counts, self._tokens, self._logs = (
            tensor.to("cpu", non_blocking=asynchronous, copy=True)
            for tensor in (answers.state, answers.counts, answers.tokens, answers.logs)
        )
        if self._arrived is not None:
            self._arrived.record()

    def read(self) -> Iterator[RowAnswer]:
        """Wait for the copies, and tell of each row."""
        if self._arrived is not None:
            self._arrived.synchronize()
        for row, (state, count) in enumerate(zip(self._state.tolist(), self._counts.tolist(), strict=True)):
            stop = _STOPS.get(state)
            kept = 0 if stop is None else count - 1 if stop == "end" else count
            yield RowAnswer(
                row=row, tokens=self._tokens[row, :kept].tolist(), logs=self._logs[row, :kept].tolist(), stop=stop
            )


class Slots:
    """Rows of one static cache.

    Parameters
    ----------
    rows
        Answers decoded together.
    length
        Tokens a row can hold, question and answer.
    limit
        Tokens of an answer at most.
    """

    def __init__(self, network: Network, *, rows: int, length: int, limit: int) -> None:
        language = network.language
        self.rows, self.length = rows, length
        self._network = network
        self._device = language.device
        self._cuda = self._device.type == "cuda"
        # One stream for everything: cuBLAS keeps a workspace of up to 32 MiB for each it meets.
        self._stream = torch.cuda.Stream(self._device) if self._cuda else None
        self._graphs: dict[int, Any] = {}
        # How many tokens each row holds at most, as far as the CPU knows.
        self._tokens = [0] * rows
        if self._stream is not None:
            self._stream.wait_stream(torch.cuda.current_stream(self._device))
        with on_stream(self._stream):
            self._cache = Cache(language, rows=rows, length=length)
            self._answers = Answers(rows=rows, limit=limit, stop_tokens=network.stop_tokens, device=self._device)
            self._scores = torch.zeros(
                rows, language.embedding.num_embeddings, dtype=language.dtype, device=self._device
            )
            self._lengths = torch.zeros(rows, dtype=torch.long, device=self._device)
            self._shifts = torch.zeros(rows, dtype=torch.long, device=self._device)
        self._capture_bytes = _CAPTURE_BYTES + 4 * self._scores.nbytes

    def capture(self) -> None:
        """Record a decoding step as a CUDA graph; does nothing where there is no such thing."""
        if not self._cuda or not self._network.can_capture:
            return
        with on_stream(self._stream):
            for _ in range(2):
                self._step(self.length)
            self._record(self.length)

    def admit(self, rows: Sequence[int], questions: Sequence[Prepared]) -> None:
        """Encode questions and put them into rows that are free; their answers begin with the next step."""
        with on_stream(self._stream):
            x, positions = self._embedded(questions)
            ends = self._sent(torch.tensor([question.tokens - 1 for question in questions]))
            scores = self._network.language.prefill(x, positions, ends, self._cache, rows)
            for index, (row, question) in enumerate(zip(rows, questions, strict=True)):
                self._scores[row] = scores[index]
                self._lengths[row] = question.tokens
                self._shifts[row] = question.next_position - question.tokens
                self._answers.begin(row, room=self.length - question.tokens)
                self._tokens[row] = question.tokens

    def advance(self, steps: int, busy: Collection[int] | None = None) -> Snapshot:
        """Queue ``steps`` more tokens for every row that goes on.

        Parameters
        ----------
        busy
            The rows whose answers are still wanted, None for all: attention reads no further than these need.
        """
        self._tokens = [tokens + steps for tokens in self._tokens]
        longest = max((self._tokens[row] for row in (range(self.rows) if busy is None else busy)), default=0)
        reach = min(-(-longest // _REACH) * _REACH, self.length)
        with on_stream(self._stream):
            for _ in range(steps):
                self._advance_one(reach)
            return Snapshot(self._answers)

    def stop(self, row: int) -> None:
        """End the answer of a row as it stands."""
        with on_stream(self._stream):
            self._answers.state[row] = stopping.LENGTH

    def _advance_one(self, reach: int) -> None:
        """One token for every row, by the graph that reads no further than it must."""
        if not self._graphs:
            self._step(reach)
        elif reach in self._graphs:
            self._graphs[reach].replay()
        elif memory.has_room(str(self._device), self._capture_bytes):
            # What a kernel sets up on its first run cannot be recorded, so the first step of its kind is run as it is.
            self._step(reach)
            self._record(reach)
        else:
            self._graphs[self.length].replay()

    def _record(self, reach: int) -> None:
        # An allocation that fails during a capture leaves the allocator in disorder: let it fail before.
        torch.empty(self._capture_bytes, dtype=torch.uint8, device=self._device)
        torch.cuda.synchronize(self._device)
        torch.cuda.empty_cache()
        graph = torch.cuda.CUDAGraph()
        # All graphs share the memory of the first: no two of them run at a time, and none leaves anything in it.
        pool = self._graphs[self.length].pool() if self._graphs else None
        with torch.cuda.graph(graph, pool=pool, stream=self._stream, capture_error_mode="thread_local"):
            self._step(reach)
        self._graphs[reach] = graph

    def _step(self, reach: int) -> None:
        language = self._network.language
        chosen = self._answers.choose(self._scores)
        running = self._answers.add(chosen, log_probability(self._scores, chosen))
        positions = (self._lengths + self._shifts)[None, :, None].expand(3, -1, -1)
        turn = language.turn(self._scores, positions)
        self._scores.copy_(language.step(chosen, turn, self._lengths, self._cache, reach))
        self._lengths += running

    def _embedded(self, questions: Sequence[Prepared]) -> tuple[torch.Tensor, torch.Tensor]:
        """Questions as vectors [questions, tokens, hidden], and positions [3, questions, tokens]."""
        network, longest = self._network, max(question.tokens for question in questions)
        ids = torch.zeros(len(questions), longest, dtype=torch.long)
        positions = torch.zeros(3, len(questions), longest, dtype=torch.long)
        for index, question in enumerate(questions):
            ids[index, : question.tokens] = question.ids
            positions[:, index, : question.tokens] = question.positions
        pictures = [network.patcher(self._sent(question.pixels)) for question in questions]
        features = network.vision(
            torch.cat([patches for patches, _ in pictures]),
            torch.cat([at for _, at in pictures]),
            [question.grid[0] * question.grid[1] for question in questions],
        )
        x = network.language.embedding(self._sent(ids))
        parts = features.split([question.image_tokens for question in questions])
        for index, (question, part) in enumerate(zip(questions, parts, strict=True)):
            x[index, question.image_at : question.image_at + question.image_tokens] = part
        return x, self._sent(positions)

    def _sent(self, tensor: torch.Tensor) -> torch.Tensor:
        """On the device. From pinned memory, so that the CPU does not wait for what the stream does before."""
        if not self._cuda:
            return tensor.to(self._device)
        return tensor.pin_memory().to(self._device, non_blocking=True)


@contextmanager
def on_stream(stream: "torch.cuda.Stream | None") -> Iterator[None]:
    """Work on a CUDA stream, or as it comes where there is none; without gradients."""
    with torch.inference_mode(), nullcontext() if stream is None else torch.cuda.stream(stream):
        yield
