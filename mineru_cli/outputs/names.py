"""Names in the output folder: safe on every file system, and no two the same.

Comes in: the names of sources. Goes out: a relative path for each, below which its results may be written. Knows
nothing of what is written there.
"""

import hashlib
import re
import unicodedata

# The longest component most file systems take is 255 bytes; room is left for suffixes such as ``~1a2b3c4d.json``.
_MAX_BYTES = 200
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\\ud800-\udfff]')
_FIGURE_FILE = re.compile(r"p\d+-[ft]\d+\.", re.IGNORECASE)
_SHARD_REPORT = re.compile(r"run-\d+of\d+\.json")
_RESERVED = frozenset({"run.json", "charts.csv", "charts.xlsx", "documents.jsonl", "index.html"})


class Names:
    """Hands out names. The same names asked for in the same order come out the same, so that runs can be compared."""

    def __init__(self) -> None:
        self._files: set[str] = set(_RESERVED)
        self._folders: set[str] = set()
        self._documents: set[str] = set()

    def claim(self, name: str) -> str:
        """A path such as ``reports/2023/q3.pdf``, free for the folder of that name and the files beside it.

        What a file system cannot hold is replaced, very long parts are cut, and where that or another input of the
        same name makes it ambiguous, eight digits of a hash are added before the extension.
        """
        parts = [_safe(part) for part in name.split("/") if part not in {"", ".", ".."}] or ["input"]
        safe = "/".join(self._beside_figures(parts))
        tag = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        candidate = safe if safe == name else _tagged(safe, tag[:8])
        attempt = 0
        while not self._is_free(candidate):
            attempt += 1
            tag = hashlib.sha256(f"{name}\0{attempt}".encode("utf-8", "surrogatepass")).hexdigest()
            candidate = self._tagged(safe, tag[:8])
        folder = same_place(candidate)
        self._files.update(_beside(candidate))
        self._folders.update({folder, *_parents(folder)})
        self._documents.add(folder)
        return candidate

    def _beside_figures(self, parts: list[str]) -> list[str]:
        """An input that would lie among the files of a document's figures, called so that it is none of them."""
        return [
            f"_{part}" if _FIGURE_FILE.match(part) and same_place("/".join(parts[:depth])) in self._documents else part
            for depth, part in enumerate(parts)
        ]

    def _tagged(self, name: str, tag: str) -> str:
        """The name with a tag: at the folder of its path that is called like a file, else at its end."""
        clash = next((parent for parent in _parents(name) if same_place(parent) in self._files), name)
        return _tagged(clash, tag) + name[len(clash) :]

    def _is_free(self, name: str) -> bool:
        folder, files = same_place(name), _beside(name)
        folders = {folder, *_parents(folder)}
        taken = folder in self._folders or files & self._files or any(map(_SHARD_REPORT.fullmatch, files))
        return not taken and not files & self._folders and not folders & self._files


def _beside(name: str) -> set[str]:
    """The files that lie beside the folder of a document."""
    return {same_place(name + suffix) for suffix in (".json", ".md")}


def _safe(part: str) -> str:
    part = _UNSAFE.sub("_", part).rstrip(". ") or "_"
    encoded = part.encode("utf-8")
    if len(encoded) <= _MAX_BYTES:
        return part
    stem, dot, extension = part.rpartition(".")
    extension = dot + extension if stem and len(extension) <= 8 else ""
    return encoded[: _MAX_BYTES - len(extension)].decode("utf-8", "ignore") + extension


def _tagged(name: str, tag: str) -> str:
    """``a/b.pdf`` with its tag: ``a/b~1a2b3c4d.pdf``."""
    head, slash, last = name.rpartition("/")
    stem, dot, extension = last.rpartition(".")
    return f"{head}{slash}{stem}~{tag}{dot}{extension}" if stem else f"{head}{slash}{last}~{tag}"


def same_place(name: str) -> str:
    """What two names share when some file system holds them for one: case and Unicode composition aside."""
    return unicodedata.normalize("NFC", name).casefold()


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
