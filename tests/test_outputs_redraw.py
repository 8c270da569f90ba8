"""Redrawn charts: specifications always, pictures where they can be had, and nothing that hangs or dies costs more."""

import json
import os
import signal
import threading
import time

import pytest

from mineru_cli.errors import OutputError
from mineru_cli.outputs import redraw
from mineru_cli.outputs.redraw import Redrawings, Renderer
from mineru_cli.outputs.vega import chart_spec
from tests.page_inputs import chart, document, figure, series

SALES = document("q3.pdf", figure(1, chart(series("Sales", [1, 2, 3]), title="Sales")))


@pytest.fixture
def redrawn(tmp_path):
    """Redraw documents in one folder; what is there then, by name, and when it was written."""

    def draw(*documents, offered=(), seconds=20.0):
        redrawings = Redrawings(tmp_path, seconds=seconds)
        try:
            for one in offered:
                redrawings.offer(one)
            redrawings.finish(documents)
        finally:
            redrawings.close()
        return {path.name: path.stat().st_mtime_ns for path in (tmp_path / "q3.pdf").glob("*")}

    return draw


@pytest.fixture
def without_package(monkeypatch):
    monkeypatch.setattr(redraw, "can_draw", lambda: False)


def spec(*values):
    return json.dumps(chart_spec(chart(series("Sales", values)))) + "\n"


def test_a_chart_gets_its_specification_and_its_picture(redrawn, tmp_path):
    assert set(redrawn(SALES, offered=[SALES])) == {"p001-f1.vl.json", "p001-f1.svg"}
    assert json.loads((tmp_path / "q3.pdf/p001-f1.vl.json").read_text())["title"]["text"] == ["Sales"]
    picture = (tmp_path / "q3.pdf/p001-f1.svg").read_text()
    assert picture.startswith("<svg")
    assert ">Sales<" in picture


def test_what_is_up_to_date_is_left_alone_and_what_is_not_is_drawn_anew(redrawn, tmp_path):
    before = redrawn(SALES)
    assert redrawn(SALES) == before
    other = document("q3.pdf", figure(1, chart(series("Costs", [1, 2, 3]), title="Costs")))
    after = redrawn(other)
    assert all(after[name] > before[name] for name in before)
    assert ">Costs<" in (tmp_path / "q3.pdf/p001-f1.svg").read_text()
    (tmp_path / "q3.pdf/p001-f1.svg").unlink()
    assert "p001-f1.svg" in redrawn(other)


def test_a_chart_that_lost_its_numbers_loses_its_picture(redrawn):
    redrawn(SALES)
    assert redrawn(document("q3.pdf", figure(1, chart()))) == {}


def test_without_the_package_the_specification_is_there_and_one_line_says_how(redrawn, without_package, caplog):
    assert set(redrawn(SALES)) == {"p001-f1.vl.json"}
    (told,) = caplog.messages
    assert "pip install 'mineru-extract[html]'" in told


def test_a_picture_that_is_out_of_date_goes_where_it_cannot_be_drawn_anew(redrawn, monkeypatch):
    redrawn(SALES)
    monkeypatch.setattr(redraw, "can_draw", lambda: False)
    other = document("q3.pdf", figure(1, chart(series("Costs", [4]))))
    assert set(redrawn(other)) == {"p001-f1.vl.json"}


def test_a_full_disk_is_an_error_of_the_run(tmp_path):
    (tmp_path / "q3.pdf").write_text("a file where a folder has to be")
    redrawings = Redrawings(tmp_path)
    try:
        with pytest.raises(OutputError, match="cannot be written"):
            redrawings.finish([SALES])
    finally:
        redrawings.close()


def test_offering_never_waits_and_what_found_no_room_is_drawn_at_the_end(redrawn, without_package, monkeypatch):
    monkeypatch.setattr(redraw, "_WAITING", 2)
    many = document("q3.pdf", *(figure(k, chart(series("Sales", [k]))) for k in range(1, 41)))
    assert len(redrawn(many, offered=[many, many])) == 40


def renderer_of(tmp_path, monkeypatch, body):
    """A renderer whose process does something else."""
    script = tmp_path / "renderer.py"
    script.write_text(f"import os, sys, time\nfor line in sys.stdin:\n    {body}\n")
    monkeypatch.setattr(redraw, "_SCRIPT", script)
    return Renderer(0.5)


@pytest.mark.parametrize(
    "body", ["time.sleep(60)", "os._exit(3)", "os.abort()", "sys.stdout.write('{\"svg'); os._exit(0)"]
)
def test_a_renderer_that_hangs_or_dies_costs_one_picture(tmp_path, monkeypatch, body):
    renderer = renderer_of(tmp_path, monkeypatch, body)
    began = time.monotonic()
    assert renderer.draw(spec(1)) is None
    assert time.monotonic() - began < 10
    renderer.let_go()


def test_the_next_chart_is_drawn_by_a_new_process():
    renderer = Renderer(20.0)
    try:
        assert "<svg" in renderer.draw(spec(1, 2))
        os.kill(renderer._process.pid, signal.SIGKILL)
        assert renderer.draw(spec(1, 2)) is None
        assert "<svg" in renderer.draw(spec(1, 2))
        assert renderer.draw('{"mark": "no such mark"}\n') is None
        assert "<svg" in renderer.draw(spec(1, 2))
    finally:
        renderer.let_go()


def test_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text('[{"x": 1}]')
    renderer = Renderer(20.0)
    try:
        fetching = {
            "data": {"url": secret.as_uri()},
            "mark": "point",
            "encoding": {"x": {"field": "x", "type": "nominal"}},
        }
        drawn = renderer.draw(json.dumps(fetching) + "\n")
        assert drawn is None or 'aria-label="x: 1' not in drawn
    finally:
        renderer.let_go()


def test_closing_ends_what_is_being_drawn(tmp_path, monkeypatch):
    script = tmp_path / "renderer.py"
    script.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(redraw, "_SCRIPT", script)
    redrawings = Redrawings(tmp_path)
    redrawings.offer(SALES)
    time.sleep(0.2)
    closing = threading.Thread(target=redrawings.close)
    closing.start()
    closing.join(10)
    assert not closing.is_alive()


def test_the_renderer_needs_nothing_of_this_package():
    assert "mineru_cli" not in redraw._SCRIPT.read_text()
