"""Making a picture ready to be read: straightening, shrinking, binarising.

Comes in: RGB pictures and `PageOptions`. Goes out: RGB pictures and a `Step` for each thing done. Knows nothing of
PDFs, files or figures. scikit-image and deskew (the extra ``scans``) load when first needed; without them scans are
read as they are, and say so.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from mineru_cli.errors import MissingDependencyError
from mineru_cli.options import PageOptions
from mineru_cli.schema import Box, Step

if TYPE_CHECKING:
    from PIL import Image

LARGEST_ANGLE: Final = 5.0
SMALLEST_ANGLE: Final = 0.15
LAYOUT_SIDE: Final = 1036
"""Pixels of a page picture's shorter side that the layout step can use."""


_SKEW_SCALES: Final = ((700, 2.0, 0.25), (900, 3.0, 0.5))
"""Longest side in pixels, smoothing in pixels and step in degrees of each search for lines."""

_PROFILE_SIDE: Final = 900
_SHARPER: Final = 1.1
_CHROMA: Final = 24
_COLOURED_SHARE: Final = 0.002
_LEAST_CONTRAST: Final = 40.0
_FILL_WIDTH: Final = 11
_FILLED_SHARE: Final = 0.004
_PAPER_TONE: Final = 0.8
_INK_TONE: Final = 0.3
_GREY_STROKES: Final = 0.06
_UNEVEN_PAPER: Final = 25.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Straightened:
    """A picture turned upright.

    ``angle`` is how far it was turned, in degrees counterclockwise; 0.0 when it was left as it was. ``original`` is the
    size before, in pixels.
    """

    image: "Image.Image"
    angle: float
    original: tuple[int, int]
    steps: tuple[Step, ...]

    def to_original(self, box: Box) -> Box:
        """The box, in pixels of the straightened picture, as the smallest box around it before turning."""
        if self.angle == 0.0:
            return box
        turn = np.deg2rad(self.angle)
        corners = np.array([(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])])
        centred = corners - np.array(self.image.size) / 2
        back = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        points = centred @ back.T + np.array(self.original) / 2
        low = np.clip(points.min(axis=0), 0, self.original)
        high = np.clip(points.max(axis=0), 0, self.original)
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def check_dependencies(options: PageOptions) -> None:
    """Tell at once when what was asked for by name cannot be done.

    Raises
    ------
    MissingDependencyError
        When every crop must be binarised and scikit-image is not installed.
    """
    if options.binarize == "always":
        _filters()


def straighten(image: "Image.Image", options: PageOptions, *, angle: float | None = None) -> Straightened:
    """Turn a scan upright by the angle given, else by the one measured; left alone below 0.15 degrees.

    The canvas grows so that no corner is lost; what it gains takes the colour of the paper.
    """
    steps: list[Step] = []
    if angle is None:
        angle = 0.0
        if options.deskew:
            try:
                angle = skew(image)
            except MissingDependencyError as error:
                steps.append(Step(name="deskew", detail={"skipped": str(error)}))
    if angle == 0.0:
        return Straightened(image=image, angle=0.0, original=image.size, steps=tuple(steps))
    from PIL import Image

    turned = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=paper(image))
    steps.append(Step(name="deskew", detail={"degrees": round(angle, 2)}))
    return Straightened(image=turned, angle=angle, original=image.size, steps=tuple(steps))


def skew(image: "Image.Image") -> float:
    """How far a scan must be turned counterclockwise to stand upright, in degrees; 0.0 when in doubt.

    The package deskew proposes the angle of most of the lines that a Hough transform finds, at two scales. A proposal
    is refined, and taken only where turning by it makes the profiles of rows and columns clearly sharper: a slanted
    curve in an upright chart is no skew.

    Raises
    ------
    MissingDependencyError
        When the extra ``scans`` is not installed.
    """
    determine = _skew_finder()
    small = _reduced(image, _PROFILE_SIDE).convert("L")
    angles: set[float] = set()
    for side, sigma, step in _SKEW_SCALES:
        grey = np.asarray(_reduced(image, side).convert("L"))
        limit = LARGEST_ANGLE
        found = determine(grey, sigma=sigma, min_deviation=step, min_angle=-limit, max_angle=limit)
        if found is not None:
            angles |= {round(float(found) + shift / 10, 1) for shift in range(-3, 4)}
    if not angles:
        return 0.0
    sharpness = {angle: _sharpness(small, angle) for angle in angles}
    best = max(sharpness, key=lambda angle: sharpness[angle])
    doubtful = sharpness[best] < _SHARPER * _sharpness(small, 0.0)
    return 0.0 if doubtful or not SMALLEST_ANGLE <= abs(best) <= LARGEST_ANGLE else best


def fit(image: "Image.Image", options: PageOptions) -> tuple["Image.Image", tuple[Step, ...]]:
    """Shrink a crop so that its longest side is ``max_side``, by LANCZOS; smaller ones are left alone."""
    longest = max(image.size)
    if longest <= options.max_side:
        return image, ()
    from PIL import Image

    scale = options.max_side / longest
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    step = Step(name="downscale", detail={"from": image.size, "to": size, "filter": "lanczos"})
    return image.resize(size, Image.Resampling.LANCZOS), (step,)


def binarize(image: "Image.Image", options: PageOptions, *, scanned: bool) -> tuple["Image.Image", tuple[Step, ...]]:
    """Make a crop black and white when asked to, or when it is a grey, two-toned scan.

    Sauvola's local threshold where the paper is unevenly lit, else Otsu's, both from scikit-image.
    """
    if options.binarize == "never" or (options.binarize == "auto" and not (scanned and two_toned(image))):
        return image, ()
    try:
        filters = _filters()
    except MissingDependencyError as error:
        return image, (Step(name="binarize", detail={"skipped": str(error)}),)
    from PIL import Image

    grey = np.asarray(image.convert("L"))
    if int(grey.min()) == int(grey.max()):
        return image, ()
    uneven = _unevenness(grey) > _UNEVEN_PAPER
    if uneven:
        window = max(15, (min(grey.shape) // 20) | 1)
        dark = grey < filters.threshold_sauvola(grey, window_size=window)
    else:
        dark = grey <= filters.threshold_otsu(grey)
    step = Step(name="binarize", detail={"method": "sauvola" if uneven else "otsu"})
    return Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).convert("RGB"), (step,)


def two_toned(image: "Image.Image") -> bool:
    """Whether a picture is black line work on paper: no colour, no filled areas, and hardly a stroke that is grey.

    Grey strokes and fills tell series apart, so they must survive. Noise and JPEG blocks are smoothed away first, and
    only the darkest pixel of each neighbourhood is judged: the soft edges of black strokes are grey too.
    """
    from PIL import ImageFilter

    sample = np.asarray(image)[::2, ::2].astype(np.int16)
    if float(np.mean(sample.max(axis=2) - sample.min(axis=2) > _CHROMA)) > _COLOURED_SHARE:
        return False
    smooth = image.convert("L").filter(ImageFilter.MedianFilter(3))
    paper_level, ink_level = np.percentile(np.asarray(smooth), (90, 0.2))
    if paper_level - ink_level < _LEAST_CONTRAST:
        return False

    def tone(filtered: "Image.Image") -> NDArray[np.float64]:
        tones: NDArray[np.float64] = (np.asarray(filtered, dtype=float) - ink_level) / (paper_level - ink_level)
        return tones

    if float(np.mean(tone(smooth.filter(ImageFilter.MaxFilter(_FILL_WIDTH))) < _PAPER_TONE)) > _FILLED_SHARE:
        return False
    tones = tone(smooth)
    strokes = tones[(tones <= tone(smooth.filter(ImageFilter.MinFilter(3))) + 0.02) & (tones < _PAPER_TONE)]
    return strokes.size > 0 and float(np.mean(strokes > _INK_TONE)) <= _GREY_STROKES


def paper(image: "Image.Image") -> tuple[int, int, int]:
    """The colour of the paper: the median of the brighter half of the picture's rim."""
    pixels = np.asarray(_reduced(image, 256))
    rim = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(int)
    bright = rim[rim.sum(axis=1) >= np.median(rim.sum(axis=1))]
    red, green, blue = np.median(bright, axis=0).astype(int).tolist()
    return red, green, blue


def _unevenness(grey: NDArray[np.uint8]) -> float:
    """How much the paper's brightness varies over the picture, in grey levels: the spread of the tiles' bright ends."""
    rows, columns = (max(1, side // 8) for side in grey.shape)
    tiles = [
        float(np.percentile(grey[y : y + rows, x : x + columns], 90))
        for y in range(0, grey.shape[0] - rows + 1, rows)
        for x in range(0, grey.shape[1] - columns + 1, columns)
    ]
    return float(np.percentile(tiles, 95) - np.percentile(tiles, 5))


def _sharpness(grey: "Image.Image", angle: float) -> float:
    """How sharply rows and columns of ink alternate once turned: the energy of their profiles' differences."""
    from PIL import Image

    turned = np.asarray(grey.rotate(angle, Image.Resampling.BILINEAR, fillcolor=int(np.median(np.asarray(grey)))))
    ink = turned.astype(float)
    across, down = ink.mean(axis=1), ink.mean(axis=0)
    return float(np.square(np.diff(across)).sum() + np.square(np.diff(down)).sum())


def _reduced(image: "Image.Image", side: int) -> "Image.Image":
    """A copy whose longest side is at most ``side``, by area averaging."""
    if max(image.size) <= side:
        return image
    scale = side / max(image.size)
    from PIL import Image

    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BOX)


def _skew_finder() -> Any:
    try:
        from deskew import determine_skew
    except ImportError as error:
        raise MissingDependencyError(package="deskew", extra="scans", purpose="to straighten scans") from error
    return determine_skew


def _filters() -> Any:
    try:
        from skimage import filters
    except ImportError as error:
        raise MissingDependencyError(package="scikit-image", extra="scans", purpose="to binarise scans") from error
    return filters
