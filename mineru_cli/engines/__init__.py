"""Readers of pixels: the protocol, and the engines that speak it."""

import os

from mineru_cli.engines.base import Engine
from mineru_cli.options import EngineOptions


def open_engine(options: EngineOptions) -> Engine:
    """The engine that ``--engine`` names. Nothing is loaded before it is asked to read."""
    # Threads that spin while they wait make torch on a CPU more than twice as slow when anything else runs beside it
    # (4.1 s against 1.7 s a chart). To be set before torch is loaded; a setting of the user's own wins.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if options.server and options.engine in {"auto", "server"}:
        from mineru_cli.engines.server.engine import ServerEngine

        return ServerEngine(options)
    from mineru_cli.engines.model.engine import SlotEngine

    return SlotEngine(options)
