"""Where the ladder starts, and what rows must have room for before anything is known.

Comes in: a device and the options. Goes out: `Limits`, the first `Settings`, `Work`. Knows nothing of requests or of
what fits.
"""

from typing import Any

from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.ladder import Limits, Settings
from mineru_cli.engines.model.plan import Work
from mineru_cli.options import EngineOptions

# Tokens of answer that rows have room for at first. A longer answer has the rows reopened with room for any.
ANSWER_TOKENS = 768
# The words of the longest question.
_QUESTION_TOKENS = 200

_ROWS = {"cuda": 32, "mps": 8, "cpu": 4}
_ENCODE_BATCH = {"cuda": 4, "mps": 2, "cpu": 1}


def starting_point(device: str, options: EngineOptions) -> tuple[Limits, Settings]:
    """What may be given up on a device, and what to plan from.

    A precision asked for by name is kept as long as the device is: then 8-bit weights are no rung.
    """
    from mineru_cli.engines.model.loader import choose_precision

    kind = device.partition(":")[0]
    base = choose_precision("auto" if options.precision == "int8" else options.precision, device)
    rows = options.batch or _ROWS[kind]
    limits = Limits(
        rows=rows,
        encode_batch=min(rows, _ENCODE_BATCH[kind]),
        int8=options.precision in {"auto", "int8"},
        offload_dir=options.offload_dir is not None,
        gpu=kind != "cpu",
    )
    precision = "int8" if options.precision == "int8" else base
    return limits, Settings(precision=precision, base=base, rows=rows, encode_batch=limits.encode_batch)


def largest_picture(image_processor: Any) -> int:
    """Image tokens of a page in the layout step, or of a 1024x1024 crop; less where the model takes none such."""
    side: int = image_processor.patch_size * image_processor.merge_size
    return int(min(protocol.LAYOUT_SIDE**2, image_processor.size["longest_edge"])) // side**2


def room_for(image_tokens: int, answer_tokens: int) -> Work:
    """What a row must hold; in whole blocks of 64, as attention kernels want round numbers."""
    blocks = -(-(image_tokens + _QUESTION_TOKENS + answer_tokens) // 64)
    return Work(length=64 * blocks, image_tokens=image_tokens)
