"""A roadmap's forecast: its items by team, each in the order of the roadmap, each team by its own history."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

import numpy as np

from events.times import DAY, Millis
from projections.forecasts.history import TeamHistory, Work, team_history
from projections.forecasts.queries import WorkRow
from projections.forecasts.roadmap import (
    UNKNOWN,
    Dates,
    ItemForecast,
    QueueForecast,
    Waiting,
    dates,
    done_by_week,
    forecast_queue,
    in_work,
)
from projections.forecasts.survival import Days, Floats
from projections.roadmaps.queries import Standing

FAN_WEEKS = 52
_DONE = ("shipped", "declined")


class PlannedItem(NamedTuple):
    """An item of a roadmap that is not done: where it stands, whose it is, and its forecast.

    `age` is for how many days it is in work, None where it waits.
    """

    standing: Standing
    team: str
    age: Days | None
    forecast: ItemForecast


class PostForecast(NamedTuple):
    """When a post is done: from now on if it is in work (for `age` days), else from when it is begun.

    `why` says why nothing is said.
    """

    team: str
    started: Millis | None
    age: Days | None
    shipped: bool
    dates: Dates
    why: str
    history: TeamHistory

    @property
    def state(self) -> Literal["in_work", "shipped", "waiting"]:
        """Where it is."""
        return "in_work" if self.age is not None else "shipped" if self.shipped else "waiting"


class TeamForecast(NamedTuple):
    """What a team's forecast rests on, and how many of its items are done after each week from now on.

    `fan` is empty where nothing is said; `why` says why.
    """

    team: str
    items: int
    history: TeamHistory
    whole: Dates
    fan: Sequence[Dates]
    why: str


class RoadmapForecast(NamedTuple):
    """A roadmap's items in its order, its teams, and when all of it is done, if every team's part has a forecast."""

    items: Sequence[PlannedItem]
    teams: Sequence[TeamForecast]
    whole: Dates
    fan: Sequence[Dates]
    why: str


def forecast_roadmap(standings: Sequence[Standing], work: Sequence[WorkRow], *, now: Millis) -> RoadmapForecast:
    """Forecast what stands on a roadmap as of a moment, from the work that is known of as of the same moment.

    Columns are worked on from the first to the last. Teams are taken to work side by side, each on its own items.
    """
    known = {row.post: row for row in work}
    open_ones = [each for each in standings if not _is_over(each)]
    ages = {each.post: age(known.get(each.post), now) for each in open_ones}
    team_of = {each.post: known[each.post].team if each.post in known else each.team for each in open_ones}
    queues: dict[str, QueueForecast] = {}
    teams = []
    for team in sorted(set(team_of.values())):
        its = [each for each in open_ones if team_of[each.post] == team]
        history = history_of(work, team, now=now)
        waiting = [Waiting(each.post, ages[each.post], days_until(each.due, now)) for each in its]
        queues[team] = queue = forecast_queue(history, waiting, seed=f"{team}\0{now // DAY}")
        fan = [] if queue.done is None else done_by_week(queue.done, FAN_WEEKS)
        teams.append(TeamForecast(team, len(its), history, queue.whole, fan, queue.why))
    forecasts = {item.post: item for queue in queues.values() for item in queue.items}
    items = [PlannedItem(each, team_of[each.post], ages[each.post], forecasts[each.post]) for each in open_ones]
    done = _together(queues)
    why = next((queue.why for queue in queues.values() if queue.why), "")
    if done is None:
        return RoadmapForecast(items, teams, UNKNOWN, [], why)
    return RoadmapForecast(items, teams, dates(done.max(axis=1)), done_by_week(done, FAN_WEEKS), "")


def forecast_post(post: str, team: str, work: Sequence[WorkRow], *, now: Millis) -> PostForecast:
    """Forecast one post by how long its team's items take; `team` is whose it is where it was never in work."""
    row = next((each for each in work if each.post == post), None)
    team = team if row is None else row.team
    history, since = history_of(work, team, now=now), age(row, now)
    started = None if row is None else row.started
    if row is not None and row.finished is not None and since is None:
        return PostForecast(team, started, None, True, UNKNOWN, "it is shipped", history)
    dates = UNKNOWN if history.missing_items else in_work(history, since or 0.0)
    return PostForecast(team, started, since, False, dates, history.missing_items, history)


def history_of(work: Sequence[WorkRow], team: str, *, now: Millis) -> TeamHistory:
    """A team's history; that of the posts without one for no team."""
    its = [Work(row.post, row.started, row.finished, row.aside, row.heard) for row in work if row.team == team]
    return team_history(its, now=now)


def age(row: WorkRow | None, now: Millis) -> Days | None:
    """For how many days a post is in work, since it was taken up again if it was finished once; None if it is not."""
    if row is None or row.resumed is None or row.started is None:
        return None
    begun = row.started if row.finished is None else row.resumed
    return max(0, now - begun) / DAY


def days_until(due: str, now: Millis) -> Days | None:
    """Until the end of a day, in days; None for no day."""
    if not due:
        return None
    end = (date.fromisoformat(due).toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY
    return (end - now) / DAY


def _is_over(standing: Standing) -> bool:
    return standing.kind in _DONE or standing.deleted or standing.archived or bool(standing.merged_into)


def _together(queues: Mapping[str, QueueForecast]) -> Floats | None:
    """The trials of all teams beside each other; None where a team has none."""
    parts = [queue.done for queue in queues.values()]
    known = [part for part in parts if part is not None]
    return np.concatenate(known, axis=1) if known and len(known) == len(parts) else None
