"""What a run keeps on the device: the model and its rows, built when missing, let go in one place.

Comes in: `Settings`. Goes out: `Slots` to work with. Knows nothing of requests or of the ladder. `Runtime` is what
touches the device, so that tests can let it run out of memory anywhere.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mineru_cli.engines.model import memory
from mineru_cli.engines.model.checkpoint import Checkpoint
from mineru_cli.engines.model.ladder import Settings, Stage

if TYPE_CHECKING:
    from mineru_cli.engines.model.loader import LoadedModel
    from mineru_cli.engines.model.slots import Network, Slots


class Runtime(Protocol):
    """Loading, building and opening rows."""

    def load(self, checkpoint: Checkpoint, base: str) -> "LoadedModel":
        """Load onto the CPU, in the floating-point precision ``base``."""
        ...

    def build(self, loaded: "LoadedModel", settings: Settings) -> "Network":
        """Put the model where, and into the precision that, the settings want; ``loaded`` is used up."""
        ...

    def open(self, network: "Network", *, rows: int, length: int, limit: int) -> "Slots":
        """Allocate rows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchRuntime:
    """The real one. ``device`` is where to compute, ``offload_dir`` where weights go that are to stand on disk."""

    device: str
    offload_dir: str | None = None

    def load(self, checkpoint: Checkpoint, base: str) -> "LoadedModel":
        """Load onto the CPU: each part goes to the device in its final form."""
        from mineru_cli.engines.model.loader import load_model

        return load_model(checkpoint, device="cpu", precision=base)  # type: ignore[arg-type]

    def build(self, loaded: "LoadedModel", settings: Settings) -> "Network":
        """See `build_network`."""
        from mineru_cli.engines.model.build import build_network

        network: Network = build_network(loaded, settings, device=self.device, offload_dir=self.offload_dir)
        return network

    def open(self, network: "Network", *, rows: int, length: int, limit: int) -> "Slots":
        """See `Slots`."""
        from mineru_cli.engines.model.slots import Slots

        return Slots(network, rows=rows, length=length, limit=limit)


class Station:
    """The model and its rows.

    ``stage`` is what is being done to the device, or was when memory ran out; whoever uses the rows sets it too.

    Parameters
    ----------
    runtime
        What touches the device.
    device
        Whose memory is given back.
    """

    def __init__(self, runtime: Runtime, checkpoint: Checkpoint, device: str) -> None:
        self._runtime = runtime
        self._checkpoint = checkpoint
        self._device = device
        self._network: Network | None = None
        self.slots: Slots | None = None
        self.stage = Stage.LOAD

    def ready(self, settings: Settings, *, length: int, limit: int) -> "Slots":
        """The rows, after building what is missing."""
        if self._network is None:
            self.stage = Stage.LOAD
            loaded = self._runtime.load(self._checkpoint, settings.base)
            self._network = self._runtime.build(loaded, settings)
        if self.slots is None:
            self.stage = Stage.ALLOCATE
            slots = self._runtime.open(self._network, rows=settings.rows, length=length, limit=limit)
            self.stage = Stage.CAPTURE
            slots.capture()
            self.slots = slots
        return self.slots

    def let_go(self, *, network: bool) -> None:
        """Free the rows, and the model too if ``network``: the one place where the device's memory is given back."""
        self.slots = None
        if network:
            self._network = None
        memory.give_back(self._device)
