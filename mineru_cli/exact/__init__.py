"""Vector charts: their numbers from the drawing operators."""
