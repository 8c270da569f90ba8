"""Charts drawn by matplotlib, over its styles.

Comes in: a `Spec` and a size in pixels. Goes out: a Pillow image. Raises `Crowded` for what it is not asked to draw.
"""

import textwrap
import warnings
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from training.data.canvas import families
from training.data.marks import Crowded
from training.data.spec import Spec
from training.data.styles import PALETTES

_DPI = 100


@lru_cache(maxsize=1)
def _fonts() -> list[Any]:
    from matplotlib.font_manager import FontProperties

    return [FontProperties(fname=family.plain) for family in families()]


@lru_cache(maxsize=64)
def _style(name: str) -> dict[str, Any]:
    import matplotlib.style

    return {} if name == "default" else dict(matplotlib.style.library[name])


_STYLES = (
    "default", "default", "default", "classic", "ggplot", "bmh", "fivethirtyeight", "seaborn-v0_8", "grayscale",
    "seaborn-v0_8-whitegrid", "seaborn-v0_8-white", "seaborn-v0_8-ticks", "seaborn-v0_8-muted", "tableau-colorblind10",
    "dark_background",
)  # fmt: skip


def draw(spec: Spec, r: Random, size: tuple[int, int]) -> Image.Image:
    """Draw a chart as matplotlib does.

    Raises
    ------
    Crowded
        When labels would meet, or the kind is not one it is asked for.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if (
        spec.kind == "scatter"
        or spec.between
        or (spec.printed and (len(spec.names) > 2 or spec.cells > 16) and spec.mode == "grouped")
    ):
        raise Crowded
    name = r.choice(_STYLES)
    settings = {
        key: value
        for key, value in _style(name).items()
        if not key.startswith(("figure.figsize", "savefig", "backend", "figure.dpi"))
    }
    points = r.choice((7.0, 8.0, 8.0, 9.0, 10.0)) * (1.0 if size[0] > 400 else 0.85)
    settings |= {
        "font.size": points,
        "axes.titlesize": points * r.uniform(1, 1.4),
        "axes.labelsize": points,
        "legend.fontsize": points * 0.95,
    }
    settings |= {
        "xtick.labelsize": points,
        "ytick.labelsize": points,
        "axes.unicode_minus": r.random() < 0.5,
        "figure.dpi": _DPI,
    }
    if name == "default" and r.random() < 0.5:
        settings["axes.prop_cycle"] = mpl.cycler(color=list(r.choice(PALETTES)))
    with mpl.rc_context(settings):
        figure = Figure(figsize=(size[0] / _DPI, size[1] / _DPI), dpi=_DPI, layout="tight")
        canvas = FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        font = r.choice(_fonts()).copy() if r.random() < 0.6 else None
        if spec.kind == "pie":
            _pie(axes, spec, r)
        else:
            _marks(axes, spec, r)
            _scales(axes, spec, r)
        if spec.title:
            axes.set_title(_wrapped(spec.title, size[0] / points * 1.1))
        if font is not None:
            _set_font(axes, font)
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            try:
                canvas.draw()
            except UserWarning as error:  # the layout found no room
                raise Crowded from error
        _check(axes, spec, canvas)
        return Image.frombuffer("RGBA", canvas.get_width_height(), np.asarray(canvas.buffer_rgba()).tobytes()).convert(
            "RGB"
        )


def _marks(axes: Any, spec: Spec, r: Random) -> None:
    count, names = len(spec.categories), len(spec.names)
    places = np.array(spec.at) if spec.at is not None else np.arange(count, dtype=float)
    width = r.uniform(0.5, 0.95)
    bottom = np.zeros(count)
    marker, style = r.choice(("o", "s", "^", "D", ".", "")), r.choice(("-", "-", "-", "--"))
    edge = {"edgecolor": "black", "linewidth": 0.6} if r.random() < 0.2 else {}
    for j, (name, row) in enumerate(zip(spec.names, spec.values, strict=True)):
        values = np.array([np.nan if v is None else v for v in row], float)
        label = name or None
        if spec.kind == "line":
            axes.plot(
                places,
                values,
                marker=marker if marker != "^" else "o^sDv*"[j % 6],
                linestyle=style,
                label=label,
                linewidth=r.uniform(1, 2.5),
            )
            if spec.printed:
                for x, v in zip(places, values, strict=True):
                    if not np.isnan(v):
                        axes.annotate(spec.printed(v), (x, v), xytext=(0, 4), textcoords="offset points", ha="center")
            continue
        if spec.kind == "area":
            axes.fill_between(places, bottom, bottom + values, label=label, alpha=r.choice((1.0, 0.7)))
            bottom = bottom + values
            continue
        piled = spec.mode in ("stacked", "share")
        lane = 0.0 if piled or names == 1 else (j - (names - 1) / 2) * width / names
        thick = width if piled else width / names
        draw_bars = axes.barh if spec.kind == "barh" else axes.bar
        offset = {"left" if spec.kind == "barh" else "bottom": bottom} if piled else {}
        bars = draw_bars(places + lane, values, thick, label=label, **offset, **edge)
        if piled:
            bottom = bottom + np.nan_to_num(values)
        if spec.printed:
            texts = [spec.printed(v) if v is not None else "" for v in row]
            axes.bar_label(bars, texts, label_type="center" if piled else "edge", padding=0 if piled else 2)


def _scales(axes: Any, spec: Spec, r: Random) -> None:
    flat = spec.kind == "barh"
    axis = spec.axis
    ticks = [t for t in axis.ticks() if axis.low - 1e-9 <= t <= axis.high + 1e-9]
    if axis.log:
        (axes.set_xscale if flat else axes.set_yscale)("log")
    (axes.set_xlim if flat else axes.set_ylim)(
        axis.low, axis.high * (1.08 if spec.printed and not axis.log and axis.high > 0 else 1)
    )
    (axes.set_xticks if flat else axes.set_yticks)(ticks, [axis.label(t) for t in ticks], minor=False)
    if r.random() < 0.4:
        axes.grid(visible=True, axis="x" if flat else "y", alpha=0.6)
        axes.set_axisbelow(True)
    if flat:
        axes.set_yticks(range(len(spec.categories)), spec.categories)
        axes.invert_yaxis()
    elif spec.at is None:
        count = len(spec.categories)
        every = 1 if not spec.timed or count <= 12 else -(-count // r.choice((6, 8, 10)))
        turn = r.choice((45, 90)) if max(map(len, spec.categories)) * count / every > 60 else 0
        axes.set_xticks(
            range(0, count, every), spec.categories[::every], rotation=turn, ha="right" if turn == 45 else "center"
        )
    else:
        from matplotlib.ticker import MaxNLocator

        axes.xaxis.set_major_locator(MaxNLocator(integer=spec.timed))
    if spec.value_title:
        (axes.set_xlabel if flat else axes.set_ylabel)(spec.value_title)
    if spec.category_title:
        (axes.set_ylabel if flat else axes.set_xlabel)(spec.category_title)
    if len(spec.names) > 1:
        _legend(axes, spec, r)
    if r.random() < 0.35:
        axes.spines[["top", "right"]].set_visible(False)


def _legend(axes: Any, spec: Spec, r: Random) -> None:
    place = r.choice(("best", "best", "outside", "best" if spec.title else "above"))
    if place == "best":
        axes.legend(frameon=r.random() < 0.7)
    elif place == "outside":
        axes.legend(bbox_to_anchor=(1.02, 1), loc="upper left", frameon=False)
    else:
        axes.legend(bbox_to_anchor=(0.5, 1.02), loc="lower center", ncols=min(3, len(spec.names)), frameon=False)


def _pie(axes: Any, spec: Spec, r: Random) -> None:
    values = [v or 0 for v in spec.values[0]]
    texts = iter([spec.printed(v) if spec.printed else "" for v in values])
    shown = {"autopct": lambda _: next(texts), "pctdistance": r.choice((0.6, 0.75, 1.12))} if spec.printed else {}
    legend = r.random() < 0.3 or shown.get("pctdistance", 0) > 1
    before, after = spec.turn
    wedges, *_ = axes.pie(
        values,
        labels=None if legend else spec.categories,
        startangle=r.choice((0, 90, 140)) if legend else 90 + r.choice((0, r.uniform(-after, before))),
        counterclock=False,
        **shown,
    )
    if legend:
        axes.legend(wedges, spec.categories, bbox_to_anchor=(1.0, 0.5), loc="center left", frameon=False)


def _set_font(axes: Any, font: Any) -> None:
    from matplotlib.text import Text

    for text in axes.findobj(Text):
        size = text.get_fontsize()
        text.set_fontproperties(font)
        text.set_fontsize(size)


def _wrapped(text: str, width: float) -> str:
    return "\n".join(textwrap.wrap(text, max(12, int(width))))


def _check(axes: Any, spec: Spec, canvas: Any) -> None:
    """Labels must not meet, and the plot must have room."""
    renderer = canvas.get_renderer()
    box = axes.get_window_extent(renderer)
    if box.width < 80 or box.height < 60:
        raise Crowded
    labels = axes.get_yticklabels() if spec.kind == "barh" else axes.get_xticklabels()
    boxes = [label.get_window_extent(renderer) for label in labels if label.get_text()]
    for one, two in pairwise(boxes):
        if spec.kind == "barh":
            if min(one.y1, two.y1) - max(one.y0, two.y0) > 1:
                raise Crowded
        elif (labels[0].get_rotation() == 0 and min(one.x1, two.x1) - max(one.x0, two.x0) > 0) or abs(
            one.x1 - two.x1
        ) < 8:
            raise Crowded
