import base64
import io
import json
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PIL import Image

from mineru_cli.__main__ import run as command
from mineru_cli.engines import open_engine
from mineru_cli.engines.base import Request, Task
from mineru_cli.engines.server import endpoint as endpoint_module
from mineru_cli.engines.server import pool as pool_module
from mineru_cli.engines.server.endpoint import goes_round
from mineru_cli.engines.server.question import data_url
from mineru_cli.errors import EngineUnavailableError, ExitCode, UsageError
from mineru_cli.options import EngineOptions, Options
from mineru_cli.outputs.gather import Records
from tests.inputs import CHART_REPLY, chart_pdf, chart_picture
from tests.loopback import FakeServer, FaultyProxy

openai = pytest.importorskip("openai")
KEY = "sk-very-secret-4711"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """The same waits as in earnest, but short; no key of the developer's."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.01)
    monkeypatch.setattr(pool_module, "FIRST_REST", 0.02)
    for name in ("MINERU_EXTRACT_API_KEY", "OPENAI_API_KEY", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)


def open_to(*servers, **options):
    urls = tuple(server if isinstance(server, str) else server.url for server in servers)
    return open_engine(EngineOptions(engine="server", server=urls, **{"server_wait": 10.0, **options}))


def requests(count, task=Task.CHART, image=None):
    return [Request(key=key, task=task, image=image or chart_picture((112, 84))) for key in range(count)]


def ask(engine, count=1, **more):
    try:
        return sorted(engine.read(iter(requests(count, **more))), key=lambda reply: reply.key)
    finally:
        engine.close()


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


# -- what is asked -----------------------------------------------------------------------------------------


def test_every_request_is_answered_once_and_says_by_whom():
    with FakeServer() as server:
        engine = open_to(server)
        assert engine.describe() == {}
        replies = list(engine.read(iter(requests(40))))
        assert engine.describe() == {"model": "nano", "device": "server", "servers": server.url}
        engine.close()
        engine.close()
    assert sorted(reply.key for reply in replies) == list(range(40))
    assert {(one.text, one.stop, one.tokens, one.read_by) for one in replies} == {(CHART_REPLY, "end", 77, "server")}


def test_the_question_is_the_model_engines_own():
    with FakeServer() as server:
        ask(open_to(server, max_new_tokens=123))
        ask(open_to(server), task=Task.LAYOUT)
    (chart, layout), (headers, _) = server.asked, server.headers
    system, user = chart["messages"]
    assert system == {"role": "system", "content": "You are a helpful assistant."}
    picture, words = user["content"]
    assert words == {"type": "text", "text": "\nImage Analysis:"}
    assert (chart["temperature"], chart["max_tokens"], chart["skip_special_tokens"]) == (0.0, 123, False)
    assert not {"presence_penalty", "frequency_penalty", "vllm_xargs"} & set(chart)
    assert opened(picture["image_url"]["url"]).size == (112, 84)
    assert layout["messages"][1]["content"][1]["text"] == "\nLayout Detection:"
    assert opened(layout["messages"][1]["content"][0]["image_url"]["url"]).size == (1036, 1036)
    assert "none" in headers["authorization"]


def opened(url):
    kind, _, data = url.partition(";base64,")
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert kind == f"data:image/{image.format.lower()}"
    return image


def test_penalties_go_to_servers_that_take_them_as_upstream_means_them():
    with FakeServer(owner="vllm") as server:
        ask(open_to(server))
        ask(open_to(server), task=Task.LAYOUT)
    chart, layout = server.asked
    assert (chart["presence_penalty"], chart["frequency_penalty"]) == (1.0, 0.05)
    assert chart["vllm_xargs"] == layout["vllm_xargs"] == {"no_repeat_ngram_size": 100}
    assert "presence_penalty" not in layout


def test_a_model_that_knows_no_charts_is_asked_for_a_table():
    with FakeServer(models=["opendatalab/MinerU2.5-2509-1.2B"]) as server:
        (reply,) = ask(open_to(server))
    assert server.asked[0]["messages"][1]["content"][1]["text"] == "\nTable Recognition:"
    assert [flag.code for flag in reply.flags] == ["untrained_kind"]


def test_drawings_are_sent_untouched_and_photographs_small():
    drawing, photo = chart_picture(), Image.effect_noise((400, 300), 60).convert("RGB")
    assert opened(data_url(drawing)).tobytes() == drawing.tobytes()
    assert opened(data_url(photo)).format == "JPEG"
    assert len(data_url(photo)) < 400 * 300 * 2


@pytest.mark.parametrize(
    ("size", "sent"), [((100, 75), (112, 84)), ((1024, 768), (1036, 756)), ((560, 392), (560, 392))]
)
def test_pictures_have_sides_that_servers_need_not_change(size, sent):
    with FakeServer() as server:
        ask(open_to(server), image=chart_picture(size))
    assert opened(server.asked[0]["messages"][1]["content"][0]["image_url"]["url"]).size == sent


def test_a_crop_of_impossible_shape_costs_itself():
    with FakeServer() as server:
        (reply,) = ask(open_to(server), image=Image.new("RGB", (5000, 5)))
    assert reply.failure.code == "bad_shape"
    assert server.asked == []


# -- how much at a time ------------------------------------------------------------------------------------


def test_no_more_is_pulled_than_the_servers_may_hold():
    pulled = []

    def stream():
        for request in requests(30):
            pulled.append(request.key)
            yield request

    with FakeServer(delay=0.02) as one, FakeServer(delay=0.02) as other:
        engine = open_to(one, other, concurrency=3)
        for answered, _ in enumerate(engine.read(stream())):
            assert len(pulled) - answered <= 6
        engine.close()
    assert 1 < max(one.most_at_once, other.most_at_once) <= 3
    assert len(one.asked) + len(other.asked) == 30
    assert min(len(one.asked), len(other.asked)) >= 5


def test_none_in_the_stream_is_answered_before_more_is_pulled():
    def stream():
        for request in requests(6):
            yield request
            if request.key in {2, 5}:
                before = len(answered)
                yield None
                assert len(answered) > before

    with FakeServer() as server:
        engine, answered = open_to(server), []
        answered += (reply.key for reply in engine.read(stream()))
        engine.close()
    assert sorted(answered) == list(range(6))


def test_nothing_is_connected_before_the_first_crop():
    engine = open_to("http://127.0.0.1:9/v1")
    assert list(engine.read(iter([]))) == []
    assert engine.status() == ""


# -- what goes wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["503", "500", "502", "408", "429", "429:1", "reset", "cut", "stall", "hang"])
def test_whatever_fails_for_a_moment_is_asked_again(fault, monkeypatch):
    monkeypatch.setattr(endpoint_module, "STALL_SECONDS", 0.3)
    with FakeServer([fault, "ok", fault] * 2) as server:
        started = time.monotonic()
        replies = ask(open_to(server, answer_seconds=0.8 if fault == "hang" else 20), 8)
    assert [(reply.key, reply.text) for reply in replies] == [(key, CHART_REPLY) for key in range(8)]
    if fault == "429:1":
        assert time.monotonic() - started >= 1


def test_faults_of_all_kinds_at_once_lose_nothing(monkeypatch):
    monkeypatch.setattr(endpoint_module, "STALL_SECONDS", 0.3)
    faults = ["reset", "ok", "503", "ok", "429:1", "cut", "ok", "ok", "500", "ok", "stall", "ok", "hang"] * 2
    with FakeServer() as server, FaultyProxy(server.port, faults) as proxy, FaultyProxy(server.port, faults) as second:
        replies = ask(open_to(proxy, second, answer_seconds=1.5), 60)
    assert [(reply.key, reply.text) for reply in replies] == [(key, CHART_REPLY) for key in range(60)]


def test_a_server_that_is_not_there_is_left_out(caplog):
    with FakeServer() as server:
        engine = open_to(f"http://127.0.0.1:{free_port()}/v1", server)
        replies = ask(engine, 20)
    assert len(replies) == len(server.asked) == 20
    assert "it is tried again" in caplog.text


def test_a_server_that_comes_late_is_waited_for():
    port = free_port()
    server = FakeServer(port=port)
    timer = threading.Timer(0.5, server.__enter__)
    timer.start()
    assert len(ask(open_to(f"http://127.0.0.1:{port}/v1"), 3)) == 3
    server.__exit__()


def test_when_all_servers_stay_away_there_is_no_engine():
    with pytest.raises(EngineUnavailableError, match=r"no server has answered for 0\.5 s") as caught:
        ask(open_to(f"http://127.0.0.1:{free_port()}/v1", server_wait=0.5))
    assert "--server-wait" in caught.value.cure


def test_a_server_that_lists_its_model_and_refuses_every_question_is_no_engine():
    with FakeServer(["503"] * 1000) as server, pytest.raises(EngineUnavailableError, match="HTTP 503"):
        ask(open_to(server, server_wait=1.0), 4)


def test_a_key_that_is_wanted_is_asked_for_at_once(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong")
    with FakeServer(key=KEY) as server, pytest.raises(EngineUnavailableError, match="HTTP 401") as caught:
        ask(open_to(server, server_wait=60.0))
    assert "MINERU_EXTRACT_API_KEY" in caught.value.cure
    assert "sk-wrong" not in str(caught.value)


def test_a_wrong_address_is_told_at_once():
    with FakeServer(missing=True) as server, pytest.raises(EngineUnavailableError, match="HTTP 404") as caught:
        ask(open_to(server, server_wait=60.0))
    assert "/v1" in caught.value.cure


def test_of_several_models_one_must_be_named():
    with FakeServer(models=["a/b", "c/d"]) as server:
        with pytest.raises(EngineUnavailableError, match="2 models") as caught:
            ask(open_to(server))
        assert "a/b, c/d" in caught.value.cure
        ask(open_to(server, model="c/d"))
    assert server.asked[0]["model"] == "c/d"


def test_a_server_that_cannot_list_its_models_is_asked_for_the_one_named():
    with FakeServer(listed=500) as server:
        with pytest.raises(EngineUnavailableError, match="cannot list") as caught:
            ask(open_to(server))
        assert "--model" in caught.value.cure
        assert ask(open_to(server, model="/weights/nano"))[0].text == CHART_REPLY


def test_a_figure_that_is_refused_costs_itself(monkeypatch):
    monkeypatch.setenv("MINERU_EXTRACT_API_KEY", KEY)
    seen = []

    def judge(question):
        seen.append(question)
        return (400, f"too many tokens, {KEY}") if "Layout" in question["messages"][1]["content"][1]["text"] else None

    tasks = [Task.CHART, Task.LAYOUT, Task.CHART]
    with FakeServer(judge=judge, key=KEY) as server:
        engine = open_to(server)
        stream = (Request(key=key, task=task, image=chart_picture((112, 84))) for key, task in enumerate(tasks))
        replies = {reply.key: reply for reply in engine.read(stream)}
        engine.close()
    assert replies[0].text == replies[2].text == CHART_REPLY
    assert replies[1].failure.code == "server_refused"
    assert "too many tokens, ***" in replies[1].failure.message
    assert "skip_special_tokens" in seen[-1] or len(seen) >= 4


def test_a_question_that_always_breaks_the_server_costs_itself():
    def judge(question):
        return (500, "out of memory") if "Layout" in question["messages"][1]["content"][1]["text"] else None

    tasks = [Task.CHART, Task.LAYOUT, Task.CHART, Task.CHART]
    with FakeServer(judge=judge) as server:
        engine = open_to(server)
        stream = (Request(key=key, task=task, image=chart_picture((112, 84))) for key, task in enumerate(tasks))
        failures = {reply.key: reply.failure and reply.failure.code for reply in engine.read(stream)}
        engine.close()
    assert failures == {0: None, 1: "server_error", 2: None, 3: None}


@pytest.mark.parametrize("unknown", [["skip_special_tokens"], ["skip_special_tokens", "stream_options"]])
def test_a_field_the_server_does_not_know_is_left_out_from_then_on(unknown):
    with FakeServer(unknown=unknown) as server:
        replies = ask(open_to(server, concurrency=1), 5)
    assert all(reply.text == CHART_REPLY for reply in replies)
    refused = [question for question in server.asked if set(unknown) & set(question)]
    assert len(refused) == 1
    assert len(server.asked) == 6


# -- how answers end ---------------------------------------------------------------------------------------


def test_an_answer_that_is_cut_by_its_length_says_so():
    with FakeServer() as server:
        (reply,) = ask(open_to(server, max_new_tokens=5))
    assert (reply.stop, reply.text) == ("length", CHART_REPLY[:20])


def test_an_answer_that_goes_round_in_circles_is_stopped():
    with FakeServer(text="<|class_start|>" + "| Rent | 42 |\n" * 4000) as server:
        (reply,) = ask(open_to(server, max_new_tokens=100_000))
    assert reply.stop == "repetition"
    assert len(reply.text) < 3000


def test_an_answer_that_takes_too_long_is_cut():
    with FakeServer(text="<|class_start|>" + " ".join(str(n * n) for n in range(100_000))) as server:
        (reply,) = ask(open_to(server, max_new_tokens=10**6, answer_seconds=0.5))
    assert reply.stop == "time"
    assert len(reply.text) > 100


def test_wide_rulers_and_equal_cells_are_no_circle():
    header = "| " + " | ".join(f"Item {n}" for n in range(60)) + " |\n"
    assert not goes_round(header + "|" + "---|" * 60 + "\n")
    assert not goes_round(header + "| " + " | ".join(str(1000 + 7 * n) for n in range(60)) + " |\n")
    assert goes_round("| Rent | 42 |\n" * 40)


def test_the_end_token_is_no_part_of_the_answer():
    with FakeServer(text=CHART_REPLY + "<|im_end|>") as server:
        (reply,) = ask(open_to(server))
    assert reply.text == CHART_REPLY


def test_a_server_that_drops_the_models_tags_is_told_of(caplog):
    with FakeServer(text="chart bar Cost | Item | EUR |") as server:
        replies = ask(open_to(server), 3)
    assert {flag.code for reply in replies for flag in reply.flags} == {"tags_lost"}
    assert caplog.text.count("leaves out special tokens") == 1


def test_closing_does_not_wait_for_answers():
    with FakeServer(["ok", *["hang"] * 50]) as server:
        engine = open_to(server)
        replies = engine.read(iter(requests(10)))
        next(replies)
        started = time.monotonic()
        engine.close()
        assert time.monotonic() - started < 3


# -- whole runs --------------------------------------------------------------------------------------------


@pytest.fixture
def documents(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number in range(6):
        chart_pdf(tmp_path / f"in/{number}.pdf", pages=2, width=280 + number)
    chart_picture().save(tmp_path / "in/a.png")
    return tmp_path


def read(*arguments):
    """Run the command in this process; its exit code."""
    return command(["in", "-o", "out", "--workers", "0", *arguments])


def charts(folder):
    return [figure.chart for document in Records.below(folder) for figure in document.figures]


def test_a_run_reads_by_the_server_and_keeps_the_key_to_itself(documents, monkeypatch, capfd):
    monkeypatch.setenv("MINERU_EXTRACT_API_KEY", KEY)
    with FakeServer(key=KEY) as server:
        assert read("--engine", "server", "--server", server.url, "-vv", "--log-file", "log") == ExitCode.OK
    assert {chart.read_by for chart in charts(documents / "out")} == {"server"}
    report = json.loads((documents / "out/run.json").read_text())
    assert report["read_by"] == {"server": 13}
    assert report["engine"]["servers"] == server.url
    assert report["options"]["server"] == [server.url]
    written = [path.read_bytes() for path in documents.rglob("*") if path.is_file()]
    assert not any(KEY.encode() in data for data in (*written, *(text.encode() for text in capfd.readouterr())))


def test_with_a_server_vector_charts_are_still_read_exactly(documents):
    with FakeServer() as server:
        assert read("--server", server.url, "-q") == ExitCode.OK
    assert [chart.read_by for chart in charts(documents / "out")].count("exact") == 12
    assert len(server.asked) == 2  # the picture: where is a figure, and what does it say


def test_when_the_server_is_gone_what_was_finished_is_kept(documents, capfd):
    code = read("--server", f"http://127.0.0.1:{free_port()}/v1", "--server-wait", "0.5", "-q")
    assert code == ExitCode.ENGINE_UNAVAILABLE
    assert "no server has answered" in capfd.readouterr().err
    with FakeServer() as server:
        assert read("--server", server.url, "-q") == ExitCode.OK
    assert json.loads((documents / "out/run.json").read_text())["counts"]["resumed"] == 6


def test_a_server_killed_and_started_again_loses_nothing(documents):
    port = free_port()

    def start():
        arguments = [sys.executable, "-m", "tests.loopback", str(port)]
        process = subprocess.Popen(arguments, cwd=Path(__file__).parents[1], stdout=subprocess.PIPE, text=True)
        assert "http" in process.stdout.readline()
        return process

    def kill(process):
        process.kill()
        process.communicate()

    def kill_and_start_again():
        while not list((documents / "out").rglob("*.pdf.json")):
            time.sleep(0.02)
        kill(first)
        second.append(start())

    first, second = start(), []
    killing = threading.Thread(target=kill_and_start_again)
    killing.start()
    code = read("--engine", "server", "--server", f"http://127.0.0.1:{port}/v1", "-q", "--concurrency", "2")
    killing.join()
    kill(*second)
    assert code == ExitCode.OK
    assert [chart.read_by for chart in charts(documents / "out")] == ["server"] * 13


def test_the_doctor_asks_each_server(capsys):
    with FakeServer(owner="vllm") as server:
        gone = f"http://127.0.0.1:{free_port()}/v1"
        assert command(["--doctor", "--server", server.url, "--server", gone]) == ExitCode.OK
        out = capsys.readouterr().out
        assert f"{server.url} serves nano (vllm)" in out
        assert "note  server" in out
    assert command(["--doctor", "--engine", "server", "--server", gone]) == ExitCode.ENGINE_UNAVAILABLE
    assert "bad   server" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        {"engine": "server"},
        {"server": ["localhost:8000"]},
        {"server": ["ftp://host/v1"]},
        {"server": ["http://"]},
        {"server": ["http://me:secret@host/v1"]},
        {"server": ["http://host/v1?key=secret"]},
        {"server": ["http://host/v1"], "concurrency": 0},
    ],
)
def test_what_cannot_be_asked_is_refused_without_repeating_secrets(options):
    with pytest.raises(UsageError) as caught:
        Options.from_flat(options)
    assert "secret" not in str(caught.value)


def test_readings_by_a_server_and_by_the_model_here_are_told_apart():
    plain = Options.from_flat({})
    assert Options.from_flat({"server": ["http://host/v1"]}).fingerprint("1") != plain.fingerprint("1")
    assert Options.from_flat({"server": ["http://host/v1"], "engine": "exact"}).engine.server
