"""The ranking as a query: filters, a moment, a formula and a page, compiled to SQL with bound parameters."""

from typing import NamedTuple, Self

import msgspec

from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.cursor import cursor_token, read_cursor
from projections.moments import WORKSPACE
from projections.posts.filters import PostFilter
from projections.ranking.columns import Parameters
from projections.ranking.formulas import Formula
from projections.ranking.scoring import scored
from projections.ranking.seen import Seen

_POST = "post = {post:String}"

_ORDER = "ORDER BY value DESC, created ASC, post ASC LIMIT {limit:UInt32}"


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: its last post's place, value and tie-breakers. Only good for the same formula.

    `version` is that of the formula, `now` the moment that ages were counted from (0 where none are): the next page is
    of the same version, seen from the same moment.
    """

    formula: str
    rank: int
    value: int
    created: Millis
    post: str
    version: int = 1
    now: Millis = 0

    def token(self) -> str:
        """An opaque, URL-safe text."""
        return cursor_token("ranking", msgspec.structs.astuple(self))

    @classmethod
    def from_token(cls, token: str, formula: Formula) -> Self:
        """Read a token back.

        Raises:
            ValueError: if this is no cursor of a ranking under this formula.
        """
        cursor = cls.read(token, formula.name)
        if cursor.version != formula.version:
            raise ValueError(f"this cursor belongs to version {cursor.version} of {formula.name!r}")
        return cursor

    @classmethod
    def read(cls, token: str, name: str) -> Self:
        """Read a token back, of whichever version of a formula of this name.

        Raises:
            ValueError: if this is no cursor of a ranking under such a formula.
        """
        cursor = read_cursor("ranking", token, cls)
        if cursor.formula != name:
            raise ValueError(f"this cursor belongs to the ranking by {cursor.formula!r}")
        return cursor


class RankingRequest(PostFilter, frozen=True, kw_only=True):
    """Which ranking: of a workspace, of what the filter leaves or one post; now, or as of and as known at a moment.

    `now` is what ages are counted from where neither `as_of` nor `known_at` says it: give `seen.present_of(clock)` for
    formulas that need it (`Formula.needs_now`). A cursor brings its own.
    """

    workspace: str
    formula: Formula
    limit: int
    post: str | None = None
    as_of: Millis | None = None
    known_at: Millis | None = None
    now: Millis | None = None
    cursor: Cursor | None = None

    @property
    def seen(self) -> Seen:
        """The moment that it is seen from."""
        now = self.cursor.now if self.cursor is not None and self.cursor.now else self.now
        return Seen(self.as_of, self.known_at, now)


class RankedPost(NamedTuple):
    """One post in its place. `value` is what the formula gave; times are in milliseconds, None where never."""

    rank: int
    post: str
    title: str
    board: str
    status: str
    kind: Kind
    tags: list[str]
    score: int
    up: int
    down: int
    voters: int
    importance: int
    trend: float
    created_at: Millis
    last_vote_at: Millis | None
    value: int

    def cursor(self, formula: Formula, now: Millis | None = None) -> Cursor:
        """Where a page that ends here ends."""
        return Cursor(formula.name, self.rank, self.value, self.created_at, self.post, formula.version, now or 0)


def ranking_query(request: RankingRequest, database: str) -> Query:
    """One page: up to `limit` posts and one more, which tells whether there is another page.

    Its rows have the columns of `RankedPost` after `rank`; `ranked` reads them.

    Raises:
        CannotRank: if the formula has a column without such a past, or needs `now` and has none.
    """
    parameters: Parameters = {"workspace": request.workspace, "limit": request.limit + 1}
    where, after = WORKSPACE, "1"
    if request.post is not None:
        parameters["post"] = request.post
        if request.formula.is_relative:
            after = _POST
        else:
            where = f"{where} AND {_POST}"
    if (cursor := request.cursor) is not None:
        after += (
            " AND (value < {value:Int64} OR (value = {value:Int64} "
            "AND (created, post) > ({created:Int64}, {last:String})))"
        )
        parameters |= {"value": cursor.value, "created": cursor.created, "last": cursor.post}
    found = scored(request, {"value": request.formula}, request.seen, parameters, where=where)
    sql = f"""SELECT post, title, board, status, kind, tags, score, up, down, voters, importance, trend, created,
  last_vote, value
FROM ({found})
WHERE {after} {_ORDER}"""
    return Query(qualify(sql, database), parameters)


def ranked(request: RankingRequest, rows: "list[tuple[object, ...]]") -> tuple[list[RankedPost], Cursor | None]:
    """The page of the query's rows, and where the next one begins if there is one."""
    first = request.cursor.rank + 1 if request.cursor is not None else 1
    page = [msgspec.convert((rank, *row), RankedPost) for rank, row in enumerate(rows[: request.limit], start=first)]
    more = len(rows) > request.limit and page
    now = request.seen.now if request.formula.needs_now else None
    return page, page[-1].cursor(request.formula, now) if more else None
