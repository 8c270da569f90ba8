"""How a chart is drawn: fonts, colours, where legend, titles and grid go, in the manner of many programs and houses.

Comes in: a ``random.Random``. Goes out: `Style`. Knows nothing of data. The manners were written from looking at what
such charts have in common; a sixth of all styles is a free mixture, and a quarter of the others borrows from one.
"""

import colorsys
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

from training.data import words
from training.data.canvas import Family, families

PALETTES = tuple(
    tuple(line.split())
    for line in (
        "#4c78a8 #f58518 #e45756 #72b7b2 #54a24b #eeca3b #b279a2 #9d755d",
        "#1f77b4 #ff7f0e #2ca02c #d62728 #9467bd #8c564b #e377c2 #7f7f7f",
        "#4c72b0 #dd8452 #55a868 #c44e52 #8172b3 #937860 #da8bc3 #8c8c8c",
        "#2876dd #0f283e #bababa #aa0000 #86bc25 #ecb82a #93639a #2e7c6a",
        "#0091cf #c7def1 #00365e #949d48 #ea9e2c #733d47 #bfbfbf #5a8c3c",
        "#733d47 #c77284 #dba9b1 #4a1a2c #a0756d #e3c7b8 #8b5f65 #f0dfe0",
        "#949d48 #006699 #7ba0d0 #ccd4e8 #b7c370 #5e6530 #d8e0a8 #41536e",
        "#7cb5ec #434348 #90ed7d #f7a35c #8085e9 #f15c80 #e4d354 #2b908f",
        "#5470c6 #91cc75 #fac858 #ee6666 #73c0de #3ba272 #fc8452 #9a60b4",
        "#4472c4 #ed7d31 #a5a5a5 #ffc000 #5b9bd5 #70ad47 #264478 #9e480e",
        "#4f81bd #c0504d #9bbb59 #8064a2 #4bacc6 #f79646 #2c4d75 #772c2a",
        "#004586 #ff420e #ffd320 #579d1c #7e0021 #83caff #314004 #aecf00",
        "#f8766d #00ba38 #619cff #c77cff #00bfc4 #cd9600 #7cae00 #ff61cc",
        "#636efa #ef553b #00cc96 #ab63fa #ffa15a #19d3f3 #ff6692 #b6e880",
        "#e3120b #006ba2 #3ebcd2 #379a8b #ebb434 #b4ba39 #9a607f #d1b07c",
        "#3c4e66 #4c6a9c #b13507 #578145 #883039 #6d3e91 #c15065 #18470f",
        "#4285f4 #ea4335 #fbbc04 #34a853 #ff6d01 #46bdc6 #7baaf7 #f07b72",
        "#222222 #777777 #bbbbbb #444444 #999999 #dddddd #555555 #333333",
        "#e41a1c #377eb8 #4daf4a #984ea3 #ff7f00 #a65628 #f781bf #999999",
        "#1b9e77 #d95f02 #7570b3 #e7298a #66a61e #e6ab02 #a6761d #666666",
        "#08306b #2171b5 #6baed6 #c6dbef #4292c6 #9ecae1 #08519c #deebf7",
        "#440154 #3b528b #21918c #5ec962 #fde725 #31688e #35b779 #90d743",
        "#ff0000 #0000ff #008000 #ffa500 #800080 #00a0a0 #ff00ff #808000",
        "#2f4b7c #ffa600 #d45087 #003f5c #f95d6a #665191 #a05195 #ff7c43",
        "#1b7a68 #45b5aa #93d5c8 #cbe8e8 #0d4a3f #6b8f88 #b5d0cb #e2f2f0",
        "#b35806 #d8a800 #8f9e3a #e0893b #f1b389 #7f3b08 #c7a252 #5d6b1f",
        "#d1301f #436983 #86a873 #7ea4c0 #949d48 #ea9e2c #333333 #bababa",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One way of drawing; lengths in pixels, shares of what is named."""

    family: Family
    heading: Family
    size: float = 12.0
    hinting: int = 0
    ink: str = "#000000"
    faint: str = "#555555"
    background: str = "#ffffff"
    plot_background: str = ""
    palette: tuple[str, ...] = PALETTES[0]
    varied: bool = False
    """Bars of one series in several colours."""
    grid: str = "value"
    """value, both, none."""
    grid_color: str = "#dddddd"
    grid_dash: tuple[float, ...] = ()
    bands: bool = False
    value_line: bool = False
    category_line: bool = True
    frame: bool = False
    tick: float = 4.0
    title_at: str = "left"
    title_style: str = "bold"
    title_scale: float = 1.3
    title_color: str = ""
    title_below: bool = False
    legend: str = "bottom"
    """top, bottom, right, inside, direct."""
    symbol: str = "square"
    """square, circle, line."""
    legend_bold: bool = False
    legend_title: bool = False
    value_title: str = "turned"
    """turned, above, none."""
    titles_bold: bool = False
    width: float = 0.7
    """Share of a category that its bars take."""
    gap: float = 0.0
    edge: str = ""
    hatch: bool = False
    radius: float = 0.0
    mark: str = "bar"
    """How bars are drawn: bar, lollipop, dot."""
    line: float = 2.0
    marker: str = "circle"
    """circle, square, diamond, hollow, none."""
    marker_size: float = 3.0
    smooth: bool = False
    label_at: str = "end"
    """Where bars have their values: end, inside, middle."""
    label_bold: bool = False
    label_box: bool = False
    turn: float = -45.0
    """Angle of labels that do not fit: -45, -90."""
    opposite: bool = False
    """The value axis stands at the right or at the top."""
    values_hidden: bool = False
    """No ticks when values are printed."""
    hole: float = 0.0
    pie_legend: bool = False
    alpha: float = 1.0
    toolbar: bool = False
    links: bool = False
    logo: bool = False
    rule: str = ""
    border: str = ""
    margin: float = 10.0
    aired: float = 0.0
    """Share of the height left empty below."""
    axis_color: str = ""
    frame_color: str = ""
    axis_title: float = 1.0
    """Size of the axes' titles, as a share of the labels'."""
    category_turned: bool = False
    """Where bars lie, the title of their names stands at the left, turned."""
    thinned: bool = False
    """Names of moments are turned, and some left out."""
    halo: bool = False
    """Values have an outline."""
    sparse: bool = False
    """Values at lines are left out where they would meet others, rather than moved."""
    flipped: bool = False
    """Bars stand, or are piled, in the opposite order of the legend."""
    leader: bool = False
    """Slices are joined to their names by lines, the names bold."""
    span: bool = False
    """The last categories have another background, and a word at its top."""
    edges: bool = False
    """Lines begin at the value axis and end where the plot does."""
    noted: bool = True
    """Sources and notes stand below."""
    legend_name: str = "group"
    banner: bool = False
    button: bool = False
    card: bool = False
    minor: bool = False
    """Logarithmic axes have lines or ticks between the powers of ten."""
    powers: bool = False
    """... and are labelled with these, rather than with numbers."""


def random_style(r: Random) -> Style:
    """A style in some manner."""
    family = _any(r)
    fields = {"family": family, "heading": family if r.random() < 0.8 else _any(r)}
    manner = r.choices(tuple(_MANNERS), tuple(weight for weight, _ in _MANNERS.values()))[0]
    fields |= _MANNERS[manner][1](r)
    if manner != "free" and r.random() < 0.25:  # nobody keeps to the defaults
        free = _free(r)
        fields |= {key: free[key] for key in r.sample(sorted(free), 4)}
    if r.random() < 0.1:
        fields["palette"] = _tints(r)
    fields["minor"] = r.random() < (0.8 if manner == "grammar" else 0.4)
    fields["powers"] = r.random() < (0.5 if manner in ("paper", "plain", "themed") else 0.1)
    if not fields.get("varied") and r.random() < 0.3:
        palette = fields.get("palette", PALETTES[0])
        start = r.randrange(len(palette))
        fields["palette"] = palette[start:] + palette[:start]
    return Style(**fields)


def _any(r: Random) -> Family:
    """A family; narrow ones are rarer than their number."""
    family = r.choice(families())
    return r.choice(families()) if family.narrow and r.random() < 0.7 else family


def _named(r: Random, *parts: str) -> Family:
    """A family whose name has one of the parts, else any."""
    wide, fitting = _fitting(parts)
    return r.choice((wide if r.random() < 0.92 else fitting) or families())


@lru_cache(maxsize=64)
def _fitting(parts: tuple[str, ...]) -> tuple[list[Family], list[Family]]:
    """Families whose name has one of the parts: those that are not narrow, and all."""
    fitting = [f for f in families() if any(part in f.name.lower() for part in parts)]
    return [f for f in fitting if not f.narrow or "narrow" in parts], fitting


def _heading(r: Random) -> str:
    """What a legend calls its names."""
    return r.choice(("Legend", "group", "type", words.word(r), words.phrase(r, 1, 2), words.phrase(r, 1, 1)))


def _tints(r: Random) -> tuple[str, ...]:
    """One hue, as many tints as a chart has series at most; neighbours are mostly far apart."""
    hue, order = r.random(), r.choice((range(6), (0, 3, 5, 1, 4, 2), (0, 4, 2, 5, 1, 3), (5, 2, 0, 4, 1, 3)))
    strong, dark, light = r.uniform(0.25, 0.9), r.uniform(0.15, 0.4), r.uniform(0.7, 0.9)
    rows = []
    for i in (*order, *order):
        lightness = dark + (light - dark) * i / 5
        parts = colorsys.hls_to_rgb(hue, lightness, strong)
        rows.append("#" + "".join(f"{round(255 * part):02x}" for part in parts))
    return tuple(rows)


def _portal(r: Random) -> dict[str, Any]:
    font = _named(r, "open sans", "noto sans")
    return {
        "family": font, "heading": font, "size": r.uniform(10.5, 12.5), "ink": "#222222", "faint": "#666666", "palette": PALETTES[3],
        "grid": r.choice(("value", "value", "none")), "grid_color": "#e6e6e6", "grid_dash": r.choice(((), (1.5, 2))),
        "bands": r.random() < 0.75, "legend": "bottom", "symbol": "circle", "legend_bold": True, "value_title": "turned",
        "width": r.uniform(0.45, 0.8), "label_bold": True, "label_at": "end", "label_box": r.random() < 0.3, "toolbar": r.random() < 0.8,
        "links": r.random() < 0.8, "line": r.uniform(2, 3), "marker": "circle", "turn": r.choice((-45, -45, -90)), "category_line": True,
        "tick": 0.0, "margin": r.uniform(10, 24), "aired": r.uniform(0, 0.08), "axis_title": r.uniform(0.8, 1.0), "category_turned": r.random() < 0.7,
        "thinned": r.random() < 0.8, "halo": r.random() < 0.7, "sparse": r.random() < 0.9, "flipped": r.random() < 0.4, "leader": r.random() < 0.8, "title_scale": r.uniform(1.1, 1.5),
        "banner": r.random() < 0.2, "button": r.random() < 0.15, "card": r.random() < 0.5, "axis_color": r.choice(("#333333", "#222222", "#666666")),
    }  # fmt: skip


def _research(r: Random) -> dict[str, Any]:
    serif = _named(r, "dejavu serif", "noto serif", "c059", "p052", "garamond", "bookman", "liberation serif")
    return {
        "family": _named(r, "open sans", "noto sans", "dejavu sans", "liberation sans"), "heading": serif, "size": r.uniform(10.5, 12.5),
        "ink": "#333333", "faint": "#555555", "title_color": r.choice(("#818181", "#555555", "#000000")), "title_scale": r.uniform(1.2, 1.5),
        "title_style": r.choice(("slanted", "slanted", "bold")), "title_at": "left", "palette": r.choice((*PALETTES[4:7], PALETTES[24], PALETTES[25], PALETTES[26], _tints(r), _tints(r))),
        "grid": r.choice(("none", "value", "value")), "grid_color": r.choice(("#e6e6e6", "#f0f0f0")), "grid_dash": r.choice(((), (1.5, 3))), "axis_color": r.choice(("#c0d0e0", "#ccd6eb", "#cccccc", "#888888")),
        "edges": r.random() < 0.6, "noted": r.random() < 0.5, "thinned": r.random() < 0.5, "halo": r.random() < 0.5, "sparse": r.random() < 0.5, "flipped": r.random() < 0.4, "span": r.random() < 0.1, "legend": "bottom", "symbol": r.choice(("circle", "circle", "line")),
        "legend_bold": True, "value_title": "none", "width": r.uniform(0.45, 0.75), "marker": r.choice(("circle", "circle", "diamond", "none")),
        "line": r.uniform(1.5, 2.5), "label_at": r.choice(("middle", "inside", "inside", "end")), "label_box": r.random() < 0.2, "tick": 0.0,
        "margin": r.uniform(2, 14), "aired": r.uniform(0, 0.22), "turn": r.choice((-90, -90, -45)),
        "gap": r.choice((0.0, 0.04)),
    }  # fmt: skip


def _grammar(r: Random) -> dict[str, Any]:
    """Vega-Lite's defaults and near them."""
    font = _named(r, "dejavu sans", "liberation sans", "nimbus sans", "roboto")
    return {
        "family": font, "heading": font, "size": r.choice((10, 10, 11, 12)), "ink": "#000000", "faint": "#000000",
        "palette": r.choice((PALETTES[0], PALETTES[0], PALETTES[1], PALETTES[18], tuple(reversed(PALETTES[0])))), "grid": r.choice(("value", "value", "both")),
        "grid_color": "#dddddd", "frame": True, "frame_color": r.choice(("#dddddd", "#dddddd", "")), "axis_color": r.choice(("#888888", "#888888", "#000000")), "flipped": r.random() < 0.5, "category_turned": r.random() < 0.8, "category_line": True, "value_line": True, "tick": 5.0, "title_at": "middle", "legend": "right",
        "symbol": "square", "legend_title": True, "titles_bold": True, "value_title": "turned", "width": r.choice((0.9, 0.9, 0.8, 0.95)), "marker": r.choice(("none", "none", "none", "hollow", "circle")),
        "line": 2.0, "turn": -90.0, "halo": r.random() < 0.1, "edges": r.random() < 0.8, "noted": r.random() < 0.25, "legend_name": _heading(r), "label_at": "end", "margin": 5.0, "alpha": r.choice((1.0, 1.0, 0.7)), "smooth": r.random() < 0.12,
    }  # fmt: skip


def _atlas(r: Random) -> dict[str, Any]:
    font = _named(r, "lato", "open sans")
    return {
        "family": font, "heading": r.choice((font, _named(r, "noto serif", "caladea", "c059", "libertine"))), "size": r.uniform(11, 13),
        "ink": "#444444", "faint": "#666666", "palette": PALETTES[15], "grid": "value", "grid_color": "#dddddd", "grid_dash": (3, 3),
        "title_at": "left", "title_style": r.choice(("plain", "bold")), "title_scale": r.uniform(1.4, 1.8), "legend": r.choice(("direct", "direct", "right")), "edges": r.random() < 0.7,
        "value_title": "none", "width": 0.75, "marker": r.choice(("circle", "none")), "marker_size": 2.0, "line": 1.5, "label_at": "end", "logo": True,
        "category_line": r.random() < 0.5, "value_line": r.random() < 0.3, "tick": 0.0, "margin": 16.0,
    }  # fmt: skip


def _sheet(r: Random) -> dict[str, Any]:
    font = _named(r, "carlito", "liberation sans", "caladea")
    return {
        "family": font, "heading": font, "size": r.uniform(11, 14), "ink": r.choice(("#000000", "#595959", "#404040")), "faint": r.choice(("#595959", "#000000")),
        "palette": r.choice(PALETTES[9:12]), "grid": r.choice(("value", "value", "none")), "grid_color": r.choice(("#d9d9d9", "#868686", "#b3b3b3")),
        "title_at": "middle", "title_style": r.choice(("plain", "bold")), "title_scale": r.uniform(1.2, 1.6), "legend": r.choice(("bottom", "right", "right", "top")),
        "symbol": "square", "width": r.choice((0.4, 0.5, 0.67, 0.8)), "marker": r.choice(("none", "square", "diamond", "circle")), "border": r.choice(("", "#d9d9d9", "#000000")),
        "label_at": r.choice(("end", "inside", "middle")), "line": r.uniform(1.5, 3), "value_line": r.random() < 0.4, "frame": r.random() < 0.25, "turn": r.choice((-45, -90)), "margin": 12.0,
    }  # fmt: skip


def _slide(r: Random) -> dict[str, Any]:
    dark = r.random() < 0.3
    return {
        "family": _named(r, "lato", "roboto", "open sans", "carlito", "gothic", "cantarell"), "size": r.uniform(13, 18), "ink": "#ffffff" if dark else "#333333",
        "faint": "#dddddd" if dark else "#777777", "background": r.choice(("#1b2a41", "#222222", "#0b3954", "#2d2d3a")) if dark else r.choice(("#ffffff", "#f4f6f8")),
        "palette": r.choice(PALETTES[7:23] if not dark else (PALETTES[7], PALETTES[8], PALETTES[13])) if not dark else ("#7cb5ec", "#f7a35c", "#90ed7d", "#f15c80", "#e4d354", "#8085e9", "#ffffff", "#2b908f"),
        "grid": r.choice(("none", "value")), "grid_color": "#44546a" if dark else "#e5e5e5", "title_scale": r.uniform(1.3, 1.7), "legend": r.choice(("top", "bottom", "direct", "right")),
        "symbol": r.choice(("square", "circle")), "width": r.uniform(0.45, 0.75), "radius": r.choice((0, 0, 3, 6)), "line": r.uniform(2.5, 4.5), "marker": r.choice(("circle", "none", "hollow")),
        "marker_size": r.uniform(3.5, 6), "label_bold": r.random() < 0.5, "label_at": r.choice(("end", "inside")), "values_hidden": r.random() < 0.5, "value_title": r.choice(("none", "turned")),
    }  # fmt: skip


def _news(r: Random) -> dict[str, Any]:
    return {
        "family": _named(r, "roboto", "open sans", "narrow", "condensed", "lato", "noto sans"), "heading": r.choice((_named(r, "serif", "c059", "libertine", "garamond"), _named(r, "roboto", "lato"))),
        "size": r.uniform(11, 13.5), "ink": "#121212", "faint": "#5a5a5a", "background": r.choice(("#ffffff", "#fff1e5", "#f6f6f6", "#e9edf0", "#d5e4eb")), "palette": r.choice((PALETTES[14], PALETTES[15], PALETTES[23])),
        "grid": r.choice(("value", "none")), "grid_color": r.choice(("#b7c6cf", "#cccccc", "#ffffff")), "title_at": "left", "title_style": "bold", "title_scale": r.uniform(1.3, 1.6), "legend": r.choice(("top", "direct", "top", "right")),
        "symbol": r.choice(("square", "line", "circle")), "value_title": r.choice(("none", "above")), "opposite": r.random() < 0.4, "line": r.uniform(2, 3), "marker": r.choice(("none", "none", "circle")),
        "rule": r.choice(("", "#e3120b", "#121212")), "edges": r.random() < 0.5, "width": r.uniform(0.5, 0.8), "mark": r.choice(("bar", "bar", "bar", "lollipop", "dot")), "values_hidden": r.random() < 0.5, "tick": r.choice((0.0, 4.0)), "logo": r.random() < 0.3, "margin": 14.0,
    }  # fmt: skip


def _paper(r: Random) -> dict[str, Any]:
    """Old papers: black on white, frames, hatched bars."""
    return {
        "family": _named(r, "nimbus roman", "liberation serif", "stix", "libertine", "liberation sans", "nimbus sans"), "size": r.uniform(11, 17), "ink": "#000000", "faint": "#000000", "palette": r.choice((PALETTES[17], PALETTES[22], PALETTES[18])),
        "grid": r.choice(("none", "none", "value", "both")), "grid_color": "#bbbbbb", "grid_dash": (2, 2), "frame": r.random() < 0.7, "value_line": True, "category_line": True, "tick": r.choice((5.0, -5.0)), "title_at": "middle", "title_below": r.random() < 0.3,
        "legend": r.choice(("inside", "right", "inside", "top")), "symbol": "square", "hatch": r.random() < 0.5, "edge": "#000000", "line": r.uniform(1, 2), "marker": r.choice(("circle", "square", "diamond", "hollow", "none")),
        "titles_bold": r.random() < 0.4, "width": r.uniform(0.4, 0.9), "turn": r.choice((-45, -90)), "label_at": "end",
    }  # fmt: skip


def _themed(r: Random) -> dict[str, Any]:
    """Grey or tinted plots with a white grid, as ggplot2, seaborn and plotly draw."""
    return {
        "family": _named(r, "liberation sans", "dejavu sans", "open sans"), "size": r.uniform(10, 13), "ink": r.choice(("#000000", "#2a3f5f", "#262626")), "faint": r.choice(("#4d4d4d", "#2a3f5f", "#262626")), "plot_background": r.choice(("#ebebeb", "#e5ecf6", "#eaeaf2", "#e5e5e5")),
        "palette": r.choice((PALETTES[12], PALETTES[13], PALETTES[2])), "grid": "both", "grid_color": "#ffffff", "title_at": r.choice(("left", "middle")), "title_style": "plain", "legend": r.choice(("right", "right", "top", "bottom")), "legend_title": r.random() < 0.6,
        "tick": r.choice((0.0, 4.0)), "width": r.choice((0.9, 0.8, 0.6)), "marker": r.choice(("none", "circle")), "category_line": False, "turn": r.choice((-45, -90)), "symbol": r.choice(("square", "line", "circle")),
        "edges": r.random() < 0.4, "noted": r.random() < 0.4, "legend_name": _heading(r),
    }  # fmt: skip


def _free(r: Random) -> dict[str, Any]:
    palette = r.choice(PALETTES)
    return {
        "family": r.choice(families()), "size": r.choice((10, 11, 12, 12, 13, 14, 16)), "hinting": r.choice((0, 0, 1, 2, 3, 4)), "palette": palette, "ink": r.choice(("#000000", "#222222", "#444444", "#1a2b4c")), "faint": r.choice(("#000000", "#666666", "#888888")),
        "background": r.choice(("#ffffff",) * 6 + ("#f7f7f7", "#fbfbf5", "#eef3f7", "#fff8e7", "#dfe8ef")), "plot_background": r.choice(("",) * 5 + ("#f5f5f5", "#ffffff")), "grid": r.choice(("value", "both", "none", "value")), "grid_color": r.choice(("#cccccc", "#dddddd", "#eeeeee", "#aaaaaa")),
        "grid_dash": r.choice(((), (), (2, 2), (4, 3), (1, 3))), "bands": r.random() < 0.08, "value_line": r.random() < 0.5, "category_line": r.random() < 0.85, "frame": r.random() < 0.25, "tick": r.choice((0.0, 3.0, 5.0, -4.0)), "title_at": r.choice(("left", "middle", "middle", "right")),
        "title_style": r.choice(("bold", "plain", "slanted")), "title_scale": r.uniform(1.0, 1.8), "title_below": r.random() < 0.05, "legend": r.choice(("top", "bottom", "right", "inside", "direct")), "symbol": r.choice(("square", "circle", "line")), "legend_bold": r.random() < 0.2, "legend_title": r.random() < 0.15,
        "value_title": r.choice(("turned", "turned", "above", "none")), "titles_bold": r.random() < 0.3, "toolbar": r.random() < 0.05, "links": r.random() < 0.08, "button": r.random() < 0.04, "width": r.uniform(0.3, 0.95), "gap": r.choice((0.0, 0.0, 0.05, 0.12)), "edge": r.choice(("", "", "", "#000000", "#ffffff")), "hatch": r.random() < 0.06, "radius": r.choice((0, 0, 0, 2, 4)),
        "mark": r.choice(("bar",) * 8 + ("lollipop", "dot")), "line": r.uniform(1, 4), "marker": r.choice(("circle", "square", "diamond", "hollow", "none", "none")), "marker_size": r.uniform(2, 5), "smooth": r.random() < 0.12, "label_at": r.choice(("end", "inside", "middle")), "label_bold": r.random() < 0.25,
        "label_box": r.random() < 0.1, "turn": r.choice((-45, -60, -30, -90, 45)), "opposite": r.random() < 0.07, "values_hidden": r.random() < 0.3, "hole": r.choice((0, 0, 0.4, 0.6)), "pie_legend": r.random() < 0.5, "alpha": r.choice((1.0, 1.0, 0.8, 0.6)), "logo": r.random() < 0.1,
        "edges": r.random() < 0.3, "noted": r.random() < 0.6, "legend_name": _heading(r), "thinned": r.random() < 0.35, "halo": r.random() < 0.12, "sparse": r.random() < 0.3, "flipped": r.random() < 0.2, "leader": r.random() < 0.25, "span": r.random() < 0.04, "category_turned": r.random() < 0.4, "axis_color": r.choice(("", "", "#888888", "#cccccc", "#333333")),
        "rule": r.choice(("",) * 8 + ("#cc0000", "#000000")), "border": r.choice(("",) * 5 + ("#000000", "#cccccc")), "margin": r.uniform(4, 26), "varied": r.random() < 0.12,
    }  # fmt: skip


def _plain(r: Random) -> dict[str, Any]:
    """What a plotting library or a few lines of code give who asks for nothing: whole pixels, few colours, small pictures."""
    font = _named(r, "dejavu sans", "dejavu sans", "dejavu serif", "liberation sans")
    return {
        "family": font, "heading": font, "size": float(r.randint(10, 16)), "hinting": r.choice((2, 3, 3)), "ink": r.choice(("#000000", "#000000", "#333333")), "faint": "#000000", "palette": r.choice((*PALETTES[1:3], PALETTES[8], PALETTES[17])),
        "background": r.choice(("#ffffff",) * 5 + ("#f7f7f7", "#eaeaf2")), "grid": r.choice(("value", "value", "none")), "grid_color": r.choice(("#dddddd", "#cccccc", "#b0b0b0")), "frame": r.random() < 0.5, "value_line": True, "category_line": True, "tick": 4.0,
        "title_at": r.choice(("middle", "middle", "left")), "title_style": "plain", "title_scale": r.uniform(1.0, 1.4), "legend": r.choice(("top", "bottom", "right")), "symbol": "square", "value_title": "turned", "width": r.uniform(0.55, 0.85), "edge": r.choice(("", "", "#000000", "#ffffff")),
        "line": r.choice((2.0, 2.0, 3.0)), "marker": r.choice(("circle", "circle", "square", "none")), "label_at": r.choice(("end", "end", "middle")), "turn": r.choice((-45, -90)), "hole": r.choice((0, 0, 0, 0.5)), "pie_legend": r.random() < 0.5, "noted": r.random() < 0.1, "margin": r.uniform(3, 10),
    }  # fmt: skip


_MANNERS: dict[str, Any] = {
    "plain": (0.12, _plain),
    "portal": (0.17, _portal),
    "research": (0.15, _research),
    "grammar": (0.16, _grammar),
    "atlas": (0.06, _atlas),
    "sheet": (0.08, _sheet),
    "slide": (0.05, _slide),
    "news": (0.05, _news),
    "paper": (0.06, _paper),
    "themed": (0.05, _themed),
    "free": (0.17, _free),
}
