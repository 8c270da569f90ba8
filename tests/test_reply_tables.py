"""Tables in every language the model writes them in: OTSL, HTML and all sorts of Markdown."""

import pytest

from mineru_cli.reply import parse_reply, parse_table


def codes(result):
    return {flag.code for flag in result.flags}


def message(result, code):
    (flag,) = [flag for flag in result.flags if flag.code == code]
    return flag.message


@pytest.mark.parametrize(
    "text",
    [
        "| Year | A |\n| --- | --- |\n| 2013 | 32 |\n| 2014 | 40 |",
        "| Year | A |\n|:--|:-:|\n| 2013 | 32 |\n| 2014 | 40 |",
        "| Year | A |\n|-|-|\n| 2013 | 32 |\n| 2014 | 40 |",
        "Year | A\n--|--\n2013 | 32\n2014 | 40",
        "| Year | A\n| --\n| 2013 | 32\n| 2014 | 40",
        "Year | A |\n--\n2013 | 32 |\n2014 | 40 |",
        "| Year | A |\n| 2013 | 32 |\n| 2014 | 40 |",
        "Year | A\n2013 | 32\n2014 | 40",
        "+------+----+\n| Year | A  |\n+======+====+\n| 2013 | 32 |\n| 2014 | 40 |\n+------+----+",
        "```markdown\n| Year | A |\n|---|---|\n| 2013 | 32 |\n\n| 2014 | 40 |\n```",
        "| Year | A |\r\n|---|---|\r\n| 2013 | 32 |\r\n|---|---|\r\n| 2014 | 40 |\r\n",
        "Year\tA\n2013\t32\n2014\t40",
        "|---|---|\n| Year | A |\n| 2013 | 32 | |\n| 2014 | 40 |",
        "<fcel>Year<fcel>A<nl><fcel>2013<fcel>32<nl><fcel>2014<fcel>40<nl>",
        "<ched>Year<ched>A<nl><rhed>2013<fcel>32<nl><rhed>2014<fcel>40",
        "<table><tr><th>Year</th><th>A</th></tr><tr><td>2013</td><td>32</td></tr><tr><td>2014</td><td>40</td></tr></table>",
        "<TABLE border='1'><tr><td>Year<td>A<tr><td>2013<td>32<tr><td>2014<td><b>40</b>",
        "<|content_start|>| Year | A |\n|---|---|\n| 2013 | 32 |\n| 2014 | 40 |<|content_end|><|im_end|>",
    ],
)
def test_one_table_however_it_is_written(text):
    table = parse_table(text)
    assert (table.columns, table.rows) == (["Year", "A"], [["2013", "32"], ["2014", "40"]])
    assert (table.flags, table.raw) == ([], text)


def test_spanned_otsl_cells_stand_in_every_cell_they_span():
    table = parse_table(
        "<fcel>Region<fcel>2019<lcel><fcel>2020<nl><ucel><fcel>A<fcel>B<fcel>A<nl>"
        "<fcel>North<fcel>1<lcel><ecel><nl><ucel><xcel><xcel><fcel>4<nl>"
    )
    assert table.columns == ["Region", "2019 A", "2019 B", "2020 A"]
    assert table.rows == [["North", "1", "1", ""], ["North", "1", "1", "4"]]


def test_a_section_row_fills_its_row():
    table = parse_table("<ched>Item<ched>Cost<nl><srow>Fixed<nl><fcel>Rent<fcel>7<nl>")
    assert table.rows == [["Fixed", "Fixed"], ["Rent", "7"]]
    assert table.flags == []


def test_spanned_html_cells_stand_in_every_cell_they_span():
    table = parse_table(
        "<table><thead><tr><th rowspan='2'>Region</th><th colspan=2>2019</th></tr>"
        "<tr><th>A &amp; B</th><th>C</th></tr></thead>"
        '<tr><td rowspan="2">North<br>West</td><td>1</td><td>2</td></tr><tr><td colspan="2">3</td></tr></table>'
    )
    assert table.columns == ["Region", "2019 A & B", "2019 C"]
    assert table.rows == [["North West", "1", "2"], ["North West", "3", "3"]]


def test_ragged_rows_are_padded_or_widen_the_table_and_are_named():
    table = parse_table("| K | A |\n|---|---|\n| x | 1 | 9 |\n| y |\n| z | 3 |")
    assert table.columns == ["K", "A", ""]
    assert table.rows == [["x", "1", "9"], ["y", "", ""], ["z", "3", ""]]
    assert "row 1 (x), row 2 (y)." in message(table, "ragged_row")
    assert codes(parse_table("<fcel>K<fcel>A<nl><fcel>x<nl>")) == {"ragged_row"}


def test_a_heading_without_its_corner_is_shifted():
    table = parse_table("| A | B |\n|---|---|\n| x | 1 | 2 |\n| y | 3 | 4 |")
    assert (table.columns, table.rows) == (["", "A", "B"], [["x", "1", "2"], ["y", "3", "4"]])
    assert codes(table) == {"ragged_row"}


def test_data_without_a_heading_keeps_its_first_row():
    table = parse_table("| Chile | 215 |\n| Peru | 31 |")
    assert (table.columns, table.rows) == (["", ""], [["Chile", "215"], ["Peru", "31"]])
    assert codes(table) == {"no_header"}


def test_years_may_be_a_heading():
    assert parse_table("| Region | 2019 | 2020 |\n| North | 1 | 2 |").columns == ["Region", "2019", "2020"]


def test_two_heading_lines_are_one():
    table = parse_table("| | 2019 | 2019 |\n| Region | A | B |\n|---|---|---|\n| North | 1 | 2 |")
    assert (table.columns, table.rows) == (["Region", "2019 A", "2019 B"], [["North", "1", "2"]])


def test_a_title_in_pipes_is_no_heading():
    chart = parse_reply("| Sales |\n| Region | A |\n|---|---|\n| North | 1 |")
    assert (chart.title, chart.columns, chart.rows) == ("Sales", ["Region", "A"], [["North", "1"]])


def test_a_table_without_a_rule_before_one_with_a_rule_keeps_its_rows():
    table = parse_table("| Year | A |\n| 2013 | 1 |\n\n| Year | B |\n|---|---|\n| 2014 | 2 |")
    assert table.columns == ["Year", "A", "B"]
    assert table.rows == [["2013", "1", ""], ["2014", "", "2"]]


def test_a_missing_value_mark_is_no_rule():
    assert parse_table("| K | A |\n|---|---|\n| x | 1 |\n| - | - |\n| y | 2 |").rows[1] == ["-", "-"]


def test_prose_among_the_rows_is_kept_in_the_flag_alone():
    table = parse_table("| K | A |\n|---|---|\n| x | 1 |\nNote that a | b stands for either, or c | d.\n| y | 2 |")
    assert table.rows == [["x", "1"], ["y", "2"]]
    assert "stands for either" in message(table, "prose")


def test_a_second_table_with_the_same_heading_goes_on():
    table = parse_table("| K | A |\n|---|---|\n| x | 1 |\n\n| K | A |\n|---|---|\n| y | 2 |")
    assert (table.columns, table.rows) == (["K", "A"], [["x", "1"], ["y", "2"]])
    assert codes(table) == {"two_tables"}


def test_a_second_table_with_another_heading_gets_columns_of_its_own():
    chart = parse_reply("| Year | A |\n|---|---|\n| 2013 | 1 |\n\n| Year | B | A |\n|---|---|---|\n| 2013 | 2 | 3 |")
    assert chart.columns == ["Year", "A", "B"]
    assert chart.rows == [["2013", "1", ""], ["2013", "3", "2"]]
    assert {series.name: [point.y for point in series.points] for series in chart.series} == {"A": [1, 3], "B": [2]}
    assert "two_tables" in codes(chart)


def test_a_restated_table_is_a_repetition():
    once = "| K | A |\n|---|---|\n| x | 1 |\n| y | 2 |\n"
    chart = parse_reply(once + once)
    assert chart.rows == [["x", "1"], ["y", "2"]]
    assert codes(chart) == {"repeated_rows", "no_tags"}


def test_a_loop_of_text_is_no_row_of_tables():
    table = parse_table("| K | A |\n" + "| K | A |\n" * 50)
    assert (table.columns, table.rows, codes(table)) == (["K", "A"], [], {"repeated_rows"})


def test_html_tables_are_joined_too():
    one = "<table><tr><th>K</th><th>A</th></tr><tr><td>{}</td><td>1</td></tr></table>"
    table = parse_table(one.format("x") + one.format("y"))
    assert (table.rows, codes(table)) == ([["x", "1"], ["y", "1"]], {"two_tables"})


def test_a_printed_table_may_hold_a_row_thrice_but_a_model_loops():
    head, row = "<fcel>K<fcel>A<nl>", "<fcel>x<fcel>1<nl>"
    assert len(parse_table(head + row * 3).rows) == 3
    assert parse_table(head + row * 3).flags == []
    assert len(parse_table(head + row * 50).rows) == 1
    assert codes(parse_table(head + row * 50)) == {"repeated_rows"}


@pytest.mark.parametrize(
    "text",
    [
        "| K | A | B |\n|---|---|---|\n| x | 1 | 2 |\n| y | 3 | 4",
        "<fcel>K<fcel>A<fcel>B<nl><fcel>x<fcel>1<fcel>2<nl><fcel>y<fcel>3<fcel>4",
        "<tr><th>K<th>A<th>B<tr><td>x<td>1<td>2<tr><td>y<td>3<td>4",
        "K | A | B\nx | 1 | 2\ny | 3 | 4",
        "K\tA\tB\nx\t1\t2\ny\t3\t4",
    ],
)
def test_a_cut_table_leaves_out_the_unfinished_cell(text):
    table = parse_table(text, cut=True)
    assert table.rows == [["x", "1", "2"], ["y", "3", ""]]
    assert codes(table) == {"cut"}
    assert '"4"' in message(table, "cut")


def test_a_table_that_ends_whole_loses_nothing_when_cut():
    assert parse_table("<fcel>K<fcel>A<nl><fcel>x<fcel>1<nl>", cut=True).rows == [["x", "1"]]
    assert parse_table("<tr><th>K</th><th>A</th></tr><tr><td>x</td><td>1</td></tr>", cut=True).rows == [["x", "1"]]


@pytest.mark.parametrize("text", ["", "No table here.", "a | b", "<nl>", "---", "<table></table>", "\ud800"])
def test_no_table_is_empty(text):
    table = parse_table(text)
    assert (table.columns, table.rows) == ([], [])
    assert "empty" in codes(table)


def test_a_row_without_end_stays_bounded():
    table = parse_table("| K | A |\n|---|---|\n| x |" + " 7 |" * 20_000)
    assert len(table.columns) == 256
    assert codes(table) == {"ragged_row", "too_wide"}


def test_tables_without_end_stay_bounded():
    table = parse_table("".join(f"| K | A{i} |\n|---|---|\n| x | 1 |\n" for i in range(1000)))
    assert (len(table.columns), len(table.rows)) == (256, 1000)
    assert codes(table) == {"two_tables", "too_wide"}
