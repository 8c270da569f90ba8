"""Batches for training: drawn by worker processes, of pictures of one size, without end.

Comes in: a tokenizer and a seed. Goes out: `Batch`. Knows nothing of networks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch

from training.data import photo, samples
from training.data.samples import Sample, Task

LONGEST = 720
"""Tokens of an answer; what is longer is not asked for."""
SHARES: dict[Task, float] = {"chart": 0.83, "layout": 0.07, "text": 0.1}
OTHERS = 0.035
"""Share of pictures among the charts that are none."""
AGAIN = 0.35
"""Share of a batch that was drawn before and is worn anew."""
CAPTION = 0.5
"""What a token of a title counts, which is read to learn letters rather than for its own sake."""
_KEPT = 60
_MOST = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pictures of one size and their answers, as `Reader.forward` takes them."""

    task: Task
    pixels: torch.Tensor
    answers: torch.Tensor
    weights: torch.Tensor

    def pin_memory(self) -> "Batch":
        """Called by the loader."""
        pinned = (tensor.pin_memory() for tensor in (self.pixels, self.answers, self.weights))
        pixels, answers, weights = pinned
        return Batch(task=self.task, pixels=pixels, answers=answers, weights=weights)


class Batches(torch.utils.data.IterableDataset):  # type: ignore[misc]
    """Batches without end; each worker has a seed of its own.

    Parameters
    ----------
    tokenizer
        Of the reader.
    seed
        Different for each process and each run.
    units
        Picture units (28x28 pixels) of a batch.
    """

    def __init__(self, tokenizer: Any, *, seed: int, units: int) -> None:
        self._tokenizer, self._seed, self._units = tokenizer, seed, units
        vocabulary = tokenizer.get_vocab()
        self._end, self._fill = vocabulary["<|im_end|>"], vocabulary["<|endoftext|>"]
        self._caption = (vocabulary["<|caption_start|>"], vocabulary["<|caption_end|>"])

    def __iter__(self) -> Iterator[Batch]:
        """Draw, wear, number."""
        worker = torch.utils.data.get_worker_info()
        r = Random(f"{self._seed}/{worker.id if worker else 0}")
        kept: dict[tuple[Task, tuple[int, int]], list[tuple[Sample, list[int]]]] = {}
        while True:
            task: Task = r.choices(list(SHARES), list(SHARES.values()))[0]
            size = {
                "chart": r.choice(samples.CHART_SIZES),
                "layout": samples.PAGE_SIZE,
                "text": r.choice(samples.TEXT_SIZES),
            }[task]
            count = min(_MOST, max(2, self._units // (size[0] * size[1])))
            old = kept.setdefault((task, size), [])
            again = r.sample(old, min(len(old), round(AGAIN * count)))
            new = [self._draw(r, task, size) for _ in range(count - len(again))]
            if task != "text":
                old += new
                del old[:-_KEPT]
            yield self._batch(r, task, [*again, *new])

    def _draw(self, r: Random, task: Task, size: tuple[int, int]) -> tuple[Sample, list[int]]:
        while True:
            if task == "layout":
                sample = samples.page(r)
            elif task == "text":
                sample = samples.text(r, size)
            else:
                sample = samples.other(r, size) if r.random() < OTHERS else samples.chart(r, size)
            tokens = [*self._tokenizer(sample.answer)["input_ids"], self._end]
            if len(tokens) <= LONGEST:
                return sample, tokens

    def _batch(self, r: Random, task: Task, drawn: list[tuple[Sample, list[int]]]) -> Batch:
        pixels = np.stack([np.asarray(photo.worn(sample.image, r)) for sample, _ in drawn])
        longest = -(-max(len(tokens) for _, tokens in drawn) // 16) * 16
        answers = np.full((len(drawn), longest), self._fill)
        weights = np.zeros((len(drawn), longest), np.float32)
        for i, (_, tokens) in enumerate(drawn):
            answers[i, : len(tokens)] = tokens
            weights[i, : len(tokens)] = 1
            start, end = (tokens.index(mark) if mark in tokens else 0 for mark in self._caption)
            weights[i, start + 1 : end] = CAPTION
        return Batch(
            task=task,
            pixels=torch.from_numpy(pixels),
            answers=torch.from_numpy(answers),
            weights=torch.from_numpy(weights),
        )
