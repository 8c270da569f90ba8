"""The process that draws: Vega-Lite specifications in, SVG out. Run as a script, by `redraw` only.

Comes in: a specification a line, on stdin. Goes out: a line of JSON for each, ``{"svg": ...}`` or ``{"error": ...}``.
It ends with its stdin. It imports nothing of the package, so it starts wherever the interpreter does.
"""

import json
import os
import sys
from typing import TextIO

_MEMORY = 2 * 1024**3


def main() -> None:
    """Answer until there is nothing more."""
    answers = _claim_stdout()
    _limit_memory()
    import vl_convert

    for line in sys.stdin:
        try:
            # No address is allowed: whatever a specification says, nothing is fetched.
            answer = {"svg": vl_convert.vegalite_to_svg(line, allowed_base_urls=[])}
        except (ValueError, MemoryError) as error:
            answer = {"error": str(error)}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _claim_stdout() -> TextIO:
    """Keep stdout for answers alone: what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return answers


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    # Of data, not of addresses: V8 reserves many more of these than it uses.
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, resource.getrlimit(resource.RLIMIT_DATA)[1]))


if __name__ == "__main__":
    main()
