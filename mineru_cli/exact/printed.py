"""Values printed on marks: which number stands at which bar or point, and whether it says what the geometry says.

Comes in: traces, the panel, the labels that are neither ticks nor names. Goes out: ``Trace.printed``, the numbers
that agree with their marks and win over them, a flag where they disagree, and the labels so used. Labels are matched
by place alone, one to one, every label of a series standing on the same side of its mark. Knows nothing of legends
or titles.

Numbers at marks may also be another quantity. Totals on top of stacks are known by where the stack ends, per cents
over an axis of counts by their sign, years and other running numbers by their run: none of them says anything
against the geometry.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mineru_cli.exact.marks import Printed, Trace
from mineru_cli.exact.numerals import dots_part_thousands
from mineru_cli.exact.panels import Panel
from mineru_cli.exact.scale import Floats, Scale
from mineru_cli.exact.text import Label
from mineru_cli.exact.values import measured, value_scale
from mineru_cli.numbers import Number, decimal_comma_proven, parse_number

_COVERED: Final = 0.6  # of a series' points: with fewer labels, only those that cannot be mistaken count
_MOST_OFF: Final = 0.015  # of the axis: a print further off never wins, however coarsely it was rounded
_SURE: Final = 0.005  # of the axis: agreement this close is no chance
_DRAWN: Final = 0.1  # points: how exactly marks are drawn at least
_OF_GRAIN: Final = 0.6  # of a pixel: where marks stand that were drawn on pixels
_REACH: Final = 1.4  # em between a mark and its label
_TOUCH: Final = 1.0  # points a label may reach into its mark
_CENTRED: Final = 0.35  # em off the middle
_RUNNING: Final = 1.3  # distinct whole numbers this close together are a count of the points
_FACTORS: Final = (1e3, 1e6, 1e9)
_MOST_PAIRS: Final = 300_000
_MANTISSA: Final = re.compile(r"[0-9.,][0-9.,'\s]*")

Costs = NDArray[np.float64]
"""(points, labels): how far each label stands from where a mark's label would; infinite where it is out of place."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Print:
    """A number on the page. ``rounding`` is half its last digit. ``whole`` is the label that it is a word of."""

    label: Label
    whole: Label
    number: Number
    rounding: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """What the geometry of one trace says, and how far a print may be off to agree: (n,) each."""

    values: Floats
    ends: Floats  # the value where the mark ends, for stacked segments the sum up to there
    slack: Floats
    largest: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Match:
    """The prints of one trace: point to print, with the factor that turns prints into values of the axis."""

    pairs: dict[int, int]
    agreeing: frozenset[int]
    factor: float = 1.0


def attach_printed(traces: Sequence[Trace], panel: Panel, labels: Sequence[Label]) -> list[Label]:
    """Give traces the values that are printed at their marks; returns the labels that belong to marks."""
    prints = _prints(labels, panel)
    if not prints:
        return []
    matches: dict[int, tuple[_Match, _Reading]] = {}
    for t, trace in enumerate(traces):
        scale = value_scale(trace, panel)
        possible = trace.kind not in {"area", "band"} and scale.kind in {"linear", "log"}
        if possible and 0 < len(trace.places) * len(prints) <= _MOST_PAIRS:
            reading = _read(trace, panel, scale)
            matches[t] = (_best_match(trace, reading, prints), reading)
    used: set[int] = set()
    for t, match in _settled({t: match for t, (match, _) in matches.items()}).items():
        used |= _decide(traces[t], match, matches[t][1], prints, unit=value_scale(traces[t], panel).unit)
    wholes = {id(prints[j].whole): prints[j].whole for j in used}
    return list(wholes.values())


def _prints(labels: Sequence[Label], panel: Panel) -> list[_Print]:
    """The labels in and around a panel that are one number each, or several numbers glued into one label."""
    x0, y0, x1, y1 = panel.box
    near = [
        label
        for label in labels
        if x0 - 6 * label.size < label.cx < x1 + 6 * label.size and y0 - 3 * label.size < label.cy < y1 + 3 * label.size
    ]
    ticks = [label.text for axis in (panel.x, panel.y, panel.y2) if axis for _, label in axis.row.ticks]
    comma = decimal_comma_proven([label.text for label in near] + ticks) or dots_part_thousands(ticks)
    found = []
    for whole in near:
        glued = len(whole.words) > 1 and all(parse_number(word.text, decimal_comma=comma) for word in whole.words)
        for label in (whole, *(whole.words if glued else ())):
            number = parse_number(label.text, decimal_comma=comma)
            if number is not None and not number.approximate:
                rounding = _half_digit(label.text, number, comma=comma)
                found.append(_Print(label=label, whole=whole, number=number, rounding=rounding))
    return found


def _half_digit(text: str, number: Number, *, comma: bool) -> float:
    """Half of the last digit printed, in units of the number."""
    mantissa = _MANTISSA.search(text)
    whole, _, part = (mantissa[0] if mantissa else "").partition("," if comma else ".")
    whole, part = re.sub(r"\D", "", whole), re.sub(r"\D", "", part)
    size = float(f"{whole or 0}.{part or 0}")
    return 0.5 * 10.0 ** -len(part) * (abs(number.value) / size if size else 1.0)


def _read(trace: Trace, panel: Panel, scale: Scale) -> _Reading:
    along = 0 if trace.kind == "hbar" else 1
    places = trace.places[:, along]
    ends = scale.values(places)
    values, _ = measured(trace, panel)
    drawn = max(_DRAWN, _OF_GRAIN * scale.grain) + scale.residual
    slack = np.abs(scale.values(places + drawn) - ends)
    extent = panel.width if along == 0 else panel.height
    return _Reading(
        values=values,
        ends=ends,
        slack=slack * np.where(values == ends, 1.0, 2.0),
        largest=np.abs(scale.values(places + _MOST_OFF * extent) - ends),
    )


def _best_match(trace: Trace, reading: _Reading, prints: Sequence[_Print]) -> _Match:
    """The prints that stand on one side of the marks; of all sides the one where most agree, then where most stand."""
    boxes = np.array([p.label.box for p in prints])
    sizes = np.array([p.label.size for p in prints])
    best = _Match(pairs={}, agreeing=frozenset())
    for costs in _point_sides(trace, boxes, sizes) if trace.feet is None else _bar_sides(trace, boxes, sizes):
        pairs = _one_to_one(costs)
        match = _compared(pairs, reading, prints)
        if (len(match.agreeing), len(match.pairs)) > (len(best.agreeing), len(best.pairs)):
            best = match
    return best


def _point_sides(trace: Trace, boxes: Floats, sizes: Floats) -> Iterator[Costs]:
    """Labels above, beside, below, at the corners of, and on a point; or above its error bar."""

    def costs(places: Floats, right: float, down: float) -> Costs:
        off_x = boxes[:, 0] + right * (boxes[:, 2] - boxes[:, 0]) - places[:, :1]
        off_y = boxes[:, 1] + down * (boxes[:, 3] - boxes[:, 1]) - places[:, 1:]
        fits = _at_side(off_x, right, sizes) & _at_side(off_y, down, sizes)
        return np.where(fits, np.hypot(off_x, off_y), np.inf)

    for right in (0.5, 0.0, 1.0):
        for down in (1.0, 0.0, 0.5):
            yield costs(trace.places, right, down)
    if trace.reach is not None:
        yield costs(np.column_stack([trace.places[:, 0], np.min(trace.reach, axis=1)]), 0.5, 1.0)


def _at_side(off: Floats, anchor: float, sizes: Floats) -> NDArray[np.bool_]:
    """Whether labels begin (``anchor`` 0), are centred (0.5) or end (1) at a mark, ``off`` points from it."""
    if anchor == 0.5:
        return np.asarray(np.abs(off) <= _CENTRED * sizes + 0.5)
    outwards = off if anchor == 0.0 else -off
    return np.asarray((outwards >= -_TOUCH) & (outwards <= _REACH * sizes))


def _bar_sides(trace: Trace, boxes: Floats, sizes: Floats) -> Iterator[Costs]:
    """Labels beyond the end of a bar or of its error bar, in its middle, inside its end, and at its foot."""
    assert trace.feet is not None  # noqa: S101 - the caller checked
    along, across = (0, 1) if trace.kind == "hbar" else (1, 0)
    ends, feet = trace.places[:, along], trace.feet
    outwards = np.sign(ends - feet)
    sign = np.where(outwards == 0, 1.0 if trace.kind == "hbar" else -1.0, outwards)[:, None]
    middle = (boxes[:, across] + boxes[:, across + 2]) / 2
    aside = np.abs(middle - trace.places[:, across : across + 1])
    in_line = aside <= 0.3 * trace.breadth + 0.5
    one, other = (sign * (boxes[:, edge] - ends[:, None]) for edge in (along, along + 2))
    near, far = np.minimum(one, other), np.maximum(one, other)  # along the bar, from its end outwards
    length = np.abs(ends - feet)[:, None]
    in_bar = in_line & ((near + far) / 2 <= 0) & ((near + far) / 2 >= -length)

    def costs(off: Floats, fits: NDArray[np.bool_]) -> Costs:
        return np.where(fits, np.abs(off) + 0.1 * aside, np.inf)

    yield costs((near + far + length) / 2, in_line & (np.abs(near + far + length) / 2 <= _CENTRED * sizes + 0.5))
    yield costs(near, in_line & _at_side(near, 0.0, sizes))
    yield costs(far, in_bar & _at_side(far, 1.0, sizes))
    yield costs(near + length, in_bar & _at_side(near + length, 0.0, sizes))
    if trace.reach is not None:
        reach = np.where(sign[:, 0] < 0, np.min(trace.reach, axis=1), np.max(trace.reach, axis=1))
        beyond = near - (sign[:, 0] * (reach - ends))[:, None]
        yield costs(beyond, in_line & _at_side(beyond, 0.0, sizes))


def _one_to_one(costs: Costs) -> dict[int, int]:
    """Points and labels paired, nearest first."""
    points, labels = np.nonzero(np.isfinite(costs))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for index in np.argsort(costs[points, labels], kind="stable"):
        k, j = int(points[index]), int(labels[index])
        if k not in pairs and j not in taken:
            pairs[k] = j
            taken.add(j)
    return pairs


def _compared(pairs: dict[int, int], reading: _Reading, prints: Sequence[_Print]) -> _Match:
    """Which prints agree, as printed or, where all do, in the axis's own thousands or as parts of a hundred."""
    if not pairs:
        return _Match(pairs={}, agreeing=frozenset())
    plain = _Match(pairs=pairs, agreeing=_agreeing(pairs, reading, prints, 1.0))
    factors = (0.01,) if all(prints[j].number.percent for j in pairs.values()) else _FACTORS
    if not plain.agreeing and len(pairs) > 1:
        for factor in factors:
            agreeing = _agreeing(pairs, reading, prints, factor)
            if len(agreeing) == len(pairs) and any(prints[j].number.value for j in pairs.values()):
                return _Match(pairs=pairs, agreeing=agreeing, factor=factor)
    return plain


def _agreeing(
    pairs: dict[int, int], reading: _Reading, prints: Sequence[_Print], factor: float, *, ends: bool = False
) -> frozenset[int]:
    """The points whose print is the value, or with ``ends`` the sum up to the mark's end."""
    values = reading.ends if ends else reading.values
    return frozenset(
        k
        for k, j in pairs.items()
        if abs(prints[j].number.value * factor - values[k])
        <= min(prints[j].rounding * factor + reading.slack[k], reading.largest[k])
    )


def _settled(matches: dict[int, _Match]) -> dict[int, _Match]:
    """Every label at one mark only: the one whose value it is; at none where two marks have the same claim."""
    claims: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for t, match in matches.items():
        for k, j in match.pairs.items():
            claims[j].append((t, k))
    lost: set[tuple[int, int]] = set()
    for rivals in claims.values():
        believed = [(t, k) for t, k in rivals if k in matches[t].agreeing]
        kept = believed if len(believed) == 1 or len(rivals) == 1 else []
        lost.update(rival for rival in rivals if len(rivals) > 1 and rival not in kept)
    return {
        t: replace(
            match,
            pairs={k: j for k, j in match.pairs.items() if (t, k) not in lost},
            agreeing=frozenset(k for k in match.agreeing if (t, k) not in lost),
        )
        for t, match in matches.items()
    }


def _decide(trace: Trace, match: _Match, reading: _Reading, prints: Sequence[_Print], *, unit: str) -> set[int]:
    """Take over what agrees, flag what does not; returns the prints that belong to the trace."""
    pairs = match.pairs
    believed = match.agreeing
    covered = len(pairs) >= _COVERED * int(np.isfinite(reading.values).sum())
    differing = sorted(k for k in pairs.keys() - believed if _differs(k, match, reading, prints))
    if not covered:
        believed = frozenset(k for k in believed if _sure(k, match, reading, prints))
    elif len(believed) < len(differing):
        believed = frozenset()
    if covered and differing and not _other_quantity(match, reading, prints, unit):
        example = differing[0]
        trace.flags["printed_disagrees"] = (
            f"{len(differing)} of the {len(pairs)} values printed at the marks disagree with where the marks stand, "
            f"such as {prints[pairs[example]].label.text} at {reading.values[example]:.4g}; the drawing was believed."
        )
    for k in believed:
        one = prints[pairs[k]]
        trace.printed[k] = Printed(value=float(f"{one.number.value * match.factor:.15g}"), label=one.label)
    return {j for k, j in pairs.items() if covered or k in believed}


def _differs(k: int, match: _Match, reading: _Reading, prints: Sequence[_Print]) -> bool:
    """Whether a print contradicts its mark; one rounded too coarsely to win does not."""
    one = prints[match.pairs[k]]
    off = abs(one.number.value * match.factor - reading.values[k])
    return bool(off > one.rounding * match.factor + reading.slack[k])


def _sure(k: int, match: _Match, reading: _Reading, prints: Sequence[_Print]) -> bool:
    """Whether agreement of a lone print can hardly be chance."""
    allowed = prints[match.pairs[k]].rounding * match.factor + reading.slack[k]
    return bool(allowed <= _SURE / _MOST_OFF * reading.largest[k])


def _other_quantity(match: _Match, reading: _Reading, prints: Sequence[_Print], unit: str) -> bool:
    """Whether prints are the sums of stacks, per cents where the axis has none, or the running numbers of points."""
    if match.agreeing:
        return False
    numbers = [prints[j].number for j in match.pairs.values()]
    if unit != "%" and all(number.percent for number in numbers):
        return True
    values = {number.value for number in numbers}
    if len(numbers) > 2 and all(isinstance(value, int) for value in values):
        span = max(values) - min(values)
        if len(values) == len(numbers) and span <= _RUNNING * len(numbers):
            return True
    return len(_agreeing(match.pairs, reading, prints, match.factor, ends=True)) > 0.5 * len(match.pairs)
