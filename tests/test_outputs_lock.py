import subprocess
import sys

import pytest

from mineru_cli.errors import ExitCode, OutputLockedError
from mineru_cli.outputs.lock import FolderLock
from tests.inputs import text_pdf

HOLD = (
    "import sys, pathlib; from mineru_cli.outputs.lock import FolderLock; "
    "lock = FolderLock(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def other(tmp_path):
    """Another process that holds the folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_is_told_who_holds_the_folder(tmp_path, other):
    with pytest.raises(OutputLockedError, match=f"process {other.pid} on") as caught:
        FolderLock(tmp_path)
    assert caught.value.exit_code is ExitCode.OUTPUT_LOCKED


def test_the_lock_of_a_killed_process_is_free(tmp_path, other):
    other.kill()
    other.wait()
    FolderLock(tmp_path).release()


def test_the_command_exits_with_9(tmp_path, other):
    text_pdf(tmp_path / "a.pdf")
    command = [sys.executable, "-m", "mineru_cli", tmp_path / "a.pdf", "-o", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.OUTPUT_LOCKED
    assert done.stderr.count("\n") == 1
    assert str(other.pid) in done.stderr
