"""Engines that run out of memory at every place and on every rung: each request is answered, exactly once.

The model is nano, on the CPU; only the running out is made up. `Starved` raises torch's own error wherever a test says.
"""

import copy
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

import pytest
import torch
from PIL import Image

from mineru_cli.engines.base import Reply, Request, Task
from mineru_cli.engines.model import session
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.engine import SlotEngine
from mineru_cli.engines.model.ladder import Limits, Settings, Stage, climb, rung_names
from mineru_cli.engines.model.loader import LoadedModel, load_model, load_tools
from mineru_cli.engines.model.memory import is_oom
from mineru_cli.engines.model.slots import Network, Slots
from mineru_cli.engines.model.station import TorchRuntime
from mineru_cli.errors import EngineUnavailableError
from mineru_cli.options import EngineOptions
from tests import checkpoints
from tests.drawing import draw, random_spec

OPTIONS = EngineOptions(model="nano", device="cpu", max_new_tokens=6)
START = Settings(precision="fp32", base="fp32", rows=4, encode_batch=2)
LIMITS = Limits(rows=4, encode_batch=2, offload_dir=True)

RunsOut = Callable[[Stage, Settings], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Starved(TorchRuntime):
    """Runs out of memory when ``runs_out`` says so; ``seen`` counts what was tried."""

    runs_out: RunsOut
    error: Exception = field(default_factory=lambda: torch.OutOfMemoryError("CUDA out of memory. Tried to allocate"))
    largest: Callable[[Settings], int] = lambda _: 10**9
    settings: list[Settings] = field(default_factory=lambda: [START])
    seen: Counter[Stage] = field(default_factory=Counter)

    def pass_or_fail(self, stage: Stage) -> None:
        self.seen[stage] += 1
        if self.runs_out(stage, self.settings[-1]):
            raise self.error

    def load(self, checkpoint, base):
        self.pass_or_fail(Stage.LOAD)
        return copy.deepcopy(nano())

    def build(self, loaded, settings):
        self.settings.append(settings)
        return TorchRuntime.build(self, loaded, settings)

    def open(self, network: Network, *, rows: int, length: int, limit: int) -> Slots:
        self.settings.append(replace(self.settings[-1], rows=rows))
        self.pass_or_fail(Stage.ALLOCATE)
        return StarvedSlots(self, network, rows=rows, length=length, limit=limit)


class StarvedSlots(Slots):
    def __init__(self, runtime: Starved, network: Network, **shape: int) -> None:
        super().__init__(network, **shape)
        self._runtime = runtime

    def capture(self):
        self._runtime.pass_or_fail(Stage.CAPTURE)

    def admit(self, rows, questions):
        if sum(question.image_tokens for question in questions) > self._runtime.largest(self._runtime.settings[-1]):
            raise self._runtime.error
        self._runtime.pass_or_fail(Stage.ENCODE)
        super().admit(rows, questions)

    def advance(self, steps, busy=None):
        self._runtime.pass_or_fail(Stage.DECODE)
        return super().advance(steps, busy)


@cache
def nano() -> LoadedModel:
    return load_model(find_checkpoint("nano"), device="cpu", precision="fp32")


def never(_stage: Stage, _settings: Settings) -> bool:
    return False


def once_at(stage: Stage, *, call: int = 1) -> RunsOut:
    calls = itertools.count(1)
    return lambda now, _: now is stage and next(calls) == call


@pytest.fixture(autouse=True)
def _as_on_a_gpu(monkeypatch):
    """The whole ladder is open, as on a card."""
    monkeypatch.setattr(session, "starting_point", lambda _device, _options: (LIMITS, START))


@pytest.fixture(scope="module", autouse=True)
def _small_pictures_stay_small():
    def tools(checkpoint):
        tokenizer, image_processor = load_tools(checkpoint)
        image_processor.size = checkpoints.PIXELS
        return tokenizer, image_processor

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mineru_cli.engines.model.loader.load_tools", tools)
        yield


@pytest.fixture(scope="module")
def pictures() -> list[Image.Image]:
    rng = Random(3)
    return [draw(random_spec(rng), rng=rng).resize((112, 84)) for _ in range(7)]


@pytest.fixture(scope="module")
def expected(pictures) -> dict[int, str]:
    engine = SlotEngine(OPTIONS)
    return {reply.key: reply.text for reply in engine.read(requests(pictures))}


def requests(pictures: list[Image.Image]) -> Iterator[Request]:
    return (Request(key=key, task=Task.CHART, image=picture) for key, picture in enumerate(pictures))


def read(runtime: Starved, pictures: list[Image.Image], **options) -> list[Reply]:
    engine = SlotEngine(replace(OPTIONS, **options), runtime=runtime)
    replies = list(engine.read(requests(pictures)))
    engine.close()
    return replies


def keys(replies: list[Reply]) -> list[int]:
    return sorted(reply.key for reply in replies)


@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("stage", [Stage.ALLOCATE, Stage.CAPTURE, Stage.ENCODE, Stage.DECODE])
def test_one_shortage_costs_rows_and_no_answer(stage, call, pictures, expected, tmp_path):
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=once_at(stage, call=call))
    replies = read(runtime, pictures)
    assert {reply.key: reply.text for reply in replies} == expected
    assert len(replies) == len(pictures)


def test_a_shortage_while_loading_takes_a_rung_that_makes_the_weights_smaller(pictures, tmp_path):
    replies = read(Starved(device="cpu", offload_dir=str(tmp_path), runs_out=once_at(Stage.LOAD)), pictures)
    assert keys(replies) == list(range(7))
    assert {(reply.rung, reply.precision) for reply in replies} == {("int8", "int8")}


@pytest.mark.parametrize(
    ("stage", "placement"),
    [
        (Stage.LOAD, "device"),
        (Stage.DECODE, "device"),
        (Stage.CAPTURE, "vision-outside"),
        *(
            pytest.param(stage, placement, marks=pytest.mark.slow)
            for stage in (Stage.LOAD, Stage.ALLOCATE, Stage.CAPTURE, Stage.ENCODE, Stage.DECODE)
            for placement in ("vision-outside", "outside", "disk", "cpu")
        ),
    ],
)
def test_it_climbs_as_far_as_it_must(stage, placement, pictures, tmp_path):
    order = ["device", "vision-outside", "outside", "disk", "cpu"]

    def runs_out(now: Stage, settings: Settings) -> bool:
        is_above = order.index(settings.placement) < order.index(placement)
        return now is stage and (is_above or (placement == "device" and settings.precision == "fp32"))

    class Announced(Starved):
        def load(self, checkpoint, base):
            # What is loaded next is known only to the ladder: that much it is asked here.
            now = self.settings[-1]
            if self.seen[Stage.LOAD]:
                climbed = climb(now, LIMITS, stage if stage is Stage.LOAD else Stage.LOAD)
                assert climbed is not None
                self.settings.append(climbed.settings if stage is Stage.LOAD else now)
            return Starved.load(self, checkpoint, base)

    replies = read(Announced(device="cpu", offload_dir=str(tmp_path), runs_out=runs_out), pictures[:3])
    assert keys(replies) == [0, 1, 2]
    assert all(reply.failure is None for reply in replies)
    names = {"device": "int8", "vision-outside": "offload-vision", "outside": "offload", "disk": "offload-disk"}
    assert {reply.rung.partition("+")[0] for reply in replies} <= {names.get(placement, "cpu"), "one-row", "fewer-rows"}


def test_a_second_shortage_while_the_first_is_being_made_good_loses_nothing(pictures, expected, tmp_path):
    calls = itertools.count()
    runtime = Starved(
        device="cpu",
        offload_dir=str(tmp_path),
        runs_out=lambda stage, _: stage in {Stage.DECODE, Stage.ENCODE} and next(calls) in {3, 4, 6},
    )
    replies = read(runtime, pictures)
    assert keys(replies) == list(range(7))
    assert all(reply.text == expected[reply.key] for reply in replies if reply.precision == "fp32")


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 12))])
def test_whenever_it_runs_out_each_request_is_answered_once(seed, pictures, tmp_path):
    rng = Random(seed)
    replies = read(Starved(device="cpu", offload_dir=str(tmp_path), runs_out=lambda *_: rng.random() < 0.12), pictures)
    assert keys(replies) == list(range(7))


def test_a_monster_is_shrunk_alone_and_said_to_be(pictures, tmp_path):
    monster = pictures[0].resize((1400, 60))
    # Its 50 tokens at 1400 pixels do not fit, at 768 they do.
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=never, largest=lambda _: 40)
    replies = {reply.key: reply for reply in read(runtime, [pictures[1], monster, pictures[2]])}
    assert sorted(replies) == [0, 1, 2]
    assert replies[1].rung.endswith("+crop-768")
    assert "crop" not in replies[0].rung + replies[2].rung
    assert not replies[1].flags


def test_a_crop_at_the_last_size_is_flagged(pictures, tmp_path):
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=never, largest=lambda _: 18)
    (reply,) = read(runtime, [pictures[0].resize((1400, 60))])
    assert reply.rung.endswith("+crop-512")
    assert [flag.code for flag in reply.flags] == ["shrunk_for_memory"]


def test_a_figure_that_fits_nowhere_costs_itself(pictures, tmp_path):
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=never, largest=lambda _: 14)
    replies = {reply.key: reply for reply in read(runtime, [pictures[0], pictures[0].resize((500, 480))])}
    assert sorted(replies) == [0, 1]
    assert replies[0].failure is None
    assert replies[1].failure is not None
    assert replies[1].failure.code == "out_of_memory"


def test_a_model_that_fits_nowhere_ends_the_engine(pictures, tmp_path):
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=lambda stage, _: stage is Stage.LOAD)
    with pytest.raises(EngineUnavailableError, match="does not fit"):
        read(runtime, pictures)


def test_an_error_that_is_not_memory_passes_through(pictures, tmp_path):
    runtime = Starved(
        device="cpu", offload_dir=str(tmp_path), runs_out=once_at(Stage.DECODE), error=RuntimeError("a bug")
    )
    with pytest.raises(RuntimeError, match="a bug"):
        read(runtime, pictures)
    assert runtime.seen[Stage.LOAD] == 1


def test_on_oom_fail_stops_at_the_first_shortage(pictures, tmp_path):
    runtime = Starved(device="cpu", offload_dir=str(tmp_path), runs_out=once_at(Stage.DECODE))
    with pytest.raises(EngineUnavailableError, match="ran out of memory"):
        read(runtime, pictures, on_oom="fail")


def test_the_ladder_ends_and_each_rung_is_on_it():
    now, taken = START, []
    while (climbed := climb(now, LIMITS, Stage.DECODE)) is not None:
        now = climbed.settings
        taken.append(climbed.rung)
        assert len(taken) < 50
    assert list(dict.fromkeys(taken)) == list(rung_names()[1:])
    assert now.placement == "cpu"


def test_a_precision_asked_for_by_name_is_kept_on_the_card():
    now = replace(START, rows=1, encode_batch=1)
    climbed = climb(now, replace(LIMITS, int8=False), Stage.DECODE)
    assert climbed is not None
    assert climbed.rung == "offload-vision"


def test_without_a_folder_the_disk_rung_is_left_out():
    now = replace(START, rows=1, encode_batch=1, placement="outside")
    climbed = climb(now, replace(LIMITS, offload_dir=False), Stage.DECODE)
    assert climbed is not None
    assert climbed.rung == "cpu"


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("MPS backend out of memory (MPS allocated: 5.00 GB)"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:117] . DefaultCPUAllocator: can't allocate memory: you tried"),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate 800 bytes"),
        RuntimeError("CUDA error: out of memory"),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
        RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
        RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
    ],
)
def test_shortages_of_every_maker_are_known(error):
    assert is_oom(error)


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA error: an illegal memory access was encountered"),
        RuntimeError("The size of tensor a must match"),
        ValueError("out of memory"),
        KeyError("CUDA out of memory"),
    ],
)
def test_other_errors_are_no_shortage(error):
    assert not is_oom(error)


def test_a_failed_capture_is_known_by_what_it_hides():
    def capture():
        try:
            raise torch.OutOfMemoryError("CUDA out of memory")
        finally:
            raise RuntimeError("CUDA error: operation failed due to a previous error during capture")

    with pytest.raises(RuntimeError) as caught:
        capture()
    assert is_oom(caught.value)


def test_a_real_failed_allocation_is_known():
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**60, dtype=torch.uint8)
    assert is_oom(caught.value)
