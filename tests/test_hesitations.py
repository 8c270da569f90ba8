"""Where a model hesitated is told by places in its text."""

import math

import pytest

from mineru_cli.engines.hesitations import hesitations_of_tokens

WORDS = {1: b"| ", 2: b"4", 3: b"2", 4: "é".encode()[:1], 5: "é".encode()[1:], 6: b" |\n"}


def decode(tokens):
    return b"".join(WORDS[token] for token in tokens).decode("utf-8", "replace")


def places(tokens, probabilities):
    return hesitations_of_tokens(decode, tokens, [math.log(one) for one in probabilities], decode(tokens))


def test_only_tokens_that_were_doubtful_are_told():
    assert places([1, 2, 3, 6], [1.0, 0.995, 0.6, 0.9]) == {3: 0.6, 4: 0.9}
    assert places([1, 2], [1.0, 1.0]) == {}
    assert places([], []) == {}


def test_the_first_token_may_be_the_doubtful_one():
    assert places([2, 3], [0.5, 1.0]) == {0: 0.5}


@pytest.mark.parametrize(
    ("probabilities", "wanted"),
    [
        ([1, 0.5, 1, 0.7], {2: 0.5, 3: 0.7}),
        ([1, 1, 0.5, 0.7], {2: 0.5, 3: 0.7}),
        ([1, 0.5, 0.5, 0.7], {2: 0.25, 3: 0.7}),
    ],
)
def test_a_letter_of_two_tokens_moves_no_place_behind_it(probabilities, wanted):
    assert places([1, 4, 5, 3], probabilities) == wanted


def test_where_a_broken_letter_makes_the_places_unsure_nothing_is_told():
    tokens, logs = [1, 5, 5, 3], [math.log(0.5)] * 4
    assert hesitations_of_tokens(decode, tokens, logs, "| \ufffd2") is None


def test_a_token_of_no_probability_at_all_is_told():
    assert hesitations_of_tokens(decode, [2], [-math.inf], "4") == {0: 0.0}
