"""What the GPU benchmark works with: a model of true size, charts, answers of a wanted length, a shrinking card.

The weights are random: the real ones cannot be had everywhere, and speed and memory do not depend on them. Random
weights do not stop by themselves, so `PacedSlots` ends each answer at a wanted number of tokens.
"""

# ruff: noqa: SLF001 -- it ends answers from within

import itertools
import json
import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import torch
import transformers
from PIL import Image
from torch.nn import functional

from mineru_cli.engines.base import Reply, Request, Task
from mineru_cli.engines.model import memory, protocol
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.engine import SlotEngine
from mineru_cli.engines.model.loader import load_model
from mineru_cli.engines.model.plan import GIB
from mineru_cli.engines.model.prepare import Prepared
from mineru_cli.engines.model.repetition import NO_REPEAT
from mineru_cli.engines.model.slots import Network, Slots, on_stream
from mineru_cli.engines.model.station import TorchRuntime
from mineru_cli.options import EngineOptions
from tests.chart_specs import random_spec
from tests.drawing import draw

DEVICE = "cuda:0"
_TEXT = {
    "hidden_size": 896,
    "intermediate_size": 4864,
    "num_hidden_layers": 24,
    "num_attention_heads": 14,
    "num_key_value_heads": 2,
    "vocab_size": 151936,
    "max_position_embeddings": 8192,
    "layer_types": ["full_attention"] * 24,
}
_VISION = {"depth": 32, "embed_dim": 1280, "hidden_size": 896, "num_heads": 16}


def true_size_checkpoint(folder: Path) -> Path:
    """Write a checkpoint of MinerU2.5's architecture, random weights, nano's tokenizer."""
    nano = find_checkpoint("nano")
    config = json.loads(json.dumps(nano.config))
    config["text_config"] |= _TEXT
    config["vision_config"] |= _VISION
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    with torch.device(DEVICE):
        model = transformers.Qwen2VLForConditionalGeneration(transformers.Qwen2VLConfig.from_dict(config))
    model.to(torch.bfloat16).save_pretrained(folder)
    del model
    memory.give_back(DEVICE)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "preprocessor_config.json"):
        shutil.copy(nano.folder / name, folder / name)
    settings = json.loads((folder / "preprocessor_config.json").read_text())
    settings["size"] = {"shortest_edge": 50_176, "longest_edge": 1_605_632}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def charts(count: int, *, seed: int = 0) -> list[Image.Image]:
    """Drawn charts of 1024x768 pixels: 999 image tokens each."""
    rng = random.Random(seed)
    return [draw(random_spec(rng), rng=rng, size=(512, 384), scale=2) for _ in range(count)]


def odd_pictures(count: int, *, seed: int = 0) -> list[Image.Image]:
    """Charts of 200 to 2048 image tokens and of any shape."""
    rng = random.Random(seed)
    pictures = []
    for picture in charts(count, seed=seed):
        area, aspect = rng.uniform(200, 2048) * 28 * 28, rng.uniform(0.5, 2.0)
        pictures.append(picture.resize((round((area * aspect) ** 0.5), round((area / aspect) ** 0.5))))
    return pictures


def requests(pictures: Sequence[Image.Image]) -> Iterator[Request]:
    """One chart question a picture."""
    return (Request(key=key, task=Task.CHART, image=picture) for key, picture in enumerate(pictures))


class PacedSlots(Slots):
    """Rows whose answers end after a wanted number of tokens, whatever the model says."""

    def __init__(self, network: Network, *, paces: Iterator[int], **shape: int) -> None:
        super().__init__(network, **shape)
        self._paces = paces
        with torch.inference_mode():
            self._targets = torch.zeros_like(self._lengths)
        # Random weights go round in circles: that is no reason to stop here.
        self._answers._loops = torch.full_like(self._answers._loops, 2**40)
        choose, stop = self._answers.choose, network.stop_tokens[0]
        self._answers.choose = lambda scores: torch.where(  # type: ignore[method-assign]
            self._answers.counts >= self._targets, stop, choose(scores)
        )

    def admit(self, rows: Sequence[int], questions: Sequence[Prepared]) -> None:
        """Seat questions, and draw how long each is answered."""
        super().admit(rows, questions)
        with on_stream(self._stream):
            for row in rows:
                self._targets[row] = next(self._paces)


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedRuntime(TorchRuntime):
    """Opens `PacedSlots`, and notes when the model had been loaded."""

    paces: Iterator[int] = field(default_factory=lambda: itertools.repeat(128))
    loaded_at: list[float] = field(default_factory=list)

    def open(self, network: Network, *, rows: int, length: int, limit: int) -> Slots:
        """Allocate rows."""
        torch.cuda.synchronize()
        self.loaded_at.append(time.perf_counter())
        return PacedSlots(network, paces=self.paces, rows=rows, length=length, limit=limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run went. ``seconds`` and ``first`` count from when the model was (first) loaded."""

    seconds: float
    first: float
    peak: float
    replies: list[Reply]
    plan: str
    settings: dict[str, str]

    @property
    def each(self) -> float:
        """Seconds a chart."""
        return self.seconds / len(self.replies)

    @property
    def rungs(self) -> dict[str, int]:
        """How many answers came from which rung."""
        names = [reply.rung or f"failed: {reply.failure}" for reply in self.replies]
        return {name: names.count(name) for name in dict.fromkeys(names)}


def run_engine(
    folder: Path,
    pictures: Sequence[Image.Image],
    *,
    paces: Iterator[int] | None = None,
    longest: int = 128,
    **card: Any,
) -> Outcome:
    """Read pictures with the engine; ``card`` is `EngineOptions` such as ``gpu_memory`` and ``batch``."""
    runtime = PacedRuntime(device=DEVICE, paces=paces or itertools.repeat(longest))
    options = EngineOptions(model=str(folder), device=DEVICE, max_new_tokens=longest + 1, **card)
    engine = SlotEngine(options, runtime=runtime)
    torch.cuda.reset_peak_memory_stats()
    first, replies = 0.0, []
    for reply in engine.read(requests(pictures)):
        first = first or time.perf_counter()
        replies.append(reply)
    done, peak = time.perf_counter(), torch.cuda.max_memory_allocated() / GIB
    settings = engine.describe()
    engine.close()
    uncap()
    start = runtime.loaded_at[0]
    return Outcome(
        seconds=done - start, first=first - start, peak=peak, replies=replies, plan=settings["plan"], settings=settings
    )


def uncap() -> None:
    """Make the card whole again."""
    torch.cuda.set_per_process_memory_fraction(1.0)
    memory.give_back(DEVICE)


class _Beside:
    """Does something in a thread of its own while it lasts: ``_work``, until ``_over`` is set."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        raise NotImplementedError


class ShrinkingCard(_Beside):
    """While it lasts, the cap moves at random by up to a quarter, up and down, several times a second."""

    def __init__(self, cap: int, *, seed: int = 0) -> None:
        super().__init__()
        self._cap, self._rng = cap, random.Random(seed)

    def _work(self) -> None:
        total = torch.cuda.get_device_properties(0).total_memory
        while not self._over.wait(self._rng.uniform(0.05, 0.4)):
            torch.cuda.set_per_process_memory_fraction(self._cap * self._rng.uniform(0.75, 1.25) / total)


class BusyShare(_Beside):
    """How much of the time the GPU was running something, as the driver counts it, sampled while it lasts."""

    def __init__(self) -> None:
        import pynvml

        super().__init__()
        pynvml.nvmlInit()
        self._nvml: Any = pynvml
        self._handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        self.samples: list[int] = []

    def _work(self) -> None:
        while not self._over.wait(0.1):
            self.samples.append(self._nvml.nvmlDeviceGetUtilizationRates(self._handle).gpu)


class Upstream:
    """`mineru-vl-utils` with its transformers client, as its users run it."""

    def __init__(self, folder: Path) -> None:
        from transformers import (
            AutoTokenizer,
            Qwen2VLForConditionalGeneration,
            Qwen2VLImageProcessor,
            Qwen2VLProcessor,
            Qwen2VLVideoProcessor,
        )

        self._processor = Qwen2VLProcessor(
            image_processor=Qwen2VLImageProcessor.from_pretrained(folder),
            tokenizer=AutoTokenizer.from_pretrained(folder),
            video_processor=Qwen2VLVideoProcessor(),
            chat_template=(folder / "chat_template.jinja").read_text(),
        )
        self._model = Qwen2VLForConditionalGeneration.from_pretrained(folder, dtype=torch.bfloat16).to(DEVICE)

    def seconds_each(self, pictures: Sequence[Image.Image], *, batch: int, tokens: int = 128) -> float:
        """Seconds a chart, in batches."""
        from mineru_vl_utils.vlm_client.base_client import SamplingParams
        from mineru_vl_utils.vlm_client.transformers_client import TransformersVlmClient

        client = TransformersVlmClient(self._model, self._processor, batch_size=batch, use_tqdm=False)
        sampling = SamplingParams(temperature=0.0, no_repeat_ngram_size=100, max_new_tokens=tokens)
        start = time.perf_counter()
        client.batch_predict(list(pictures), "\nImage Analysis:", sampling)
        torch.cuda.synchronize()
        return (time.perf_counter() - start) / len(pictures)


def generated_together(options: EngineOptions, pictures: Sequence[Image.Image]) -> list[str]:
    """Answers of transformers' ``generate`` to charts read in one batch, filled up on the left."""
    loaded = load_model(find_checkpoint(options.model), device=options.device, precision=options.precision)
    questions = [
        protocol.prepare(
            request,
            family=loaded.checkpoint.family,
            tokenizer=loaded.tokenizer,
            image_processor=loaded.image_processor,
        )
        for request in requests(pictures)
    ]
    longest, end = max(question.input_ids.shape[1] for question in questions), loaded.stop_tokens[0]

    def stacked(tensors: Sequence[torch.Tensor], fill: int) -> torch.Tensor:
        return torch.cat([functional.pad(tensor, (longest - tensor.shape[1], 0), value=fill) for tensor in tensors]).to(
            loaded.device
        )

    with torch.inference_mode():
        answers = loaded.model.generate(
            input_ids=stacked([question.input_ids for question in questions], end),
            attention_mask=stacked([torch.ones_like(question.input_ids) for question in questions], 0),
            mm_token_type_ids=stacked([question.mm_token_type_ids for question in questions], 0),
            pixel_values=torch.cat([question.pixel_values for question in questions]).to(loaded.device),
            image_grid_thw=torch.cat([question.image_grid_thw for question in questions]).to(loaded.device),
            generation_config=transformers.GenerationConfig(
                do_sample=False,
                max_new_tokens=options.max_new_tokens,
                no_repeat_ngram_size=NO_REPEAT,
                eos_token_id=list(loaded.stop_tokens),
                pad_token_id=end,
            ),
        )[:, longest:].tolist()
    kept = [list(itertools.takewhile(lambda token: token not in loaded.stop_tokens, answer)) for answer in answers]
    return [loaded.tokenizer.decode(tokens, skip_special_tokens=False) for tokens in kept]
