"""GNU Octave figures, which look as MATLAB's do; drawn off screen by its own renderer.

Comes in: stories. Goes out: NAME.pdf for each. Needs Xvfb, for Octave's own renderer wants a display.
"""

import random
from collections.abc import Sequence
from pathlib import Path

from generators.paper import run
from generators.stories import FLAT, KINDS, Story, tick_decimals, ticks, written

OCTAVE_KINDS = (*(k for k in KINDS if k not in {"secondary", "donut", "bar_rotated"}), "step", "error", "loglog")
_PLACES = {"right": "eastoutside", "bottom": "southoutside", "top": "northoutside", "inside": "northwest"}
_MARKS = ("o", "s", "^", "d")
_DASHES = ("-", "--", ":", "-.")


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart, by one script."""
    script = folder / "charts.m"
    script.write_text("graphics_toolkit('qt');\n" + "".join(map(_source, charts)), encoding="utf-8")
    run(["xvfb-run", "-a", "octave", "--gui", "-q", script.name], folder)


def _row(values: Sequence[float]) -> str:
    return "[" + " ".join(f"{v:.10g}" for v in values) + "]"


def _texts(texts: Sequence[str]) -> str:
    return "{" + ",".join("'" + t.replace("'", "''") + "'" for t in texts) + "}"


def _colour(text: str) -> str:
    return "[" + " ".join(f"{int(text[k : k + 2], 16) / 255:.3f}" for k in (1, 3, 5)) + "]"


def _source(story: Story) -> str:
    look, kind, rng = story.look, story.kind, random.Random(f"octave/{story.name}")
    _plain(story)
    width, height = look.size
    if story.categorical and kind not in FLAT and kind != "pie":
        width = max(width, round(9 * sum(len(x) + 1 for x in story.x) * (1.5 if look.legend == "right" else 1.25)))
    font = (
        rng.choice(("Times", "Nimbus Roman"))
        if look.serif
        else rng.choice(("Helvetica", "Liberation Sans", "DejaVu Sans"))
    )
    size = rng.choice((9, 10, 11))
    out = [
        f"f = figure('visible','off'); set(f,'paperunits','points','papersize',[{width} {height}],'paperposition',[0 0 {width} {height}]);",
        f"axes('fontname','{font}','fontsize',{size},'outerposition',[0 0.03 1 0.94]); hold on;",
        _pie(story) if kind == "pie" else _body(story, rng),
        f"title('{story.title}','fontweight','{'bold' if look.bold else 'normal'}');",
    ]
    if kind != "pie":
        across, up = (story.ylabel, story.xlabel) if kind in FLAT else (story.xlabel, story.ylabel)
        out.append(f"xlabel('{across}'); ylabel('{up}'); box {'on' if rng.random() < 0.6 else 'off'};")
        out.append(
            {
                "none": "",
                "y": "set(gca,'ygrid','on');" if kind not in FLAT else "set(gca,'xgrid','on');",
                "both": "grid on;",
            }[look.grid]
        )
        out.append(_scales(story))
    if look.legend in _PLACES:
        names = story.x if kind == "pie" else story.names
        out.append(
            f"legend(hs, {_texts(names)}, 'location','{_PLACES[look.legend]}'); {rng.choice(('', 'legend boxoff;'))}"
        )
    out.append(f"print(f,'-dpdf','{story.name}.pdf'); close(f); clear hs;")
    return "\n".join(filter(None, out)) + "\n"


def _plain(story: Story) -> None:
    """Write the story's texts in ASCII, all that the renderer prints."""
    table = str.maketrans({"–": "-", "£": "GBP", "°": "deg "})
    story.title, story.xlabel, story.ylabel = (t.translate(table) for t in (story.title, story.xlabel, story.ylabel))
    story.x, story.names = [x.translate(table) for x in story.x], [n.translate(table) for n in story.names]


def _scales(story: Story) -> str:
    value, other = ("x", "y") if story.kind in FLAT else ("y", "x")
    out = []
    if story.y_limits:
        out.append(f"{value}lim({_row(story.y_limits)});")
    if story.y_scale == "log":
        out.append("set(gca,'yscale','log');" + (" set(gca,'xscale','log');" if story.x_scale == "log" else ""))
    else:
        at = ticks(story)
        out.append(f"set(gca,'{value}tick',{_row(at)});")
        if story.look.numbers != "plain":
            labels = [written(v, story.look, tick_decimals(story)) for v in at]
            out.append(f"set(gca,'{value}ticklabel',{_texts(labels)});")
    if story.categorical:
        out.append(
            f"set(gca,'{other}tick',1:{len(story.x)},'{other}ticklabel',{_texts(story.x)},'{other}lim',[0.4 {len(story.x) + 0.6}]);"
        )
        if story.kind in FLAT:
            out.append("set(gca,'ydir','reverse');")
    elif story.x_limits:
        out.append(f"xlim({_row(story.x_limits)});")
    elif story.x_scale == "date":
        years = sorted({x[:4] for x in story.x})
        out.append(
            f"set(gca,'xtick',datenum({_row([float(y) for y in years])},1,1),'xticklabel',{_texts(['Jan ' + y for y in years])});"
        )
    return " ".join(out)


def _pie(story: Story) -> str:
    values = story.columns[0]
    if story.look.legend == "direct":
        labels = [f"{n} ({v:.1f}%)" if story.look.values else n for n, v in zip(story.x, values, strict=True)]
    else:
        labels = [f"{v:.1f}%" if story.look.values else "" for v in values]
    colours = ";".join(_colour(story.colour(k)) for k in range(len(values)))
    return f"hs = pie({_row(values)}, {_texts(labels)}); hs = hs(1:2:end); colormap([{colours}]); axis off; axis equal;"


def _body(story: Story, rng: random.Random) -> str:
    kind, look = story.kind, story.look
    if story.points:
        return "".join(
            f"hs({k + 1}) = plot({_row([p[0] for p in points])},{_row([p[1] for p in points])},'{_MARKS[k] if look.markers else 'o'}','color',{_colour(story.colour(k))},"
            f"'markersize',{rng.choice((4, 5))});\n"
            for k, points in enumerate(story.points)
        )
    matrix = "[" + ";".join(" ".join(f"{v:.10g}" for v in column) for column in story.columns) + "]'"
    if story.categorical and kind != "line_months":
        stacked = ",'stacked'" if "stacked" in kind else ",'grouped'" if len(story.names) > 1 else ""
        wide = 1 if kind == "hist" else rng.choice((0.6, 0.8))
        edge = rng.choice(("'k'", "'none'", "'k'"))
        out = f"hs = {'barh' if kind in FLAT else 'bar'}({matrix},{wide}{stacked});\n"
        for k in range(len(story.names)):
            out += f"set(hs({k + 1}),'facecolor',{_colour(story.colour(k))},'edgecolor',{edge});\n"
        if look.values and len(story.names) == 1 and kind != "bar_negative":
            for k, v in enumerate(story.columns[0], 1):
                where = (
                    f"{v:g},{k},' {v:.{look.decimals}f}','verticalalignment','middle'"
                    if kind in FLAT
                    else f"{k},{v:g},'{v:.{look.decimals}f}','horizontalalignment','center','verticalalignment','bottom'"
                )
                out += f"text({where},'fontsize',8);\n"
        return out
    x = (
        f"1:{len(story.x)}"
        if story.categorical
        else _row(story.numbers)
        if story.x_scale != "date"
        else "datenum({" + ";".join(f"'{x}'" for x in story.x) + "},'yyyy-mm-dd')'"
    )
    if kind in {"area", "area1"}:
        out = f"hs = area({x}, {matrix});\n"
        return out + "".join(
            f"set(hs({k + 1}),'facecolor',{_colour(story.colour(k))});\n" for k in range(len(story.names))
        )
    out = f"x = {x};\n"
    for k, column in enumerate(story.columns):
        style = f"'color',{_colour(story.colour(k))},'linestyle','{_DASHES[k] if kind == 'line_bw' else '-'}','linewidth',{rng.choice((0.5, 1, 1.5))}"
        mark = f",'marker','{_MARKS[k]}','markersize',4" if look.markers and kind != "step" else ""
        if kind == "step":
            out += f"[sx,sy] = stairs(x,{_row(column)}); hs({k + 1}) = plot(sx,sy,{style});\n"
        elif kind == "error":
            out += f"hs({k + 1}) = errorbar(x,{_row(column)},{_row(story.errors)}); set(hs({k + 1}),{style}{mark});\n"
        else:
            out += f"hs({k + 1}) = plot(x,{_row(column)},{style}{mark});\n"
        if look.legend == "direct":
            out += (
                f"text(x(end),{column[-1]:g},'  {story.names[k]}','fontsize',9,'color',{_colour(story.colour(k))});\n"
            )
    if look.legend == "direct":
        out += "set(gca,'position',[0.13 0.13 0.62 0.76]);\n"
    return out
