"""The vision tower: pictures as patches to the vectors the language model reads.

Comes in: the weights of transformers' Qwen2-VL vision model, then patches. Goes out: one vector for each 2x2 patches.
Knows nothing of text, rows or caches.

The same function as `Qwen2VisionTransformerPretrainedModel.forward`, written so that nothing waits for the GPU (the
original reads sizes back from it) and so that a large picture needs little beside its weights: sums are made in
place, and the wide middle of each block is computed a few thousand patches at a time. Every value is the original's to
the last bit: one that is rounded otherwise in the first layer leaves hardly any equal in the last, and another answer
now and then.
"""

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

# Patches that go through the wide middle of a block at once: about 40 MB of it in 16 bit.
_CHUNK = 4096


class VisionTower(nn.Module):  # type: ignore[misc]
    """The blocks of a `Qwen2VisionTransformerPretrainedModel`, which gives up its weights.

    Parameters
    ----------
    visual
        The transformers module, on the CPU.
    """

    def __init__(self, visual: Any) -> None:
        super().__init__()
        self.embed = visual.patch_embed
        self.rotary = visual.rotary_pos_emb
        self.blocks = visual.blocks
        self.merger = visual.merger

    def forward(self, patches: torch.Tensor, positions: torch.Tensor, counts: Sequence[int]) -> torch.Tensor:
        """[patches, 1176] of several pictures, one after another, to [patches / 4, hidden].

        Parameters
        ----------
        positions
            [patches, 2] int64: the row and the column of each patch in its picture.
        counts
            How many of the patches each picture has.
        """
        # One picture at a time: cuDNN may take another kernel for more patches, which adds in another order.
        x = torch.cat([self.embed(picture) for picture in patches.split(list(counts))])
        cos, sin = self.rotary(x, positions)
        half = cos.shape[-1] // 2
        turn = cos[:, None, None], torch.cat((-sin[:, :half], sin[:, half:]), dim=-1)[:, None, None]
        for block in self.blocks:
            x += _attend(block.attn, block.norm1(x), turn, counts)
            for part in x.split(_CHUNK):
                part += block.mlp(block.norm2(part))  # noqa: PLW2901 -- a view: the sum lands in x
        return torch.cat([self.merger(part) for part in x.split(_CHUNK)])


def _attend(
    attention: Any, x: torch.Tensor, turn: tuple[torch.Tensor, torch.Tensor], counts: Sequence[int]
) -> torch.Tensor:
    """Each patch attends to all patches of its own picture. ``turn``: cosines and signed sines, in fp32."""
    qkv = attention.qkv(x).unflatten(-1, (3, attention.num_heads, -1))
    turned = qkv[:, :2]
    # Two products and a sum in fp32, each rounded, as the original does.
    halves = turned.chunk(2, dim=-1)
    moved = torch.cat(halves[::-1], dim=-1) * turn[1]
    turned.copy_(moved.add_(turned * turn[0]))
    parts = []
    for picture in qkv.split(list(counts)):
        q, k, v = picture.permute(1, 2, 0, 3)[:, None]
        parts.append(functional.scaled_dot_product_attention(q, k, v)[0].transpose(0, 1).flatten(1))
    return attention.proj(torch.cat(parts) if len(parts) > 1 else parts[0])
