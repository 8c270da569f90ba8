"""Questions with their answers, as training and evaluation take them, each from a seed.

Comes in: a ``random.Random`` and the size of picture wanted. Goes out: `Sample`. Knows nothing of tokens or models.
"""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from random import Random
from typing import Literal

from PIL import Image

from training.data import plotted, words
from training.data.answer import chart_answer, layout_answer
from training.data.canvas import Canvas, families, font
from training.data.figure import draw_chart
from training.data.marks import Crowded
from training.data.others import draw_other
from training.data.pages import draw_page
from training.data.spec import Kind, Mode, Spec, random_spec
from training.data.styles import random_style

Task = Literal["chart", "layout", "text"]

UNIT = 28
"""Pictures have sides that are multiples of this: two patches of 14."""
CHART_SIZES = (
    (27, 18), (27, 18), (24, 17), (24, 17), (25, 20), (24, 20), (22, 18), (26, 15), (28, 16), (23, 17), (23, 14),
    (23, 14), (22, 15), (20, 15), (30, 13), (32, 15), (36, 11), (20, 20), (20, 20), (21, 21), (22, 22), (17, 17),
    (17, 23), (18, 22), (17, 24), (16, 25), (15, 27), (14, 28), (20, 25), (18, 26), (13, 30), (20, 14), (18, 13),
    (18, 13), (16, 12), (16, 12), (14, 10), (12, 12), (12, 12), (12, 9), (12, 9), (9, 12), (13, 12), (16, 16),
    (14, 20),
)  # fmt: skip
"""Width and height of charts, in units; more common ones stand twice. Small ones are enlarged when they are read, see
`SMALLEST`, but they are cheap to learn from."""
PAGE_SIZE = (22, 22)
TEXT_SIZES = ((12, 1), (20, 1), (16, 2), (12, 4), (24, 2), (1, 12), (1, 18), (1, 24), (2, 16), (3, 20), (10, 10))
SMALLEST, LARGEST = 480, 512
"""Units of the smallest and largest picture that is read: 376,320 and 401,408 pixels, to which others are scaled.

What an enlarged chart gains and costs: training/README.md."""
PLOTTED = 0.03 if find_spec("matplotlib") else 0.0
"""Share of charts that matplotlib draws, where it is installed: it takes twenty times as long."""
_SMOOTH, _CRISP = 0.6, 0.25
"""Share of charts shrunk, and enlarged, as they are drawn rather than as pictures, which takes as long as drawing."""
_TILTED = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A picture, what is asked, and the answer. ``spec`` is what a chart shows."""

    image: Image.Image
    task: Task
    answer: str
    spec: Spec | None = None

    @property
    def drawn(self) -> Spec:
        """What the chart shows.

        Raises
        ------
        ValueError
            When it is no chart.
        """
        if self.spec is None:
            raise ValueError("this sample is no chart")
        return self.spec


def chart(
    r: Random, size: tuple[int, int], kind: Kind | None = None, mode: Mode | None = None, *, plots: float = PLOTTED
) -> Sample:
    """A chart of a size in units."""
    width, height = size[0] * UNIT, size[1] * UNIT
    while True:
        spec = random_spec(r, kind, mode)
        scale = (
            r.choice((1.0, 1.0, r.uniform(1.0, 1.15), r.uniform(1.0, 1.5), r.uniform(0.55, 1.0), r.uniform(0.55, 1.0)))
            if width * height > 180_000
            else 1.0
        )
        natural = (round(width * scale), round(height * scale))
        try:
            if r.random() < plots:
                image = plotted.draw(spec, r, natural)
            else:
                smooth = r.random() < (_CRISP if scale < 1 else _SMOOTH)
                image, spec = _own(spec, r, natural, (width, height) if smooth else natural)
        except Crowded:
            continue
        if image.size != (width, height):
            image = image.resize((width, height), Image.Resampling.BICUBIC)
        return Sample(image=image, task="chart", answer=chart_answer(spec), spec=spec)


def other(r: Random, size: tuple[int, int]) -> Sample:
    """A picture that is no chart."""
    canvas = Canvas(size[0] * UNIT, size[1] * UNIT)
    answer = draw_other(canvas, r)
    return Sample(image=canvas.image(), task="chart", answer=answer)


def page(r: Random) -> Sample:
    """A page and its blocks."""
    image, blocks = draw_page(r, PAGE_SIZE[0] * UNIT)
    return Sample(image=image, task="layout", answer=layout_answer(blocks))


def text(r: Random, size: tuple[int, int]) -> Sample:
    """Lines of text, to learn letters and digits from."""
    turned = size[1] > size[0]
    width, height = (size[1] * UNIT, size[0] * UNIT) if turned else (size[0] * UNIT, size[1] * UNIT)
    family = r.choice(families())
    points = r.choice((r.uniform(8.5, 12), r.uniform(9, 20 if min(size) == 1 else 15)))
    face = font(
        r.choice((family.plain, family.plain, family.bold, family.slanted)), round(points, 1), r.choice((0, 0, 1, 3))
    )
    dark = r.random() < 0.15
    canvas = Canvas(
        width,
        height,
        r.choice(("#1b2a41", "#444444", "#aa0000", "#2876dd"))
        if dark
        else r.choice(("#ffffff",) * 4 + ("#eeeeee", "#d5e4eb")),
    )
    ink = "#ffffff" if dark else r.choice(("#000000", "#444444", "#777777", "#1a2b4c", "#aa0000"))
    lines = []
    y = r.uniform(2, max(2.5, min(8.0, height - 1.4 * points)))
    while y + 1.1 * points < height:
        line = ""
        while True:
            longer = f"{line} {_piece(r)}".strip()
            if face.measureText(longer) > width - 8:
                break
            line = longer
            if r.random() < 0.06:
                break
        if line:
            canvas.text(r.uniform(2, 6), y, line, face, ink, "lt")
            lines.append(line)
        y += points * r.uniform(1.25, 1.6)
    image = canvas.image()
    return Sample(
        image=image.transpose(Image.Transpose.ROTATE_90) if turned else image, task="text", answer="\n".join(lines)
    )


def _piece(r: Random) -> str:
    x = r.random()
    if x < 0.4:
        return words.word(r)
    if x < 0.5:
        return words.word(r).capitalize()
    if x < 0.55:
        return words.code(r)
    number = 10 ** r.uniform(-1, 6)
    if x < 0.65:
        return f"{number:,.{r.choice((0, 0, 1, 2))}f}".replace(",", r.choice((" ", " ", "", ",")))
    return r.choice(
        (
            "{n:.0f}",
            "{n:.1f}",
            "{n:.2f}",
            "{n:,.0f}",
            "{p:.0f}%",
            "{p:.1f}%",
            "${n:,.0f}",
            "{y}",
            "-{p:.1f}",
            "{n:.0f}",
            "{y}-{p:.0f}",
        )
    ).format(n=number, p=r.uniform(0, 100), y=r.randint(1900, 2030))


def scaled(sample: Sample, size: tuple[int, int]) -> Sample:
    """The same picture at another size in units."""
    return replace(
        sample, image=sample.image.resize((size[0] * UNIT, size[1] * UNIT), Image.Resampling.BICUBIC, reducing_gap=2)
    )


def _own(spec: Spec, r: Random, size: tuple[int, int], pixels: tuple[int, int]) -> tuple[Image.Image, Spec]:
    """A chart laid out for a size, drawn in as many pixels, and what it shows as one would tell it from the picture."""
    style = random_style(r)
    if spec.kind == "line" and style.legend == "direct":
        spec = spec.from_the_top()
    canvas = Canvas(*pixels, style.background)
    if r.random() < _TILTED:
        canvas.skia.rotate(r.gauss(0, 0.8), pixels[0] / 2, pixels[1] / 2)
    canvas.skia.scale(pixels[0] / size[0], pixels[1] / size[1])
    large = r.uniform(1.15, 1.9) if size[0] * size[1] > 150_000 and r.random() < 0.3 else 1.0
    canvas.skia.scale(large, large)
    unlabelled = draw_chart(canvas, spec, style, r, (0.0, 0.0, size[0] / large, size[1] / large))
    return canvas.image(), replace(spec, unlabelled=unlabelled)
