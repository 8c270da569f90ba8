"""What to give up when memory runs out, in order: the ladder, as data, and the step to the next rung.

Comes in: the `Settings` in force, the `Stage` at which memory ran out, and the picture being read if there was one.
Goes out: what to go on with. Knows nothing of torch: nothing is freed, built or read here.

    fewer rows -> one row, one picture an encode -> 8-bit weights -> a smaller picture, 768 then 512 pixels
    -> vision tower streamed from main memory -> all of it -> all of it from disk -> the CPU

The first rung that can be taken and would help at that stage is taken. Rungs that give back much (the weights') start
again with as many rows as were planned. Settings only ever move down, so climbing ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Literal

Placement = Literal["device", "vision-outside", "outside", "disk", "cpu"]

CROP_SIDES: Final = (768, 512)
WHOLE: Final = "whole"


class Stage(StrEnum):
    """What was being done when memory ran out. ``PLAN`` is on paper: it was foreseen that it would."""

    PLAN = "plan"
    LOAD = "load"
    ALLOCATE = "allocate"
    CAPTURE = "capture"
    ENCODE = "encode"
    DECODE = "decode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the model is run.

    ``precision`` is bf16, fp16, fp32 or int8; ``base`` the floating-point precision computed in; ``placement`` where
    the weights are; ``rows`` how many answers are decoded together; ``encode_batch`` how many pictures may be
    encoded together, as long as they are no larger than the largest. ``rung`` names the deepest
    rung taken.
    """

    precision: str
    base: str
    placement: Placement = "device"
    rows: int = 1
    encode_batch: int = 1
    rung: str = WHOLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be given up, and what to start again with.

    ``int8`` is False where a precision was asked for by name; ``offload_dir`` whether there is a folder for weights.
    ``gpu`` is False on a CPU, where only rows can be given up.
    """

    rows: int
    encode_batch: int = 1
    int8: bool = True
    offload_dir: bool = False
    gpu: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbed:
    """What to go on with: other settings for the run, or a shorter ``side`` in pixels for one picture."""

    rung: str
    settings: Settings
    side: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rung:
    name: str
    helps: frozenset[Stage]
    take: Callable[[Settings, Limits], Settings | None]


def _fewer_rows(now: Settings, _: Limits) -> Settings | None:
    if now.rows <= 2:
        return None
    return replace(now, rows=now.rows // 2, encode_batch=max(1, now.encode_batch // 2))


def _one_row(now: Settings, _: Limits) -> Settings | None:
    return replace(now, rows=1, encode_batch=1) if now.rows > 1 or now.encode_batch > 1 else None


def _int8(now: Settings, limits: Limits) -> Settings | None:
    if not (limits.int8 and limits.gpu) or now.precision == "int8" or now.placement != "device":
        return None
    return _refilled(replace(now, precision="int8"), limits)


def _moved(to: Placement, *, before: tuple[Placement, ...]) -> Callable[[Settings, Limits], Settings | None]:
    def take(now: Settings, limits: Limits) -> Settings | None:
        if not limits.gpu or now.placement not in before or (to == "disk" and not limits.offload_dir):
            return None
        keeps_int8 = to == "vision-outside" and now.precision == "int8"
        precision = now.precision if keeps_int8 else "fp32" if to == "cpu" else now.base
        base = "fp32" if to == "cpu" else now.base
        return _refilled(replace(now, placement=to, precision=precision, base=base), limits)

    return take


def _refilled(settings: Settings, limits: Limits) -> Settings:
    return replace(settings, rows=limits.rows, encode_batch=limits.encode_batch)


_ROWS_HELP = frozenset({Stage.PLAN, Stage.ALLOCATE, Stage.CAPTURE, Stage.ENCODE, Stage.DECODE})
_WEIGHTS_HELP = frozenset(Stage)

_BEFORE_CROP: Final = (
    _Rung(name="fewer-rows", helps=_ROWS_HELP, take=_fewer_rows),
    _Rung(name="one-row", helps=_ROWS_HELP, take=_one_row),
    _Rung(name="int8", helps=_WEIGHTS_HELP, take=_int8),
)
_AFTER_CROP: Final = (
    _Rung(name="offload-vision", helps=_WEIGHTS_HELP, take=_moved("vision-outside", before=("device",))),
    _Rung(name="offload", helps=_WEIGHTS_HELP, take=_moved("outside", before=("device", "vision-outside"))),
    _Rung(
        name="offload-disk", helps=_WEIGHTS_HELP, take=_moved("disk", before=("device", "vision-outside", "outside"))
    ),
    _Rung(name="cpu", helps=_WEIGHTS_HELP, take=_moved("cpu", before=("device", "vision-outside", "outside", "disk"))),
)


def climb(now: Settings, limits: Limits, stage: Stage, *, longest: int | None = None) -> Climbed | None:
    """The next rung, or None at the end of the ladder.

    Parameters
    ----------
    stage
        Where memory ran out.
    longest
        Pixels of the longest side of the picture that was being encoded; None when no single picture was.
    """
    return (
        _first(_BEFORE_CROP, now, limits, stage)
        or _crop(now, stage, longest)
        or _first(_AFTER_CROP, now, limits, stage)
    )


def rung_names() -> tuple[str, ...]:
    """Every name that can stand in ``Reply.rung``, crops aside, in order."""
    return (WHOLE, *(rung.name for rung in _BEFORE_CROP + _AFTER_CROP))


def crop_rung(side: int) -> str:
    """The name of the rung that shrank a picture to ``side`` pixels."""
    return f"crop-{side}"


def _first(rungs: tuple[_Rung, ...], now: Settings, limits: Limits, stage: Stage) -> Climbed | None:
    for rung in rungs:
        settings = rung.take(now, limits) if stage in rung.helps else None
        if settings is not None:
            deepest = max(now.rung, rung.name, key=rung_names().index)
            return Climbed(rung=rung.name, settings=replace(settings, rung=deepest))
    return None


def _crop(now: Settings, stage: Stage, longest: int | None) -> Climbed | None:
    if stage is not Stage.ENCODE or longest is None:
        return None
    side = next((side for side in CROP_SIDES if side < longest), None)
    return None if side is None else Climbed(rung=crop_rung(side), settings=now, side=side)
