"""Throw text at everything that reads text, for as long as asked: ``python benchmarks/fuzz.py --minutes 30``.

Whatever is thrown, a reader must give an answer or its own error, within a second of processor time. What it gets
is real answers with pieces swapped, doubled and lost, and text that hypothesis makes up. Prints a row a reader, and
each failure.
"""

import argparse
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from mineru_cli.__main__ import run as run_command  # noqa: E402 - found through the path set above
from mineru_cli.errors import ExitCode  # noqa: E402 - the same
from mineru_cli.numbers import decimal_comma_proven, parse_number  # noqa: E402 - the same
from mineru_cli.outputs.names import Names  # noqa: E402 - the same
from mineru_cli.reply import parse_layout, parse_reply, parse_table  # noqa: E402 - the same

SLOWEST = 1.0
SCRAPS = r"""
<|class_start|> <|class_end|> <|sub_class_start|> <|sub_class_end|> <|caption_start|> <|caption_end|>
<|content_start|> <|content_end|> <|box_start|> <|box_end|> <|ref_start|> <|ref_end|> <|rotate_up|> <fcel> <ecel>
<lcel> <ucel> <xcel> <nl> <table> <tr><td> </td></tr> <td rowspan=9> <br> &amp; | || |---|:--:| \| -- 2019 ~1,493
100 200 300 chart bar model 1.234,5 12% 1e999 NaN 5-10 (7) $5m **x** $\frac{1}{2}$ [a] = 'nano' max_side
"""
PIECES = (
    *SCRAPS.split(),
    "3\u00d710^4",
    "10\u207b\u00b3",
    "\u22125",
    "\ud800",
    "\n",
    "\x00",
    '"""',
    "| Year | Sales |\n|---|---|\n| 2019 | 3 |\n",
    "<|box_start|>100 200 300 400<|box_end|><|ref_start|>chart<|ref_end|><|rotate_up|>\n",
    "max_side = 9\n",
)

texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=120).map("".join),
    st.tuples(st.sampled_from(PIECES), st.integers(1, 2000)).map(lambda piece: piece[0] * piece[1]),
)


def read_options(text: str) -> None:
    """A file of defaults: read, or refused as bad usage."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "x.toml"
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        code = run_command(["--config", str(file), "--dry-run", folder])
        if code not in {ExitCode.OK, ExitCode.USAGE, ExitCode.NO_INPUT}:
            raise ValueError(code)


READERS: dict[str, Callable[[str], object]] = {
    "parse_reply": parse_reply,
    "parse_reply, cut": lambda text: parse_reply(text, cut=True),
    "parse_table": parse_table,
    "parse_layout": parse_layout,
    "parse_number": parse_number,
    "decimal comma": lambda text: decimal_comma_proven(text.split("|")),
    "names": lambda text: Names().claim(text),
    "options file": read_options,
}


def fuzz(name: str, reader: Callable[[str], object], until: float) -> tuple[int, list[str]]:
    """Throw until then; how many were thrown, and what went wrong."""
    thrown, problems = 0, []
    while time.monotonic() < until and not problems:

        @seed(random.randrange(2**32))
        @settings(
            max_examples=400,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(texts)
        def throw(text: str) -> None:
            nonlocal thrown
            thrown += 1
            since = time.process_time()
            try:
                reader(text)
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                problems.append(f"{name} on {text!r}\n{traceback.format_exc()}")
            taken = time.process_time() - since
            if taken > SLOWEST:
                problems.append(f"{name} took {taken:.1f} s on {text[:80]!r}... ({len(text)} long)")

        throw()
    return thrown, problems


def main() -> int:
    """Share the time among the readers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--only", choices=READERS, nargs="*", default=list(READERS))
    asked = parser.parse_args()
    share = 60 * asked.minutes / len(asked.only)
    found = []
    rows = []
    for name in asked.only:
        thrown, problems = fuzz(name, READERS[name], time.monotonic() + share)
        rows.append(f"{name:20} {thrown:>9,} thrown, {len(problems)} problems")
        found += problems
    print("\n".join([*found, *rows]))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
