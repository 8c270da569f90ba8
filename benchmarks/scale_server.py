"""The server engine against the model engine: ``python benchmarks/scale_server.py --serve /path/to/transformers``.

Starts ``transformers serve`` (another program's OpenAI-compatible server, in an environment of its own with
``transformers[serving]`` and torchvision) on loopback with nano, and has drawn charts read by it: through the server
alone, through a proxy that injects 429, 500, 503, hangs, resets and cut answers, and with the server killed by SIGKILL
and started again. Answers are compared with the model engine's. ``--server URL --model NAME`` takes a server that runs
already. Prints its rows and exits 1 when one is missed.

``transformers serve`` leaves special tokens out of answers, whatever it is asked, so it is given a copy of nano whose
tags are ordinary tokens; the weights are the same.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from mineru_cli.outputs.gather import Records  # noqa: E402 - found through the path set above
from tests.drawing import KINDS, SIZES, draw, random_spec  # noqa: E402 - the same
from tests.loopback import FaultyProxy  # noqa: E402 - the same

NANO = ROOT / "mineru_cli/engines/nano"
FAULTS = ("503", "429:1", "500", "reset", "cut", "hang")


class Row(NamedTuple):
    """A line of the table: what, how it went, whether it is as it should be."""

    what: str
    found: str
    passed: bool


class Serving:
    """``transformers serve`` on a port of this machine."""

    def __init__(self, program: str, model: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port: int = taken.getsockname()[1]
        self._command = [program, "serve", str(model), "--host", "127.0.0.1", "--port", str(self.port)]
        self._command += ["--device", os.environ.get("SERVE_DEVICE", "cpu"), "--dtype", "float32"]
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(self._command, env=environment, stdout=quiet, stderr=quiet)
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
            else:
                return process
        raise TimeoutError(f"{self._command} does not answer")

    def kill_and_start_again(self) -> None:
        """By SIGKILL."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._process = self._start()

    def stop(self) -> None:
        """For good."""
        self._process.kill()
        self._process.wait()


def with_ordinary_tags(folder: Path) -> Path:
    """A copy of nano that a server cannot drop the tags of."""
    shutil.copytree(NANO, folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    config = json.loads((folder / "tokenizer_config.json").read_text())
    vision = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"} | {
        token for token in config["extra_special_tokens"] if "vision" in token or "pad" in token
    }
    for token in tokenizer["added_tokens"]:
        token["special"] = token["content"] in vision
    config["extra_special_tokens"] = sorted(vision)
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def draw_charts(folder: Path, count: int) -> None:
    """Charts of the kind nano was trained to read, as pictures."""
    folder.mkdir()
    rng = random.Random(7)
    for number in range(count):
        spec = random_spec(rng, KINDS[number % len(KINDS)])
        draw(spec, rng=rng, size=rng.choice(SIZES)).save(folder / f"{number:03}.png")


def read(folder: Path, output: str, *arguments: str) -> tuple[int, float]:
    """Read the charts with the command; its exit code and seconds."""
    since = time.monotonic()
    command = [sys.executable, "-m", "mineru_cli", "charts", "-o", output, "--layout", "never", "--workers", "0", "-q"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([*command, *arguments], cwd=folder, env=environment, check=False)
    return done.returncode, time.monotonic() - since


def answers(folder: Path) -> dict[str, list[str]]:
    """The words of the model about each figure of each document."""
    return {document.name: [figure.chart.raw for figure in document.figures if figure.chart is not None]
            for document in Records.below(folder)}  # fmt: skip


def compare(what: str, here: dict[str, list[str]], folder: Path, code: int, seconds: float) -> Row:
    """How many answers are the model engine's, word for word."""
    there = answers(folder)
    same = sum(there.get(name) == words for name, words in here.items())
    found = f"{same} of {len(here)} the same, exit {code}; {seconds:.0f} s"
    return Row(what, found, same == len(here) and code == 0)


def faults(share: float) -> Iterator[str]:
    """What goes wrong, at random but the same each time."""
    rng = random.Random(5)
    while True:
        yield rng.choice(FAULTS) if rng.random() < share else "ok"


def measure(*, serve: str | None, server: str | None = None, model: str = "auto", charts: int = 32) -> list[Row]:
    """All rows; those that kill the server only where it was started here."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        draw_charts(folder / "charts", charts)
        code, seconds = read(folder, "here", "--engine", "model", "--model", "nano", "--device", "cpu")
        here = answers(folder / "here")
        rows = [Row("the model engine", f"{len(here)} charts, exit {code}; {seconds:.0f} s", code == 0)]
        if serve is None:
            code, seconds = read(folder, "there", "--engine", "server", "--server", str(server), "--model", model)
            return [*rows, compare("the server", here, folder / "there", code, seconds)]
        copy = with_ordinary_tags(folder / "nano")
        serving = Serving(serve, copy)
        try:
            rows += measure_served(folder, serving, here, ["--engine", "server", "--model", str(copy)])
        finally:
            serving.stop()
    return rows


def measure_served(folder: Path, serving: Serving, here: dict[str, list[str]], arguments: list[str]) -> list[Row]:
    """The server alone, behind a proxy that fails, and killed."""
    direct = ["--server", f"http://127.0.0.1:{serving.port}/v1", "--concurrency", "4"]
    code, seconds = read(folder, "there", *arguments, *direct)
    rows = [compare("transformers serve", here, folder / "there", code, seconds)]
    with FaultyProxy(serving.port, faults(0.3)) as proxy:
        through = ["--server", proxy.url, "--concurrency", "4", "--answer-seconds", "30"]
        code, seconds = read(folder, "faulty", *arguments, *through)
        row = compare("three in ten questions fail", here, folder / "faulty", code, seconds)
    rows.append(row._replace(found=f"{row.found}; {len(proxy.asked)} questions"))
    killing = threading.Timer(seconds / 4, serving.kill_and_start_again)
    killing.start()
    code, seconds = read(folder, "killed", *arguments, *direct)
    killing.join()
    return [*rows, compare("SIGKILL and started again", here, folder / "killed", code, seconds)]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", help="the transformers program of an environment that can serve")
    parser.add_argument("--server", help="the address of a server that runs already, instead")
    parser.add_argument("--model", default="auto", help="what that server calls its model")
    parser.add_argument("--charts", type=int, default=32)
    asked = parser.parse_args()
    if (asked.serve is None) == (asked.server is None):
        parser.error("give --serve or --server")
    rows = measure(serve=asked.serve, server=asked.server, model=asked.model, charts=asked.charts)
    for row in rows:
        print(f"{row.what:28} {'passed' if row.passed else 'MISSED'}  {row.found}", flush=True)
    return 0 if all(row.passed for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
