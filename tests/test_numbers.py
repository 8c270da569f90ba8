"""Printed numbers: what is read, and what is refused."""

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mineru_cli.numbers import Number, decimal_comma_proven, is_unit, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("32", 32),
        ("  -3.5 ", -3.5),
        ("+7", 7),
        (".5", 0.5),
        ("007", 7),
        ("1,493", 1493),
        ("1,493.25", 1493.25),
        ("12 345 678", 12345678),
        ("1\u00a0493", 1493),
        ("1\u202f493", 1493),
        ("1'493", 1493),
        ("1\u2019493", 1493),
        ("12,34,567", 1234567),
        ("\u221220", -20),
        ("\u20135", -5),
        ("(1,493)", -1493),
        ("$(5)", -5),
        ("(5%)", -5),
        ("-$5", -5),
        ("$-5", -5),
        ("5k", 5000),
        ("300K", 300_000),
        ("5M", 5_000_000),
        ("1.5 million", 1_500_000),
        ("2 mn", 2_000_000),
        ("3bn", 3_000_000_000),
        ("3 trillion", 3_000_000_000_000),
        ("$5m", 5_000_000),
        ("$1.5T", 1.5e12),
        ("1e-4", 1e-4),
        ("1.5E+03", 1500),
        ("10^3", 1000),
        ("10\u00b3", 1000),
        ("10\u207b\u00b2", 0.01),
        ("10^{-3}", 0.001),
        ("2\u00d710^-3", 0.002),
        ("1.5 x 10^4", 15000),
        ("2\u00b710\u00b3", 2000),
        ("-10^3", -1000),
        ("2^10", 1024),
        ("12*", 12),
        ("\uff15\uff10\uff05", 50),
        ("2018", 2018),
    ],
)
def test_a_printed_number_is_read_with_its_sign_separators_and_factor(text, value):
    number = parse_number(text)
    assert number is not None
    assert number.value == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        *("", "-", "--", "%", "$", "nan", "inf", "N/A", "abc1", "Corp. Debt"),
        *("5-10", "5\u201310", "3 to 4", "0.5-1", "12 \u00b1 3", "\u00b15", "3:1", "1/2", "10\u22123"),
        *("Q1 2018", "3Q", "2018 Q1", "2019-01-02", "12/05", "12:30", "10 May", "5 may", "2018 Jan", "'26", "2026E"),
        *("1.2.3", "1,2,3", "1 23", "1,23", "0,123", "3,5", "--5", "- 5", "((5))", "(5", "5)", "+-5", "5."),
        *("1st", "2D", "5G", "3A", "5T", "2\u00b3", "12\u00b9", "300 K", "9e999", "1e-999", "10^400", "1e5e5"),
        *("5 kg of", "65 and over", "5'", "\u0663", "\u00b2", "$5%", "5 $ 6"),
    ],
)
def test_what_is_not_plainly_one_number_is_none(text):
    assert parse_number(text) is None


@pytest.mark.parametrize(
    "text", ["~98", "\u2248 98", "ca. 98", "ca 98", "about 98", "<98", "\u2264 98", ">= 98", "98+"]
)
def test_an_estimate_is_marked(text):
    assert parse_number(text) == Number(value=98, approximate=True)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5 kg", 5, "kg"),
        ("12ms", 12, "ms"),
        ("5 m", 5, "m"),
        ("30 m\u00b2", 30, "m\u00b2"),
        ("5 kg/m\u00b3", 5, "kg/m\u00b3"),
        ("21\u00b0C", 21, "\u00b0C"),
        ("3\u00d7", 3, "x"),
        ("5 \u20ac", 5, "\u20ac"),
        ("\u20ac 5,000", 5000, "\u20ac"),
        ("US$1.5bn", 1.5e9, "US$"),
        ("5 USD", 5, "USD"),
        ("$12/bbl", 12, "$/bbl"),
        ("5 million tonnes", 5_000_000, "tonnes"),
        ("40 people", 40, "people"),
        ("40 respondents", 40, "respondents"),
    ],
)
def test_units_and_currencies_are_kept_beside_the_value(text, value, unit):
    number = parse_number(text)
    assert number == Number(value=value, unit=unit)


def test_per_cents_stay_as_printed():
    assert parse_number("~-20%") == Number(value=-20, unit="%", percent=True, approximate=True)
    assert parse_number("12 percent") == Number(value=12, unit="%", percent=True)


def test_integers_stay_integers():
    kinds = {text: type(parse_number(text).value) for text in ("32", "1,493", "5k", "10^3", "32.0", "1e-4", "1.5M")}
    assert kinds == {"32": int, "1,493": int, "5k": int, "10^3": int, "32.0": float, "1e-4": float, "1.5M": float}


def test_a_factor_brings_no_rounding_error():
    assert parse_number("0.3 million").value == 300_000
    assert parse_number("1.1bn").value == 1.1e9


@pytest.mark.parametrize(
    ("text", "value"),
    [("3,5", 3.5), ("1.234,5", 1234.5), ("1.234", 1234), ("1,493", 1.493), ("-0,25 %", -0.25), ("1 000,5", 1000.5)],
)
def test_a_decimal_comma_is_read_when_asked_for(text, value):
    assert parse_number(text, decimal_comma=True).value == value


def test_a_decimal_point_is_refused_where_the_comma_is_the_mark():
    assert parse_number("3.5", decimal_comma=True) is None
    assert parse_number("1.234.5", decimal_comma=True) is None


@pytest.mark.parametrize(
    ("texts", "proven"),
    [
        (["3,5", "12"], True),
        (["12,75", "text"], True),
        (["1.234,5"], True),
        (["0,123"], True),
        (["3,5", "1.234", "1,493"], True),
        (["1,493", "2,000"], False),
        (["1.234"], False),
        (["3,5", "3.5"], False),
        (["1,493", "12"], False),
        ([], False),
    ],
)
def test_a_column_proves_its_decimal_comma_or_does_not(texts, proven):
    assert decimal_comma_proven(texts) is proven


@pytest.mark.parametrize(
    "text", ["%", "$ Billions", "USD bn", "in thousands", "% of GDP", "rad/sec", "\u00d710\u00b3", "dB"]
)
def test_a_unit_is_told_in_brackets_of_a_heading(text):
    assert is_unit(text)


@pytest.mark.parametrize("text", ["", "NBS", "predicted", "cigarette", "2019", "left axis", "n = 30"])
def test_a_qualifier_is_no_unit(text):
    assert not is_unit(text)


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1," * 50_000,
        "(" * 100_000,
        "~" * 100_000,
        " " * 100_000 + "x",
        "1" * 63,
        "1,111" * 12,
        "1 " * 32,
    ],
)
def test_long_text_costs_no_time(text):
    start = time.process_time()
    parse_number(text)
    decimal_comma_proven([text])
    is_unit(text)
    assert time.process_time() - start < 0.05


@given(st.one_of(st.text(), st.text(alphabet="0123456789.,-+eE%$~()^x kKmMbB\u00d7\u2212\u00b3\u202f'", max_size=16)))
def test_no_text_makes_it_raise_and_every_number_is_finite(text):
    for comma in (False, True):
        number = parse_number(text, decimal_comma=comma)
        assert number is None or math.isfinite(number.value)
    is_unit(text)


@given(st.integers(-(10**15), 10**15))
def test_an_integer_survives_its_thousands_separators(value):
    assert parse_number(f"{value:,}") == Number(value=value)
    assert parse_number(f"{value:,}".replace(",", "\u202f")) == Number(value=value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_survives_being_printed(value):
    number = parse_number(repr(value))
    assert number is not None
    assert number.value == value
