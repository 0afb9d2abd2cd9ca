"""Teams, estimates, delivered posts and the work of teams: now, and as of any moment."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import WORKSPACE, Moment
from projections.planning.asked import asked_of
from projections.planning.delivered import delivered
from projections.planning.work import work

_POST = f"{WORKSPACE} AND post = {{post:String}}"
_DECIDED = "toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(recorded_at), actor, reason, revision"


class Span(NamedTuple):
    """Posts that were first shipped from a moment on and before another; either may be open."""

    begin: Millis | None = None
    end: Millis | None = None


NOW = Moment()
EVER = Span()


class TeamRow(NamedTuple):
    """A team as it is called; `removed` where it is not there any more."""

    team: str
    name: str
    removed: bool
    created_at: Millis
    updated_at: Millis
    revision: int


class EstimateRow(NamedTuple):
    """One decision on what a post takes; the unit is empty where an estimate was withdrawn."""

    unit: str
    low: float | None
    high: float | None
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str
    revision: int


class Delivered(NamedTuple):
    """A post that was shipped; see `projections.planning.delivered`. Times in milliseconds, `due` as 2026-03-15."""

    post: str
    title: str
    board: str
    tags: Sequence[str]
    team: str
    owner: str
    created_at: Millis
    started_at: Millis | None
    shipped_at: Millis
    cycle_days: float | None
    lead_days: float
    reopened: int
    slips: int
    unit: str
    low: float | None
    high: float | None
    votes: int
    kind: str
    due: str
    status_days: Mapping[str, float]


class TeamWork(NamedTuple):
    """A team's work of a kind (all of it where the tag is empty); see `projections.planning.work`. Times in days."""

    team: str
    tag: str
    throughput: int
    first_shipped_at: Millis
    last_shipped_at: Millis
    timed: int
    cycle_p50: float | None
    cycle_p85: float | None
    lead_p50: float | None
    lead_p85: float | None
    status_posts: Mapping[str, int]
    status_p50: Mapping[str, float]
    status_p85: Mapping[str, float]
    estimated_days: int
    estimate_ratio_p50: float | None
    estimate_mmre: float | None
    estimate_hit_rate: float | None
    estimated_points: int
    points_per_day: float | None
    slips: int
    dated: int
    slip_rate: float | None
    reopened: int
    reopened_rate: float | None
    votes_delivered: int


def teams_query(database: str, workspace: str, *, limit: int, after: str = "") -> Query:
    """Teams by id, from the one after `after`; rows of `TeamRow`."""
    sql = f"""SELECT team, name, false, toUnixTimestamp64Milli(created_at), toUnixTimestamp64Milli(updated_at), revision
FROM <teams> WHERE {WORKSPACE} AND team > {{team:String}} ORDER BY team LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "team": after, "limit": limit})


def team_names_query(database: str, workspace: str, moment: Moment, *, limit: int) -> Query:
    """Teams by id as they were called at a moment, removed ones, too; rows of `TeamRow`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    asked = asked_of(WORKSPACE, moment, parameters)
    sql = f"""SELECT team, name, removed, toUnixTimestamp64Milli(created_at), toUnixTimestamp64Milli(occurred_at),
  revision
FROM <team_history> WHERE {asked.until("occurred_at")}
ORDER BY team, occurred_at DESC, revision DESC LIMIT 1 BY team LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def estimate_query(database: str, workspace: str, post: str, moment: Moment) -> Query:
    """The last decision on what a post takes, as of a moment: one row of `EstimateRow`, or none."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "post": post}
    asked = asked_of(_POST, moment, parameters)
    sql = f"""SELECT unit, low, high, {_DECIDED} FROM <estimate_history>
WHERE {asked.until("occurred_at")} ORDER BY occurred_at DESC, revision DESC LIMIT 1"""
    return Query(qualify(sql, database), parameters)


def estimates_query(database: str, workspace: str, post: str, *, limit: int, after: int = 0) -> Query:
    """What was decided on what a post takes, in order, after a revision; rows of `EstimateRow`."""
    sql = f"""SELECT unit, low, high, {_DECIDED} FROM <estimate_history>
WHERE {_POST} AND revision > {{revision:UInt32}} ORDER BY revision LIMIT {{limit:UInt32}}"""
    parameters: dict[str, Parameter] = {"workspace": workspace, "post": post, "revision": after, "limit": limit}
    return Query(qualify(sql, database), parameters)


def delivered_query(
    database: str, workspace: str, *, limit: int, span: Span = EVER, moment: Moment = NOW
) -> Query:  # fmt: skip
    """Delivered posts, the one shipped last first; rows of `Delivered`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    source = delivered(asked_of(WORKSPACE, moment, parameters))
    sql = f"""SELECT post, title, board, tags, team, owner, toUnixTimestamp64Milli(created_at),
  toUnixTimestamp64Milli(started_at), toUnixTimestamp64Milli(shipped_at), cycle_days, lead_days, reopened, slips, unit,
  low, high, votes, kind, ifNull(toString(due), ''), status_days
FROM ({source}) WHERE {_within(span, parameters)}
ORDER BY shipped_at DESC, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def work_query(
    database: str, workspace: str, *, limit: int, team: str | None = None, span: Span = EVER,
    moment: Moment = NOW,
) -> Query:  # fmt: skip
    """The work of teams, of one or of all, by team and kind; rows of `TeamWork`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    source = delivered(asked_of(WORKSPACE, moment, parameters))
    where = _within(span, parameters)
    if team is not None:
        where += " AND team = {team:String}"
        parameters["team"] = team
    told = work(f"SELECT * FROM ({source}) WHERE {where}")
    sql = f"""SELECT team, tag, throughput, toUnixTimestamp64Milli(first_shipped_at),
  toUnixTimestamp64Milli(last_shipped_at), timed, cycle_p50, cycle_p85, lead_p50, lead_p85, status_posts, status_p50,
  status_p85, estimated_days, estimate_ratio_p50, estimate_mmre, estimate_hit_rate, estimated_points, points_per_day,
  slips, dated, slip_rate, reopened, reopened_rate, votes_delivered
FROM ({told}) ORDER BY team, tag LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def _within(span: Span, parameters: dict[str, Parameter]) -> str:
    where = "1"
    for name, moment, sign in (("begin", span.begin, ">="), ("end", span.end, "<")):
        if moment is not None:
            where += f" AND shipped_at {sign} fromUnixTimestamp64Milli({{{name}:Int64}}, 'UTC')"
            parameters[name] = moment
    return where
