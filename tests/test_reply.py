"""Chart answers, as messy as the model gives them: rows kept, numbers right, doubts flagged."""

import time

import pytest

import mineru_cli
from mineru_cli.reply import mark_printed, parse_reply
from mineru_cli.schema import Chart


def answer(content, *, sub_class="bar", caption="", end="<|content_end|>"):
    return (
        f"<|class_start|>chart<|class_end|><|sub_class_start|>{sub_class}<|sub_class_end|>"
        f"<|caption_start|>{caption}<|caption_end|><|content_start|>{content}{end}"
    )


def codes(chart):
    return {flag.code for flag in chart.flags}


def message(chart, code):
    (flag,) = [flag for flag in chart.flags if flag.code == code]
    return flag.message


def points(chart):
    return {series.name: [(point.x, point.y) for point in series.points] for series in chart.series}


def test_a_clean_answer_gives_its_table_and_no_flag():
    chart = parse_reply(
        answer(
            "| Country | Value |\n|---|---|\n| Chile | 215 |\n| Peru | 31 |", sub_class="Bar Chart", caption="Exports"
        )
    )
    assert (chart.type, chart.title, chart.flags) == ("bar", "Exports", [])
    assert chart.columns == ["Country", "Value"]
    assert chart.rows == [["Chile", "215"], ["Peru", "31"]]
    assert points(chart) == {"Value": [("Chile", 215), ("Peru", 31)]}
    assert (chart.x.label, chart.x.scale, chart.y.label) == ("Country", "category", "Value")
    assert mineru_cli.parse_reply is parse_reply


def test_a_title_line_becomes_the_title_and_a_sentence_after_the_table_is_flagged():
    chart = parse_reply(
        answer(
            "Grid Spending ($ Billions)\n| Year | Grid Spending ($ Billions) |\n| :--- | :--- |\n| 2013 | 32 |\n"
            "| 2014 | 40 |\n| FY '26E | 861 |\nSpending is now 8% above what was expected."
        )
    )
    assert chart.title == "Grid Spending ($ Billions)"
    assert chart.rows == [["2013", "32"], ["2014", "40"], ["FY '26E", "861"]]
    assert codes(chart) == {"prose"}
    assert "8% above" in message(chart, "prose")
    assert (chart.series[0].unit, chart.y.unit) == ("$ Billions", "$ Billions")


def test_the_caption_is_the_title_and_another_title_line_is_not_lost():
    chart = parse_reply(answer("Second title\n| A | B |\n|---|---|\n| x | 1 |", caption="First title"))
    assert chart.title == "First title"
    assert "Second title" in message(chart, "prose")
    assert codes(parse_reply(answer("Same\n| A | B |\n|---|---|\n| x | 1 |", caption="same"))) == set()


def test_an_empty_first_heading_is_a_heading():
    chart = parse_reply(answer("|        | Base  | Ours  |\n| ------ | ----- | ----- |\n| Detection | 47.31 | 84.61 |"))
    assert chart.columns == ["", "Base", "Ours"]
    assert points(chart) == {"Base": [("Detection", 47.31)], "Ours": [("Detection", 84.61)]}
    assert chart.flags == []


def test_estimates_are_numbers_with_a_flag():
    chart = parse_reply(
        answer("| Date | City A (NBS) | City B (NBS) |\n|---|---|---|\n| Sep-21 | 100 | 100 |\n| Dec-21 | ~98 | ~101 |")
    )
    assert points(chart)["City A (NBS)"] == [("Sep-21", 100), ("Dec-21", 98)]
    assert chart.series[0].points[1].raw == "~98"
    assert chart.series[0].unit == ""
    assert codes(chart) == {"approximate"}
    assert message(chart, "approximate").startswith("2 values")


def test_exponents_make_x_a_number_and_headings_give_units():
    chart = parse_reply(
        answer(
            "| Frequency (rad/sec) | Magnitude (dB) | Phase (deg) |\n| --- | --- | --- |\n| 1e-4 | 100 | -100 |\n"
            "| 1e-3 | ~80 | ~-95 |\n| 1e2 | ~-90 | ~-250 |",
            sub_class="line",
        )
    )
    assert [point.x for point in chart.series[0].points] == [1e-4, 1e-3, 100]
    assert [point.y for point in chart.series[1].points] == [-100, -95, -250]
    assert (chart.x.scale, chart.x.unit) == ("linear", "rad/sec")
    assert [series.unit for series in chart.series] == ["dB", "deg"]
    assert chart.y.unit == ""


def test_a_table_of_empty_cells_keeps_its_rows_and_says_it_is_empty():
    chart = parse_reply(
        answer("| Time, t = kT_s | e(k-2) | e(k-1) |\n| --- | --- | --- |\n| k-2 |  |  |\n| k-1 |  |  |")
    )
    assert chart.rows == [["k-2", "", ""], ["k-1", "", ""]]
    assert chart.columns[0] == chart.x.label == "Time, t = kT_s"
    assert codes(chart) == {"empty"}


def test_a_pie_that_is_not_whole_is_flagged():
    whole = parse_reply(answer("| Item | Share (%) |\n|---|---|\n| a | 60.4 |\n| b | 40.5 |", sub_class="pie"))
    short = parse_reply(answer("| Item | Share (%) |\n|---|---|\n| a | 46.1 |\n| b | 14.4 |", sub_class="Pie Chart"))
    counts = parse_reply(answer("| Item | Cars |\n|---|---|\n| a | 46 |\n| b | -14 |", sub_class="donut"))
    assert codes(whole) == set()
    assert codes(short) == {"pie_not_100"}
    assert "60.5 %" in message(short, "pie_not_100")
    assert (counts.type, codes(counts)) == ("pie", {"negative_pie"})


def test_a_loop_is_left_out_and_counted():
    chart = parse_reply(
        answer(
            "| Item | Share (%) |\n|---|---|\n| egg | 78 |\n" + "| 10% (ham) | 22 |\n" * 5 + "The chart shows a total."
        )
    )
    assert chart.rows == [["egg", "78"], ["10% (ham)", "22"]]
    assert points(chart) == {"Share (%)": [("egg", 78), ("10% (ham)", 22)]}
    assert codes(chart) == {"repeated_rows", "prose"}
    assert "4 repeated rows" in message(chart, "repeated_rows")
    assert chart.raw.count("ham") == 5


def test_a_loop_over_several_rows_is_left_out_with_its_cut_end():
    chart = parse_reply(answer("| K | V |\n|---|---|\n" + "| a | 1 |\n| b | 2 |\n" * 30 + "| a | 1 |\n| b ", end=""))
    assert chart.rows == [["a", "1"], ["b", "2"]]
    assert {"repeated_rows", "cut"} <= codes(chart)


def test_two_equal_rows_are_no_loop():
    chart = parse_reply(answer("| Quarter | Growth |\n|---|---|\n| 1Q | 4% |\n| 3Q | ~4% |\n| 3Q | ~4% |"))
    assert len(chart.rows) == 3
    assert codes(chart) == {"duplicate_key", "approximate"}
    assert '"3Q"' in message(chart, "duplicate_key")
    assert chart.series[0].unit == "%"


def test_a_long_table_gives_a_series_for_each_group():
    chart = parse_reply(
        answer(
            "| Product Group | Category | Trade as % of Global GDP (%) |\n| :--- | :--- | :--- |\n"
            "| AI equipment | Memory (DRAM/NAND) | 0.6 |\nOil & Gas | Fab equipment | 2.1 |\n"
            "| Oil & Gas | Refined | 0.9 |",
            sub_class="bar_stacked",
        )
    )
    assert chart.rows[1] == ["Oil & Gas", "Fab equipment", "2.1"]
    assert points(chart) == {
        "AI equipment": [("Memory (DRAM/NAND)", 0.6)],
        "Oil & Gas": [("Fab equipment", 2.1), ("Refined", 0.9)],
    }
    assert (chart.x.label, chart.y.label, chart.y.unit) == ("Category", "Trade as % of Global GDP (%)", "%")
    assert chart.flags == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "| A | 2019 | 1 |\n| A | 2020 | 2 |\n| B | 2019 | 3 |\n| B | 2020 | 4 |",
            {"A": [(2019, 1), (2020, 2)], "B": [(2019, 3), (2020, 4)]},
        ),
        (
            "| Chile | S | 1 |\n| Peru | S | 2 |\n| Mali | A | 3 |",
            {"S": [("Chile", 1), ("Peru", 2)], "A": [("Mali", 3)]},
        ),
        ("| Chile | Santiago | 1 |\n| Peru | Lima | 2 |", {"V": [("Chile, Santiago", 1), ("Peru, Lima", 2)]}),
        ("| A | p | 1 |\n|  | q | 2 |\n| B | p | 3 |", {"A": [("p", 1), ("q", 2)], "B": [("p", 3)]}),
        ("| A | 3 | 1 |\n| B | 4 | 2 |", {"K": [("A", 3), ("B", 4)], "V": [("A", 1), ("B", 2)]}),
    ],
    ids=["numeric x", "second column groups", "no groups", "group written once", "wide after all"],
)
def test_long_and_wide_tables_are_told_apart(rows, expected):
    assert points(parse_reply(answer("| G | K | V |\n|---|---|---|\n" + rows))) == expected


def test_years_along_the_heading_make_rows_series():
    table = "| Region | 2019 | 2020 | 2021E |\n|---|---|---|---|\n| North | 1 | 2 | 3 |\n| South | 4 | 5 | 6 |"
    chart = parse_reply(answer(table, sub_class="line"))
    assert chart.columns == ["Region", "2019", "2020", "2021E"]
    assert chart.rows[0] == ["North", "1", "2", "3"]
    assert points(chart)["South"] == [("2019", 4), ("2020", 5), ("2021E", 6)]
    assert codes(chart) == {"transposed"}


@pytest.mark.parametrize("count", [2, 8])
def test_years_over_bars_are_the_legend(count):
    rows = "".join(f"| c{i} | {i * i} | {i + 3} | 7.{i} |\n" for i in range(count))
    chart = parse_reply(answer("| Country | 2019 | 2020 | 2021 |\n|---|---|---|---|\n" + rows))
    assert [series.name for series in chart.series] == ["2019", "2020", "2021"]
    assert "transposed" not in codes(chart)


def test_headings_that_are_no_times_stay_series():
    chart = parse_reply(answer("| Region | Q2 | Q1 | Q3 |\n|---|---|---|---|\n| North | 1 | 2 | 3 |", sub_class="line"))
    assert [series.name for series in chart.series] == ["Q2", "Q1", "Q3"]


def test_thousands_are_no_decimals_and_proven_decimal_commas_are():
    thousands = parse_reply(answer("| | A | B |\n|---|---|---|\n| Stock | 1,493 | 569 |"))
    decimals = parse_reply(answer("| | A | B |\n|---|---|---|\n| Stock | 1,493 | 3,5 |\n| Flow | 1.234,5 | 2 |"))
    assert points(thousands) == {"A": [("Stock", 1493)], "B": [("Stock", 569)]}
    assert points(decimals) == {"A": [("Stock", 1.493), ("Flow", 1234.5)], "B": [("Stock", 3.5), ("Flow", 2)]}
    assert codes(decimals) == {"decimal_comma"}


def test_text_that_is_no_number_is_kept_and_flagged_and_a_missing_mark_is_not():
    chart = parse_reply(answer("| K | V |\n|---|---|\n| a | 5-10 |\n| b | N/A |\n| c | - |\n| d | 7 |"))
    assert [(point.y, point.raw) for point in chart.series[0].points] == [
        (None, "5-10"),
        (None, "N/A"),
        (None, "-"),
        (7, "7"),
    ]
    assert codes(chart) == {"not_a_number"}
    assert message(chart, "not_a_number").startswith('1 value is no plain number and kept as text: "5-10"')


def test_markup_is_cleaned_for_values_and_kept_in_rows():
    chart = parse_reply(
        answer(
            "| K | V |\n|---|---|\n| **a&amp;b** | $10^{3}$ |\n| c<br>d | $2 \\times 10^{2}$ |\n"
            "| e \\| f | 10<sup>2</sup> |\n| _x_y | \\(7\\) |"
        )
    )
    assert chart.rows[0] == ["**a&amp;b**", "$10^{3}$"]
    assert chart.rows[2][0] == "e | f"
    assert points(chart) == {"V": [("a&b", 1000), ("c d", 200), ("e | f", 100), ("_x_y", 7)]}


def test_two_units_in_one_series_are_flagged():
    assert codes(parse_reply(answer("| K | V |\n|---|---|\n| a | 5 ms |\n| b | 2 s |"))) == {"mixed_units"}
    assert codes(parse_reply(answer("| K | V |\n|---|---|\n| a | 5% |\n| b | 0 |"))) == set()


def test_full_dates_are_a_date_axis_and_other_dates_stay_text():
    dates = parse_reply(answer("| Day | V |\n|---|---|\n| 2024-01-31 | 1 |\n| 2024-02-29 | 2 |"))
    months = parse_reply(answer("| Month | V |\n|---|---|\n| Sep-21 | 1 |\n| Dec-21 | 2 |"))
    assert (dates.x.scale, dates.series[0].points[0].x) == ("date", "2024-01-31")
    assert (months.x.scale, months.series[0].points[0].x) == ("category", "Sep-21")


def test_a_column_that_repeats_one_number_is_flagged():
    rows = "".join(f"| {key} | 7 | {value} |\n" for key, value in zip("abcd", (1, 5, 2, 9), strict=True))
    chart = parse_reply(answer("| K | Same | Other |\n|---|---|---|\n" + rows))
    assert codes(chart) == {"constant_column"}
    assert '"Same"' in message(chart, "constant_column")


@pytest.mark.parametrize(
    ("heading", "values", "flagged"),
    [
        ("Sales", [45, 50, 55, 60, 65, 70], True),
        ("Sales", [3, 9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6], True),
        ("Sales", [45, 46, 47, 48, 49, 50], True),
        ("Sales", [45, 50, 55, 60, 65, 71], False),
        ("Sales", [1, 2, 3, 4, 5, 6, 7], False),
        ("Opened in", [2001, 2002, 2003, 2004, 2005, 2006], False),
        ("Rank", [10, 20, 30, 40, 50, 60], False),
    ],
)
def test_a_run_of_equal_steps_is_flagged_unless_it_is_a_count(heading, values, flagged):
    rows = "".join(f"| k{place} | {value} |\n" for place, value in enumerate(values))
    assert ("arithmetic_run" in codes(parse_reply(answer(f"| K | {heading} |\n|---|---|\n{rows}")))) is flagged


@pytest.mark.parametrize("end", ["\n| 2015 | 4", "\n| 2015 | ", "\n| 2015 "])
def test_a_cut_row_keeps_its_whole_cells_and_never_a_part_of_a_number(end):
    chart = parse_reply(answer("| Year | A | B |\n|---|---|---|\n| 2014 | 40 | 7 |" + end, end=""))
    assert chart.rows[0] == ["2014", "40", "7"]
    assert points(chart) == {"A": [(2014, 40)], "B": [(2014, 7)]}
    assert codes(chart) == {"cut"}


def test_a_cut_row_with_a_whole_value_is_salvaged():
    chart = parse_reply("| Year | A | B |\n|---|---|---|\n| 2014 | 40 | 7 |\n| 2015 | 41 | 1", cut=True)
    assert chart.rows == [["2014", "40", "7"], ["2015", "41", ""]]
    assert '"1"' in message(chart, "cut")
    assert "ragged_row" not in codes(chart)


def test_a_missing_end_mark_alone_loses_no_row():
    chart = parse_reply(answer("| Year | A |\n|---|---|\n| 2014 | 40 |\n| 2015 | 41 |\n", end=""))
    assert chart.rows == [["2014", "40"], ["2015", "41"]]
    assert codes(chart) == {"cut"}


def test_what_is_cut_behind_the_end_mark_costs_nothing():
    chart = parse_reply(answer("Year | A\n2014 | 40\n2015 | 41") + "<|class_start|>cha", cut=True)
    assert (chart.rows, codes(chart)) == ([["2014", "40"], ["2015", "41"]], set())


def test_an_answer_cut_in_its_tags_is_empty_and_cut():
    chart = parse_reply("<|class_start|>chart<|class_end|><|sub_class_start|>radar<|sub_class_end|><|caption_sta")
    assert chart.type == "radar"
    assert {"cut", "empty"} <= codes(chart)


def test_no_content_is_empty():
    chart = parse_reply(answer("", sub_class="radar"))
    assert (chart.type, chart.rows, codes(chart)) == ("radar", [], {"empty"})


def test_an_answer_without_tags_is_read_and_flagged():
    chart = parse_reply("| Year | A |\n|---|---|\n| 2014 | 40 |")
    assert chart.type == "unknown"
    assert points(chart) == {"A": [(2014, 40)]}
    assert codes(chart) == {"no_tags"}


def test_what_is_no_chart_says_what_it_is():
    formula = parse_reply(
        "<|class_start|>pure_formula<|class_end|> <|sub_class_start|>pure_formula<|sub_class_end|> "
        "<|caption_start|><|caption_end|> <|content_start|>p + q = 1<|content_end|>"
    )
    flow = parse_reply(
        "<|class_start|>Flowchart<|class_end|><|content_start|>graph TD\nA -->|yes| B\nC -->|no| D<|content_end|>"
    )
    assert (formula.type, codes(formula), formula.rows) == ("pure_formula", {"not_a_chart"}, [])
    assert "pure_formula" in message(formula, "not_a_chart")
    assert (flow.type, codes(flow), flow.rows) == ("flowchart", {"not_a_chart"}, [])


@pytest.mark.parametrize(
    "content", ["<fcel>Year<fcel>A<nl><fcel>2014<fcel>40<nl>", "| Year | A |\n|---|---|\n| 2014 | 40 |"]
)
def test_a_picture_of_a_table_keeps_its_rows(content):
    chart = parse_reply(f"<|class_start|>pure_table<|class_end|><|content_start|>{content}<|content_end|>")
    assert (chart.type, chart.rows, codes(chart)) == ("pure_table", [["2014", "40"]], {"not_a_chart"})


def test_noise_gives_no_table_and_keeps_the_text():
    text = "]]<|txtMask fill:#>\n<|txtMask fill:#>\u2026 <]|content_end|>"
    chart = parse_reply(text)
    assert (chart.rows, chart.columns, chart.raw) == ([], [], text)
    assert codes(chart) == {"no_tags", "empty", "prose"}


@pytest.mark.parametrize(
    ("sub_class", "kind"),
    [
        ("bar", "bar"),
        ("Bar Chart", "bar"),
        ("barplot", "bar"),
        ("Grouped Bar Chart", "bar"),
        ("horizontal_bar", "bar"),
        ("column chart", "bar"),
        ("stacked_bar", "bar_stacked"),
        ("bar_stacked", "bar_stacked"),
        ("Stacked Column Chart", "bar_stacked"),
        ("Bar and Line Chart", "bar_line"),
        ("bar_line", "bar_line"),
        ("line graph", "line"),
        ("multi-line chart", "line"),
        ("Stacked Area Chart", "area_stacked"),
        ("Scatter Plot", "scatter"),
        ("scatterplot", "scatter"),
        ("donut", "pie"),
        ("boxplot", "box"),
        ("Box and whisker plot", "box"),
        ("histogram", "histogram"),
        ("heat map", "heatmap"),
        ("Radar Chart", "radar"),
        ("spider", "radar"),
        ("Sankey Diagram", "sankey"),
        ("Gantt-like time table", "gantt_like_time_table"),
        ("Chart", "unknown"),
        ("", "unknown"),
    ],
)
def test_kinds_of_charts_have_one_name(sub_class, kind):
    assert parse_reply(answer("| a | b |\n|---|---|\n| x | 1 |", sub_class=sub_class)).type == kind


def test_numbers_that_stand_printed_on_the_page_are_marked():
    chart = parse_reply(
        answer("| K | V |\n|---|---|\n| a | 1,493 |\n| b | 46.1 |\n| c | 46 |\n| d | ~20% |\n| e | x |")
    )
    marked = mark_printed(chart, ["1493", "46.10,", "(20", "%)", "K"])
    assert [point.printed for point in marked.series[0].points] == [True, True, False, True, False]
    assert [point.printed for point in chart.series[0].points] == [None] * 5
    assert marked.rows == chart.rows


def test_printed_words_are_read_with_the_decimal_mark_of_the_chart():
    chart = parse_reply(answer("| K | V |\n|---|---|\n| a | 3,5 |\n| b | 1.234,5 |"))
    assert [point.printed for point in mark_printed(chart, ["3,5", "1234,5"]).series[0].points] == [True, True]


def test_a_chart_survives_its_json():
    chart = parse_reply(answer("| K | V |\n|---|---|\n| a\ud800 | 3 |\n| b | ~1e30 |"))
    assert Chart.model_validate_json(chart.model_dump_json()) == chart


def test_a_runaway_answer_takes_no_time():
    runaways = [
        answer("| K | V |\n|---|---|\n" + "| ham (cigarette) | 66 |\n" * 900, end=""),
        answer("| K | A | B |\n|---|---|---|\n" + "".join(f"| n{i} | {i}.5 | ~{i} |\n" for i in range(700)), end=""),
        answer("| K |" + " 66 |" * 2700, end=""),
        answer("It shows that " * 2700, end=""),
    ]
    for text in runaways:
        best = min(_seconds(text) for _ in range(5))
        assert best < 0.05


def _seconds(text):
    start = time.process_time()
    parse_reply(text)
    return time.process_time() - start
