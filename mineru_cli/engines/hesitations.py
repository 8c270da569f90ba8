"""Where a model was not certain, as places in its answer: what confidence is reckoned from.

Comes in: the tokens of an answer and the natural logarithm of each one's probability. Goes out: for the few that were
doubtful, where in the text each begins and how probable it was. Knows nothing of what the text means.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Final

CERTAIN: Final = 0.99
"""A token at least this probable is no hesitation. Most are; what is left is short enough to be kept in a record."""


# A character takes up to four bytes in UTF-8, and a token may be a single one of them.
_LETTER_BYTES = 4


def hesitations_of_tokens(
    decode: Callable[[tuple[int, ...]], str], tokens: Sequence[int], logs: Sequence[float], text: str
) -> dict[int, float] | None:
    """Probabilities below `CERTAIN` by the place in ``text`` where their tokens begin.

    Parameters
    ----------
    decode
        One token to text, or the few that make one character. It is called for every token of the answer, while the
        device waits for nobody but for a moment: let it remember what it gave.
    tokens, logs
        The answer, and the natural logarithms.
    text
        The whole answer, decoded.

    Returns
    -------
    None where the tokens do not make the text one after another, as in an answer with broken characters.
    """
    places, place, letter, made = [], 0, tuple[int, ...](), []
    for token in tokens:
        letter = (*letter, token)
        places.append(place)
        piece = decode(letter)
        if "\ufffd" in piece and len(letter) < _LETTER_BYTES:
            continue
        made.append(piece)
        place, letter = place + len(piece), ()
    made.append(decode(letter) if letter else "")
    if "".join(made) != text:
        return None
    return _by_place((place, log) for place, log in zip(places, logs, strict=True) if _is_doubt(log))


def _is_doubt(log: float) -> bool:
    return log < math.log(CERTAIN)


def _by_place(doubts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Tokens that begin at one place are parts of one character: all of them must be right."""
    found: dict[int, float] = {}
    for place, log in doubts:
        found[place] = found.get(place, 1.0) * math.exp(log)
    return {place: round(probability, 4) for place, probability in found.items()}
