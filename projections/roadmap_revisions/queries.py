"""What was decided on what stands on a roadmap, what of it slipped, and how its demand drifted."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import WORKSPACE
from projections.roadmap_revisions.drift import drift, stood

_ROADMAP = "roadmap = {roadmap:String}"
MOST_DECISIONS = 20_000
"""Of the decisions since the moment, at most so many are looked at, the last ones."""

_OF_POSTS = (
    "submitted", "status-changed", "closed", "reopened", "merged", "unmerged", "archived", "unarchived", "deleted",
    "restored",
)  # fmt: skip
"""The changes of a post that make it come, go or stand elsewhere on a roadmap by status."""


class PostDecision(NamedTuple):
    """A decision on a post. `note` is for everybody, `reason` and `actor` are internal."""

    post: str
    change: str
    what: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str
    note: str


class ItemSlips(NamedTuple):
    """How often an item's last day became later, and by how many days in all; and that since the moment asked for.

    `first_due` is the last day of its first date, `due` that of the one that it has now; empty, where it has none.
    """

    post: str
    title: str
    slips: int
    days: int
    slips_since: int
    days_since: int
    first_due: str
    due: str


class ItemDrift(NamedTuple):
    """What an item's votes came to when it was placed, and come to now; `share` is None where that was not above 0."""

    post: str
    title: str
    placed_at: Millis
    score_placed: int
    score: int
    change: int
    share: float | None


def post_decisions_query(database: str, workspace: str, posts: Sequence[str], *, begin: Millis, end: Millis) -> Query:
    """What was decided on posts after a moment and until another, in order; rows of `PostDecision`."""
    changes = ", ".join(f"'{change}'" for change in _OF_POSTS)
    sql = f"""SELECT post, change, what, toUnixTimestamp64Milli(occurred_at) AS at, toUnixTimestamp64Milli(recorded_at),
  actor, reason, note
FROM <post_history> WHERE {WORKSPACE} AND post IN {{posts:Array(String)}} AND change IN ({changes})
  AND at > {{begin:Int64}} AND at <= {{end:Int64}}
ORDER BY at DESC, revision DESC LIMIT {MOST_DECISIONS}"""
    parameters: dict[str, Parameter] = {"workspace": workspace, "posts": list(posts), "begin": begin, "end": end}
    return Query(qualify(f"SELECT * FROM ({sql}) ORDER BY at", database), parameters)


def slips_query(database: str, workspace: str, roadmap: str, *, begin: Millis) -> Query:
    """What stands on a roadmap and slipped, by most days first; rows of `ItemSlips`."""
    of = f"{WORKSPACE} AND {_ROADMAP}"
    sql = f"""SELECT stands.post, wrote.title, slipped.slips, slipped.days, slipped.slips_since, slipped.days_since,
  toString(dated.first_due), ifNull(toString(item.due), '')
FROM ({stood(where=WORKSPACE, roadmap=_ROADMAP)}) AS stands
INNER JOIN (
  SELECT post, count() AS slips, sum(slip.days) AS days, countIf(since_begin) AS slips_since,
    sumIf(slip.days, since_begin) AS days_since
  FROM (SELECT post, days, toUnixTimestamp64Milli(at) > {{begin:Int64}} AS since_begin FROM <roadmap_slips> WHERE {of})
    AS slip
  GROUP BY post
) AS slipped ON slipped.post = stands.post
LEFT JOIN (
  SELECT post, argMin(assumeNotNull(due), revision) AS first_due
  FROM <roadmap_history> WHERE {of} AND due IS NOT NULL GROUP BY post
) AS dated ON dated.post = stands.post
LEFT JOIN (SELECT post, due FROM <roadmap_items> WHERE {of}) AS item ON item.post = stands.post
LEFT JOIN (SELECT post, title FROM <posts> WHERE {WORKSPACE}) AS wrote ON wrote.post = stands.post
ORDER BY slipped.days DESC, slipped.slips DESC, stands.post"""
    return Query(qualify(sql, database), {"workspace": workspace, "roadmap": roadmap, "begin": begin})


def drift_query(database: str, workspace: str, roadmap: str, *, limit: int) -> Query:
    """What stands on a roadmap and has other demand than when it was placed, the most first; rows of `ItemDrift`."""
    sql = f"""SELECT drift.post, wrote.title, toUnixTimestamp64Milli(drift.placed_at), drift.score_placed, drift.score,
  drift.change, drift.share
FROM ({drift(where=WORKSPACE, roadmap=_ROADMAP)}) AS drift
LEFT JOIN (SELECT post, title FROM <posts> WHERE {WORKSPACE}) AS wrote ON wrote.post = drift.post
WHERE drift.change != 0 ORDER BY abs(drift.change) DESC, drift.post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "roadmap": roadmap, "limit": limit})
