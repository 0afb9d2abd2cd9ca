"""How long an item takes, from how long others took, also those that are not finished yet.

Leaving out what is not finished would leave out what takes long. So each item of the history counts for as long as it
was watched: the product-limit estimate (Kaplan and Meier, *Nonparametric estimation from incomplete observations*,
JASA 53, 1958). The item to be forecast is one of those at risk itself: where all others are finished, the k-th
shortest of n times then stands for the share k / (n + 1), which is how often a next one of the same kind is at most as
long (Wilks, *Determination of sample sizes for setting tolerance limits*, 1941). A percentile beyond the last of the
steps is not there: six finished items say nothing about the slowest 5 %.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from projections.samples import FEWEST

Days = float
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The share of items that are finished within so many days: straight lines through (`days`, `shares`), from (0, 0).

    Both grow; `finished` is how many of the history's items were.
    """

    days: Floats
    shares: Floats
    finished: int

    @property
    def enough(self) -> bool:
        """Whether anything may be said from it."""
        return self.finished >= FEWEST

    def quantile(self, share: float, *, age: Days = 0.0) -> Days | None:
        """Within how many days after its beginning an item that has this age is finished, in this share of cases.

        None where the history does not reach so far.
        """
        if not self.enough:
            return None
        wanted = self._from(age, np.array([share]))[0]
        return None if wanted > self.shares[-1] else float(np.interp(wanted, self.shares, self.days))

    def sample(self, uniform: Floats, *, age: Days = 0.0) -> Floats:
        """Times from an item's beginning to its end, for numbers from 0 to 1.

        Beyond the history's reach the curve goes on as an exponential through its last point (Brown, Hollander and
        Korwar, 1974), so that sums and maxima of trials have an end; no percentile is read off there.
        """
        wanted = self._from(age, uniform)
        times: Floats = np.interp(wanted, self.shares, self.days)
        beyond = wanted > self.shares[-1]
        left = np.log1p(-wanted[beyond]) / np.log1p(-self.shares[-1])
        times[beyond] = np.maximum(self.days[-1], age) * left
        return times

    def _from(self, age: Days, shares: Floats) -> Floats:
        """Shares of those that are not finished at this age, as shares of all."""
        before = float(np.interp(age, self.days, self.shares))
        result: Floats = before + shares * (1.0 - before)
        return result


def curve(days: Floats, finished: NDArray[np.bool_]) -> Curve:
    """The curve of items that were watched for so many days each, until they were finished or else until now."""
    order = np.lexsort((~finished, days))  # who finishes on a day is still at risk on it, and so are the others
    days, ended = days[order], finished[order]
    at_risk = np.arange(len(days), 0, -1) + 1  # the others, and the item itself
    left = np.cumprod(np.where(ended, 1.0 - 1.0 / at_risk, 1.0))
    return Curve(
        days=np.concatenate(([0.0], days[ended])),
        shares=np.concatenate(([0.0], 1.0 - left[ended])),
        finished=int(ended.sum()),
    )
