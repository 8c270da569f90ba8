"""Drop shadows: bars and slices drawn once more underneath, a little beside, in one colour.

Comes in: the shapes of a page. Goes out: the same without the shadows, which would be read as a series. Knows nothing
of charts.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from mineru_cli.exact.primitives import Colour, Shape

_FURTHEST: Final = 9.0  # points: how far a shadow falls
_LEAST: Final = 0.5
_SAME: Final = 0.1  # points
_FEWEST: Final = 2
_MOST: Final = 300
_GREY: Final = 0.06  # between the strongest and the weakest part of a grey

_Offset = tuple[int, int]


def without_shadows(shapes: Sequence[Shape]) -> list[Shape]:
    """Drop the grey shapes of one paint that all lie under later ones of their size, all beside them alike.

    The foot of a bar's shadow may be cut off at the axis.
    """
    paints: dict[tuple[Colour | None, float], list[Shape]] = defaultdict(list)
    for shape in shapes:
        if shape.fill is not None and shape.stroke is None and min(shape.w, shape.h) > 1:
            paints[shape.fill, shape.opacity].append(shape)
    shadows: set[int] = set()
    for (fill, _), members in paints.items():
        if fill is None or max(fill) - min(fill) > _GREY or min(fill) > 0.99 or not _FEWEST <= len(members) <= _MOST:
            continue
        later = [s for s in shapes if s.fill is not None and s.fill != fill and s.order > members[0].order]
        if _all_beside(members, later):
            shadows.update(map(id, members))
    return [shape for shape in shapes if id(shape) not in shadows] if shadows else list(shapes)


def _all_beside(shadows: Sequence[Shape], casters: Sequence[Shape]) -> bool:
    """Whether each shape has a later one of its form from which it stands off as all others do."""
    common: set[_Offset] | None = None
    for shadow in shadows:
        offsets = {offset for caster in casters if (offset := _offset(shadow, caster)) is not None}
        near = offsets if common is None else {o for o in common if any(_alike(o, other) for other in offsets)}
        if not near:
            return False
        common = near
    return common is not None


def _offset(shadow: Shape, caster: Shape) -> _Offset | None:
    """How far a shape stands right of and below another of its form, in tenths of points; None for other forms."""
    if len(shadow.points) != len(caster.points) or caster.order <= shadow.order:
        return None
    left, top = shadow.box[0] - caster.box[0], shadow.box[1] - caster.box[1]
    right, bottom = shadow.box[2] - caster.box[2], shadow.box[3] - caster.box[3]
    whole = abs(left - right) < _SAME and abs(top - bottom) < _SAME
    cut = shadow.rect and (
        (abs(left - right) < _SAME and min(abs(top), abs(bottom)) < _SAME)
        or (abs(top - bottom) < _SAME and min(abs(left), abs(right)) < _SAME)
    )
    across, down = max(left, right, key=abs), max(top, bottom, key=abs)
    if not (whole or cut) or not _LEAST < max(abs(across), abs(down)) < _FURTHEST:
        return None
    if min(abs(across), abs(down)) < _SAME:
        return None  # straight beside or below stands the next bar, not a shadow
    return round(10 * across), round(10 * down)


def _alike(a: _Offset, b: _Offset) -> bool:
    return abs(a[0] - b[0]) <= 1 and abs(a[1] - b[1]) <= 1
