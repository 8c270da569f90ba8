"""Readers of pixels: the protocol, and the engines that speak it."""
