"""Draw the README's pictures from a real run: ``pip install pyte; python docs/pictures.py``. Needs Chromium.

``run.svg`` is a terminal in the middle of a run and at its end, ``page.png`` the top of index.html in a browser,
``exact-overlay.png`` a vector chart with what was read drawn back over it.
"""

import io
import itertools
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import pyte
from PIL import Image
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from tests.browser import browser  # noqa: E402 - found through the path set above

COLUMNS, ROWS = 100, 12
COMMAND = ["mineru-extract", "examples/", "-o", "out/", "--model", "nano"]


def record(folder: Path) -> list[list[Text]]:
    """Run the command in a folder, on a pseudo-terminal; the screen in the middle, and at the end."""
    (folder / "examples").symlink_to(HERE.parent / "examples")
    screen = pyte.Screen(COLUMNS, ROWS)
    stream = pyte.ByteStream(screen)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.environ.update(TERM="xterm-256color", COLUMNS=str(COLUMNS), LINES=str(ROWS), PYTHONPATH=str(HERE.parent))
        os.execv(sys.executable, [sys.executable, "-m", "mineru_cli", *COMMAND[1:]])  # noqa: S606 - our own command
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    frames: list[list[Text]] = []
    while True:
        select.select([terminal], [], [])
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        stream.feed(data)
        figures = [line for line in screen.display if line.strip().startswith("figures")]
        if not frames and figures and "8/" in figures[0]:
            frames.append(lines(screen))
    frames.append(lines(screen))
    return frames


def lines(screen: pyte.Screen) -> list[Text]:
    """The screen's lines with their colours."""
    result = []
    for row in range(screen.lines):
        cells = [screen.buffer[row][column] for column in range(screen.columns)]
        text = Text()
        for style, run in itertools.groupby(cells, key=style_of):
            text.append("".join(cell.data for cell in run), style=style)
        text.rstrip()
        result.append(text)
    while result and not result[-1].plain:
        result.pop()
    return result


def style_of(cell: Any) -> str:
    """A cell's style as Rich writes it."""
    colour = {"default": "", "brown": "yellow"}.get(cell.fg, cell.fg)
    if re.fullmatch(r"[0-9a-f]{6}", colour):
        colour = f"#{colour}"
    return f"{'bold ' if cell.bold else ''}{colour}".strip()


def draw_run(frames: list[list[Text]], output: Path) -> None:
    """Both frames as one SVG."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    console.print(f"[bold green]$[/] {' '.join(COMMAND)}")
    for text in frames[0]:
        console.print(text)
    console.print("[dim]…[/]")
    for text in frames[-1]:
        console.print(text)
    output.write_text(console.export_svg(title="mineru-extract"), encoding="utf-8")


def draw_page(page: Path, output: Path) -> None:
    """The top of the page, as a browser shows it."""
    with browser() as tab:
        tab.size(1180, 1000)
        tab.open(page)
        time.sleep(1)  # for the pictures in view
        with Image.open(io.BytesIO(tab.driver.get_screenshot_as_png())) as shot:
            shot.convert("RGB").quantize(128).save(output, optimize=True)


def main() -> None:
    """Run the examples and draw."""
    pictures = HERE / "pictures"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        draw_run(record(Path(folder)), pictures / "run.svg")
        chart = Path(folder) / "out/examples/energy-report.pdf/p002-f1"
        draw_page(Path(folder) / "out/index.html", pictures / "page.png")
        command = [sys.executable, "-m", "mineru_cli", "examples/energy-report.pdf", "-o", "out", "--debug-overlay"]
        subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(HERE.parent)}, check=True)
        shutil.copy(chart.with_suffix(".overlay.png"), pictures / "exact-overlay.png")


if __name__ == "__main__":
    main()
