"""MinerU2.5 behind OpenAI-compatible servers: vLLM, SGLang, llama.cpp's server, LMDeploy, ``transformers serve``.

By the official client, ``openai``, not by mineru-vl-utils' HTTP client: the official one repeats what was refused for a
moment and keeps to ``Retry-After``, can stream (so that an answer that goes round in circles is stopped on the server
too) and is asynchronous. The other sends PNG only, to one server, waits for whole answers and counts one that was cut
as an error. What it asks, and with which penalties, is taken over: see `question`.
"""
