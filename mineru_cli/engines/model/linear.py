"""Linear layers that take less of the GPU: 8-bit weights, and weights that stay outside and are streamed in.

Comes in: `torch.nn.Linear`. Goes out: a module that computes the same product. Knows nothing of what the layers are
part of. Both are written with plain torch operations, so that they run wherever torch runs and can be captured in
CUDA graphs (the 8-bit one).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import torch
from torch import nn
from torch.nn import functional

if TYPE_CHECKING:
    from pathlib import Path

Replace = Callable[[str, nn.Linear], nn.Module]


class Int8Linear(nn.Module):  # type: ignore[misc]
    """Weights as 8-bit integers, one scale an output channel, symmetric; computed in the precision of the input.

    The arithmetic of torchao's ``Int8WeightOnlyConfig``, without the package: a rung of the memory ladder must not
    depend on an extra.

    Parameters
    ----------
    linear
        [out, in] weights in floating point; they are not kept. Best on the CPU: what rounding needs in between would
        leave holes in the device's memory.
    """

    weight: torch.Tensor
    scale: torch.Tensor
    bias: torch.Tensor | None

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        weight = linear.weight.detach().to(torch.float32, copy=True)
        scale = weight.abs().amax(dim=1).clamp(min=1e-12) / 127
        self.register_buffer("weight", weight.div_(scale[:, None]).round_().to(torch.int8))
        self.register_buffer("scale", scale.to(linear.weight.dtype))
        self.register_buffer("bias", None if linear.bias is None else linear.bias.detach())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in] to [..., out]."""
        product = functional.linear(x, self.weight.to(x.dtype)).mul_(self.scale)
        return product if self.bias is None else product.add_(self.bias)


class StreamedLinear(nn.Module):  # type: ignore[misc]
    """Weights that stay in main memory, pinned where possible, or on disk; copied to the device for each product.

    `accelerate` does the same with hooks, which empty the allocator's cache after every weight: measured at 0.34 s a
    token for this model. Here a copy is queued on the stream and its memory is reused by the next.

    Parameters
    ----------
    linear
        The layer, on the CPU.
    device
        Where products are computed; inputs are there already.
    file
        Where the weights are put on disk; None keeps them in main memory.
    """

    def __init__(self, linear: nn.Linear, device: str, file: "Path | None" = None) -> None:
        super().__init__()
        self.device = device
        self.outside = {"weight": linear.weight.detach()}
        if linear.bias is not None:
            self.outside["bias"] = linear.bias.detach()
        if file is not None:
            self.outside = _on_disk(self.outside, file)
        elif device.startswith("cuda"):
            self.outside = {name: tensor.pin_memory() for name, tensor in self.outside.items()}

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[..., in] to [..., out]."""
        here = {name: tensor.to(self.device, non_blocking=True) for name, tensor in self.outside.items()}
        return functional.linear(x, **here)


def replace_linears(root: nn.Module, replace: Replace) -> None:
    """Put ``replace(name, linear)`` in the place of each linear layer, one after another.

    No more than one layer is held twice at a time.
    """
    found = [name for name, module in root.named_modules() if isinstance(module, nn.Linear)]
    for name in found:
        parent = root.get_submodule(name.rpartition(".")[0])
        linear = root.get_submodule(name)
        assert isinstance(linear, nn.Linear)  # noqa: S101 -- tells the type checker what the line above chose
        setattr(parent, name.rpartition(".")[2], replace(name, linear))


def _on_disk(tensors: dict[str, torch.Tensor], file: "Path") -> dict[str, torch.Tensor]:
    """The same tensors, mapped from a file: read when used, and held by the system's cache only."""
    from safetensors.torch import load_file, save_file

    file.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, file)
    return load_file(file)
