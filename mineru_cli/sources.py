"""The inputs: paths, folders, globs, URLs and lists, as a sorted list of files worth opening.

Comes in: `InputOptions`. Goes out: a `Found`: `Source` for each file to read, `Failure` for each that was meant to be
read and cannot be, and a count of the files nobody asked for. Only the first bytes of a file are read, and nothing of
one that lies elsewhere; nothing is decoded here.
"""

import fnmatch
import glob
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath
from typing import Literal, get_args

from mineru_cli.errors import NoInputError, SourceError, UsageError
from mineru_cli.options import MEMORY, STDOUT, InputOptions, Options
from mineru_cli.remote import is_below, is_url, list_files, local_path
from mineru_cli.schema import Failure

Kind = Literal["pdf", "png", "jpeg", "webp", "bmp", "gif", "tiff"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_HEAD = 1024
_EXTENSIONS = frozenset(["pdf", "png", "jpg", "jpeg", "jpe", "jfif", "webp", "bmp", "dib", "gif", "tif", "tiff"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file to read.

    ``name`` is the path as the user gave it, with ``/``, without a leading ``/`` or any ``..``: the place of its
    results below the output folder. ``size`` is in bytes.

    What lies elsewhere has a ``url``. Until it has been fetched there is nothing at its ``path``, its ``kind`` is None,
    and its ``size`` is as listed, 0 where nobody says.
    """

    path: Path
    name: str
    kind: Kind | None
    size: int
    url: str | None = None

    @property
    def where(self) -> str:
        """The path or the URL that people know it by."""
        return self.url or str(self.path)


@dataclass(slots=True, kw_only=True)
class Found:
    """What the inputs hold. ``ignored`` counts files in folders that are neither pictures nor PDFs."""

    sources: list[Source] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    ignored: int = 0


def find_inputs(options: Options) -> Found:
    """What a run with these options would read; its output folder is never an input."""
    output = options.output.output
    return find_sources(options.input, leave_out=None if output in {STDOUT, MEMORY} else local_path(output))


def find_sources(options: InputOptions, *, leave_out: str | None = None) -> Found:
    """Walk the inputs, in the order given, each folder sorted; a file named twice is listed once.

    ``leave_out`` is a folder or a URL never walked into: the output, which may lie among the inputs.

    Raises
    ------
    NoInputError
        When nothing at all was given or nothing is there.
    UsageError
        When a name is empty, the list of ``--files-from`` cannot be read, or a URL is of no known kind.
    MissingDependencyError
        When the package for a URL is not installed.
    """
    given = [*options.inputs, *_listed(options)]
    if not given:
        raise NoInputError("no input was given", cure="Name files or folders, or pipe a list to --files-from -")
    if "" in given:
        raise UsageError("an input has an empty name", cure="Was a variable not set? The current folder is .")
    found = Found()
    is_folder = leave_out is not None and not is_url(leave_out)
    closed = frozenset({Path(str(leave_out)).resolve()} if is_folder else ())
    seen: set[Path] = set()
    urls: dict[str, Source] = {}
    for text in (local_path(text) for text in given):
        if is_url(text):
            for source in _elsewhere(text, options, found, leave_out):
                if urls.setdefault(str(source.url), source) is source:
                    found.sources.append(source)
            continue
        for path, explicit in _expand(text, options, found, closed):
            real = path.resolve()
            if real in seen:
                continue
            seen.add(real)
            _add(path, explicit=explicit, options=options, found=found)
    if not found.sources and all(failure.code == "not_found" for failure in found.failures):
        raise NoInputError(
            f"nothing to read in {', '.join(given[:3])}{', ...' if len(given) > 3 else ''}"
            + (": there is no such file or folder" if found.failures else "")
            + (f" (files of other kinds: {found.ignored})" if found.ignored else ""),
            cure=f"It reads {', '.join(KINDS)}; check the paths, --include and --exclude",
        )
    return found


def sniff(head: bytes) -> Kind | None:
    """The kind of a file by its first kilobyte, whatever its name says; None for anything else."""
    signatures: tuple[tuple[bytes, Kind], ...] = (
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff", "jpeg"),
        (b"GIF8", "gif"),
        (b"BM", "bmp"),
        (b"II*\x00", "tiff"),
        (b"MM\x00*", "tiff"),
        (b"II+\x00", "tiff"),
        (b"MM\x00+", "tiff"),
    )
    for signature, kind in signatures:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    return "pdf" if b"%PDF-" in head[:_HEAD] else None


def _listed(options: InputOptions) -> list[str]:
    """The paths of ``--files-from``: one a line, or NUL-separated."""
    if options.files_from is None:
        return []
    try:
        data = sys.stdin.buffer.read() if options.files_from == "-" else Path(options.files_from).read_bytes()
    except OSError as error:
        raise UsageError(
            f"--files-from {options.files_from} cannot be read ({error.strerror})",
            cure="Give a file with one path a line, or - for standard input",
        ) from error
    separator = b"\0" if options.null_separated else b"\n"
    entries = (entry if options.null_separated else entry.rstrip(b"\r") for entry in data.split(separator))
    return [os.fsdecode(entry) for entry in entries if entry]


def _expand(text: str, options: InputOptions, found: Found, closed: frozenset[Path]) -> Iterator[tuple[Path, bool]]:
    """Files behind one argument, and whether the user named each itself."""
    path = Path(text)
    if path.is_dir():
        for entry in _walk(path, closed=closed | {path.resolve()}, found=found):
            if _wanted(entry, options):
                yield entry, False
    elif os.path.lexists(path):
        if _wanted(path, options):
            yield path, True
    elif glob.has_magic(text):
        matches = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns
        if not matches:
            found.failures.append(_failure("not_found", text, "matches nothing", "Check the pattern"))
        for match in matches:
            yield from _expand(match, options, found, closed)
    else:
        found.failures.append(_failure("not_found", text, "there is no such file or folder", "Check the path"))


def _elsewhere(url: str, options: InputOptions, found: Found, leave_out: str | None) -> Iterator[Source]:
    """The files behind a URL; of those nobody named itself, what is called like a PDF or a picture."""
    try:
        files, explicit = list_files(url)
    except SourceError as error:
        found.failures.append(Failure(code=error.code, message=error.message, cure=error.cure, document=url))
        return
    output = leave_out if leave_out is not None and is_url(leave_out) else None
    for file in files:
        path = PurePosixPath(file.name)
        if not _wanted(path, options, also=file.url) or (output is not None and is_below(file.url, output)):
            continue
        if explicit or _is_called_like_one(path):
            yield Source(path=Path(file.name), name=file.name, kind=None, size=file.size or 0, url=file.url)
        else:
            found.ignored += 1


def _walk(folder: Path, *, closed: frozenset[Path], found: Found) -> Iterator[Path]:
    """Files below a folder, sorted; not hidden ones, not in ``closed`` folders, not through links that lead back up."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        found.failures.append(
            _failure("unreadable_folder", str(folder), f"cannot be listed ({error.strerror})", "Check its rights")
        )
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = folder / entry.name
        if entry.is_dir():
            real = path.resolve()
            if real not in closed:
                yield from _walk(path, closed=closed | {real}, found=found)
        else:
            yield path


def _wanted(path: PurePath, options: InputOptions, *, also: str | None = None) -> bool:
    names = (path.name, also or path.as_posix())

    def matches(patterns: tuple[str, ...]) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in patterns for name in names)

    return (not options.include or matches(options.include)) and not matches(options.exclude)


def _is_called_like_one(path: PurePath) -> bool:
    return path.suffix.lower().lstrip(".") in _EXTENSIONS


def _add(path: Path, *, explicit: bool, options: InputOptions, found: Found) -> None:
    """List a file as a source, a failure, or nobody's business."""
    meant = explicit or _is_called_like_one(path)
    try:
        source = _inspect(path, options)
    except SourceError as error:
        if meant or error.code == "too_large":
            found.failures.append(Failure(code=error.code, message=error.message, cure=error.cure, document=str(path)))
        else:
            found.ignored += 1
    else:
        found.sources.append(source)


def _inspect(path: Path, options: InputOptions) -> Source:
    """Look at a file without decoding it.

    Raises
    ------
    SourceError
        When it is no regular file, empty, too large, unreadable or of no known kind.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a FIFO or a device would block, or never end
            raise SourceError("not_a_file", f"{path} is a pipe or a device, not a file", cure="Copy it to a file first")
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise SourceError(
            "unreadable", f"{path} cannot be read ({error.strerror})", cure="Check that it exists, and its rights"
        ) from error
    kind = known_kind(head, str(path))
    if status.st_size > options.max_file_size:
        raise SourceError(
            "too_large",
            f"{path} has {status.st_size:,} bytes, more than {options.max_file_size:,}",
            cure="Raise --max-file-size to read it",
        )
    return Source(path=path, name=output_name(path), kind=kind, size=status.st_size)


def known_kind(head: bytes, where: str) -> Kind:
    """The kind of a file by its first kilobyte.

    Raises
    ------
    SourceError
        ``empty``, or ``unsupported``, naming ``where``.
    """
    if not head:
        raise SourceError("empty", f"{where} is empty (0 bytes)", cure="Fetch it again")
    kind = sniff(head)
    if kind is None:
        raise SourceError(
            "unsupported",
            f"{where} is neither a PDF nor a picture by its first bytes",
            cure=f"Known: {', '.join(KINDS)}",
        )
    return kind


def output_name(path: Path) -> str:
    """The path as given without drive, leading ``/``, ``.`` and ``..``: where its results go below the output."""
    return "/".join(part for part in path.parts if part not in {path.anchor, "..", "."})


def _failure(code: str, document: str, what: str, cure: str) -> Failure:
    return Failure(code=code, message=f"{document}: {what}", cure=cure, document=document)
