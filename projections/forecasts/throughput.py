"""How soon a team is through with so many items, from how many it finished in each week: Monte Carlo.

Each trial draws weeks of the history again and again until the items are done. How likely each week is to be drawn is
itself drawn for each trial (Rubin, *The Bayesian bootstrap*, Annals of Statistics 9, 1981), since a few weeks do not
say precisely what weeks are like: without it, forecasts from short histories are too sure of themselves.
"""

import numpy as np
from numpy.typing import NDArray

from projections.forecasts.survival import Days, Floats
from projections.samples import FEWEST

WEEK: Days = 7.0
MOST_WEEKS = 26
"""Of the history: what a team did half a year ago still says something of it, what it did before hardly."""
HORIZON_WEEKS = 260
"""Five years: what is not done by then has no date."""

_BLOCK = 26


def weekly(finished: Floats, *, begun: Days, now: Days) -> NDArray[np.int64]:
    """How many items were finished in each of the whole weeks up to now, the latest first: `MOST_WEEKS` at most.

    `finished` are moments in days, and `begun` is the moment of the first thing that is known of the team.
    """
    weeks = min(MOST_WEEKS, int((now - begun) // WEEK))
    ages = (now - finished) // WEEK
    return np.bincount(ages[(ages >= 0) & (ages < weeks)].astype(np.int64), minlength=weeks)


def enough(weeks: NDArray[np.int64]) -> bool:
    """Whether so many weeks, with so much finished in them, may say anything."""
    return len(weeks) >= FEWEST and int(weeks.sum()) >= FEWEST


def days_until_done(weeks: NDArray[np.int64], items: int, trials: int, rng: np.random.Generator) -> Floats:
    """After how many days the first, the second, ... of so many items is done; trials x items, infinite for never.

    What is finished in a week is spread over it evenly.
    """
    done = np.full((trials, items), np.inf)
    likely = np.cumsum(rng.dirichlet(np.ones(len(weeks)), trials), axis=1)
    before = np.zeros(trials, np.int64)
    for start in range(0, HORIZON_WEEKS, _BLOCK):
        draws = rng.random((trials, _BLOCK))
        drawn = np.minimum((draws[:, :, None] > likely[:, None, :]).sum(axis=2), len(weeks) - 1)
        for week in range(_BLOCK):
            count = weeks[drawn[:, week]]
            _finish(done, before, count, (start + week) * WEEK)
            before += count
        if (before >= items).all():
            break
    return done


def _finish(done: Floats, before: NDArray[np.int64], count: NDArray[np.int64], begin: Days) -> None:
    """Write down when the items that are finished in this week are done."""
    items = done.shape[1]
    for number in range(int(count.max(initial=0))):
        place = before + number
        rows = np.flatnonzero((number < count) & (place < items))
        done[rows, place[rows]] = begin + WEEK * (number + 1) / count[rows]
