"""The language model over rows: many answers decoded together, each at its own length, in one static cache.

Comes in: the weights of transformers' Qwen2-VL language model, then vectors or tokens. Goes out: scores for the next
token. Knows nothing of pictures, stopping or memory.

The same function as `Qwen2VLTextModel.forward`. Written anew because at 16 rows a step is bound by the number of
kernels, not by arithmetic: products that share an input are one matrix here (query, key and value; gate and up), and
the write to the cache is one. Values are added in the order, and rounded where, the original adds and rounds them: in
16 bit a single value rounded otherwise is enough for another answer now and then. A step has no data-dependent control
flow and no allocation that outlives it, so that it can be captured in a CUDA graph.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional

Attend = Callable[[int, torch.Tensor], torch.Tensor]
Turn = tuple[torch.Tensor, torch.Tensor]
HEADS_TOGETHER, ROWS_TOGETHER = 64, 16
"""Decoding reads no more query heads than this in one call of attention, unless that were fewer rows than these.

cuDNN shares out a long row's keys to multiprocessors that would stand idle, and then sums in another order. On an H200
it shares out up to this many heads as it does those of a single row, which the original reads: 256 of 256 answers are
the same in 16 bit, and 227 when 32 rows are read at once. The calls of many heads would be too many.
"""


class Cache:
    """Keys and values of every row, at fixed addresses.

    ``store`` is [layers, 2, rows, KV heads, length, head width]: keys before values.
    """

    def __init__(self, language: "LanguageModel", *, rows: int, length: int) -> None:
        shape = (len(language.layers), 2, rows, language.kv_heads, length, language.width)
        self.store = torch.zeros(shape, device=language.device, dtype=language.dtype)
        self._kinds, self._rows, self._heads = torch.meshgrid(
            *(torch.arange(size, device=language.device) for size in shape[1:4]), indexing="ij"
        )

    def fill(self, layer: int, row: int, tokens: torch.Tensor) -> None:
        """Put keys and values [tokens, 2 x KV heads, width] at the beginning of a row."""
        store = self.store[layer, :, row]
        store[:, :, : len(tokens)] = tokens.unflatten(1, store.shape[:2]).permute(1, 2, 0, 3)

    def add(self, layer: int, lengths: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Put one token a row, [rows, 2 x KV heads, width], behind the ``lengths`` there are; all keys and values."""
        store = self.store[layer]
        at = lengths[:, None].expand_as(self._rows)
        store[self._kinds, self._rows, self._heads, at] = tokens.unflatten(1, store.shape[0:3:2]).transpose(0, 1)
        return store


class LanguageModel(nn.Module):  # type: ignore[misc]
    """Embedding, layers and output head of a `Qwen2VLForConditionalGeneration`, which gives up its weights.

    Parameters
    ----------
    model
        The transformers model, on the CPU.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        text = model.model.language_model
        config = text.config
        self.heads, self.kv_heads = config.num_attention_heads, config.num_key_value_heads
        self.width = config.hidden_size // config.num_attention_heads
        self.embedding = text.embed_tokens
        self.rotary = text.rotary_emb
        self.layers = nn.ModuleList(_Layer(layer) for layer in text.layers)
        self.norm = text.norm
        self.head = model.lm_head

    @property
    def device(self) -> torch.device:
        """Where the vectors are."""
        return self.embedding.weight.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision of the vectors."""
        return self.embedding.weight.dtype

    def prefill(
        self, x: torch.Tensor, positions: torch.Tensor, ends: torch.Tensor, cache: Cache, rows: Sequence[int]
    ) -> torch.Tensor:
        """Read whole questions into rows of the cache; scores [questions, vocabulary] for the first token of each.

        Parameters
        ----------
        x
            [questions, tokens, hidden], shorter questions filled up at the end with anything.
        positions
            [3, questions, tokens] int64: time, height and width of each token.
        ends
            [questions] int64: the index of each question's last token.
        rows
            The row of the cache each goes to.
        """
        groups, questions = self.heads // self.kv_heads, len(x)

        def attend(index: int, qkv: torch.Tensor) -> torch.Tensor:
            # What fills a question up stands after it: causal attention never looks there, nor does decoding.
            for row, one in zip(rows, qkv[:, :, self.heads :], strict=True):
                cache.fill(index, row, one)
            q, k, v = qkv.transpose(1, 2).split((self.heads, self.kv_heads, self.kv_heads), dim=1)
            k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
            return functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)

        x = self._run(x, self.turn(x, positions), attend)
        return self.scores(x[torch.arange(questions, device=x.device), ends])

    def step(self, tokens: torch.Tensor, turn: Turn, lengths: torch.Tensor, cache: Cache, reach: int) -> torch.Tensor:
        """One token a row: scores [rows, vocabulary] for the next.

        Parameters
        ----------
        tokens
            [rows] int64.
        turn
            From `turn`, for the position of each token.
        lengths
            [rows] int64: how many tokens of each row are in the cache; the given ones are put there.
        reach
            No row whose scores matter holds more tokens than this after the step.
        """
        groups = self.heads // self.kv_heads
        beyond = torch.arange(reach, device=tokens.device) > lengths[:, None]
        mask = torch.zeros_like(beyond, dtype=self.dtype).masked_fill_(beyond, float("-inf"))
        mask = mask.repeat_interleave(self.kv_heads, 0)[:, None, None]
        rows = HEADS_TOGETHER // self.heads
        together = (rows if rows >= ROWS_TOGETHER else len(tokens)) * self.kv_heads

        def attend(index: int, qkv: torch.Tensor) -> torch.Tensor:
            # Each key head of each row is a sequence of its own, read by as many query heads as share it. They are one
            # query each, as in the original, so that the same kernel is chosen; the keys are not copied for them.
            q = qkv[:, 0, : self.heads].reshape(-1, groups, 1, self.width)
            store = cache.add(index, lengths, qkv[:, 0, self.heads :])[..., :reach, :]
            k, v = store.flatten(1, 2)[:, :, None].expand(-1, -1, groups, -1, -1)
            parts = zip(*(tensor.split(together) for tensor in (q, k, v, mask)), strict=True)
            read = [functional.scaled_dot_product_attention(q, k, v, attn_mask=mask) for q, k, v, mask in parts]
            return (read[0] if len(read) == 1 else torch.cat(read)).view(len(qkv), 1, -1, self.width)

        return self.scores(self._run(self.embedding(tokens)[:, None], turn, attend)[:, 0])

    def turn(self, x: torch.Tensor, positions: torch.Tensor) -> Turn:
        """Cosines and signed sines [batch, tokens, heads + 2 KV heads, width] for positions [3, batch, tokens].

        Values are rotated by nothing: queries, keys and values then go through one multiplication.
        """
        cos, sin = self.rotary(x, positions)
        half = self.width // 2
        sin = torch.cat((-sin[..., :half], sin[..., half:]), dim=-1)
        turned, still = self.heads + self.kv_heads, self.kv_heads
        one, zero = torch.ones_like(cos), torch.zeros_like(sin)
        return tuple(
            torch.cat((moving[:, :, None].expand(-1, -1, turned, -1), fixed[:, :, None].expand(-1, -1, still, -1)), 2)
            for moving, fixed in ((cos, one), (sin, zero))
        )

    def scores(self, x: torch.Tensor) -> torch.Tensor:
        """The output head on [..., hidden]."""
        return self.head(_normed(self.norm, x))

    def _run(self, x: torch.Tensor, turn: Turn, attend: Attend) -> torch.Tensor:
        for index, layer in enumerate(self.layers):
            qkv = layer.qkv(_normed(layer.before, x)).unflatten(-1, (-1, self.width))
            qkv = qkv * turn[0] + qkv.roll(self.width // 2, -1) * turn[1]
            x = x + layer.out(attend(index, qkv).flatten(2))
            gate, up = layer.gate_up(_normed(layer.between, x)).chunk(2, dim=-1)
            x = x + layer.down(functional.silu(gate) * up)
        return x


class _Layer(nn.Module):  # type: ignore[misc]
    def __init__(self, layer: Any) -> None:
        super().__init__()
        attention, mlp = layer.self_attn, layer.mlp
        self.before, self.between = layer.input_layernorm, layer.post_attention_layernorm
        self.qkv = _fused(attention.q_proj, attention.k_proj, attention.v_proj)
        self.gate_up = _fused(mlp.gate_proj, mlp.up_proj)
        self.out, self.down = attention.o_proj, mlp.down_proj
        # The originals are let go, so that no more than one layer is held twice.
        attention.q_proj = attention.k_proj = attention.v_proj = mlp.gate_proj = mlp.up_proj = None


def _fused(*linears: nn.Linear) -> nn.Linear:
    fused = nn.Linear(linears[0].in_features, sum(linear.out_features for linear in linears), device="meta")
    fused.weight = nn.Parameter(torch.cat([linear.weight.detach() for linear in linears]), requires_grad=False)
    biases = [linear.bias.detach() for linear in linears if linear.bias is not None]
    fused.bias = nn.Parameter(torch.cat(biases), requires_grad=False) if biases else None
    return fused


def _normed(norm: Any, x: torch.Tensor) -> torch.Tensor:
    # Operation by operation, because `torch.nn.functional.rms_norm` adds in another order.
    exact = x.float()
    scale = torch.rsqrt(exact.pow(2).mean(-1, keepdim=True) + norm.variance_epsilon)
    return (exact * scale).to(x.dtype) * norm.weight
