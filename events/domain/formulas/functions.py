"""The functions that a formula may use: a closed list. What each gives where it could give nothing is its meaning."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Units = Literal["alike", "kept", "plain", "any"]
"""What a function asks of its values' units: all alike, as the result is; kept; plain in and out; any in, plain out."""


class Function(NamedTuple):
    """A function of so many values, at least and at most."""

    meaning: str
    arguments: tuple[int, int]
    units: Units


MOST_ARGUMENTS = 10

FUNCTIONS: Mapping[str, Function] = {
    "min": Function("the smallest of some numbers", (2, MOST_ARGUMENTS), "alike"),
    "max": Function("the largest of some numbers", (2, MOST_ARGUMENTS), "alike"),
    "abs": Function("a number without its sign", (1, 1), "kept"),
    "sign": Function("-1, 0 or 1", (1, 1), "any"),
    "sqrt": Function("the square root; 0 of a negative number", (1, 1), "plain"),
    "ln": Function("the natural logarithm; 0 of zero and of a negative number", (1, 1), "plain"),
    "log2": Function("the logarithm of base 2; 0 of zero and of a negative number", (1, 1), "plain"),
    "log10": Function("the logarithm of base 10; 0 of zero and of a negative number", (1, 1), "plain"),
    "exp": Function("e raised to a number", (1, 1), "plain"),
    "floor": Function("the next whole number below", (1, 1), "plain"),
    "ceil": Function("the next whole number above", (1, 1), "plain"),
    "round": Function("to the nearest whole number, or to so many decimals; halves go up", (1, 2), "plain"),
    "highest": Function("the highest value that any post of the list has", (1, 1), "kept"),
}
