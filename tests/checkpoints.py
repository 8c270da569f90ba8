"""Tiny Qwen2-VL checkpoints with random weights, in the config layouts the real ones are published in."""

import json
import shutil
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import save_file

NANO = Path(__file__).parents[1] / "mineru_cli/engines/nano"
SIDE_FILES = ("tokenizer.json", "tokenizer_config.json")
TAGS = {tag["content"]: tag["id"] for tag in json.loads((NANO / "tokenizer.json").read_text("utf-8"))["added_tokens"]}

PIXELS = {"shortest_edge": 3136, "longest_edge": 232_000}
"""Least and most pixels of a picture: small ones are left small, as MinerU's own weights leave them."""

TEXT: dict[str, Any] = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 1,
    "num_key_value_heads": 1,
    "vocab_size": 8 * (max(TAGS.values()) // 8 + 1),
    "max_position_embeddings": 2048,
    "rms_norm_eps": 1e-6,
    "bos_token_id": TAGS["<|endoftext|>"],
    "eos_token_id": TAGS["<|im_end|>"],
}
VISION: dict[str, Any] = {"depth": 2, "embed_dim": 32, "num_heads": 2, "hidden_size": 64, "mlp_ratio": 2}
IDS: dict[str, Any] = {
    "model_type": "qwen2_vl",
    "architectures": ["Qwen2VLForConditionalGeneration"],
    "image_token_id": TAGS["<|image_pad|>"],
    "video_token_id": TAGS["<|video_pad|>"],
    "vision_start_token_id": TAGS["<|vision_start|>"],
    "vision_end_token_id": TAGS["<|vision_end|>"],
}


def flat_config() -> dict[str, Any]:
    """The layout of MinerU2.5-2509: text fields at the root."""
    return {
        **IDS,
        **TEXT,
        "rope_theta": 10000.0,
        "rope_scaling": {"type": "mrope", "mrope_section": [8, 12, 12]},
        "tie_word_embeddings": True,
        "torch_dtype": "bfloat16",
        "vision_config": {**VISION, "in_chans": 3, "model_type": "qwen2_vl"},
    }


def nested_config() -> dict[str, Any]:
    """The layout of MinerU2.5-Pro: ``tie_word_embeddings`` stands inside only."""
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [8, 12, 12]}
    return {
        **IDS,
        "dtype": "bfloat16",
        "text_config": {**TEXT, "model_type": "qwen2_vl_text", "tie_word_embeddings": True, "rope_parameters": rope},
        "vision_config": {**VISION, "in_channels": 3, "model_type": "qwen2_vl_vision"},
    }


def write_checkpoint(
    folder: Path,
    config: dict[str, Any],
    *,
    without: tuple[str, ...] = ("lm_head.weight",),
    repeating: bool = False,
) -> Path:
    """Write a checkpoint whose weights are random but for those left out by name.

    With ``repeating``, what its layers add is nothing: then it answers with one token, again and again.
    """
    from mineru_cli.engines.model.checkpoint import nested_config as normalise

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    model = transformers.Qwen2VLForConditionalGeneration(transformers.Qwen2VLConfig.from_dict(normalise(config)))
    if repeating:
        with torch.no_grad():
            for layer in model.model.language_model.layers:
                layer.self_attn.o_proj.weight.zero_()
                layer.mlp.down_proj.weight.zero_()
    weights = {
        name: tensor.to(torch.bfloat16).clone().contiguous()
        for name, tensor in model.state_dict().items()
        if name not in without
    }
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config))
    for name in SIDE_FILES:
        shutil.copy(NANO / name, folder / name)
    pictures = json.loads((NANO / "preprocessor_config.json").read_text("utf-8"))
    (folder / "preprocessor_config.json").write_text(json.dumps({**pictures, "size": PIXELS}))
    return folder
