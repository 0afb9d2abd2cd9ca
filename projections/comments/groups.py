"""Which posts stood together at a moment: merged ones are shown together."""

from collections.abc import Iterable

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify


def merges_query(database: str, workspace: str, as_of: Millis) -> Query:
    """The posts that were merged into others at a moment, and into which: rows of two ids."""
    sql = """SELECT post, into FROM (
  SELECT post, argMax(merged_into, (occurred_at, revision)) AS into FROM <post_history>
  WHERE workspace = {workspace:String} AND occurred_at <= fromUnixTimestamp64Milli({at:Int64}, 'UTC')
    AND post IN (SELECT post FROM <post_history> WHERE workspace = {workspace:String} AND merged_into != '')
  GROUP BY post
) WHERE into != ''"""
    return Query(qualify(sql, database), {"workspace": workspace, "at": as_of})


def group_of(post: str, merges: Iterable[tuple[str, str]]) -> list[str]:
    """The post and all that stood together with it, by who was merged into whom; in order of their ids."""
    together: dict[str, set[str]] = {}
    for merged, into in merges:
        together.setdefault(merged, set()).add(into)
        together.setdefault(into, set()).add(merged)
    found, ahead = {post}, [post]
    while ahead:
        new = together.get(ahead.pop(), set()) - found
        found |= new
        ahead += new
    return sorted(found)
