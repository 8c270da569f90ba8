"""Batches for training: drawn by worker processes, of pictures of one size, without end.

Comes in: a tokenizer and a seed. Goes out: `Batch`. Knows nothing of networks.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import torch

from training.data import photo, samples
from training.data.samples import Sample, Task

log = logging.getLogger(__name__)

LONGEST = 720
"""Tokens of an answer; what is longer is not asked for."""
SHARES: dict[Task, float] = {"chart": 0.71, "layout": 0.09, "text": 0.2}
OTHERS = 0.035
"""Share of pictures among the charts that are none."""
AGAIN = 0.4
"""Share of a batch that was drawn before and is worn anew."""
ROUND = 64
"""Answers are filled up to a multiple of it: every new shape costs time on a GPU."""
SMALL, SMALL_LINES = 260, 0.4
"""How many units a small chart has at most, and how often it is to be of several lines whatever it might have been:
which line is whose is learnt cheaply there."""
PLOTTED_AGAIN = 0.75
"""Share of matplotlib's charts that are of those drawn before."""
CHART = 4.0
"""What a token of a chart's box counts on a page, where those of paragraphs count 1: it is what pages are read for."""
NAME = 2.0
"""What a token with letters counts in a chart's table, where digits count 1: a misread name spoils a row or column."""
LEADING = (3.0, 2.0)
"""What the first and the second digit of a number in a table count: they tell whose number it is, and how large."""
_KEPT = 60
_MOST = 900


def _alike(pixels: tuple[int, int], units: tuple[int, int]) -> bool:
    """Whether a picture can be scaled to a size and remain what it was."""
    across, down = (p / (u * samples.UNIT) for p, u in zip(pixels, units, strict=True))
    return 0.8 < across / down < 1.25 and 0.75 < across < 1.25


def _has_letters(token: str) -> bool:
    return not token.startswith("<|") and any(map(str.isalpha, token))


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
        Different for each run.
    rank
        Different for each process of a run. All of them draw batches of the same kinds and sizes in the same order, as
        each step takes as long as its slowest.
    units
        Picture units (28x28 pixels) of a batch.
    """

    def __init__(self, tokenizer: Any, *, seed: int, units: int, rank: int = 0) -> None:
        self._tokenizer, self._seed, self._rank, self._units = tokenizer, seed, rank, units
        vocabulary = tokenizer.get_vocab()
        self._end, self._fill = vocabulary["<|im_end|>"], vocabulary["<|endoftext|>"]
        self._plots: list[Sample] = []
        self._box, self._charts = vocabulary["<|box_start|>"], tokenizer("<|ref_start|>chart<|ref_end|>")["input_ids"]
        self._table = vocabulary["<|content_start|>"]
        texts = [tokenizer.decode([i]) for i in range(len(vocabulary))]
        self._digit = np.array([text.isdigit() for text in texts])
        self._between = np.array([text.endswith(" | ") for text in texts])
        self._worth = np.array([NAME if _has_letters(text) else 1.0 for text in texts])

    def __iter__(self) -> Iterator[Batch]:
        """Draw, wear, number."""
        worker = torch.utils.data.get_worker_info()
        if worker:
            os.nice(10)  # the process that feeds the GPU goes first
        number = worker.id if worker else 0
        plan, r = Random(f"{self._seed}/{number}"), Random(f"{self._seed}/{number}/{self._rank}")
        kept: dict[tuple[Task, tuple[int, int]], list[tuple[Sample, list[int]]]] = {}
        while True:
            task: Task = plan.choices(list(SHARES), list(SHARES.values()))[0]
            size = {
                "chart": plan.choice(samples.CHART_SIZES),
                "layout": samples.PAGE_SIZE,
                "text": plan.choice(samples.TEXT_SIZES),
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
            try:
                sample = self._sample(r, task, size)
            except Exception:  # a drawing in a million that goes wrong must not cost a run
                log.exception("a %s of %d x %d units could not be drawn", task, *size)
                continue
            tokens = [*self._tokenizer(sample.answer)["input_ids"], self._end]
            if len(tokens) <= LONGEST:
                return sample, tokens

    def _sample(self, r: Random, task: Task, size: tuple[int, int]) -> Sample:
        if task == "layout":
            return samples.page(r)
        if task == "text":
            return samples.text(r, size)
        if r.random() < samples.PLOTTED:
            return self._plot(r, size)
        if r.random() < OTHERS:
            return samples.other(r, size)
        if size[0] * size[1] <= SMALL and r.random() < SMALL_LINES:
            return samples.chart(r, size, "line", "grouped", plots=0)
        return samples.chart(r, size, plots=0)

    def _plot(self, r: Random, size: tuple[int, int]) -> Sample:
        """A chart that matplotlib drew, now or before at about that size."""
        fitting = [plot for plot in self._plots if _alike(plot.image.size, size)]
        if len(fitting) >= 4 and r.random() < PLOTTED_AGAIN:
            return samples.scaled(r.choice(fitting), size)
        plot = samples.chart(r, size, plots=1)
        self._plots = [*self._plots[-_KEPT:], plot]
        return plot

    def _chart_boxes(self, tokens: list[int]) -> Iterator[tuple[int, int]]:
        """Where the lines of an answer about a page begin and end that tell of a chart."""
        starts = [i for i, token in enumerate(tokens) if token == self._box]
        for start, end in pairwise([*starts, len(tokens)]):
            length = len(self._charts)
            if any(tokens[i : i + length] == self._charts for i in range(start, end - length + 1)):
                yield start, end

    def _worths(self, table: np.ndarray) -> np.ndarray:
        """What each token of a chart's table counts."""
        worth, digit, between = self._worth[table], self._digit[table], self._between[table]
        first = digit[2:] & (between[1:-1] | between[:-2] & ~digit[1:-1])  # a sign or a currency may stand before it
        worth[2:][first] = LEADING[0]
        worth[3:][first[:-1] & digit[3:]] = LEADING[1]
        return worth

    def _batch(self, r: Random, task: Task, drawn: list[tuple[Sample, list[int]]]) -> Batch:
        pixels = np.stack([np.asarray(photo.worn(sample.image, r)) for sample, _ in drawn])
        longest = -(-max(len(tokens) for _, tokens in drawn) // ROUND) * ROUND
        answers = np.full((len(drawn), longest), self._fill)
        weights = np.zeros((len(drawn), longest), np.float32)
        for i, (_, tokens) in enumerate(drawn):
            answers[i, : len(tokens)] = tokens
            weights[i, : len(tokens)] = 1
            for start, end in self._chart_boxes(tokens) if task == "layout" else ():
                weights[i, start:end] = CHART
            if self._table in tokens:
                start = tokens.index(self._table)
                weights[i, start : len(tokens)] = self._worths(np.array(tokens[start:]))
        return Batch(
            task=task,
            pixels=torch.from_numpy(pixels),
            answers=torch.from_numpy(answers),
            weights=torch.from_numpy(weights),
        )
