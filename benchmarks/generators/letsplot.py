"""Lets-Plot, the grammar of graphics as JetBrains has it: its flavours, keys and pies, as SVG printed by Chromium.

Comes in: stories. Goes out: NAME.pdf for each. Needs chromium and lets-plot.
"""

import io
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generators.facts import work_out
from generators.paper import print_page
from generators.stories import KINDS, Story

LETSPLOT_KINDS = (*(k for k in KINDS if k != "secondary"), "step", "error", "loglog", "line4")
_STYLE = "@page{size:960px 700px;margin:16px} .p{page-break-after:always;height:640px;overflow:hidden} .p:last-child{page-break-after:avoid} body{margin:0}"


def draw(charts: Sequence[Story], folder: Path, _: Path) -> None:
    """Write NAME.pdf for every chart."""
    cells = []
    for story in charts:
        out = io.BytesIO()
        _plot(story).to_svg(out)
        cells.append(f"<div class='p'>{out.getvalue().decode()}</div>")
    head = f"<style>{_STYLE}</style>"
    print_page(head, "".join(cells), charts, folder)


def _plot(story: Story) -> Any:
    import lets_plot as lp

    facts, rng = work_out(story), random.Random(f"letsplot/{story.name}")
    out = (
        lp.ggplot()
        + lp.ggtitle(story.title)
        + lp.ggsize(
            round(facts["width"] + (120 if facts["flat"] else 0)),
            round(facts["height"] + (50 if facts["turned"] else 0)),
        )
    )
    place = {"direct": "none", "inside": "right"}.get(facts["legend"], facts["legend"])
    if place in {"top", "bottom"} and sum(map(len, story.x if facts["form"] == "pie" else story.names)) > 30:
        place = facts["legend"] = "right"  # a long key would run out of the picture
    words = lp.element_text(family=facts["font"])
    if facts["form"] == "pie":
        out += _pie(lp, story, facts, rng)
        place = "right" if facts["legend"] in {"direct", "inside"} else facts["legend"]
        return (
            out
            + lp.theme_void()
            + lp.theme(legend_position=place, legend_text=words, legend_title="blank", plot_title=words)
        )
    if facts["flat"] and facts["values"]:  # the plot cuts off what does not fit in
        facts["limits"] = story.y_limits = (
            facts["limits"][0],
            facts["limits"][1] + 0.12 * (facts["limits"][1] - facts["limits"][0]),
        )
    for layer in _layers(lp, story, facts, rng):
        out += layer
    out += _scales(lp, story, facts)
    out += rng.choice(
        (
            lp.theme_minimal2,
            lp.theme_minimal2,
            lp.theme_minimal,
            lp.theme_bw,
            lp.theme_classic,
            lp.theme_grey,
            lp.theme_light,
        )
    )()
    rules = {"none": {"panel_grid": "blank"}, "y": {"panel_grid_minor": "blank"}}.get(facts["grid"], {})
    title = lp.element_text(face="bold" if facts["bold"] else "plain", family=facts["font"])
    turned = (
        {"axis_text_x": lp.element_text(angle=rng.choice((45, 90)), family=facts["font"])} if facts["turned"] else {}
    )
    return out + lp.theme(legend_position=place, legend_title="blank", text=words, plot_title=title, **rules, **turned)


def _table(story: Story, facts: dict[str, Any]) -> dict[str, list[Any]]:
    """One row a value, as the grammar wants it."""
    if story.points:
        rows = [(x, y, name, "") for name, points in zip(story.names, story.points, strict=True) for x, y in points]
    else:
        across = story.x if facts["named"] else facts["places"]
        rows = [
            (x, v, name, text)
            for name, column, texts in zip(story.names, story.columns, facts["written"], strict=True)
            for x, v, text in zip(across, column, texts, strict=True)
        ]
    return dict(zip(("x", "v", "name", "text"), map(list, zip(*rows, strict=True)), strict=True))


def _layers(lp: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> list[Any]:
    table, kind, many = _table(story, facts), story.kind, len(story.names) > 1
    flat, colour = facts["flat"], facts["colours"][0]
    at = {"x": "v", "y": "x"} if flat else {"x": "x", "y": "v"}
    if facts["form"] == "bar":
        wide = 1.0 if kind == "hist" else rng.choice((0.6, 0.75, 0.9))
        look: dict[str, Any] = {"stat": "identity", "width": wide, "orientation": "y" if flat else "x", "size": 0}
        look |= {"color": "white", "size": 0.5} if kind == "hist" or rng.random() < 0.3 else {}
        shift = lp.position_dodge(wide) if facts["grouped"] else None
        if many:
            out = [lp.geom_bar(lp.aes(**at, fill="name"), data=table, position=shift or "stack", **look)]
        else:
            out = [lp.geom_bar(lp.aes(**at), data=table, fill=colour, **look)]
        if facts["values"]:
            extra = (
                {"hjust": 0, "nudge_x": 0.4, "nudge_unit": "size"}
                if flat
                else {"vjust": -0.4}
                if kind != "bar_negative"
                else {"vjust": "center", "color": "black"}
            )
            group = {"group": "name"} if many else {}
            out.append(
                lp.geom_text(
                    lp.aes(**at, label="text", **group),
                    data=table,
                    size=rng.choice((6, 7)),
                    position=shift or "identity",
                    **extra,
                )
            )
        return [*out, lp.geom_hline(yintercept=0, size=0.5, color="#555")] if kind == "bar_negative" else out
    hue = {"color": "name"} if many else {}
    own = {} if many else {"color": colour}
    if story.points:
        shape = {"shape": "name"} if many and facts["markers"] else {}
        return [
            lp.geom_point(
                lp.aes(**at, **hue, **shape), data=table, size=rng.choice((3, 4)), alpha=rng.choice((0.7, 1)), **own
            )
        ]
    if facts["form"] == "area":
        if many:
            return [lp.geom_area(lp.aes(**at, fill="name"), data=table, position="stack", size=0, alpha=1)]
        return [lp.geom_area(lp.aes(**at), data=table, fill=colour, alpha=rng.choice((0.3, 0.6)), color=colour, size=1)]
    wide = rng.choice((0.8, 1, 1.5))
    dash = {"linetype": "name"} if kind == "line_bw" else {}
    line = lp.geom_step if kind == "step" else lp.geom_line
    out = [line(lp.aes(**at, **hue, **dash), data=table, size=wide, **own)]
    if facts["markers"]:
        shape = {"shape": "name"} if kind == "line_bw" else {}
        out.append(lp.geom_point(lp.aes(**at, **hue, **shape), data=table, size=3, **own))
    if story.errors:
        reach = {
            "x": facts["places"],
            "low": [v - e for v, e in zip(story.columns[0], story.errors, strict=True)],
            "high": [v + e for v, e in zip(story.columns[0], story.errors, strict=True)],
        }
        out.append(lp.geom_errorbar(lp.aes(x="x", ymin="low", ymax="high"), data=reach, width=0.4, color=colour))
    if facts["legend"] == "direct":
        ends = {
            "x": [facts["places"][-1]] * len(story.names),
            "v": [column[-1] for column in story.columns],
            "name": list(story.names),
        }
        out.append(
            lp.geom_text(
                lp.aes("x", "v", label="name", color="name"),
                data=ends,
                hjust=0,
                nudge_x=0.8,
                nudge_unit="size",
                size=rng.choice((6, 7)),
            )
        )
    return out


def _scales(lp: Any, story: Story, facts: dict[str, Any]) -> Any:
    """Both axes, the colours and their key."""
    up_axis, across_axis = ("x", "y") if facts["flat"] else ("y", "x")
    up: dict[str, Any] = {
        "name": facts["ylabel"],
        "breaks": facts["ticks"],
        "labels": facts["labels"],
        "limits": list(facts["limits"]),
    }
    if facts["y_scale"] == "log":
        out = lp.scale_y_log10(**up)
    else:
        out = getattr(lp, f"scale_{up_axis}_continuous")(**up, expand=[0, 0])
    name = "" if facts["flat"] else facts["xlabel"]
    if facts["named"]:
        order = story.x[::-1] if facts["flat"] else story.x
        out += getattr(lp, f"scale_{across_axis}_discrete")(name=name, limits=list(order))
    elif facts["x_scale"] == "log":
        out += lp.scale_x_log10(name=name, breaks=facts["x_ticks"], labels=facts["x_labels"])
    else:
        left, right = facts["ends"]
        room = (
            0.34 * (right - left) if facts["legend"] == "direct" else 0.02 * (right - left) if not story.points else 0
        )
        out += lp.scale_x_continuous(
            name=name,
            breaks=facts["x_ticks"],
            labels=facts["x_labels"],
            limits=[left - (room if facts["legend"] != "direct" else 0), right + room],
            expand=[0, 0],
        )
    if len(story.names) > 1:
        for scale in (lp.scale_fill_manual, lp.scale_color_manual):
            out += scale(values=facts["colours"], breaks=list(story.names))
    return out


def _pie(lp: Any, story: Story, facts: dict[str, Any], rng: random.Random) -> Any:
    table = {"name": story.x, "share": story.columns[0]}
    hole = {"hole": 0.5} if story.kind == "donut" else {}
    labels = lp.layer_labels().line("@share").format("@share", "{.1f}%").size(12) if facts["values"] else None
    rim = {"stroke": 1, "color": "white"} if rng.random() < 0.5 else {}
    return lp.geom_pie(
        lp.aes(slice="share", fill="name"),
        data=table,
        stat="identity",
        size=rng.choice((14, 16)),
        labels=labels,
        **hole,
        **rim,
    ) + lp.scale_fill_manual(values=facts["colours"], breaks=list(story.x))
