import pytest
import torch

from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.loader import choose_device, choose_precision, load_model
from mineru_cli.errors import EngineUnavailableError
from tests import checkpoints


@pytest.mark.parametrize("layout", [checkpoints.flat_config, checkpoints.nested_config])
def test_both_published_layouts_load_with_their_head_tied(tmp_path, layout):
    folder = checkpoints.write_checkpoint(tmp_path / "weights", layout())
    loaded = load_model(find_checkpoint(str(folder)), device="cpu")
    model = loaded.model
    assert model.lm_head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()
    assert model.config._attn_implementation == "sdpa"
    assert model.dtype == torch.float32
    assert loaded.precision == "fp32"
    assert checkpoints.TAGS["<|im_end|>"] in loaded.stop_tokens


def test_a_head_that_would_be_random_is_refused(tmp_path):
    config = checkpoints.nested_config()
    config["text_config"]["tie_word_embeddings"] = False
    folder = checkpoints.write_checkpoint(tmp_path / "weights", config)
    with pytest.raises(EngineUnavailableError, match="no output head"):
        load_model(find_checkpoint(str(folder)), device="cpu")


def test_a_missing_tensor_is_named(tmp_path):
    folder = checkpoints.write_checkpoint(
        tmp_path / "weights",
        checkpoints.nested_config(),
        without=("lm_head.weight", "model.language_model.layers.1.mlp.up_proj.weight"),
    )
    with pytest.raises(EngineUnavailableError, match=r"lacks 1 tensors .*up_proj"):
        load_model(find_checkpoint(str(folder)), device="cpu")


def test_damaged_weights_are_an_error_not_a_traceback(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "weights", checkpoints.nested_config())
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(EngineUnavailableError, match="Download it again"):
        load_model(find_checkpoint(str(folder)), device="cpu")
    weights.unlink()
    with pytest.raises(EngineUnavailableError, match="cannot be loaded"):
        load_model(find_checkpoint(str(folder)), device="cpu")


def test_pickled_weights_are_not_opened(tmp_path):
    folder = checkpoints.write_checkpoint(tmp_path / "weights", checkpoints.nested_config())
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EngineUnavailableError):
        load_model(find_checkpoint(str(folder)), device="cpu")


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("cpu") == "cpu"
    with pytest.raises(EngineUnavailableError, match="--device cuda"):
        choose_device("cuda")
    with pytest.raises(EngineUnavailableError, match="not known"):
        choose_device("tpu")


def test_precision_follows_what_the_device_computes_in(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (8, 6))
    assert choose_precision("auto", "cuda:0") == "bf16"
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: (7, 5))
    assert choose_precision("auto", "cuda:0") == "fp16"
    assert choose_precision("auto", "cpu") == "fp32"
    assert choose_precision("bf16", "cpu") == "bf16"


def test_a_card_that_is_numbered_too_high_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert choose_device("auto") == "cuda:0"
    with pytest.raises(EngineUnavailableError, match=r"1 CUDA device"):
        choose_device("cuda:3")
