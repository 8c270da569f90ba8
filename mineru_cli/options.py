"""What the user asked for, as frozen groups, one a stage.

Comes in: keyword values from the command line or from Python. Goes out: `Options`, checked. This module reads no
files and knows nothing of Typer.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from mineru_cli.errors import UsageError
from mineru_cli.shards import Shard

Binarize = Literal["auto", "always", "never"]
Layout = Literal["auto", "always", "never"]
EngineName = Literal["auto", "exact", "model", "server"]
Hub = Literal["huggingface", "modelscope"]
Precision = Literal["auto", "bf16", "fp16", "fp32", "int8"]
OnOom = Literal["ladder", "fail"]
Format = Literal["json", "csv", "html", "jsonl", "xlsx", "md"]
LogFormat = Literal["text", "json"]

DEFAULT_MODEL = "opendatalab/MinerU2.5-Pro-2605-1.2B"
NANO = "nano"
STDOUT = "-"
MEMORY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputOptions:
    """Which files are read. Sizes in bytes; globs match the path as given and the bare name.

    ``shard`` is the share of them that is read, as ``3/8``; None for all.
    """

    inputs: tuple[str, ...] = ()
    files_from: str | None = None
    null_separated: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_file_size: int = 2 * 1024**3
    max_pages: int = 5000
    password: str | None = None
    shard: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOptions:
    """How pages become crops. Sides in pixels of a crop's longest side; ``max_pixels`` is of a whole picture."""

    max_side: int = 1024
    min_side: int = 768
    max_pixels: int = 200_000_000
    binarize: Binarize = "auto"
    deskew: bool = True
    layout: Layout = "auto"
    tables: bool = False
    debug_overlay: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerOptions:
    """Who reads the pages. ``workers`` is how many processes, None to choose, 0 for none beside this one.

    ``page_timeout`` is seconds for one page, ``worker_memory`` bytes of address space for one process.
    """

    workers: int | None = None
    page_timeout: float = 60.0
    worker_memory: int = 4 * 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    """What reads the crops. ``answer_seconds`` and ``max_new_tokens`` bound one answer.

    ``engine`` is auto (vector charts from the PDF itself, the rest by the model, or by servers where any are named), or
    one of them alone. ``server`` has the addresses of OpenAI-compatible servers, each of which is sent up to
    ``concurrency`` crops at a time; ``server_wait`` is for how many seconds all of them may be gone.
    ``batch`` is how many answers are decoded together, None to choose; ``gpu_memory`` bytes that may be taken, None
    for what is free; ``on_oom`` whether to go on with less or to stop when memory runs out; ``offload_dir`` a
    folder for weights that fit nowhere else.
    ``calibration`` is a file that says what the model's certainty is worth, None for the one beside its weights.
    """

    engine: EngineName = "auto"
    model: str = "auto"
    hub: Hub = "huggingface"
    device: str = "auto"
    precision: Precision = "auto"
    batch: int | None = None
    gpu_memory: int | None = None
    on_oom: OnOom = "ladder"
    offload_dir: str | None = None
    max_new_tokens: int = 2048
    answer_seconds: float = 300.0
    server: tuple[str, ...] = ()
    concurrency: int = 16
    server_wait: float = 120.0
    calibration: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """Where the numbers go.

    ``output`` is a folder or an address, ``-`` for JSON lines on stdout, or empty to keep them in memory.

    What is there already is kept unless ``force``; documents with failures too unless ``retry_failed``. ``reparse``
    takes the model's stored answers apart again instead of asking anew.
    """

    output: str = STDOUT
    formats: tuple[Format, ...] = ("json", "csv", "html")
    force: bool = False
    retry_failed: bool = False
    reparse: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterOptions:
    """Whether Ray spreads the work. ``ray`` is local, auto or the address of a cluster; None for this process alone.

    ``ray_actors`` is how many readers there are, None for one a GPU, or one a machine where no GPU is needed.
    """

    ray: str | None = None
    ray_actors: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """How much is said on stderr, and where a record of every event goes. No part of `Options`: it changes nothing."""

    quiet: bool = False
    verbosity: int = 0
    log_file: Path | None = None
    log_format: LogFormat = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Everything a run needs to know."""

    input: InputOptions = field(default_factory=InputOptions)
    pages: PageOptions = field(default_factory=PageOptions)
    workers: WorkerOptions = field(default_factory=WorkerOptions)
    engine: EngineOptions = field(default_factory=EngineOptions)
    output: OutputOptions = field(default_factory=OutputOptions)
    cluster: ClusterOptions = field(default_factory=ClusterOptions)

    def __post_init__(self) -> None:
        _check(self)

    @classmethod
    def from_flat(cls, values: Mapping[str, Any]) -> "Options":
        """Build from one flat mapping of option names (``max_side``, ``model``, ...), as the command line gives.

        Raises
        ------
        UsageError
            When a name is unknown or a value is out of its range.
        """
        groups = {
            "input": InputOptions,
            "pages": PageOptions,
            "workers": WorkerOptions,
            "engine": EngineOptions,
            "output": OutputOptions,
            "cluster": ClusterOptions,
        }
        known = {option.name: group for group, kind in groups.items() for option in fields(kind)}
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise UsageError(
                f"there is no option called {unknown[0]!r}", cure=f"The options are: {', '.join(sorted(known))}"
            )
        split: dict[str, dict[str, Any]] = {group: {} for group in groups}
        for name, value in values.items():
            split[known[name]][name] = tuple(value) if isinstance(value, list) else value
        return cls(**{group: kind(**split[group]) for group, kind in groups.items()})

    def flat(self) -> dict[str, Any]:
        """The same as one mapping, for run.json; the password is left out."""
        merged: dict[str, Any] = {}
        for group in asdict(self).values():
            merged |= group
        merged["password"] = "given" if merged["password"] is not None else None
        return {name: list(value) if isinstance(value, tuple) else value for name, value in merged.items()}

    def fingerprint(self, version: str) -> str:
        """Eight bytes in hexadecimal that change with whatever changes what is read from the same input."""
        engine = self.engine
        matter = {
            "version": version,
            "input": [self.input.max_pages, self.input.password is not None],
            "pages": asdict(self.pages),
            "engine": [engine.engine, engine.model, engine.precision, engine.max_new_tokens, engine.calibration],
            **self._by_server(),
            "csv": "csv" in self.output.formats,
        }
        return hashlib.sha256(json.dumps(matter, sort_keys=True).encode()).hexdigest()[:16]

    def _by_server(self) -> dict[str, bool]:
        """What tells readings by servers apart: the same ``--model auto`` names another model there."""
        return {"server": True} if self.engine.server and self.engine.engine in {"auto", "server"} else {}


_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
_IN_FOLDERS = frozenset({"xlsx", "md"})
_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


def parse_size(option: str, text: str) -> int:
    """Bytes from ``2GiB``, ``500 MB``, ``1.5g`` or a plain number.

    Raises
    ------
    UsageError
        Naming ``option`` when it is none of these.
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?\s*", text.lower())
    if match is None or match[2] not in _UNITS:
        raise UsageError(f"{option} {text} is no size", cure="Write it as 500MB or 2GiB")
    return int(float(match[1]) * _UNITS[match[2]])


def flag_name(option: str) -> str:
    """``max_side`` as it is typed: ``--max-side``."""
    return "--" + option.replace("_", "-")


def _check(options: Options) -> None:
    positive = {
        "max_file_size": options.input.max_file_size,
        "max_pages": options.input.max_pages,
        "max_pixels": options.pages.max_pixels,
        "max_new_tokens": options.engine.max_new_tokens,
        "answer_seconds": options.engine.answer_seconds,
        "min_side": options.pages.min_side,
        "page_timeout": options.workers.page_timeout,
        "worker_memory": options.workers.worker_memory,
        "batch": options.engine.batch,
        "gpu_memory": options.engine.gpu_memory,
        "concurrency": options.engine.concurrency,
        "server_wait": options.engine.server_wait,
        "ray_actors": options.cluster.ray_actors,
    }
    for name, value in positive.items():
        if value is not None and value <= 0:
            raise UsageError(f"{flag_name(name)} is {value}", cure="Give a number above zero")
    _check_cluster(options)
    _check_servers(options.engine)
    if not _DEVICE.fullmatch(options.engine.device):
        raise UsageError(
            f"--device does not know {options.engine.device!r}", cure="Choose from: auto, cuda, cuda:N, cpu, mps"
        )
    if options.input.shard is not None:
        Shard.parse(options.input.shard)
    if options.workers.workers is not None and options.workers.workers < 0:
        raise UsageError(f"--workers is {options.workers.workers}", cure="Give 0 or more")
    if options.pages.max_side < options.pages.min_side:
        raise UsageError(
            f"--max-side {options.pages.max_side} is below --min-side {options.pages.min_side}",
            cure="Lower --min-side too, if charts that small are really wanted",
        )
    in_folders = [name for name in options.output.formats if name in _IN_FOLDERS]
    if in_folders and options.output.output in {STDOUT, MEMORY}:
        raise UsageError(f"--format {in_folders[0]} needs a folder to write to", cure="Give one, as in -o out/")
    choices: dict[str, tuple[str, Any]] = {
        "binarize": (options.pages.binarize, Binarize),
        "layout": (options.pages.layout, Layout),
        "engine": (options.engine.engine, EngineName),
        "hub": (options.engine.hub, Hub),
        "precision": (options.engine.precision, Precision),
        "on_oom": (options.engine.on_oom, OnOom),
    }
    named: list[tuple[str, str, Any]] = [(name, chosen, kind) for name, (chosen, kind) in choices.items()]
    named += [("format", chosen, Format) for chosen in options.output.formats]
    for name, chosen, kind in named:
        if chosen not in get_args(kind):
            raise UsageError(
                f"{flag_name(name)} does not know {chosen!r}", cure=f"Choose from: {', '.join(get_args(kind))}"
            )


def _check_cluster(options: Options) -> None:
    if options.cluster.ray is None:
        if options.cluster.ray_actors is not None:
            raise UsageError("--ray-actors is for --ray", cure="Give --ray local, auto or an address too")
        return
    if options.cluster.ray.strip() == "":
        raise UsageError("--ray has no value", cure="Give local, auto or the address of a cluster")
    if options.engine.device.startswith("cuda:"):
        raise UsageError(
            f"--device {options.engine.device} names one card, and --ray gives each reader one of its own",
            cure="Leave --device out, and say how many with --ray-actors",
        )
    if options.input.shard is not None:
        raise UsageError("--shard and --ray both divide the work", cure="Choose one of them")


def _check_servers(engine: EngineOptions) -> None:
    if engine.engine == "server" and not engine.server:
        raise UsageError("--engine server needs --server", cure="Say where, as in --server http://localhost:8000/v1")
    for address in engine.server:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UsageError(f"--server {address} is no address", cure="Write it as http://localhost:8000/v1")
        if parts.username or parts.password or parts.query:
            raise UsageError(
                "--server holds a name, a password or a query", cure="Give the key by MINERU_EXTRACT_API_KEY instead"
            )
