"""nivo (React, SVG) with labels in bars and arc links, bundled by esbuild and printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and esbuild, react and react-dom 18 and nivo's bar, line, pie and
scatterplot under the folder of node modules.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.paper import bundle, print_charts
from generators.stories import KINDS, Story

NIVO_KINDS = (*(k for k in KINDS if k not in {"secondary", "line_bw", "line_direct"}), "step", "line4")
_ENTRY = """
import React from 'react'; import {createRoot} from 'react-dom/client'; import {flushSync} from 'react-dom';
import {Bar} from '@nivo/bar'; import {Line} from '@nivo/line'; import {Pie} from '@nivo/pie'; import {ScatterPlot} from '@nivo/scatterplot';
Object.assign(window, {React, createRoot, flushSync, Bar, Line, Pie, ScatterPlot});
"""
_SCRIPT = r"""
function chart(cell, s) {
  const pie = s.form == 'pie', bar = s.form == 'bar', when = s.x_scale == 'date', turned = s.turned && !pie;
  const tick = v => s.labels[s.ticks.findIndex(t => Math.abs(t - v) < 1e-9 * Math.max(1, Math.abs(t)))] ?? '';
  const W = s.width + (s.legend == 'right' ? 110 : 0) + (s.flat ? 5 * s.longest : 0), H = s.height + (turned ? 4 * s.longest : 0);
  const below = turned ? 34 + 4.8 * s.longest : 54, margin = {top: s.legend == 'top' ? 40 : 20, right: s.legend == 'right' ? 140 : 30, bottom: below + (s.legend == 'bottom' ? 36 : 0), left: s.flat ? 26 + 6.2 * s.longest : 76};
  const words = {fontFamily: s.font, fontSize: s.size};
  const theme = {text: words, axis: {domain: {line: {stroke: '#777', strokeWidth: s.framed ? 1 : 0}}, ticks: {line: {stroke: '#777', strokeWidth: s.bare ? 0 : 1}, text: words}, legend: {text: {...words, fontSize: s.size + 1, fontWeight: s.bold ? 700 : 400}}}, grid: {line: {stroke: '#ddd', strokeWidth: 1}}, labels: {text: words}, legends: {text: words}};
  const key = s.legend == 'none' || (pie && s.legend == 'direct') ? [] : [{
    anchor: {right: 'bottom-right', bottom: 'bottom', top: 'top', inside: 'top-left'}[s.legend] || 'bottom', direction: s.legend == 'right' || s.legend == 'inside' ? 'column' : 'row', itemWidth: 24 + 6.4 * Math.max(...(pie ? s.x : s.names).map(n => n.length)), itemHeight: 20, symbolSize: 12, symbolShape: s.sign,
    translateX: s.legend == 'right' ? 128 : s.legend == 'inside' ? 8 : 0, translateY: pie && s.legend == 'bottom' ? 50 : s.legend == 'bottom' ? below + 26 : s.legend == 'top' ? -34 : 0, itemsSpacing: 2, ...(bar ? {dataFrom: 'keys'} : {})}];
  const value = {tickSize: s.bare ? 0 : 5, tickPadding: 6, tickValues: s.ticks, format: tick, legend: s.ylabel, legendPosition: 'middle', legendOffset: s.flat ? 38 : -62};
  const across = {tickSize: s.bare ? 0 : 5, tickPadding: 6, tickRotation: turned ? -45 : 0, legend: s.flat ? '' : s.xlabel, legendPosition: 'middle', legendOffset: s.flat ? 0 : below - 18};
  if (!s.named && !pie) Object.assign(across, {tickValues: when ? s.x_ticks.map(t => new Date(t)) : s.x_ticks, format: v => s.x_labels[s.x_ticks.findIndex(t => Math.abs(t - v) < 1e-6)] ?? ''});
  const common = {width: W, height: H, margin, theme, colors: s.colours, legends: key, animate: false, isInteractive: false};
  const up = pie ? null : s.y_scale == 'log' ? {type: 'log', base: 10, min: s.limits[0], max: s.limits[1]} : {type: 'linear', min: s.limits[0], max: s.limits[1], stacked: s.kind == 'area', nice: false};
  let made;
  if (pie) made = React.createElement(Pie, {...common, margin: {top: 44, right: 130, bottom: 70, left: 110}, data: s.x.map((x, j) => ({id: x, label: x, value: s.columns[0][j]})), innerRadius: s.kind == 'donut' ? 0.5 : 0, padAngle: s.pad, cornerRadius: s.pad ? 2 : 0, activeOuterRadiusOffset: 0, enableArcLinkLabels: s.legend == 'direct', arcLinkLabelsTextColor: '#333', arcLinkLabelsColor: {from: 'color'}, enableArcLabels: s.values, arcLabel: d => d.value + '%', arcLabelsTextColor: '#fff', arcLabelsSkipAngle: 8});
  else if (bar) {
    const data = s.x.map((x, j) => Object.assign({at: x}, ...s.names.map((n, k) => ({[n]: s.columns[k][j]}))));
    made = React.createElement(Bar, {...common, data: s.flat ? data.reverse() : data, keys: s.names, indexBy: 'at', layout: s.flat ? 'horizontal' : 'vertical', groupMode: s.grouped ? 'grouped' : 'stacked', padding: s.kind == 'hist' ? 0.02 : s.gap, innerPadding: s.grouped ? s.inner : 0, borderRadius: s.round, valueScale: {type: 'linear', min: s.limits[0], max: s.limits[1], nice: false}, enableLabel: s.values, label: d => s.written[s.names.indexOf(d.id)][s.x.indexOf(d.indexValue)], labelTextColor: s.outside ? '#333' : {from: 'color', modifiers: [['darker', 2.6]]}, labelPosition: s.outside ? 'end' : 'middle', labelOffset: s.outside ? 10 : 0,
      axisLeft: s.flat ? across : value, axisBottom: s.flat ? value : across, enableGridX: s.flat && s.grid != 'none', enableGridY: !s.flat && s.grid != 'none', gridXValues: s.flat ? s.ticks : undefined, gridYValues: s.flat ? undefined : s.ticks});
  } else {
    const spot = j => s.named ? s.x[j] : when ? new Date(s.places[j]) : s.places[j];
    const data = s.names.map((n, k) => ({id: n, data: s.points.length ? s.points[k].map(p => ({x: p[0], y: p[1]})) : s.columns[k].map((y, j) => ({x: spot(j), y}))}));
    const xScale = s.named ? {type: 'point'} : when ? {type: 'time', format: 'native', precision: 'day', useUTC: true} : {type: 'linear', min: s.ends[0], max: s.ends[1], nice: false};
    const grid = {enableGridX: s.grid == 'both', enableGridY: s.grid != 'none', gridXValues: s.named ? undefined : across.tickValues, gridYValues: s.ticks};
    made = s.points.length
      ? React.createElement(ScatterPlot, {...common, ...grid, data, xScale, yScale: up, axisLeft: value, axisBottom: across, nodeSize: s.dot, blendMode: s.blend, useMesh: false})
      : React.createElement(Line, {...common, ...grid, data, xScale, yScale: up, axisLeft: value, axisBottom: across, curve: s.kind == 'step' ? 'stepAfter' : 'linear', lineWidth: s.line, enablePoints: s.markers, pointSize: s.dot, pointColor: s.hollow ? '#fff' : {from: 'series.color'}, pointBorderWidth: s.hollow ? 2 : 0, pointBorderColor: {from: 'seriesColor'}, enableArea: s.form == 'area', areaOpacity: s.kind == 'area' ? 1 : s.sheer, areaBaselineValue: 0, useMesh: false});
  }
  flushSync(() => createRoot(cell).render(made));
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart."""
    print_charts(charts, folder, bundle(_ENTRY, folder, js), _SCRIPT, _facts)


def _facts(story: Story) -> dict[str, Any]:
    rng = random.Random(f"nivo/{story.name}")
    facts = work_out(story)
    return facts | {
        "framed": rng.random() < 0.4, "bare": rng.random() < 0.3, "sign": rng.choice(("square", "circle")), "pad": rng.choice((0, 0, 0.7)),
        "gap": rng.choice((0.15, 0.3, 0.4)), "inner": rng.choice((0, 2)), "round": 3 if facts["form"] == "bar" and not facts["stacked"] and story.kind != "hist" and rng.random() < 0.25 else 0, "outside": rng.random() < 0.5,
        "dot": rng.choice((6, 8, 10)), "blend": rng.choice(("normal", "multiply")), "line": rng.choice((2, 3)), "hollow": rng.random() < 0.5, "sheer": rng.choice((0.2, 0.5)),
    }  # fmt: skip
