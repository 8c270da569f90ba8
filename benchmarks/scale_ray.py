"""What Ray costs and gives: a reader killed, one reader against the plain run, two GPUs against one.

Timed documents come after others that have warmed the readers up, from when those are all finished to when the last is
written: starting Ray (some seconds) and loading a model are no part of a rate, and are told apart.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
# A machine whose memory grows as it is used looks full to Ray's monitor, which would then end readers.
os.environ.setdefault("RAY_memory_monitor_refresh_ms", "0")

from mineru_cli import batch  # noqa: E402 - what Ray starts must find the same
from mineru_cli.cluster.driver import Cluster  # noqa: E402
from mineru_cli.engines.base import Engine, Reply, Request  # noqa: E402
from mineru_cli.intake import Input  # noqa: E402
from mineru_cli.ledger import Ledger  # noqa: E402
from mineru_cli.listener import Listener  # noqa: E402
from mineru_cli.options import Options  # noqa: E402
from mineru_cli.outputs.sinks import open_sink  # noqa: E402
from mineru_cli.pages.workers import open_page_reader  # noqa: E402
from mineru_cli.pipeline import Pipeline, Stages  # noqa: E402
from mineru_cli.schema import Document, SourceRecord  # noqa: E402
from mineru_cli.sources import Source  # noqa: E402

ANSWER = (
    "<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|><|content_start|>| Item | EUR |\n"
    "|---|---|\n| Rent | 42 |\n| Food | 17.5 |<|content_end|>"
)


class Row(NamedTuple):
    """A line of the table: what, how it went, whether it is as it should be."""

    what: str
    found: str
    passed: bool


class Rounds:
    """Inputs in rounds, each given when the one before is finished. ``since`` is when the last was."""

    def __init__(self, *rounds: Sequence[Input]) -> None:
        self.since = 0.0
        self._ready, *self._rounds = map(deque, rounds)

    def take(self) -> Input | None:
        """The next."""
        return self._ready.popleft() if self._ready else None

    def wait(self) -> bool:
        """Asked when nothing is under way any more."""
        if not self._rounds:
            return False
        self._ready = self._rounds.pop(0)
        self.since = time.perf_counter()
        return True

    def let_go(self, source: Source) -> None:
        """Nothing was fetched."""


class LastHeard(Listener):
    """``at`` is when the last document was finished."""

    at = 0.0

    def document_finished(self, document: Document) -> None:  # noqa: ARG002 - only when it happened counts
        """Look at the clock."""
        self.at = time.perf_counter()


@dataclass(frozen=True)
class PacedEngine:
    """Takes ``seconds`` for an answer, and nothing else: what is left is what the way there costs."""

    seconds: float

    def read(self, requests: Iterator[Request | None]) -> Iterator[Reply]:
        """One after another."""
        for request in requests:
            if request is not None:
                time.sleep(self.seconds)
                yield Reply(key=request.key, text=ANSWER, tokens=40, precision="none", rung="paced")

    def describe(self) -> dict[str, str]:
        """Nothing to tell."""
        return {}

    def status(self) -> str:
        """Nothing to tell."""
        return ""

    def close(self) -> None:
        """Nothing is held."""


def inputs(folder: Path, pictures: Sequence[Any]) -> list[Input]:
    """Pictures as documents of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number:04}.png"
        picture.save(path, compress_level=1)
        source = Source(path=path, name=path.name, kind="png", size=path.stat().st_size)
        record = SourceRecord(path=str(path), kind="png", bytes=source.size, sha256=str(number))
        taken.append(Input(name=path.name, source=source, record=record))
    return taken


class Timed(NamedTuple):
    """Seconds for the timed documents, and for everything with starting and ending; what each reader read."""

    seconds: float
    whole: float
    shares: list[int]


def timed(documents: list[Input], options: dict[str, Any], engine: Engine | None, *, warm: int) -> Timed:
    """Have documents read, the first two times ``warm`` of them to warm up; by Ray where the options say so.

    Two rounds, because the first may go to the reader that is there first.
    """
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as output:
        asked = Options.from_flat({"inputs": ["-"], "output": output, **options})
        given = Rounds(documents[:warm], documents[warm : 2 * warm], documents[2 * warm :])
        with closing(open_sink(asked.output)) as sink:
            last = LastHeard()
            ledger = Ledger(sink, last)
            if asked.cluster.ray is not None:
                work = Cluster(asked, given, ledger, fingerprint="", engine=engine)
                work.run()
                shares = [reader.documents for reader in work.readers]
            else:
                engine = engine or batch.open_engine(asked.engine)
                with closing(engine), closing(open_page_reader(asked)) as reader:
                    asks_model = asked.engine.engine != "exact"
                    Pipeline(given, Stages(reader=reader, engine=engine, asks_model=asks_model), ledger).run()
                shares = []
        ended = time.perf_counter()
        written = ledger.tally.numbers["done"]
        if written != len(documents):
            raise SystemExit(f"{written} of {len(documents)} documents: {ledger.tally.failures[:3]}")
    return Timed(last.at - given.since, ended - begun, shares)


def overhead(documents: int = 200, seconds: float = 0.1, model: str | None = None) -> list[Row]:
    """One reader against the plain run: an engine of known pace, vector charts read exactly, and a model if given."""
    from tests.inputs import chart_pdf, chart_picture

    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = inputs(
            folder / "pictures", [chart_picture((500 + n % 200, 392 + n // 200)) for n in range(documents + 16)]
        )
        paced = {"engine": "model", "layout": "never", "workers": 1}
        rows += _against(f"an engine of {seconds:g} s a chart", made, paced, PacedEngine(seconds))
        drawn = []
        for number in range(documents + 16):
            path = chart_pdf(folder / f"{number:04}.pdf", width=250 + number / 2)
            source = Source(path=path, name=path.name, kind="pdf", size=path.stat().st_size)
            record = SourceRecord(path=str(path), kind="pdf", bytes=source.size, sha256=str(number))
            drawn.append(Input(name=path.name, source=source, record=record))
        rows += _against("vector charts, read exactly", drawn, {"engine": "exact", "workers": 1}, None)
        if model is not None:
            rows += _against(f"read by {model}", made, {**paced, "model": model, "device": "cpu"}, None)
    return rows


def _against(what: str, documents: list[Input], options: dict[str, Any], engine: Engine | None) -> list[Row]:
    plain = timed(documents, options, engine, warm=8)
    by_ray = timed(documents, {**options, "ray": "local", "ray_actors": 1}, engine, warm=8)
    more = by_ray.seconds / plain.seconds - 1
    return [
        Row(
            f"{len(documents) - 16} documents, {what}",
            f"plain {plain.seconds:.2f} s, by Ray {by_ray.seconds:.2f} s: {more:+.1%}; with starting and ending "
            f"{plain.whole:.1f} and {by_ray.whole:.1f} s",
            more <= 0.10,
        )
    ]


def killed(documents: int = 120) -> list[Row]:
    """Two readers on this machine, one of them killed by SIGKILL on the way."""
    from benchmarks import scale_shards as plain

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain.draw(folder, documents)
        plain.run(folder, [*plain.READ, "-o", "whole"])
        since = time.monotonic()
        command = [*plain.READ, "-o", "out", "--ray", "local", "--ray-actors", "2"]
        process = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
        victim = None
        while victim is None and process.poll() is None:
            time.sleep(0.05)
            if len(list(folder.glob("out/docs/*/*.json"))) > documents // 4:
                victim = next(iter(_readers(process.pid)), None)
        if victim is not None:
            os.kill(victim, signal.SIGKILL)
        code = process.wait()
        row = plain.compare("2 readers, one killed", folder / "whole", folder / "out", time.monotonic() - since)
        deaths = [reader["deaths"] for reader in _report(folder / "out")["readers"]]
        found = f"{row.found}; exit {code} (as the plain run: two inputs are broken), deaths {deaths}"
        return [Row(row.what, found, row.passed and code == 4 and sum(deaths) == 1)]


def _report(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "run.json").read_text())
    return report


def _readers(driver: int) -> list[int]:
    """Processes in which the Ray of one run has readers: others may run Ray on this machine too."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            pid = int(path.parent.name)
            if path.read_text().startswith(("ray::DocumentRe", "ray::read")) and _parent(_parent(pid)) == driver:
                found.append(pid)
    return sorted(found)


def _parent(pid: int) -> int:
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def two_gpus(charts: int = 256, warm: int = 96) -> list[Row]:
    """The plain run on one GPU, one reader, and two: charts a second when all is warm."""
    import torch

    from benchmarks import gpu_parts as parts

    cards = torch.cuda.device_count()
    if not cards:
        print("  left out: there is no GPU here")
        return []
    print(f"  {cards} x {torch.cuda.get_device_name()}", flush=True)
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # itertools.repeat is pickled on its way to the readers
        folder = Path(name)
        model = parts.true_size_checkpoint(folder / "model")
        documents = inputs(folder / "charts", parts.charts(2 * warm + charts))
        options = {"engine": "model", "model": str(model), "layout": "never", "max_new_tokens": 129, "device": "auto"}

        def measured(what: str, **more: Any) -> Timed:
            asked = Options.from_flat({"inputs": ["-"], "output": "-", **options}).engine
            runtime = parts.PacedRuntime(device=parts.DEVICE, paces=itertools.repeat(128))
            engine = parts.SlotEngine(asked, runtime=runtime)
            found = timed(documents, {**options, **more}, engine, warm=warm)
            print(
                f"  {what:20} {found.seconds:6.2f} s for {charts} charts, {found.seconds / charts:.4f} s each, "
                f"{found.whole:.0f} s with starting and loading; {found.shares}",
                flush=True,
            )
            return found

        plain = measured("plain run", workers=8)
        parts.uncap()
        one = measured("Ray, 1 reader", ray="local", ray_actors=1)
        rows = [Row("1 GPU by Ray against the plain run", f"{one.seconds / plain.seconds - 1:+.1%}", True)]
        if cards > 1:
            two = measured("Ray, 2 readers", ray="local", ray_actors=2)
            times = one.seconds / two.seconds
            rows.append(Row(f"2 GPUs against 1, {charts} charts", f"{times:.2f} times", times >= 1.9))
    return rows


if __name__ == "__main__":
    sys.exit("python benchmarks/scale.py --only ray,overhead,gpus")
