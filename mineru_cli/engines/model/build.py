"""From a loaded model to a `Network` as the settings want it: precision, and where the weights are.

Comes in: a transformers model on the CPU, and `Settings`. Goes out: `Network`. Knows nothing of rows, requests or
memory running out.
"""

from pathlib import Path

import torch
from torch import nn

from mineru_cli.engines.model.ladder import Settings
from mineru_cli.engines.model.language import LanguageModel
from mineru_cli.engines.model.linear import Int8Linear, StreamedLinear, replace_linears
from mineru_cli.engines.model.loader import LoadedModel
from mineru_cli.engines.model.prepare import Patcher
from mineru_cli.engines.model.slots import Network
from mineru_cli.engines.model.vision import VisionTower


def build_network(loaded: LoadedModel, settings: Settings, *, device: str, offload_dir: str | None) -> Network:
    """Take a model apart and put its parts where the settings want them; the loaded model is used up.

    Parameters
    ----------
    loaded
        On the CPU, in ``settings.base`` precision.
    device
        Where products are computed.
    offload_dir
        Where weights go that are to stand on disk.
    """
    device = "cpu" if settings.placement == "cpu" else device
    with torch.inference_mode():
        vision, language = VisionTower(loaded.model.model.visual), LanguageModel(loaded.model)
        dtype = language.dtype
        if settings.placement in {"vision-outside", "outside", "disk"}:
            _put_outside(vision, device, _folder(settings, offload_dir, "vision"))
        elif settings.precision == "int8":
            _in_int8(vision)
        if settings.placement in {"outside", "disk"}:
            _put_outside(language.layers, device, _folder(settings, offload_dir, "language"))
        elif settings.precision == "int8":
            _in_int8(language.layers)
        return Network(
            vision=vision.to(device),
            language=language.to(device),
            patcher=Patcher(loaded.image_processor, device=device, dtype=dtype),
            stop_tokens=loaded.stop_tokens,
            can_capture=settings.placement in {"device", "vision-outside"},
        )


def _in_int8(part: nn.Module) -> None:
    replace_linears(part, lambda _name, linear: Int8Linear(linear))


def _put_outside(part: nn.Module, device: str, folder: Path | None) -> None:
    def replace(name: str, linear: nn.Linear) -> nn.Module:
        return StreamedLinear(linear, device, None if folder is None else folder / f"{name}.safetensors")

    replace_linears(part, replace)


def _folder(settings: Settings, offload_dir: str | None, part: str) -> Path | None:
    return Path(offload_dir) / part if settings.placement == "disk" and offload_dir is not None else None
