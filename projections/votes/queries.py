"""Who stands where, every change of every vote on a post, and what one person voted for: pages by key."""

from typing import Literal, NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify

ChangeName = Literal["cast", "changed", "withdrawn", "carried", "returned", "waiting", "counted"]
"""What a change of a vote is called: carried and returned by merges, waiting and counted by budgets."""


class StandingVote(NamedTuple):
    """One person's standing vote on a post; times in milliseconds. `by` is empty where they voted themselves.

    `counted` is false while it waits, over its board's budget; `via` is the merged post that it was given on, if any.
    """

    person: str
    value: int
    importance: int
    since: Millis
    recorded_at: Millis
    by: str
    counted: bool
    via: str


class VoteChange(NamedTuple):
    """One change of one vote on a post; `partition` and `offset` say where on the log of ballots it stands.

    `waiting` is the value that stands afterwards and does not count; `via` the merged post that was voted on, if any.
    """

    occurred_at: Millis
    partition: int
    offset: int
    person: str
    change: ChangeName
    value_before: int
    value_after: int
    importance_before: int
    importance_after: int
    recorded_at: Millis
    event_id: str
    by: str
    waiting: int
    via: str


class PersonsVote(NamedTuple):
    """A person's standing vote; as `StandingVote`."""

    post: str
    value: int
    importance: int
    since: Millis
    recorded_at: Millis
    by: str
    counted: bool
    via: str


def standing_query(
    database: str, workspace: str, post: str, *, limit: int, after: str = "", as_of: Millis | None = None
) -> Query:
    """Standing votes on a post by person, from the one after `after`; rows of `StandingVote`.

    As of a moment, those that counted then.
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "person": after, "limit": limit}
    where = "workspace = {workspace:String} AND post = {post:String} AND person > {person:String}"
    if as_of is None:
        sql = f"""SELECT person, value + waiting, importance, toUnixTimestamp64Milli(since),
  toUnixTimestamp64Milli(recorded_at), by, toBool(waiting = 0), via
FROM <vote_standings> WHERE {where}
ORDER BY person LIMIT {{limit:UInt32}}"""
    else:
        parameters["as_of"] = as_of
        sql = f"""SELECT person, last.1, last.2, toUnixTimestamp64Milli(last.3), toUnixTimestamp64Milli(last.4),
  last.5, true, last.6
FROM (
  SELECT person,
    argMax((value_after, importance_after, since_after, recorded_at, by, via), (occurred_at, `offset`)) AS last
  FROM <vote_timeline>
  WHERE {where} AND occurred_at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
  GROUP BY person
)
WHERE last.1 != 0
ORDER BY person LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def history_query(
    database: str, workspace: str, post: str, *, limit: int, after: tuple[Millis, int, int, str] | None = None
) -> Query:
    """Changes of votes on a post in order of occurrence, after (time, partition, offset, person): rows of `VoteChange`.

    A merge changes the votes of many persons at once.
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "limit": limit}
    where = "workspace = {workspace:String} AND post = {post:String}"
    if after is not None:
        parameters |= dict(zip(("occurred", "partition", "offset", "person"), after, strict=True))
        moment = "fromUnixTimestamp64Milli({occurred:Int64}, 'UTC')"
        where += (
            f" AND occurred_at >= {moment} AND "
            f"(occurred_at, partition, `offset`, person) > "
            f"({moment}, {{partition:UInt16}}, {{offset:UInt64}}, {{person:String}})"
        )
    sql = f"""SELECT toUnixTimestamp64Milli(occurred_at), partition, `offset`, person, change, value_before,
  value_after, importance_before, importance_after, toUnixTimestamp64Milli(recorded_at), event_id, by, waiting, via
FROM <vote_history> WHERE {where}
ORDER BY occurred_at, partition, `offset`, person LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def person_query(database: str, workspace: str, person: str, *, limit: int, after: str = "") -> Query:
    """What a person stands on by post, from the one after `after`; rows of `PersonsVote`."""
    sql = """SELECT post, value + waiting, importance, toUnixTimestamp64Milli(since),
  toUnixTimestamp64Milli(recorded_at), by, toBool(waiting = 0), via
FROM <vote_standings> WHERE workspace = {workspace:String} AND person = {person:String} AND post > {post:String}
ORDER BY post LIMIT {limit:UInt32}
SETTINGS use_skip_indexes_if_final = 1"""  # sound here: the person is part of the key that FINAL looks at
    parameters: dict[str, str | int] = {"workspace": workspace, "person": person, "post": after, "limit": limit}
    return Query(qualify(sql, database), parameters)
