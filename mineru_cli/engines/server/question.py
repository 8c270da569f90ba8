"""A request as a server is sent it.

Comes in: a `Request`. Goes out: a `Question`, the picture encoded, and from it the body of a chat completion. Knows
nothing of connections.

The words, the system prompt and the order (picture, then text) are those of the model engine; the penalties are those
that mineru-vl-utils 2.0 sends, and only to servers that are known to take them as OpenAI defines them. ``transformers
serve`` makes another thing of them, and a server that is not known might.
"""

import base64
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.checkpoint import Family
from mineru_cli.engines.model.repetition import NO_REPEAT
from mineru_cli.errors import FigureError

if TYPE_CHECKING:
    from PIL import Image

OPTIONAL = frozenset(
    {
        "skip_special_tokens",
        "stream_options",
        "presence_penalty",
        "frequency_penalty",
        "vllm_xargs",
    }
)
"""Fields without which a server can be asked too, when it refuses them."""

_JPEG_QUALITY = 90
_LONGEST_SHAPE = 200
# Sides that are whole numbers of merged patches, as every Qwen2-VL model takes them.
_UNIT = 28
_PENALTIES: dict[Task, dict[str, float]] = {
    Task.LAYOUT: {},
    Task.CHART: {"presence_penalty": 1.0, "frequency_penalty": 0.05},
    Task.TABLE: {"presence_penalty": 1.0, "frequency_penalty": 0.005},
}
_KNOWS_PENALTIES = frozenset({"vllm", "sglang", "lmdeploy", "llamacpp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``picture`` is a data URL."""

    key: int
    task: Task
    picture: str


def make_question(request: Request) -> Question:
    """Encode the picture of a request.

    Raises
    ------
    FigureError
        When it has a shape the model cannot take (more than 200 times as long as wide).
    """
    image = _in_whole_patches(protocol.fit_to_task(request.image, request.task))
    return Question(key=request.key, task=request.task, picture=data_url(image))


def family_of(model: str) -> Family:
    """Which prompts the model of this name was trained on: the 2509 release knows no charts."""
    return "table" if "2509" in model.rstrip("/").rpartition("/")[2] else "analysis"


def body(
    question: Question, *, model: str, kind: str, max_tokens: int, without: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The arguments of ``chat.completions.create``.

    Parameters
    ----------
    model
        The name the server has for it.
    kind
        Who the server says its models are owned by, which tells vLLM from others; empty when not known.
    max_tokens
        Longest answer.
    without
        Fields of `OPTIONAL` to leave out.
    """
    fields: dict[str, Any] = {"skip_special_tokens": False, "stream_options": {"include_usage": True}}
    if kind in _KNOWS_PENALTIES:
        fields |= _PENALTIES[question.task]
    if kind == "vllm":
        # Read by the logits processor that mineru-vl-utils brings; a server without it pays no heed.
        fields["vllm_xargs"] = {"no_repeat_ngram_size": NO_REPEAT}
    return {
        "model": model,
        "messages": [
            {"role": "system", "content": protocol.SYSTEM},
            {
                "role": "user",
                "content": [
                    {"type": "image_url", "image_url": {"url": question.picture}},
                    {"type": "text", "text": protocol.question(question.task, family_of(model))},
                ],
            },
        ],
        "temperature": 0.0,
        "max_tokens": max_tokens,
        "stream": True,
        "extra_body": {name: value for name, value in fields.items() if name not in without},
    }


def data_url(image: "Image.Image") -> str:
    """PNG, or JPEG where that is smaller: a drawing comes through untouched, a photograph does not cost a megabyte."""
    png, jpeg = io.BytesIO(), io.BytesIO()
    image.save(png, "PNG")
    image.save(jpeg, "JPEG", quality=_JPEG_QUALITY, subsampling=0)
    kind, data = min(("png", png.getvalue()), ("jpeg", jpeg.getvalue()), key=lambda encoded: len(encoded[1]))
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


def _in_whole_patches(image: "Image.Image") -> "Image.Image":
    """Resized as the model's own preprocessing would, so that servers, whose resampling differs, have nothing to do."""
    from PIL import Image

    width, height = image.size
    if max(width, height) > _LONGEST_SHAPE * min(width, height):
        raise FigureError(
            "bad_shape",
            f"a figure of {width}x{height} pixels cannot be read by the model",
            cure="Crop it to something less extreme",
        )
    size = tuple(max(_UNIT, round(side / _UNIT) * _UNIT) for side in (width, height))
    image = image.convert("RGB")
    return image if image.size == size else image.resize((size[0], size[1]), Image.Resampling.BICUBIC)
