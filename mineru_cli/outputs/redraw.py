"""Charts redrawn from their numbers, beside the run: ``<figure>.vl.json``, and ``<figure>.svg`` where it can be drawn.

Comes in: documents, as they finish and once more when all have. Goes out: the two files of each chart. A picture names
the digest of the specification it was drawn from, so only what is missing or out of date is drawn. Knows nothing of
the page that shows them.

The drawing is vl-convert's, an optional package. It runs in processes of its own, which cost a chart its picture when
they hang or crash. These are plain child processes and no multiprocessing pool, because a pool's would import the
caller's main module, which need not be guarded.
"""

import hashlib
import json
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from mineru_cli.errors import MissingDependencyError, OutputError
from mineru_cli.outputs.files import read_if_there, remove, write_atomically
from mineru_cli.outputs.vega import figure_spec
from mineru_cli.schema import Document, Figure

log = logging.getLogger(__name__)

SPEC: Final = ".vl.json"
PICTURE: Final = ".svg"

_WAITING: Final = 256
_SECONDS: Final = 20.0
_MOST_RENDERERS: Final = 4
_SCRIPT: Final = Path(__file__).with_name("renderer.py")


class Redrawings:
    """The redrawn charts of an output folder.

    Parameters
    ----------
    root
        The output folder.
    seconds
        How long one chart may take.
    """

    def __init__(self, root: Path, *, seconds: float = _SECONDS) -> None:
        self._root = root
        count = min(_MOST_RENDERERS, os.cpu_count() or 1)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="redraw")
        self._room = threading.BoundedSemaphore(_WAITING)
        self._taken: set[str] = set()
        self._renderers = [Renderer(seconds) for _ in range(count)] if can_draw() else []
        self._idle: queue.SimpleQueue[Renderer] = queue.SimpleQueue()
        for renderer in self._renderers:
            self._idle.put(renderer)
        self._trouble: OutputError | None = None

    @property
    def notice(self) -> str:
        """How to get the pictures, where there are charts and nothing to draw them with."""
        if not self._taken or self._renderers:
            return ""
        return str(MissingDependencyError(package="vl-convert-python", extra="html", purpose="to redraw charts"))

    def offer(self, document: Document) -> None:
        """Begin with the charts of a document, as many as there is room for; never waits."""
        for figure in document.figures:
            if figure.chart is not None and self._room.acquire(blocking=False):
                self._begin(document.name, figure)

    def finish(self, documents: Iterable[Document]) -> None:
        """Draw what is missing of all documents, and wait until everything is drawn.

        Raises
        ------
        OutputError
            When a file could not be written.
        """
        for document in documents:
            for figure in document.figures:
                if figure.chart is not None and _key(document.name, figure) not in self._taken:
                    self._room.acquire()
                    self._begin(document.name, figure)
        self._threads.shutdown()
        if self._trouble is not None:
            raise self._trouble
        if self.notice:
            log.warning("%s", self.notice)

    def close(self) -> None:
        """Stop, whatever is being drawn."""
        for renderer in self._renderers:
            renderer.kill()
        self._threads.shutdown(cancel_futures=True)
        for renderer in self._renderers:
            renderer.let_go()

    def _begin(self, document: str, figure: Figure) -> None:
        key = _key(document, figure)
        self._taken.add(key)
        self._threads.submit(self._redraw, key, figure).add_done_callback(self._end)

    def _end(self, done: "Future[None]") -> None:
        self._room.release()
        error = None if done.cancelled() else done.exception()
        if isinstance(error, OutputError):
            self._trouble = self._trouble or error
        elif error is not None:
            log.warning("a chart could not be redrawn", exc_info=error)

    def _redraw(self, key: str, figure: Figure) -> None:
        """Bring the files of one chart up to date; without a number, or when it cannot be drawn, there are none."""
        spec_path, picture_path = self._root / f"{key}{SPEC}", self._root / f"{key}{PICTURE}"
        spec = figure_spec(figure)
        if spec is None:
            remove(spec_path)
            remove(picture_path)
            return
        text = json.dumps(spec, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
        if _content(spec_path) != text:
            write_atomically(spec_path, text)
        mark = f"<!-- {hashlib.sha256(text.encode()).hexdigest()[:16]} -->\n"
        if _content(picture_path).endswith(mark):
            return
        picture = self._draw(key, text)
        if picture is None:
            remove(picture_path)
        else:
            write_atomically(picture_path, f"{picture}\n{mark}")

    def _draw(self, key: str, spec: str) -> str | None:
        if not self._renderers:
            return None
        renderer = self._idle.get()
        try:
            picture = renderer.draw(spec)
        finally:
            self._idle.put(renderer)
        if picture is None:
            log.info("%s could not be redrawn", key)
        return picture


class Renderer:
    """A child process that draws one chart after another, started when the first comes and again when it died."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._closed = False
        self._starting = threading.Lock()

    def draw(self, spec: str) -> str | None:
        """The SVG of a specification on one line; None when it takes too long, or cannot be drawn."""
        with self._starting:
            if self._closed:
                return None
            process = self._process = self._process or _start()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101 - both are pipes
        limit = threading.Timer(self._seconds, process.kill)
        limit.start()
        try:
            process.stdin.write(spec)
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            limit.cancel()
        if not answer.endswith("\n"):
            self.let_go()
            return None
        drawn: dict[str, str] = json.loads(answer)
        return drawn.get("svg")

    def kill(self) -> None:
        """End the process, whatever it does, for good. From any thread: who waits for a picture gets None."""
        with self._starting:
            self._closed = True
            if self._process is not None:
                self._process.kill()

    def let_go(self) -> None:
        """Have no process. Only when nothing is being drawn."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


def can_draw() -> bool:
    """Whether the package that draws is installed."""
    return find_spec("vl_convert") is not None


def _key(document: str, figure: Figure) -> str:
    return f"{document}/{figure.id}"


def _content(path: Path) -> str:
    """What a file holds; nothing when it is not there or no text."""
    try:
        return (read_if_there(path) or b"").decode("utf-8")
    except (OSError, ValueError):
        return ""


def _start() -> "subprocess.Popen[str]":
    return subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-P", str(_SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "TZ": "UTC"},
        start_new_session=True,  # Ctrl-C is the run's business
    )
