import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from mineru_cli.errors import ExitCode, OutputError
from mineru_cli.outputs.files import write_atomically


@pytest.mark.parametrize("content", ["héllo\n", "héllo\n".encode(), ["hé", "llo\n"]])
def test_content_arrives_whole(tmp_path, content):
    target = tmp_path / "new/folder/a.txt"
    write_atomically(target, content)
    assert target.read_text(encoding="utf-8") == "héllo\n"
    assert os.listdir(target.parent) == ["a.txt"]


def test_a_writer_that_fails_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def half(file):
        file.write(b"new, half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device") as caught:
        write_atomically(target, half)
    assert caught.value.exit_code is ExitCode.OUTPUT_NOT_WRITABLE
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="out"):
        write_atomically(tmp_path / "out/a.txt", "x")


def test_others_may_read_what_the_umask_allows(tmp_path):
    old = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", "x")
    finally:
        os.umask(old)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_threads_that_write_at_once_leave_the_umask_alone(tmp_path, monkeypatch):
    set_umask = os.umask
    old = set_umask(0o027)
    monkeypatch.setattr(os, "umask", lambda mask: (set_umask(mask), time.sleep(0.001))[0])
    try:
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(lambda number: write_atomically(tmp_path / f"{number}/a", "x"), range(50)))
        assert set_umask(0o027) == 0o027
    finally:
        set_umask(old)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")} == {0o640, 0o750}
