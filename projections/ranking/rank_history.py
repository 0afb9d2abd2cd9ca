"""A post's place at each day, week or month of any range: computed in one query, never stored.

What each change of a vote, a post, a comment or an estimate adds to a column is put at the first point that sees it,
and cumulated for each post. Where a formula's value changes only with those (`steps`), posts are compared where one of
the two changed; else (ages, the highest of a list) the formula is evaluated for each post at each point (`cumulated`).
What that takes is bounded (`MOST_POINTS`, and `MOST_CELLS` for who asks `cells_query` first).

Call `rank_history_query(request, database)` and read the rows with `places(request, rows)`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.moments import WORKSPACE
from projections.posts.filters import PostFilter
from projections.ranking import steps
from projections.ranking.columns import Parameters
from projections.ranking.cumulated import cumulated
from projections.ranking.formulas import Formula
from projections.ranking.points import Every, Points
from projections.ranking.seen import CannotRank

MOST_POINTS = 5000
"""More than thirteen years of days."""
MOST_CELLS = 10_000_000
"""How often posts may be looked at in one query."""


class RankHistoryRequest(PostFilter, frozen=True, kw_only=True):
    """A post's place under a formula among the posts that the filter leaves, at each point from `begin` to `end`.

    The first point is the beginning of begin's day (or month, where `every` is that); the last is not after `end`.
    """

    workspace: str
    post: str
    formula: Formula
    begin: Millis
    end: Millis
    every: Every = "day"

    @property
    def points(self) -> Points:
        """The moments asked for."""
        return Points.between(self.begin, self.end, self.every)


class Place(NamedTuple):
    """A post's place at a moment, among so many; the value that the formula gave."""

    at: Millis
    rank: int
    of: int
    value: float


def rank_history_query(request: RankHistoryRequest, database: str) -> Query:
    """One row a point at which the post was in the list; `places` reads them.

    Raises:
        CannotRank: if the formula has a column of which no history of places is computed, or for too many points.
    """
    parameters: Parameters = {"workspace": request.workspace, "post": request.post}
    points, formula = request.points, request.formula
    if not 1 <= points.many <= MOST_POINTS:
        raise CannotRank("from", f"gives {points.many} points up to the end, and there must be 1 to {MOST_POINTS}")
    if steps.changes_only(formula):
        sql = f"SELECT point, rank, among, value FROM ({steps.places(request, formula, points, parameters)})"
    else:
        sql = _each_point(request, formula, points, parameters)
    return Query(qualify(f"{sql} ORDER BY point", database), parameters)


def cells_query(request: RankHistoryRequest, database: str) -> Query:
    """How often posts are looked at: one row, one number, which should be at most `MOST_CELLS`."""
    looks = "{points:UInt32}"
    if steps.changes_only(request.formula):
        own = f"SELECT count() FROM <vote_timeline> WHERE {WORKSPACE} AND post = {{post:String}}"
        looks = f"least({looks}, ({own}) + 1)"
    parameters: Parameters = {"workspace": request.workspace, "post": request.post, "points": request.points.many}
    return Query(qualify(f"SELECT count() * {looks} FROM <posts> WHERE {WORKSPACE}", database), parameters)


def places(request: RankHistoryRequest, rows: Iterable[Sequence[object]]) -> list[Place]:
    """What the query's rows say, in order."""
    moments = request.points.moments()
    found = [msgspec.convert(row, tuple[int, int, int, int]) for row in rows]
    return [Place(moments[point], rank, among, request.formula.shown(value)) for point, rank, among, value in found]


def _each_point(asked: PostFilter, formula: Formula, points: Points, parameters: Parameters) -> str:
    everything = cumulated(asked, formula, points, parameters, where=WORKSPACE)
    own = f"SELECT * FROM ({everything}) WHERE post = {{post:String}}"
    if not formula.is_relative:
        own = cumulated(asked, formula, points, parameters, where=f"{WORKSPACE} AND post = {{post:String}}")
    return f"""SELECT each.point AS point, 1 + countIf(each.value > own.value OR (each.value = own.value
    AND (each.created, each.post) < (own.created, own.post))) AS rank, count() AS among, any(own.value) AS value
FROM ({everything}) AS each
INNER JOIN ({own}) AS own ON own.point = each.point
GROUP BY point"""
