import io
from threading import Event

import pytest

from mineru_cli import remote
from mineru_cli.errors import MissingDependencyError, SourceError, UsageError
from mineru_cli.remote import attempt, check_url, fetch, is_below, is_url, list_files, local_path
from tests.stores import ShakyStore, clean_stores  # noqa: F401 - a fixture


def put(store, *paths):
    for path in paths:
        store.pipe(path, path.encode())


def listed(url):
    files, explicit = list_files(url)
    return [file.name for file in files], explicit


def test_a_folder_is_listed_sorted_without_hidden_files(stores):
    put(stores, "/in/b.pdf", "/in/a/z.pdf", "/in/a.pdf", "/in/.hidden/x.pdf", "/in/a/.part", "/other/y.pdf")
    assert listed("shaky://in/") == (["a/z.pdf", "a.pdf", "b.pdf"], False)
    assert listed("shaky://in") == listed("shaky://in/")
    assert listed("shaky:///in") == (["in/a/z.pdf", "in/a.pdf", "in/b.pdf"], False)


def test_a_file_and_a_glob_are_what_was_named(stores):
    put(stores, "/in/b.pdf", "/in/a/z.pdf", "/in/a/notes.txt")
    assert listed("shaky://in/a/z.pdf") == (["a/z.pdf"], True)
    assert listed("shaky://in/**/*.pdf") == (["a/z.pdf", "b.pdf"], True)


def test_what_is_listed_can_be_fetched_by_its_url(stores):
    put(stores, "/in/a b#c?.pdf", "/in/x/y%20.pdf")
    for file in list_files("shaky://in")[0]:
        target = io.BytesIO()
        fetched = fetch(file.url, target, most=100)
        assert target.getvalue().decode() == f"/in/{file.name}"
        assert fetched.size == file.size == len(target.getvalue())
        assert fetched.head == target.getvalue()


def test_nothing_there_is_told_from_a_store_that_fails(stores, monkeypatch):
    with pytest.raises(SourceError) as gone:
        list_files("shaky://in")
    assert gone.value.code == "not_found"

    def refuse(*args, **more):
        raise PermissionError("no rights")

    monkeypatch.setattr(ShakyStore, "info", refuse)
    with pytest.raises(SourceError, match="no rights") as refused:
        list_files("shaky://in")
    assert refused.value.code == "unreadable"


def test_a_server_that_cannot_be_reached_is_no_missing_file(stores, monkeypatch):
    def refuse(*args, **more):
        raise FileNotFoundError("shaky://in") from ConnectionRefusedError("connection refused")

    monkeypatch.setattr(ShakyStore, "info", refuse)
    with pytest.raises(SourceError, match="connection refused") as refused:
        list_files("shaky://in")
    assert refused.value.code == "unreadable"


def test_what_may_pass_is_tried_again_and_the_copy_is_whole(stores):
    put(stores, "/in/a.pdf")
    ShakyStore.failing["/in/a.pdf"] = 2
    target = io.BytesIO()
    fetch("shaky://in/a.pdf", target, most=100)
    assert target.getvalue() == b"/in/a.pdf"


def test_what_breaks_off_begins_anew(stores):
    target, calls = io.BytesIO(), []

    class Broken(io.BytesIO):
        def read(self, size):
            if calls.append(self.tell()) or len(calls) == 2:
                raise TimeoutError("no answer")
            return super().read(2)

    stores.pipe("/a.pdf", b"12345")
    stores._open = lambda path, mode, **more: Broken(b"12345")
    try:
        assert fetch("shaky:///a.pdf", target, most=100).size == 5
    finally:
        del stores._open
    assert target.getvalue() == b"12345"


def test_what_does_not_pass_is_one_line_after_four_attempts(stores):
    put(stores, "/in/a.pdf")
    ShakyStore.failing["/in/a.pdf"] = 99
    with pytest.raises(SourceError, match=r"shaky://in/a.pdf cannot be read \(the store is busy\)"):
        fetch("shaky://in/a.pdf", None, most=100)
    assert ShakyStore.opened["/in/a.pdf", "r"] == 4


def test_what_will_not_pass_is_not_tried_again(stores):
    with pytest.raises(SourceError, match="there is no such file"):
        fetch("shaky://in/gone.pdf", None, most=100)
    assert ShakyStore.opened["/in/gone.pdf", "r"] == 1
    put(stores, "/in/a.pdf")
    with pytest.raises(SourceError, match="more than 3") as error:
        fetch("shaky://in/a.pdf", None, most=3)
    assert error.value.code == "too_large"


def test_a_stop_ends_a_fetch(stores):
    put(stores, "/in/a.pdf")
    stop = Event()
    stop.set()
    with pytest.raises(SourceError, match="stopped"):
        fetch("shaky://in/a.pdf", None, most=100, stop=stop)


@pytest.mark.parametrize("folder", ["memory://in/out", "memory:///in/out/", "MEMORY://in//out"])
def test_what_lies_below_a_folder_is_known_however_it_is_spelt(folder):
    assert is_below("memory://in/out/a.png", folder) == ("//out" not in folder)
    assert not is_below("memory://in/outer/a.png", folder)
    assert not is_below("shaky://in/out/a.png", folder)


def test_urls_are_told_from_paths():
    assert is_url("s3://bucket/a")
    assert is_url("HTTPS://host/a")
    assert not any(is_url(path) for path in ("a/b.pdf", "/a//b", "C:\\a", "a:b", "3d://x"))
    assert local_path("file:///tmp/a%20b.pdf") == "/tmp/a b.pdf"  # noqa: S108 - nothing is there
    assert local_path("s3://bucket/a%20b") == "s3://bucket/a%20b"


@pytest.mark.parametrize("url", ["s3://me:secret@bucket/a", "ftp://me:secret@host/a"])
def test_a_password_is_refused_and_not_repeated(url):
    with pytest.raises(UsageError) as error:
        check_url(url)
    assert "secret" not in str(error.value)
    assert "me" not in str(error.value).split("...", maxsplit=1)[0]


def test_an_unknown_kind_of_address_is_a_usage_error():
    with pytest.raises(UsageError, match="nope:// is no kind of address"):
        attempt("nope://a", lambda: None)


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("s3://bucket/a", MissingDependencyError, r"s3fs is needed for s3://.*mineru-extract\[remote\]"),
        ("gs://bucket/a", MissingDependencyError, r"gcsfs is needed for gs://.*mineru-extract\[remote\]"),
        ("abfs://bucket/a", UsageError, "abfs:// needs a package that is not installed.*adlfs"),
    ],
)
def test_a_missing_package_is_named(url, error, message, monkeypatch):
    def absent(scheme):
        raise ImportError(scheme)

    monkeypatch.setattr("fsspec.get_filesystem_class", absent)
    with pytest.raises(error, match=message):
        check_url(url)


def test_without_fsspec_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(MissingDependencyError, match=r"fsspec is needed for s3://.*mineru-extract\[remote\]"):
        remote.list_files("s3://bucket")
