"""When an answer goes round in circles.

Comes in: the tokens of an answer so far. Goes out: whether to stop. A looping answer would otherwise run to the
token limit, and fill a table with rows that are not in the chart.
"""

from collections.abc import Sequence

NO_REPEAT = 100
MAX_PERIOD = 96
MIN_REPEATS = 4
MIN_TOKENS = 96
CHECK_EVERY = 16


def is_looping(tokens: Sequence[int]) -> bool:
    """Whether the tail repeats with a period of at most `MAX_PERIOD` tokens.

    The tail must hold at least four periods and 96 tokens, so that the ruler of a wide table (``|---|---|``) or a
    few equal cells are no loop.
    """
    last = len(tokens) - 1
    for period in range(1, min(MAX_PERIOD, len(tokens) // MIN_REPEATS) + 1):
        needed = max(MIN_TOKENS, MIN_REPEATS * period)
        if needed > len(tokens):
            continue
        run = 0
        while run < needed - period and tokens[last - run] == tokens[last - run - period]:
            run += 1
        if run >= needed - period:
            return True
    return False
