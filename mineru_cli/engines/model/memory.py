"""The device's memory: how much there is, holding to a limit, giving it back, and telling when it ran out.

Comes in: a device name (``cuda:0``, ``mps``, ``cpu``) or an exception. Goes out: bytes, or a verdict. Knows nothing of
models. torch is imported when called.
"""

import gc
import os
import re
from dataclasses import dataclass

# What torch raises as a plain RuntimeError when an allocation failed: MPS, the CPU allocator, cuBLAS and cuDNN handles
# and workspaces. Looked at only after the type has not told.
_OOM_TEXT = re.compile(
    r"MPS backend out of memory"
    r"|DefaultCPUAllocator: (can't allocate memory|not enough memory)"
    r"|CUDA error: out of memory"
    r"|CUDA driver error: out of memory"
    r"|CUBLAS_STATUS_ALLOC_FAILED"
    r"|CUBLAS_STATUS_NOT_INITIALIZED when calling `?cublas(Lt)?Create"
    r"|CUDNN_STATUS_ALLOC_FAILED"
    r"|CUDNN_STATUS_INTERNAL_ERROR_(DEVICE|HOST)_ALLOCATION_FAILED"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """Bytes: ``total`` on the device, ``free`` of them, ``reach`` what this process may hold, held already or not."""

    total: int
    free: int
    reach: int


def is_oom(error: BaseException) -> bool:
    """Whether an exception, or one that it was raised in the wake of, says that memory ran out.

    A failed allocation inside a CUDA graph capture surfaces as the failure to end the capture, with the cause behind
    it: so the chain is looked at too.
    """
    import torch

    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        if isinstance(link, torch.OutOfMemoryError | MemoryError):
            return True
        if isinstance(link, RuntimeError) and _OOM_TEXT.search(str(link)):
            return True
        seen.add(id(link))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return False


def device_memory(device: str) -> DeviceMemory | None:
    """What the device has; ``reach`` heeds the limit set by `hold_to`.

    None for a CPU: its memory is the system's to give.
    """
    import torch

    if device.startswith("cuda"):
        free, total = torch.cuda.mem_get_info(device)
        limit = int(torch.cuda.get_per_process_memory_fraction(device) * total)
        return DeviceMemory(total=total, free=free, reach=min(free + torch.cuda.memory_reserved(device), limit))
    if device == "mps":
        total, held = torch.mps.recommended_max_memory(), torch.mps.driver_allocated_memory()
        return DeviceMemory(total=total, free=max(0, total - held), reach=total)
    return None


def has_room(device: str, size: int) -> bool:
    """Whether ``size`` more bytes can be allocated; True where the system alone knows."""
    import torch

    found = device_memory(device)
    return found is None or found.reach - torch.cuda.memory_allocated(device) >= size


def prefer_growing_segments() -> None:
    """Let CUDA's allocator grow its segments instead of fragmenting; the user's own setting wins.

    Must come before the first allocation on the device.
    """
    if "PYTORCH_ALLOC_CONF" not in os.environ and "PYTORCH_CUDA_ALLOC_CONF" not in os.environ:
        os.environ["PYTORCH_ALLOC_CONF"] = os.environ["PYTORCH_CUDA_ALLOC_CONF"] = "expandable_segments:True"


def hold_to(device: str, limit: int) -> None:
    """Make the allocator refuse more than ``limit`` bytes on a CUDA or MPS device; does nothing on a CPU."""
    import torch

    if device.startswith("cuda"):
        total = torch.cuda.mem_get_info(device)[1]
        torch.cuda.set_per_process_memory_fraction(min(1.0, limit / total), device)
    elif device == "mps":
        torch.mps.set_per_process_memory_fraction(min(1.0, limit / torch.mps.recommended_max_memory()))


def give_back(device: str) -> None:
    """Collect garbage and return what the allocator holds unused.

    Call it after the ``except`` block of a failure is left: while it lasts, the traceback keeps every tensor of the
    failed call alive. No CUDA graph may be alive that will be replayed: its workspace goes too.
    """
    import torch

    gc.collect()
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
        # Up to 32 MiB for each stream that multiplied, kept until asked for; torch has no public name for it.
        torch._C._cuda_clearCublasWorkspaces()  # noqa: SLF001 -- as above
        torch.cuda.empty_cache()
    elif device == "mps":
        torch.mps.empty_cache()


def peak(device: str) -> int:
    """The most bytes allocated at once on a CUDA device since `reset_peak`; 0 elsewhere."""
    import torch

    return torch.cuda.max_memory_allocated(device) if device.startswith("cuda") else 0


def reset_peak(device: str) -> None:
    """Start measuring `peak` anew."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
