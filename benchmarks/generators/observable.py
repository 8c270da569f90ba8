"""Observable Plot: marks on faceted axes, units above the axis with an arrow, keys of swatches; printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and @observablehq/plot and d3 7 under the folder of node modules.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.paper import print_charts
from generators.stories import KINDS, Story

OBSERVABLE_KINDS = (*(k for k in KINDS if k not in {"pie", "donut", "secondary", "line_bw"}), "step", "loglog")
_SCRIPT = r"""
function chart(cell, s) {
  const rows = [], words = {fontFamily: s.font, fontSize: s.size};
  const when = s.x_scale == 'date';
  const at = j => s.named ? s.x[j] : when ? new Date(s.places[j]) : s.places[j];
  if (s.points.length) s.points.forEach((ps, k) => ps.forEach(p => rows.push({x: p[0], v: p[1], name: s.names[k]})));
  else s.columns.forEach((c, k) => c.forEach((v, j) => rows.push({x: at(j), v, name: s.names[k], text: s.written[k][j]})));
  const tick = v => s.labels[s.ticks.findIndex(t => Math.abs(t - v) < 1e-9 * Math.max(1, Math.abs(t)))];
  const value = {domain: s.limits, ticks: s.ticks, tickFormat: tick, label: s.ylabel || null, grid: s.grid != 'none', type: s.y_scale, nice: false};
  const across = s.named
    ? {domain: s.x, label: s.xlabel || null, tickRotate: s.turned ? -45 : 0, ...(s.form == 'bar' ? {padding: s.kind == 'hist' ? 0 : s.gap} : {type: 'point', padding: 0.2})}
    : {domain: when ? s.ends.map(t => new Date(t)) : s.ends, type: when ? 'utc' : s.x_scale, label: s.xlabel || null, grid: s.grid == 'both', ticks: when ? s.x_ticks.map(t => new Date(t)) : s.x_ticks, tickFormat: v => s.x_labels[s.x_ticks.findIndex(t => Math.abs(t - v) <= 1e-9 * Math.abs(t))]};
  const many = s.names.length > 1, fill = many ? 'name' : s.colours[0];
  const options = {
    width: s.width, height: s.height + (s.turned ? 40 : 0), title: undefined, style: {fontFamily: s.font, fontSize: s.size + 'px', ...(s.ground ? {background: s.ground} : {})},
    marginLeft: s.flat ? 16 + s.longest * s.size * 0.56 : 62, marginBottom: s.turned ? 30 + s.longest * 5.2 : 40, marginRight: s.legend == 'direct' ? 110 : 30, marginTop: 34, inset: s.points.length ? 0 : undefined,
    color: {domain: s.names, range: s.colours, legend: many && s.legend != 'direct'}, marks: [],
  };
  const M = options.marks;
  if (s.form == 'bar') {
    const one = s.flat ? 'x' : 'y', other = s.flat ? 'y' : 'x', bar = s.flat ? Plot.barX : Plot.barY;
    options[one] = value;
    if (s.grouped) {
      options['f' + other] = {...across, label: null, padding: 0.15};
      options[other] = {axis: null, domain: s.names, padding: 0};
      M.push(bar(rows, {['f' + other]: 'x', [other]: 'name', [one]: 'v', fill: 'name'}));
      if (s.values) M.push(Plot.text(rows, {['f' + other]: 'x', [other]: 'name', [one]: 'v', text: 'text', fontSize: 9, ...(s.flat ? {textAnchor: 'start', dx: 3} : {dy: -6})}));
    } else {
      options[other] = {...across, label: s.flat ? null : across.label};
      M.push(bar(rows, {[other]: 'x', [one]: 'v', fill, ...(s.kind == 'hist' ? {insetLeft: 0.5, insetRight: 0.5} : {})}));
      if (s.values) M.push(Plot.text(rows, {[other]: 'x', [one]: 'v', text: 'text', fontSize: 10, ...(s.flat ? {textAnchor: d => 'start', dx: 4} : {lineAnchor: 'bottom', dy: -4})}));
    }
    M.push((s.flat ? Plot.ruleX : Plot.ruleY)([0]));
  } else {
    options.x = across; options.y = value;
    if (s.points.length) M.push(Plot.dot(rows, {x: 'x', y: 'v', [s.solid ? 'fill' : 'stroke']: fill, r: s.dot}));
    else if (s.kind == 'area') M.push(Plot.areaY(rows, {x: 'x', y: 'v', fill: 'name', order: s.names}), Plot.ruleY([0]));
    else if (s.kind == 'area1') M.push(Plot.areaY(rows, {x: 'x', y: 'v', fill, fillOpacity: s.sheer}), Plot.lineY(rows, {x: 'x', y: 'v', stroke: fill}), Plot.ruleY([0]));
    else {
      if (s.kind == 'line_negative') M.push(Plot.ruleY([0]));
      M.push(Plot.lineY(rows, {x: 'x', y: 'v', stroke: fill, strokeWidth: s.line, marker: s.markers ? s.marker : undefined, curve: s.kind == 'step' ? 'step-after' : 'linear'}));
      if (s.legend == 'direct') M.push(Plot.text(rows, Plot.selectLast({x: 'x', y: 'v', z: 'name', text: 'name', fill: 'name', textAnchor: 'start', dx: 7})));
    }
    if (s.framed) M.push(Plot.frame());
  }
  cell.append(Plot.plot(options));
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart."""
    sources = ("d3/dist/d3.min.js", "@observablehq/plot/dist/plot.umd.min.js")
    head = "".join(f"<script src='{(js / name).resolve().as_uri()}'></script>" for name in sources)
    print_charts(charts, folder, head, _SCRIPT, _facts)


def _facts(story: Story) -> dict[str, Any]:
    rng = random.Random(f"observable/{story.name}")
    return work_out(story) | {
        "gap": rng.choice((0.1, 0.25, 0.4)), "solid": rng.random() < 0.5, "dot": rng.choice((2.5, 3, 4)), "sheer": rng.choice((0.2, 0.4)), "line": rng.choice((1.5, 2, 3)),
        "marker": rng.choice(("circle", "dot", "circle-stroke")), "framed": rng.random() < 0.25, "ground": rng.choice(("", "", "#f9f7f1")),
    }  # fmt: skip
