"""What scanners, cameras, copiers and careless crops do to a picture.

Comes in: a Pillow image in RGB. Goes out: one of the same size. Knows nothing of what it shows.
"""

import io
import math
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

CLEAN = 0.5
"""Share of pictures that are left as they are."""
_FIELD = 1400


@lru_cache(maxsize=1)
def _grain() -> np.ndarray:
    """A field of normal noise, of standard deviation 16, that patches are cut from."""
    return np.random.default_rng(7).normal(0, 16, (_FIELD, _FIELD)).astype(np.int16)


def worn(image: Image.Image, r: Random) -> Image.Image:
    """The picture after what may happen to it; half of them are left alone."""
    if r.random() < CLEAN:
        return image
    if r.random() < 0.4:
        image = _moved(image, r)
    if r.random() < 0.15:  # then lines are told apart by their markers at best
        image = image.convert("L").convert("RGB")
    if r.random() < 0.35:
        image = _toned(image, r)
    if r.random() < 0.2:
        image = _coarse(image, r)
    elif r.random() < 0.25:
        image = image.filter(ImageFilter.BoxBlur(r.uniform(0.2, 0.9)))
    if r.random() < 0.25:
        image = _grained(image, r)
    return jpeg(image, r.randint(28, 92)) if r.random() < 0.45 else image


def scanned(image: Image.Image, r: Random, *, skew: float = 1.0, quality: int = 50) -> Image.Image:
    """A scan as evaluation asks for: skewed, noisy, JPEG."""
    turned = image.rotate(skew * r.choice((-1, 1)), Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    return jpeg(_grained(turned, r, strength=0.35), quality)


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """The picture stored as JPEG and read again."""
    stored = io.BytesIO()
    image.save(stored, "JPEG", quality=quality)
    return Image.open(stored).convert("RGB")


def _moved(image: Image.Image, r: Random) -> Image.Image:
    """Skewed, shrunk into a margin or cropped a little, perhaps with bits of a page at the edge."""
    width, height = image.size
    angle = math.radians(r.gauss(0, 0.7)) if r.random() < 0.6 else 0.0
    scale = r.choice((1.0, r.uniform(1.0, 1.14), r.uniform(0.985, 1.0)))
    shear = r.gauss(0, 0.004)
    cos, sin = math.cos(angle) * scale, math.sin(angle) * scale
    cx, cy = width / 2, height / 2
    dx, dy = (r.uniform(-0.5, 0.5) * max(0.0, scale - 1) * side for side in (width, height))
    matrix = (cos, -sin + shear, cx + dx - cos * cx + sin * cy, sin, cos, cy + dy - sin * cx - cos * cy)
    paper = image.getpixel((1, 1)) if r.random() < 0.7 else (255, 255, 255)
    moved = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=paper)
    if scale > 1.06 and r.random() < 0.3:
        draw = ImageDraw.Draw(moved)
        y = r.choice((2, height - 5))
        for _ in range(r.randint(1, 2)):
            x = r.randint(0, width // 3)
            while x < width - 30:
                step = r.randint(8, 40)
                draw.rectangle((x, y, x + step, y + 3), fill=(90, 90, 90))
                x += step + 5
    return moved


def _toned(image: Image.Image, r: Random) -> Image.Image:
    """Another brightness, contrast or tint, or a shadow."""
    if r.random() < 0.2:
        width, height = image.size
        dark = r.uniform(0.55, 0.9)
        ramp = np.linspace(dark, 1, width if r.random() < 0.5 else height, dtype=np.float32)
        ramp = ramp[:: r.choice((-1, 1))]
        field = np.broadcast_to(ramp[None, :] if len(ramp) == width else ramp[:, None], (height, width))
        return Image.fromarray((np.asarray(image) * field[..., None]).astype(np.uint8))
    gamma, low, high = r.uniform(0.7, 1.5), r.uniform(0, 50), r.uniform(190, 255)
    table = []
    for _ in range(3):
        top = high * r.uniform(0.93, 1.0)
        table += [round(low + (top - low) * (i / 255) ** gamma) for i in range(256)]
    return image.point(table)


def _coarse(image: Image.Image, r: Random) -> Image.Image:
    """Shrunk and enlarged again."""
    width, height = image.size
    share = r.uniform(0.6, 0.9)
    small = image.resize((round(width * share), round(height * share)), Image.Resampling.BILINEAR)
    return small.resize((width, height), Image.Resampling.BICUBIC)


def _grained(image: Image.Image, r: Random, strength: float = 0.0) -> Image.Image:
    pixels = np.asarray(image, np.int16)
    height, width = pixels.shape[:2]
    y, x = r.randrange(max(1, _FIELD - height)), r.randrange(max(1, _FIELD - width))
    noise = _grain()[y : y + height, x : x + width]
    if noise.shape != (height, width):
        return image
    noise = (noise * (strength or r.uniform(0.1, 0.8))).astype(np.int16)
    return Image.fromarray(np.clip(pixels + noise[..., None], 0, 255).astype(np.uint8))
