"""index.html: what is in it, and that nothing else is."""

import html.parser
import json
import re

import pytest

import mineru_cli
from mineru_cli.outputs import redraw
from mineru_cli.outputs.gather import Records, gather
from mineru_cli.outputs.page import write_page
from mineru_cli.outputs.page.cards import MOST_ROWS, cards_of, describe, doubt
from mineru_cli.schema import Answer, Counts, Failure, Flag
from tests.inputs import chart_pdf, text_pdf
from tests.page_inputs import (
    HOSTILE,
    chart,
    document,
    figure,
    hostile_document,
    report_of,
    series,
    write_output,
)


class Parts(html.parser.HTMLParser):
    """The elements of a page that matter, as a browser would take them apart."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.addresses, self._open = {}, [], None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.addresses += [value for name, value in attrs if name in {"href", "src"}]
        if tag == "script":
            self._open = given.get("id", "code")
            self.scripts[self._open] = ""

    def handle_endtag(self, tag):
        if tag == "script":
            self._open = None

    def handle_data(self, data):
        if self._open is not None:
            self.scripts[self._open] += data


def parts(path):
    """The index of a page, and the details of its cards."""
    scripts = Parts(path.read_text(encoding="utf-8")).scripts
    assert set(scripts) == {"details", "index", "code"}
    return json.loads(scripts["index"]), [json.loads(line) for line in scripts["details"].strip("\n").split("\n")]


def details(content, **fields):
    """Of one figure: entry and details."""
    (card,) = cards_of(document("a.pdf", figure(1, content, **fields)), 0, {"p001-f1": [".svg", ".vl.json"]})
    return card.entry, card.details


def test_the_page_names_nothing_outside_the_folder(tmp_path):
    page = write_output(tmp_path, [hostile_document()])
    assert set(Parts(page.read_text()).addresses) == {"data:,", "#charts"}
    assert not re.search(r"https?://", page.read_text())
    assert "default-src &#x27;none&#x27;" in page.read_text()


def test_hostile_text_stays_in_its_place(tmp_path):
    one = hostile_document()
    index, cards = parts(write_output(tmp_path, [one]))
    assert len(index["cards"]) == len(cards) == len(one.figures)
    assert index["cards"][0]["title"] == HOSTILE
    assert cards[0][4] == ["x", HOSTILE]
    assert index["failures"][0][2] == HOSTILE


def test_files_beside_are_named_only_where_they_are(tmp_path):
    with_csv = figure(1, chart(series("a", [1])), csv="a.pdf/p001-f1.csv")
    index, _ = parts(write_output(tmp_path, [document("a.pdf", with_csv, figure(2, chart()))]))
    assert [card["files"] for card in index["cards"]] == [[".png", ".svg"], [".png", ".svg"]]
    (tmp_path / "a.pdf/p001-f1.csv").touch()
    (tmp_path / "a.pdf/p001-f1.svg").unlink()
    (tmp_path / "a.pdf/p001-f2.csv").touch()  # of an earlier run: the record knows of none
    write_page(tmp_path, [document("a.pdf", with_csv, figure(2, chart()))], report_of([]))
    index, _ = parts(tmp_path / "index.html")
    assert [card["files"] for card in index["cards"]] == [[".png", ".csv"], [".png", ".svg"]]


def test_links_lead_to_the_source_from_where_the_page_is(tmp_path):
    source = tmp_path / "in/the ä#1 report.pdf"
    source.parent.mkdir()
    source.touch()
    one = [
        document("a.pdf", figure(1, chart()), source=source),
        document("b.pdf", figure(1, chart()), source="gone.pdf"),
        document("c.pdf", figure(1, chart()), source="https://example.org/a b.pdf"),
        document("d.pdf", figure(1, chart()), source="s3://bucket/d.pdf"),
        document("e.pdf", figure(1, chart()), source="javascript://%0aalert(1)"),
    ]
    index, _ = parts(write_output(tmp_path / "out", one))
    links = [doc["href"] for doc in index["docs"]]
    assert links == ["../in/the%20%C3%A4%231%20report.pdf", None, "https://example.org/a%20b.pdf", None, None]
    assert index["docs"][0]["pdf"]


def test_many_rows_are_thinned_and_the_ends_stay():
    _, (*_, rows, count, note) = details(chart(series("a", list(range(10_000)), list(range(10_000)))))
    assert count == 10_000
    assert len(rows) <= MOST_ROWS
    assert (rows[0][0], rows[-1][0]) == ("0", "9999")
    assert "of 10,000 rows are shown here; the CSV has all." in note


def test_doubtful_charts_come_before_sure_ones():
    flags = [Flag(code="cut", message="It stops."), Flag(code="prose", message="It talks.")]
    order = [
        figure(1, None),
        figure(1, chart()),
        figure(1, chart(series("a", [1]), flags=flags)),
        figure(1, chart(series("a", [1]), flags=flags[:1])),
        figure(1, chart(series("a", [1]), confidence=0.8)),
        figure(1, chart(series("a", [1]), confidence=1.0)),
    ]
    doubts = [doubt(one) for one in order]
    assert doubts == sorted(doubts, reverse=True)
    assert len(set(doubts)) == len(doubts)


def test_a_card_says_how_it_was_read_and_what_is_doubtful():
    answer = Answer(task="chart", stop="end", tokens=9, seconds=1, precision="int8", rung="offload", certainty=0.5)
    one = chart(series("a", [1], flags=[Flag(code="unnamed", message="No legend entry.")]), confidence=0.75)
    entry, (_, how, doubts, *_) = details(one, answer=answer, flags=[Flag(code="cut", message="It stops.")])
    assert entry["codes"] == ["cut", "unnamed"]
    assert doubts == ["It stops.", "a: No legend entry."]
    assert "confidence 0.75" in how[0]
    assert "offload" in how[1]


def test_what_was_not_read_has_its_reason_and_cure():
    failure = Failure(code="timeout", message="It took too long", cure="Allow it more", page=1, figure="p001-f1")
    (card,) = cards_of(document("a.pdf", figure(1, None), failures=[failure]), 0, {})
    assert card.entry["failed"]
    assert card.entry["label"] == "not read"
    assert card.entry["codes"] == ["timeout"]
    assert card.details[2] == ["It took too long. Allow it more"]


def test_a_chart_is_described_to_who_cannot_see_it():
    one = chart(series("Sales", [3, 12], ["2019", "2020"]), series("Rent", [None]), title="Shops", type="bar_stacked")
    assert describe(one) == (
        "Stacked bar chart, “Shops”: Sales, 2 points from 2019 to 2020, between 3 and 12; Rent has no numbers."
    )
    assert describe(chart(type="line")) == "Line chart, without numbers."


def test_the_summary_tells_of_failures_and_of_being_stopped(tmp_path):
    failures = [Failure(code="broken", message=f"{k}.pdf is broken", cure="Save it anew") for k in range(300)]
    given = {"failures": failures, "exit_code": 130, "counts": Counts(documents=300, charts=0, duplicates=2)}
    index, _ = parts(write_output(tmp_path, [document("a.pdf", figure(1, chart()))], **given))
    assert len(index["failures"]) == 200
    assert index["more_failures"] == 100
    assert [300, "could not be read", "bad"] in index["summary"]["tiles"]
    assert "run it again" in index["summary"]["notice"]


@pytest.fixture
def report_pdf(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chart_pdf(tmp_path / "report.pdf")
    text_pdf(tmp_path / "text.pdf")


def run(**options):
    return mineru_cli.extract(["report.pdf", "text.pdf"], "out", engine="exact", formats=["csv", "html"], **options)


def test_a_run_leaves_a_page_and_the_next_keeps_it(tmp_path, report_pdf, monkeypatch):
    run()
    index, _ = parts(tmp_path / "out/index.html")
    (card,) = index["cards"]
    assert card["files"] == [".png", ".svg", ".vl.json", ".csv"]
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in (tmp_path / "out/report.pdf").iterdir()}
    page = (tmp_path / "out/index.html").read_bytes()
    monkeypatch.setattr(redraw, "_start", lambda: pytest.fail("nothing had to be drawn"))
    run()
    assert (tmp_path / "out/index.html").read_bytes() == page
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before


def test_without_the_renderer_the_page_is_there_and_says_what_to_install(tmp_path, report_pdf, monkeypatch, caplog):
    with monkeypatch.context() as missing:
        missing.setattr(redraw, "can_draw", lambda: False)
        run()
    index, cards = parts(tmp_path / "out/index.html")
    assert "mineru-extract[html]" in index["summary"]["notice"]
    assert sum("mineru-extract[html]" in message for message in caplog.messages) == 1
    assert index["cards"][0]["files"] == [".png", ".vl.json", ".csv"]
    assert "not redrawn" in cards[0][3][1]
    run()  # once it is installed, kept documents get theirs
    assert parts(tmp_path / "out/index.html")[0]["cards"][0]["files"] == [".png", ".svg", ".vl.json", ".csv"]


def test_a_run_that_was_stopped_ends_without_drawing(tmp_path):
    one = document("a.pdf", figure(1, chart(series("a", [1]))))
    write_output(tmp_path, [one], pictures=False)
    gather(Records(root=tmp_path, names=["a.pdf"]), report_of([one], exit_code=130), ["html"])
    assert parts(tmp_path / "index.html")[0]["cards"][0]["files"] == []
    gather(Records(root=tmp_path, names=["a.pdf"]), report_of([one]), ["html"])
    assert parts(tmp_path / "index.html")[0]["cards"][0]["files"] == [".svg", ".vl.json"]


def test_no_page_is_written_where_none_is_asked_for(tmp_path, report_pdf):
    mineru_cli.extract("report.pdf", "out", engine="exact", formats=["csv"])
    assert not [path for path in (tmp_path / "out").rglob("*") if path.suffix in {".html", ".svg"}]
    assert not list((tmp_path / "out").rglob("*.vl.json"))
