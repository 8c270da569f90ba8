from datetime import datetime

from mineru_cli.outputs.wide import wide_table
from mineru_cli.schema import Axis, Chart
from tests.results_drawing import bars, series


def values(table):
    return {column.name: [None if point is None else point.y for point in column.points] for column in table.columns}


def test_series_are_lined_up_by_their_x():
    table = wide_table(bars())
    assert table.head == "Item"
    assert table.x == ("Rent", "Food", "Fuel")
    assert values(table) == {"2023": [42, None, None], "2024": [45.5, 17, 3]}
    assert not table.is_numeric
    assert not table.is_dated


def test_an_x_that_comes_again_loses_no_point():
    table = wide_table(Chart(type="scatter", series=[series("a", (1, 5), (1, 6), (2, 7)), series("b", (1, 8))]))
    assert table.x == (1, 1, 2)
    assert values(table) == {"a": [5, 6, 7], "b": [8, None, None]}


def test_series_of_different_numbers_are_put_in_their_order():
    table = wide_table(Chart(series=[series("a", (3, 30), (1, 10)), series("b", (2, 20))]))
    assert table.x == (1, 2, 3)
    assert values(table) == {"a": [10, None, 30], "b": [None, 20, None]}


def test_the_order_of_the_document_stays_where_all_series_have_the_same_x():
    assert wide_table(Chart(series=[series("a", (3, 30), (1, 10))])).x == (3, 1)


def test_dates_become_dates_and_what_only_looks_like_one_stays_text():
    dated = Chart(x=Axis(scale="date"), series=[series("a", ("2024-03", 1), ("2024-04", 2))])
    assert wide_table(dated).x == (datetime.fromisoformat("2024-03-01"), datetime.fromisoformat("2024-04-01"))
    assert wide_table(dated).is_dated
    moments = Chart(x=Axis(scale="date"), series=[series("a", ("2024-03-01T12:30", 1))])
    assert wide_table(moments).x == (datetime.fromisoformat("2024-03-01T12:30"),)
    no_year = Chart(x=Axis(scale="date"), series=[series("a", ("3 Mar", 1))])
    assert wide_table(no_year).x == ("3 Mar",)
    named = Chart(x=Axis(scale="category"), series=[series("a", ("2024-03-01", 1))])
    assert wide_table(named).x == ("2024-03-01",)


def test_no_two_columns_have_the_same_name():
    table = wide_table(Chart(series=[series("a", (1, 1)), series("a", (1, 2)), series("", (1, 3)), series("a (2)")]))
    assert [column.name for column in table.columns] == ["a", "a (2)", "value", "a (2) (2)"]
