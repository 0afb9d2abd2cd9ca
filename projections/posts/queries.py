"""A post with its tally, now or as of a moment; lists of posts and of boards, paged by key."""

from typing import NamedTuple

from events.domain.workflow.events import Kind
from events.rulings import Period
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.moments import AT, WORKSPACE
from projections.posts.filters import FILTERED, PostFilter, conditions
from projections.ranking import tallies
from projections.ranking.views import POSTS_AS_OF

_POST = f"{WORKSPACE} AND post = {{post:String}}"


class PostWithTally(NamedTuple):
    """What a post says and how it stands. Texts are empty where there is nothing; times are in milliseconds."""

    post: str
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
    updated_at: Millis
    revision: int
    score: int
    up: int
    down: int
    importance: int
    last_vote_at: Millis | None


class ListedPost(NamedTuple):
    """A post in a list."""

    post: str
    board: str
    title: str
    status: str
    kind: Kind
    author: str
    duplicate_of: str
    merged_into: str
    tags: list[str]
    fields: dict[str, str]
    archived: bool
    pinned: bool
    created_at: Millis
    updated_at: Millis
    revision: int


class ListedBoard(NamedTuple):
    """A board in a list."""

    board: str
    name: str
    budget: int | None
    period: Period
    created_at: Millis
    revision: int


def post_query(database: str, workspace: str, post: str, *, as_of: Millis | None = None) -> Query:
    """One row of `PostWithTally`, or none."""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post}
    if as_of is None:
        words, tally = f"SELECT *, updated_at AS changed_at FROM <posts> WHERE {_POST}", tallies.live(where=_POST)
    else:
        parameters["at"] = as_of
        words = f"SELECT *, occurred_at AS changed_at FROM ({POSTS_AS_OF.format(where=_POST, at=AT, known='')})"
        tally = tallies.as_of(AT, where=_POST)
    sql = f"""SELECT words.post, words.board, words.title, words.body, words.author, words.status, words.kind,
  words.closed_reason, words.duplicate_of, words.merged_into, words.tags, words.fields, words.archived, words.pinned,
  toUnixTimestamp64Milli(words.created_at), toUnixTimestamp64Milli(words.changed_at),
  words.revision, toInt64(tally.up) - toInt64(tally.down), tally.up, tally.down, tally.importance,
  nullIf(toUnixTimestamp64Milli(tally.last_vote_at), 0)
FROM ({words}) AS words
LEFT JOIN ({tally}) AS tally ON tally.post = words.post"""
    return Query(qualify(sql, database), parameters)


def posts_query(
    database: str,
    workspace: str,
    asked: PostFilter,
    *,
    limit: int,
    as_of: Millis | None = None,
    pinned_first: bool = False,
    after: tuple[bool, Millis, str] | None = None,
) -> Query:
    """Posts, the newest first, after (pinned, created, post); rows of `ListedPost`.

    `pinned` is False in that key, unless pinned ones come first.
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "limit": limit}
    source = f"SELECT *, updated_at AS changed_at FROM <posts> WHERE {WORKSPACE}"
    if as_of is not None:
        parameters["at"] = as_of
        source = f"SELECT *, occurred_at AS changed_at FROM ({POSTS_AS_OF.format(where=WORKSPACE, at=AT, known='')})"
    where, bound = conditions(asked)
    parameters |= bound
    order = "created_at DESC, post"
    if pinned_first:
        order = f"pinned DESC, {order}"
    if after is not None:
        moment = "fromUnixTimestamp64Milli({created:Int64}, 'UTC')"
        later = f"(created_at < {moment} OR (created_at = {moment} AND post > {{post:String}}))"
        parameters |= {"created": after[1], "post": after[2]}
        if pinned_first:
            later = f"(pinned < {{pinned:Bool}} OR (pinned = {{pinned:Bool}} AND {later}))"
            parameters["pinned"] = int(after[0])
        where.append(later)
    sql = f"""SELECT post, board, title, status, kind, author, duplicate_of, merged_into, tags, fields, archived,
  pinned, toUnixTimestamp64Milli(created_at), toUnixTimestamp64Milli(changed_at), revision
FROM (
  SELECT post, title, duplicate_of, fields, pinned, created_at, changed_at, revision, {FILTERED} FROM ({source})
) WHERE {" AND ".join(where)}
ORDER BY {order} LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def boards_query(database: str, workspace: str, *, limit: int, after: str = "") -> Query:
    """Boards by id, from the one after `after`; rows of `ListedBoard`."""
    sql = """SELECT board, name, budget, budget_period, toUnixTimestamp64Milli(created_at), revision FROM <boards>
WHERE workspace = {workspace:String} AND board > {board:String}
ORDER BY board LIMIT {limit:UInt32}"""
    return Query(qualify(sql, database), {"workspace": workspace, "board": after, "limit": limit})
