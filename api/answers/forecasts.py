"""Forecasts as they are answered."""

from collections.abc import Sequence

from api.answers.answer import Answer, Position, Time
from events.times import DAY, Millis, format_time
from projections.forecasts import queries
from projections.forecasts.history import TeamHistory
from projections.forecasts.planned import PlannedItem, TeamForecast
from projections.forecasts.roadmap import Dates
from projections.samples import FEWEST


class Finish(Answer):
    """In how many days something is done, and on which day that is; no day where it is not begun."""

    days: float
    day: str | None


class Percentiles(Answer):
    """When something is done in 50, 85 and 95 % of cases; null where the history does not reach so far."""

    p50: Finish | None
    p85: Finish | None
    p95: Finish | None


class HistoryAnswer(Answer):
    """What a forecast rests on: of `begun` items `finished`, and how many were finished in each of the last weeks.

    The latest week comes first.
    """

    begun: int
    finished: int
    weeks: list[int]


class PostForecast(Answer):
    """When a post is done: from now on if it is in work, else from when it is begun. `why` says why nothing is said."""

    post: str
    team: str | None
    state: str
    started_at: Time | None
    age_days: float | None
    done: Percentiles
    why: str | None
    history: HistoryAnswer
    as_of: Time
    known_at: Time | None
    position: Position


class ForecastItem(Answer):
    """An item of a roadmap that is not done. `chance` is in how many of 100 cases it is done by its target's last day,
    as a share; null without a target."""

    post: str
    title: str | None
    column: str
    place: int
    team: str | None
    owner: str | None
    age_days: float | None
    due: str | None
    done: Percentiles
    chance: float | None
    why: str | None


class Week(Answer):
    """After so many weeks, how many items are done, or more: in 50, 85 and 95 % of cases."""

    week: int
    p50: int
    p85: int
    p95: int


class ForecastTeam(Answer):
    """A team's part of a roadmap: how many items, what its forecast rests on, and when all of it is done."""

    team: str | None
    items: int
    history: HistoryAnswer
    done: Percentiles
    fan: list[Week]
    why: str | None


class RoadmapForecastAnswer(Answer):
    """When the items of a roadmap are done, and all of it. `why` says why nothing is said of all of it."""

    roadmap: str
    items: list[ForecastItem]
    teams: list[ForecastTeam]
    done: Percentiles
    fan: list[Week]
    why: str | None
    as_of: Time
    known_at: Time | None
    position: Position


class Held(Answer):
    """Of so many forecasts whose end is known, so many held: `share`, null where they are fewer than a handful."""

    judged: int
    held: int
    share: float | None


class TeamRecord(Answer):
    """How a team's forecasts held, by percentile. A p85 that holds in 85 % of cases is what it says."""

    team: str | None
    basis: str
    forecasts: int
    p50: Held
    p85: Held
    p95: Held


class Calibration(Answer):
    """How past forecasts held, made again from what was `recorded` by then, and from what had `happened` by then."""

    teams: list[TeamRecord]
    fewest: int
    as_of: Time
    position: Position


def percentiles(dates: Dates, now: Millis | None) -> Percentiles:
    """With the days on which they fall, counted from `now`; without days for None."""
    return Percentiles(p50=_finish(dates.p50, now), p85=_finish(dates.p85, now), p95=_finish(dates.p95, now))


def history_answer(history: TeamHistory) -> HistoryAnswer:
    """What a forecast rests on."""
    return HistoryAnswer(begun=history.begun, finished=history.curve.finished, weeks=history.weeks.tolist())


def forecast_item(item: PlannedItem, now: Millis) -> ForecastItem:
    """An item of a roadmap."""
    standing = item.standing
    return ForecastItem(
        post=standing.post,
        title=standing.title or None,
        column=standing.column,
        place=standing.position,
        team=item.team or None,
        owner=standing.owner or None,
        age_days=item.age,
        due=standing.due or None,
        done=percentiles(item.forecast.dates, now),
        chance=item.forecast.chance,
        why=item.forecast.why or None,
    )


def forecast_team(team: TeamForecast, now: Millis) -> ForecastTeam:
    """A team's part."""
    return ForecastTeam(
        team=team.team or None,
        items=team.items,
        history=history_answer(team.history),
        done=percentiles(team.whole, now),
        fan=weeks(team.fan),
        why=team.why or None,
    )


def weeks(fan: Sequence[Dates]) -> list[Week]:
    """How many are done, week by week."""
    return [
        Week(week=number, p50=int(each.p50 or 0), p85=int(each.p85 or 0), p95=int(each.p95 or 0))
        for number, each in enumerate(fan)
    ]


def team_record(row: queries.HeldRow) -> TeamRecord:
    """How a team's forecasts held."""
    return TeamRecord(
        team=row.team or None,
        basis=row.basis,
        forecasts=row.forecasts,
        p50=_held(row.judged_p50, row.held_p50),
        p85=_held(row.judged_p85, row.held_p85),
        p95=_held(row.judged_p95, row.held_p95),
    )


def _held(judged: int, held: int) -> Held:
    return Held(judged=judged, held=held, share=held / judged if judged >= FEWEST else None)


def _finish(days: float | None, now: Millis | None) -> Finish | None:
    if days is None:
        return None
    day = None if now is None else format_time(now + round(days * DAY))[:10]
    return Finish(days=round(days, 2), day=day)
