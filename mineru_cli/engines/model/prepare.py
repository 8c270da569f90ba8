"""Pictures made ready for the GPU ahead of need, in threads.

Comes in: requests. Goes out: `Prepared`, the resized picture as bytes and the question as token numbers, on the CPU;
and `Patcher`, which turns those bytes into patches on the device. Knows nothing of decoding or memory.

transformers' image processor spends 60 ms a picture on the CPU and gives 19 MB of floats. Here the CPU only resizes
(Pillow, which lets other threads run meanwhile) and gives 2 MB of bytes; scaling, normalising and cutting into
patches take microseconds on the device. The values are the same to the last bit: they are looked up in a table that
the processor's own functions filled.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.model import protocol
from mineru_cli.engines.model.checkpoint import Family
from mineru_cli.errors import FigureError

if TYPE_CHECKING:
    import torch
    from PIL import Image

_THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """One question, ready to be sent to the device.

    ``pixels`` is [height, width, 3] uint8, ``grid`` its rows and columns of patches, ``ids`` [tokens] int64,
    ``image_at`` where the picture's tokens start among them, ``positions`` [3, tokens] int64 (time, height, width)
    and ``next_position`` the position of the first token of the answer.
    """

    pixels: "torch.Tensor"
    grid: tuple[int, int]
    ids: "torch.Tensor"
    image_at: int
    image_tokens: int
    positions: "torch.Tensor"
    next_position: int

    @property
    def tokens(self) -> int:
        """How many tokens the question takes in the cache."""
        return len(self.ids)


class Preparer:
    """Makes requests ready in the background.

    Parameters
    ----------
    tokenizer, image_processor
        As they come with the checkpoint.
    family
        Which questions the checkpoint was trained on.
    """

    def __init__(self, *, tokenizer: Any, image_processor: Any, family: Family) -> None:
        self._processor = image_processor
        pad = tokenizer.convert_tokens_to_ids(protocol.IMAGE_PAD)
        self._questions: dict[Task, tuple[list[int], list[int]]] = {}
        for task in Task:
            ids = tokenizer(protocol.prompt(task, family, 1), add_special_tokens=False)["input_ids"]
            at = ids.index(pad)
            self._questions[task] = (ids[:at], ids[at + 1 :])
        self._pad = pad
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="prepare")

    def submit(self, request: Request, side: int | None = None) -> "Future[Prepared]":
        """Start on a request; the future gives `Prepared` or raises what `prepare` raises."""
        return self._threads.submit(self.prepare, request, side)

    def prepare(self, request: Request, side: int | None = None) -> Prepared:
        """Make one request ready, its picture shrunk to ``side`` pixels on its longest side if that is given.

        Raises
        ------
        FigureError
            When the picture has a shape the model cannot take (more than 200 times as long as wide).
        """
        import numpy as np
        import torch

        image = self._resized(_shrunk(protocol.fit_to_task(request.image, request.task), side))
        width, height = image.size
        patch, merge = self._processor.patch_size, self._processor.merge_size
        grid = (height // patch, width // patch)
        rows, columns = grid[0] // merge, grid[1] // merge
        before, after = self._questions[request.task]
        ids = torch.tensor([*before, *[self._pad] * (rows * columns), *after])
        positions, next_position = question_positions(len(before), rows, columns, len(after))
        return Prepared(
            pixels=torch.from_numpy(np.array(image)),
            grid=grid,
            ids=ids,
            image_at=len(before),
            image_tokens=rows * columns,
            positions=positions,
            next_position=next_position,
        )

    def close(self) -> None:
        """Stop the threads; what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _resized(self, image: "Image.Image") -> "Image.Image":
        from PIL import Image
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

        size, unit = self._processor.size, self._processor.patch_size * self._processor.merge_size
        width, height = image.size
        try:
            height, width = smart_resize(
                height, width, factor=unit, min_pixels=size["shortest_edge"], max_pixels=size["longest_edge"]
            )
        except ValueError as error:
            raise FigureError(
                "bad_shape",
                f"a figure of {width}x{height} pixels cannot be read by the model",
                cure="Crop it to something less extreme",
            ) from error
        return image.convert("RGB").resize((width, height), Image.Resampling(self._processor.resample))


class Patcher:
    """Bytes of pictures to patches, on the device.

    Parameters
    ----------
    image_processor
        As it comes with the checkpoint: its scaling and normalising are read off once, for each of 256 values.
    """

    def __init__(self, image_processor: Any, *, device: str, dtype: "torch.dtype") -> None:
        import numpy as np
        import torch

        self._patch, self._merge = image_processor.patch_size, image_processor.merge_size
        self._times = image_processor.temporal_patch_size
        values = np.broadcast_to(np.arange(256, dtype=np.uint8)[None, None], (3, 1, 256))
        if image_processor.do_rescale:
            values = image_processor.rescale(values, image_processor.rescale_factor)
        if image_processor.do_normalize:
            values = image_processor.normalize(values, image_processor.image_mean, image_processor.image_std)
        table = torch.from_numpy(np.ascontiguousarray(values, dtype=np.float32))[:, 0]
        self._table = table.to(device=device, dtype=dtype).flatten()
        self._channels = torch.arange(3, device=device, dtype=torch.int32)[:, None, None] * 256

    def __call__(self, pixels: "torch.Tensor") -> tuple["torch.Tensor", "torch.Tensor"]:
        """[height, width, 3] uint8 on the device to patches [patches, 1176] and their rows and columns [patches, 2].

        Patches come in groups of 2x2, as the vision tower merges them.
        """
        import torch

        patch, merge = self._patch, self._merge
        grid = (pixels.shape[0] // patch, pixels.shape[1] // patch)
        cut = pixels.reshape(grid[0] // merge, merge, patch, grid[1] // merge, merge, patch, 3)
        cut = cut.permute(0, 3, 1, 4, 6, 2, 5).reshape(grid[0] * grid[1], 3, patch, patch)
        values = self._table[cut + self._channels]
        patches = values[:, :, None].expand(-1, -1, self._times, -1, -1).flatten(1)
        at = torch.stack(
            torch.meshgrid(*(torch.arange(side, device=pixels.device) for side in grid), indexing="ij")
        ).reshape(2, grid[0] // merge, merge, grid[1] // merge, merge)
        return patches, at.transpose(2, 3).flatten(1).T


def question_positions(before: int, rows: int, columns: int, after: int) -> tuple["torch.Tensor", int]:
    """Positions [3, tokens] of a question, and the first position after it.

    Qwen2-VL's rule (arXiv 2409.12191, section 2.1): text advances all three axes by one; a picture stands at one
    time, its tokens at their row and column; the text after it goes on from the largest.
    """
    import torch

    picture = torch.stack(
        (
            torch.zeros(rows * columns, dtype=torch.long),
            torch.arange(rows).repeat_interleave(columns),
            torch.arange(columns).repeat(rows),
        )
    )
    resumed = before + max(rows, columns)
    text = torch.arange(before).expand(3, -1), (torch.arange(after) + resumed).expand(3, -1)
    return torch.cat((text[0], picture + before, text[1]), dim=1), resumed + after


def _shrunk(image: "Image.Image", side: int | None) -> "Image.Image":
    if side is None or max(image.size) <= side:
        return image
    from PIL import Image

    scale = side / max(image.size)
    size = tuple(max(1, round(length * scale)) for length in image.size)
    return image.resize((size[0], size[1]), Image.Resampling.LANCZOS)
