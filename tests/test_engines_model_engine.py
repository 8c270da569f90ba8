import pytest
from PIL import Image

from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.errors import EngineUnavailableError
from mineru_cli.options import EngineOptions
from tests import checkpoints

GREY = Image.new("RGB", (280, 280), "grey")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return str(checkpoints.write_checkpoint(tmp_path_factory.mktemp("weights"), checkpoints.nested_config()))


def ask(engine, *tasks, image=GREY):
    requests = (Request(key=key, task=task, image=image) for key, task in enumerate(tasks))
    return list(engine.read(requests))


def test_every_request_is_answered_once_with_how(tiny):
    engine = open_engine(EngineOptions(model=tiny, device="cpu", max_new_tokens=5))
    assert engine.describe() == {}
    replies = ask(engine, Task.CHART, Task.LAYOUT, Task.TABLE)
    assert sorted(reply.key for reply in replies) == [0, 1, 2]
    for reply in replies:
        assert reply.stop == "length"
        assert reply.tokens == 5
        assert reply.precision == "fp32"
        assert reply.rung
        assert reply.seconds > 0
    described = engine.describe()
    assert (described["model"], described["device"], described["precision"]) == (tiny, "cpu", "fp32")
    engine.close()
    engine.close()


def test_nothing_is_loaded_before_the_first_crop_comes():
    assert list(open_engine(EngineOptions(model="no/such")).read(iter([]))) == []


def test_a_model_that_cannot_be_had_is_the_callers_to_handle():
    with pytest.raises(EngineUnavailableError):
        ask(open_engine(EngineOptions(model="./nowhere")), Task.CHART)


def test_a_crop_of_impossible_shape_costs_itself(tiny):
    engine = open_engine(EngineOptions(model=tiny, device="cpu", max_new_tokens=3))
    images = [GREY, Image.new("RGB", (5000, 5)), GREY]
    requests = (Request(key=key, task=Task.CHART, image=image) for key, image in enumerate(images))
    failures = {reply.key: reply.failure and reply.failure.code for reply in engine.read(requests)}
    assert failures == {0: None, 1: "bad_shape", 2: None}


def test_an_answer_that_goes_round_in_circles_is_stopped(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "weights", checkpoints.nested_config(), repeating=True)
    (reply,) = ask(open_engine(EngineOptions(model=str(folder), device="cpu", max_new_tokens=400)), Task.CHART)
    assert reply.stop == "repetition"
    assert reply.tokens <= 120


def test_a_model_not_trained_for_charts_says_so_with_each_answer(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "old", checkpoints.flat_config())
    engine = open_engine(EngineOptions(model=str(folder), device="cpu", max_new_tokens=3))
    chart, layout = sorted(ask(engine, Task.CHART, Task.LAYOUT), key=lambda reply: reply.key)
    assert [flag.code for flag in chart.flags] == ["untrained_kind"]
    assert layout.flags == ()


def test_nano_does_not_babble_on(tmp_path):
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    (reply,) = ask(open_engine(EngineOptions(model="nano", device="cpu")), Task.LAYOUT, image=noise)
    assert reply.tokens <= find_checkpoint("nano").longest_answer
