"""What the page costs: its bytes, how soon it can be used, how it scrolls, and what redrawing a chart takes.

    python benchmarks/page.py sizes [--charts 100 2000 10000]    needs chromium and chromedriver
    python benchmarks/page.py redraw OUTPUT                      charts of an output folder drawn anew, one process

Charts are made up (two series of 4 to 14 points, a fifth flagged); times are of headless Chromium from file://.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from mineru_cli.outputs.gather import Records  # noqa: E402 - found through the path set above
from mineru_cli.outputs.page import write_page  # noqa: E402 - the same
from mineru_cli.outputs.redraw import Renderer  # noqa: E402 - the same
from mineru_cli.outputs.vega import figure_spec  # noqa: E402 - the same
from tests.page_inputs import random_document, report_of, write_output  # noqa: E402 - the same

SCROLL = """
return new Promise((done) => {
  const frames = []; let last = performance.now();
  const step = (now) => {
    frames.push(now - last); last = now; scrollBy(0, 120);
    frames.length < 240 ? requestAnimationFrame(step) : done(frames);
  };
  requestAnimationFrame(step);
});
"""
SEARCH = (
    "const q = document.getElementById('q'); const began = performance.now(); q.value = 'solar';"
    "document.getElementById('sort').dispatchEvent(new Event('input', {bubbles: true}));"
    "return new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(performance.now() - began))))"
)


def sizes(counts: list[int]) -> None:
    """A row a number of charts."""
    from tests.browser import MISSING, browser

    if MISSING:
        raise SystemExit(MISSING)
    print("charts   MB of index.html   s to write   ms to interactive   ms a frame (median, 95 %)   ms to search")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder, browser() as tab:
            documents = [random_document(number, 10) for number in range(count // 10)]
            page = write_output(Path(folder), documents)
            began = time.perf_counter()
            write_page(Path(folder), Records.below(Path(folder)), report_of(documents))
            wrote = time.perf_counter() - began
            tab.open(page)
            interactive = tab.run("return performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd")
            frames = sorted(tab.run(SCROLL))
            search = tab.run(SEARCH)
            median, most = statistics.median(frames), frames[int(0.95 * len(frames))]
            size = page.stat().st_size / 1e6
            print(f"{count:6} {size:19.2f} {wrote:12.1f} {interactive:19.0f} {median:18.0f} {most:6.0f} {search:18.0f}")


def redraw(output: Path) -> None:
    """Every chart of an output folder, by one renderer."""
    charts = [figure_spec(figure) for document in Records.below(output) for figure in document.figures]
    specs = [spec for spec in charts if spec is not None]
    renderer, seconds, sizes = Renderer(60.0), [], []
    try:
        for spec in specs:
            began = time.perf_counter()
            picture = renderer.draw(json.dumps(spec) + "\n")
            seconds.append(time.perf_counter() - began)
            sizes.append(len(picture or ""))
    finally:
        renderer.let_go()
    failed = sizes.count(0)
    rest = sorted(seconds[1:]) or seconds
    print(f"{len(specs)} charts, {failed} not drawn, {statistics.mean(sizes) / 1000:.0f} kB each")
    print(f"the first {seconds[0]:.2f} s, then {1000 * statistics.median(rest):.0f} ms")


def main() -> None:
    """Run one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("sizes").add_argument("--charts", type=int, nargs="+", default=[100, 2000, 10000])
    commands.add_parser("redraw").add_argument("output", type=Path)
    given = parser.parse_args()
    if given.command == "sizes":
        sizes(given.charts)
    else:
        redraw(given.output)


if __name__ == "__main__":
    main()
