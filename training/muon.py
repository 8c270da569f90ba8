"""Muon (Jordan et al. 2024) for many small matrices: those of one shape are made orthogonal together.

Comes in: matrices with gradients. Goes out: nothing, they are stepped. The arithmetic is `torch.optim.Muon`'s with its
rates matched to AdamW's; that one launches some thirty kernels for each matrix, which takes longer than the network's
own step where matrices are small.
"""

from collections import defaultdict
from typing import Any

import torch
from torch import Tensor

MOMENTUM = 0.95
DECAY = 0.01
_COEFFICIENTS = (3.4445, -4.775, 2.0315)
_STEPS = 5


class Muon(torch.optim.Optimizer):  # type: ignore[misc]
    """Momentum whose matrices are made orthogonal before they are added.

    Parameters
    ----------
    parameters
        Matrices.
    lr
        As one would give AdamW.
    """

    def __init__(self, parameters: list[Tensor], lr: float) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        """One step; a closure is not used."""
        del closure
        for group in self.param_groups:
            matrices = [p for p in group["params"] if p.grad is not None]
            grads = [p.grad for p in matrices]
            buffers = [self.state[p].setdefault("momentum", torch.zeros_like(p)) for p in matrices]
            torch._foreach_lerp_(buffers, grads, 1 - MOMENTUM)
            updates = torch._foreach_lerp(grads, buffers, MOMENTUM)  # noqa: SLF001 - the same
            torch._foreach_mul_(matrices, 1 - group["lr"] * DECAY)
            shapes: dict[tuple[int, ...], list[int]] = defaultdict(list)
            for i, matrix in enumerate(matrices):
                shapes[tuple(matrix.shape)].append(i)
            for shape, places in shapes.items():
                turned = orthogonal(torch.stack([updates[i] for i in places])).to(matrices[places[0]].dtype)
                rate = group["lr"] * 0.2 * max(shape) ** 0.5
                torch._foreach_add_([matrices[i] for i in places], list(turned.unbind()), alpha=-rate)


def orthogonal(stack: Tensor) -> Tensor:
    """[matrices, rows, columns] with all singular values near 1, by Newton and Schulz's iteration in 16 bit."""
    a, b, c = _COEFFICIENTS
    x = stack.bfloat16()
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.mT
    x = x / x.norm(dim=(1, 2), keepdim=True).clamp(min=1e-7)
    for _ in range(_STEPS):
        square = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.mT if tall else x
