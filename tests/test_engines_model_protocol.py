import pytest
import torch
import transformers
from PIL import Image

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.errors import FigureError
from tests import checkpoints


@pytest.fixture(scope="module")
def nano():
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    folder = find_checkpoint("nano").folder
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    return tokenizer, Qwen2VLImageProcessorPil.from_pretrained(folder, size=checkpoints.PIXELS)


def prepare(nano, task, size, family="analysis"):
    tokenizer, image_processor = nano
    request = Request(key=0, task=task, image=Image.new("RGB", size, "white"))
    return protocol.prepare(request, family=family, tokenizer=tokenizer, image_processor=image_processor)


def test_the_question_is_what_the_checkpoints_own_template_gives(nano):
    tokenizer, _ = nano
    messages = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "\nImage Analysis:"}]},
    ]
    expected = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert protocol.prompt(Task.CHART, "analysis", 1) == expected


def test_one_image_token_stands_for_four_patches(nano):
    inputs = prepare(nano, Task.CHART, (532, 392))
    assert inputs.image_grid_thw[0].tolist() == [1, 28, 38]
    assert inputs.pixel_values.shape == (28 * 38, 1176)
    assert int(inputs.mm_token_type_ids.sum()) == 28 * 38 // 4
    assert inputs.input_ids.shape == inputs.mm_token_type_ids.shape
    assert torch.equal(inputs.mm_token_type_ids.bool(), inputs.input_ids == checkpoints.TAGS["<|image_pad|>"])


def test_the_layout_step_sees_a_square(nano):
    inputs = prepare(nano, Task.LAYOUT, (600, 900))
    _, rows, columns = inputs.image_grid_thw[0].tolist()
    assert rows == columns


@pytest.mark.parametrize(("task", "question"), [(Task.LAYOUT, "Layout"), (Task.CHART, "Table"), (Task.TABLE, "Table")])
def test_a_model_not_trained_for_charts_is_asked_for_a_table(task, question):
    assert f"\n{question}" in protocol.prompt(task, "table", 1)
    assert [flag.code for flag in protocol.doubts(task, "table")] == (["untrained_kind"] if task is Task.CHART else [])


def test_a_shape_the_model_cannot_take_is_a_figures_own_trouble(nano):
    with pytest.raises(FigureError, match="5000x5"):
        prepare(nano, Task.CHART, (5000, 5))
