"""Any picture Pillow can open as upright 8-bit RGB: orientation, transparency, depth, colour space.

Comes in: an opened Pillow image. Goes out: an RGB image and a `Step` for each thing done that changes what is seen.
Knows nothing of files.
"""

from typing import TYPE_CHECKING, Final

import numpy as np

from mineru_cli.schema import Step

if TYPE_CHECKING:
    from PIL import Image

_ORIENTATION_TAG: Final = 274
_DEEP_MODES: Final = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_DEPTHS: Final = (8, 10, 12, 14, 16, 24, 32)


def to_rgb(image: "Image.Image") -> tuple["Image.Image", list[Step]]:
    """Decode and convert: EXIF orientation applied, transparency laid on white, deep greys scaled down, not clipped."""
    steps: list[Step] = []
    image.load()
    upright = _upright(image, steps)
    if upright.mode in _DEEP_MODES:
        return _from_deep(upright, steps), steps
    if upright.has_transparency_data:
        from PIL import Image

        steps.append(Step(name="flatten", detail={"onto": "white"}))
        layered = upright.convert("RGBA")
        white = Image.new("RGBA", layered.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, layered).convert("RGB"), steps
    return upright if upright.mode == "RGB" else upright.convert("RGB"), steps


def _upright(image: "Image.Image", steps: list[Step]) -> "Image.Image":
    from PIL import ImageOps

    try:
        orientation = image.getexif().get(_ORIENTATION_TAG, 1)
        upright = ImageOps.exif_transpose(image)
    except (SyntaxError, ValueError, KeyError, TypeError, OSError):
        return image
    if orientation not in range(2, 9):
        return image
    steps.append(Step(name="orient", detail={"exif": int(orientation)}))
    return upright


def _from_deep(image: "Image.Image", steps: list[Step]) -> "Image.Image":
    """Greys of more than 8 bits, scaled by the depth their largest value needs; floats by their own range."""
    from PIL import Image

    values = np.asarray(image, dtype=np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if image.mode == "F" or low < 0:
        scaled = (values - low) / max(high - low, 1e-12)
    else:
        depth = next((bits for bits in _DEPTHS if high < 2**bits), _DEPTHS[-1])
        scaled = values / (2**depth - 1)
        low, high = 0.0, float(2**depth - 1)
    steps.append(Step(name="scale_depth", detail={"low": low, "high": high}))
    return Image.fromarray((scaled * 255).round().astype(np.uint8)).convert("RGB")
