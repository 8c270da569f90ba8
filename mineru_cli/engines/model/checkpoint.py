"""Where the weights are: a name, a local folder or the bundled nano, as a `Checkpoint`.

Comes in: what ``--model`` and ``--hub`` say. Goes out: a folder on disk with a config read and put into one layout.
Knows nothing of torch: nothing is loaded here.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from mineru_cli.errors import EngineUnavailableError, MissingDependencyError
from mineru_cli.options import DEFAULT_MODEL, NANO, Hub

log = logging.getLogger(__name__)

Family = Literal["analysis", "table"]

# Weights, config, tokenizer and preprocessor; never code, never pickles.
_WANTED = ["*.safetensors", "*.json", "*.jinja", "merges.txt", "vocab.txt"]
_NANO_FOLDER = Path(__file__).parents[1] / "nano"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A model on disk.

    ``family`` tells which prompts it was trained on: ``analysis`` answers ``Image Analysis:`` (MinerU2.5-Pro and
    nano), ``table`` knows layout, text, formula and table only (MinerU2.5-2509), so that a chart is asked for as a
    table. ``config`` is the content of config.json in the nested layout, see `nested_config`. ``longest_answer`` is
    ``max_new_tokens`` of generation_config.json, where it says one: a small reader that was trained on answers of so
    many tokens babbles when an answer is longer.
    """

    name: str
    folder: Path
    family: Family
    config: dict[str, Any]
    longest_answer: int | None = None


def find_checkpoint(model: str, hub: Hub = "huggingface", *, download: bool = True) -> Checkpoint:
    """Find, or download, the model that ``--model`` names.

    Parameters
    ----------
    model
        ``auto`` (the default MinerU2.5-Pro), ``nano``, a folder, or a name on the hub.
    hub
        Where a name is looked up when it is not on disk yet.
    download
        Whether it is downloaded when it is not on disk.

    Raises
    ------
    EngineUnavailableError
        When it cannot be had, or is not a Qwen2-VL checkpoint.
    MissingDependencyError
        When ModelScope is asked for and not installed.
    """
    name = DEFAULT_MODEL if model == "auto" else model
    if name == NANO:
        folder = _NANO_FOLDER
    elif Path(name).is_dir():
        folder = Path(name)
    elif name.count("/") != 1 or name.startswith((".", "/", "~")) or name.endswith("/"):
        raise EngineUnavailableError(
            f"--model {name}: there is no such folder",
            cure="Give a folder, a name such as opendatalab/MinerU2.5-Pro-2605-1.2B, or nano",
        )
    else:
        folder = _from_hub(name, hub, download=download)
    config = _read_config(name, folder)
    return Checkpoint(
        name=name,
        folder=folder,
        family=_family(name, config),
        config=nested_config(config),
        longest_answer=_longest_answer(folder),
    )


def nested_config(config: dict[str, Any]) -> dict[str, Any]:
    """Bring either published layout of config.json into one: text fields under ``text_config``.

    MinerU2.5-2509 keeps them at the root, with ``rope_scaling`` and the vision field ``in_chans``; MinerU2.5-Pro
    nests them and has ``tie_word_embeddings`` only inside, where transformers did not look before 5.12: without it
    the output head stays random.
    """
    nested = json.loads(json.dumps(config))
    if "text_config" not in nested:
        outer = {
            "architectures", "model_type", "transformers_version", "torch_dtype", "dtype", "tie_word_embeddings",
            "vision_config", "image_token_id", "video_token_id", "vision_token_id",
            "vision_start_token_id", "vision_end_token_id",
        }  # fmt: skip
        nested["text_config"] = {key: nested.pop(key) for key in list(nested) if key not in outer}
    text, vision = nested["text_config"], nested.setdefault("vision_config", {})
    text["model_type"] = "qwen2_vl_text"
    if "rope_scaling" in text:
        scaling = text.pop("rope_scaling") or {}
        rope = {key: value for key, value in scaling.items() if key not in {"type", "rope_type"}}
        text.setdefault(
            "rope_parameters", {**rope, "rope_type": "default", "rope_theta": text.pop("rope_theta", 1_000_000.0)}
        )
    if "in_chans" in vision:
        vision.setdefault("in_channels", vision.pop("in_chans"))
    tied = nested.get("tie_word_embeddings") or text.get("tie_word_embeddings")
    nested["tie_word_embeddings"] = text["tie_word_embeddings"] = bool(tied)
    return dict(nested)


def _family(name: str, config: dict[str, Any]) -> Family:
    """The 2509 release is told by its name, or by the flat config that no later release has."""
    return "table" if "2509" in Path(name).name or "text_config" not in config else "analysis"


def _read_config(name: str, folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineUnavailableError(
            f"--model {name}: {folder / 'config.json'} cannot be read ({error.__class__.__name__})",
            cure="Give the folder that holds config.json and the .safetensors files",
        ) from error
    if not isinstance(config, dict) or config.get("model_type") != "qwen2_vl":
        raise EngineUnavailableError(
            f"--model {name} is not a Qwen2-VL checkpoint", cure="Give a MinerU2.5 model, or nano, which is bundled"
        )
    return config


def _longest_answer(folder: Path) -> int | None:
    try:
        generation = json.loads((folder / "generation_config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # the file is optional
        return None
    longest = generation.get("max_new_tokens") if isinstance(generation, dict) else None
    return longest if isinstance(longest, int) and longest > 0 else None


def _from_hub(name: str, hub: Hub, *, download: bool) -> Path:
    if hub == "modelscope":
        return _from_modelscope(name, download=download)
    from huggingface_hub import snapshot_download  # takes 0.3 s

    def fetch(*, local_files_only: bool) -> Path:
        return Path(snapshot_download(name, allow_patterns=_WANTED, local_files_only=local_files_only))

    return _cached_or_downloaded(name, fetch, f"hf download {name}", download=download)


def _from_modelscope(name: str, *, download: bool) -> Path:
    try:
        from modelscope import snapshot_download  # an extra
    except ImportError as error:
        raise MissingDependencyError(
            package="modelscope", extra="modelscope", purpose="for --hub modelscope"
        ) from error

    def fetch(*, local_files_only: bool) -> Path:
        return Path(snapshot_download(name, allow_patterns=_WANTED, local_files_only=local_files_only))

    return _cached_or_downloaded(name, fetch, f"modelscope download {name}", download=download)


def _cached_or_downloaded(name: str, fetch: Callable[..., Path], command: str, *, download: bool = True) -> Path:
    """What is on disk is used as it is: a cron job must not depend on the network, nor change models by itself.

    Both hubs raise `OSError` for the network and the disk, `ValueError` for a malformed name.
    """
    try:
        folder = fetch(local_files_only=True)
    except (OSError, ValueError):
        folder = None
    if folder is not None and _is_whole(folder):
        return folder
    if not download:
        raise EngineUnavailableError(f"the weights of {name} are not on this machine", cure=f"Fetch them: {command}")
    log.info("downloading %s", name)
    try:
        return fetch(local_files_only=False)
    except (OSError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".") or error.__class__.__name__
        raise EngineUnavailableError(
            f"the weights of {name} are not on this machine and cannot be downloaded ({reason})",
            cure=f"Where there is a network: {command}; or give a folder: --model /path/to/weights; "
            "or, for plain charts, what is bundled: --model nano",
        ) from error


def _is_whole(folder: Path) -> bool:
    """Whether every shard the index names is there: a download may have been cut."""
    try:
        index = json.loads((folder / "model.safetensors.index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return (folder / "model.safetensors").is_file()
    return all((folder / shard).is_file() for shard in set(index["weight_map"].values()))
