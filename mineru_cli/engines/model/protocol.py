"""How MinerU2.5 is asked: the prompts, and an image as the tensors the model takes.

Comes in: a `Request`. Goes out: `Inputs` on the CPU. Knows nothing of decoding, devices or what answers mean.

The prompts are fixed: asked anything else, the model repeats the question or invents an answer. The text is ChatML,
the same in every release, written out here because not every release ships it as a template.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model.checkpoint import Family
from mineru_cli.errors import FigureError
from mineru_cli.schema import Flag

if TYPE_CHECKING:
    import torch
    from PIL import Image

LAYOUT_SIDE = 1036
IMAGE_PAD = "<|image_pad|>"
SYSTEM = "You are a helpful assistant."

_PROMPT = (
    f"<|im_start|>system\n{SYSTEM}<|im_end|>\n"
    "<|im_start|>user\n<|vision_start|>{image}<|vision_end|>\n{question}<|im_end|>\n"
    "<|im_start|>assistant\n"
)
_QUESTIONS: dict[Family, dict[Task, str]] = {
    "analysis": {
        Task.LAYOUT: "Layout Detection:",
        Task.CHART: "Image Analysis:",
        Task.TABLE: "Table Recognition:",
    },
    "table": {
        Task.LAYOUT: "Layout Detection:",
        Task.CHART: "Table Recognition:",
        Task.TABLE: "Table Recognition:",
    },
}
_UNTRAINED = Flag(
    code="untrained_kind",
    message="This model was not trained to read charts and was asked for a table instead: check every number.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """One question as tensors on the CPU.

    ``input_ids`` and ``mm_token_type_ids`` are [1, tokens] int64 (the second is 1 where an image token stands),
    ``pixel_values`` [patches, 1176] float32 and ``image_grid_thw`` [1, 3] int64, as
    `Qwen2VLForConditionalGeneration` takes them.
    """

    input_ids: "torch.Tensor"
    mm_token_type_ids: "torch.Tensor"
    pixel_values: "torch.Tensor"
    image_grid_thw: "torch.Tensor"


def prompt(task: Task, family: Family, image_tokens: int) -> str:
    """The whole text of one question, with as many image tokens as the picture gives."""
    return _PROMPT.format(image=IMAGE_PAD * image_tokens, question=_QUESTIONS[family][task])


def question(task: Task, family: Family) -> str:
    """The words of one question, as they follow the picture."""
    return "\n" + _QUESTIONS[family][task]


def doubts(task: Task, family: Family) -> tuple[Flag, ...]:
    """What to doubt about an answer because of how it had to be asked."""
    return (_UNTRAINED,) if task is Task.CHART and family == "table" else ()


def fit_to_task(image: "Image.Image", task: Task) -> "Image.Image":
    """Squeeze a page to the square the layout step sees, its aspect ignored; other tasks take the image as it is."""
    from PIL import Image

    if task is Task.LAYOUT:
        return image.resize((LAYOUT_SIDE, LAYOUT_SIDE), Image.Resampling.BICUBIC)
    return image


def prepare(request: Request, *, family: Family, tokenizer: Any, image_processor: Any) -> Inputs:
    """Turn a request into tensors.

    Raises
    ------
    FigureError
        When the image has a shape the model cannot take (more than 200 times as long as wide).
    """
    import torch

    image = fit_to_task(request.image, request.task)
    try:
        pixels = image_processor(images=[image], return_tensors="pt")
    except ValueError as error:
        width, height = image.size
        raise FigureError(
            "bad_shape",
            f"a figure of {width}x{height} pixels cannot be read by the model",
            cure="Crop it to something less extreme",
        ) from error
    grid = pixels["image_grid_thw"]
    merged = image_processor.merge_size**2
    text = prompt(request.task, family, int(grid.prod()) // merged)
    ids = tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
    is_image = ids == tokenizer.convert_tokens_to_ids(IMAGE_PAD)
    return Inputs(
        input_ids=ids,
        mm_token_type_ids=is_image.to(torch.int64),
        pixel_values=pixels["pixel_values"],
        image_grid_thw=grid,
    )
