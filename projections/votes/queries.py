"""Who stands where, every change of every vote on a post, and what one person voted for: pages by key."""

from typing import Literal, NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify


class StandingVote(NamedTuple):
    """One person's standing vote on a post; times in milliseconds. `by` is empty where they voted themselves."""

    person: str
    value: int
    importance: int
    since: Millis
    recorded_at: Millis
    by: str


class VoteChange(NamedTuple):
    """One change of one vote on a post; `partition` and `offset` say where on the log of ballots it stands."""

    occurred_at: Millis
    partition: int
    offset: int
    person: str
    change: Literal["cast", "changed", "withdrawn"]
    value_before: int
    value_after: int
    importance_before: int
    importance_after: int
    recorded_at: Millis
    event_id: str
    by: str


class PersonsVote(NamedTuple):
    """A person's standing vote."""

    post: str
    value: int
    importance: int
    since: Millis
    recorded_at: Millis
    by: str


def standing_query(
    database: str, workspace: str, post: str, *, limit: int, after: str = "", as_of: Millis | None = None
) -> Query:
    """Standing votes on a post by person, from the one after `after`; rows of `StandingVote`."""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "person": after, "limit": limit}
    where = "workspace = {workspace:String} AND post = {post:String} AND person > {person:String}"
    if as_of is None:
        sql = f"""SELECT person, value, importance, toUnixTimestamp64Milli(since), toUnixTimestamp64Milli(recorded_at),
  by
FROM <votes> WHERE {where}
ORDER BY person LIMIT {{limit:UInt32}}"""
    else:
        parameters["as_of"] = as_of
        sql = f"""SELECT person, last.1, last.2, toUnixTimestamp64Milli(last.3), toUnixTimestamp64Milli(last.4), last.5
FROM (
  SELECT person,
    argMax((value_after, importance_after, since_after, recorded_at, by), (occurred_at, `offset`)) AS last
  FROM <vote_timeline>
  WHERE {where} AND occurred_at <= fromUnixTimestamp64Milli({{as_of:Int64}}, 'UTC')
  GROUP BY person
)
WHERE last.1 != 0
ORDER BY person LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def history_query(
    database: str, workspace: str, post: str, *, limit: int, after: tuple[Millis, int, int] | None = None
) -> Query:
    """Changes of votes on a post in order of occurrence, after (time, partition, offset); rows of `VoteChange`."""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "limit": limit}
    where = "workspace = {workspace:String} AND post = {post:String}"
    if after is not None:
        parameters |= dict(zip(("occurred", "partition", "offset"), after, strict=True))
        moment = "fromUnixTimestamp64Milli({occurred:Int64}, 'UTC')"
        where += (
            f" AND occurred_at >= {moment} AND "
            f"(occurred_at, partition, `offset`) > ({moment}, {{partition:UInt16}}, {{offset:UInt64}})"
        )
    sql = f"""SELECT toUnixTimestamp64Milli(occurred_at), partition, `offset`, person, change, value_before,
  value_after, importance_before, importance_after, toUnixTimestamp64Milli(recorded_at), event_id, by
FROM <vote_history> WHERE {where}
ORDER BY occurred_at, partition, `offset` LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def person_query(database: str, workspace: str, person: str, *, limit: int, after: str = "") -> Query:
    """What a person stands on by post, from the one after `after`; rows of `PersonsVote`."""
    sql = """SELECT post, value, importance, toUnixTimestamp64Milli(since), toUnixTimestamp64Milli(recorded_at), by
FROM <votes> WHERE workspace = {workspace:String} AND person = {person:String} AND post > {post:String}
ORDER BY post LIMIT {limit:UInt32}
SETTINGS use_skip_indexes_if_final = 1"""  # sound here: the person is part of the key that FINAL looks at
    parameters: dict[str, str | int] = {"workspace": workspace, "person": person, "post": after, "limit": limit}
    return Query(qualify(sql, database), parameters)
