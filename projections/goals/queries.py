"""Goals in lists and one by one, as of any moment, and what was decided on one."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.goals import standing
from projections.goals.standing import Source
from projections.moments import AT, KNOWN_AT, WORKSPACE, Moment

_GOAL = "goal = {goal:String}"


NOW = Moment()


def source_of(moment: Moment) -> Source:
    """Of when, for SQL that binds the moment's parameters."""
    if not moment.is_past:
        return Source(where=WORKSPACE)
    known = "" if moment.known_at is None else KNOWN_AT
    return Source(AT, known, WORKSPACE)


class GoalRow(NamedTuple):
    """What a goal says and how far it has come. Days are as 2026-12-31, empty for none; times in milliseconds.

    `measured` is how many of its key results were, `progress` from 0 to 1 the mean of all, None where none was.
    """

    goal: str
    name: str
    description: str
    target_day: str
    state: str
    measured: int
    progress: float | None
    posts: int
    created_at: Millis
    closed_at: Millis | None
    updated_at: Millis
    revision: int


class KeyResultRow(NamedTuple):
    """A key result: where it is to go, where it stood last (None: never measured), and how much of the way that is."""

    goal: str
    key_result: str
    name: str
    unit: str
    start: float
    target: float
    value: float | None
    measured_at: Millis | None
    measures: int
    progress: float | None


class LinkRow(NamedTuple):
    """A post that serves a goal."""

    post: str
    title: str
    kind: str
    weight: int
    since: Millis
    recorded_at: Millis
    actor: str
    reason: str


class GoalDecision(NamedTuple):
    """One decision on a goal, its links or what was measured."""

    revision: int
    change: str
    what: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


class MeasuredRow(NamedTuple):
    """One value that a key result was measured at."""

    revision: int
    value: float
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


def goals_query(
    database: str,
    workspace: str,
    *,
    limit: int,
    state: str | None = None,
    goal: str | None = None,
    moment: Moment = NOW,
    after: str = "",
) -> Query:
    """Goals by id, after one; rows of `GoalRow`."""
    source = source_of(moment)
    where = "goal > {after:String}"
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit, "after": after, **moment.parameters}
    if state is not None:
        where += " AND state = {state:String}"
        parameters["state"] = state
    one = "1"
    if goal is not None:
        one = _GOAL
        parameters["goal"] = goal
    goals = standing.goals(source, one)
    key_results = standing.key_results(goals, standing.measured(source, one))
    linked = f"SELECT goal, count() AS posts FROM ({standing.links(source, one)}) GROUP BY goal"
    sql = f"""SELECT said.goal, said.name, said.description, ifNull(toString(said.target_day), ''), said.state,
  come.measured, come.progress, linked.posts, toUnixTimestamp64Milli(said.created_at),
  toUnixTimestamp64Milli(said.closed_at), toUnixTimestamp64Milli(said.updated_at), said.revision
FROM (SELECT * FROM ({goals}) WHERE {where}) AS said
LEFT JOIN ({standing.progress(key_results)}) AS come ON come.goal = said.goal
LEFT JOIN ({linked}) AS linked ON linked.goal = said.goal
ORDER BY said.goal LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def key_results_query(database: str, workspace: str, goals: Sequence[str], *, moment: Moment = NOW) -> Query:
    """The key results of these goals, in their order; rows of `KeyResultRow`."""
    source, those = source_of(moment), "goal IN {goals:Array(String)}"
    sql = f"""SELECT goal, key_result, name, unit, start, target, value, toUnixTimestamp64Milli(measured_at), measures,
  progress
FROM ({standing.key_results(standing.goals(source, those), standing.measured(source, those))}) ORDER BY goal, place"""
    return Query(qualify(sql, database), {"workspace": workspace, "goals": list(goals), **moment.parameters})


def links_query(
    database: str, workspace: str, goal: str, *, limit: int, moment: Moment = NOW, after: str = ""
) -> Query:
    """The posts that serve a goal, by id, after one, with what they say now; rows of `LinkRow`."""
    sql = f"""SELECT link.post, said.title, said.kind, link.weight, toUnixTimestamp64Milli(link.since),
  toUnixTimestamp64Milli(link.recorded_at), link.actor, link.reason
FROM ({standing.links(source_of(moment), _GOAL)}) AS link
LEFT JOIN (SELECT post, title, kind FROM <posts> WHERE {WORKSPACE}) AS said ON said.post = link.post
WHERE link.post > {{after:String}} ORDER BY link.post LIMIT {{limit:UInt32}}"""
    parameters: dict[str, Parameter] = {"workspace": workspace, "goal": goal, "after": after, "limit": limit}
    return Query(qualify(sql, database), {**parameters, **moment.parameters})


def history_query(database: str, workspace: str, goal: str, *, limit: int, after: int = 0) -> Query:
    """What was decided on a goal, in order, after a revision; rows of `GoalDecision`."""
    where = f"{WORKSPACE} AND {_GOAL} AND revision > {{revision:UInt32}}"
    sql = f"""SELECT revision, change, what, toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(recorded_at),
  actor, reason
FROM (
  SELECT revision, toString(change) AS change, what, occurred_at, recorded_at, actor, reason
  FROM <goal_history> WHERE {where}
  UNION ALL
  SELECT revision, 'measured' AS change, concat(key_result, ' stood at ', toString(value)) AS what, occurred_at,
    recorded_at, actor, reason
  FROM <key_result_history> WHERE {where}
  UNION ALL
  SELECT revision, if(linked, 'linked', 'unlinked') AS change,
    if(linked, concat(post, ' serves it with a weight of ', toString(weight)), concat(post, ' serves it no longer'))
      AS what, occurred_at, recorded_at, actor, reason
  FROM <goal_link_history> WHERE {where}
)
ORDER BY revision LIMIT {{limit:UInt32}}"""
    parameters: dict[str, Parameter] = {"workspace": workspace, "goal": goal, "revision": after, "limit": limit}
    return Query(qualify(sql, database), parameters)


def measured_query(
    database: str, workspace: str, goal: str, key_result: str, *, limit: int, after: tuple[Millis, int] = (0, 0)
) -> Query:
    """What a key result was measured at, in order of time, after (when, revision); rows of `MeasuredRow`."""
    sql = f"""SELECT revision, value, toUnixTimestamp64Milli(occurred_at) AS at, toUnixTimestamp64Milli(recorded_at),
  actor, reason
FROM <key_result_history> WHERE {WORKSPACE} AND {_GOAL} AND key_result = {{key_result:String}}
  AND (at, revision) > ({{measured_at:Int64}}, {{revision:UInt32}})
ORDER BY at, revision LIMIT {{limit:UInt32}}"""
    parameters: dict[str, Parameter] = {
        "workspace": workspace, "goal": goal, "key_result": key_result, "measured_at": after[0], "revision": after[1],
        "limit": limit,
    }  # fmt: skip
    return Query(qualify(sql, database), parameters)
