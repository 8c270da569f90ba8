"""Dashes made whole."""

import pytest

from mineru_cli.exact.dashes import join_dashes
from mineru_cli.exact.primitives import Shape


def stroke(a, b, order=1):
    box = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    return Shape(points=(a, b), knots=(a, b), box=box, order=order, stroke=(0, 0, 0), width=1)


def test_dashes_of_one_call_along_a_line_become_that_line():
    (line,) = join_dashes([stroke((k, 50.0), (k + 4.0, 50.0)) for k in range(0, 60, 6)])
    assert line.points == ((0, 50.0), (58.0, 50.0))
    assert line.rebuilt
    assert line.dash


def test_a_corner_lost_in_a_gap_stands_where_the_dashes_would_meet():
    down = [stroke((k, 2.0 * k), (k + 3, 2.0 * (k + 3))) for k in range(0, 20, 4)]
    up = [stroke((k, 80.0 - 2 * k), (k + 3, 80.0 - 2 * (k + 3))) for k in range(21, 40, 4)]
    (line,) = join_dashes(down + up)
    assert min(abs(x - 20) + abs(y - 40) for x, y in line.points) < 0.3


def test_ticks_are_no_dashes():
    ticks = [stroke((k, 50.0), (k, 54.0)) for k in range(0, 100, 10)]
    assert join_dashes(ticks) == ticks


@pytest.mark.parametrize("count", [1, 2])
def test_a_few_strokes_stay_strokes(count):
    strokes = [stroke((6.0 * k, 50.0), (6.0 * k + 4, 50.0)) for k in range(count)]
    assert join_dashes(strokes) == strokes
