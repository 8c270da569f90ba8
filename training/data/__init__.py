"""Drawn charts, pages and other pictures with the answers a reader should give, all from a seed."""
