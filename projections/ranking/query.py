"""The ranking as a query: filters, a moment, a formula and a page, compiled to SQL with bound parameters."""

from typing import NamedTuple, Self

import msgspec

from events.domain.workflow.events import Kind
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.cursor import cursor_token, read_cursor
from projections.posts.filters import FILTERED, PostFilter, conditions
from projections.ranking import tallies
from projections.ranking.formulas import Formula
from projections.ranking.views import POSTS_AS_OF

_AT = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')"
_KNOWN_AT = "fromUnixTimestamp64Milli({known_at:Int64}, 'UTC')"
_WORKSPACE = "workspace = {workspace:String}"
_POST = "post = {post:String}"

_COLUMNS = """post.post AS post, post.title AS title, post.board AS board, post.status AS status,
  post.kind AS kind, post.tags AS tags,
  toInt64(tally.up) - toInt64(tally.down) AS score, tally.up AS up, tally.down AS down,
  tally.up + tally.down AS voters, tally.importance AS importance, tally.trend AS trend,
  toUnixTimestamp64Milli(post.created_at) AS created,
  nullIf(toUnixTimestamp64Milli(tally.last_vote_at), 0) AS last_vote"""

_ORDER = "ORDER BY value DESC, created ASC, post ASC LIMIT {limit:UInt32}"

END_OF_TIME: Millis = 4_102_444_800_000
"""What `as_of` is where only `known_at` was asked for: everything recorded by then, whenever it happened."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: its last post's place, value and tie-breakers. Only good for the same formula."""

    formula: str
    rank: int
    value: int
    created: Millis
    post: str

    def token(self) -> str:
        """An opaque, URL-safe text."""
        return cursor_token("ranking", msgspec.structs.astuple(self))

    @classmethod
    def from_token(cls, token: str, formula: Formula) -> Self:
        """Read a token back.

        Raises:
            ValueError: if this is no cursor of a ranking under this formula.
        """
        cursor = read_cursor("ranking", token, cls)
        if cursor.formula != formula.name:
            raise ValueError(f"this cursor belongs to the ranking by {cursor.formula!r}")
        return cursor


class RankingRequest(PostFilter, frozen=True, kw_only=True):
    """Which ranking: of a workspace, of what the filter leaves or one post; now, or as of and as known at a moment."""

    workspace: str
    formula: Formula
    limit: int
    post: str | None = None
    as_of: Millis | None = None
    known_at: Millis | None = None
    cursor: Cursor | None = None


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

    def cursor(self, formula: Formula) -> Cursor:
        """Where a page that ends here ends."""
        return Cursor(formula.name, self.rank, self.value, self.created_at, self.post)


def ranking_query(request: RankingRequest, database: str) -> Query:
    """One page: up to `limit` posts and one more, which tells whether there is another page.

    Its rows have the columns of `RankedPost` after `rank`.
    """
    parameters: dict[str, str | int] = {"workspace": request.workspace, "limit": request.limit + 1}
    where = [_WORKSPACE]
    if request.post is not None:
        where.append(_POST)
        parameters["post"] = request.post
    filters, bound = conditions(request)
    parameters |= bound
    after = "1"
    if (cursor := request.cursor) is not None:
        after = (
            "(value < {value:Int64} OR (value = {value:Int64} AND (created, post) > ({created:Int64}, {last:String})))"
        )
        parameters |= {"value": cursor.value, "created": cursor.created, "last": cursor.post}
    posts, tally = _sources(request, " AND ".join(where), parameters)
    sql = f"""SELECT post, title, board, status, kind, tags, score, up, down, voters, importance, trend, created,
  last_vote, value
FROM (
  SELECT {_COLUMNS}, post.created_at AS created_at, {request.formula.expression} AS value
  FROM (SELECT post, title, created_at, {FILTERED} FROM ({posts}) WHERE {" AND ".join(filters)}) AS post
  LEFT JOIN ({tally}) AS tally ON tally.post = post.post
)
WHERE {after} {_ORDER}"""
    return Query(qualify(sql, database), parameters)


def ranked(request: RankingRequest, rows: "list[tuple[object, ...]]") -> tuple[list[RankedPost], Cursor | None]:
    """The page of the query's rows, and where the next one begins if there is one."""
    first = request.cursor.rank + 1 if request.cursor is not None else 1
    page = [msgspec.convert((rank, *row), RankedPost) for rank, row in enumerate(rows[: request.limit], start=first)]
    more = len(rows) > request.limit and page
    return page, page[-1].cursor(request.formula) if more else None


def _sources(request: RankingRequest, where: str, parameters: dict[str, str | int]) -> tuple[str, str]:
    """The posts and their tallies: now, at a moment, or as known at a moment."""
    if request.as_of is None and request.known_at is None:
        return f"SELECT post, title, created_at, {FILTERED} FROM <posts> WHERE {where}", tallies.live(where=where)
    parameters["at"] = END_OF_TIME if request.as_of is None else request.as_of
    if request.known_at is None:
        return POSTS_AS_OF.format(where=where, at=_AT, known=""), tallies.as_of(_AT, where=where)
    parameters["known_at"] = request.known_at
    known = f" AND recorded_at <= {_KNOWN_AT}"
    return POSTS_AS_OF.format(where=where, at=_AT, known=known), tallies.as_known(_AT, _KNOWN_AT, where=where)
