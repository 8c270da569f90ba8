import json

import pytest

from mineru_cli.engines.model import checkpoint as module
from mineru_cli.engines.model.checkpoint import find_checkpoint, nested_config
from mineru_cli.errors import EngineUnavailableError, ExitCode, MissingDependencyError
from tests import checkpoints


def write_config(folder, config):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    return str(folder)


def test_nano_comes_with_the_package():
    found = find_checkpoint("nano")
    said = json.loads((found.folder / "generation_config.json").read_text())
    assert found.name == "nano"
    assert found.family == "analysis"
    assert found.longest_answer == said["max_new_tokens"]
    assert (found.folder / "model.safetensors.index.json").is_file()


def test_a_checkpoint_says_how_long_its_answers_are(tmp_path):
    folder = write_config(tmp_path / "weights", checkpoints.nested_config())
    assert find_checkpoint(folder).longest_answer is None
    said = tmp_path / "weights" / "generation_config.json"
    said.write_text(json.dumps({"max_new_tokens": 720}))
    assert find_checkpoint(folder).longest_answer == 720
    for broken in ("{", "[]", '{"max_new_tokens": null}', '{"max_new_tokens": 0}'):
        said.write_text(broken)
        assert find_checkpoint(folder).longest_answer is None


def test_both_published_layouts_come_out_alike():
    flat, nested = nested_config(checkpoints.flat_config()), nested_config(checkpoints.nested_config())
    for config in (flat, nested):
        assert config["tie_word_embeddings"] is True
        assert config["text_config"]["tie_word_embeddings"] is True
        assert config["text_config"]["hidden_size"] == 64
        assert config["text_config"]["rope_parameters"] == {
            "rope_type": "default",
            "rope_theta": 10000.0,
            "mrope_section": [8, 12, 12],
        }
        assert config["vision_config"]["in_channels"] == 3
        assert config["image_token_id"] == checkpoints.TAGS["<|image_pad|>"]


def test_the_release_without_chart_training_is_told_apart(tmp_path):
    flat = write_config(tmp_path / "weights", checkpoints.flat_config())
    nested = write_config(tmp_path / "pro", checkpoints.nested_config())
    named = write_config(tmp_path / "MinerU2.5-2509-1.2B", checkpoints.nested_config())
    assert [find_checkpoint(folder).family for folder in (flat, nested, named)] == ["table", "analysis", "table"]


@pytest.mark.parametrize("name", ["./nowhere", "nothing", "nothing/", "/no/such/folder", "a/b/c"])
def test_a_folder_that_is_not_there_is_named(name):
    with pytest.raises(EngineUnavailableError, match="no such folder") as caught:
        find_checkpoint(name)
    assert name in str(caught.value)


def test_another_kind_of_model_is_refused(tmp_path):
    with pytest.raises(EngineUnavailableError, match="not a Qwen2-VL checkpoint"):
        find_checkpoint(write_config(tmp_path / "bert", {"model_type": "bert"}))
    (tmp_path / "empty").mkdir()
    with pytest.raises(EngineUnavailableError, match=r"config\.json"):
        find_checkpoint(str(tmp_path / "empty"))


def test_auto_is_never_nano_and_names_every_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    with pytest.raises(EngineUnavailableError) as caught:
        find_checkpoint("auto")
    text = str(caught.value)
    assert caught.value.exit_code is ExitCode.ENGINE_UNAVAILABLE
    assert "\n" not in text
    for part in ("MinerU2.5-Pro-2605-1.2B", "hf download", "--model /path", "--model nano"):
        assert part in text


def test_modelscope_is_an_extra():
    with pytest.raises(MissingDependencyError, match=r"mineru-extract\[modelscope\]"):
        find_checkpoint("auto", "modelscope")


def test_a_download_that_was_cut_is_taken_up_again(tmp_path):
    index = {"weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(index))
    (tmp_path / "one.safetensors").touch()
    asked = []

    def fetch(*, local_files_only):
        asked.append(local_files_only)
        return tmp_path

    assert module._cached_or_downloaded("x/y", fetch, "hf download x/y") == tmp_path
    assert asked == [True, False]
    (tmp_path / "two.safetensors").touch()
    assert module._cached_or_downloaded("x/y", fetch, "hf download x/y") == tmp_path
    assert asked == [True, False, True]
