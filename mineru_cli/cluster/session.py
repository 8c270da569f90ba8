"""Joining Ray, or starting it here, without letting it speak: and how its readers share what machines have.

Comes in: an address, and what was asked for. Goes out: Ray, connected for the length of a ``with`` block, and a `Plan`.
Knows nothing of documents.
"""

import io
import logging
import math
import os
import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any

from mineru_cli.errors import EngineUnavailableError, MissingDependencyError
from mineru_cli.options import Options

log = logging.getLogger(__name__)

_MOST_WORKERS = 8
_KNOCK_SECONDS = 10.0
# Only inputs' paths and finished records go through Ray's store, not pictures.
_STORE_BYTES = 256 * 1024**2
_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is reported to anybody
    "RAY_worker_niceness": "0",  # as the plain run: by default whatever else runs on the machine goes first
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # as will be the default; until then each start warns of it
    "RAY_prestart_worker_first_driver": "0",  # or a process a core is started, whatever the number of readers
    "RAY_enable_autoscaler_v2": "1",  # nothing is scaled, and the older one takes a second to end
}
# For a cluster that lives as long as a run. Who wants a dashboard starts one that stays, with ray start --head.
_OWN = {"object_store_memory": _STORE_BYTES, "include_dashboard": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine of the cluster has."""

    cpus: float
    gpus: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How many readers there are, what each asks Ray for, and how many processes each reads pages with."""

    readers: int
    cpus: int
    gpus: float
    workers: int


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Ray, connected to ``address`` (``local`` starts it on this machine) until the block ends.

    While it is, what Ray writes to stdout goes to the log: stdout may be where the numbers go.

    Raises
    ------
    MissingDependencyError
        When Ray is not installed.
    EngineUnavailableError
        When no cluster answers.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise MissingDependencyError(package="ray", extra="ray", purpose="for --ray") from error
    own = _OWN if address == "local" else {}
    with redirect_stdout(_ToLog()):
        try:
            _knock(address)
            with _handlers_kept():
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR, **own)
        except (OSError, RuntimeError, ValueError) as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise EngineUnavailableError(
                f"--ray {address}: Ray cannot be reached ({reason[:200]})",
                cure="Start a cluster with ray start --head, or give --ray local for this machine alone",
            ) from error
        try:
            yield ray
        finally:
            ray.shutdown()


def machines(ray: Any) -> list[Machine]:
    """The machines of the cluster that answer."""
    resources = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    return [Machine(cpus=each.get("CPU", 0), gpus=each.get("GPU", 0)) for each in resources]


def make_plan(found: Sequence[Machine], options: Options) -> Plan:
    """One reader a GPU; where none is needed, or there is none, one a machine. ``--ray-actors`` sets their number."""
    wanted = options.cluster.ray_actors
    needs_gpu = options.engine.engine in {"auto", "model"} and options.engine.device in {"auto", "cuda"}
    with_gpu = [machine for machine in found if machine.gpus >= 1] if needs_gpu else []
    if with_gpu:
        cards = int(sum(machine.gpus for machine in with_gpu))
        readers = wanted or cards
        on_each = math.ceil(readers / cards)
        share = int(min(machine.cpus / (machine.gpus * on_each) for machine in with_gpu))
        return Plan(readers=readers, cpus=min(_MOST_WORKERS, share), gpus=1 / on_each, workers=_workers(share, options))
    readers = wanted or max(1, len(found))
    on_each = math.ceil(readers / max(1, len(found)))
    share = int(min((machine.cpus for machine in found), default=0) / on_each)
    return Plan(readers=readers, cpus=share, gpus=0, workers=_workers(share, options))


def _workers(share: int, options: Options) -> int:
    asked = options.workers.workers
    return max(1, min(_MOST_WORKERS, share)) if asked is None else asked


def _knock(address: str) -> None:
    """Find out in seconds whether anybody listens there: Ray itself tries for minutes, and complains on stderr."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_KNOCK_SECONDS).close()


@contextmanager
def _handlers_kept() -> Iterator[None]:
    """Ray sets a handler for SIGTERM when it starts; how a run is stopped is our own business."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _ToLog(io.TextIOBase):
    """Writes what Ray prints to the log, at debug level."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        if text.strip():
            log.debug("ray: %s", " ".join(text.split()))
        return len(text)
