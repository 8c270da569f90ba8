"""From a checkpoint on disk to a model on a device.

Comes in: a `Checkpoint`, a device and a precision. Goes out: `LoadedModel`, its tied head checked. Knows nothing of
prompts, images or answers. Everything heavy is imported when called.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mineru_cli.engines.model.checkpoint import Checkpoint
from mineru_cli.errors import EngineUnavailableError
from mineru_cli.options import Precision

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedModel:
    """A model ready to read.

    ``model`` is a `transformers.Qwen2VLForConditionalGeneration` in evaluation mode; ``tokenizer`` and
    ``image_processor`` belong to it; ``stop_tokens`` end an answer.
    """

    checkpoint: Checkpoint
    model: Any
    tokenizer: Any
    image_processor: Any
    device: str
    precision: str
    stop_tokens: tuple[int, ...]


def choose_device(wanted: str) -> str:
    """Resolve ``auto``, and check that the device is there.

    Returns ``cuda:N``, ``mps`` or ``cpu``.

    Raises
    ------
    EngineUnavailableError
        When the device is not on this machine.
    """
    import torch  # takes seconds

    kind, _, index = wanted.partition(":")
    if kind == "auto":
        kind = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if kind == "cpu":
        return "cpu"
    if kind == "mps" and torch.backends.mps.is_available():
        return "mps"
    if kind == "cuda" and torch.cuda.is_available():
        number = int(index) if index.isdecimal() else 0
        if number < torch.cuda.device_count():
            return f"cuda:{number}"
        raise EngineUnavailableError(
            f"--device {wanted}: this machine has {torch.cuda.device_count()} CUDA device(s)",
            cure="Count from 0, or give --device auto",
        )
    if kind not in {"cuda", "mps"}:
        raise EngineUnavailableError(f"--device {wanted} is not known", cure="Give auto, cuda, cuda:N, cpu or mps")
    raise EngineUnavailableError(
        f"--device {wanted}: torch {torch.__version__} finds no such device",
        cure="Give --device cpu, or install a torch built for this device and its driver",
    )


def choose_precision(wanted: Precision, device: str) -> str:
    """Resolve ``auto``: bf16 where the GPU computes in it, fp16 on older GPUs and Apple's, fp32 on a CPU.

    Below compute capability 8.0 the memory-efficient attention kernel takes fp16 but not bf16, and without it one
    page needs more than 4 GB.
    """
    import torch

    if wanted != "auto":
        return wanted
    if device.startswith("cuda"):
        return "bf16" if torch.cuda.get_device_capability(device) >= (8, 0) else "fp16"
    return "fp16" if device == "mps" else "fp32"


def load_model(checkpoint: Checkpoint, *, device: str = "auto", precision: Precision = "auto") -> LoadedModel:
    """Load a checkpoint through transformers, without torchvision.

    Raises
    ------
    EngineUnavailableError
        When files are missing or damaged, when tensors are missing, or when the output head is not the embedding.
    torch.OutOfMemoryError
        When the device has too little memory.
    """
    import torch
    import transformers
    from safetensors import SafetensorError

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    device = choose_device(device)
    precision_name = choose_precision(precision, device)
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[precision_name]
    folder = checkpoint.folder
    try:
        config = transformers.Qwen2VLConfig.from_dict(dict(checkpoint.config))
        model, info = transformers.Qwen2VLForConditionalGeneration.from_pretrained(
            folder,
            config=config,
            dtype=dtype,
            attn_implementation="sdpa",
            use_safetensors=True,
            local_files_only=True,
            output_loading_info=True,
        )
    except torch.OutOfMemoryError:
        raise
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise _unloadable(folder, error) from error
    tokenizer, image_processor = load_tools(checkpoint)
    _check_whole(checkpoint, model, info)
    model = model.eval().to(device)
    model.generation_config = transformers.GenerationConfig()
    log.info("loaded %s on %s in %s", checkpoint.name, device, precision_name)
    return LoadedModel(
        checkpoint=checkpoint,
        model=model,
        tokenizer=tokenizer,
        image_processor=image_processor,
        device=device,
        precision=precision_name,
        stop_tokens=_stop_tokens(tokenizer, config),
    )


def load_tools(checkpoint: Checkpoint) -> tuple[Any, Any]:
    """The tokenizer and the image processor of a checkpoint, without its weights.

    Raises
    ------
    EngineUnavailableError
        When their files are missing or damaged.
    """
    import transformers
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    folder = checkpoint.folder
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        return tokenizer, Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise _unloadable(folder, error) from error


def _unloadable(folder: Path, error: Exception) -> EngineUnavailableError:
    reason = " ".join(str(error).split())[:200]
    return EngineUnavailableError(
        f"the model in {folder} cannot be loaded ({error.__class__.__name__}: {reason})",
        cure="Download it again; a damaged or half-copied file is the usual reason",
    )


def _check_whole(checkpoint: Checkpoint, model: Any, info: dict[str, Any]) -> None:
    missing = sorted(name for name in info["missing_keys"] if not name.endswith("lm_head.weight"))
    if missing:
        raise EngineUnavailableError(
            f"the model in {checkpoint.folder} lacks {len(missing)} tensors ({missing[0]}, ...)",
            cure="Download it again; a shard is missing",
        )
    tied = model.lm_head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()
    has_own_head = not any(name.endswith("lm_head.weight") for name in info["missing_keys"])
    if not tied and not has_own_head:
        raise EngineUnavailableError(
            f"the model in {checkpoint.folder} has no output head: its answers would be noise",
            cure="Its config.json should say tie_word_embeddings: true; download it again",
        )


def _stop_tokens(tokenizer: Any, config: Any) -> tuple[int, ...]:
    """The end of a turn in the chat format, and whatever the checkpoint names beside it."""
    named = config.text_config.eos_token_id
    tokens = {*(named if isinstance(named, list) else [named]), tokenizer.eos_token_id}
    tokens |= {tokenizer.convert_tokens_to_ids(text) for text in ("<|im_end|>", "<|endoftext|>")}
    return tuple(sorted(token for token in tokens if token is not None))
