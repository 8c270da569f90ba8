"""A real S3 server on loopback (moto's), by s3fs: whole runs from the command line, alone and spread by Ray."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mineru_cli.errors import ExitCode
from mineru_cli.outputs.lease import LEASE_FILE
from mineru_cli.schema import Document, RunReport
from tests.inputs import chart_pdf, text_pdf
from tests.test_engines_server import free_port

s3fs = pytest.importorskip("s3fs")
SERVER = shutil.which("moto_server")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(SERVER is None, reason="moto[server] is not installed"),
]
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def address():
    address = f"http://127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [SERVER, "-H", "127.0.0.1", "-p", address.rpartition(":")[2]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    yield address
    server.terminate()
    server.wait()


@pytest.fixture
def bucket(address, tmp_path, monkeypatch):
    """A store with a bucket that holds 24 documents, two of them the same, and one that is none."""
    monkeypatch.chdir(tmp_path)
    settings = {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    store = s3fs.S3FileSystem(skip_instance_cache=True, use_listings_cache=False)
    until = time.monotonic() + 60
    while True:
        try:
            store.mkdir("bucket")
            break
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.5)
    (tmp_path / "in/sub").mkdir(parents=True)
    for number in range(22):
        path = tmp_path / ("in/sub" if number % 3 else "in") / f"{number:02}.pdf"
        text_pdf(path, pages=2) if number % 6 == 5 else chart_pdf(path, width=250 + number)
    (tmp_path / "in/same.pdf").write_bytes((tmp_path / "in/00.pdf").read_bytes())
    (tmp_path / "in/bad.pdf").write_text("a letter")
    store.put(str(tmp_path / "in") + "/", "bucket/in/", recursive=True)
    yield store
    store.rm("bucket", recursive=True)


def command(*arguments):
    line = [sys.executable, "-m", "mineru_cli", "--engine", "exact", "--workers", "1", "--format", "csv", "-q"]
    return subprocess.Popen([*line, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(*arguments):
    process = command(*arguments)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def records(store, folder):
    return {
        path.removeprefix(folder): Document.model_validate_json(store.cat(path))
        for path in store.find(folder)
        if path.endswith(".pdf.json")
    }


@pytest.mark.parametrize("ray", [[], ["--ray", "local", "--ray-actors", "2"]], ids=["plain", "ray"])
def test_from_a_bucket_into_a_bucket(bucket, ray):
    if ray:
        pytest.importorskip("ray")
    code, _, err = run("s3://bucket/in", "-o", "s3://bucket/out", *ray)
    assert code == ExitCode.SOME_FAILED, err
    assert err.count("\n") == 1
    assert "s3://bucket/in/bad.pdf is neither a PDF nor a picture" in err
    assert run("in", "-o", "here")[0] == ExitCode.SOME_FAILED
    there, here = records(bucket, "bucket/out/"), Path("here")
    assert len(there) == 24
    for name, record in there.items():
        other = Document.model_validate_json((here / name).read_bytes())
        assert (record.status, record.figures) == (other.status, other.figures)
    charts = bucket.cat("bucket/out/charts.csv")
    assert charts == (here / "charts.csv").read_bytes()
    assert not bucket.exists(f"bucket/out/{LEASE_FILE}")
    assert run("s3://bucket/in", "-o", "s3://bucket/out", *ray)[0] == ExitCode.SOME_FAILED
    report = RunReport.model_validate_json(bucket.cat("bucket/out/run.json"))
    assert (report.counts.documents, report.counts.resumed, report.counts.duplicates) == (24, 23, 1)


def test_two_runs_of_one_output_exclude_each_other_and_a_killed_one_is_gone_on_with(bucket):
    first = command("s3://bucket/in", "-o", "s3://bucket/out")
    until = time.monotonic() + 60
    while not bucket.exists("bucket/out/in/00.pdf.json"):
        assert time.monotonic() < until
        assert first.poll() is None
        time.sleep(0.1)
    code, _, err = run("s3://bucket/in", "-o", "s3://bucket/out")
    assert code == ExitCode.OUTPUT_LOCKED
    assert f"process {first.pid}" in err
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert run("s3://bucket/in", "-o", "s3://bucket/out")[0] == ExitCode.SOME_FAILED
    assert len(records(bucket, "bucket/out/")) == 24


def test_a_bucket_that_is_not_there_is_one_line(bucket):
    code, _, err = run("s3://none/in", "-o", "out")
    assert (code, err.count("\n")) == (ExitCode.NO_INPUT, 1)
    code, _, err = run("in", "-o", "s3://none/out")
    assert (code, err.count("\n")) == (ExitCode.OUTPUT_NOT_WRITABLE, 1)
    assert not bucket.exists("none")
