"""Victory charts (React, SVG), printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and victory, react and react-dom 18 under the folder of node
modules.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.paper import print_page
from generators.stories import FLAT, KINDS, Story, form_of, nice, tick_decimals, ticks, written

VICTORY_KINDS = (*(k for k in KINDS if k not in {"line_bw", "secondary"}), "step")
_STYLE = "@page{size:820px 620px;margin:14px} .p{page-break-after:always;height:570px} .p:last-child{page-break-after:avoid} body{margin:0}"
_SCRIPT = r"""
const e = React.createElement, V = Victory;
function chart(cell, s) {
  const W = s.flat ? Math.max(s.width, s.left + (s.legend == 'right' ? 420 : 320)) : s.width, H = s.height, theme = V.VictoryTheme[s.theme], words = {fontFamily: s.font, fontSize: s.size, letterSpacing: 'normal', padding: 6};
  const colour = k => s.colours[k % s.colours.length];
  const parts = [], mine = s.pie ? s.x : s.names, wide = s.legend == 'right' ? 130 : s.legend == 'direct' ? 100 : 24;
  const title = e(V.VictoryLabel, {key: 't', text: s.title, x: s.centre ? W / 2 : 16, y: 20, textAnchor: s.centre ? 'middle' : 'start', style: {fontFamily: s.font, fontSize: s.size + 5, fontWeight: s.bold ? 700 : 400}});
  const legend = s.legend == 'none' || s.legend == 'direct' ? null : e(V.VictoryLegend, {key: 'l', standalone: false, x: s.legend == 'right' ? W - 125 : s.legend == 'inside' ? s.left + 6 : 20, y: s.legend == 'right' ? 50 : s.legend == 'bottom' ? H - 34 : s.legend == 'inside' ? 48 : 30,
    orientation: s.legend == 'right' || s.legend == 'inside' ? 'vertical' : 'horizontal', gutter: 14, rowGutter: -4, style: {labels: words, border: {stroke: s.boxed ? '#888' : 'none'}}, data: mine.map((n, k) => ({name: n, symbol: {fill: colour(k), type: s.form == 'line' ? 'minus' : s.points.length && s.markers ? s.shapes[k] : s.form == 'scatter' ? 'circle' : 'square'}}))});
  if (s.pie) {
    const R = Math.min(W - wide - 60, H - 110) / 2;
    const label = s.values && s.legend == 'direct' ? d => d.x + ' ' + d.y.toFixed(1) + '%' : s.legend == 'direct' ? d => d.x : s.values ? d => d.y.toFixed(1) + '%' : () => null;
    const pie = e(V.VictoryPie, {key: 'p', standalone: false, width: W, height: H, origin: {x: (W - wide + 24) / 2, y: (H + 20) / 2}, radius: R - 20, innerRadius: s.kind == 'donut' ? R * 0.5 : 0, padAngle: s.pad, theme, data: s.x.map((x, j) => ({x, y: s.columns[0][j]})), colorScale: s.x.map((_, k) => colour(k)), labels: a => label(a.datum), style: {labels: {...words, fill: '#333'}, data: {stroke: '#fff', strokeWidth: 1}}, labelRadius: s.legend == 'direct' || s.kind == 'donut' ? R - 12 : (R - 20) * 0.68});
    return e('svg', {width: W, height: H}, title, pie, legend);
  }
  const spot = s.categorical ? s.x.map((_, j) => j + 1) : s.x_scale == 'date' ? s.x.map(t => new Date(t + 'T00:00')) : s.x.map(Number);
  const rows = s.points.length ? s.points.map(ps => ps.map(p => ({x: p[0], y: p[1]}))) : s.columns.map(c => c.map((v, j) => ({x: spot[j], y: v})));
  const hush = {stroke: 'none'}, rule = {stroke: s.rule, strokeDasharray: s.dash};
  const bars = s.form == 'bar', n = s.x.length;
  const reach = s.x_limits || (s.categorical ? [0.5, n + 0.5] : s.ends ? s.ends : [spot[0], spot[spot.length - 1]]);
  const each = bars ? (s.flat ? H - 130 : W - s.left - wide) / n : 0, thick = s.kind == 'hist' ? each : each * s.gap / (s.kind.includes('grouped') ? s.names.length : 1);
  const data = rows.map((d, k) => {
    const o = {key: k, data: d, name: s.names[k]};
    if (bars) return e(V.VictoryBar, {...o, barWidth: thick, cornerRadius: s.round ? {top: 3} : 0, style: {data: {fill: colour(k), stroke: s.kind == 'hist' ? '#fff' : 'none', strokeWidth: s.kind == 'hist' ? 1 : 0}, labels: {...words, fontSize: 9, padding: 4}}, labels: s.values ? a => s.written[k][a.index] : undefined});
    if (s.points.length) return e(V.VictoryScatter, {...o, size: 3.5, symbol: s.markers ? s.shapes[k] : 'circle', style: {data: {fill: colour(k), fillOpacity: s.sheer}}});
    if (s.form == 'area') return e(V.VictoryArea, {...o, interpolation: 'linear', style: {data: {fill: colour(k), fillOpacity: s.kind == 'area1' ? s.sheer : 1, stroke: s.kind == 'area1' ? colour(k) : 'none', strokeWidth: 2}}});
    return e(V.VictoryLine, {...o, interpolation: s.kind == 'step' ? 'stepAfter' : 'linear', style: {data: {stroke: colour(k), strokeWidth: s.line}}});
  });
  let body = data;
  if (s.kind.includes('grouped')) body = [e(V.VictoryGroup, {key: 'g', offset: thick, horizontal: s.flat}, data)];
  else if (s.kind.includes('stacked') || s.kind == 'area') body = [e(V.VictoryStack, {key: 's', horizontal: s.flat}, data)];
  if (s.markers && s.form == 'line' && s.kind != 'step') rows.forEach((d, k) => body.push(e(V.VictoryScatter, {key: 'm' + k, data: d, size: 3, style: {data: {fill: colour(k)}}})));
  if (s.legend == 'direct') rows.forEach((d, k) => body.push(e(V.VictoryScatter, {key: 'd' + k, data: d.slice(-1), size: 0.01, labels: () => s.names[k], style: {labels: {...words, fill: colour(k)}, data: {fill: colour(k)}}, labelComponent: e(V.VictoryLabel, {dx: 6, textAnchor: 'start', verticalAnchor: 'middle'})})));
  const up = {key: 'y', dependentAxis: true, label: s.ylabel, tickValues: s.ticks, tickFormat: t => s.labels[s.ticks.indexOf(t)], orientation: s.flat ? 'bottom' : 'left', offsetX: s.flat ? undefined : s.left, offsetY: s.flat ? s.foot : undefined,
    style: {axis: s.bare ? hush : {stroke: '#444'}, grid: s.grid == 'none' ? hush : rule, ticks: {size: s.bare ? 0 : 5, stroke: '#444'}, tickLabels: words, axisLabel: {...words, fontSize: s.size + 1, padding: s.flat ? 26 : s.left - 22, fontWeight: s.bold ? 700 : 400}}};
  const across = {key: 'x', label: s.flat ? '' : s.xlabel, orientation: s.flat ? 'left' : 'bottom', offsetY: s.flat ? undefined : s.foot, offsetX: s.flat ? s.left : undefined, tickValues: s.categorical ? spot : s.x_ticks.length ? s.x_ticks : undefined, tickFormat: s.categorical ? t => s.x[t - 1] : s.x_scale == 'date' ? d => d.toLocaleDateString('en-GB', {month: 'short', year: 'numeric'}) : t => '' + t, ...(s.x_scale == 'date' ? {tickCount: 6} : {}),
    style: {axis: {stroke: '#444'}, grid: s.grid == 'both' && !s.categorical ? rule : hush, ticks: {size: s.categorical ? 0 : 5, stroke: '#444'}, tickLabels: s.turned ? {...words, angle: -45, textAnchor: 'end', verticalAnchor: 'middle'} : words, axisLabel: {...words, fontSize: s.size + 1, padding: s.turned ? 20 + 4.4 * Math.max(...s.x.map(t => t.length)) : 28}}};
  return e(V.VictoryChart, {standalone: true, width: W, height: H, theme, horizontal: s.flat || undefined, scale: {x: s.x_scale == 'date' ? 'time' : 'linear', y: s.y_scale == 'log' ? 'log' : 'linear'}, domain: {x: reach, y: s.limits}, padding: {left: s.left, right: wide, top: s.head, bottom: s.foot}, containerComponent: e(V.VictoryContainer, {responsive: false})}, title, e(V.VictoryAxis, across), e(V.VictoryAxis, up), body, s.zero ? e(V.VictoryLine, {key: 'z', data: [{x: reach[0], y: 0}, {x: reach[1], y: 0}], style: {data: {stroke: '#444', strokeWidth: 1}}}) : null, legend);
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart."""
    sources = (
        "react/umd/react.production.min.js",
        "react-dom/umd/react-dom.production.min.js",
        "victory/dist/victory.min.js",
    )
    scripts = "".join(f"<script src='{(js / name).resolve().as_uri()}'></script>" for name in sources)
    cells = "".join(f'<div class="p"><div id="c{k}"></div></div>' for k in range(len(charts)))
    calls = "".join(
        f"ReactDOM.render(chart('c{k}', {json.dumps(_facts(story))}), document.getElementById('c{k}'));\n"
        for k, story in enumerate(charts)
    )
    head = f"{scripts}<style>{_STYLE}</style>"
    print_page(head, f"{cells}<script>{_SCRIPT}{calls}</script>", charts, folder)


def _facts(story: Story) -> dict[str, Any]:
    look, kind, rng = story.look, story.kind, random.Random(f"victory/{story.name}")
    pie, flat = kind in {"pie", "donut"}, kind in FLAT
    places = ticks(story) if story.step else []
    if story.y_scale == "log":
        places = [
            v
            for v in (10.0**k for k in range(-3, 9))
            if (story.y_limits or (1, 1))[0] <= v <= (story.y_limits or (1, 1))[1]
        ]
    labels = [f"{v:,.0f}" if story.y_scale == "log" else written(v, look, tick_decimals(story)) for v in places]
    longest = max([len(x) for x in story.x] or [0])
    turned = kind == "bar_rotated" or (story.categorical and not flat and sum(map(len, story.x)) > 46)
    legend = "none" if len(story.names) == 1 and not pie else look.legend
    x_ticks: list[float] = []
    ends = None
    if story.x_limits:
        count = round((story.x_limits[1] - story.x_limits[0]) / story.x_step)
        x_ticks = [round(story.x_limits[0] + k * story.x_step, 6) for k in range(count + 1)]
    elif kind == "line_dense":
        ends, step = nice(story.numbers[0], story.numbers[-1])
        x_ticks = [round(ends[0] + k * step, 6) for k in range(round((ends[1] - ends[0]) / step) + 1)]
    elif not story.categorical and story.x_scale != "date":
        x_ticks = story.numbers[:: max(1, round(len(story.x) / 7))]
    form = form_of(story)
    below = 62 if story.xlabel or flat else 42
    return {
        "kind": kind, "pie": pie, "flat": flat, "form": form, "title": story.title, "xlabel": story.xlabel, "ylabel": story.ylabel, "x": story.x, "names": story.names,
        "columns": story.columns, "points": story.points, "x_scale": story.x_scale, "y_scale": story.y_scale, "limits": story.y_limits, "x_limits": story.x_limits, "ends": ends,
        "ticks": places, "labels": labels, "x_ticks": x_ticks, "categorical": story.categorical or kind == "line_months", "colours": [story.colour(k) for k in range(9)],
        "width": look.size[0] * 1.35, "height": look.size[1] * 1.35, "theme": "grayscale", "font": rng.choice(("Liberation Serif", "DejaVu Serif") if look.serif else ("Liberation Sans", "Roboto", "Open Sans", "Helvetica")),
        "size": rng.choice((10, 11, 12)), "bold": look.bold, "centre": rng.random() < 0.5, "legend": legend, "boxed": rng.random() < 0.3, "grid": look.grid, "rule": rng.choice(("#ddd", "#ECEFF1", "#bbb")),
        "dash": rng.choice(("none", "none", "4, 4", "10, 5")), "bare": rng.random() < 0.4 and look.grid != "none", "values": look.values, "markers": look.markers, "shapes": ["circle", "square", "triangleUp", "diamond"],
        "written": [[written(v, look) if look.numbers != "millions" else f"{v:,.0f}" for v in column] for column in story.columns], "gap": rng.choice((0.55, 0.7, 0.8)), "round": kind in {"bar", "hbar", "grouped"} and rng.random() < 0.3,
        "line": rng.choice((1.5, 2, 3)), "sheer": rng.choice((0.6, 1)), "pad": rng.choice((0, 0, 1)), "turned": turned, "zero": kind in {"bar_negative", "line_negative"},
        "left": 24 + 6.2 * longest if flat else 78, "head": 74 if legend == "top" else 46, "foot": ((50 if story.xlabel else 30) + 5 * longest if turned else below) + (34 if legend == "bottom" else 0),
    }  # fmt: skip
