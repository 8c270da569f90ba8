"""The plain way to read, for comparison: one crop after another through transformers' own ``generate``.

The slot engine must give the same tokens; tests and benchmarks/gpu.py compare the two.
"""

import time
from collections.abc import Iterator
from typing import Any, Literal

from mineru_cli.engines.base import Reply, Request
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.loader import LoadedModel, load_model
from mineru_cli.engines.model.repetition import CHECK_EVERY, NO_REPEAT, is_looping
from mineru_cli.errors import FigureError
from mineru_cli.options import EngineOptions
from mineru_cli.schema import Failure


class GenerateEngine:
    """Reads one crop at a time with `transformers`' own ``generate``. Loads the model when the first crop comes."""

    def __init__(self, options: EngineOptions) -> None:
        self._options = options
        self._loaded: LoadedModel | None = None

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """Answer each request before the next is pulled."""
        for request in requests:
            if request is not None:
                yield self._answer(request)

    def describe(self) -> dict[str, str]:
        """Model, device and precision, once loaded."""
        if self._loaded is None:
            return {}
        return {
            "model": self._loaded.checkpoint.name,
            "device": self._loaded.device,
            "precision": self._loaded.precision,
        }

    def status(self) -> str:
        """GPU memory in use of what there is, in GiB; empty without a GPU."""
        if self._loaded is None or not self._loaded.device.startswith("cuda"):
            return ""
        import torch

        free, total = torch.cuda.mem_get_info(self._loaded.device)
        return f"{(total - free) / 2**30:.1f}/{total / 2**30:.1f} GiB"

    def close(self) -> None:
        """Let go of the model."""
        self._loaded = None

    def _answer(self, request: Request) -> Reply:
        if self._loaded is None:
            checkpoint = find_checkpoint(self._options.model, self._options.hub)
            self._loaded = load_model(checkpoint, device=self._options.device, precision=self._options.precision)
        loaded = self._loaded
        started = time.monotonic()
        family = loaded.checkpoint.family
        try:
            inputs = protocol.prepare(
                request, family=family, tokenizer=loaded.tokenizer, image_processor=loaded.image_processor
            )
        except FigureError as error:
            failure = Failure(code=error.code, message=error.message, cure=error.cure)
            return Reply(key=request.key, failure=failure)
        tokens, stop = _generate(loaded, inputs, self._options)
        return Reply(
            key=request.key,
            text=loaded.tokenizer.decode(tokens, skip_special_tokens=False),
            stop=stop,
            tokens=len(tokens),
            seconds=time.monotonic() - started,
            precision=loaded.precision,
            rung="whole",
            flags=protocol.doubts(request.task, family),
        )


def _generate(
    loaded: LoadedModel, inputs: protocol.Inputs, options: EngineOptions
) -> tuple[list[int], Literal["end", "length", "repetition", "time"]]:
    import torch
    import transformers

    asked = inputs.input_ids.shape[1]
    deadline = time.monotonic() + options.answer_seconds
    reasons: list[Literal["repetition", "time"]] = []

    def should_stop(ids: Any, _scores: Any, **_: Any) -> Any:
        produced = ids.shape[1] - asked
        if time.monotonic() > deadline:
            reasons.append("time")
        elif produced % CHECK_EVERY == 0 and is_looping(ids[0, asked:].tolist()):
            reasons.append("repetition")
        return torch.full((1,), bool(reasons), device=ids.device)

    config = transformers.GenerationConfig(
        do_sample=False,
        max_new_tokens=options.max_new_tokens,
        no_repeat_ngram_size=NO_REPEAT,
        eos_token_id=list(loaded.stop_tokens),
        pad_token_id=loaded.stop_tokens[0],
    )
    with torch.inference_mode():
        ids = loaded.model.generate(
            input_ids=inputs.input_ids.to(loaded.device),
            attention_mask=torch.ones_like(inputs.input_ids, device=loaded.device),
            mm_token_type_ids=inputs.mm_token_type_ids.to(loaded.device),
            pixel_values=inputs.pixel_values.to(loaded.device),
            image_grid_thw=inputs.image_grid_thw.to(loaded.device),
            generation_config=config,
            stopping_criteria=transformers.StoppingCriteriaList([should_stop]),
        )
    tokens = ids[0, asked:].tolist()
    if tokens and tokens[-1] in loaded.stop_tokens:
        return tokens[:-1], "end"
    return tokens, reasons[0] if reasons else "length"
