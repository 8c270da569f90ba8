"""How sure a model was of each number follows from where in its answer it hesitated."""

import math

import pytest

from mineru_cli.reply import certainty_of, parse_reply

HEAD = "<|class_start|>chart<|class_end|><|sub_class_start|>bar<|sub_class_end|><|content_start|>"
TABLE = HEAD + "| City | Rent | Food |\n|---|---|---|\n| Oslo | 4250 | 17.5 |\n| Bern | 900 | 17.5 |<|content_end|>"


def sure(text, hesitations, *, tokens=100):
    """Probabilities by series; a hesitation is told by text and the place in it."""
    places = {text.index(near) + shift: probability for (near, shift), probability in hesitations.items()}
    found = certainty_of(parse_reply(text), places, tokens=tokens)
    return [None if one is None else round(math.exp(one), 4) for one in found.numbers], found


def test_an_answer_without_hesitation_is_certain():
    by_series, found = sure(TABLE, {})
    assert by_series == [1, 1]
    assert (found.overall, found.answer) == (1, 0)


def test_a_doubt_counts_for_the_series_it_stands_in():
    by_series, found = sure(TABLE, {("4250", 0): 0.25})
    assert by_series == [0.5, 1]
    assert found.overall == pytest.approx(0.5**0.5, abs=1e-4)


def test_doubts_about_words_leave_the_numbers_alone_but_not_the_answer():
    by_series, found = sure(TABLE, {("Oslo", 1): 0.25})
    assert by_series == [1, 1]
    assert found.answer == pytest.approx(math.log(0.25) / 100)


@pytest.mark.parametrize(("digit", "counts"), [(0, True), (1, True), (2, False), (3, False), (4, False)])
def test_digits_worth_less_than_a_hundredth_of_the_largest_number_do_not_count(digit, counts):
    by_series, _ = sure(TABLE, {("4250", digit): 0.25})
    assert by_series[0] == (0.5 if counts else 1)


def test_where_a_number_ends_counts_when_all_its_digits_do():
    by_series, _ = sure(TABLE, {("900", 3): 0.25})
    assert by_series == [1, 1]
    by_series, _ = sure(TABLE.replace("4250", "42"), {("900", 3): 0.25})
    assert by_series == [1, 1]
    by_series, _ = sure(TABLE.replace("4250", "42").replace("900", "90"), {("90", 2): 0.25})
    assert by_series == [0.5, 1]


def test_the_first_digit_always_counts():
    by_series, _ = sure(TABLE.replace("900", "3"), {("3 |", 0): 0.25})
    assert by_series == [0.5, 1]


def test_of_a_text_that_stands_twice_the_less_sure_counts():
    by_series, _ = sure(TABLE.replace("4250", "42"), {("17.5 |\n", 0): 0.25})
    assert by_series == [1, 0.25]


def test_units_markup_and_other_table_languages_are_seen_through():
    html = HEAD + "<table><tr><td>City</td><td>Rent</td></tr><tr><td>Oslo</td><td>**$4.2M**</td></tr></table>"
    assert sure(html, {("4.2M", 0): 0.25})[0] == [0.25]
    otsl = HEAD + "<fcel>City<fcel>Rent<nl><fcel>Oslo<fcel>1,250<nl><content_end|>"
    assert sure(otsl, {("1,250", 2): 0.25})[0] == [0.25]


def test_a_series_without_numbers_has_no_certainty():
    by_series, _ = sure(TABLE.replace("4250", "none").replace("900", "-"), {})
    assert by_series[0] is None


def test_what_is_impossible_is_very_unlikely():
    by_series, found = sure(TABLE, {("4250", 0): 0.0})
    assert 0 < by_series[0] < 0.1
    assert math.isfinite(found.answer)
