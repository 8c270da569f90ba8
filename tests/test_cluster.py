import asyncio
import sys
from collections import deque
from pathlib import Path

import pytest

from mineru_cli.cluster.reader import DocumentReader, Duty, Feed
from mineru_cli.cluster.roster import MOST_DEATHS, Hand, Roster
from mineru_cli.cluster.session import Machine, connected, make_plan
from mineru_cli.errors import MissingDependencyError, UsageError
from mineru_cli.intake import Input
from mineru_cli.options import Options
from mineru_cli.schema import Document, SourceRecord
from mineru_cli.sources import Source
from tests.inputs import chart_picture
from tests.test_batch import AbsentEngine, ScriptedEngine


def document(name, size=1000):
    source = Source(path=Path(name), name=name, kind="png", size=size)
    return Input(name=name, source=source, record=SourceRecord(path=name, kind="png", bytes=size, sha256="0"))


class Listed:
    """Inputs that are all there."""

    def __init__(self, *documents):
        self.documents = deque(documents)

    def take(self):
        return self.documents.popleft() if self.documents else None

    def wait(self):
        return False


def roster(*documents, readers=2, most=4):
    made = Roster(Listed(*documents))
    made.most = most
    made.hands = [Hand(name=str(number), actor=None, is_up=True) for number in range(readers)]
    return made


def assign_all(made):
    given = []
    while (pair := made.assign()) is not None:
        given.append(pair)
    return given


def names(hand):
    return sorted(errand.input.name for errand in hand.held)


def test_readers_are_filled_evenly_and_no_further_than_they_hold():
    made = roster(*(document(str(number)) for number in range(20)), most=4)
    assign_all(made)
    assert [len(hand.held) for hand in made.hands] == [4, 4]
    assert made.is_there_more()


def test_large_documents_do_not_pile_up_with_one_reader():
    made = roster(*(document(str(number), size=50 * 1024**2) for number in range(9)), most=96)
    assign_all(made)
    assert [len(hand.held) for hand in made.hands] == [2, 2]


def test_nothing_is_given_to_a_reader_that_is_down():
    made = roster(document("a"), document("b"))
    made.hands[0].is_up = False
    assign_all(made)
    assert names(made.hands[0]) == []
    assert names(made.hands[1]) == ["a", "b"]


def test_a_document_that_kills_is_given_up_and_its_company_is_read():
    made = roster(*(document(name) for name in "abcdefp"), readers=2, most=4)
    read, given_up, deaths = set(), [], 0
    while True:
        assign_all(made)
        held = [(hand, errand) for hand in made.hands for errand in hand.held]
        if not held:
            break
        poisoned = next((hand for hand, errand in held if errand.input.name == "p"), None)
        if poisoned is not None:
            deaths += 1
            given_up += [errand.input.name for errand in list(poisoned.held) if made.lost(poisoned, errand)]
            continue
        hand, errand = held[0]
        made.done(hand, errand)
        read.add(errand.input.name)
    assert given_up == ["p"]
    assert deaths == MOST_DEATHS
    assert read == set("abcdef")
    assert not made.is_there_more()


def test_a_suspect_is_read_alone_while_others_go_on():
    made = roster(*(document(str(number)) for number in range(12)), readers=2, most=3)
    for _ in range(MOST_DEATHS - 1):
        assign_all(made)
        first = made.hands[0]
        for errand in list(first.held):
            made.lost(first, errand)
    assign_all(made)
    alone, other = made.hands
    assert len(alone.held) == 1
    assert alone.is_alone
    assert len(other.held) == 3


def test_one_reader_finishes_what_it_holds_before_it_gets_a_suspect():
    made = roster(*(document(name) for name in "abc"), readers=1, most=2)
    (hand,) = made.hands
    assign_all(made)
    suspect = next(iter(hand.held))
    suspect.deaths = MOST_DEATHS - 2
    made.lost(hand, suspect)
    assert assign_all(made) == []
    made.done(hand, next(iter(hand.held)))
    assert [errand for _, errand in assign_all(made)] == [suspect]


def test_a_feed_says_when_there_is_nothing_yet_and_when_there_will_be_nothing():
    feed = Feed()
    assert feed.take() is None
    feed.put(document("a"))
    assert feed.wait()
    assert feed.take().name == "a"
    assert feed.take() is None
    feed.close()
    assert not feed.wait()


@pytest.mark.parametrize(
    ("machines", "options", "expected"),
    [
        ([(16, 0)], {}, (1, 16, 0, 8)),
        ([(16, 0)], {"ray_actors": 4}, (4, 4, 0, 4)),
        ([(2, 0)], {"ray_actors": 3}, (3, 0, 0, 1)),
        ([(32, 2)], {}, (2, 8, 1, 8)),
        ([(32, 2), (8, 0)], {}, (2, 8, 1, 8)),
        ([(8, 4), (8, 1)], {}, (5, 2, 1, 2)),
        ([(32, 2)], {"ray_actors": 3}, (3, 8, 0.5, 8)),
        ([(32, 2)], {"engine": "exact"}, (1, 32, 0, 8)),
        ([(32, 2)], {"device": "cpu", "workers": 3}, (1, 32, 0, 3)),
        ([(8, 0), (4, 0)], {}, (2, 4, 0, 4)),
    ],
)
def test_readers_are_planned_by_what_machines_have(machines, options, expected):
    flat = {"inputs": ["a"], "output": "out", "ray": "auto", **options}
    plan = make_plan([Machine(cpus=cpus, gpus=gpus) for cpus, gpus in machines], Options.from_flat(flat))
    assert (plan.readers, plan.cpus, plan.gpus, plan.workers) == expected


def test_without_ray_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'mineru-extract\[ray\]'"), connected("local"):
        pass


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ray_actors": 2}, "--ray-actors is for --ray"),
        ({"ray": "local", "ray_actors": 0}, "--ray-actors is 0"),
        ({"ray": ""}, "--ray has no value"),
        ({"ray": "local", "device": "cuda:1"}, "names one card"),
        ({"ray": "local", "shard": "1/2"}, "both divide"),
    ],
)
def test_options_that_make_no_sense_together_are_refused(options, message):
    with pytest.raises(UsageError, match=message):
        Options.from_flat({"inputs": ["a"], "output": "out", **options})


def reader(tmp_path, engine, **options):
    flat = {"output": str(tmp_path / "out"), "engine": "model", "workers": 0, "layout": "never", **options}
    duty = Duty(options=Options.from_flat(flat), fingerprint="f", folder=str(tmp_path), log_level=20, engine=engine)
    return DocumentReader(duty)


def pictures(folder, count):
    taken = []
    for number in range(count):
        path = folder / f"{number}.png"
        chart_picture((500 + number, 392)).save(path)
        source = Source(path=Path(path.name), name=path.name, kind="png", size=path.stat().st_size)
        record = SourceRecord(path=path.name, kind="png", bytes=source.size, sha256=str(number))
        taken.append(Input(name=path.name, source=source, record=record))
    return taken


def test_documents_held_at_once_share_one_engine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine = ScriptedEngine(hold=3)
    taken = pictures(tmp_path, 6)

    async def read_all():
        made = reader(tmp_path, engine)
        outcomes = await asyncio.gather(*(made.read(one) for one in taken))
        return outcomes, await made.leave("reader 1")

    outcomes, (record, news) = asyncio.run(read_all())
    assert [outcome.document.name for outcome in outcomes] == [one.name for one in taken]
    assert engine.most_held == 3
    assert engine.closed == 1
    assert record.documents == 6
    assert (news.pages_found, news.pages_read, news.figures_read) == (6, 6, 6)
    for one in taken:
        written = Document.model_validate_json((tmp_path / f"out/{one.name}.json").read_bytes())
        assert written.figures[0].chart is not None


def test_a_reader_without_a_model_says_so_with_each_document_that_needed_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (taken,) = pictures(tmp_path, 1)

    async def read():
        made = reader(tmp_path, AbsentEngine())
        outcome = await made.read(taken)
        await made.leave("reader 1")
        return outcome

    outcome = asyncio.run(read())
    assert str(outcome.unavailable) == "there is no model. Get one"
    assert [failure.code for failure in outcome.document.failures] == ["engine_unavailable"]


def test_a_stopped_reader_leaves_what_it_has_not_begun(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    taken = pictures(tmp_path, 2)

    async def read():
        made = reader(tmp_path, ScriptedEngine())
        await made.read(taken[0])
        await made.stop()
        return await made.read(taken[1])

    assert asyncio.run(read()).document is None


def test_an_output_that_cannot_be_written_is_told_not_hidden(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (taken,) = pictures(tmp_path, 1)
    (tmp_path / "out").touch()

    async def read():
        return await reader(tmp_path, ScriptedEngine()).read(taken)

    assert "cannot be written" in str(asyncio.run(read()).error)
