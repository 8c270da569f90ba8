"""What a machine without a network lacks for drawing: ``python training/pack.py kit.tar.xz``.

Comes in: Skia's wheel for that machine's Python (from the package index), the system's libraries that it loads, and the
fonts of `TRAINING_FONTS`. Goes out: an archive of 13 MB or so with ``site/`` for PYTHONPATH, ``lib/`` for
LD_LIBRARY_PATH and ``fonts/`` for TRAINING_FONTS. torch, transformers, Pillow and the like are taken to be there.
"""

import argparse
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training.data.canvas import families

_EVERYWHERE = re.compile(r"lib(?:c|m|dl|rt|pthread|stdc\+\+|gcc_s|z)\.so|ld-linux|linux-vdso")
"""Libraries that every Linux with a Python has."""
_LOADED = re.compile(r"^\s*(\S+) => (/\S+)", re.MULTILINE)


def main(given: Iterable[str] | None = None) -> None:
    """Fetch, gather, pack."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("--python", default="3.12", help="version of Python there")
    asked = parser.parse_args(None if given is None else list(given))
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        fetch_skia(asked.python, site)
        with tarfile.open(asked.archive, "w:xz", preset=9) as archive:
            archive.add(site, "site")
            for library in libraries(site):
                archive.add(library.resolve(), f"lib/{library.name}")
            for font in sorted({path for f in families() for path in (f.plain, f.bold, f.slanted)}):
                archive.add(font, f"fonts/{Path(font).name}")
    print(f"{asked.archive}: {asked.archive.stat().st_size / 1e6:.1f} MB")


def fetch_skia(python: str, site: Path) -> None:
    """Skia's wheel for a version of Python, unpacked."""
    download = ["download", "-q", "--no-deps", "--only-binary=:all:", "--python-version", python]
    platforms = [part for tag in ("manylinux_2_28_x86_64", "manylinux2014_x86_64") for part in ("--platform", tag)]
    command = [sys.executable, "-m", "pip", *download, *platforms, "-d", site.parent, "skia-python"]
    subprocess.run(command, check=True)  # noqa: S603 - of our own making
    for wheel in site.parent.glob("*.whl"):
        with zipfile.ZipFile(wheel) as packed:
            for name in packed.namelist():
                if ".so" in name:
                    packed.extract(name, site)


def libraries(site: Path) -> Iterator[Path]:
    """The system's libraries that it loads, as the loader finds them here."""
    (module,) = site.glob("skia*.so")
    command = ["ldd", str(module)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - as above
    for name, path in _LOADED.findall(listed):
        if not _EVERYWHERE.match(name) and not path.startswith(str(site)):
            yield Path(path).parent / name


if __name__ == "__main__":
    main()
