"""The same history under another formula, and the same formula at another moment: both places, and what moved.

Call `what_if_query(request, database)` or `movement_query(request, database)`, have the rows from ClickHouse, and read
them with `moved(rows, formula, before)`.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.posts.filters import PostFilter
from projections.ranking.columns import Parameters
from projections.ranking.formulas import Formula
from projections.ranking.scoring import scored
from projections.ranking.seen import Seen

_SHOWN = "post, title, board, status, kind, score"


class WhatIfRequest(PostFilter, frozen=True, kw_only=True):
    """The ranking by `formula` beside the one by `compare_to`, of the posts that are among the first `limit` of either.

    Moments as in `RankingRequest`; both formulas look from the same one.
    """

    workspace: str
    formula: Formula
    compare_to: Formula
    limit: int
    as_of: Millis | None = None
    known_at: Millis | None = None
    now: Millis | None = None


class MovementRequest(PostFilter, frozen=True, kw_only=True):
    """The ranking by `formula` now (or as of `as_of`) beside what it was at `since`, of the first `limit` of either.

    Each side is of the posts that the filter left then. `now` as in `RankingRequest`; `known_at` is for both sides.
    """

    workspace: str
    formula: Formula
    since: Millis
    limit: int
    as_of: Millis | None = None
    known_at: Millis | None = None
    now: Millis | None = None


class MovedPost(NamedTuple):
    """A post in both rankings; a rank is None where it was not in the list then, or is not any more.

    `before` is by the formula that is compared to, or at the earlier moment. The score is that of now (or `as_of`).
    """

    post: str
    title: str
    board: str
    status: str
    kind: Kind
    score: int
    rank: int | None
    value: float | None
    rank_before: int | None
    value_before: float | None

    @property
    def moved(self) -> int | None:
        """How many places it went up; negative where it fell, None where it has only one place."""
        if self.rank is None or self.rank_before is None:
            return None
        return self.rank_before - self.rank


def what_if_query(request: WhatIfRequest, database: str) -> Query:
    """Posts by their place under `formula`.

    Raises:
        CannotRank: as `ranking_query`.
    """
    parameters: Parameters = {"workspace": request.workspace, "limit": request.limit}
    seen = Seen(request.as_of, request.known_at, request.now)
    both = scored(request, {"value": request.formula, "other": request.compare_to}, seen, parameters)
    sql = f"""SELECT {_SHOWN}, rank, value, rank_before, other
FROM (
  SELECT {_SHOWN}, value, other, {_place("value")} AS rank, {_place("other")} AS rank_before FROM ({both})
)
WHERE rank <= {{limit:UInt32}} OR rank_before <= {{limit:UInt32}}
ORDER BY rank"""
    return Query(qualify(sql, database), parameters)


def movement_query(request: MovementRequest, database: str) -> Query:
    """Posts by their place now; those that have none any more come last, by the place that they had.

    Raises:
        CannotRank: as `ranking_query`.
    """
    parameters: Parameters = {"workspace": request.workspace, "limit": request.limit}
    formula = {"value": request.formula}
    now = scored(request, formula, Seen(request.as_of, request.known_at, request.now), parameters)
    before = scored(request, formula, Seen(request.since, request.known_at, name="_before"), parameters)
    shown = ", ".join(f"if(now.post != '', now.{name}, before.{name}) AS shown_{name}" for name in _SHOWN.split(", "))
    sql = f"""SELECT {shown}, nullIf(now.rank, 0) AS place, if(now.rank = 0, NULL, now.value),
  nullIf(before.rank, 0) AS place_before, if(before.rank = 0, NULL, before.value)
FROM (SELECT {_SHOWN}, value, {_place("value")} AS rank FROM ({now})) AS now
FULL OUTER JOIN (SELECT {_SHOWN}, value, {_place("value")} AS rank FROM ({before})) AS before
  ON before.post = now.post
WHERE now.rank BETWEEN 1 AND {{limit:UInt32}} OR before.rank BETWEEN 1 AND {{limit:UInt32}}
ORDER BY place NULLS LAST, place_before"""
    return Query(qualify(sql, database), parameters)


def moved(rows: Iterable[Sequence[object]], formula: Formula, before: Formula) -> list[MovedPost]:
    """What either query's rows say, with the values in the formulas' units; `before` is the same one for a movement."""
    found = [msgspec.convert(row, MovedPost) for row in rows]
    return [
        each._replace(value=_shown(formula, each.value), value_before=_shown(before, each.value_before))
        for each in found
    ]


def _shown(formula: Formula, value: float | None) -> float | None:
    return None if value is None else formula.shown(int(value))


def _place(value: str) -> str:
    """A post's place by a value: as everywhere, the older one first among equals, then the smaller id."""
    return f"row_number() OVER (ORDER BY {value} DESC, created, post)"
