"""What a team did, as far as forecasts look at it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.times import DAY, Millis
from projections.forecasts import throughput
from projections.forecasts.survival import Curve, Days, curve
from projections.samples import FEWEST

MOST_ITEMS = 100
"""Of a history: the last ones of which one heard that the team began them."""


class Work(NamedTuple):
    """A post in a team's history: when it was in work first and when it shipped first; None where it was not.

    `heard` is when one heard of its beginning, where that was later.
    `aside` is since when it is neither in work nor shipped, if it is: given up, or put back.
    """

    post: str
    started: Millis | None
    finished: Millis | None
    aside: Millis | None
    heard: Millis | None = None


class TeamHistory(NamedTuple):
    """How long the team's items take, and how many it finished in each of the last weeks, the latest first.

    `begun` counts the items of the curve, the finished ones and the others; `free` is for how many more the team had
    room at once, going by how many it usually had in work.
    """

    curve: Curve
    weeks: NDArray[np.int64]
    begun: int
    free: int

    @property
    def reaches(self) -> bool:
        """Whether anything can be said of how soon a queue is done."""
        return throughput.enough(self.weeks)

    @property
    def missing_items(self) -> str:
        """Why nothing is said of how long an item takes; empty where something is."""
        if self.curve.enough:
            return ""
        return f"{self.curve.finished} of the items that were begun are finished: it takes {FEWEST} to say anything"

    @property
    def missing_weeks(self) -> str:
        """Why nothing is said of how soon a queue is done; empty where something is."""
        if self.reaches:
            return ""
        finished = int(self.weeks.sum())
        return f"{finished} items finished in {len(self.weeks)} whole weeks: it takes {FEWEST} in {FEWEST} weeks"


def team_history(work: Sequence[Work], *, now: Millis) -> TeamHistory:
    """A team's history as of a moment, from what is known of its posts until then."""
    begun = sorted((each for each in work if each.started is not None), key=_heard)[-MOST_ITEMS:]
    watched = np.array([_days(_start(each), _end(each, now)) for each in begun], np.float64)
    ended = np.array([_was_finished(each) for each in begun], np.bool_)
    finished = np.array([each.finished / DAY for each in work if each.finished is not None], np.float64)
    moments = [at for each in work for at in (each.started, each.finished) if at is not None]
    weeks = throughput.weekly(finished, begun=min(moments, default=now) / DAY, now=now / DAY)
    return TeamHistory(curve(watched, ended), weeks, len(begun), _free(begun, now, len(weeks)))


def _free(begun: Sequence[Work], now: Millis, weeks: int) -> int:
    """How many fewer items are in work than were on average over those weeks."""
    since = now - weeks * int(throughput.WEEK) * DAY
    if since >= now:
        return 0
    in_work = sum(_end(each, now) == now and not _was_finished(each) for each in begun)
    usual = sum(max(0, _end(each, now) - max(since, _start(each))) for each in begun) / (now - since)
    return max(0, round(usual) - in_work)


def _start(work: Work) -> Millis:
    assert work.started is not None
    return work.started


def _heard(work: Work) -> tuple[Millis, str]:
    return _start(work) if work.heard is None else work.heard, work.post


def _was_finished(work: Work) -> bool:
    return work.finished is not None and work.finished >= _start(work)


def _end(work: Work, now: Millis) -> Millis:
    """Until when it was watched: one that was put aside is not known to take longer than until then."""
    if _was_finished(work):
        assert work.finished is not None
        return work.finished
    return now if work.aside is None else max(work.aside, _start(work))


def _days(begin: Millis, end: Millis) -> Days:
    return (end - begin) / DAY
