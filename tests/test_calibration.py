"""Confidence is what certainty has been worth, and small confidence is said."""

import json

import pytest

from mineru_cli.calibration import (
    FILE_NAME,
    UNSURE_BELOW,
    Calibration,
    Fit,
    calibration_of,
    exact_with_confidence,
    model_with_confidence,
    with_confidence,
)
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.errors import ExitCode, UsageError
from mineru_cli.reply import Certainty
from mineru_cli.schema import Chart, Document, Flag, Point, Series
from tests.inputs import chart_picture
from tests.test_batch import ScriptedEngine, run

FIT = Fit(date="2026-11-22", charts=1, numbers=1, data=[])
CURVE = Calibration(
    reader="r", tolerance=0.03, weights=[1.0, 10.0], knots=[(-2.0, 0.1), (-1.0, 0.5), (0.0, 0.95)], fit=FIT
)


def chart(*sizes, confidences=None, confidence=None):
    confidences = confidences or [None] * len(sizes)
    series = [
        Series(name=str(at), points=[Point(x=x, y=1) for x in range(size)], confidence=one)
        for at, (size, one) in enumerate(zip(sizes, confidences, strict=True))
    ]
    return Chart(series=series, confidence=confidence)


def codes(flags: list[Flag]) -> list[str]:
    return [flag.code for flag in flags]


@pytest.mark.parametrize(
    ("signs", "confidence"),
    [((0, 0), 0.95), ((-1, 0), 0.5), ((0, -0.1), 0.5), ((-0.5, -0.1), 0.3), ((-9, -9), 0.1), ((1, 0), 0.95)],
)
def test_confidence_is_read_off_the_curve_and_level_beyond_it(signs, confidence):
    assert CURVE.confidence(signs) == pytest.approx(confidence)


def test_a_curve_of_one_knot_is_level():
    level = CURVE.model_copy(update={"knots": [(-1.0, 0.7)]})
    assert {level.confidence((at, 0)) for at in (-2, -1, 0)} == {0.7}


def test_a_charts_confidence_is_the_share_of_all_its_numbers():
    marked = with_confidence(chart(3, 1), [0.9, 0.5])
    assert marked.confidence == 0.8
    assert [one.confidence for one in marked.series] == [0.9, 0.5]


def test_an_unsure_series_of_a_sure_chart_is_flagged_itself():
    marked = with_confidence(chart(9, 1), [0.95, 0.3])
    assert codes(marked.flags) == []
    assert [codes(one.flags) for one in marked.series] == [[], ["unsure"]]


def test_an_unsure_chart_is_flagged_once_in_words():
    marked = with_confidence(chart(1, 1), [0.5, 0.9])
    assert marked.confidence < UNSURE_BELOW
    assert [codes(one.flags) for one in marked.series] == [[], []]
    (flag,) = marked.flags
    assert (flag.code, "about 7 of 10 are right" in flag.message) == ("unsure", True)


def test_a_chart_is_as_sure_as_can_be_told():
    unknown = with_confidence(chart(2, 2), [0.9, None])
    assert unknown.confidence is None
    empty = with_confidence(chart(2, 0), [0.9, None])
    assert empty.confidence == 0.9


def test_a_model_is_judged_by_its_numbers_and_its_whole_answer():
    marked = model_with_confidence(chart(1, 1), Certainty(numbers=(-1.0, None), answer=0.0), CURVE)
    assert [one.confidence for one in marked.series] == [0.5, None]
    assert model_with_confidence(chart(1), Certainty(numbers=(0.0,), answer=-0.2), CURVE).confidence == 0.1


def test_doubts_about_a_whole_drawing_are_doubts_about_each_of_its_series():
    clean = exact_with_confidence(chart(1, 1, confidences=[1.0, 1.0], confidence=1.0))
    doubted = exact_with_confidence(chart(1, 1, confidences=[1.0, 0.8], confidence=0.5))
    assert clean.confidence > 0.95
    first, second = (one.confidence for one in doubted.series)
    assert second <= first <= clean.confidence
    assert second < clean.confidence


def test_a_drawing_without_a_measure_gets_none():
    assert exact_with_confidence(chart(1)) == chart(1)


def test_the_bundled_calibrations_rise_and_stay_between_never_and_always():
    bundled = calibration_of(None, find_checkpoint("nano").folder)
    assert bundled.reader == "nano"
    assert bundled.tolerance == 0.03
    scores, shares = zip(*bundled.knots, strict=True)
    assert list(scores) == sorted(set(scores))
    assert list(shares) == sorted(shares)
    assert shares[0] > 0
    assert shares[-1] < 1
    assert min(bundled.weights) >= 0


def test_a_file_that_is_chosen_wins_over_the_one_beside_the_weights(tmp_path):
    (tmp_path / FILE_NAME).write_text(CURVE.model_dump_json())
    (tmp_path / "own.json").write_text(CURVE.model_copy(update={"reader": "own"}).model_dump_json())
    assert calibration_of(None, tmp_path).reader == "r"
    assert calibration_of(str(tmp_path / "own.json"), tmp_path).reader == "own"
    assert calibration_of(None, tmp_path / "nowhere") is None
    assert calibration_of(None) is None


@pytest.mark.parametrize("content", [None, "{", '{"reader": "r"}', "[]"])
def test_a_file_that_is_no_calibration_is_refused_by_name(tmp_path, content):
    path = tmp_path / "c.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"c\.json"):
        calibration_of(str(path))


class SureEngine(ScriptedEngine):
    """One that tells where it hesitated: at the first number."""

    calibration = CURVE

    def answer(self, request):
        reply = super().answer(request)
        known = {"hesitations": {reply.text.find("42"): 0.25}, "calibration": self.calibration}
        return type(reply)(**{name: getattr(reply, name) for name in ("key", "text", "tokens")}, **known)


@pytest.fixture
def picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chart_picture().save("d.png")
    return tmp_path


def read(folder):
    (figure,) = Document.model_validate_json((folder / "out/d.png.json").read_bytes()).figures
    return figure


def test_a_model_nobody_measured_tells_its_certainty_and_no_confidence(picture):
    engine = SureEngine()
    engine.calibration = None
    run(picture, engine, "d.png")
    figure = read(picture)
    assert figure.chart.confidence is None
    assert figure.answer.certainty == 0.5
    assert list(figure.answer.hesitations.values()) == [0.25]
    assert "unsure" not in codes(figure.chart.flags)


def test_confidence_goes_into_the_record_and_the_table_of_all_numbers(picture):
    run(picture, SureEngine(), "d.png")
    figure = read(picture)
    assert figure.chart.confidence == figure.chart.series[0].confidence < UNSURE_BELOW
    assert "unsure" in codes(figure.chart.flags)
    head, first, *_ = (picture / "out/charts.csv").read_text().splitlines()
    cell = dict(zip(head.split(","), first.split(","), strict=True))["confidence"]
    assert float(cell) == figure.chart.confidence


def test_an_engine_that_cannot_tell_leaves_both_open(picture):
    run(picture, ScriptedEngine(), "d.png")
    figure = read(picture)
    assert (figure.chart.confidence, figure.answer.certainty, figure.answer.hesitations) == (None, None, None)


def test_stored_answers_taken_apart_anew_keep_their_confidence(picture):
    run(picture, SureEngine(), "d.png")
    before = read(picture)
    engine = SureEngine()
    run(picture, engine, "d.png", reparse=True)
    assert engine.asked == []
    assert read(picture) == before


def test_stored_answers_get_confidence_by_a_calibration_made_later(picture):
    engine = SureEngine()
    engine.calibration = None
    run(picture, engine, "d.png")
    (picture / "own.json").write_text(json.dumps(CURVE.model_dump(mode="json")))
    run(picture, SureEngine(), "d.png", reparse=True, calibration="own.json")
    assert read(picture).chart.confidence is not None
    assert "unsure" in codes(read(picture).chart.flags)


def test_a_bad_calibration_ends_the_run_before_anything_is_read(picture):
    (picture / "own.json").write_text("{}")
    engine = SureEngine()
    with pytest.raises(UsageError) as told:
        run(picture, engine, "d.png", calibration="own.json")
    assert (told.value.exit_code, engine.asked) == (ExitCode.USAGE, [])
