"""Generators of made-up charts, drawn by programs the reader was not tuned on."""
