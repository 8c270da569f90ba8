import json
import shutil
import subprocess
import sys
from collections import Counter

import pymupdf
import pytest
from PIL import Image

import mineru_cli
from mineru_cli import batch
from mineru_cli.assembly import off_axis
from mineru_cli.engines.base import Reply, Task
from mineru_cli.errors import EngineUnavailableError, ExitCode, OutputError
from mineru_cli.listener import Listener
from mineru_cli.options import Options
from mineru_cli.reply import parse_reply
from mineru_cli.schema import Axis, Document, Failure, RunReport
from tests.inputs import CHART_REPLY, LAYOUT_REPLY, chart_pdf, chart_picture, scan_pdf, text_pdf


class ScriptedEngine:
    """Answers from a script, holding up to ``hold`` requests and answering the last first."""

    def __init__(self, *, hold=1, layout=LAYOUT_REPLY, chart=CHART_REPLY, table="", stop="end"):
        self.texts = {Task.LAYOUT: layout, Task.CHART: chart, Task.TABLE: table}
        self.hold, self.stop = hold, stop
        self.asked = []
        self.most_held = 0
        self.closed = 0

    def answer(self, request):
        return Reply(
            key=request.key, text=self.texts[request.task], stop=self.stop, tokens=9, precision="fp32", rung="r"
        )

    def read(self, requests):
        held = []
        for request in requests:
            if request is not None:
                self.asked.append(request)
                held.append(request)
                self.most_held = max(self.most_held, len(held))
            assert held, "None must not come when nothing is in flight"
            if request is None or len(held) == self.hold:
                yield self.answer(held.pop())
        while held:
            yield self.answer(held.pop())

    def describe(self):
        return {"model": "script"}

    def status(self):
        return ""

    def close(self):
        self.closed += 1


class AbsentEngine(ScriptedEngine):
    """Fails when the request number ``after`` comes."""

    def __init__(self, after=0, **more):
        super().__init__(**more)
        self.after = after

    def answer(self, request):
        if len(self.asked) > self.after:
            raise EngineUnavailableError("there is no model", cure="Get one")
        return super().answer(request)


def run(tmp_path, reader, *inputs, listener=None, **options):
    flat = {
        "inputs": [str(path) for path in inputs],
        "output": str(tmp_path / "out"),
        "engine": "model",
        "workers": 0,
        "formats": ["json", "csv"],
        **options,
    }
    return batch.run(Options.from_flat({**flat, **options}), engine=reader, listener=listener)


@pytest.fixture
def read(tmp_path, monkeypatch):
    """The record of an input, by its name."""
    monkeypatch.chdir(tmp_path)

    def load(name):
        return Document.model_validate_json((tmp_path / f"out/{name}.json").read_bytes())

    return load


def test_a_vector_chart_goes_from_the_page_to_the_files(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    report = run(tmp_path, ScriptedEngine(), "a.pdf")
    (figure,) = read("a.pdf").figures
    assert figure.id == "p001-f1"
    assert figure.caption == "Figure 1: What was spent"
    assert figure.chart.caption == figure.caption
    assert [point.y for point in figure.chart.series[0].points] == [42, 17.5]
    assert figure.chart.raw == CHART_REPLY
    assert figure.answer.rung == "r"
    with Image.open(tmp_path / "out/a.pdf/p001-f1.png") as crop:
        assert crop.size == figure.pixels
        assert 1023 <= max(crop.size) <= 1024
    assert (tmp_path / "out/a.pdf/p001-f1.csv").read_text() == "Item,EUR\nRent,42\nFood,17.5\n"
    assert (tmp_path / "out/charts.csv").read_text().count("\n") == 3
    assert report.exit_code == ExitCode.OK
    assert report.counts.charts == 1
    assert report.counts.points == 2
    written = RunReport.model_validate_json((tmp_path / "out/run.json").read_bytes())
    assert written.model_dump() == report.model_dump()


def test_pages_of_prose_never_reach_the_model(tmp_path, read):
    text_pdf(tmp_path / "a.pdf", pages=3)
    engine = ScriptedEngine()
    report = run(tmp_path, engine, "a.pdf")
    assert engine.asked == []
    assert [page.kind for page in read("a.pdf").pages] == ["text"] * 3
    assert report.exit_code == ExitCode.OK


def test_a_scan_is_looked_over_then_its_chart_is_cut_at_full_resolution(tmp_path, read):
    scan_pdf(tmp_path / "a.pdf")
    engine = ScriptedEngine(hold=3)
    run(tmp_path, engine, "a.pdf")
    assert [request.task for request in engine.asked] == [Task.LAYOUT, Task.CHART]
    document = read("a.pdf")
    assert document.pages[0].kind == "scan"
    (figure,) = document.figures
    assert max(figure.pixels) > 768
    assert figure.unit == "pt"


def test_a_picture_that_is_a_chart_is_read_whole(tmp_path, read):
    chart_picture().save(tmp_path / "a.png")
    run(tmp_path, ScriptedEngine(layout=CHART_REPLY), "a.png")
    (figure,) = read("a.png").figures
    assert figure.pixels == (532, 392)
    assert figure.flags == []


def test_a_layout_answer_that_makes_no_sense_is_flagged_and_nothing_is_lost(tmp_path, read):
    chart_picture().save(tmp_path / "a.png")
    run(tmp_path, ScriptedEngine(layout="]]<|txtMask fill:#>"), "a.png")
    (figure,) = read("a.png").figures
    assert [flag.code for flag in figure.flags] == ["layout_unread"]
    assert figure.chart.series


def test_a_list_of_figures_that_broke_off_is_a_failure_of_the_page(tmp_path, read):
    scan_pdf(tmp_path / "a.pdf")
    report = run(tmp_path, ScriptedEngine(stop="length"), "a.pdf")
    document = read("a.pdf")
    assert [failure.code for failure in document.failures] == ["layout_cut"]
    assert [flag.code for flag in document.figures[0].flags] == ["cut"]
    assert report.exit_code == ExitCode.SOME_FAILED


@pytest.mark.parametrize("hold", [1, 2, 100])
def test_answers_in_any_order_reach_their_figures(tmp_path, read, hold):
    chart_pdf(tmp_path / "a.pdf", pages=4)
    scan_pdf(tmp_path / "b.pdf", pages=3)
    text_pdf(tmp_path / "c.pdf")
    engine = ScriptedEngine(hold=hold)
    report = run(tmp_path, engine, "a.pdf", "b.pdf", "c.pdf")
    assert [figure.page for figure in read("a.pdf").figures] == [1, 2, 3, 4]
    assert [figure.page for figure in read("b.pdf").figures] == [1, 2, 3]
    assert report.counts.charts == 7
    assert engine.closed == 1
    lines = (tmp_path / "out/charts.csv").read_text().splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["a.pdf"] * 8 + ["b.pdf"] * 6


def test_pages_are_read_only_when_the_engine_asks(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf", pages=6)
    seen = []

    class Watcher(Listener):
        def page_read(self):
            seen.append("page")

        def figure_read(self, *, engine_status):
            seen.append("figure")

    run(tmp_path, ScriptedEngine(), "a.pdf", listener=Watcher())
    assert seen == ["page", "figure"] * 6


def test_each_page_and_figure_is_told_of_once(tmp_path, read):
    scan_pdf(tmp_path / "a.pdf", pages=2)
    heard = Counter()

    class Counts(Listener):
        def pages_found(self, pages):
            heard["pages found"] += pages

        def page_read(self):
            heard["pages"] += 1

        def figures_found(self, figures):
            heard["figures found"] += figures

        def figure_read(self, *, engine_status):
            heard["figures"] += 1

    run(tmp_path, ScriptedEngine(), "a.pdf", listener=Counts())
    assert heard == {"pages found": 2, "pages": 2, "figures found": 2, "figures": 2}


def test_without_a_model_what_needs_none_is_still_written(tmp_path, read):
    text_pdf(tmp_path / "a.pdf")
    chart_pdf(tmp_path / "b.pdf", pages=2)
    text_pdf(tmp_path / "c.pdf", pages=2)
    scan_pdf(tmp_path / "d.pdf")
    heard = []

    class Hears(Listener):
        def notice(self, text):
            heard.append(text)

        def failed(self, failure):
            heard.append(failure)

    report = run(tmp_path, AbsentEngine(), "a.pdf", "b.pdf", "c.pdf", "d.pdf", listener=Hears())
    assert report.exit_code == ExitCode.ENGINE_UNAVAILABLE
    assert heard == ["there is no model. Get one"]
    assert read("a.pdf").status == "done"
    assert read("c.pdf").status == "done"
    lost = read("b.pdf")
    assert [failure.code for failure in lost.failures] == ["engine_unavailable"] * 2
    assert [failure.figure for failure in lost.failures] == ["p001-f1", "p002-f1"]
    assert (tmp_path / "out/b.pdf/p002-f1.png").is_file()
    assert read("d.pdf").failures[0].page == 1
    assert len(report.failures) == 3


def test_an_engine_lost_on_the_way_keeps_what_it_read(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf", pages=5)
    report = run(tmp_path, AbsentEngine(after=3, hold=1), "a.pdf")
    document = read("a.pdf")
    assert document.status == "partial"
    assert [figure.chart is not None for figure in document.figures] == [True, True, True, False, False]
    assert report.exit_code == ExitCode.ENGINE_UNAVAILABLE


def test_one_figure_that_cannot_be_answered_costs_itself(tmp_path, read):
    class Odd(ScriptedEngine):
        def answer(self, request):
            if request.key == 1:
                return Reply(key=request.key, failure=Failure(code="bad_shape", message="too thin", cure="Crop it"))
            return super().answer(request)

    chart_pdf(tmp_path / "a.pdf", pages=3)
    report = run(tmp_path, Odd(), "a.pdf")
    document = read("a.pdf")
    assert document.status == "partial"
    assert document.failures == [
        Failure(code="bad_shape", message="too thin", cure="Crop it", document="a.pdf", page=2, figure="p002-f1")
    ]
    assert report.failures == document.failures
    assert report.exit_code == ExitCode.SOME_FAILED


def test_bad_inputs_cost_themselves(tmp_path, read):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4\n" + b"\x00garbage" * 50)
    (tmp_path / "empty.png").touch()
    chart_picture().save(tmp_path / "cut.png")
    whole = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[: len(whole) // 2])
    text_pdf(tmp_path / "good.pdf")
    report = run(tmp_path, ScriptedEngine(), ".")
    assert report.exit_code == ExitCode.SOME_FAILED
    assert (report.counts.documents, report.counts.failed, report.counts.done) == (4, 3, 1)
    for name in ("broken.pdf", "empty.png", "cut.png"):
        document = read(name)
        assert document.status == "failed"
        assert name in document.failures[0].message
        assert len(document.failures) == 1


def test_a_file_that_is_not_there_is_a_failure_beside_one_that_is(tmp_path, read):
    text_pdf(tmp_path / "a.pdf")
    report = run(tmp_path, ScriptedEngine(), "gone.pdf", "a.pdf")
    assert report.exit_code == ExitCode.SOME_FAILED
    assert report.failures[0].code == "not_found"
    assert (report.counts.documents, report.counts.failed) == (2, 1)


def test_an_encrypted_pdf_opens_with_its_password(tmp_path, read):
    chart_pdf(tmp_path / "plain.pdf")
    with pymupdf.open(tmp_path / "plain.pdf") as document:
        document.save(tmp_path / "a.pdf", encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="sesame", owner_pw="x")
    (tmp_path / "plain.pdf").unlink()
    closed = run(tmp_path, ScriptedEngine(), "a.pdf")
    assert closed.failures[0].code == "encrypted"
    assert "--password" in closed.failures[0].cure
    assert run(tmp_path, ScriptedEngine(), "a.pdf", password="sesame").exit_code == ExitCode.OK
    assert len(read("a.pdf").figures) == 1


def test_the_same_bytes_are_read_once(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    shutil.copy(tmp_path / "a.pdf", tmp_path / "b.pdf")
    engine = ScriptedEngine()
    report = run(tmp_path, engine, "a.pdf", "b.pdf")
    assert len(engine.asked) == 1
    assert read("b.pdf").status == "duplicate"
    assert read("b.pdf").same_as == "a.pdf"
    assert report.counts.duplicates == 1
    assert report.exit_code == ExitCode.OK


def test_a_file_that_vanishes_on_the_way_is_a_failure(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    chart_pdf(tmp_path / "b.pdf", width=290)

    class Thief(ScriptedEngine):
        def answer(self, request):
            (tmp_path / "b.pdf").unlink(missing_ok=True)
            return super().answer(request)

    report = run(tmp_path, Thief(), "a.pdf", "b.pdf")
    assert read("a.pdf").status == "done"
    assert read("b.pdf").status == "failed"
    assert "b.pdf" in report.failures[0].message


def test_a_surprise_in_a_page_costs_that_page_and_names_it(tmp_path, read, monkeypatch):
    from mineru_cli.pages import render

    original = render.PdfPages.read

    def surprise(self, number):
        if number == 2:
            raise ZeroDivisionError("oh")
        return original(self, number)

    monkeypatch.setattr(render.PdfPages, "read", surprise)
    chart_pdf(tmp_path / "a.pdf", pages=3)
    run(tmp_path, ScriptedEngine(), "a.pdf")
    document = read("a.pdf")
    assert [figure.page for figure in document.figures] == [1, 3]
    (failure,) = document.failures
    assert failure.code == "unexpected"
    assert failure.page == 2
    assert "ZeroDivisionError" in failure.message


def test_an_output_that_fills_up_stops_the_run_and_leaves_whole_files(tmp_path, read, monkeypatch):
    from mineru_cli.outputs import files, sinks

    room = iter(range(5))

    def full(path, content):
        if next(room, None) is None:
            raise OutputError(f"{path} cannot be written (No space left on device)")
        files.write_atomically(path, content)

    monkeypatch.setattr(sinks, "write_atomically", full)
    chart_pdf(tmp_path / "a.pdf")
    chart_pdf(tmp_path / "b.pdf", width=290)
    engine = ScriptedEngine()
    with pytest.raises(OutputError, match="No space"):
        run(tmp_path, engine, "a.pdf", "b.pdf")
    assert engine.closed == 1
    assert read("a.pdf").status == "done"
    assert not (tmp_path / "out/b.pdf.json").exists()


def test_json_lines_hold_the_records(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    text_pdf(tmp_path / "b.pdf")
    run(tmp_path, ScriptedEngine(), "a.pdf", "b.pdf", formats=["jsonl"])
    lines = (tmp_path / "out/documents.jsonl").read_text().splitlines()
    assert [Document.model_validate_json(line) for line in lines] == [read("a.pdf"), read("b.pdf")]
    assert not (tmp_path / "out/charts.csv").exists()
    assert not (tmp_path / "out/a.pdf/p001-f1.csv").exists()
    assert read("a.pdf").figures[0].csv is None


def test_stdout_gets_documents_and_nothing_else(tmp_path, read, capsys):
    chart_pdf(tmp_path / "a.pdf")
    text_pdf(tmp_path / "b.pdf")
    run(tmp_path, ScriptedEngine(), "a.pdf", "b.pdf", output="-")
    out, err = capsys.readouterr()
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["a.pdf", "b.pdf"]
    assert err == ""
    assert json.loads(out.splitlines()[0])["figures"][0]["crop"] is None


def test_tables_are_read_when_asked(tmp_path, read):
    with pymupdf.open() as document:
        page = document.new_page()
        for row in range(6):
            page.draw_line((80, 100 + 24 * row), (440, 100 + 24 * row))
            for column in range(4 if row < 5 else 0):
                page.insert_text((86 + 90 * column, 116 + 24 * row), f"{row}{column}", fontsize=10)
        for column in range(5):
            page.draw_line((80 + 90 * column, 100), (80 + 90 * column, 220))
        document.save(tmp_path / "a.pdf")
    otsl = "<fcel>Item<fcel>EUR<nl><fcel>Rent<fcel>42<nl>"
    engine = ScriptedEngine(table=otsl)
    assert run(tmp_path, engine, "a.pdf").counts.tables == 0
    report = run(tmp_path, engine, "a.pdf", tables=True)
    assert [request.task for request in engine.asked] == [Task.TABLE]
    assert report.counts.tables == 1
    (figure,) = read("a.pdf").figures
    assert figure.id == "p001-t1"
    assert figure.table.rows[-1] == ["Rent", "42"]
    assert (tmp_path / "out/a.pdf/p001-t1.csv").is_file()


def test_what_is_no_chart_is_kept_apart(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    photo = "<|class_start|>natural_image<|class_end|><|caption_start|>A cat<|caption_end|>"
    report = run(tmp_path, ScriptedEngine(chart=photo), "a.pdf")
    (figure,) = read("a.pdf").figures
    assert figure.kind == "other"
    assert figure.csv is None
    assert (report.counts.charts, report.counts.not_charts) == (0, 1)


def test_numbers_that_stand_on_the_page_are_marked(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    reply = CHART_REPLY.replace("42", "40")
    run(tmp_path, ScriptedEngine(chart=reply), "a.pdf")
    points = read("a.pdf").figures[0].chart.series[0].points
    assert [(point.y, point.printed) for point in points] == [(40, True), (17.5, False)]


def test_a_vector_chart_is_read_from_its_drawing_and_no_model_is_asked(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    engine = ScriptedEngine()
    report = run(tmp_path, engine, "a.pdf", engine="auto")
    assert engine.asked == []
    (figure,) = read("a.pdf").figures
    assert figure.chart.read_by == "exact"
    assert figure.answer is None
    assert figure.caption == "Figure 1: What was spent"
    assert [(point.x, point.y) for point in figure.chart.series[0].points] == [
        ("Rent", 42),
        ("Food", 17.5),
        ("Fuel", 30),
    ]
    assert (tmp_path / "out/a.pdf/p001-f1.csv").read_text().splitlines()[1:] == ["Rent,42", "Food,17.5", "Fuel,30"]
    assert (tmp_path / "out/a.pdf/p001-f1.png").is_file()
    assert report.read_by == {"exact": 1}


def test_what_was_read_exactly_can_be_seen_over_the_crop(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    run(tmp_path, ScriptedEngine(), "a.pdf", engine="exact", debug_overlay=True)
    box, dpi = read("a.pdf").figures[0].box, read("a.pdf").figures[0].dpi
    with (
        Image.open(tmp_path / "out/a.pdf/p001-f1.png") as crop,
        Image.open(tmp_path / "out/a.pdf/p001-f1.overlay.png") as overlay,
    ):
        top = ((200 - box[0]) * dpi / 72, (420 - 3.6 * 42 - box[1]) * dpi / 72)
        near = tuple(round(side) for side in (top[0] - 60, top[1] - 8, top[0] + 60, top[1] + 8))
        assert crop.crop(near).tobytes() != overlay.crop(near).tobytes()
        labels = (0, crop.height - 20, crop.width, crop.height)
        assert crop.crop(labels).tobytes() == overlay.crop(labels).tobytes()


def test_what_is_no_drawing_goes_to_the_model_unless_it_is_ruled_out(tmp_path, read):
    chart_pdf(tmp_path / "a.pdf")
    scan_pdf(tmp_path / "b.pdf")
    chart_picture().save(tmp_path / "c.png")
    with pymupdf.open() as document:
        document.new_page().insert_image((100, 100, 400, 320), filename=tmp_path / "c.png")
        document[0].insert_text((100, 60), "A chart that is a picture")
        document.save(tmp_path / "d.pdf")
    engine = ScriptedEngine()
    report = run(tmp_path, engine, "a.pdf", "b.pdf", "c.png", "d.pdf", engine="auto")
    assert report.read_by == {"exact": 1, "model": 3}
    engine = ScriptedEngine()
    report = run(tmp_path, engine, "a.pdf", "b.pdf", "c.png", "d.pdf", engine="exact")
    assert engine.asked == []
    assert report.read_by == {"exact": 1}
    assert [flag.code for flag in read("d.pdf").figures[0].flags] == ["not_read"]
    assert report.exit_code == ExitCode.OK


def test_an_answer_beyond_the_axes_of_the_drawing_is_doubted():
    axis = Axis(scale="linear", minimum=0, maximum=50)
    chart = parse_reply(CHART_REPLY.replace("42", "420"))
    assert [flag.code for flag in off_axis(chart, {"y": axis})] == ["off_axis"]
    assert off_axis(parse_reply(CHART_REPLY), {"y": axis}) == []
    assert off_axis(chart, {}) == []


def test_the_python_interface(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text_pdf(tmp_path / "a.pdf")
    report = mineru_cli.extract("a.pdf", tmp_path / "out", model="nano")
    assert report.counts.done == 1
    assert (tmp_path / "out/a.pdf.json").is_file()
    with pytest.raises(mineru_cli.UsageError, match="max_sides"):
        mineru_cli.extract(["a.pdf"], "out", max_sides=1)


def test_importing_the_package_costs_nothing():
    code = "import sys, mineru_cli; assert not {'pydantic', 'torch', 'typer'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
