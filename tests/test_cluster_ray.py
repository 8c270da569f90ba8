"""Real readers in a real Ray cluster of two nodes on this machine: some seconds to start, so all are slow."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from mineru_cli import batch
from mineru_cli.errors import EngineUnavailableError, ExitCode
from mineru_cli.listener import Listener
from mineru_cli.options import Options
from mineru_cli.schema import Document, RunReport
from tests.inputs import chart_pdf, chart_picture, text_pdf
from tests.test_batch import AbsentEngine, ScriptedEngine

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

ROOT = Path(__file__).parents[1]
POISON_WIDTH = 611


class PoisonedEngine(ScriptedEngine):
    """Kills its process when it sees a picture of a certain width, as a driver's bug or the system's OOM killer may."""

    def answer(self, request):
        if request.image.width == POISON_WIDTH:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(request)


class SlowEngine(ScriptedEngine):
    """Takes its time, so that there is a middle to be killed in."""

    def answer(self, request):
        time.sleep(0.2)
        return super().answer(request)


class TellingEngine(ScriptedEngine):
    """Tells how its process fares."""

    def describe(self):
        return {"priority": str(os.getpriority(os.PRIO_PROCESS, 0)), "torch": str("torch" in sys.modules)}


@pytest.fixture(scope="module")
def cluster():
    from ray.cluster_utils import Cluster

    before = dict(os.environ)
    os.environ["PYTHONPATH"] = str(ROOT)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    two = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    two.second = two.add_node(num_cpus=2)
    two.wait_for_nodes()
    yield two
    two.shutdown()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def inputs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    for number in range(24):
        path = tmp_path / f"docs/{number:02}.pdf"
        text_pdf(path, pages=2) if number % 6 == 5 else chart_pdf(path, pages=1 + number % 2, width=250 + number)
    (tmp_path / "docs/same.pdf").write_bytes((tmp_path / "docs/00.pdf").read_bytes())
    return tmp_path


def command(cluster, output, *arguments):
    """The command line, in a process of its own."""
    line = [sys.executable, "-m", "mineru_cli", "docs", "-o", output, "--engine", "exact", "--workers", "1"]
    line += ["--ray", cluster.address, "--ray-actors", "2", *arguments]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(cluster, script, listener=None, **options):
    flat = {"inputs": ["docs"], "output": "out", "engine": "model", "layout": "never", "workers": 0}
    flat |= {"ray": cluster and cluster.address, "ray_actors": 2, **options}
    return batch.run(Options.from_flat(flat), engine=script, listener=listener)


def readers():
    """Processes of our own cluster's readers that have something to do: others may run Ray on this machine too."""
    found = []
    for path in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            pid = int(path.parent.name)
            if path.read_text().startswith(("ray::DocumentRe", "ray::read")) and parent(parent(pid)) == os.getpid():
                found.append(pid)
    return sorted(found)


def parent(pid):
    """The process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def records(output):
    return {path.name: path.read_bytes() for path in sorted(Path(output, "docs").glob("*.json"))}


def wait_until(condition, process, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def test_a_reader_killed_on_the_way_costs_nothing(inputs, cluster):
    plain = [sys.executable, "-m", "mineru_cli", "docs", "-o", "plain", "--engine", "exact", "-q"]
    subprocess.run(plain, check=True)
    process = command(cluster, "out")
    wait_until(lambda: len(records("out")) > 2 and readers(), process)
    os.kill(readers()[0], signal.SIGKILL)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert out == ""
    assert records("out") == records("plain")
    assert Path("out/charts.csv").read_bytes() == Path("plain/charts.csv").read_bytes()
    report = RunReport.model_validate_json(Path("out/run.json").read_bytes())
    assert report.counts.documents == 25
    assert report.counts.duplicates == 1
    assert sum(reader.deaths for reader in report.readers) == 1
    assert sum(reader.documents for reader in report.readers) == 24


def test_a_document_that_kills_its_readers_is_given_up_and_the_run_goes_on(tmp_path, monkeypatch, cluster):
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    for number in range(12):
        chart_picture((POISON_WIDTH if number == 4 else 500 + number, 392)).save(f"docs/{number:02}.png")
    heard = Counter()

    class Hears(Listener):
        def failed(self, failure):
            heard[failure.document] += 1

        def document_finished(self, document):
            heard["documents"] += 1

    report = run(cluster, PoisonedEngine(hold=3), listener=Hears())
    assert report.exit_code == ExitCode.SOME_FAILED
    assert (report.counts.done, report.counts.failed) == (11, 1)
    assert heard == {"docs/04.png": 1, "documents": 12}
    (failure,) = report.failures
    assert failure.code == "reader_died"
    assert "docs/04.png" in failure.message
    assert "--ray" in failure.cure
    assert Document.model_validate_json(Path("out/docs/04.png.json").read_bytes()).status == "failed"
    assert sum(reader.deaths for reader in report.readers) == 3


def test_an_interrupted_run_ends_in_good_order_and_goes_on_when_run_again(inputs, cluster):
    process = command(cluster, "out")
    wait_until(lambda: len(records("out")) > 2, process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, err
    assert "Traceback" not in err
    kept = json.loads(Path("out/run.json").read_bytes())["counts"]
    assert kept["documents"] == len(records("out"))
    assert kept["unfinished"] == 25 - kept["documents"]
    wait_for_no_readers()
    process = command(cluster, "out")
    _, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert len(records("out")) == 25
    assert json.loads(Path("out/run.json").read_bytes())["counts"]["resumed"] == kept["documents"]


def wait_for_no_readers():
    end = time.monotonic() + 20
    while readers():
        assert time.monotonic() < end
        time.sleep(0.2)


def test_stdout_holds_documents_and_nothing_of_ray(inputs, cluster):
    process = command(cluster, "-", "-q")
    wait_until(readers, process)
    os.kill(readers()[0], signal.SIGKILL)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    assert sorted(json.loads(line)["name"] for line in out.splitlines()) == sorted(
        path.as_posix() for path in Path("docs").iterdir()
    )
    assert "Worker" not in err


def test_without_a_model_what_needs_none_is_still_written(inputs, cluster):
    heard = []

    class Hears(Listener):
        def notice(self, text):
            heard.append(text)

    report = run(cluster, AbsentEngine(), listener=Hears())
    assert report.exit_code == ExitCode.ENGINE_UNAVAILABLE
    assert heard == ["there is no model. Get one"]
    assert report.counts.documents == 25
    assert report.counts.done == 4
    assert {failure.code for failure in report.failures} == {"engine_unavailable"}


def test_a_finished_run_does_not_start_ray_again(inputs, cluster):
    run(cluster, ScriptedEngine(), engine="exact")
    report = run(cluster, ScriptedEngine(), engine="exact", ray="127.0.0.1:1")
    assert report.counts.resumed == 25
    assert report.readers == []


def test_a_cluster_that_does_not_answer_is_one_line(inputs):
    line = [sys.executable, "-m", "mineru_cli", "docs", "-o", "out", "--ray", "127.0.0.1:1"]
    done = subprocess.run(line, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == EngineUnavailableError.exit_code
    assert done.stderr.count("\n") == 1
    assert "ray start --head" in done.stderr


def test_on_this_machine_a_reader_has_the_priority_of_a_plain_run_and_sets_up_torch_itself(inputs, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = "from tests.test_cluster_ray import *; report = run(None, TellingEngine(), ray='local', ray_actors=1)"
    script += "; print(report.exit_code, json.dumps(report.readers[0].engine))"
    line = [sys.executable, "-c", script]
    told = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True, timeout=100).stdout
    code, engine = told.split(maxsplit=1)
    assert code == "0"
    assert json.loads(engine) == {"priority": str(os.getpriority(os.PRIO_PROCESS, 0)), "torch": "False"}


def test_a_node_that_is_lost_costs_nothing(inputs, cluster):
    """Last: the node is not coming back."""

    class Loses(Listener):
        documents = 0

        def document_finished(self, document):
            self.documents += 1
            if self.documents == 6:
                cluster.remove_node(cluster.second, allow_graceful=False)

    report = run(cluster, SlowEngine(hold=2), listener=Loses())
    assert report.exit_code == ExitCode.OK
    assert report.counts.done == 24
    assert len(records("out")) == 25
    assert sum(reader.deaths for reader in report.readers) == 1
