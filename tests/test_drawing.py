"""The drawn charts show what their truth says."""

from random import Random

import numpy as np
import pytest
from PIL import Image

from tests.chart_specs import describe
from tests.drawing import KINDS, SIZES, ChartSpec, Style, degrade, draw, random_spec, random_style, truth, value_axis

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)
PLAIN = Style(palette=("#ff0000", "#00ff00", "#0000ff"), grid=None, boxed=True, marker=None, legend="top")
ONE = ChartSpec(
    kind="bar", categories=("North", "South", "East"), series=("Sales",), values=((20, 80, 50),), title="Annual Sales"
)
THREE = ChartSpec(
    kind="grouped", categories=("Q1", "Q2"), series=("Coal", "Gas", "Oil"), values=((10, 40), (30, 20), (25, 5))
)


def extent(image, colour, axis, start, stop):
    """Length in pixels of what has a colour along one axis, looked at in a strip across the other."""
    mask = (np.asarray(image) == colour).all(axis=2)
    strip = mask[:, start:stop] if axis == 0 else mask[start:stop, :]
    return int(strip.any(axis=1 - axis).sum())


def box_of(image, colour):
    rows, columns = np.nonzero((np.asarray(image) == colour).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def test_bars_are_as_long_as_their_values():
    image = draw(ONE, rng=Random(0), style=PLAIN, scale=2)
    left, _, right, _ = box_of(image, RED)
    third = (right - left) / 3
    heights = [extent(image, RED, 0, round(left + i * third), round(left + (i + 1) * third)) for i in range(3)]
    assert np.allclose(np.divide(heights, heights[1]), np.divide(ONE.values[0], 80), atol=0.01)


def test_horizontal_bars_are_as_long_as_their_values():
    spec = ChartSpec(kind="barh", categories=ONE.categories, series=ONE.series, values=ONE.values)
    image = draw(spec, rng=Random(0), style=PLAIN, scale=2)
    _, top, _, bottom = box_of(image, RED)
    third = (bottom - top) / 3
    lengths = [extent(image, RED, 1, round(top + i * third), round(top + (i + 1) * third)) for i in range(3)]
    assert np.allclose(np.divide(lengths, lengths[1]), np.divide(ONE.values[0], 80), atol=0.01)


@pytest.mark.parametrize("kind", ["grouped", "stacked"])
def test_several_series_keep_their_colours_and_proportions(kind):
    spec = ChartSpec(kind=kind, categories=("Q1",), series=THREE.series, values=((10,), (30,), (25,)))
    image = draw(spec, rng=Random(0), style=PLAIN, scale=4)
    below_the_legend = 160
    heights = [
        int((np.asarray(image)[below_the_legend:] == colour).all(axis=2).any(axis=1).sum())
        for colour in (RED, GREEN, BLUE)
    ]
    assert np.allclose(np.divide(heights, heights[1]), (1 / 3, 1, 25 / 30), atol=0.02)


def test_a_line_passes_through_its_values():
    spec = ChartSpec(kind="line", categories=("2021", "2022", "2023"), series=("Cost",), values=((10, 30, 20),))
    image = draw(spec, rng=Random(0), style=PLAIN, scale=4)
    pixels = (np.asarray(image) == RED).all(axis=2)
    columns = np.nonzero(pixels.any(axis=0))[0]
    middles = [np.nonzero(pixels[:, at])[0].mean() for at in (columns[8], columns[len(columns) // 2], columns[-8])]
    assert (middles[2] - middles[1]) / (middles[0] - middles[1]) == pytest.approx(0.5, abs=0.04)


def test_slices_have_the_area_of_their_shares():
    spec = ChartSpec(kind="pie", categories=("Men", "Women", "Youth"), series=("Share",), values=((50, 30, 20),))
    pixels = np.asarray(draw(spec, rng=Random(0), style=PLAIN, scale=3))
    areas = [int((pixels == colour).all(axis=2).sum()) for colour in (RED, GREEN, BLUE)]
    assert np.allclose(np.divide(areas, sum(areas)), (0.5, 0.3, 0.2), atol=0.01)


@pytest.mark.parametrize("seed", range(60))
def test_random_charts_lie_wholly_inside_their_picture(seed):
    rng = Random(seed)
    spec = random_spec(rng, KINDS[seed % len(KINDS)])
    pixels = np.asarray(draw(spec, rng=rng, size=rng.choice(SIZES)))
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (edges == pixels[0, 0]).all()


@pytest.mark.parametrize("seed", range(60))
def test_random_charts_are_well_formed(seed):
    spec = random_spec(Random(seed), KINDS[seed % len(KINDS)])
    assert 3 <= len(set(spec.categories)) == len(spec.categories) <= 8
    assert not set(spec.series) & set(spec.categories)
    assert len(spec.values) == len(spec.series) <= 4
    assert min(map(min, spec.values)) > 0
    if spec.kind == "pie":
        assert sum(spec.values[0]) == 100
    else:
        longest = max(map(sum, zip(*spec.values, strict=True)) if spec.kind == "stacked" else map(max, spec.values))
        step, end = value_axis(spec)
        assert longest < end < 2 * longest
        assert 3 <= round(end / step) <= 8


def test_the_same_seed_draws_the_same_chart():
    def picture(seed):
        rng = Random(seed)
        return draw(random_spec(rng), rng=rng).tobytes()

    assert picture(7) == picture(7)
    assert picture(7) != picture(8)


def test_scale_enlarges_the_picture_not_the_layout():
    style = random_style(Random(1), THREE)
    small = draw(THREE, rng=Random(0), style=style)
    large = draw(THREE, rng=Random(0), style=style, scale=3)
    assert large.size == (3 * small.width, 3 * small.height)
    shrunk = np.asarray(large.resize(small.size, Image.Resampling.BOX), dtype=float)
    assert np.abs(shrunk - np.asarray(small, dtype=float)).mean() < 6


def test_truth_keeps_every_digit():
    spec = ChartSpec(
        kind="bar", categories=("Mon",), series=("Price (USD)",), values=((8.5,),), decimals=2, category_label="Day"
    )
    assert truth(spec) == [["Day", "Price (USD)"], ["Mon", "8.50"]]
    described = describe(THREE, page=2)
    assert described["columns"] == ["Category", "Coal", "Gas", "Oil"]
    assert described["rows"] == [["Q1", "10", "30", "25"], ["Q2", "40", "20", "5"]]
    assert (described["page"], described["kind"], described["type"]) == (2, "grouped", "bar")


def test_degrade_turns_by_the_angle_that_is_asked():
    ruled = Image.new("RGB", (600, 200), "white")
    ruled.paste("black", (0, 99, 600, 101))
    turned = np.asarray(degrade(ruled, rng=Random(0), skew=1.0, noise=0, jpeg=None).convert("L"))
    rise = abs(int(turned[:, 100].argmin()) - int(turned[:, 500].argmin()))
    assert rise == pytest.approx(400 * np.tan(np.radians(1)), abs=1.5)


def test_degrade_without_faults_changes_nothing():
    chart = draw(ONE, rng=Random(0))
    assert degrade(chart, rng=Random(0), skew=0, noise=0, jpeg=None).tobytes() == chart.tobytes()
    assert degrade(chart, rng=Random(0)).tobytes() != chart.tobytes()
