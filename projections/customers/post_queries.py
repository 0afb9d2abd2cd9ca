"""Who asks for one post: all of them, and split by segment, plan and company."""

from typing import NamedTuple

from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.customers.demand import COLUMNS, Dimension, by_asker, of_everybody, of_persons
from projections.customers.queries import Spend, momentum_of
from projections.customers.request import WHERE, Asked, Window

_POST = "post = {post:String}"


class PostDemand(NamedTuple):
    """What stands behind a post; `recent` and `before` as in `AskedFor`."""

    up: int
    down: int
    importance: int
    companies: int
    spend_then: Spend
    spend_now: Spend
    recent: int
    before: int


class Part(NamedTuple):
    """A segment's, plan's or company's part in a post. Its `place` counts from 1, those with most up-votes first.

    At place 0 are the voters that have no plan or no company; past the last that were asked for, all `askers` that are
    left, added up.
    """

    place: int
    asker: str
    askers: int
    up: int
    down: int
    importance: int
    companies: int
    spend_then: Spend
    spend_now: Spend


def post_query(asked: Asked, post: str, window: Window, database: str) -> Query:
    """What stands behind a post, of a group or of everybody; one row of `PostDemand`."""
    demand = (
        of_everybody(where=WHERE, post=_POST, at=asked.at)
        if asked.persons is None
        else of_persons(asked.persons, where=WHERE, posts=_POST, at=asked.at)
    )
    both = ", ".join(f"sum(demand.{name}) AS {name}" for name in ("up", "down", "importance", "companies"))
    sql = f"""SELECT {both}, sumMap(demand.spend_then) AS spend_then, sumMap(demand.spend_now) AS spend_now,
  (SELECT (sum(part.recent), sum(part.before)) FROM ({momentum_of(asked, _POST)}) AS part) AS momentum
FROM ({demand}) AS demand"""
    outer = f"SELECT * EXCEPT momentum, momentum.1 AS recent, momentum.2 AS before FROM ({sql})"
    return Query(qualify(outer, database), {**asked.parameters, **window.parameters, "post": post})


def split_query(asked: Asked, post: str, dimension: Dimension, database: str, *, limit: int) -> Query:
    """The parts of a post by segment, plan or company: the `limit` largest, and the rest; rows of `Part`.

    Those of segments overlap: who is in several is in the part of each.
    """
    parts = by_asker(dimension, where=WHERE, posts=f"{_POST} AND {asked.condition}", at=asked.at)
    sums = ", ".join(
        f"{'sumMap' if name.startswith('spend') else 'sum'}(part.{name}) AS {name}" for name in COLUMNS[:-1]
    )
    sql = f"""SELECT least(part.number, {{limit:UInt32}} + 1) AS place, any(part.asker) AS asker, count() AS askers,
  {sums}
FROM (
  SELECT *, if(asker = '', 0, row_number() OVER (ORDER BY asker = '', up DESC, down DESC, asker)) AS number
  FROM ({parts})
) AS part
GROUP BY place ORDER BY place"""
    return Query(qualify(sql, database), {**asked.parameters, "post": post, "limit": limit})
