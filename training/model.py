"""The reader's network for training: Qwen2-VL at a small size, over batches of pictures of one size.

Comes in: a configuration of transformers, pictures as bytes, tokens. Goes out: the loss, or answers. The names of the
parameters are those of `transformers.Qwen2VLForConditionalGeneration`, which loads them as they are; only what a
batch of equal pictures lets one leave out (masks, sizes, caches that grow) is left out. `tests/test_training.py`
compares the two. It computes in the precision of its parameters: 16 bit in training, where `train.py` keeps them in 32.
"""

from contextlib import nullcontext
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""Of CLIP's image normalisation (arXiv 2103.00020), which Qwen2-VL keeps."""
PATCH, MERGE, TIMES = 14, 2, 2
_KERNELS = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
SECTIONS = (*(0, 1, 1) * 6, 8, 6, 6)
"""Of the 32 speeds at which positions turn a vector, fastest first: how many in turn go by time, row and column.

Qwen2-VL gives the slowest to columns, and neighbours in a row then turn alike; here, as in Qwen3-VL, rows and columns
take turns. The slow ones, which tell content apart wherever it stands, keep their places.
"""


def configuration(
    *,
    vocabulary: dict[str, int],
    width: int = 384,
    depth: int = 8,
    layers: int = 6,
    hidden: int = 256,
    wide: int = 1024,
    heads: int = 4,
    groups: int = 2,
) -> Any:
    """A `transformers.Qwen2VLConfig`.

    Parameters
    ----------
    vocabulary
        Numbers of the tokens by their text.
    width, depth
        Of the vision tower; its heads are 64 wide.
    hidden, wide, layers, heads, groups
        Of the language model: vectors, the middle of a layer, layers, query heads and key heads of 64.
    """
    from transformers import Qwen2VLConfig

    ends = {
        "bos_token_id": vocabulary["<|endoftext|>"],
        "eos_token_id": vocabulary["<|im_end|>"],
        "pad_token_id": vocabulary["<|endoftext|>"],
    }
    return Qwen2VLConfig(
        text_config={
            "hidden_size": hidden,
            "intermediate_size": wide,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": groups,
            "vocab_size": len(vocabulary),
            "max_position_embeddings": 2048,
            "tie_word_embeddings": True,
            "rms_norm_eps": 1e-6,
            "rope_parameters": {"rope_theta": 1e4, "rope_type": "default", "mrope_section": list(SECTIONS)},
            **ends,
        },
        vision_config={
            "depth": depth,
            "embed_dim": width,
            "num_heads": width // 64,
            "hidden_size": hidden,
            "hidden_act": "silu",
        },
        image_token_id=vocabulary["<|image_pad|>"],
        video_token_id=vocabulary["<|video_pad|>"],
        vision_start_token_id=vocabulary["<|vision_start|>"],
        vision_end_token_id=vocabulary["<|vision_end|>"],
        tie_word_embeddings=True,
        architectures=["Qwen2VLForConditionalGeneration"],
    )


def patches(pixels: Tensor, dtype: torch.dtype) -> Tensor:
    """[pictures, height, width, 3] uint8 to [pictures, patches, 588], normalised, in groups of 2x2.

    The second moment of time is left out: it is the same picture.
    """
    count, height, width, _ = pixels.shape
    rows, columns = height // PATCH, width // PATCH
    x = pixels.view(count, rows // MERGE, MERGE, PATCH, columns // MERGE, MERGE, PATCH, 3)
    x = x.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(count, rows * columns, 3 * PATCH * PATCH)
    scale, shift = _normalisation(pixels.device)
    return torch.addcmul(shift, x.float(), scale).to(dtype)


# What depends on sizes only is kept: making it anew costs a GPU dozens of small kernels a step.


@lru_cache
def _normalisation(device: torch.device) -> tuple[Tensor, Tensor]:
    """What bytes of a patch are multiplied by and what is added, [588] each."""
    mean, std = (torch.tensor(v, device=device).repeat_interleave(PATCH**2) for v in (MEAN, STD))
    return 1 / (255 * std), -mean / std


@lru_cache(maxsize=256)
def _patch_turn(rows: int, columns: int, width: int, device: torch.device, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The turn of each patch by its row and column, in the order of `patches`; [patches, width] each."""
    sides = (torch.arange(side, device=device) for side in (rows, columns))
    at = torch.stack(torch.meshgrid(*sides, indexing="ij"))
    at = at.view(2, rows // MERGE, MERGE, columns // MERGE, MERGE).transpose(2, 3).flatten(1).float()
    speeds = 1e4 ** -(torch.arange(0, width // 2, 2, device=device) / (width // 2))
    return _turn((at[..., None] * speeds).permute(1, 0, 2).flatten(1), dtype)


@lru_cache(maxsize=1024)
def _token_turn(
    before: int,
    grid: tuple[int, int],
    after: int,
    sections: tuple[int, ...],
    device: torch.device,
    dtype: torch.dtype,
) -> tuple[Tensor, Tensor]:
    """The turn of tokens before a picture, of its rows and columns, and of the tokens after it; [tokens, 64] each."""
    rows, columns = grid
    ones = torch.arange(before, device=device).expand(3, -1)
    sides = (torch.arange(side, device=device) for side in (1, rows, columns))
    picture = torch.stack(torch.meshgrid(*sides, indexing="ij")).flatten(1) + before
    end = before + max(rows, columns)
    others = torch.arange(end, end + after, device=device).expand(3, -1)
    return _turned_by(torch.cat((ones, picture, others), 1), sections, dtype)


def _turned_by(positions: Tensor, sections: tuple[int, ...], dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """The turn at positions of time, row and column, [3, tokens], which turn sections of a vector one after another."""
    half = sum(sections)
    angles = positions[..., None].float() * 1e4 ** -(torch.arange(half, device=positions.device) / half)
    return _turn(torch.cat([part[i % 3] for i, part in enumerate(angles.split(sections, -1))], -1), dtype)


def _turn(angles: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Cosines and signed sines of [tokens, half of a vector], for both halves."""
    cos, sin = angles.cos(), angles.sin()
    return torch.cat((cos, cos), -1).to(dtype), torch.cat((-sin, sin), -1).to(dtype)


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary position embedding; [pictures, heads, tokens, 64]."""
    cos, sin = turn
    return torch.addcmul(x * cos, x.roll(x.shape[-1] // 2, -1), sin)


class _VisionAttention(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        qkv = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        q, k = _turned(qkv[:2], turn)
        # cuDNN plans anew for each shape, but the tower meets few, and a step then takes a tenth less.
        with sdpa_kernel(_KERNELS, set_priority=True) if x.is_cuda else nullcontext():
            return self.proj(functional.scaled_dot_product_attention(q, k, qkv[2]).transpose(1, 2).flatten(2))


class _VisionMlp(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int, ratio: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, ratio * width), nn.Linear(ratio * width, width)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(functional.silu(self.fc1(x)))


class _VisionBlock(nn.Module):  # type: ignore[misc]
    def __init__(self, vision: Any) -> None:
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(vision.embed_dim, eps=1e-6) for _ in range(2))
        self.attn = _VisionAttention(vision.embed_dim, vision.num_heads)
        self.mlp = _VisionMlp(vision.embed_dim, vision.mlp_ratio)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        x = x + self.attn(self.norm1(x), turn)
        return x + self.mlp(self.norm2(x))


class _Merger(nn.Module):  # type: ignore[misc]
    def __init__(self, vision: Any) -> None:
        super().__init__()
        wide = vision.embed_dim * MERGE**2
        self.ln_q = nn.LayerNorm(vision.embed_dim, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(wide, wide), nn.GELU(), nn.Linear(wide, vision.hidden_size))

    def forward(self, x: Tensor) -> Tensor:
        return self.mlp(self.ln_q(x).unflatten(1, (-1, MERGE**2)).flatten(2))


class _PatchEmbed(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int) -> None:
        super().__init__()
        self.proj = nn.Conv3d(3, width, (TIMES, PATCH, PATCH), stride=(TIMES, PATCH, PATCH), bias=False)

    def forward(self, x: Tensor) -> Tensor:
        # A still picture is the same at both moments: their kernels add up.
        return functional.linear(x, self.proj.weight.sum(2).flatten(1))


class _Vision(nn.Module):  # type: ignore[misc]
    def __init__(self, vision: Any) -> None:
        super().__init__()
        self.width = vision.embed_dim // vision.num_heads
        self.patch_embed = _PatchEmbed(vision.embed_dim)
        self.blocks = nn.ModuleList(_VisionBlock(vision) for _ in range(vision.depth))
        self.merger = _Merger(vision)

    def forward(self, pixels: Tensor) -> Tensor:
        rows, columns = pixels.shape[1] // PATCH, pixels.shape[2] // PATCH
        x = self.patch_embed(patches(pixels, self.patch_embed.proj.weight.dtype))
        turn = _patch_turn(rows, columns, self.width, x.device, x.dtype)
        for block in self.blocks:
            x = block(x, turn)
        return self.merger(x)


class _Attention(nn.Module):  # type: ignore[misc]
    def __init__(self, text: Any) -> None:
        super().__init__()
        self.heads, self.groups = text.num_attention_heads, text.num_key_value_heads
        hidden, head = text.hidden_size, text.hidden_size // text.num_attention_heads
        self.q_proj = nn.Linear(hidden, hidden)
        self.k_proj, self.v_proj = (nn.Linear(hidden, self.groups * head) for _ in range(2))
        self.o_proj = nn.Linear(hidden, hidden, bias=False)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], past: list[Tensor] | None) -> Tensor:
        q = self.q_proj(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        k, v = (proj(x).unflatten(-1, (self.groups, -1)).transpose(1, 2) for proj in (self.k_proj, self.v_proj))
        q, k = _turned(q, turn), _turned(k, turn)
        if past is not None:
            if past:
                k, v = torch.cat((past[0], k), 2), torch.cat((past[1], v), 2)
            past[:] = [k, v]
        out = functional.scaled_dot_product_attention(q, k, v, is_causal=q.shape[2] > 1, enable_gqa=True)
        return self.o_proj(out.transpose(1, 2).flatten(2))


class _Mlp(nn.Module):  # type: ignore[misc]
    def __init__(self, text: Any) -> None:
        super().__init__()
        self.gate_proj, self.up_proj = (
            nn.Linear(text.hidden_size, text.intermediate_size, bias=False) for _ in range(2)
        )
        self.down_proj = nn.Linear(text.intermediate_size, text.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class _Layer(nn.Module):  # type: ignore[misc]
    def __init__(self, text: Any) -> None:
        super().__init__()
        self.self_attn, self.mlp = _Attention(text), _Mlp(text)
        self.input_layernorm, self.post_attention_layernorm = (
            nn.RMSNorm(text.hidden_size, eps=text.rms_norm_eps) for _ in range(2)
        )

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], past: list[Tensor] | None) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), turn, past)
        return x + self.mlp(self.post_attention_layernorm(x))


class _Language(nn.Module):  # type: ignore[misc]
    def __init__(self, text: Any) -> None:
        super().__init__()
        self.sections = tuple(text.rope_parameters["mrope_section"])
        self.embed_tokens = nn.Embedding(text.vocab_size, text.hidden_size)
        self.layers = nn.ModuleList(_Layer(text) for _ in range(text.num_hidden_layers))
        self.norm = nn.RMSNorm(text.hidden_size, eps=text.rms_norm_eps)

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], past: list[list[Tensor]] | None = None) -> Tensor:
        for i, layer in enumerate(self.layers):
            x = layer(x, turn, None if past is None else past[i])
        return self.norm(x)


class _Model(nn.Module):  # type: ignore[misc]
    def __init__(self, config: Any) -> None:
        super().__init__()
        self.visual = _Vision(config.vision_config)
        self.language_model = _Language(config.text_config)


class Reader(nn.Module):  # type: ignore[misc]
    """The whole network.

    Parameters
    ----------
    config
        From `configuration`.
    """

    def __init__(self, config: Any) -> None:
        super().__init__()
        self.config = config
        self.model = _Model(config)
        for name, parameter in self.named_parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, std=0.02 if "embed_tokens" in name else parameter[0].numel() ** -0.5 * 0.6)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)

    def forward(self, pixels: Tensor, before: Tensor, after: Tensor, answers: Tensor, weights: Tensor) -> Tensor:
        """The mean loss of the answers' tokens.

        Parameters
        ----------
        pixels
            [pictures, height, width, 3] uint8.
        before, after
            [tokens]: the question's tokens around the picture.
        answers
            [pictures, tokens]: the answers and what fills them up.
        weights
            [pictures, tokens]: what each token counts, 0 where it fills up.
        """
        language = self.model.language_model
        question = self._question(pixels, before, after)
        x = torch.cat((question, language.embed_tokens(answers[:, :-1])), 1)
        turn = self._turn_of(pixels, before, len(after) + answers.shape[1] - 1, x)
        x = language(x, turn)[:, question.shape[1] - 1 :]
        scores = functional.linear(x, language.embed_tokens.weight)
        losses = functional.cross_entropy(scores.flatten(0, 1).float(), answers.flatten(), reduction="none")
        return (losses * weights.flatten()).sum() / weights.sum()

    @torch.no_grad()
    def answer(self, pixels: Tensor, before: Tensor, after: Tensor, stop: int, limit: int) -> tuple[Tensor, Tensor]:
        """The likeliest tokens one by one, and the logarithms of their probabilities; both [pictures, tokens]."""
        language = self.model.language_model
        x = self._question(pixels, before, after)
        turn = self._turn_of(pixels, before, len(after), x)
        at = len(before) + max(self._grid(pixels)) + len(after)
        past: list[list[Tensor]] = [[] for _ in language.layers]
        ended = torch.zeros(len(pixels), dtype=torch.bool, device=x.device)
        tokens, logs = [], []
        for step in range(limit):
            x = language(x, turn, past)[:, -1]
            scores = functional.linear(x, language.embed_tokens.weight).float().log_softmax(-1)
            log, token = scores.max(-1)
            token = token.masked_fill(ended, stop)
            tokens.append(token)
            logs.append(log.masked_fill(ended, 0))
            ended |= token == stop
            if step % 16 == 15 and bool(ended.all()):
                break
            x = language.embed_tokens(token)[:, None]
            turn = _turned_by(torch.full((3, 1), at + step, device=x.device), language.sections, x.dtype)
        return torch.stack(tokens, 1), torch.stack(logs, 1)

    def turn_by(self, sections: tuple[int, ...]) -> None:
        """Have positions turn vectors by other `SECTIONS` than a checkpoint was trained with, which it must learn."""
        self.model.language_model.sections = sections
        self.config.text_config.rope_parameters["mrope_section"] = list(sections)

    def _question(self, pixels: Tensor, before: Tensor, after: Tensor) -> Tensor:
        """The question as vectors."""
        ends = (self.model.language_model.embed_tokens(part).expand(len(pixels), -1, -1) for part in (before, after))
        return torch.cat((next(ends), self.model.visual(pixels), next(ends)), 1)

    def _turn_of(self, pixels: Tensor, before: Tensor, after: int, x: Tensor) -> tuple[Tensor, Tensor]:
        """The turn of a question with so many tokens after the picture, for vectors like ``x``."""
        sections = self.model.language_model.sections
        return _token_turn(len(before), self._grid(pixels), after, sections, x.device, x.dtype)

    @staticmethod
    def _grid(pixels: Tensor) -> tuple[int, int]:
        """Rows and columns of a picture's vectors."""
        return pixels.shape[1] // (PATCH * MERGE), pixels.shape[2] // (PATCH * MERGE)


def save(
    reader: Reader, tokenizer: Any, folder: Any, *, pixels: tuple[int, int], longest: int, part: str = "16MB"
) -> None:
    """Write a checkpoint as transformers does: weights in 16 bit, in parts, with all that a loader needs.

    ``pixels`` are those of a picture at least and at most, to which others are scaled, ``longest`` the tokens of an
    answer at most.
    """
    from transformers import Qwen2VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    with torch.device("meta"):
        whole = Qwen2VLForConditionalGeneration(reader.config)
    whole = whole.to_empty(device="cpu")
    state = {name: value.detach().cpu().float() for name, value in reader.state_dict().items()}
    state["lm_head.weight"] = state["model.language_model.embed_tokens.weight"]
    whole.load_state_dict(state)
    whole.tie_weights()
    whole.generation_config.max_new_tokens = longest
    whole.to(torch.bfloat16).save_pretrained(folder, max_shard_size=part)
    tokenizer.save_pretrained(folder)
    size = dict(zip(("shortest_edge", "longest_edge"), pixels, strict=True))
    Qwen2VLImageProcessorPil(size=size).save_pretrained(folder)


def load(folder: Any) -> tuple[Reader, Any]:
    """A checkpoint that `save` wrote, in 32 bit, and its tokenizer."""
    from pathlib import Path

    from safetensors.torch import load_file
    from transformers import AutoTokenizer, Qwen2VLConfig

    config = Qwen2VLConfig.from_pretrained(folder)
    reader = Reader(config)
    state: dict[str, Tensor] = {}
    for file in sorted(Path(folder).glob("*.safetensors")):
        state |= load_file(file)
    reader.load_state_dict(
        {stored_name(name): value.float() for name, value in state.items() if name != "lm_head.weight"}
    )
    return reader, AutoTokenizer.from_pretrained(folder)


def stored_name(stored: str) -> str:
    """The name of a parameter that transformers stored: some parts have shorter names on disk."""
    if stored.startswith("visual."):
        return f"model.{stored}"
    if stored.startswith("model.") and not stored.startswith(("model.visual.", "model.language_model.")):
        return f"model.language_model.{stored.removeprefix('model.')}"
    return stored
