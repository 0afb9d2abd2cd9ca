"""What stands behind goals, and what demand has none, now and as of any moment."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import FILTER_FIRST, Query
from projections.clickhouse.schema import qualify
from projections.customers.payers import payers
from projections.customers.voices import voices
from projections.goals import coverage
from projections.goals.effort import EFFORT
from projections.goals.queries import NOW, source_of
from projections.moments import Moment


class CoverageRow(NamedTuple):
    """What stands behind a goal; see the view `goal_coverage`. Spend is by currency, a month, in its minor unit."""

    goal: str
    name: str
    state: str
    target_day: str
    progress: float | None
    posts: int
    demand: float
    open: float
    planned: float
    in_progress: float
    shipped: float
    importance: float
    companies: int
    spend_then: Mapping[str, int]
    spend_now: Mapping[str, int]
    roadmap_items: int
    estimated: int
    days_low: float
    days_high: float
    points_low: float
    points_high: float
    days_left_low: float
    days_left_high: float
    points_left_low: float
    points_left_high: float


class TotalRow(NamedTuple):
    """The demand of one kind of status, and how much of it has a goal."""

    kind: str
    posts: int
    demand: int
    importance: int
    roadmap_items: int
    covered_posts: int
    covered_demand: int
    covered_importance: int
    covered_roadmap_items: int


class UncoveredRow(NamedTuple):
    """A post with demand and no goal."""

    post: str
    title: str
    board: str
    status: str
    kind: str
    demand: int
    importance: int
    created_at: Millis


class SpendRow(NamedTuple):
    """Who pays behind a post: how many companies, and what is paid a month by currency, in its minor unit."""

    post: str
    companies: int
    spend_then: Mapping[str, int]
    spend_now: Mapping[str, int]


def coverage_query(database: str, workspace: str, *, limit: int, moment: Moment = NOW) -> Query:
    """What stands behind goals, those with the most demand first; rows of `CoverageRow`."""
    sql = f"""SELECT goal, name, state, ifNull(toString(target_day), ''), progress, posts, demand, open, planned,
  in_progress, shipped, importance, companies, spend_then, spend_now, roadmap_items,
  {", ".join(EFFORT)}
FROM ({coverage.coverage(source_of(moment))}) ORDER BY demand DESC, goal LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "limit": limit, **moment.parameters}, FILTER_FIRST)


def totals_query(database: str, workspace: str, *, moment: Moment = NOW) -> Query:
    """Demand with and without a goal, by kind of status; rows of `TotalRow`."""
    sql = f"""SELECT kind, posts, demand, importance, roadmap_items, covered_posts, covered_demand, covered_importance,
  covered_roadmap_items
FROM ({coverage.totals(source_of(moment))}) ORDER BY kind"""
    return Query(qualify(sql, database), {"workspace": workspace, **moment.parameters})


def uncovered_query(database: str, workspace: str, *, limit: int, moment: Moment = NOW) -> Query:
    """Posts with demand and no goal, the most wanted first; rows of `UncoveredRow`."""
    sql = f"""SELECT post, title, board, status, kind, demand, importance, toUnixTimestamp64Milli(created_at)
FROM ({coverage.without_goal(source_of(moment))})
ORDER BY demand DESC, importance DESC, created_at, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "limit": limit, **moment.parameters})


def spend_query(database: str, workspace: str, posts: Sequence[str], *, moment: Moment = NOW) -> Query:
    """Who pays behind each of these posts; rows of `SpendRow`, none for a post that nobody known stands behind."""
    source = source_of(moment)
    those = f"post IN {{posts:Array(String)}} AND {coverage.is_known(source)}"
    sql = coverage.spend_by(
        ("post",),
        payers(voices(where=source.where, posts=those, at=source.at or None, known_at=source.known_at or None)),
    )
    sql = f"SELECT post, companies, spend_then, spend_now FROM ({sql})"
    return Query(
        qualify(sql, database), {"workspace": workspace, "posts": list(posts), **moment.parameters}, FILTER_FIRST
    )
