"""How probable differences are by chance alone: the rank-sum test, Fisher's exact test, and many tests at once. Pure.

None of them asks how the values are distributed: times and votes have long tails. All are two-sided, as twice the
smaller tail. Sources: Mann and Whitney, "On a test of whether one of two random variables is stochastically larger
than the other" (1947); Fisher, "The logic of inductive inference" (1935); Benjamini and Hochberg, "Controlling the
false discovery rate" (1995).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

EXACT_UP_TO = 30
"""Of so many values in all, every way to share them out is counted; of more, the sum of ranks is taken as normal."""


def rank_sum(ours: Sequence[float] | Values, theirs: Sequence[float] | Values) -> float:
    """How probable it is that two groups' ranks differ at least so much, if only chance made them two groups.

    Values that are equal share their ranks. Both groups must have values.
    """
    doubled = _doubled_ranks(np.concatenate([np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)]))
    seen = int(doubled[: len(ours)].sum())
    if len(doubled) <= EXACT_UP_TO:
        ways = _ways(doubled, len(ours))
        below, above = ways[: seen + 1].sum(), ways[seen:].sum()
        return float(min(1.0, 2 * min(below, above) / ways.sum()))
    return _normal(doubled, len(ours), seen)


def fisher(ours: int, of_ours: int, theirs: int, of_theirs: int) -> float:
    """How probable it is that two shares differ at least so much: `ours` of `of_ours`, `theirs` of `of_theirs`."""
    hits, total = ours + theirs, of_ours + of_theirs
    least, most = max(0, hits - of_theirs), min(hits, of_ours)
    whole = _log_choose(total, of_ours)
    odds = [
        math.exp(_log_choose(hits, each) + _log_choose(total - hits, of_ours - each) - whole)
        for each in range(least, most + 1)
    ]
    here = ours - least
    return min(1.0, 2 * min(sum(odds[: here + 1]), sum(odds[here:])))


def beyond_chance(chances: Sequence[float], false_share: float) -> list[bool]:
    """Which of many differences are taken for real, so that of those at most this share is expected to be chance."""
    order = sorted(range(len(chances)), key=lambda index: chances[index])
    last = max(
        (rank for rank, index in enumerate(order, start=1) if chances[index] <= false_share * rank / len(chances)),
        default=0,
    )
    real = set(order[:last])
    return [index in real for index in range(len(chances))]


def _doubled_ranks(values: Values) -> NDArray[np.int64]:
    """Twice the rank of each value, which is whole also where equal ones share theirs."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    doubled: NDArray[np.int64] = (2 * last - counts + 1)[inverse]
    return doubled


def _ways(doubled: NDArray[np.int64], size: int) -> Values:
    """In how many ways `size` of the ranks add up to each sum."""
    sums = int(doubled.sum()) + 1
    ways = np.zeros((size + 1, sums))
    ways[0, 0] = 1
    for rank in doubled:
        ways[1:, rank:] += ways[:-1, : sums - rank].copy()
    found: Values = ways[size]
    return found


def _normal(doubled: NDArray[np.int64], size: int, seen: int) -> float:
    """The same by the normal distribution, with what ties take from its spread and half a step off."""
    total = len(doubled)
    rest = total - size
    expected = size * (total + 1)
    spread = float(((doubled - (total + 1)) ** 2).sum()) * size * rest / (total * (total - 1))
    if spread == 0:
        return 1.0
    distance = max(0.0, abs(seen - expected) - 1)
    return math.erfc(distance / math.sqrt(2 * spread))


def _log_choose(many: int, some: int) -> float:
    return math.lgamma(many + 1) - math.lgamma(some + 1) - math.lgamma(many - some + 1)
