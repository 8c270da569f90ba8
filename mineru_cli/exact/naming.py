"""Which name belongs to which series.

Comes in: the series found, the entries of the legend, the labels around. Goes out: names given to series by colour,
dash, width and marker, one to one, best match first; else by a text that stands at a line's end; a lone series by the
axis title. Knows nothing of values.
"""

from collections.abc import Sequence
from typing import Final

from mineru_cli.exact.forms import alike
from mineru_cli.exact.legend import Entry, Key
from mineru_cli.exact.marks import Trace
from mineru_cli.exact.numerals import is_number
from mineru_cli.exact.symbols import is_symbol, without_symbols
from mineru_cli.exact.text import Label
from mineru_cli.exact.titles import Words

_BEHIND: Final = 2.5  # em: how far behind its line's end a name may begin
_LEVEL: Final = 0.8  # em: how far above or below it
_CLEARLY: Final = 0.7  # em: how much further from the next line's end


def name_traces(traces: Sequence[Trace], entries: Sequence[Entry]) -> list[Entry]:
    """Give series the names of the entries they match, best first; returns the entries left over."""
    scores = [(affinity(trace, entry.key), t, e) for t, trace in enumerate(traces) for e, entry in enumerate(entries)]
    scores.sort(key=lambda item: (-item[0], item[1], item[2]))
    given: dict[int, int] = {}
    used: set[int] = set()
    for score, t, e in scores:
        if score <= 0 or t in given or e in used:
            continue
        traces[t].name = entries[e].label.text
        given[t] = e
        used.add(e)
    fit = {(t, e): score for score, t, e in scores}
    for t, e in given.items():
        if any(fit[t, g] >= fit[t, e] and fit[u, e] >= fit[u, g] for u, g in given.items() if u != t):
            traces[t].flags["legend_tie"] = "Another key of the legend fits this series as well."
    return [entry for e, entry in enumerate(entries) if e not in used]


def affinity(trace: Trace, key: Key) -> float:
    """How well a key fits a series; 0 where it cannot be its own."""
    if trace.kind in {"bar", "hbar", "area", "band"}:
        return _affinity_filled(trace, key)
    if trace.kind in {"line", "step"}:
        return _affinity_line(trace, key)
    score = 0.0
    if key.marker is not None and alike(key.marker, trace.marker_colour or trace.colour):
        score = 2.0
    elif key.marker is not None and (alike(key.marker, trace.colour) or alike(key.marker, trace.stroke)):
        score = 1.75
    elif key.patch is not None and alike(key.patch, trace.colour):
        score = 1.5
    if score and key.signature is not None and trace.marker is not None:
        score += 1.0 if key.signature[1:] == trace.marker[1:] else 0.0
        score += 0.5 if key.signature[0] == trace.marker[0] else 0.0
    return score - (1.0 if score and key.line is not None else 0.0)


def _affinity_filled(trace: Trace, key: Key) -> float:
    for tolerance, score in ((0.02, 3.0), (0.06, 2.0)):
        if alike(key.patch, trace.colour, tolerance) or alike(key.marker, trace.colour, tolerance):
            return score
    return 1.0 if alike(key.line, trace.colour) and key.line is not None else 0.0


def _affinity_line(trace: Trace, key: Key) -> float:
    score = 0.0
    if key.line is not None and alike(key.line, trace.stroke):
        score = 2.0 + (1.0 if key.dash == trace.dash else 0.0) + (0.5 if abs(key.width - trace.width) < 0.05 else 0.0)
    if trace.marker is not None and key.marker is not None:
        if score and key.signature is not None:
            score += 3.0 if key.signature[1:] == trace.marker[1:] else 0.0
            score += 0.5 if key.signature[0] == trace.marker[0] else 0.0
            score += 1.0 if alike(key.marker, trace.marker_colour) else 0.0
        elif not score and (alike(key.marker, trace.stroke) or alike(key.marker, trace.marker_colour)):
            score = 2.0
            if key.signature is not None:
                score += 1.0 if key.signature[1:] == trace.marker[1:] else 0.0
                score += 0.5 if key.signature[0] == trace.marker[0] else 0.0
    elif score and key.marker is not None:
        score -= 1.0
    if not score and key.line is None and (alike(key.patch, trace.stroke) or alike(key.marker, trace.stroke)):
        score = 1.0
    return score


def name_directly(traces: Sequence[Trace], labels: Sequence[Label]) -> None:
    """Name lines by a text of their own colour that stands at their end or beside them, then by one at their end."""
    labels = [label for label in labels if not is_symbol(label.text)]
    words = [label for label in labels if not is_number(label.text)]
    for trace in traces:
        if (
            trace.name
            or trace.kind not in {"line", "step", "scatter"}
            or trace.stroke is None
            or max(trace.stroke) < 0.2
        ):
            continue
        x, y = trace.places[-1]
        free = [label for label in labels if label in words or _behind(label, x, y)]
        same = [label for label in free if alike(label.colour, trace.stroke, 0.03)]
        if len(same) == 1:
            trace.name = without_symbols(same[0].text)
        elif same:
            nearest = min(same, key=lambda label: abs(label.box[0] - x) + abs(label.cy - y))
            if abs(nearest.cy - y) < 1.5 * nearest.size:
                trace.name = without_symbols(nearest.text)
    _name_at_ends([trace for trace in traces if not trace.name and trace.kind in {"line", "step"}], words)


def _name_at_ends(lines: Sequence[Trace], labels: Sequence[Label]) -> None:
    """Name every line by the text behind its end; none where one has no text, or where a text may be another's."""
    found: list[Label] = []
    for line in lines:
        x, y = max(line.places.tolist())
        behind = [label for label in labels if _behind(label, x, y)]
        if len(behind) != 1:
            return
        found.append(behind[0])
    ends = [max(line.places.tolist())[1] for line in lines]
    for label, own in zip(found, ends, strict=True):
        others = [abs(label.cy - end) for end in ends if end != own]
        if min(others, default=99.0) < abs(label.cy - own) + _CLEARLY * label.size:
            return
    for line, label in zip(lines, found, strict=True):
        line.name = without_symbols(label.text)


def _behind(label: Label, x: float, y: float) -> bool:
    return (
        label.angle == 0
        and -0.3 * label.size < label.box[0] - x < _BEHIND * label.size
        and abs(label.cy - y) < _LEVEL * label.size
    )


def name_rest(traces: Sequence[Trace], words: Words, *, sideways: bool) -> None:
    """Series without a legend: a lone one is named by its axis title, others are numbered and flagged."""
    for second in (False, True):
        mine = [trace for trace in traces if trace.second is second and trace.kind != "band"]
        unnamed = [trace for trace in mine if not trace.name]
        title = (words.y2 if second else words.x if sideways else words.y) or (words.title if not second else "")
        if len(unnamed) == 1 and len(mine) == 1:
            unnamed[0].name = title or "value"
            continue
        for k, trace in enumerate(unnamed, start=1):
            trace.name = f"Series {k}"
            trace.flags["unnamed"] = "No legend entry or label matches this series."
    for band in (trace for trace in traces if trace.kind == "band" and not trace.name):
        own = next((t for t in traces if t.kind != "band" and alike(t.colour, band.colour, 0.05)), traces[0])
        band.name = f"{own.name} (band)"
