"""Files that lie elsewhere, as in ``s3://bucket/reports/``: what there is, and copies of it here.

Comes in: URLs of any store that fsspec knows. Goes out: `RemoteFile` for each file, and its bytes with their
digest. The stores are fsspec's, and trying again is tenacity's. Knows nothing of documents.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from threading import Event
from typing import IO, Any, Final, TypeVar
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mineru_cli.errors import MineruExtractError, MissingDependencyError, SourceError, UsageError

HEAD_BYTES: Final = 1024
"""How much of the beginning `fetch` gives, to tell the kind of a file by."""

_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WITH_PASSWORD = re.compile(r"[^/]*://[^/@]*:[^/@]*@")
_IN_EXTRA = {"s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs"}
_BLOCK = 4 * 1024**2
_ATTEMPTS = 4
_FINAL = (MineruExtractError, FileNotFoundError, IsADirectoryError, PermissionError, NotImplementedError)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFile:
    """A file of a store. ``name`` is its path below the host or bucket, ``size`` in bytes, None where nobody says."""

    url: str
    name: str
    size: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What was fetched: its digest, how many bytes, and the first of them."""

    sha256: str
    size: int
    head: bytes


def is_url(text: str) -> bool:
    """Whether something is a URL rather than a path."""
    return _URL.match(text) is not None


def local_path(text: str) -> str:
    """A path as it is, and the path that a ``file://`` URL stands for."""
    return url2pathname(urlsplit(text).path) if text.lower().startswith("file://") else text


def list_files(url: str) -> tuple[list[RemoteFile], bool]:
    """The files behind a URL, folder by folder and each sorted, and whether they are what was named itself.

    They are when the URL is that of a file or a glob; those of a folder are found. Its hidden ones are left out.

    Raises
    ------
    SourceError
        ``not_found`` when nothing is there, ``unreadable`` when the store does not say.
    UsageError, MissingDependencyError
        When the URL holds a password or is of no known kind, or its package is not installed.
    """
    files, base = attempt(url, lambda: _find(url))
    paths = sorted(files, key=lambda path: path.split("/"))
    if base is not None:
        paths = [path for path in paths if not _is_hidden(path.removeprefix(base))]
    if not files:
        raise SourceError("not_found", f"{url}: there is nothing", cure="Check the address, and the rights")
    address = _address_of(url)
    return [_file(address(path), files[path].get("size")) for path in paths], base is None


def fetch(url: str, target: IO[bytes] | None, *, most: int, stop: Event | None = None) -> Fetched:
    """Copy a file to ``target``, or only look through it for None. What may pass is tried again.

    Parameters
    ----------
    most
        Bytes a file may have.
    stop
        Ends it when set.

    Raises
    ------
    SourceError
        ``too_large``, or ``unreadable`` when it is not there, may not be read, or the store does not answer.
    """
    return attempt(url, lambda: _fetch_once(url, target, most, stop), stop=stop)


def is_below(url: str, folder: str) -> bool:
    """Whether a file lies below a folder, however the two are spelt."""
    from fsspec import get_filesystem_class

    scheme, other = (text.partition("://")[0].lower() for text in (url, folder))
    if scheme != other:
        return False
    store = get_filesystem_class(scheme)
    return str(store._strip_protocol(url)).startswith(store._strip_protocol(folder).rstrip("/") + "/")  # noqa: SLF001 - fsspec's only way


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for copies, gone at the end of the ``with`` block."""
    with TemporaryDirectory(prefix="mineru-extract-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def check_url(url: str) -> None:
    """Make sure that the store of a URL can be reached in principle.

    Raises
    ------
    UsageError
        When the URL holds a password, which would end up in what is written, or is of a kind nobody knows.
    MissingDependencyError
        When a package is missing.
    """
    if _WITH_PASSWORD.match(url):
        raise UsageError(
            f"{_URL.match(url)[0]}... holds a name and a password",  # type: ignore[index] # what matches one matches both
            cure="Give them as the store's own client takes them, by its environment variables or its settings file",
        )
    scheme = url.partition("://")[0].lower()
    try:
        from fsspec import get_filesystem_class
        from fsspec.registry import known_implementations
    except ImportError as error:
        raise MissingDependencyError(package="fsspec", extra="remote", purpose=f"for {scheme}://") from error
    try:
        get_filesystem_class(scheme)
    except ImportError as error:
        if scheme in _IN_EXTRA:
            raise MissingDependencyError(
                package=_IN_EXTRA[scheme], extra="remote", purpose=f"for {scheme}://"
            ) from error
        raise UsageError(
            f"{scheme}:// needs a package that is not installed", cure=known_implementations[scheme].get("err", "")
        ) from error
    except ValueError as error:
        raise UsageError(
            f"{url}: {scheme}:// is no kind of address that is known",
            cure="Known are file, s3, gs, https and what else fsspec knows",
        ) from error


def attempt(
    url: str,
    call: Callable[[], _Value],
    *,
    stop: Event | None = None,
    failed: Callable[[str, str], MineruExtractError] | None = None,
) -> _Value:
    """Call, and again when it fails for a reason that may pass.

    Raises
    ------
    SourceError
        ``unreadable``, with the reason, when it fails for good; or what ``failed`` makes of the URL and the reason.
        Errors of ours are raised as they are.
    """
    check_url(url)
    try:
        from tenacity import RetryError, Retrying, sleep_using_event, stop_after_attempt, wait_exponential_jitter
    except ImportError as error:
        raise MissingDependencyError(package="tenacity", extra="remote", purpose="for addresses") from error
    often = Retrying(
        stop=lambda state: stop_after_attempt(_ATTEMPTS)(state) or _is_final(state),
        wait=wait_exponential_jitter(max=10),
        sleep=sleep_using_event(stop or Event()),
    )
    try:
        return often(call)
    except RetryError as error:
        cause = error.last_attempt.exception()
        if isinstance(cause, MineruExtractError):
            raise cause from None
        raise (failed or _unreadable)(url, _reason(cause)) from cause


def _unreadable(url: str, reason: str) -> SourceError:
    cure = "Check the address, the rights and the network; the same command goes on from here"
    return SourceError("unreadable", f"{url} cannot be read ({reason})", cure=cure)


def _is_final(state: Any) -> bool:
    """Whether trying again is of no use."""
    return isinstance(state.outcome.exception(), _FINAL)


def _reason(error: BaseException | None) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    return " ".join(str(error).split())[:200] or type(error).__name__


def _find(url: str) -> tuple[dict[str, dict[str, Any]], str | None]:
    """The files by their paths within the store, and the path of the folder they were found in, if in one."""
    from fsspec.core import url_to_fs

    store, path = url_to_fs(url)
    store.invalidate_cache()
    if _is_glob(url):
        found = store.glob(path, detail=True)
        return {name: about for name, about in found.items() if about["type"] == "file"}, None
    try:
        about = store.info(path)
    except FileNotFoundError as error:
        if isinstance(error.__cause__, OSError):  # fsspec says so of web servers that cannot be reached
            raise error.__cause__ from None
        return {}, None
    if about["type"] == "file" and not url.endswith("/"):
        return {path: about}, None
    return store.find(path, detail=True), path


def _is_glob(url: str) -> bool:
    """A ``?`` begins the query of a web address, and stands for any letter elsewhere."""
    return any(mark in url for mark in ("*[" if url.lower().startswith("http") else "*?["))


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))


def _address_of(url: str) -> Callable[[str], str]:
    """How the URL of a path within the same store is written; some stores leave the host out of their paths."""
    from fsspec.core import url_to_fs

    store, path = url_to_fs(url)
    bare = url.rstrip("/")
    if path and bare.endswith(path):
        return lambda other: bare.removesuffix(path) + other
    return lambda other: str(store.unstrip_protocol(other))


def _file(url: str, size: int | None) -> RemoteFile:
    below = url.partition("://")[2].partition("/")[2]
    if url.lower().startswith("http"):
        below = below.partition("?")[0].partition("#")[0]
    name = "/".join(part for part in PurePosixPath(below).parts if part not in {"/", "..", "."})
    return RemoteFile(url=url, name=name or url.partition("://")[2], size=size)


def _fetch_once(url: str, target: IO[bytes] | None, most: int, stop: Event | None) -> Fetched:
    from fsspec.core import url_to_fs

    store, path = url_to_fs(url)
    digest, size, head = hashlib.sha256(), 0, b""
    if target is not None:
        target.seek(0)
        target.truncate()
    with store.open(path, "rb", block_size=_BLOCK) as file:
        while block := file.read(_BLOCK):
            if stop is not None and stop.is_set():
                raise SourceError("unreadable", f"{url} was left when the run was stopped")
            head += block[: HEAD_BYTES - len(head)]
            size += len(block)
            if size > most:
                raise too_large(url, size, most)
            digest.update(block)
            if target is not None:
                target.write(block)
    return Fetched(sha256=digest.hexdigest(), size=size, head=head)


def too_large(url: str, size: int, most: int) -> SourceError:
    """The error for a file of more bytes than are allowed."""
    return SourceError(
        "too_large", f"{url} has {size:,} bytes, more than {most:,}", cure="Raise --max-file-size to read it"
    )
