"""A larger reader that starts out as a smaller one: the same answers, with room to learn more.

Comes in: a checkpoint's folder and a new, larger `Reader` with its tokenizer. Goes out: the new reader, its weights
set. After Net2Net (Chen, Goodfellow, Shlens 2016, arXiv 1511.05641), for pre-norm transformers: channels, heads and
layers that are added write nothing at first, so that nothing changes until they have learnt to. What reads them
is random, so that they do learn.

A norm divides by the spread over all channels, and the added ones are zero: its weights are scaled by the root of the
old share. A layer norm also subtracts the mean, so that what writes to the stream is first made to write with mean
zero, which a layer norm does not see.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from training.model import MERGE, Reader

_QUICK = 1.702
"""quick_gelu(x) = silu(1.702 x) / 1.702."""


def grow(reader: Reader, tokenizer: Any, folder: Path) -> None:
    """Set a reader's weights from those of a smaller checkpoint, where there are any.

    Parameters
    ----------
    reader
        The new one, at least as wide and as deep in every way; changed in place.
    tokenizer
        The new one's. Tokens that the old one lacks start as the mean of the old tokens that spell them.
    folder
        The old checkpoint: config.json, safetensors, tokenizer.

    Raises
    ------
    ValueError
        When the old one is larger somewhere.
    """
    from transformers import AutoTokenizer, Qwen2VLConfig

    config, state = Qwen2VLConfig.from_pretrained(folder), _stored(folder)
    old_tokens = AutoTokenizer.from_pretrained(folder)
    act = config.vision_config.hidden_act
    factor = _QUICK if act == "quick_gelu" and reader.config.vision_config.hidden_act == "silu" else 1.0
    _centre(state)
    with torch.no_grad():
        for name, parameter in reader.named_parameters():
            old = state.get(name)
            if name.endswith("embed_tokens.weight"):
                _grow_embedding(parameter, old, tokenizer, old_tokens)
            elif old is None:
                if _writes(name):  # a layer that was added
                    parameter.zero_()
            else:
                scale = (
                    factor
                    if ".visual." in name and ".fc1." in name
                    else 1 / factor
                    if ".visual." in name and ".fc2.weight" in name
                    else 1.0
                )
                _place(name, parameter, old.float() * scale)


def _stored(folder: Path) -> dict[str, Tensor]:
    from safetensors.torch import load_file

    from training.model import stored_name

    state: dict[str, Tensor] = {}
    for file in sorted(folder.glob("*.safetensors")):
        state |= load_file(file)
    return {stored_name(name): value.float() for name, value in state.items()}


def _writes(name: str) -> bool:
    """Whether a parameter's rows are channels of the stream that layers add to."""
    return any(part in name for part in (".attn.proj.", ".fc2.", ".o_proj.", ".down_proj.", ".patch_embed.", ".mlp.2."))


def _centre(state: dict[str, Tensor]) -> None:
    for name, value in state.items():
        if any(part in name for part in (".attn.proj.", ".visual.blocks", ".patch_embed.")) and _writes(name):
            state[name] = value - value.mean(0, keepdim=True)


def _place(name: str, new: Tensor, old: Tensor) -> None:
    """Put the old values into the new parameter, and zeros where added parts would change what is written."""
    if any(n < o for n, o in zip(new.shape, old.shape, strict=True)):
        raise ValueError(f"{name}: {tuple(old.shape)} does not fit into {tuple(new.shape)}")
    if new.ndim == 1 and not name.endswith("bias"):  # a norm
        new.fill_(1.0)
        new[: len(old)] = old * (len(old) / len(new)) ** 0.5
        return
    rows, columns = _kept(name, new, old, 0), _kept(name, new, old, 1) if new.ndim > 1 else None
    if new.ndim == 1:
        new.zero_()
        new[rows] = old
        return
    if new.ndim > 2:
        new.zero_()
        new[rows] = old
        return
    if _writes(name):
        added = torch.ones(new.shape[0], dtype=torch.bool)
        added[rows] = False
        new[added] = 0
        unread = torch.ones(new.shape[1], dtype=torch.bool)
        unread[columns] = False
        new[:, unread] = 0
    new[rows[:, None], columns] = old


def _kept(name: str, new: Tensor, old: Tensor, axis: int) -> Tensor:
    """Which rows or columns of the new parameter the old ones become."""
    had, has = old.shape[axis], new.shape[axis]
    if ".qkv." in name and axis == 0:
        return _parts(3, had, has)
    if ".merger.mlp.0." in name and axis == 1:
        return _parts(MERGE**2, had, has)
    return torch.arange(had)


def _parts(count: int, had: int, has: int) -> Tensor:
    """The start of each of several equal parts."""
    return (torch.arange(count)[:, None] * (has // count) + torch.arange(had // count)).flatten()


def _grow_embedding(new: Tensor, old: Tensor | None, tokenizer: Any, old_tokens: Any) -> None:
    if old is None:
        return
    new.normal_(std=0.01)
    width = old.shape[1]
    old_vocabulary = old_tokens.get_vocab()
    for text, number in tokenizer.get_vocab().items():
        parts = [text] if text in old_vocabulary else list(text)
        known = [old_vocabulary[part] for part in parts if part in old_vocabulary]
        if len(known) == len(parts) and known:
            mean = old[known].mean(0)
            if len(parts) == 1:
                new[number] = 0
                new[number, :width] = mean
            else:
                new[number, :width] += mean
