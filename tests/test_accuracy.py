"""The accuracy benchmark counts what is right, and only that."""

import json
import sys
from pathlib import Path

from benchmarks import accuracy

ROOT = Path(__file__).resolve().parents[1]


def entry(rows, *, page=1, columns=("Day", "Sales"), axis_range=100):
    return {
        "page": page,
        "kind": "bar",
        "type": "bar",
        "title": "",
        "axis_range": axis_range,
        "columns": list(columns),
        "rows": rows,
    }


def figure(rows, *, page=1, columns=("Day", "Sales"), kind="bar"):
    """A figure as a document's JSON has it."""
    series = [
        {"name": name, "points": [{"x": row[0], "y": row[place]} for row in rows]}
        for place, name in enumerate(columns[1:], 1)
    ]
    texts = [[str(cell) for cell in row] for row in rows]
    return {"page": page, "chart": {"type": kind, "read_by": "model", "rows": texts, "series": series}}


def judge(entries, figures):
    truths = [accuracy.Truth.of("a.pdf", one) for one in entries]
    return accuracy.assign(truths, [accuracy.Answer.of(one) for one in figures])


def test_a_cell_is_right_within_three_per_cent_of_the_axis():
    true = entry([["Mon", "50"], ["Tue", "60"], ["Wed", "70"], ["Thu", "80"]])
    (one,) = judge([true], [figure([["Mon", 50], ["Tue", 63], ["Wed", 73.1], ["Thu", None]])])
    assert (one.found, one.type, one.categories, one.near, one.exact) == (True, True, 4, 2, 1)


def test_rows_in_another_order_are_matched_by_their_text():
    true = entry([["North", "10"], ["South", "40"], ["East", "90"]])
    (one,) = judge([true], [figure([["East", 90], ["north ", 10], ["South", 40]])])
    assert (one.categories, one.exact) == (3, 3)


def test_years_that_a_truth_lists_backwards_are_matched_by_their_text():
    years = [str(year) for year in range(2020, 2035)]
    assert accuracy.matched(years, years[::-1]) == list(range(14, -1, -1))


def test_a_misread_row_is_matched_by_its_place():
    true = entry([["Oil", "10"], ["Gas", "40"], ["Coal", "90"]])
    (one,) = judge([true], [figure([["Oil", 10], ["Xwq", 40], ["Coal", 90]])])
    assert (one.categories, one.exact) == (2, 3)


def test_a_missing_row_costs_its_cells_and_no_others():
    true = entry([["Oil", "10"], ["Gas", "40"], ["Coal", "90"]])
    (one,) = judge([true], [figure([["Oil", 10], ["Coal", 90]])])
    assert (one.categories, one.near) == (2, 2)


def test_a_series_with_a_gap_keeps_its_other_values_in_their_rows():
    true = entry([["Q1", "10", "5"], ["Q2", "20", "6"], ["Q3", "30", "7"]], columns=("Quarter", "Import", "Export"))
    gapped = figure([["Q1", 10, 5], ["Q2", 20, 6], ["Q3", 30, 7]], columns=("Quarter", "Import", "Export"))
    del gapped["chart"]["series"][1]["points"][1]
    assert [one.exact for one in judge([true], [gapped])] == [5]


def test_swapped_columns_are_matched_by_name_and_misnamed_ones_by_order():
    true = entry([["Q1", "10", "90"]], columns=("Quarter", "Import", "Export"))
    swapped = figure([["Q1", 90, 10]], columns=("Quarter", "Export", "Import"))
    misnamed = figure([["Q1", 10, 90]], columns=("Quarter", "zzz", "yyy"))
    assert [one.exact for one in judge([true], [swapped])] == [2]
    assert [one.exact for one in judge([true], [misnamed])] == [2]


def test_charts_of_one_page_are_told_apart_by_what_they_say():
    first, second = entry([["Mon", "10"], ["Tue", "20"]]), entry([["Jan", "80"], ["Feb", "90"]])
    answers = [figure([["Jan", 80], ["Feb", 90]]), figure([["Mon", 10], ["Tue", 20]])]
    assert [one.exact for one in judge([first, second], answers)] == [2, 2]


def test_a_chart_read_on_another_page_is_not_found():
    true = entry([["Mon", "10"]], page=2)
    (one,) = judge([true], [figure([["Mon", 10]], page=1)])
    assert one == accuracy.Score()


def test_an_unread_document_scores_nothing(tmp_path):
    assert accuracy.read_answers(tmp_path / "missing.json") == []
    assert judge([entry([["Mon", "10"]])], []) == [accuracy.Score()]


def test_the_bar_decides_the_exit_code(tmp_path, monkeypatch, capsys):
    known = json.loads((ROOT / "examples" / "truth.json").read_text(encoding="utf-8"))
    for name, entries in known.items():
        figures = [
            figure(
                [[row[0], *map(float, row[1:])] for row in one["rows"]],
                page=one["page"],
                columns=one["columns"],
                kind=one["type"],
            )
            for one in entries
        ]
        path = tmp_path / "examples" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"figures": [*figures, {"page": 1, "chart": None}]}), encoding="utf-8")
    arguments = ["accuracy.py", "examples", "--out", str(tmp_path), "--require", "0.9"]
    monkeypatch.setattr(sys, "argv", arguments)
    assert accuracy.main() == 0
    printed = capsys.readouterr().out
    assert "100.0%" in printed
    assert "0 charts were read where there are none" in printed
    (tmp_path / "examples" / "energy-report.pdf.json").unlink()
    assert accuracy.main() == 1
