"""What forecasts are made from, and how past ones held, asked of the views."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.forecasts import teams
from projections.forecasts.record import ASIDE, FINISHED, STARTED, lives, record
from projections.moments import AT, WORKSPACE, Moment


class WorkRow(NamedTuple):
    """A post that was in work or shipped: its team, and when it was so first; None where it was not.

    `aside` is since when it is neither in work nor shipped, `resumed` since when it is in work now; `heard` is when one
    heard that it was begun.
    """

    post: str
    team: str
    started: Millis | None
    finished: Millis | None
    aside: Millis | None
    resumed: Millis | None
    heard: Millis | None


class HeldRow(NamedTuple):
    """How a team's forecasts held: how many were made, of how many the end is known, and how many of those held.

    Each of the three percentiles has its own number, since a short history has fewer of the high ones.
    """

    basis: str
    team: str
    forecasts: int
    judged_p50: int
    held_p50: int
    judged_p85: int
    held_p85: int
    judged_p95: int
    held_p95: int


def work_query(database: str, workspace: str, *, at: Millis, known_at: Millis | None = None) -> Query:
    """The work of all teams as of a moment, as known at one: rows of `WorkRow`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "at": at}
    known, heard = "", "step.1"
    if known_at is not None:
        parameters["known_at"] = known_at
        heard = "greatest(step.1, step.2)"
        known = " AND recorded_at <= fromUnixTimestamp64Milli({known_at:Int64}, 'UTC')"
    first = "nullIf(arrayFirst(step -> step.3 = {}, life).1, 0)"
    begun = f"step -> step.3 = {STARTED}"
    since = "if(life[-1].3 = {}, life[-1].1, NULL)"
    sql = f"""SELECT post, {teams.last("held")} AS team, {first.format(STARTED)},
  {first.format(FINISHED)}, {since.format(ASIDE)},
  {since.format(STARTED)},
  if(arrayExists({begun}, life), arrayMin(step -> {heard}, arrayFilter({begun}, life)), NULL)
FROM ({lives(AT, where=WORKSPACE, known=known)})
WHERE arrayExists(step -> step.3 IN ({STARTED}, {FINISHED}), life)
ORDER BY post"""
    return Query(qualify(sql, database), parameters)


def record_query(database: str, workspace: str, basis: str, *, at: Millis, begin: Millis = 0) -> Query:
    """How forecasts that were made from `begin` on held by `at`, by team: rows of `HeldRow`."""
    held = ", ".join(f"count(held_{name}), countIf(held_{name} = 1)" for name in ("p50", "p85", "p95"))
    sql = f"""SELECT basis, team, count(), {held}
FROM ({record(basis, AT, where=WORKSPACE)})
WHERE forecast_at >= fromUnixTimestamp64Milli({{begin:Int64}}, 'UTC')
GROUP BY basis, team ORDER BY team"""
    return Query(qualify(sql, database), {"workspace": workspace, "at": at, "begin": begin})


def team_query(database: str, workspace: str, post: str, *, at: Millis, known_at: Millis | None = None) -> Query:
    """The team that one post had at a moment, as known at one, if it had one: a row of one text."""
    moment = Moment(at, known_at)
    held = teams.teams(AT, where=f"{WORKSPACE} AND post = {{post:String}}", known=moment.known)
    sql = f"SELECT {teams.last('held')} FROM ({held})"
    return Query(qualify(sql, database), {"workspace": workspace, "post": post, **moment.parameters})
