"""Beyond one machine: every row of the table in docs/scaling.md.

    python benchmarks/scale.py                         # what can run here
    python benchmarks/scale.py --only ray,overhead
    python benchmarks/scale.py --only gpus             # two GPUs; under three minutes on two H200
    python benchmarks/scale.py --only server --serve /path/to/transformers

Prints its rows and exits 1 when one is missed. A section that cannot run here says why.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def shards(_: argparse.Namespace) -> list[Any]:
    """Eight shards at once against one run."""
    from benchmarks import scale_shards

    return list(scale_shards.measure())


def server(asked: argparse.Namespace) -> list[Any]:
    """A server nobody here wrote, faults between, and a kill."""
    from benchmarks import scale_server

    if asked.serve is None:
        print("  left out: give --serve, the transformers program of an environment that can serve")
        return []
    return list(scale_server.measure(serve=asked.serve))


def ray(_: argparse.Namespace) -> list[Any]:
    """Two readers, one of them killed on the way."""
    from benchmarks import scale_ray

    return scale_ray.killed()


def overhead(asked: argparse.Namespace) -> list[Any]:
    """One reader against the plain run, 200 documents."""
    from benchmarks import scale_ray

    return scale_ray.overhead(model=asked.model)


def gpus(_: argparse.Namespace) -> list[Any]:
    """Two GPUs against one, the model's true size, random weights, 256 charts."""
    from benchmarks import scale_ray

    return scale_ray.two_gpus()


SECTIONS: dict[str, Callable[[argparse.Namespace], list[Any]]] = {
    "server": server, "shards": shards, "ray": ray, "overhead": overhead, "gpus": gpus
}  # fmt: skip


def main() -> int:
    """Run the sections asked for; 1 if a row was missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, with commas between")
    parser.add_argument("--model", help="for overhead: a model to read with on the CPU too, such as nano; minutes")
    parser.add_argument("--serve", help="for server: the transformers program of an environment that can serve")
    asked = parser.parse_args()
    passed = True
    for name in asked.only.split(","):
        print(f"\n## {name}: {SECTIONS[name].__doc__}", flush=True)
        since = time.monotonic()
        for row in SECTIONS[name](asked):
            passed = passed and row.passed
            print(f"{row.what:44} {'passed' if row.passed else 'MISSED'}  {row.found}", flush=True)
        print(f"({time.monotonic() - since:.0f} s)", flush=True)
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
