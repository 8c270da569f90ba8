import random

import pytest

from mineru_cli.engines.model.repetition import MAX_PERIOD, is_looping


@pytest.mark.parametrize("period", [1, 2, 7, 30, MAX_PERIOD])
def test_a_loop_of_any_period_is_seen_after_any_start(period):
    rng = random.Random(period)
    start = [rng.randrange(1000) for _ in range(50)]
    loop = list(range(period))
    assert is_looping(start + loop * (max(96, 4 * period) // period + 1))


def test_what_is_no_loop():
    rng = random.Random(1)
    assert not is_looping([])
    assert not is_looping([5] * 90)
    assert not is_looping(list(range(96)) * 3)
    ruler = [7, 8, 8, 8] * 20
    assert not is_looping([*range(100, 200), *ruler])
    assert not is_looping([rng.randrange(12) for _ in range(2000)])


def test_a_row_with_a_new_label_is_no_loop():
    rows = [token for year in range(60) for token in (1, 2, 100 + year, 1, 9, 9)]
    assert not is_looping(rows)
