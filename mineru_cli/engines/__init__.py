"""Readers of pixels: the protocol, and the engines that speak it."""

from mineru_cli.engines.base import Engine
from mineru_cli.options import EngineOptions


def open_engine(options: EngineOptions) -> Engine:
    """The engine that ``--engine`` names. Nothing is loaded before it is asked to read."""
    from mineru_cli.engines.model.generate import GenerateEngine

    return GenerateEngine(options)
