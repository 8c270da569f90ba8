"""Rectangles: distances and groups."""

import random

from mineru_cli.pages.boxes import cluster, gaps, iou, share


def test_boxes_that_hang_together_through_others_are_one_group():
    groups = cluster([(0, 0, 10, 10), (12, 0, 20, 10), (40, 40, 50, 50), (21, 0, 30, 5)], 3.0)
    assert groups == [[0, 1, 3], [2]]


def test_a_curve_inside_the_corner_of_two_axes_belongs_to_them():
    across, upright, curve = (0, 100, 100, 101), (0, 0, 1, 100), (40, 20, 60, 40)
    assert cluster([across, upright, curve], 3.0) == [[0, 1, 2]]


def test_groups_do_not_depend_on_the_order_of_boxes():
    rng = random.Random(1)
    boxes = [(x, y, x + 5, y + 5) for x, y in ((rng.uniform(0, 300), rng.uniform(0, 300)) for _ in range(120))]
    groups = {frozenset(boxes[index] for index in group) for group in cluster(boxes, 4.0)}
    turned = boxes[::-1]
    assert groups == {frozenset(turned[index] for index in group) for group in cluster(turned, 4.0)}


def test_a_page_of_absurd_size_costs_no_memory():
    assert cluster([(0, 0, 10, 10), (1e7, 1e7, 1e7 + 5, 1e7 + 5)], 1.0) == [[0], [1]]


def test_shares_and_gaps_of_thin_boxes():
    assert share((0, 5, 10, 5), (0, 0, 10, 10)) == 1.0
    assert iou((0, 0, 10, 10), (0, 5, 10, 15)) == 1 / 3
    assert gaps((0, 0, 10, 10), (15, 5, 20, 8)) == (5, -3)
