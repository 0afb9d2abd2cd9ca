"""How a post came to be what it is: its versions, whole, and what was done, in lines. Paged by key."""

from typing import NamedTuple

from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify

_POST = "workspace = {workspace:String} AND post = {post:String}"
_DONE = "revision, change, what, note, reason, actor, toUnixTimestamp64Milli(occurred_at) AS at, "
_RECORDED = "toUnixTimestamp64Milli(recorded_at) AS recorded"


class Done(NamedTuple):
    """What was done to a post; texts are empty where there is nothing, times in milliseconds. `reason` is internal."""

    revision: int
    change: str
    what: str
    note: str
    reason: str
    actor: str
    occurred_at: Millis
    recorded_at: Millis


class Version(NamedTuple):
    """A post after one change, whole."""

    revision: int
    change: str
    what: str
    note: str
    reason: str
    actor: str
    occurred_at: Millis
    recorded_at: Millis
    board: str
    title: str
    body: str
    author: str
    status: str
    kind: Kind
    closed_reason: str
    duplicate_of: str
    merged_into: str
    tags: list[str]
    fields: dict[str, str]
    archived: bool
    pinned: bool
    created_at: Millis


_SAID = f"""{_DONE}{_RECORDED}, board, title, body, author, status, kind, closed_reason, duplicate_of, merged_into,
  tags, fields, archived, pinned, toUnixTimestamp64Milli(created_at) AS created"""


def activity_query(
    database: str,
    workspace: str,
    post: str,
    *,
    limit: int,
    as_of: Millis | None = None,
    after: tuple[Millis, int] | None = None,
) -> Query:
    """What was done to a post, the latest first, after (occurred, revision); rows of `Done`."""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "limit": limit}
    where = [_POST]
    if as_of is not None:
        where.append("occurred_at <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')")
        parameters["at"] = as_of
    if after is not None:
        where.append("(occurred_at, revision) < (fromUnixTimestamp64Milli({occurred:Int64}, 'UTC'), {revision:UInt32})")
        parameters |= {"occurred": after[0], "revision": after[1]}
    sql = f"""SELECT {_DONE}{_RECORDED}
FROM <post_history> WHERE {" AND ".join(where)}
ORDER BY occurred_at DESC, revision DESC LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def versions_query(database: str, workspace: str, post: str, *, limit: int, after: int = 0) -> Query:
    """The versions of a post from the one after `after`; rows of `Version`."""
    sql = f"""SELECT {_SAID}
FROM <post_history> WHERE {_POST} AND revision > {{revision:UInt32}}
ORDER BY revision LIMIT {{limit:UInt32}}"""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "revision": after, "limit": limit}
    return Query(qualify(sql, database), parameters)


def version_query(database: str, workspace: str, post: str, revision: int) -> Query:
    """One version of a post: one row of `Version`, or none."""
    sql = f"SELECT {_SAID} FROM <post_history> WHERE {_POST} AND revision = {{revision:UInt32}}"
    return Query(qualify(sql, database), {"workspace": workspace, "post": post, "revision": revision})
