"""When posts were merged into others, by whom and why: what is shown of them, and of those that they went into."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify


class MergedPost(NamedTuple):
    """A post that is merged into another one, since when, who decided it, and why. Texts may be empty."""

    post: str
    into: str
    at: Millis
    by: str
    reason: str


def merged_query(database: str, workspace: str, posts: Sequence[str], *, as_of: Millis | None = None) -> Query:
    """Which of these posts are merged, or were at a moment; rows of `MergedPost`, the earliest merge first."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "posts": list(posts)}
    where = "workspace = {workspace:String} AND post IN {posts:Array(String)} AND change IN ('merged', 'unmerged')"
    if as_of is not None:
        where += " AND occurred_at <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')"
        parameters["at"] = as_of
    sql = f"""SELECT post, last.1, toUnixTimestamp64Milli(last.2) AS at, last.3, last.4
FROM (
  SELECT post, argMax((merged_into, occurred_at, actor, reason), (occurred_at, revision)) AS last
  FROM <post_history> WHERE {where} GROUP BY post
) WHERE last.1 != ''
ORDER BY at, post"""
    return Query(qualify(sql, database), parameters)


def below(post: str, merges: Iterable[tuple[str, str]]) -> list[str]:
    """All that went into a post, directly or by way of others, by who was merged into whom."""
    children: dict[str, list[str]] = {}
    for merged, into in merges:
        children.setdefault(into, []).append(merged)
    found = list(children.get(post, ()))
    for each in found:  # grows meanwhile
        found += children.get(each, ())
    return found


def root_of(post: str, merges: Iterable[tuple[str, str]]) -> str:
    """The post that counts its votes."""
    into = dict(merges)
    while post in into:
        post = into[post]
    return post
