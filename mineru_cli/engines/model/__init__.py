"""MinerU2.5 through transformers: finding the weights, loading them, asking, decoding."""
