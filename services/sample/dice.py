"""Chance that falls the same on every machine and every version of Python: SplitMix64, whole numbers only."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

_MASK = (1 << 64) - 1


class Dice:
    """A sequence of throws that follows from its seed."""

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def below(self, limit: int) -> int:
        """A whole number from 0 up to, not including, `limit`."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) * limit) >> 64

    def soon(self, limit: int) -> int:
        """The same, but small ones come oftener than large ones."""
        return self.below(self.below(limit) + 1)

    def chance(self, in_thousand: int) -> bool:
        """Whether something happens that does so many times in a thousand."""
        return self.below(1000) < in_thousand


class Urn:
    """Draws the index of one of many, each as often as its weight says."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._sums = list(accumulate(weights))

    def draw(self, dice: Dice) -> int:
        """An index."""
        return bisect_right(self._sums, dice.below(self._sums[-1]))
