"""Trending: forward exponential decay, kept exactly.

A standing up-vote since time t weighs 2^(t / half-life). Sums of such weights rank like sums of votes that halve in
worth every half-life, whatever moment one looks from: no clock is needed, sums from different partitions add, and the
order of arrival does not matter. (G. Cormode, V. Shkapenyuk, D. Srivastava, B. Xu: *Forward Decay: A Practical Time
Decay Model for Streaming Systems*, ICDE 2009. ClearFlask ranks by the same sum, but also adds for an unvote.)

Weights are integers of fixed scale, of as many bits as it takes, so taking one away again is exact: a vote withdrawn
leaves nothing behind, and every order of adding ends in the same sum to the last bit.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from events.times import Millis

HALF_LIFE: Millis = 7 * 24 * 3600 * 1000
"""Seven days."""

EPOCH: Millis = 946_684_800_000
"""2000-01-01; votes said to be older weigh as if cast then, which is nothing beside any of this age."""

_SCALE_BITS = 32

Weight = int
"""A sum of 2^((t - EPOCH) / HALF_LIFE), times 2^32."""


def weight(since: Millis) -> Weight:
    """What an up-vote that stands since then weighs."""
    half_lives, rest = divmod(since - EPOCH, HALF_LIFE)
    if half_lives < 0:
        return 1 << _SCALE_BITS
    return int(2.0 ** (_SCALE_BITS + rest / HALF_LIFE)) << half_lives


class Weights(NamedTuple):
    """Weights of up-votes as columns: each is its `mantissas`, which is small, doubled `half_lives` times."""

    half_lives: Sequence[int]
    mantissas: Sequence[int]


def weights(since: Sequence[Millis]) -> Weights:
    """What up-votes weigh that stand since then, to the last bit as `weight` has it."""
    half_lives, rest = np.divmod(np.array(since, dtype=np.int64) - EPOCH, HALF_LIFE)
    exponents = np.where(half_lives < 0, float(_SCALE_BITS), _SCALE_BITS + rest / HALF_LIFE).tolist()
    return Weights(np.maximum(half_lives, 0).tolist(), [int(2.0**exponent) for exponent in exponents])


def trend(total: Weight) -> float:
    """The base-2 logarithm of a sum of weights, in half-lives since `EPOCH`; 0 for an empty one."""
    if total <= 0:
        return 0.0
    return math.log2(total) - _SCALE_BITS


def relative(total: Weight, moment: Millis) -> float:
    """The sum (which may be negative) as seen from a moment: an up-vote cast right then counts 1."""
    if total == 0:
        return 0.0
    magnitude = abs(total)
    shift = max(magnitude.bit_length() - 64, 0)
    exponent = math.log2(magnitude >> shift) + shift - _SCALE_BITS - (moment - EPOCH) / HALF_LIFE
    # From before `EPOCH` the weight of a vote from before it looks like more than a float holds.
    return math.copysign(2.0 ** min(max(exponent, -1000.0), 1000.0), 1 if total > 0 else -1)
