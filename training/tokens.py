"""The reader's tokenizer: bytes and merges learnt from answers, digits apart, what parts cells in one token.

Comes in: nothing but the seed of the answers it learns from. Goes out: a tokenizer in transformers' format. The 256
bytes come first, so that a reader may inherit them from another; then merges; then the tags.
"""

from random import Random
from typing import Any

SIZE = 1024
"""Tokens, tags included."""
ANSWERS = 12_000
SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>", "<|box_start|>", "<|box_end|>", "<|ref_start|>", "<|ref_end|>", "<|rotate_up|>",
    "<|rotate_right|>", "<|rotate_down|>", "<|rotate_left|>", "<|class_start|>", "<|class_end|>",
    "<|sub_class_start|>", "<|sub_class_end|>", "<|caption_start|>", "<|caption_end|>", "<|content_start|>",
    "<|content_end|>",
)  # fmt: skip
QUESTIONS = {"chart": "Image Analysis:", "layout": "Layout Detection:", "text": "Text Recognition:"}
"""What is asked; mineru_cli.engines.model.protocol asks the first two."""
_PIECES = (
    r" \|\n\|(?:---\|)+\n\| |%? \|\n\| |%? \| |%? \||\| "  # the end of a heading with its rule, of a row, of a cell
    r"|\p{N}| ?\p{L}+| ?[^\s\p{L}\p{N}|]+|\s+|\|"
)


def question(task: str) -> tuple[str, str]:
    """The text before the picture's tokens and after them."""
    before = "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\n<|vision_start|>"
    return before, f"<|vision_end|>\n{QUESTIONS[task]}<|im_end|>\n<|im_start|>assistant\n"


def build(seed: int = 1, *, answers: int = ANSWERS) -> Any:
    """Learn a tokenizer: a `transformers.PreTrainedTokenizerFast`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    learner.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=SIZE - len(SPECIAL), initial_alphabet=alphabet, show_progress=False)
    learner.train_from_iterator(_corpus(Random(seed), answers), trainer)
    learner.add_special_tokens(list(SPECIAL))
    return PreTrainedTokenizerFast(
        tokenizer_object=learner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(SPECIAL),
        padding_side="left",
    )


def _corpus(r: Random, answers: int) -> Any:
    from training.data import words
    from training.data.answer import chart_answer
    from training.data.spec import random_spec

    for _ in range(answers):
        yield chart_answer(random_spec(r))
        yield words.phrase(r, 2, 6)
    yield from (
        "text title chart image image_caption table table_caption natural_image flowchart text_image pure_table",
    ) * 99
