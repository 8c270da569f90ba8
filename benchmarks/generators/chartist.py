"""Chartist charts, whose bars, points and rings are thick strokes, with title and legend in the page; printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium, and chartist 0.11 under the folder of node modules.
"""

import datetime as dt
import html
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.paper import print_page
from generators.stories import FLAT, KINDS, Story, nice, tick_decimals, ticks, written

CHARTIST_KINDS = (*(k for k in KINDS if k not in {"area", "line_log", "secondary", "line_direct"}), "step")
_STYLE = (
    "@page{size:800px 600px;margin:16px} .p{page-break-after:always;height:545px;overflow:hidden} .p:last-child{page-break-after:avoid} body{margin:0} "
    "h3{margin:2px 0 4px 0} .below{color:#666;font-size:12px;margin-bottom:6px} .key span{display:inline-flex;align-items:center;margin-right:16px;font-size:12px} .key svg{margin-right:5px} .side{display:flex} .side .key span{display:flex;margin:4px 0 0 14px} "
    ".ct-area{fill-opacity:.35} .ct-label{overflow:visible}"
)
_SCRIPT = r"""
function chart(cell, s) {
  const options = {width: s.width, height: s.height, chartPadding: {top: 16, right: s.flat ? 50 : 30, bottom: 4, left: 8}};
  if (s.pie) {
    const donut = s.kind == 'donut';
    new Chartist.Pie(cell, {labels: s.slices, series: s.columns[0]}, {...options, donut, donutWidth: s.ring, startAngle: 0, showLabel: s.slices.some(t => t), chartPadding: s.outside ? 46 : 8, labelOffset: s.outside ? s.height / 4.2 : donut ? 0 : 30, labelDirection: s.outside ? 'explode' : 'neutral', labelInterpolationFnc: t => t});
    return;
  }
  const value = {type: Chartist.FixedScaleAxis, low: s.limits[0], high: s.limits[1], ticks: s.ticks, labelInterpolationFnc: v => s.labels[s.ticks.indexOf(v)], offset: s.flat ? 30 : s.left, showGrid: true};
  const across = {offset: s.offset, showGrid: s.grid == 'both' || !s.bars};  // the only marks of ticks, for labels stand beside them
  if (s.x_ticks.length) Object.assign(across, {type: Chartist.FixedScaleAxis, low: s.reach[0], high: s.reach[1], ticks: s.x_ticks, labelInterpolationFnc: v => s.x_labels[s.x_ticks.indexOf(v)]});
  const places = s.x_ticks.length ? s.places : null;
  const rows = s.points.length ? s.points.map(ps => ps.map(p => ({x: p[0], y: p[1]}))) : s.columns.map(c => places ? c.map((v, j) => ({x: places[j], y: v})) : c);
  const data = {labels: s.x_ticks.length ? undefined : s.x, series: rows};
  let made;
  if (s.bars) {
    made = new Chartist.Bar(cell, data, {...options, axisX: s.flat ? value : across, axisY: s.flat ? across : value, horizontalBars: s.flat, stackBars: s.stacked, seriesBarDistance: s.thick});
    if (s.values) made.on('draw', d => { if (d.type == 'bar') d.group.elem('text', {x: s.flat ? d.x2 + 4 : d.x2, y: s.flat ? d.y2 + 4 : d.y2 + (d.value.y < 0 ? 12 : -5), style: `font:10px ${s.font};text-anchor:${s.flat ? 'start' : 'middle'};fill:#333`}).text(s.written[d.seriesIndex][d.index]); });
  } else made = new Chartist.Line(cell, data, {...options, axisX: across, axisY: value, showArea: s.kind == 'area1', showLine: !s.points.length, showPoint: s.points.length > 0 || s.markers, fullWidth: true, lineSmooth: s.kind == 'step' ? Chartist.Interpolation.step() : Chartist.Interpolation.none()});
}
"""


def draw(charts: Sequence[Story], folder: Path, js: Path) -> None:
    """Write NAME.pdf for every chart."""
    base = js / "chartist/dist"
    head = f"<link rel='stylesheet' href='{(base / 'chartist.min.css').resolve().as_uri()}'><script src='{(base / 'chartist.min.js').resolve().as_uri()}'></script>"
    cells, calls, rules = [], [], []
    for k, story in enumerate(charts):
        facts = _facts(story)
        cells.append(_cell(story, facts, k))
        calls.append(f"chart('#c{k}', {json.dumps(facts)});\n")
        rules += _rules(story, facts, k)
    head = f"{head}<style>{_STYLE}{''.join(rules)}</style>"
    print_page(head, f"{''.join(cells)}<script>{_SCRIPT}{''.join(calls)}</script>", charts, folder)


def _cell(story: Story, facts: dict[str, Any], k: int) -> str:
    """The title, the legend and the place of a chart."""
    look, pie = story.look, facts["pie"]
    names = story.x if pie else story.names
    key = ""
    if len(names) > 1 and look.legend != "direct":
        swatches = []
        for j, name in enumerate(names):
            colour = story.colour(j)
            if facts["bars"] or pie:
                sign = f"<rect width='12' height='12' fill='{colour}'/>"
            elif story.points:
                sign = f"<circle cx='6' cy='6' r='4.5' fill='{colour}'/>"
            else:
                sign = (
                    f"<path d='M0 6H22' stroke='{colour}' stroke-width='2.5' stroke-dasharray='{facts['dashes'][j]}'/>"
                )
            swatches.append(
                f"<span><svg width='{22 if 'path' in sign else 12}' height='12'>{sign}</svg>{html.escape(name)}</span>"
            )
        key = f"<div class='key'>{''.join(swatches)}</div>"
    below = "" if pie or not story.ylabel else f"<div class='below'>{html.escape(story.ylabel)}</div>"
    under = (
        f"<div class='below' style='width:{facts['width']:g}px;text-align:center'>{html.escape(story.xlabel)}</div>"
        if story.xlabel and not facts["flat"]
        else ""
    )
    plot = f"<div id='c{k}'></div>"
    title = f"<h3 style='font-weight:{700 if look.bold else 400}'>{html.escape(story.title)}</h3>"
    if look.legend == "right":
        body = f"{title}{below}<div class='side'><div>{plot}{under}</div>{key}</div>"
    elif look.legend == "bottom":
        body = f"{title}{below}{plot}{under}{key}"
    else:
        body = f"{title}{key}{below}{plot}{under}"
    return f"<div class='p' style='font-family:{facts['font']}'>{body}</div>"


def _rules(story: Story, facts: dict[str, Any], k: int) -> list[str]:
    """The style sheet of a chart."""
    out = []
    for j in range(len(story.x) if facts["pie"] else len(story.names)):
        letter, colour = "abcdefghi"[j], story.colour(j)
        dash = f"stroke-dasharray:{facts['dashes'][j]}" if facts["dashes"][j] != "none" else ""
        out.append(
            f"#c{k} .ct-series-{letter} :is(.ct-bar,.ct-line,.ct-point,.ct-slice-donut){{stroke:{colour}}} #c{k} .ct-series-{letter} :is(.ct-area,.ct-slice-pie){{fill:{colour}}} #c{k} .ct-series-{letter} .ct-line{{{dash}}}"
        )
    out.append(
        f"#c{k} .ct-bar{{stroke-width:{facts['stroke']:.2f}px}} #c{k} .ct-line{{stroke-width:{facts['line']}px}} #c{k} .ct-point{{stroke-width:{facts['dot']}px}} #c{k} .ct-slice-pie{{stroke:#fff;stroke-width:1px}}"
    )
    out.append(
        f"#c{k} .ct-label{{font-family:{facts['font']};font-size:{facts['size']}px;color:#444;fill:#333}} #c{k} .ct-grid{{stroke:{facts['rule']};stroke-dasharray:{facts['dash']}}}"
    )
    if facts["turned"]:
        out.append(
            f"#c{k} .ct-label.ct-horizontal{{transform:rotate(-40deg);transform-origin:100% 0;justify-content:flex-end;text-align:right;white-space:nowrap;position:relative;left:-50%}}"
        )
    return out


def _facts(story: Story) -> dict[str, Any]:
    look, kind, rng = story.look, story.kind, random.Random(f"chartist/{story.name}")
    pie, flat = kind in {"pie", "donut"}, kind in FLAT
    bars = story.categorical and kind != "line_months" and not pie
    width, height = look.size[0] * 1.3, look.size[1] * 1.2
    count, longest = max(1, len(story.x)), max([len(x) for x in story.x] or [0])
    places: list[float] = []
    x_ticks: list[float] = []
    x_labels: list[str] = []
    if story.x_scale == "date":
        days = [dt.datetime.fromisoformat(x).replace(tzinfo=dt.UTC) for x in story.x]
        places = [day.timestamp() for day in days]
        marked = [k for k, day in enumerate(days) if day.month == 1] if len(days) > 30 else list(range(0, len(days), 6))
        x_ticks, x_labels = [places[k] for k in marked], [days[k].strftime("%b %Y") for k in marked]
    elif story.x_limits:
        steps = round((story.x_limits[1] - story.x_limits[0]) / story.x_step)
        x_ticks = [round(story.x_limits[0] + k * story.x_step, 6) for k in range(steps + 1)]
        x_labels = [f"{v:,g}" if v > 5000 else f"{v:g}" for v in x_ticks]
    elif kind == "line_dense":
        places = story.numbers
        (low, high), step = nice(places[0], places[-1])
        x_ticks = [round(low + k * step, 6) for k in range(round((high - low) / step) + 1)]
        x_labels = [f"{v:g}" for v in x_ticks]
    elif not story.categorical and kind != "line_months":
        places = story.numbers
        x_ticks = places[:: max(1, round(len(places) / 8))]
        x_labels = [f"{v:g}" for v in x_ticks]
    reach = story.x_limits or ((min([*places, *x_ticks]), max([*places, *x_ticks])) if x_ticks else None)
    turned = kind == "bar_rotated" or (bars and not flat and sum(map(len, story.x)) > 60)
    outside = pie and look.legend == "direct"
    slices = [
        f"{x} {v:.1f}%" if outside and look.values else x if outside else f"{v:.1f}%" if look.values else ""
        for x, v in zip(story.x, story.columns[0] if story.columns else [], strict=False)
    ]
    offset = 12 + 6.6 * longest if flat else 20 + 4.6 * longest if turned else 42
    room = (height - 60 if flat else width - 100) / count
    stroke = (
        room * (0.97 if kind == "hist" else rng.choice((0.5, 0.65))) / (len(story.names) if "grouped" in kind else 1)
    )
    x, columns = story.x, story.columns
    if flat and rng.random() < 0.6:  # the first at the top
        x, columns = x[::-1], [column[::-1] for column in columns]
    return {
        "kind": kind, "pie": pie, "flat": flat, "bars": bars, "x": x, "columns": columns, "points": story.points, "limits": story.y_limits, "width": width + (offset if flat else 0), "height": height,
        "ticks": ticks(story) if story.step else [], "labels": [written(v, look, tick_decimals(story)) for v in ticks(story)] if story.step else [], "places": places, "x_ticks": x_ticks, "x_labels": x_labels, "reach": reach,
        "offset": offset, "left": max(62, 4.6 * len(story.x[0]) - 20) if turned else 62, "grid": look.grid, "stacked": "stacked" in kind, "thick": stroke + rng.choice((0, 1)), "stroke": stroke, "values": look.values,
        "written": [[written(v, look) if look.numbers != "millions" else f"{v:,.0f}" for v in column] for column in columns], "markers": look.markers and kind != "step", "font": "'Liberation Serif'" if look.serif else rng.choice(("'Liberation Sans'", "Roboto", "'Open Sans'")),
        "slices": slices, "outside": outside, "ring": rng.choice((40, 60)), "line": rng.choice((2, 3, 4)), "dot": rng.choice((7, 9)), "size": rng.choice((11, 12)), "rule": rng.choice(("rgba(0,0,0,.2)", "#ddd")), "dash": rng.choice(("2px", "2px", "none")),
        "dashes": ["none", "8 5", "2 4", "10 4 2 4"] if kind == "line_bw" else ["none"] * 9, "turned": turned,
    }  # fmt: skip
