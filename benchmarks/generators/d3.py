"""Charts written by hand in D3, in the manners of newspapers; printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and d3 under the folder of node modules.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.paper import print_page
from generators.stories import FLAT, KINDS, Story, tick_decimals, ticks, written

D3_KINDS = (*KINDS, "step")
_STYLE = "@page{size:760px 540px;margin:12px} .p{page-break-after:always;height:500px} .p:last-child{page-break-after:avoid} body{margin:0}"
_SCRIPT = r"""
function chart(cell, s) {
  const W = s.width, H = s.height, top = s.head, M = {l: s.flat ? s.room : (s.side == 'right' ? 14 : 62) + s.lean, r: s.legend == 'right' || s.legend == 'direct' ? 130 : s.side == 'right' && !s.flat ? 58 : s.second ? 58 : 22, t: top, b: s.foot};
  const svg = d3.select(cell).append('svg').attr('width', W).attr('height', H).attr('viewBox', [0, 0, W, H]).style('background', s.ground).style('font-family', s.font).style('font-size', s.size + 'px');
  const text = (x, y, t, o = {}) => { const e = svg.append('text').attr('x', x).attr('y', y).text(t).attr('fill', o.fill || '#333'); for (const k in o) if (k != 'fill') e.attr(k, o[k]); return e; };
  if (s.tag) svg.append('rect').attr('width', 34).attr('height', 9).attr('fill', '#e3120b');
  if (s.rule) svg.append('line').attr('x2', W).attr('y1', 1).attr('y2', 1).attr('stroke', '#121212');
  text(s.centre ? W / 2 : s.tag ? 0 : 8, 28, s.title, {'font-weight': s.bold ? 700 : 400, 'font-size': s.size + 5, 'text-anchor': s.centre ? 'middle' : 'start', fill: '#111'});
  if (s.below) text(s.tag ? 0 : 8, 46, s.below, {fill: '#666'});
  const key = (names, colours, shape) => {
    if (s.legend == 'right') names.forEach((n, k) => { swatch(W - M.r + 16, M.t + 12 + 20 * k, colours[k], shape, k); text(W - M.r + 34, M.t + 16 + 20 * k, n); });
    else if (s.legend == 'bottom' || s.legend == 'top' || s.legend == 'inside') { let at = s.legend == 'inside' ? M.l + 10 : 10; names.forEach((n, k) => { const y = s.legend == 'bottom' ? H - 12 : s.legend == 'inside' ? M.t + 12 + 18 * k : M.t - (s.ylabel && !s.turn ? 40 : 22); swatch(at, y, colours[k], shape, k); const t = text(at + 18, y + 4, n); if (s.legend != 'inside') at += 34 + t.node().getComputedTextLength(); }); }
  };
  const swatch = (x, y, c, shape, k) => {
    if (shape == 'line') svg.append('line').attr('x1', x).attr('x2', x + 13).attr('y1', y).attr('y2', y).attr('stroke', c).attr('stroke-width', 2.5).attr('stroke-dasharray', s.dashes[k]);
    else if (shape == 'dot') svg.append('circle').attr('cx', x + 6).attr('cy', y).attr('r', 4.5).attr('fill', c);
    else svg.append('rect').attr('x', x).attr('y', y - 6).attr('width', 12).attr('height', 12).attr('fill', c);
  };
  if (s.kind == 'pie' || s.kind == 'donut') {
    const R = Math.min(W - (s.legend == 'right' ? 150 : 40), H - top - (s.legend == 'bottom' ? 60 : 40)) / 2 - (s.legend == 'direct' ? 14 : 0), cx = s.legend == 'right' ? R + 30 : W / 2, cy = top + R + 10 + (s.legend == 'direct' ? 8 : 0);
    const g = svg.append('g').attr('transform', `translate(${cx},${cy})`), v = s.columns[0];
    const arcs = d3.pie().sort(null).padAngle(s.pad)(v), arc = d3.arc().innerRadius(s.kind == 'donut' ? R * 0.6 : 0).outerRadius(R), mid = d3.arc().innerRadius(R * 0.72).outerRadius(R * 0.86), out = d3.arc().innerRadius(R + 13).outerRadius(R + 13);
    g.selectAll('path').data(arcs).join('path').attr('d', arc).attr('fill', (d, k) => s.colours[k]).attr('stroke', s.ground == 'none' ? 'white' : s.ground);
    arcs.forEach((a, k) => {
      if (s.values) g.append('text').attr('transform', `translate(${mid.centroid(a)})`).attr('text-anchor', 'middle').attr('dy', '0.35em').attr('fill', d3.lab(s.colours[k]).l > 60 ? '#111' : '#fff').attr('font-size', 10).text(v[k].toFixed(1) + '%');
      if (s.legend == 'direct') { const p = out.centroid(a); g.append('text').attr('x', p[0]).attr('y', p[1]).attr('dy', '0.35em').attr('text-anchor', Math.abs(p[0]) < 8 ? 'middle' : p[0] > 0 ? 'start' : 'end').text(s.x[k]); }
    });
    key(s.x, s.colours, 'rect'); return;
  }
  const box = [M.l, W - M.r, M.t, H - M.b];
  const value = (s.y_scale == 'log' ? d3.scaleLog() : d3.scaleLinear()).domain(s.limits).range(s.flat ? [box[0], box[1]] : [box[3], box[2]]);
  let across, mid = 0;
  const x = s.points.length ? null : s.x_scale == 'date' ? s.x.map(t => new Date(t + 'T00:00')) : s.categorical ? s.x : s.x.map(Number);
  if (s.points.length) across = d3.scaleLinear().domain(s.x_limits).range([box[0], box[1]]);
  else if (s.bars) { across = d3.scaleBand(x, s.flat ? [box[2], box[3]] : [box[0], box[1]]).padding(s.kind == 'hist' ? 0 : s.gap); mid = across.bandwidth() / 2; }
  else if (s.categorical) across = d3.scalePoint(x, [box[0], box[1]]).padding(0.5);
  else across = (s.x_scale == 'date' ? d3.scaleTime() : d3.scaleLinear()).domain(d3.extent(x)).range([box[0], box[1]]);
  // grid and value axis
  const at = s.y_scale == 'log' ? value.ticks().filter(v => Math.abs(Math.log10(v) % 1) < 1e-9) : s.ticks;
  at.forEach((v, k) => {
    const p = value(v), label = s.y_scale == 'log' ? d3.format(',')(v) : s.labels[k];
    if (s.flat) { if (s.grid) svg.append('line').attr('x1', p).attr('x2', p).attr('y1', box[2]).attr('y2', box[3]).attr('stroke', s.gridline); text(p, s.axis_top ? box[2] - 6 : box[3] + 16, label, {'text-anchor': 'middle', fill: '#555'}); }
    else {
      if (s.grid) svg.append('line').attr('x1', box[0]).attr('x2', box[1] + (s.side == 'right' ? 40 : 0)).attr('y1', p).attr('y2', p).attr('stroke', s.gridline);
      else svg.append('line').attr('x1', box[0] - 5).attr('x2', box[0]).attr('y1', p).attr('y2', p).attr('stroke', '#333');
      if (s.side == 'right') text(box[1] + 40, p - 4, label, {'text-anchor': 'end', fill: '#555'});
      else if (s.side == 'above') text(box[0] - 54, p - 4, label, {fill: '#777'});
      else text(box[0] - 8, p + 4, label, {'text-anchor': 'end', fill: '#555'});
    }
  });
  if (s.side == 'above' && s.grid && !s.flat) svg.selectAll('line').filter(function () { return this.getAttribute('x1') == box[0]; }).attr('x1', box[0] - 54);
  if (!s.grid && !s.flat) svg.append('line').attr('x1', box[0]).attr('x2', box[0]).attr('y1', box[2]).attr('y2', box[3]).attr('stroke', '#333');
  const zero = s.y_scale == 'log' || s.limits[0] > 0 || s.limits[1] < 0 ? value(s.limits[0]) : value(0);
  if (s.flat) svg.append('line').attr('x1', zero).attr('x2', zero).attr('y1', box[2]).attr('y2', box[3]).attr('stroke', '#222');
  // other axis
  if (s.flat) x.forEach(c => text(s.left ? 6 : box[0] - 6, across(c) + mid + 4, c, {'text-anchor': s.left ? 'start' : 'end'}));
  else if (s.categorical) x.forEach(c => { const p = across(c) + mid, e = text(p, box[3] + 16, c, {'text-anchor': 'middle'}); if (s.turned) e.attr('text-anchor', 'end').attr('transform', `rotate(-40 ${p} ${box[3] + 16})`); });
  else { const axis = d3.axisBottom(across).ticks(s.narrow ? 5 : 7).tickSizeOuter(0); if (s.xlabel == 'Year' || s.years) axis.tickFormat(s.x_scale == 'date' ? null : d3.format('d')); svg.append('g').attr('transform', `translate(0,${box[3]})`).call(axis).style('font-size', s.size + 'px').style('font-family', s.font); }
  if (s.categorical && !s.flat || s.side != 'left') if (!s.flat) svg.append('line').attr('x1', box[0]).attr('x2', box[1]).attr('y1', zero).attr('y2', zero).attr('stroke', '#222');
  if (s.xlabel && !s.flat) text((box[0] + box[1]) / 2, box[3] + s.under, s.xlabel, {'text-anchor': 'middle'});
  if (s.ylabel) { if (s.flat) text((box[0] + box[1]) / 2, s.axis_top ? box[2] - 24 : box[3] + 34, s.ylabel, {'text-anchor': 'middle'}); else if (s.turn) svg.append('text').attr('transform', `translate(${box[0] - 48},${(box[2] + box[3]) / 2}) rotate(-90)`).attr('text-anchor', 'middle').attr('fill', '#333').text(s.ylabel); else text(s.side == 'right' ? box[1] + 40 : box[0] - 54, box[2] - 20, s.ylabel, {'text-anchor': s.side == 'right' ? 'end' : 'start', fill: '#333'}); }
  // marks
  const plot = svg.append('g');
  if (s.points.length) { s.points.forEach((ps, k) => plot.append('g').attr('fill', s.colours[k]).attr('fill-opacity', s.sheer).attr('stroke', s.sheer < 1 ? s.colours[k] : 'none').selectAll('circle').data(ps).join('circle').attr('cx', p => across(p[0])).attr('cy', p => value(p[1])).attr('r', 3.5)); if (s.names.length > 1) key(s.names, s.colours, 'dot'); return; }
  const rect = (c, a, b, from, wide, k) => s.flat ? plot.append('rect').attr('x', Math.min(value(a), value(b))).attr('width', Math.abs(value(b) - value(a))).attr('y', across(c) + from).attr('height', wide).attr('fill', s.colours[k]) : plot.append('rect').attr('y', Math.min(value(a), value(b))).attr('height', Math.abs(value(b) - value(a))).attr('x', across(c) + from).attr('width', wide).attr('fill', s.colours[k]);
  if (s.bars) {
    const n = s.names.length, stacked = s.kind.includes('stacked'), drawn = s.second ? 1 : n, w = across.bandwidth() / (stacked ? 1 : drawn);
    x.forEach((c, i) => { let sum = 0; for (let k = 0; k < drawn; k++) { const v = s.columns[k][i]; if (stacked) { rect(c, sum, sum + v, 0, w, k); sum += v; } else { const e = rect(c, 0, v, k * w, w - (n > 1 ? 1 : 0), k); if (s.kind == 'hist') e.attr('stroke', 'white'); if (s.values) { if (s.flat) text(value(v) + 4, across(c) + (k + 0.5) * w + 4, s.printed[k][i], {'font-size': s.size - 1}); else text(across(c) + (k + 0.5) * w, value(v) + (v < 0 ? 13 : -4), s.printed[k][i], {'text-anchor': 'middle', 'font-size': s.size - 1}); } } } });
    if (s.second) {
      const other = d3.scaleLinear().domain(d3.extent(s.columns[1])).nice(5).range([box[3], box[2]]);
      svg.append('g').attr('transform', `translate(${box[1]},0)`).call(d3.axisRight(other).ticks(5)).style('font-size', s.size + 'px').style('font-family', s.font);
      svg.append('text').attr('transform', `translate(${box[1] + 46},${(box[2] + box[3]) / 2}) rotate(90)`).attr('text-anchor', 'middle').text(s.names[1]);
      plot.append('path').attr('d', d3.line((v, i) => across(x[i]) + mid, v => other(v))(s.columns[1])).attr('fill', 'none').attr('stroke', s.colours[1]).attr('stroke-width', 2);
    }
    if (n > 1) key(s.names, s.colours, 'rect'); return;
  }
  if (s.kind.startsWith('area')) {
    const base = x.map(() => 0);
    s.columns.forEach((c, k) => { const low = base.slice(); c.forEach((v, i) => base[i] += v); plot.append('path').attr('d', d3.area((v, i) => across(x[i]), (v, i) => value(low[i]), (v, i) => value(base[i]))(c)).attr('fill', s.colours[k]); });
    if (s.names.length > 1) key(s.names, s.colours, 'rect'); return;
  }
  s.columns.forEach((c, k) => {
    plot.append('path').attr('d', d3.line((v, i) => across(x[i]), v => value(v)).curve(s.kind == 'step' ? d3.curveStepAfter : d3.curveLinear)(c)).attr('fill', 'none').attr('stroke', s.colours[k]).attr('stroke-width', s.wide).attr('stroke-dasharray', s.dashes[k]).attr('stroke-linejoin', 'round');
    if (s.markers) plot.append('g').attr('fill', s.hollow ? 'white' : s.colours[k]).attr('stroke', s.colours[k]).selectAll('circle').data(c).join('circle').attr('cx', (v, i) => across(x[i])).attr('cy', v => value(v)).attr('r', 3);
    if (s.legend == 'direct') text(box[1] + 8, value(c[c.length - 1]) + 4, s.names[k], {fill: s.colours[k], 'font-weight': 700});
  });
  if (s.names.length > 1 && s.legend != 'direct') key(s.names, s.colours, 'line');
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart: a page each, printed together and cut apart."""
    library = (js / "d3/dist/d3.min.js").resolve().as_uri()
    cells = "".join(f'<div class="p" id="c{k}"></div>' for k in range(len(charts)))
    calls = "".join(
        f"chart(document.getElementById('c{k}'), {json.dumps(_facts(story))});\n" for k, story in enumerate(charts)
    )
    head = f"<style>{_STYLE}</style><script src='{library}'></script>"
    print_page(head, f"{cells}<script>{_SCRIPT}\n{calls}</script>", charts, folder, doctype="")


def _facts(story: Story) -> dict[str, Any]:
    """What the script is told."""
    look, kind, rng = story.look, story.kind, random.Random(f"d3/{story.name}")
    flat, single = kind in FLAT, len(story.names) == 1
    manner = rng.choice(("economist", "times", "plain", "plain", "weekly"))
    at = ticks(story) if story.step else []
    places = tick_decimals(story) if story.step else 0
    side = {"economist": "right", "times": "above"}.get(manner, "left")
    legend = look.legend if story.names[1:] or kind in {"pie", "donut"} else "none"
    if side == "right" and (story.secondary or legend == "direct"):
        side = "left"
    if (legend == "right" and side == "right") or (legend == "inside" and look.size[1] < 300):
        legend = "top"
    turned = kind == "bar_rotated" or (story.categorical and not flat and 7.5 * sum(map(len, story.x)) > look.size[0])
    under = 34 + (round(4.2 * max(map(len, story.x))) if turned else 0)
    below = story.ylabel if manner in {"economist", "weekly"} and not single else ""
    serif = look.serif or manner == "times"
    font = (
        "Liberation Serif"
        if serif
        else {"economist": "Open Sans", "weekly": "Carlito"}.get(
            manner, rng.choice(("Liberation Sans", "Roboto", "DejaVu Sans"))
        )
    )
    return {
        "kind": kind, "flat": flat, "bars": story.categorical and kind != "line_months", "categorical": story.categorical,
        "title": story.title, "xlabel": story.xlabel, "ylabel": "" if below else story.ylabel, "below": below, "x": story.x, "names": story.names,
        "columns": story.columns, "points": story.points, "x_scale": story.x_scale, "y_scale": story.y_scale,
        "limits": story.y_limits, "x_limits": story.x_limits, "ticks": at, "labels": [written(v, look, places) for v in at],
        "printed": [[written(v, look) if look.numbers != "millions" else f"{v:,.0f}" for v in column] for column in story.columns] if look.values else [],
        "colours": [story.colour(k) for k in range(max(len(story.names), len(story.x) if kind in {"pie", "donut"} else 0))],
        "dashes": ["none", "6 4", "2 3", "8 3 2 3"] if kind == "line_bw" else ["none"] * 4, "second": bool(story.secondary),
        "width": round(look.size[0] * 1.3), "height": round(look.size[1] * 1.3) + (under - 34 if turned else 0), "font": font, "size": rng.choice((11, 12, 13)),
        "bold": look.bold, "ground": {"weekly": "#fff1e5"}.get(manner, "none"), "tag": manner == "economist", "rule": manner == "times", "centre": manner == "plain" and rng.random() < 0.5,
        "head": 114 if legend == "top" else 76, "foot": under + 6 + 24 * (legend == "bottom"), "under": under, "lean": max(0, round(4.7 * len(story.x[0])) - 44) if turned else 0, "legend": legend, "grid": look.grid != "none" or side != "left",
        "gridline": rng.choice(("#ddd", "#b7c6cf", "#e8e8e8")), "side": side, "turn": side == "left" and rng.random() < 0.5, "turned": turned,
        "axis_top": flat and manner == "economist", "left": manner == "economist", "gap": rng.choice((0.15, 0.25, 0.4)), "values": look.values,
        "markers": look.markers, "hollow": rng.random() < 0.3, "wide": rng.choice((1.5, 2, 2.5)), "sheer": rng.choice((1, 0.6)), "pad": rng.choice((0, 0, 0.02)),
        "room": 30 + round(7.2 * max(map(len, story.x), default=0)), "years": story.x_scale == "linear" and not story.points and kind != "line_dense",
        "narrow": look.size[0] < 400,
    }  # fmt: skip
