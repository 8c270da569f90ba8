"""The memory plan: sizes as they are, and settings that fit."""

from dataclasses import replace

import pytest

from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.ladder import Limits, Settings
from mineru_cli.engines.model.plan import GIB, ModelSize, Plan, Work, fit_rows, make_plan, more_rows

MINERU = {
    "text_config": {
        "hidden_size": 896,
        "intermediate_size": 4864,
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "vocab_size": 151936,
    },
    "vision_config": {"embed_dim": 1280, "depth": 32, "mlp_ratio": 4},
}
START = Settings(precision="bf16", base="bf16", rows=16, encode_batch=4)
LIMITS = Limits(rows=16, encode_batch=4)
WORK = Work(length=1280, image_tokens=999)


def plan(gib: float | None, *, start: Settings = START, limits: Limits = LIMITS) -> Plan:
    budget = None if gib is None else int(gib * GIB)
    return make_plan(ModelSize.from_config(MINERU), start, limits, WORK, budget=budget)


def test_parameters_are_counted_as_published():
    size = ModelSize.from_config(MINERU)
    assert size.parameters == 1_156_026_624
    assert size.weights(START) == 2 * 1_156_026_624
    assert 2 * size.kv == 12 * 1024


def test_parameters_of_nano_are_those_of_its_tensors():
    import transformers

    config = find_checkpoint("nano").config
    model = transformers.Qwen2VLForConditionalGeneration(transformers.Qwen2VLConfig.from_dict(dict(config)))
    assert ModelSize.from_config(config).parameters == sum(tensor.numel() for tensor in model.parameters())


def test_a_card_of_4_gb_needs_nothing_given_up():
    assert plan(3.4).settings == START


@pytest.mark.parametrize(
    ("gib", "precision", "placement"),
    [
        (24, "bf16", "device"),
        (2.6, "bf16", "device"),
        (2.0, "int8", "device"),
        (1.5, "int8", "vision-outside"),
        (1.0, "int8", "vision-outside"),
        (0.7, "bf16", "outside"),
        (0.1, "bf16", "outside"),
    ],
)
def test_less_memory_means_the_next_rung(gib, precision, placement):
    settings = plan(gib).settings
    assert (settings.precision, settings.placement) == (precision, placement)


@pytest.mark.parametrize("gib", [24, 4, 3, 2.5, 2, 1.5, 1, 0.8])
def test_what_is_planned_fits(gib):
    assert plan(gib).need <= gib * GIB


def test_an_unknown_budget_is_taken_at_its_word():
    assert plan(None).settings == START


def test_one_row_asked_for_is_enough():
    start, limits = replace(START, rows=1), replace(LIMITS, rows=1)
    assert plan(2.45, start=start, limits=limits).settings.precision == "bf16"


def test_rows_are_fitted_but_never_to_none():
    size = ModelSize.from_config(MINERU)
    assert fit_rows(size, START, WORK, budget=0).rows == 1
    assert fit_rows(size, START, WORK, budget=100 * GIB).rows == 16


def test_measured_memory_gives_more_rows_only_where_it_allows_them():
    size, tight = ModelSize.from_config(MINERU), replace(plan(4), settings=replace(START, rows=4))
    found = more_rows(tight, size, peak=int(2.5 * GIB), wanted=16)
    assert found is not None
    assert found.rows == 16
    assert more_rows(tight, size, peak=int(3.95 * GIB), wanted=16) is None
    assert more_rows(replace(tight, budget=None), size, peak=0, wanted=16) is None


def test_the_plan_is_one_line_a_person_can_read():
    assert plan(4).line() == f"bf16, 16 rows of 1280 tokens, {plan(4).need / GIB:.2f} of 4.00 GiB"
    assert "int8, vision-outside" in plan(1.5).line()
