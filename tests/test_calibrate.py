"""What benchmarks/calibrate.py fits and counts."""

import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from mineru_cli.reply import parse_reply
from mineru_cli.schema import Answer, Figure

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import calibrate  # noqa: E402 - found through the path set above
from calibrate_seen import Seen, judged, known  # noqa: E402 - the same


def seen(signs, right, *, numbers=10, confidence=None, chart="c"):
    return Seen(data="d", chart=chart, signs=signs, confidence=confidence, numbers=numbers, right=right)


def observations(count, *, seed=1):
    """Series whose first sign tells the share that is right, and whose second tells nothing."""
    rng = Random(seed)
    for at in range(count):
        share = rng.random()
        right = sum(rng.random() < share for _ in range(10))
        yield seen((float(np.log(share + 0.01)), rng.random()), right, chart=str(at))


def test_a_fitted_curve_gives_shares_that_hold_on_others():
    curve = calibrate.fitted("r", 0.03, list(observations(600)))
    marked = [seen(one.signs, one.right, confidence=curve.confidence(one.signs)) for one in observations(600, seed=2)]
    assert calibrate.calibration_error(calibrate.binned(marked)) < 0.05
    assert curve.weights[0] > 3 * curve.weights[1]
    assert (curve.fit.charts, curve.fit.numbers, curve.fit.data) == (600, 6000, ["d: 600 charts"])


def test_a_curve_rises_and_is_never_quite_certain():
    curve = calibrate.fitted("r", 0.03, [seen((float(at // 30),), 10 * (at >= 60)) for at in range(120)])
    scores, shares = zip(*curve.knots, strict=True)
    assert list(shares) == sorted(shares)
    assert len(set(scores)) == len(scores)
    assert 0 < shares[0] < 0.05
    assert 0.95 < shares[-1] < 1


def test_series_that_look_the_same_share_a_knot():
    same = [seen((1.0,), at % 2 * 10) for at in range(200)]
    ((score, share),) = calibrate.fitted("r", 0.03, same).knots
    assert (score, share) == (1.0, pytest.approx(0.5, abs=0.01))


def test_the_error_is_the_mean_distance_by_numbers():
    bins = calibrate.binned(
        [seen((0,), 9, confidence=0.92), seen((0,), 10, numbers=30, confidence=0.15), seen((0,), 0, confidence=None)]
    )
    assert [(one.low, one.numbers) for one in bins] == [(0.1, 30), (0.9, 10)]
    assert calibrate.calibration_error(bins) == pytest.approx((30 * abs(0.15 - 1 / 3) + 10 * 0.02) / 40)


def test_a_folder_of_pictures_with_tables_beside_them_is_truth(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    (tmp_path / "a.csv").write_text("City,Rent\nOslo,40\nBern,10\n")
    Image.new("RGB", (9, 9)).save(tmp_path / "without.png")
    (truth,) = known(tmp_path).values()
    assert (truth.document, truth.categories, truth.values, truth.axis_range) == (
        "a.png",
        ("Oslo", "Bern"),
        ((40.0, 10.0),),
        40.0,
    )


def test_numbers_of_a_series_that_is_not_there_are_wrong(tmp_path):
    (tmp_path / "a.csv").write_text("City,Rent\nOslo,40\nBern,10\n")
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    (truth,) = known(tmp_path).values()
    chart = parse_reply("| City | Rent | Food |\n|---|---|---|\n| Oslo | 40.9 | 1 |\n| Bern | 18 | 2 |")
    answer = Answer(task="chart", stop="end", tokens=9, seconds=1, precision="", rung="", hesitations={})
    figure = Figure(
        id="p001-f1",
        page=1,
        kind="chart",
        box=(0, 0, 1, 1),
        unit="px",
        dpi=72,
        pixels=(1, 1),
        chart=chart,
        answer=answer,
    )
    series = list(judged("d", truth, figure))
    assert [(one.numbers, one.right) for one in series] == [(2, 1), (2, 0)]


def test_a_reliability_diagram_is_drawn(tmp_path):
    calibrate.draw({"r": [seen((0,), 9, confidence=0.9), seen((0,), 1, confidence=0.2)]}, tmp_path / "c.png")
    with Image.open(tmp_path / "c.png") as picture:
        assert min(picture.size) > 300
