"""The memory plan: what fits, reckoned from the model's config before anything is loaded.

Comes in: a config in the nested layout, bytes free, the longest question and answer. Goes out: `Plan`. Knows nothing of
torch: it is arithmetic, tested against the sizes of real models.

Where the weights do not fit, the plan walks the same ladder on paper that a run climbs when memory runs out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mineru_cli.engines.model.ladder import Limits, Settings, Stage, climb

MIB = 1024**2
GIB = 1024**3

_BYTES = {"bf16": 2, "fp16": 2, "fp32": 4, "int8": 1}
# cuBLAS keeps a workspace a stream, the captured step its own buffers, and the allocator rounds up.
_OVERHEAD = 128 * MIB
_CHUNK = 4096
_FEWEST_ROWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSize:
    """Parameters of a checkpoint, by part, and what a token and a picture take.

    ``vision`` and ``language`` count the weights of linear layers, ``embedding`` the (tied) embedding and head,
    ``rest`` biases and norms. ``kv`` is values a token in the cache, ``hidden``, ``ffn`` and ``vocabulary`` widths of
    the language model, ``vision_width`` and ``vision_ffn`` those of the vision tower.
    """

    vision: int
    vision_largest: int
    language: int
    embedding: int
    rest: int
    kv: int
    ffn: int
    vocabulary: int
    vision_width: int
    vision_ffn: int

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> "ModelSize":
        """Reckon from a config.json in the nested layout."""
        text, vision = config["text_config"], config["vision_config"]
        hidden, ffn, layers = text["hidden_size"], text["intermediate_size"], text["num_hidden_layers"]
        kv = hidden // text["num_attention_heads"] * text["num_key_value_heads"]
        width, depth = vision["embed_dim"], vision["depth"]
        vision_ffn = int(width * vision.get("mlp_ratio", 4))
        merged = width * vision.get("spatial_merge_size", 2) ** 2
        patch = vision.get("in_channels", 3) * vision.get("temporal_patch_size", 2) * vision.get("patch_size", 14) ** 2
        vision_rest = depth * (3 * width + width + vision_ffn + width + 4 * width) + 2 * width + merged + hidden
        text_rest = layers * (hidden + 2 * kv + 2 * hidden) + hidden
        return cls(
            vision=depth * (4 * width**2 + 2 * width * vision_ffn) + merged**2 + merged * hidden + patch * width,
            vision_largest=max(merged**2, width * vision_ffn),
            language=layers * (2 * hidden**2 + 2 * hidden * kv + 3 * hidden * ffn),
            embedding=text["vocab_size"] * hidden,
            rest=vision_rest + text_rest,
            kv=2 * layers * kv,
            ffn=ffn,
            vocabulary=text["vocab_size"],
            vision_width=width,
            vision_ffn=vision_ffn,
        )

    @property
    def parameters(self) -> int:
        """All of them, the tied head counted once."""
        return self.vision + self.language + self.embedding + self.rest

    def weights(self, settings: Settings) -> int:
        """Bytes of the weights that stay on the device, and the largest that is streamed through it."""
        base, chosen = _BYTES[settings.base], _BYTES[settings.precision]
        held = (self.embedding + self.rest) * base
        if settings.placement == "device":
            return held + (self.vision + self.language) * chosen
        if settings.placement == "vision-outside":
            return held + self.language * chosen + self.vision_largest * base
        return held + self.vision_largest * base

    def row(self, settings: Settings, length: int) -> int:
        """Bytes a row takes: its cache, and its scores over the vocabulary."""
        return _BYTES[settings.base] * (self.kv * length + 3 * self.vocabulary)

    def encoding(self, settings: Settings, image_tokens: int) -> int:
        """Bytes needed, beside the weights, while pictures are encoded.

        Seven vectors a patch (the sum, its norm, query, key and value, the fp32 rotation) and three times the wide
        middle for as many patches as go through it at once; as measured.
        """
        patches = 4 * image_tokens
        streaming = patches * self.vision_width * (5 * _BYTES[settings.base] + 16)
        middle = min(patches, _CHUNK) * self.vision_ffn * 3 * _BYTES[settings.base]
        reading = image_tokens * self.ffn * 4 * _BYTES[settings.base]
        return max(streaming, patches * self.vision_width * 2 * _BYTES[settings.base] + middle, reading)

    def need(self, settings: Settings, work: "Work") -> int:
        """Bytes for everything."""
        return (
            self.weights(settings)
            + settings.rows * self.row(settings, work.length)
            + self.encoding(settings, work.image_tokens)
            + _OVERHEAD
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What must have room: ``length`` tokens of a question and its answer, pictures of ``image_tokens`` tokens."""

    length: int
    image_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run starts with. ``budget`` is bytes it may take (None: not known), ``need`` bytes it should take."""

    settings: Settings
    work: Work
    budget: int | None
    need: int

    def line(self) -> str:
        """The plan in one line, for the log and run.json."""
        now = self.settings
        have = "" if self.budget is None else f" of {self.budget / GIB:.2f}"
        rows = f"{now.rows} row{'s' if now.rows > 1 else ''} of {self.work.length} tokens"
        where = "" if now.placement == "device" else f", {now.placement}"
        return f"{now.precision}{where}, {rows}, {self.need / GIB:.2f}{have} GiB"


def make_plan(size: ModelSize, start: Settings, limits: Limits, work: Work, *, budget: int | None) -> Plan:
    """The first weights on the ladder, from ``start`` on, beside which enough rows should fit into ``budget`` bytes.

    Enough is four, as below that speed is lost in proportion, or as many as were asked for.
    """
    settings = start
    fewest = min(start.rows, _FEWEST_ROWS)
    while budget is not None and size.need(replace(settings, rows=fewest), work) > budget:
        # One row left and nothing else small enough to give up: the next rung is one that moves the weights.
        climbed = climb(replace(settings, rows=1, encode_batch=1), limits, Stage.PLAN)
        if climbed is None or climbed.settings.placement == "cpu":
            break
        settings = climbed.settings
    settings = fit_rows(size, settings, work, budget=budget)
    return Plan(settings=settings, work=work, budget=budget, need=size.need(settings, work))


def fit_rows(size: ModelSize, settings: Settings, work: Work, *, budget: int | None) -> Settings:
    """The same settings with as many rows as should fit into ``budget`` bytes: at least one, at most what they have."""
    if budget is None:
        return settings
    rows = (budget - size.need(replace(settings, rows=0), work)) // size.row(settings, work.length)
    return replace(settings, rows=max(1, min(settings.rows, rows)))


def more_rows(plan: Plan, size: ModelSize, *, peak: int, wanted: int) -> Settings | None:
    """The plan corrected by what was measured: settings with more rows, where enough of them are seen to fit.

    Parameters
    ----------
    peak
        Bytes that were in use at most.
    wanted
        Rows beyond which there is nothing to gain.
    """
    if plan.budget is None or plan.settings.rows >= wanted:
        return None
    spare = (plan.budget - peak - _OVERHEAD) // size.row(plan.settings, plan.work.length)
    rows = min(wanted, plan.settings.rows + spare)
    # A new cache waits for the rows in flight: not worth it for one or two rows more.
    return replace(plan.settings, rows=rows) if rows >= plan.settings.rows * 1.25 else None
