"""From tick labels to scales."""

import datetime as dt

import numpy as np
import pytest

from mineru_cli.exact.dates import date_text
from mineru_cli.exact.offsets import read_offset
from mineru_cli.exact.scale import Scale, fit_scale


def test_a_linear_axis_is_read_back_to_seven_digits():
    scale = fit_scale([100.0, 150.0, 200.0], ["0", "5", "10"])
    assert scale is not None
    assert scale.kind == "linear"
    assert scale.value(175.0) == pytest.approx(7.5, rel=1e-7)
    assert scale.residual < 1e-6


def test_one_misread_label_moves_nothing_and_is_counted():
    scale = fit_scale([0, 10, 20, 30, 40, 50], ["0", "1", "2", "8", "4", "5"])
    assert scale is not None
    assert scale.rejected == 1
    assert scale.value(30) == pytest.approx(3)


def test_powers_of_ten_at_equal_distances_are_a_log_axis():
    scale = fit_scale([0, 50, 100], ["10^0", "10^1", "10^2"])
    assert scale is not None
    assert scale.kind == "log"
    assert scale.value(75) == pytest.approx(10**1.5)


def test_one_to_thousand_at_equal_distances_is_a_log_axis_without_superscripts():
    scale = fit_scale([0, 50, 100, 150], ["1", "10", "100", "1000"])
    assert scale is not None
    assert scale.kind == "log"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["$0", "$5", "$10"], 5.0),
        (["0%", "5%", "10%"], 5.0),
        (["0", "5k", "10k"], 5000.0),
        (["\u221210", "0", "10"], 0.0),
        (["1,000", "2,000", "3,000"], 2000.0),
        (["0,5", "1,0", "1,5"], 1.0),
        (["0M", "2.5M", "5M"], 2.5e6),
    ],
)
def test_printed_numbers_of_axes(texts, expected):
    scale = fit_scale([0, 50, 100], texts)
    assert scale is not None
    assert scale.kind == "linear"
    assert scale.value(50) == pytest.approx(expected)


def test_reversed_axes_have_a_negative_slope():
    scale = fit_scale([0, 50, 100], ["30", "20", "10"])
    assert scale is not None
    assert scale.value(25) == pytest.approx(25)


def test_months_stand_at_their_days():
    places = [float(dt.date(2020, m, 1).toordinal()) for m in (1, 3, 5, 7)]
    scale = fit_scale(places, ["Jan 2020", "Mar 2020", "May 2020", "Jul 2020"])
    assert scale is not None
    assert scale.kind == "date"
    assert date_text(scale.value(places[1]), by_day=True) == "2020-03-01"


def test_a_year_named_once_dates_the_months_after_it():
    days = [dt.date(2019, 7, 1), dt.date(2020, 1, 1), dt.date(2020, 7, 1), dt.date(2021, 1, 1)]
    scale = fit_scale([float(day.toordinal()) for day in days], ["Jul", "2020", "Jul", "2021"])
    assert scale is not None
    assert scale.kind == "date"
    assert date_text(scale.value(days[0].toordinal()), by_day=True) == "2019-07-01"


def test_years_a_leap_day_apart_are_dates():
    places = [dt.date(year, 1, 1).toordinal() / 10 for year in (2010, 2011, 2012, 2013, 2014)]
    scale = fit_scale(places, ["2010", "2011", "2012", "2013", "2014"])
    assert scale is not None
    assert scale.kind == "date"


def test_words_make_categories():
    scale = fit_scale([10, 20, 30], ["Oak", "Ash", "Elm"])
    assert scale is not None
    assert scale.kind == "category"
    assert scale.category(21.0) == ("Ash", 1.0)


def test_numbers_that_lie_on_no_scale_are_refused():
    assert fit_scale([0, 10, 20, 30], ["1.5", "900.2", "3.7", "12.9"]) is None


def test_two_labels_at_one_place_are_no_axis():
    assert fit_scale([5, 5], ["1", "2"]) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e6", (1e6, 0.0)),
        ("\u00d710^\u22123", (1e-3, 0.0)),
        ("1e\u22125", (1e-5, 0.0)),
        ("+2.5e4", (1.0, 25000.0)),
        ("1e6+3e2", (1e6, 300.0)),
        ("\u22121.5", (1.0, -1.5)),
    ],
)
def test_offset_texts(text, expected):
    assert read_offset(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "Sales", "10", "5 kg", "e", "(a)"])
def test_other_texts_are_no_offsets(text):
    assert read_offset(text) is None


def test_values_outside_a_log_axis_have_no_place():
    scale = Scale(kind="log", slope=0.01, origin=0.0)
    assert np.isnan(scale.position(-1))


@pytest.mark.parametrize(
    ("texts", "value"),
    [
        (["2015", "16", "17", "18"], 2016),
        (["'98", "'99", "'00", "'01"], 1999),
        (["$0", "$50", "$100m"], 50e6),
        (["0", "50", "100", "150bn"], 50e9),
        (["0", "500", "1k"], 500),
        (["0.0", "0.3", "0.5", "0.8", "1.0", "1.3"], 0.25),
    ],
)
def test_labels_printed_in_short_stand_for_what_they_mean(texts, value):
    scale = fit_scale([20.0 * k for k in range(len(texts))], texts)
    assert scale is not None
    assert scale.value(20.0) == pytest.approx(value)
    assert scale.rejected == 0
