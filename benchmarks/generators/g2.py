"""G2 of AntV, a grammar of graphics for dashboards, drawn by its SVG renderer and printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and @antv/g2 5 with @antv/g-svg and esbuild under the folder of
node modules.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.paper import bundle, print_charts
from generators.stories import KINDS, Story

G2_KINDS = (*(k for k in KINDS if k not in {"secondary", "line_bw"}), "step")
_ENTRY = (
    "import {Chart} from '@antv/g2'; import {Renderer} from '@antv/g-svg'; Object.assign(window, {Chart, Renderer});"
)
_SCRIPT = r"""
function chart(cell, s) {
  const rows = [], when = s.x_scale == 'date', pie = s.form == 'pie', many = s.names.length > 1;
  if (pie) s.x.forEach((x, j) => rows.push({name: x, v: s.columns[0][j]}));
  else if (s.points.length) s.points.forEach((ps, k) => ps.forEach(p => rows.push({x: p[0], v: p[1], name: s.names[k]})));
  else s.columns.forEach((c, k) => c.forEach((v, j) => rows.push({x: s.named ? s.x[j] : s.places[j], v, name: s.names[k], text: s.written[k][j]})));
  const tick = v => s.labels[s.ticks.findIndex(t => Math.abs(t - v) < 1e-9 * Math.max(1, Math.abs(t)))] ?? '';
  const order = pie ? s.x : s.names, keyed = order.length > 1 && s.legend != 'direct' && s.legend != 'none';
  const words = {labelFontFamily: s.font, labelFontSize: s.size, titleFontFamily: s.font, titleFontSize: s.size + 1, titleFontWeight: s.bold ? 'bold' : 'normal', labelFillOpacity: s.shade};
  const made = new Chart({container: cell, width: s.width + (s.legend == 'right' ? 120 : 0) + (s.flat ? 6 * s.longest : 0), height: s.height + (s.turned ? 50 : 0), renderer: new Renderer()});
  const grid = {grid: s.grid != 'none', gridLineDash: s.dashed ? [3, 4] : [0, 0], gridStroke: '#999', gridStrokeOpacity: 0.4};
  const options = {
    animate: false, data: rows, interaction: {tooltip: false}, scale: {color: {domain: order, range: s.colours}},
    legend: keyed ? {color: {position: s.legend == 'inside' ? 'top' : s.legend, title: false, itemMarker: s.sign, itemLabelFontFamily: s.font, itemLabelFontSize: s.size, itemLabelFill: '#222', maxRows: 2}} : false,
  };
  if (pie) {
    Object.assign(options, {type: 'interval', encode: {y: 'v', color: 'name'}, transform: [{type: 'stackY'}], coordinate: {type: 'theta', outerRadius: s.legend == 'direct' ? 0.75 : 0.9, innerRadius: s.kind == 'donut' ? 0.55 : 0}, style: {stroke: '#fff', lineWidth: s.rim}});
    const text = d => s.legend == 'direct' ? s.values ? `${d.name} ${d.v.toFixed(1)}%` : d.name : s.values ? d.v.toFixed(1) + '%' : '';
    options.labels = s.legend == 'direct' ? [{text, position: 'outside', fontSize: s.size, fontFamily: s.font, fill: '#222'}] : s.values ? [{text, position: 'inside', fontSize: s.size, fontFamily: s.font, fill: '#fff'}] : [];
  } else {
    const log = s.y_scale == 'log';
    options.scale.y = {type: log ? 'log' : 'linear', domain: s.limits, nice: false, tickMethod: () => s.ticks};
    options.scale.x = s.named ? {...(s.form == 'bar' ? {padding: s.kind == 'hist' ? 0.02 : s.gap} : {}), domain: s.x} : {type: 'linear', domain: s.ends, nice: false, tickMethod: () => s.x_ticks};
    options.axis = {
      y: {title: s.ylabel || false, ...words, ...grid, labelFormatter: tick, line: s.lined, lineStroke: '#333', tick: s.lined},
      x: {title: s.flat ? false : s.xlabel || false, ...words, grid: s.grid == 'both' && !s.named, gridStroke: '#999', line: true, lineStroke: '#333', transform: [], ...(s.turned ? {labelTransform: 'rotate(-45)'} : {}), ...(s.named ? {} : {labelFormatter: v => s.x_labels[s.x_ticks.findIndex(t => Math.abs(t - v) < 1e-6)] ?? ''})},
    };
    const encode = {x: 'x', y: 'v', ...(many ? {color: 'name'} : {})}, paint = many ? {} : {[s.form == 'line' ? 'stroke' : 'fill']: s.colours[0]};
    const marks = [];
    if (s.form == 'bar') {
      const mark = {type: 'interval', encode: {...encode, ...(s.grouped ? {series: 'name'} : {})}, style: {...paint, ...(s.round ? {radiusTopLeft: s.round, radiusTopRight: s.round} : {}), ...(s.kind == 'hist' ? {stroke: '#fff', lineWidth: 1} : {})}};
      if (s.stacked) mark.transform = [{type: 'stackY', reverse: false}];
      if (s.grouped) mark.transform = [{type: 'dodgeX'}];
      if (s.values) mark.labels = [{text: 'text', position: s.flat ? 'right' : 'top', ...(s.flat ? {dx: 4, textAlign: 'start'} : {dy: -14, textBaseline: 'middle'}), fontSize: s.size - 1, fontFamily: s.font, fill: '#222'}];
      if (s.flat) options.coordinate = {transform: [{type: 'transpose'}]};
      marks.push(mark);
    } else if (s.form == 'area') {
      marks.push({type: 'area', encode, style: {...paint, fillOpacity: s.kind == 'area' ? 1 : s.sheer}, ...(s.kind == 'area' ? {transform: [{type: 'stackY', reverse: false}]} : {})});
      if (s.kind == 'area1') marks.push({type: 'line', encode, style: {stroke: s.colours[0], lineWidth: s.line}});
    } else if (s.points.length) marks.push({type: 'point', encode: {...encode, shape: s.hollow ? 'hollow' : 'point'}, style: {...(many ? {} : s.hollow ? {stroke: s.colours[0]} : paint), r: s.dot}});
    else {
      marks.push({type: 'line', encode: {...encode, shape: s.kind == 'step' ? 'hv' : 'line'}, style: {...paint, lineWidth: s.line}, ...(s.legend == 'direct' ? {labels: [{text: 'name', selector: 'last', position: 'right', dx: 6, textAlign: 'start', fontSize: s.size, fontFamily: s.font}]} : {})});
      if (s.markers) marks.push({type: 'point', encode: {...encode, shape: 'point'}, style: {...(many ? {} : {fill: s.colours[0]}), r: s.dot - 1}});
    }
    if (s.legend == 'direct') options.marginRight = 120;
    Object.assign(options, {type: 'view', children: marks});
  }
  made.options(options);
  made.render().catch(error => { document.body.textContent = error.stack; });  // each would wait for a frame of its own, and the page is printed after the first
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart."""
    print_charts(charts, folder, bundle(_ENTRY, folder, js), _SCRIPT, _facts)


def _facts(story: Story) -> dict[str, Any]:
    rng = random.Random(f"g2/{story.name}")
    return work_out(story) | {
        "sign": rng.choice(("circle", "square")), "dashed": rng.random() < 0.6, "shade": rng.choice((0.9, 1)), "rim": rng.choice((0, 1, 2)), "gap": rng.choice((0.2, 0.35, 0.5)), "lined": rng.random() < 0.4, "round": rng.choice((0, 0, 0, 4)) if story.kind in {"bar", "grouped", "bar_rotated"} else 0,
        "sheer": rng.choice((0.3, 0.6)), "line": rng.choice((1.5, 2, 3)), "dot": rng.choice((3, 4)), "hollow": rng.random() < 0.5,
    }  # fmt: skip
