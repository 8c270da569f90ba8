"""Rows that decode together give what `generate` gives, one by one; 8-bit weights nearly so."""

from dataclasses import replace
from random import Random

import pytest
import torch
from PIL import Image

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.build import build_network
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.engine import SlotEngine
from mineru_cli.engines.model.ladder import Settings
from mineru_cli.engines.model.language import ROWS_TOGETHER
from mineru_cli.engines.model.linear import Int8Linear, StreamedLinear
from mineru_cli.engines.model.loader import LoadedModel, load_model
from mineru_cli.engines.model.prepare import Patcher, Preparer
from mineru_cli.engines.model.repetition import CHECK_EVERY, MIN_TOKENS, NO_REPEAT, is_looping
from mineru_cli.engines.model.slots import Network, Slots
from mineru_cli.engines.model.stopping import END, REPETITION, RUNNING, Answers
from mineru_cli.options import EngineOptions
from tests.drawing import draw, random_spec
from tests.generate_engine import GenerateEngine

STOP = 9


def charts(count: int, *, seed: int = 11) -> list[Image.Image]:
    rng = Random(seed)
    return [draw(random_spec(rng), rng=rng) for _ in range(count)]


def requests(pictures):
    return (Request(key=key, task=Task.CHART, image=picture) for key, picture in enumerate(pictures))


@pytest.fixture(scope="module")
def loaded() -> LoadedModel:
    return load_model(find_checkpoint("nano"), device="cpu", precision="fp32")


@pytest.fixture
def network() -> Network:
    fresh = load_model(find_checkpoint("nano"), device="cpu", precision="fp32")
    return build_network(fresh, Settings(precision="fp32", base="fp32"), device="cpu", offload_dir=None)


@pytest.fixture(scope="module")
def preparer(loaded) -> Preparer:
    return Preparer(tokenizer=loaded.tokenizer, image_processor=loaded.image_processor, family="analysis")


def test_rows_answer_token_for_token_what_generate_answers():
    pictures = [*charts(2), charts(1)[0].resize((300, 340))]
    options = EngineOptions(model="nano", device="cpu", max_new_tokens=90)
    plain = {reply.key: reply for reply in GenerateEngine(options).read(requests(pictures))}
    slots = {reply.key: reply for reply in SlotEngine(replace(options, batch=2)).read(requests(pictures))}
    assert {key: (reply.text, reply.stop) for key, reply in slots.items()} == {
        key: (reply.text, reply.stop) for key, reply in plain.items()
    }


def test_each_token_comes_with_its_probability_by_the_models_own_scores(network, preparer, loaded):
    (request,) = requests(charts(1))
    slots = Slots(network, rows=2, length=640, limit=60)
    slots.admit([1], [preparer.prepare(request)])
    slots.advance(20)
    # A row that has ended writes nothing into its neighbour or over its own last token.
    (_, answer) = slots.advance(45).read()
    inputs = protocol.prepare(
        request, family="analysis", tokenizer=loaded.tokenizer, image_processor=loaded.image_processor
    )
    ids = torch.cat([inputs.input_ids, torch.tensor([answer.tokens])], dim=1)
    with torch.inference_mode():
        scores = loaded.model(
            input_ids=ids,
            mm_token_type_ids=torch.cat([inputs.mm_token_type_ids, torch.zeros(1, len(answer.tokens)).long()], dim=1),
            pixel_values=inputs.pixel_values,
            image_grid_thw=inputs.image_grid_thw,
        ).logits[0, inputs.input_ids.shape[1] - 1 : -1]
    wanted = scores.log_softmax(-1)[range(len(answer.tokens)), answer.tokens]
    torch.testing.assert_close(torch.tensor(answer.logs), wanted, atol=2e-3, rtol=2e-3)
    assert wanted.min() < -0.1


def test_a_reply_tells_where_the_model_hesitated_and_what_that_is_worth():
    (reply,) = SlotEngine(EngineOptions(model="nano", device="cpu", max_new_tokens=90)).read(requests(charts(1)))
    assert reply.hesitations
    assert all(0 <= place < len(reply.text) for place in reply.hesitations)
    assert all(0 < probability < 0.99 for probability in reply.hesitations.values())
    assert len(reply.hesitations) < reply.tokens / 2
    assert reply.calibration.reader == "nano"


def test_attention_reads_no_further_than_the_rows_that_are_wanted_need(network, preparer, monkeypatch):
    (request,) = requests(charts(1))
    question = preparer.prepare(request)
    whole, short = (Slots(network, rows=2, length=2000, limit=60) for _ in range(2))
    reaches = []
    step = short._step
    monkeypatch.setattr(short, "_step", lambda reach: (reaches.append(reach), step(reach)))
    short.admit([1], [question])
    short.advance(1000, [])
    for slots in (whole, short):
        slots.admit([0], [question])
    monkeypatch.setattr("mineru_cli.engines.model.slots._REACH", 2000)
    (wanted, _) = whole.advance(40).read()
    monkeypatch.setattr("mineru_cli.engines.model.slots._REACH", 256)
    reaches.clear()
    (found, _) = short.advance(40, [0]).read()
    assert found.tokens == wanted.tokens
    assert set(reaches) == {-(-(question.tokens + 40) // 256) * 256}


def test_an_answer_too_long_for_its_row_is_read_again_in_a_longer_one(monkeypatch):
    monkeypatch.setattr("mineru_cli.engines.model.session.ANSWER_TOKENS", 1)
    monkeypatch.setattr("mineru_cli.engines.model.tuning._QUESTION_TOKENS", 120)
    options = EngineOptions(model="nano", device="cpu", max_new_tokens=150)
    (reply,) = SlotEngine(options).read(requests([charts(1)[0].resize((480, 480))]))
    (plain,) = GenerateEngine(options).read(requests([charts(1)[0].resize((480, 480))]))
    assert (reply.text, reply.stop) == (plain.text, plain.stop)


def test_an_overdue_answer_is_ended_and_kept():
    options = EngineOptions(model="nano", device="cpu", answer_seconds=1e-6)
    (reply,) = SlotEngine(options).read(requests(charts(1)))
    assert reply.stop == "time"
    assert reply.text


def test_none_in_the_stream_is_answered_before_more_is_asked():
    pictures, answered = charts(3), []

    def stream():
        for key, picture in enumerate(pictures):
            yield Request(key=key, task=Task.CHART, image=picture)
            while len(answered) <= key:
                yield None

    options = EngineOptions(model="nano", device="cpu", max_new_tokens=4)
    answered.extend(reply.key for reply in SlotEngine(options).read(stream()))
    assert answered == [0, 1, 2]


def test_nothing_is_loaded_for_an_empty_stream():
    engine = SlotEngine(EngineOptions(model="no/such-model"))
    assert list(engine.read(iter([]))) == []
    assert engine.describe() == {}
    engine.close()
    engine.close()


def test_questions_and_pixels_are_those_of_the_processor(loaded, preparer):
    from transformers.vision_utils import get_vision_position_ids

    for request in requests([*charts(1), charts(1)[0].resize((101, 377))]):
        wanted = protocol.prepare(
            request, family="analysis", tokenizer=loaded.tokenizer, image_processor=loaded.image_processor
        )
        found = preparer.prepare(request)
        patches, at = Patcher(loaded.image_processor, device="cpu", dtype=torch.float32)(found.pixels)
        positions, delta = loaded.model.model.get_rope_index(
            wanted.input_ids, wanted.mm_token_type_ids, wanted.image_grid_thw
        )
        assert torch.equal(found.ids, wanted.input_ids[0])
        assert torch.equal(found.positions, positions[:, 0])
        assert found.next_position - found.tokens == int(delta)
        assert torch.equal(patches, wanted.pixel_values)
        assert torch.equal(at, get_vision_position_ids(wanted.image_grid_thw, 2))


def test_a_row_is_not_disturbed_by_its_neighbours_or_by_who_sat_there(network, preparer):
    questions = [preparer.prepare(request) for request in requests(charts(3))]
    alone = Slots(network, rows=1, length=640, limit=40)
    alone.admit([0], questions[:1])
    (wanted,) = alone.advance(40).read()
    slots = Slots(network, rows=3, length=640, limit=40)
    slots.admit([2], questions[1:2])
    slots.advance(40)
    slots.admit([1], questions[2:])
    slots.advance(7)
    slots.admit([2], questions[:1])
    answers = {answer.row: answer for answer in slots.advance(40).read()}
    assert answers[2].tokens == wanted.tokens


def test_each_of_more_rows_than_one_call_of_attention_reads_has_its_own_answer(network, preparer):
    questions = [preparer.prepare(request) for request in requests(charts(3))]
    alone = Slots(network, rows=3, length=640, limit=12)
    alone.admit([0, 1, 2], questions)
    wanted = [answer.tokens for answer in alone.advance(12).read()]
    slots = Slots(network, rows=2 * ROWS_TOGETHER + 3, length=640, limit=12)
    slots.admit([0, ROWS_TOGETHER, 2 * ROWS_TOGETHER + 2], questions)
    answers = {answer.row: answer.tokens for answer in slots.advance(12).read()}
    assert [answers[row] for row in (0, ROWS_TOGETHER, 2 * ROWS_TOGETHER + 2)] == wanted


def test_rows_that_go_on_are_told_from_rows_that_ended(network, preparer):
    slots = Slots(network, rows=2, length=640, limit=5)
    slots.admit([1], [preparer.prepare(request) for request in requests(charts(1))])
    assert {answer.row: answer.stop for answer in slots.advance(2).read()} == {0: "end", 1: None}
    slots.stop(1)
    assert {answer.row: (answer.stop, len(answer.tokens)) for answer in slots.advance(3).read()}[1] == ("length", 2)


def feed(tokens, *, limit=400) -> tuple[Answers, int]:
    """Answers after tokens were added one by one, and how many were taken before the row ended."""
    answers = Answers(rows=1, limit=limit, stop_tokens=(STOP,), device="cpu")
    answers.begin(0, room=limit)
    for count, token in enumerate(tokens):
        if not answers.add(torch.tensor([token]), torch.zeros(1)):
            return answers, count + 1
    return answers, len(tokens)


@pytest.mark.parametrize("period", [1, 2, 7, 24, 31])
def test_the_loop_stop_is_the_plain_engines(period):
    rng = Random(period)
    loop = [rng.randrange(20, 90) for _ in range(period)]
    tokens = [rng.randrange(100, 200) for _ in range(37)] + loop * (400 // period)
    answers, count = feed(tokens[:400])
    expected = next(at for at in range(CHECK_EVERY, 401, CHECK_EVERY) if is_looping(tokens[:at]))
    assert (answers.state.item(), count) == (REPETITION, expected)


def test_a_table_that_repeats_a_little_is_no_loop():
    row = [30, 31, 32, 33]
    tokens = [token for number in range(60) for token in (*row, 100 + number)]
    answers, _ = feed(tokens)
    assert answers.state.item() == RUNNING


def test_the_end_token_ends_a_row_once():
    answers, count = feed([1, 2, STOP, 4, 5])
    assert (answers.state.item(), count) == (END, 3)
    answers.add(torch.tensor([7]), torch.zeros(1))
    assert answers.counts.item() == 3


def test_no_hundred_tokens_come_twice():
    from transformers import NoRepeatNGramLogitsProcessor

    rng = Random(5)
    once = [rng.randrange(100, 200) for _ in range(NO_REPEAT + 20)]
    tokens = once + once[: NO_REPEAT - 1]
    answers, _ = feed(tokens, limit=600)
    scores = torch.rand(1, 256)
    scores[0, once[NO_REPEAT - 1]] = 5
    wanted = NoRepeatNGramLogitsProcessor(NO_REPEAT)(torch.tensor([tokens]), scores.clone()).argmax(-1)
    assert answers.choose(scores).tolist() == wanted.tolist() != [once[NO_REPEAT - 1]]
    assert len(tokens) > MIN_TOKENS


def test_eight_bit_weights_are_within_half_a_step_of_the_original():
    torch.manual_seed(0)
    linear = torch.nn.Linear(64, 32)
    int8 = Int8Linear(linear)
    assert int8.weight.dtype is torch.int8
    error = (int8.weight * int8.scale[:, None] - linear.weight).abs()
    assert bool((error <= int8.scale[:, None] / 2 + 1e-7).all())
    x = torch.rand(3, 64)
    torch.testing.assert_close(int8(x), linear(x), atol=0.02, rtol=0)


@pytest.mark.parametrize("on_disk", [False, True])
def test_streamed_weights_compute_the_same(on_disk, tmp_path):
    linear = torch.nn.Linear(64, 32)
    streamed = StreamedLinear(linear, "cpu", tmp_path / "a" / "b.safetensors" if on_disk else None)
    x = torch.rand(3, 64)
    with torch.inference_mode():
        assert torch.equal(streamed(x), linear(x))
    assert not list(streamed.parameters())


@pytest.mark.slow
def test_eight_bit_weights_read_charts_as_well():
    pictures = charts(24, seed=4)
    options = EngineOptions(model="nano", device="cpu", max_new_tokens=200)
    whole = {reply.key: reply.text for reply in SlotEngine(options).read(requests(pictures))}
    int8 = SlotEngine(replace(options, precision="int8"))
    same = sum(whole[reply.key] == reply.text for reply in int8.read(requests(pictures)))
    assert same >= 16
