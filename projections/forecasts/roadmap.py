"""When the items of a roadmap will be done: by how long items take, and by how many the team finishes a week."""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from projections.forecasts.history import TeamHistory
from projections.forecasts.survival import Days, Floats
from projections.forecasts.throughput import WEEK, days_until_done

TRIALS = 2000
SHARES = (0.5, 0.85, 0.95)


class Waiting(NamedTuple):
    """An item that is not done. `age` is for how many days it is in work, None where it waits.

    `due` is in how many days it is to be done, None without a target.
    """

    post: str
    age: Days | None
    due: Days | None


class Dates(NamedTuple):
    """In how many days something is done in 50, 85 and 95 % of the trials; None where the history does not say."""

    p50: Days | None
    p85: Days | None
    p95: Days | None


class ItemForecast(NamedTuple):
    """An item's dates, and in which share of the trials it is done when it is due. `why` says why there are none."""

    post: str
    dates: Dates
    chance: float | None
    why: str


class QueueForecast(NamedTuple):
    """A team's items in the order that was asked, and all of them together.

    `done` is when each was done in each trial, in days: trials x items, infinite for never; None where nothing is said.
    """

    items: Sequence[ItemForecast]
    whole: Dates
    done: Floats | None
    why: str


UNKNOWN = Dates(None, None, None)


def forecast_queue(history: TeamHistory, items: Sequence[Waiting], *, seed: str, trials: int = TRIALS) -> QueueForecast:
    """Forecast a team's items in the order in which it works on them. The same question has the same answer.

    An item in work is done when one like it is. One that waits is begun when the team has finished as many as wait
    before it and one more, fewer where it has room for more at once than it has in work, and then takes as long as
    others took. The team is taken to work on these alone.
    """
    rng = np.random.default_rng(int.from_bytes(hashlib.blake2b(seed.encode(), digest_size=8).digest()))
    turns = days_until_done(history.weeks, len(items), trials, rng) if history.reaches and items else None
    times = [_times(history, item, place, turns, rng, trials) for item, place in _placed(items)]
    forecasts = [_forecast(history, item, time) for item, time in zip(items, times, strict=True)]
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return QueueForecast(forecasts, UNKNOWN, None, next((each.why for each in forecasts if each.why), ""))
    done = np.stack(known, axis=1)
    return QueueForecast(forecasts, dates(done.max(axis=1)), done, "")


def dates(times: Floats) -> Dates:
    """The percentiles of trials; None where those trials never came to an end."""
    found = np.quantile(times, SHARES, method="inverted_cdf")
    return Dates(*(float(each) if np.isfinite(each) else None for each in found))


def done_by_week(done: Floats, weeks: int) -> Sequence[Dates]:
    """How many items are done after each week, from now on: in 50, 85 and 95 % of the trials so many or more."""
    counts = [(done <= week * WEEK).sum(axis=1) for week in range(weeks + 1)]
    shares = [1.0 - share for share in SHARES]
    return [Dates(*map(float, np.quantile(count, shares, method="inverted_cdf"))) for count in counts]


def _placed(items: Sequence[Waiting]) -> list[tuple[Waiting, int]]:
    """Each item and how many that wait stand before it."""
    waiting = np.cumsum([item.age is None for item in items])
    return [(item, int(count) - 1) for item, count in zip(items, waiting, strict=True)]


def _times(
    history: TeamHistory, item: Waiting, place: int, turns: Floats | None, rng: np.random.Generator, trials: int
) -> Floats | None:
    """When an item is done in each trial."""
    if not history.curve.enough:
        return None
    if item.age is not None:
        return history.curve.sample(rng.random(trials), age=item.age) - item.age
    if turns is None:
        return None
    begin = turns[:, place - history.free] if place >= history.free else 0.0
    times: Floats = begin + history.curve.sample(rng.random(trials))
    return times


def _forecast(history: TeamHistory, item: Waiting, times: Floats | None) -> ItemForecast:
    if times is None:
        return ItemForecast(item.post, UNKNOWN, None, history.missing_items or history.missing_weeks)
    chance = None if item.due is None else float((times <= item.due).mean())
    return ItemForecast(item.post, dates(times) if item.age is None else in_work(history, item.age), chance, "")


def in_work(history: TeamHistory, age: Days) -> Dates:
    """In how many days an item of this age is done: read off the curve, so that it has no chance in it."""
    ends = [history.curve.quantile(share, age=age) for share in SHARES]
    return Dates(*(None if end is None else end - age for end in ends))
