import multiprocessing
import os
import subprocess
import sys
import time

import pytest
from PIL import Image

from mineru_cli.errors import ItemError, OutputError
from mineru_cli.options import Options, PageOptions
from mineru_cli.pages import workers
from mineru_cli.pages.workers import InlineReader, Reading, WorkerReader, open_reader, result
from mineru_cli.reply import LayoutBlock
from mineru_cli.sources import Source
from tests.inputs import chart_pdf, scan_pdf, text_pdf

GIB = 1024**3


def reading(*, exact=False, password=None):
    return Reading(options=PageOptions(), max_pages=100, password=password, exact=exact)


def source(path):
    return Source(path=path, name=path.name, kind="pdf", size=path.stat().st_size)


@pytest.fixture(scope="module")
def reader():
    reader = WorkerReader(reading(exact=True), workers=2, seconds=20, memory=4 * GIB)
    yield reader
    reader.close()


def test_pages_come_from_another_process_as_from_this_one(tmp_path, reader):
    file = source(chart_pdf(tmp_path / "a.pdf", pages=2))
    inline = InlineReader(reading(exact=True))
    assert result(reader.count(file), "a") == 2
    there, here = result(reader.read(file, 2), "a"), inline.read(file, 2).result()
    assert there.record == here.record
    assert [crop.chart for crop in there.crops] == [crop.chart for crop in here.crops]
    assert there.crops[0].png == here.crops[0].png
    assert there.crops[0].image is None
    inline.close()


def test_a_layout_and_its_cut_may_be_done_by_different_processes(tmp_path, reader):
    file = source(scan_pdf(tmp_path / "a.pdf"))
    assert isinstance(result(reader.read(file, 1), "a").layout, Image.Image)
    (crop,) = result(reader.cut(file, 1, [LayoutBlock(kind="chart", box=(0.1, 0.1, 0.9, 0.45))]), "a")
    assert crop.image.size == crop.pixels


def test_a_damaged_input_is_the_same_error_there_as_here(tmp_path, reader):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 nothing")
    file = source(tmp_path / "a.pdf")
    with pytest.raises(ItemError) as there:
        result(reader.count(file), "a")
    with pytest.raises(ItemError) as here:
        InlineReader(reading()).count(file).result()
    assert (there.value.code, there.value.message, there.value.cure) == (
        here.value.code,
        here.value.message,
        here.value.cure,
    )


@pytest.mark.parametrize(("task", "code"), [("hang", "timeout"), ("crash", "crashed"), ("eat", "out_of_memory")])
def test_a_page_that_misbehaves_costs_itself_and_the_next_is_read(tmp_path, task, code):
    reader = WorkerReader(reading(), workers=1, seconds=2, memory=2 * GIB)
    try:
        tasks = {"hang": (time.sleep, 60), "crash": (os._exit, 3), "eat": (bytearray, 8 * GIB)}
        with pytest.raises(ItemError) as caught:
            result(reader._schedule(*tasks[task]), "a.pdf, page 3")
        assert caught.value.code == code
        assert "a.pdf, page 3" in caught.value.message
        assert result(reader.count(source(text_pdf(tmp_path / "a.pdf"))), "a") == 1
    finally:
        reader.close()


def test_a_pdf_too_large_for_its_process_is_not_called_damaged(tmp_path):
    file = source(text_pdf(tmp_path / "a.pdf"))
    reader = WorkerReader(reading(), workers=1, seconds=10, memory=1024**2)
    try:
        with pytest.raises(ItemError) as caught:
            result(reader.read(file, 1), "a.pdf, page 1")
    finally:
        reader.close()
    assert caught.value.code == "out_of_memory"
    assert "--worker-memory" in caught.value.cure


def test_without_a_folder_for_temporary_files_the_cure_is_told(monkeypatch):
    monkeypatch.delitem(multiprocessing.current_process()._config, "tempdir", raising=False)
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: ["/nowhere"])
    with pytest.raises(OutputError, match="TMPDIR"):
        open_reader(reading(), workers=1, seconds=1, memory=GIB)


def test_a_pool_that_is_closed_while_it_starts_prints_nothing():
    script = """if True:
        from tests.test_pages_workers import GIB, WorkerReader, reading
        for _ in range(2):
            reader = WorkerReader(reading(), workers=4, seconds=2, memory=2 * GIB)
            reader._schedule(int)
            reader.close()
    """
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_few_inputs_are_open_at_once(tmp_path, monkeypatch):
    closed = []
    original = workers.open_source

    def watched(source, *arguments, **more):
        opened = original(source, *arguments, **more)
        original_exit = type(opened).__exit__

        class Watched:
            def __enter__(self):
                return opened.__enter__()

            def __exit__(self, *problem):
                closed.append(source.name)
                return original_exit(opened, *problem)

        return Watched()

    monkeypatch.setattr(workers, "open_source", watched)
    inline = InlineReader(reading())
    files = [source(text_pdf(tmp_path / f"{number}.pdf")) for number in range(4)]
    for file in files:
        assert inline.count(file).result() == 1
    assert closed == ["0.pdf", "1.pdf"]
    inline.close()
    assert sorted(closed) == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]


def test_none_of_them_means_this_process():
    how = Options().workers
    reader = open_reader(reading(), workers=0, seconds=how.page_timeout, memory=how.worker_memory)
    assert isinstance(reader, InlineReader)
