"""When answers end, for all rows at once, on the device.

Comes in: scores and what each row has answered so far. Goes out: the next token of each row, how likely it was, and why
a row ended. Nothing is read back to the CPU. Knows nothing of models.

Three rules, the same as the plain engine's: an end token, the upstream rule that no 100 tokens come twice, and the stop
for answers that go round in circles (`repetition`).
"""

import torch

from mineru_cli.engines.model.repetition import CHECK_EVERY, MAX_PERIOD, MIN_REPEATS, MIN_TOKENS, NO_REPEAT

RUNNING, END, LENGTH, REPETITION = range(4)


class Answers:
    """What each row has answered, and whether it goes on.

    ``tokens`` is [rows, limit] int64, ``logs`` [rows, limit + 1] the natural logarithm of each token's probability,
    ``counts`` [rows] how many of them are filled, ``state`` [rows] one of `RUNNING`, `END`, `LENGTH`, `REPETITION`, and
    ``matches`` [rows, limit] how many of the last tokens equal those that stand ``1, 2, 3, ...`` tokens before: one
    comparison a token keeps it up to date, and both repetition rules read it. All rows begin ended.
    """

    def __init__(self, *, rows: int, limit: int, stop_tokens: tuple[int, ...], device: "torch.device | str") -> None:
        self.limit = limit
        self.tokens = torch.zeros(rows, limit, dtype=torch.long, device=device)
        # One place more than tokens: rows that have ended write theirs there.
        self.logs = torch.zeros(rows, limit + 1, device=device)
        self.matches = torch.zeros(rows, limit, dtype=torch.long, device=device)
        self.counts = torch.zeros(rows, dtype=torch.long, device=device)
        self.limits = torch.full((rows,), limit, dtype=torch.long, device=device)
        self.state = torch.full((rows,), END, dtype=torch.long, device=device)
        self._offsets = torch.arange(1, limit + 1, device=device)
        self._stop = torch.tensor(stop_tokens, device=device)
        periods = torch.arange(1, MAX_PERIOD + 1, device=device)
        self._loops = (MIN_REPEATS * periods).clamp(min=MIN_TOKENS) - periods

    def begin(self, row: int, *, room: int) -> None:
        """Start a new answer of at most ``room`` tokens, or of `limit` if that is less."""
        self.counts[row] = 0
        self.matches[row] = 0
        self.limits[row] = min(room, self.limit)
        self.state[row] = RUNNING

    def choose(self, scores: torch.Tensor) -> torch.Tensor:
        """The best token [rows] by scores [rows, vocabulary] that would not make `NO_REPEAT` tokens come twice."""
        followers = self.tokens.gather(1, (self.counts[:, None] - self._offsets).clamp(min=0))
        banned = torch.where(self.matches >= NO_REPEAT - 1, float("-inf"), float("inf"))
        return scores.scatter_reduce(1, followers, banned.to(scores.dtype), "amin").argmax(-1)

    def add(self, chosen: torch.Tensor, logs: torch.Tensor) -> torch.Tensor:
        """Append tokens [rows] to the rows that run, and end those that must; returns which rows run on, [rows] bool.

        The end token itself is kept; whoever reads an answer leaves it out. ``logs`` is [rows], from `log_probability`.
        """
        running = self.state == RUNNING
        earlier = self.counts[:, None] - self._offsets
        same = (self.tokens.gather(1, earlier.clamp(min=0)) == chosen[:, None]) & (earlier >= 0)
        self.matches.copy_(torch.where(running[:, None], (self.matches + 1) * same, self.matches))
        at = self.counts.clamp(max=self.limit - 1)[:, None]
        self.tokens.scatter_(1, at, torch.where(running[:, None], chosen[:, None], self.tokens.gather(1, at)))
        self.logs.scatter_(1, self.counts[:, None], logs[:, None])
        self.counts += running
        periods = min(MAX_PERIOD, self.limit)
        looping = (self.matches[:, :periods] >= self._loops[:periods]).any(1) & (self.counts % CHECK_EVERY == 0)
        state = torch.where(self.counts >= self.limits, LENGTH, RUNNING)
        state = torch.where(looping, REPETITION, state)
        state = torch.where((chosen[:, None] == self._stop).any(1), END, state)
        self.state.copy_(torch.where(running, state, self.state))
        return self.state == RUNNING


def log_probability(scores: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """The natural logarithm [rows] of the probability of tokens [rows] by the model's own scores [rows, vocabulary].

    Taken from the scores as they are, before any token is forbidden: where a rule forces the model onto another token,
    that token's small probability is the doubt that is due. Sums are in fp32 whatever the scores are, in one kernel
    that needs no more memory than the scores; only the result is rounded to their precision.
    """
    return scores.log_softmax(-1).gather(1, chosen[:, None])[:, 0].float()
