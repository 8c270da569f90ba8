"""Draw the README's pictures from a real run: ``pip install pyte; python docs/pictures.py``.

``run.svg`` is a terminal in the middle of a run and at its end, ``output.png`` a chart beside the numbers read from it,
``exact-overlay.png`` a vector chart with what was read drawn back over it.
"""

import csv
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
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import pyte
from PIL import Image, ImageDraw, ImageFont
from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
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


def draw_output(crop: Path, table: Path, output: Path) -> None:
    """A crop and its CSV side by side."""
    font = ImageFont.load_default(size=18)
    with Image.open(crop) as image:
        picture = image.convert("RGB")
        picture.thumbnail((620, 480))
    rows = list(csv.reader(table.read_text(encoding="utf-8").splitlines()))
    canvas = Image.new("RGB", (picture.width + 420, max(picture.height, 30 * len(rows) + 40) + 20), "white")
    canvas.paste(picture, (10, 10))
    pen = ImageDraw.Draw(canvas)
    left = picture.width + 40
    for number, row in enumerate(rows):
        top = 30 + 30 * number
        for column, cell in enumerate(row):
            pen.text((left + 130 * column, top), cell, fill="black", font=font)
        pen.line((left, top + 26, canvas.width - 20, top + 26), fill="black" if number == 0 else "#dddddd")
    canvas.save(output, optimize=True)


def main() -> None:
    """Run the examples and draw."""
    pictures = HERE / "pictures"
    pictures.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        draw_run(record(Path(folder)), pictures / "run.svg")
        chart = Path(folder) / "out/examples/energy-report.pdf/p002-f1"
        draw_output(chart.with_suffix(".png"), chart.with_suffix(".csv"), pictures / "output.png")
        command = [sys.executable, "-m", "mineru_cli", "examples/energy-report.pdf", "-o", "out", "--debug-overlay"]
        subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(HERE.parent)}, check=True)
        shutil.copy(chart.with_suffix(".overlay.png"), pictures / "exact-overlay.png")


if __name__ == "__main__":
    main()
