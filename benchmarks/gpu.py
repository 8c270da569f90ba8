"""The GPU engine measured: speed, memory, what it survives, and whether answers stay the same.

    python benchmarks/gpu.py                    # everything, under ten minutes on one H200
    python benchmarks/gpu.py --only speed,peers
    python benchmarks/gpu.py --json out.json

Prints one table a section. Sections do not depend on one another: one that fails says why, and the rest goes on.
"""

# ruff: noqa: SLF001 -- it measures parts that are nobody else's business

import argparse
import datetime as dt
import itertools
import json
import logging
import multiprocessing
import platform
import random
import statistics
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
import transformers
from PIL import Image

from benchmarks import gpu_parts as parts
from mineru_cli.engines.model import memory
from mineru_cli.engines.model.build import build_network
from mineru_cli.engines.model.checkpoint import find_checkpoint
from mineru_cli.engines.model.engine import SlotEngine
from mineru_cli.engines.model.ladder import Settings
from mineru_cli.engines.model.loader import load_model
from mineru_cli.engines.model.plan import GIB
from mineru_cli.engines.model.prepare import Prepared, Preparer
from mineru_cli.engines.model.slots import Network, on_stream
from mineru_cli.engines.model.station import TorchRuntime
from mineru_cli.options import EngineOptions, Precision
from tests.chart_specs import describe, random_spec
from tests.drawing import draw
from tests.generate_engine import GenerateEngine

Result = dict[str, Any]


def speed(folder: Path) -> Result:
    """Charts a second under caps, 128 tokens an answer."""
    cases = [
        ("uncapped", {}, 96),
        ("4.0 GiB bf16", {"gpu_memory": int(4.0 * GIB), "precision": "bf16"}, 96),
        ("... 16 rows", {"gpu_memory": int(4.0 * GIB), "precision": "bf16", "batch": 16}, 96),
        ("2.5 GiB int8", {"gpu_memory": int(2.5 * GIB), "precision": "int8"}, 96),
    ]
    return _timed(folder, cases)


def small(folder: Path) -> Result:
    """Caps at which the weights do not fit as they are."""
    cases = [
        ("2.0 GiB", {"gpu_memory": int(2.0 * GIB)}, 48),
        ("1.5 GiB", {"gpu_memory": int(1.5 * GIB)}, 48),
        ("1.0 GiB", {"gpu_memory": int(1.0 * GIB)}, 24),
        ("0.8 GiB", {"gpu_memory": int(0.8 * GIB)}, 24),
    ]
    return _timed(folder, cases)


def _timed(folder: Path, cases: list[tuple[str, dict[str, Any], int]]) -> Result:
    result: Result = {}
    for name, card, count in cases:
        outcome = parts.run_engine(folder, parts.charts(count), **card)
        result[name] = {
            "seconds_each": round(outcome.each, 4),
            "peak_gib": round(outcome.peak, 2),
            "first_answer_s": round(outcome.first, 2),
            "answered": len({reply.key for reply in outcome.replies if reply.failure is None}),
            "rungs": outcome.rungs,
            "plan": outcome.plan,
        }
        print(f"{name:14} {outcome.each:.4f} s/chart, peak {outcome.peak:.2f} GiB, first {outcome.first:.2f} s")
        print(f"{'':14} {outcome.plan}; {outcome.rungs}")
    return result


def peers(folder: Path) -> Result:
    """mineru-vl-utils' transformers client: at its default, and at the best batch that survives 4 GiB."""
    upstream = parts.Upstream(folder)
    pictures = parts.charts(32)
    upstream.seconds_each(pictures[:1], batch=1, tokens=8)
    result = {"default": round(upstream.seconds_each(pictures[:4], batch=0), 3)}
    print(f"default batch  {result['default']:.3f} s/chart")
    memory.hold_to(parts.DEVICE, int(4.0 * GIB))
    for batch in (4, 8, 16):
        try:
            result[f"4.0 GiB, batch {batch}"] = round(upstream.seconds_each(pictures[: max(4, batch)], batch=batch), 3)
            print(f"4.0 GiB, batch {batch:2}: {result[f'4.0 GiB, batch {batch}']:.3f} s/chart")
        except torch.OutOfMemoryError:
            print(f"4.0 GiB, batch {batch:2}: out of memory")
            break
        finally:
            memory.give_back(parts.DEVICE)
    del upstream
    parts.uncap()
    return result


def rows(folder: Path) -> Result:
    """Rows that decode together, uncapped."""
    result: Result = {}
    for count in (1, 4, 16, 32, 64):
        outcome = parts.run_engine(folder, parts.charts(max(8, 2 * count)), batch=count)
        result[str(count)] = {"seconds_each": round(outcome.each, 4), "peak_gib": round(outcome.peak, 2)}
        print(f"{count:3} rows  {outcome.each:.4f} s/chart, peak {outcome.peak:.2f} GiB")
    return result


def refill(folder: Path) -> Result:
    """Answers of 32 to 512 tokens: rows refilled at once, against batches that wait for their longest."""
    rng, count = random.Random(0), 192
    paces = [round(2 ** rng.uniform(5, 9)) for _ in range(count)]
    pictures = parts.charts(count)
    # Once in vain: what only the first run in a process pays for is no part of the comparison.
    parts.run_engine(folder, pictures[:4], batch=16)
    refilled = parts.run_engine(folder, pictures, batch=16, paces=iter(paces), longest=512).seconds
    network, questions = _taken_apart(folder, pictures)
    slots = parts.PacedSlots(network, paces=iter(paces), rows=16, length=1728, limit=513)
    start = time.perf_counter()
    slots.capture()
    for first in range(0, count, 16):
        for row, question in enumerate(questions[first : first + 16]):
            slots.admit([row], [question])
        while any(answer.stop is None for answer in slots.advance(4).read()):
            pass
    waited = time.perf_counter() - start
    print(f"refilled {refilled:.2f} s, waiting {waited:.2f} s: {waited / refilled:.2f} times")
    return {"refilled_s": round(refilled, 2), "waiting_s": round(waited, 2)}


def _taken_apart(folder: Path, pictures: list[Image.Image]) -> tuple[Network, list[Prepared]]:
    """The model without the engine around it, and questions for it."""
    loaded = load_model(find_checkpoint(str(folder)), device="cpu", precision="bf16")
    preparer = Preparer(tokenizer=loaded.tokenizer, image_processor=loaded.image_processor, family="analysis")
    questions = [preparer.prepare(request) for request in parts.requests(pictures)]
    preparer.close()
    network = build_network(loaded, Settings(precision="bf16", base="bf16"), device=parts.DEVICE, offload_dir=None)
    return network, questions


def busy(folder: Path) -> Result:
    """The share of time the GPU is busy while the CPU prepares pictures."""
    with parts.BusyShare() as share:
        parts.run_engine(folder, parts.charts(160), batch=16)
    # From the first sample at work to the last: loading and closing are no part of it.
    work = [index for index, sample in enumerate(share.samples) if sample > 50]
    samples = share.samples[work[0] + 5 : work[-1] - 2]
    print(f"busy {statistics.mean(samples):.1f} % over {len(samples)} samples, least {min(samples)} %")
    return {"percent": round(statistics.mean(samples), 1), "samples": len(samples)}


def hostile(folder: Path) -> Result:
    """48 crops of 200 to 2048 image tokens on cards whose size moves by up to a quarter while it runs."""
    result: Result = {}
    for cap in (4.0, 3.0, 2.5, 2.0, 1.5, 1.0, 0.8):
        rng = random.Random(int(cap * 10))
        paces = (rng.randint(16, 64) for _ in itertools.count())
        with parts.ShrinkingCard(int(cap * GIB), seed=int(cap * 10)):
            outcome = parts.run_engine(
                folder, parts.odd_pictures(48), gpu_memory=int(cap * GIB), paces=paces, longest=64
            )
        keys = [reply.key for reply in outcome.replies]
        answered = sum(reply.failure is None for reply in outcome.replies)
        once = sorted(keys) == list(range(48))
        result[str(cap)] = {
            "answered": answered, "each_once": once, "seconds": round(outcome.seconds, 1), "rungs": outcome.rungs
        }  # fmt: skip
        print(
            f"{cap:.1f} GiB  {answered} of 48, each once: {once}, {outcome.seconds:.1f} s, {outcome.rungs}", flush=True
        )
    return result


def where(folder: Path) -> Result:
    """Where the time goes: encoding, reading the question, a step; medians in milliseconds."""
    network, questions = _taken_apart(folder, parts.charts(2))
    result: Result = {}

    def timed(work: Callable[[], object], repeat: int = 15) -> float:
        times = []
        for _ in range(repeat):
            begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            begin.record()
            work()
            end.record()
            torch.cuda.synchronize()
            times.append(begin.elapsed_time(end))
        return round(statistics.median(times), 3)

    patches, at = network.patcher(questions[0].pixels.to(parts.DEVICE))
    with torch.inference_mode():
        result["vision_1"] = timed(lambda: network.vision(patches, at, [len(patches)]))
        result["vision_2"] = timed(
            lambda: network.vision(torch.cat([patches] * 2), torch.cat([at] * 2), [len(patches)] * 2)
        )
    for count in (1, 16, 64):
        slots = parts.PacedSlots(network, paces=itertools.repeat(10**6), rows=count, length=1280, limit=256)
        if count == 1:
            with on_stream(slots._stream):
                result["admit_1"] = timed(lambda slots=slots: slots.admit([0], questions[:1]))
        start = time.perf_counter()
        slots.capture()
        torch.cuda.synchronize()
        result[f"capture_{count}"] = round((time.perf_counter() - start) * 1000, 1)
        with on_stream(slots._stream):
            result[f"step_{count}_rows"] = timed(slots._graphs[slots.length].replay)
    for name, value in result.items():
        print(f"{name:16} {value:8.2f} ms")
    return result


def same(_: Path) -> Result:
    """nano: slots against `generate`, 64 charts, fp32 and bf16; and `generate` against itself, summed otherwise.

    In bf16 with fewer rows than the plan makes, too. The last is the control: how many answers stay the same when
    nothing changes but the order in which a product is summed, because several charts are read at once or because
    cuBLAS may not add partial sums in bf16.
    """
    result: Result = {}
    plain = _generated_all()
    for precision in ("fp32", "bf16"):
        slots = _slots(precision)
        result[precision] = _compared(f"{precision}, slots", plain[precision, "one by one"], slots, listed=True)
        result[f"{precision} slots, fp32 generate"] = _compared(
            f"{precision}, slots, against generate in fp32", plain["fp32", "one by one"], slots
        )
    for rows in (16, 8):
        slots = _slots("bf16", rows)
        result[f"bf16, {rows} rows"] = _compared(f"bf16, slots, {rows} rows", plain["bf16", "one by one"], slots)
    for control in ("fp32", "batches of 8", "whole sums"):
        name = ("fp32", "one by one") if control == "fp32" else ("bf16", control)
        result[f"generate, {control}"] = _compared(
            f"bf16, generate, {control}", plain["bf16", "one by one"], plain[name]
        )
    return result


def _slots(precision: Precision, rows: int | None = None) -> dict[int, str]:
    """Answers of the slots to the held-out charts by number, with so many rows or as many as the plan makes."""
    options = EngineOptions(model="nano", device=parts.DEVICE, max_new_tokens=512, precision=precision, batch=rows)
    engine = SlotEngine(options)
    answers = {reply.key: reply.text for reply in engine.read(parts.requests(_held_out(64)))}
    engine.close()
    return answers


def _compared(name: str, one: dict[int, str], other: dict[int, str], *, listed: bool = False) -> Result:
    differing = [key for key in one if one[key] != other[key]]
    print(f"{name}: {len(one) - len(differing)} of {len(one)} identical")
    for key in differing if listed else ():
        pairs = zip(one[key].split("|"), other[key].split("|"), strict=False)
        print(
            f"  {key}: " + ", ".join(f"{mine.strip()} / {theirs.strip()}" for mine, theirs in pairs if mine != theirs)
        )
    return {"identical": len(one) - len(differing), "of": len(one)}


def _generated_all() -> dict[tuple[str, str], dict[int, str]]:
    """Answers of `generate` to the held-out charts, by precision and way, then by number."""
    ways = [("fp32", "one by one"), ("bf16", "one by one"), ("bf16", "batches of 8"), ("bf16", "whole sums")]
    answers: dict[tuple[str, str], dict[int, str]] = {way: {} for way in ways}
    # `generate` is bound by the CPU: many processes, eight charts each.
    with ProcessPoolExecutor(15, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [(way, pool.submit(_generated, *way, first, 8)) for first in range(0, 64, 8) for way in ways]
        for way, job in jobs:
            answers[way] |= job.result()
    return answers


def _generated(precision: Precision, way: str, first: int, count: int) -> dict[int, str]:
    """Answers of the plain engine to a few of the held-out charts, by number."""
    torch.set_num_threads(1)
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = way != "whole sums"
    options = EngineOptions(model="nano", device=parts.DEVICE, precision=precision, max_new_tokens=512)
    pictures = _held_out(64)[first : first + count]
    if way == "batches of 8":
        texts = parts.generated_together(options, pictures)
    else:
        texts = [reply.text for reply in GenerateEngine(options).read(parts.requests(pictures))]
    return {first + index: text for index, text in enumerate(texts)}


def _held_out(count: int) -> list[Image.Image]:
    rng = random.Random(7)
    return [draw(random_spec(rng), rng=rng) for _ in range(count)]


class _PlacedRuntime(TorchRuntime):
    """Builds with given settings, whatever was planned."""

    __slots__ = ("placed",)

    def build(self, loaded: Any, settings: Settings) -> Any:
        return super().build(loaded, replace(settings, **self.placed))


def accuracy(_: Path) -> Result:
    """nano: cells within 3 % of the axis on 320 fresh charts, by precision and placement."""
    from benchmarks.accuracy import Answer, Truth, score
    from mineru_cli.reply import parse_reply

    rng = random.Random(2026)
    specs = [random_spec(rng) for _ in range(320)]
    pictures = [draw(spec, rng=rng) for spec in specs]
    truths = [Truth.of("fresh", json.loads(json.dumps(describe(spec)))) for spec in specs]
    cases = [
        ("bf16", "bf16", "device"),
        ("int8", "int8", "device"),
        ("bf16", "bf16", "vision-outside"),
        ("int8", "int8", "vision-outside"),
        ("bf16", "bf16", "outside"),
        ("bf16", "bf16", "disk"),
        ("fp32", "fp32", "cpu"),
    ]
    result: Result = {}
    with tempfile.TemporaryDirectory() as disk:
        for precision, _name, placement in cases:
            device = "cpu" if placement == "cpu" else parts.DEVICE
            runtime = _PlacedRuntime(device=device, offload_dir=disk)
            object.__setattr__(runtime, "placed", {"precision": precision, "placement": placement})
            options = EngineOptions(
                model="nano",
                device=device,
                max_new_tokens=512,
                batch=16,
                precision="fp32" if device == "cpu" else "bf16",
            )
            engine = SlotEngine(options, runtime=runtime)
            start = time.perf_counter()
            texts = {reply.key: reply.text for reply in engine.read(parts.requests(pictures))}
            engine.close()
            near = exact = 0
            for key, truth in enumerate(truths):
                figure = {"page": 1, "chart": parse_reply(texts[key]).model_dump()}
                found = score(truth, Answer.of(figure))
                near, exact = near + found.near, exact + found.exact
            cells = sum(truth.cells for truth in truths)
            name = f"{precision}, {placement}"
            result[name] = {"near": round(100 * near / cells, 2), "exact": round(100 * exact / cells, 2)}
            near_share, exact_share = result[name]["near"], result[name]["exact"]
            seconds = time.perf_counter() - start
            print(f"{name:22} within 3 %: {near_share} %, exact {exact_share} % ({seconds:.1f} s)", flush=True)
    return result


SECTIONS: dict[str, Callable[[Path], Result]] = {
    "where": where,
    "speed": speed,
    "peers": peers,
    "rows": rows,
    "refill": refill,
    "busy": busy,
    "same": same,
    "accuracy": accuracy,
    "small": small,
    "hostile": hostile,
}


def main() -> int:
    """Run the sections asked for; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, with commas between")
    parser.add_argument("--json", type=Path, help="where the figures go")
    arguments = parser.parse_args()
    memory.prefer_growing_segments()
    report: Result = {
        "date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "card": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
    }
    print(report)
    logging.basicConfig(level=logging.WARNING, format="  %(message)s")
    logging.getLogger("mineru_cli").setLevel(logging.WARNING)
    failed = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = parts.true_size_checkpoint(Path(scratch) / "MinerU2.5-true-size")
        for name in arguments.only.split(","):
            print(f"\n## {name}: {SECTIONS[name].__doc__}", flush=True)
            start = time.perf_counter()
            try:
                report[name] = SECTIONS[name](folder)
            except Exception:  # noqa: BLE001 - one section must not cost the others' device time
                failed = 1
                traceback.print_exc(file=sys.stdout)
                parts.uncap()
            print(f"({time.perf_counter() - start:.0f} s)", flush=True)
            if arguments.json:
                arguments.json.write_text(json.dumps(report, indent=2))
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
