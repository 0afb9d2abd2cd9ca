"""Ranks: texts between any two of which there is another, so that to move one thing is to change one rank.

A rank is a whole number of fixed width, so that what comes last or first adds nothing to its length, and then, where
something was put between two neighbours, the digits of a fraction. Ranks compare as their bytes do.
"""

from collections.abc import Iterator

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_WIDTH = 8
_MIDDLE = _BASE**_WIDTH // 2

LONGEST = 40
"""A rank longer than this says that the ranks around it should be renewed; some 160 moves to one place come before."""


def rank_between(low: str | None, high: str | None) -> str:
    """A rank after `low` and before `high`; None stands for the end there is none beyond.

    Raises:
        ValueError: if `low` does not come before `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"nothing lies between {low} and {high}")
    if low is None:
        return _whole(_MIDDLE if high is None else _number(high) - 1)
    following = _whole(_number(low) + 1)
    if high is None or following < high:
        return following
    upper = high[_WIDTH:] if high[:_WIDTH] == low[:_WIDTH] else ""
    return low[:_WIDTH] + _fraction_between(low[_WIDTH:], upper)


def even_ranks(count: int) -> Iterator[str]:
    """So many ranks in order, as if each had been put after the one before."""
    return (_whole(_MIDDLE + number) for number in range(count))


def _number(rank: str) -> int:
    return int(rank[:_WIDTH], _BASE)


def _whole(number: int) -> str:
    digits = ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, _BASE)
        digits = _DIGITS[digit] + digits
    return digits


def _fraction_between(low: str, high: str) -> str:
    """Digits of a fraction between two; an empty `high` is one whole. None of them ends in 0."""
    digits = ""
    for place in range(len(low) + len(high) + 2):
        lower = _DIGITS.index(low[place]) if place < len(low) else 0
        upper = (_DIGITS.index(high[place]) if place < len(high) else 0) if high else _BASE
        if upper - lower > 1:
            return digits + _DIGITS[(lower + upper) // 2]
        digits += _DIGITS[lower]
        if upper > lower:
            high = ""  # what follows is after `low` alone
    raise AssertionError("unreachable: there is room behind the digits of both")
