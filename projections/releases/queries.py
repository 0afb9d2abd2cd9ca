"""Releases in lists, one by one, as of any moment, and what was decided about one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify
from projections.moments import AT, KNOWN_AT

_COLUMNS = """release, title, body, label, posts, state, toUnixTimestamp64Milli(publish_at),
  toUnixTimestamp64Milli(published_at), moved, not_moved, held, override, toUnixTimestamp64Milli(created_at) AS created,
  toUnixTimestamp64Milli(changed_at), revision"""
_KEY = "workspace = {workspace:String} AND release = {release:String}"
_PUBLISHED = """state = 'published' AND release IN (
  SELECT release FROM <releases> WHERE workspace = {workspace:String} AND state = 'published'
)"""


class ReleaseRow(NamedTuple):
    """What a release says. Times are in milliseconds; `not_moved` has the reason by post."""

    release: str
    title: str
    body: str
    label: str
    posts: Sequence[str]
    state: str
    publish_at: Millis | None
    published_at: Millis | None
    moved: Sequence[str]
    not_moved: Mapping[str, str]
    held: str
    override: bool
    created_at: Millis
    updated_at: Millis
    revision: int


class ReleaseChange(NamedTuple):
    """One decision about a release."""

    revision: int
    change: str
    what: str
    occurred_at: Millis
    recorded_at: Millis
    actor: str
    reason: str


class ShippedPost(NamedTuple):
    """A post of a release, as everybody may see it."""

    post: str
    title: str
    status: str


def release_query(
    database: str, workspace: str, release: str, *, public: bool = False, as_of: Millis | None = None
) -> Query:
    """One row of `ReleaseRow`, or none. `public` as in `releases_query`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "release": release}
    source = _source(as_of, None, parameters, _KEY)
    sql = f"SELECT {_COLUMNS} FROM ({source}) WHERE {_PUBLISHED if public else '1'}"
    return Query(qualify(sql, database), parameters)


def releases_query(
    database: str,
    workspace: str,
    *,
    limit: int,
    state: str | None = None,
    public: bool = False,
    as_of: Millis | None = None,
    known_at: Millis | None = None,
    after: tuple[Millis, str] | None = None,
) -> Query:
    """Releases, the one drafted last first, after (created, release); rows of `ReleaseRow`.

    For the `public` only those that were published at that moment, and are.
    """
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    where = [_PUBLISHED if public else "1"]
    if state is not None:
        where.append("state = {state:String}")
        parameters["state"] = state
    if after is not None:
        where.append("(-created, release) > (-{created:Int64}, {last:String})")
        parameters |= {"created": after[0], "last": after[1]}
    source = _source(as_of, known_at, parameters, "workspace = {workspace:String}")
    sql = f"""SELECT {_COLUMNS} FROM ({source}) WHERE {" AND ".join(where)}
ORDER BY created DESC, release LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def changelog_query(database: str, workspace: str, *, limit: int, after: tuple[Millis, str] | None = None) -> Query:
    """Published releases, the last published first, after (published, release); rows of `ReleaseRow`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "limit": limit}
    where = ["workspace = {workspace:String}", "state = 'published'"]
    if after is not None:
        where.append("(-published, release) > (-{published:Int64}, {last:String})")
        parameters |= {"published": after[0], "last": after[1]}
    sql = f"""SELECT {_COLUMNS} FROM (
  SELECT *, updated_at AS changed_at, toUnixTimestamp64Milli(assumeNotNull(published_at)) AS published FROM <releases>
)
WHERE {" AND ".join(where)} ORDER BY published DESC, release LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def history_query(database: str, workspace: str, release: str, *, limit: int, after: int = 0) -> Query:
    """What was decided about a release, in order, after a revision; rows of `ReleaseChange`."""
    sql = f"""SELECT revision, change, what, toUnixTimestamp64Milli(occurred_at), toUnixTimestamp64Milli(recorded_at),
  actor, reason
FROM <release_history> WHERE {_KEY} AND revision > {{revision:UInt32}} ORDER BY revision LIMIT {{limit:UInt32}}"""
    parameters: dict[str, Parameter] = {"workspace": workspace, "release": release, "revision": after, "limit": limit}
    return Query(qualify(sql, database), parameters)


def shipped_posts_query(database: str, workspace: str, posts: Sequence[str]) -> Query:
    """Rows of `ShippedPost`: those of these posts that are shown at all, in any order."""
    sql = """SELECT post, title, status FROM <posts>
WHERE workspace = {workspace:String} AND post IN {posts:Array(String)}"""
    return Query(qualify(sql, database), {"workspace": workspace, "posts": list(posts)})


def _source(as_of: Millis | None, known_at: Millis | None, parameters: dict[str, Parameter], where: str) -> str:
    """Releases now, or as they stood at a moment as known at another: the last decision by when it happened."""
    if as_of is None and known_at is None:
        return f"SELECT *, updated_at AS changed_at FROM <releases> WHERE {where}"
    for name, moment, condition in (
        ("at", as_of, f"occurred_at <= {AT}"),
        ("known_at", known_at, f"recorded_at <= {KNOWN_AT}"),
    ):
        if moment is not None:
            parameters[name] = moment
            where += f" AND {condition}"
    return f"""SELECT *, occurred_at AS changed_at FROM <release_history> WHERE {where}
ORDER BY release, occurred_at DESC, revision DESC LIMIT 1 BY release"""
