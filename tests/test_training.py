from pathlib import Path
from random import Random

import pytest

pytest.importorskip("skia", reason="drawing needs the training extra, and libGL and libEGL", exc_type=ImportError)

import numpy as np
import torch

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.numbers import parse_number
from mineru_cli.reply import parse_reply
from mineru_cli.reply.layout import parse_layout
from training import grow, model, tokens
from training.batches import LEADING, LONGEST, NAME, Batches
from training.data import legends, photo, samples
from training.data.answer import chart_answer, subject
from training.data.spec import KINDS, random_spec
from training.muon import Muon
from training.score import cells_right, rms_f1, table_of

SMALL = {"width": 128, "depth": 1, "layers": 1, "hidden": 128, "wide": 192, "heads": 2, "groups": 1}


@pytest.fixture(scope="module")
def tokenizer():
    return tokens.build(answers=60)


@pytest.mark.parametrize("kind", KINDS)
def test_drawn_charts_come_again_from_their_seed(kind):
    one, two = (samples.chart(Random(4), (18, 13), kind, plots=0) for _ in range(2))
    assert one.answer == two.answer
    assert np.array_equal(np.asarray(one.image), np.asarray(two.image))
    assert one.image.size == (504, 364)


def test_series_that_are_switched_off_can_be_drawn_in_any_manner(monkeypatch):
    monkeypatch.setattr("training.data.spec.HIDDEN", 1.0)
    r = Random(9)
    drawn = [samples.chart(r, (18, 13), kind, plots=0).drawn for kind in ("line", "bar", "barh") for _ in range(25)]
    hidden = [sum(not any(v is not None for v in row) for row in spec.values) for spec in drawn]
    for spec, count in zip(drawn, hidden, strict=True):
        assert count == (len(spec.names) - 1 if spec.mode == "grouped" else 0)
    assert any(hidden)


def test_names_at_the_ends_of_lines_are_answered_as_they_stand(monkeypatch):
    named = []
    ends = legends.draw_end_names
    monkeypatch.setattr(
        legends, "draw_end_names", lambda canvas, plot, face: named.append(plot.spec) or ends(canvas, plot, face)
    )
    r = Random(5)
    drawn = [samples.chart(r, (24, 17), "line", plots=0).drawn for _ in range(150)]
    lasts = [[row[-1] for row in spec.values] for spec in drawn if any(spec.names == each.names for each in named)]
    assert len(lasts) >= 5
    assert all(last == sorted(last, reverse=True) for last in lasts if None not in last)


def test_answers_are_read_as_the_tables_they_say():
    for seed in range(60):
        spec = random_spec(Random(seed))
        chart = parse_reply(chart_answer(spec))
        assert len(chart.rows) == len(spec.categories)
        assert len(chart.columns) == len(spec.names) + 1
        numbers = [value for series in spec.values for value in series if value is not None]
        read = [point.y for series in chart.series for point in series.points if point.y is not None]
        if spec.kind != "scatter":
            assert len(read) == len(numbers), chart_answer(spec)


def test_true_answers_get_full_marks_and_others_do_not():
    for seed in range(30):
        spec = random_spec(Random(seed))
        truth = chart_answer(spec)
        right = cells_right(spec, truth, truth)
        assert right.near == right.exact == right.cells
        assert right.right_categories == right.categories
        assert rms_f1(table_of(truth), table_of(truth)) == 1
        assert cells_right(spec, truth, "no table").near == 0


def test_rms_of_hand_reckoned_tables():
    truth = [["c", "v"], ["A", "10"], ["B", "20"]]
    assert rms_f1(truth, [["c", "v"], ["A", "11"]]) == pytest.approx(0.6)
    assert rms_f1(truth, [["c", "A", "B"], ["v", "10", "20"]]) == 1
    assert rms_f1(truth, [["c", "v"], ["A", "16"], ["B", "20"]]) == pytest.approx(0.5)
    assert rms_f1([["c", "v"], ["A", "$240,000,000"]], [["c", "v"], ["a", "240 M"]]) == 1


def test_pages_say_where_their_charts_are():
    for seed in range(6):
        page = samples.page(Random(seed))
        blocks = parse_layout(page.answer)
        assert page.image.size == (616, 616)
        assert blocks
        assert {block.kind for block in blocks} <= {
            "text",
            "title",
            "chart",
            "image",
            "image_caption",
            "table",
            "table_caption",
        }


def test_what_is_not_written_at_its_mark_is_answered_to_what_the_axis_tells():
    def written(spec, j, i):
        return table_of(chart_answer(spec))[i + 1][j + 1]

    drawn = (samples.chart(Random(seed), (23, 14), "line", plots=0).spec for seed in range(400))
    spec = next(spec for spec in drawn if spec.unlabelled and not spec.printed.si and spec.axis.high > 20)
    near = (spec.axis.high - spec.axis.low) / 100
    for j, i in spec.unlabelled:
        assert parse_number(written(spec, j, i)).value == pytest.approx(spec.values[j][i], abs=near)
    known = {(j, i) for j, row in enumerate(spec.values) for i, value in enumerate(row) if value is not None}
    j, i = min(known - spec.unlabelled)
    assert written(spec, j, i) == spec.printed(spec.values[j][i], plain=True)


def test_a_lone_series_is_named_by_what_the_title_is_about():
    assert subject("Average minutes per visit for the top 50 newspapers") == "Average minutes per visit"
    assert subject("Exports by type") == "Exports"
    assert subject("By far the best year") == "By far the best year"
    assert subject("word " * 40) == ""


def test_a_ticks_number_is_never_rounded():
    for seed in range(300):
        axis = random_spec(Random(seed)).axis
        if not axis.log and not axis.format.si and axis.format.suffix in ("", "%"):
            plain = [parse_number(axis.format(tick, plain=True)).value for tick in axis.ticks()]
            assert plain == pytest.approx(axis.ticks())


def test_dates_follow_one_another():
    dated = (random_spec(Random(seed)) for seed in range(4000))
    days = [spec.categories for spec in dated if spec.timed and spec.categories[0].count("-") == 2]
    assert days
    assert all(list(names) == sorted(set(names)) for names in days)


def test_muon_steps_as_torchs_own_does():
    torch.manual_seed(5)
    shapes = [(32, 16)] * 3 + [(16, 32)] * 2 + [(24, 24)]
    mine = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    theirs = [torch.nn.Parameter(p.detach().clone()) for p in mine]
    steppers = (
        Muon(mine, lr=0.01),
        torch.optim.Muon(theirs, lr=0.01, weight_decay=0.01, momentum=0.95, adjust_lr_fn="match_rms_adamw"),
    )
    for _ in range(4):
        for one, two in zip(mine, theirs, strict=True):
            one.grad = torch.randn_like(one)
            two.grad = one.grad.clone()
        for stepper in steppers:
            stepper.step()
    for one, two in zip(mine, theirs, strict=True):
        assert torch.allclose(one, two, atol=1e-3)


def test_what_a_page_lists_is_drawn_there():
    empty = wanted = 0
    for seed in range(40):
        page = samples.page(Random(seed))
        pixels, side = np.asarray(page.image.convert("L"), int), page.image.width
        for block in parse_layout(page.answer):
            x0, y0, x1, y1 = (round(v * side) for v in block.box)
            part = pixels[y0 : y1 + 1, x0 : x1 + 1]
            wanted += 1
            empty += np.ptp(part) < 40
    assert empty < 0.01 * wanted


def test_worn_pictures_keep_their_size():
    image = samples.chart(Random(2), (16, 12), plots=0).image
    assert all(photo.worn(image, Random(seed)).size == image.size for seed in range(40))


def test_questions_are_the_ones_the_engine_asks():
    for task, name in ((Task.CHART, "chart"), (Task.LAYOUT, "layout")):
        assert protocol.prompt(task, "analysis", 3) == (protocol.IMAGE_PAD * 3).join(tokens.question(name))


def test_digits_stay_apart_and_a_rows_end_is_one_token(tokenizer):
    assert len(tokenizer(" |\n| ")["input_ids"]) == 1
    assert len(tokenizer("1984")["input_ids"]) == 4
    text = chart_answer(random_spec(Random(1)))
    assert tokenizer.decode(tokenizer(text)["input_ids"], skip_special_tokens=False) == text


def test_the_processes_of_a_run_draw_other_charts_in_batches_of_the_same_sizes(tokenizer):
    ranks = [iter(Batches(tokenizer, seed=3, rank=rank, units=500)) for rank in range(2)]
    for _ in range(4):
        one, two = (next(rank) for rank in ranks)
        assert (one.task, one.pixels.shape) == (two.task, two.pixels.shape)
        assert not torch.equal(one.pixels, two.pixels)


def test_the_first_slice_comes_first_after_the_top_wherever_the_pie_may_start():
    for seed in range(60):
        spec = random_spec(Random(seed), "pie")
        sweeps = [360 * (value or 0) / sum(v or 0 for v in spec.values[0]) for value in spec.values[0]]
        before, after = spec.turn
        for start in (-0.999 * before, 0.0, 0.999 * after):
            middles = [(start + sum(sweeps[:i]) + sweep / 2) % 360 for i, sweep in enumerate(sweeps)]
            assert middles[0] == min(middles), (seed, start)


def test_names_at_the_ends_of_lines_are_answered_from_the_top_down():
    for seed in range(20):
        last = [row[-1] for row in random_spec(Random(seed), "line", "grouped").from_the_top().values]
        known = [value for value in last if value is not None]
        assert known == sorted(known, reverse=True)


def test_names_and_leading_digits_of_a_charts_table_count_more(tokenizer):
    batches = iter(Batches(tokenizer, seed=3, units=3000))
    seen = 0
    batch = next(batch for batch in batches if batch.task == "chart")
    for answer, weights in zip(batch.answers.tolist(), batch.weights.tolist(), strict=True):
        texts = [tokenizer.decode([token]) for token in answer]
        if "| " not in texts:
            continue  # no chart
        seen += 1
        names = {text for text, weight in zip(texts, weights, strict=True) if weight == NAME and not text.isdigit()}
        assert names
        assert all(any(map(str.isalpha, name)) and not name.startswith("<|") for name in names)
        first = [i for i, weight in enumerate(weights) if weight == LEADING[0]]
        assert first
        assert all(texts[i].isdigit() and any(text.endswith(" | ") for text in texts[i - 2 : i]) for i in first)
        assert all(weights[i + 1] == LEADING[1] for i in first if texts[i + 1].isdigit())
    assert seen


def test_the_network_agrees_with_transformers(tokenizer, tmp_path):
    from transformers import Qwen2VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    torch.manual_seed(4)
    fresh = model.Reader(model.configuration(vocabulary=tokenizer.get_vocab(), **SMALL))
    model.save(fresh, tokenizer, tmp_path, pixels=(3136, 40_000), longest=99)
    reader, _ = model.load(tmp_path)
    theirs = Qwen2VLForConditionalGeneration.from_pretrained(tmp_path, dtype=torch.float32)
    before, after = (torch.tensor(tokenizer(part)["input_ids"]) for part in tokens.question("chart"))
    pixels, answer = torch.randint(0, 255, (84, 112, 3), dtype=torch.uint8), torch.randint(0, 500, (12,))
    picture = Qwen2VLImageProcessorPil.from_pretrained(tmp_path)(images=[pixels.numpy()], return_tensors="pt")
    pads = torch.full((12,), tokenizer.get_vocab()["<|image_pad|>"])
    whole = torch.cat((before, pads, after, answer))[None]
    with torch.no_grad():
        mine = reader(pixels[None], before, after, answer[None], torch.ones(1, 12))
        scores = theirs(
            input_ids=whole,
            mm_token_type_ids=(whole == pads[0]).long(),
            attention_mask=torch.ones_like(whole),
            **picture,
        ).logits
    other = torch.nn.functional.cross_entropy(scores[0, -13:-1], answer)
    assert float(mine) == pytest.approx(float(other), abs=1e-4)


def test_a_grown_reader_answers_as_the_smaller_one_did(tokenizer, tmp_path):
    torch.manual_seed(3)
    vocabulary = tokenizer.get_vocab()
    small = model.Reader(model.configuration(vocabulary=vocabulary, **SMALL))
    model.save(small, tokenizer, tmp_path / "small", pixels=(3136, 40_000), longest=99)
    with pytest.raises(ValueError, match="does not fit"):
        grow.grow(
            model.Reader(model.configuration(vocabulary=vocabulary, **SMALL | {"wide": 64})),
            tokenizer,
            tmp_path / "small",
        )
    wide = model.Reader(
        model.configuration(vocabulary=vocabulary, **SMALL | {"width": 192, "depth": 2, "layers": 2, "wide": 256})
    )
    grow.grow(wide, tokenizer, tmp_path / "small")
    saved, _ = model.load(tmp_path / "small")
    before, after = (torch.tensor(tokenizer(part)["input_ids"]) for part in tokens.question("chart"))
    pixels = torch.randint(0, 255, (1, 56, 84, 3), dtype=torch.uint8)
    answers = torch.randint(0, 500, (1, 12))
    with torch.no_grad():
        one, two = (reader(pixels, before, after, answers, torch.ones(1, 12)) for reader in (saved, wide))
    assert float(one) == pytest.approx(float(two), abs=1e-3)


@pytest.mark.slow
def test_a_minute_of_training_gives_a_checkpoint_the_engine_runs(tmp_path):
    from training.train import main

    main(["--tiny", "--minutes", "0.5", "--units", "600", "--workers", "1", "--held-out", "4", "--out", str(tmp_path)])
    from mineru_cli.engines.model.engine import SlotEngine
    from mineru_cli.options import EngineOptions

    folder = str(tmp_path / "nano")
    assert find_checkpoint(folder).family == "analysis"
    assert find_checkpoint(folder).longest_answer == LONGEST
    engine = SlotEngine(EngineOptions(model=folder, device="cpu", max_new_tokens=8))
    image = samples.chart(Random(1), (12, 9), plots=0).image
    (reply,) = engine.read(iter([Request(key=5, task=Task.CHART, image=image)]))
    engine.close()
    assert reply.failure is None
    assert reply.tokens > 0
    main(
        [
            "--resume",
            folder,
            "--minutes",
            "0.2",
            "--units",
            "300",
            "--workers",
            "1",
            "--held-out",
            "0",
            "--out",
            str(tmp_path / "b"),
        ]
    )
    assert Path(tmp_path / "b" / "nano" / "config.json").exists()
