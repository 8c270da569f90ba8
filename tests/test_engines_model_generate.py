import itertools

import pytest
import torch
from PIL import Image

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import generate
from mineru_cli.engines.model.generate import GenerateEngine
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
    engine = GenerateEngine(EngineOptions(model=tiny, device="cpu", max_new_tokens=5))
    assert engine.describe() == {}
    replies = ask(engine, Task.CHART, Task.LAYOUT, Task.TABLE)
    assert [reply.key for reply in replies] == [0, 1, 2]
    for reply in replies:
        assert reply.stop == "length"
        assert reply.tokens == 5
        assert reply.precision == "fp32"
        assert reply.rung
        assert reply.seconds > 0
    assert engine.describe() == {"model": tiny, "device": "cpu", "precision": "fp32"}
    engine.close()
    engine.close()


def test_nothing_is_loaded_before_the_first_crop_comes():
    assert list(GenerateEngine(EngineOptions(model="no/such")).read(iter([]))) == []


def test_a_model_that_cannot_be_had_is_the_callers_to_handle():
    with pytest.raises(EngineUnavailableError):
        ask(GenerateEngine(EngineOptions(model="./nowhere")), Task.CHART)


def test_a_crop_of_impossible_shape_costs_itself(tiny):
    engine = GenerateEngine(EngineOptions(model=tiny, device="cpu", max_new_tokens=3))
    images = [GREY, Image.new("RGB", (5000, 5)), GREY]
    requests = (Request(key=key, task=Task.CHART, image=image) for key, image in enumerate(images))
    failures = [reply.failure for reply in engine.read(requests)]
    assert [failure and failure.code for failure in failures] == [None, "bad_shape", None]


def test_the_clock_stops_an_answer(tiny, monkeypatch):
    ticks = itertools.count()
    monkeypatch.setattr(generate.time, "monotonic", lambda: float(next(ticks)))
    engine = GenerateEngine(EngineOptions(model=tiny, device="cpu", max_new_tokens=500, answer_seconds=10))
    (reply,) = ask(engine, Task.CHART)
    assert reply.stop == "time"
    assert reply.tokens < 20


def test_an_answer_that_goes_round_in_circles_is_stopped(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "weights", checkpoints.nested_config())
    engine = GenerateEngine(EngineOptions(model=str(folder), device="cpu", max_new_tokens=400))
    ask(engine, Task.CHART)
    model = engine._loaded.model
    with torch.no_grad():
        for layer in model.model.language_model.layers:  # what is left repeats the token it was given
            layer.self_attn.o_proj.weight.zero_()
            layer.mlp.down_proj.weight.zero_()
    (reply,) = ask(engine, Task.CHART)
    assert reply.stop == "repetition"
    assert reply.tokens <= 120


def test_a_model_not_trained_for_charts_says_so_with_each_answer(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "old", checkpoints.flat_config())
    engine = GenerateEngine(EngineOptions(model=str(folder), device="cpu", max_new_tokens=3))
    chart, layout = ask(engine, Task.CHART, Task.LAYOUT)
    assert [flag.code for flag in chart.flags] == ["untrained_kind"]
    assert layout.flags == ()
