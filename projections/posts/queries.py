"""A post with its tally, now or as of a moment; lists of posts and of boards, paged by key."""

from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.ranking import tallies

_POST = "workspace = {workspace:String} AND post = {post:String}"
_AT = "fromUnixTimestamp64Milli({at:Int64}, 'UTC')"


class PostWithTally(NamedTuple):
    """What a post says and how it stands. Texts are empty where there is nothing; times are in milliseconds."""

    post: str
    board: str
    title: str
    body: str
    author: str
    status: str
    closed_reason: str
    duplicate_of: str
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
    author: str
    duplicate_of: str
    created_at: Millis
    updated_at: Millis
    revision: int


class ListedBoard(NamedTuple):
    """A board in a list."""

    board: str
    name: str
    created_at: Millis
    revision: int


def post_query(database: str, workspace: str, post: str, *, as_of: Millis | None = None) -> Query:
    """One row of `PostWithTally`, or none."""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post}
    if as_of is None:
        words, tally = f"SELECT *, updated_at AS changed_at FROM <posts> WHERE {_POST}", tallies.live(where=_POST)
    else:
        parameters["at"] = as_of
        words = f"""SELECT *, occurred_at AS changed_at FROM <post_history> WHERE {_POST} AND occurred_at <= {_AT}
  ORDER BY occurred_at DESC, revision DESC LIMIT 1"""
        tally = tallies.as_of(_AT, where=_POST)
    sql = f"""SELECT words.post, words.board, words.title, words.body, words.author, words.status, words.closed_reason,
  words.duplicate_of, toUnixTimestamp64Milli(words.created_at), toUnixTimestamp64Milli(words.changed_at),
  words.revision, toInt64(tally.up) - toInt64(tally.down), tally.up, tally.down, tally.importance,
  nullIf(toUnixTimestamp64Milli(tally.last_vote_at), 0)
FROM ({words}) AS words
LEFT JOIN ({tally}) AS tally ON tally.post = words.post"""
    return Query(qualify(sql, database), parameters)


def posts_query(
    database: str,
    workspace: str,
    *,
    limit: int,
    board: str | None = None,
    status: str | None = None,
    after: tuple[Millis, str] | None = None,
) -> Query:
    """Posts, the newest first, after (created, post); rows of `ListedPost`."""
    parameters: dict[str, str | int] = {"workspace": workspace, "limit": limit}
    where = ["workspace = {workspace:String}"]
    for name, wanted in (("board", board), ("status", status)):
        if wanted is not None:
            where.append(f"{name} = {{{name}:String}}")
            parameters[name] = wanted
    if after is not None:
        moment = "fromUnixTimestamp64Milli({created:Int64}, 'UTC')"
        where.append(f"(created_at < {moment} OR (created_at = {moment} AND post > {{post:String}}))")
        parameters |= {"created": after[0], "post": after[1]}
    sql = f"""SELECT post, board, title, status, author, duplicate_of, toUnixTimestamp64Milli(created_at),
  toUnixTimestamp64Milli(updated_at), revision
FROM <posts> WHERE {" AND ".join(where)}
ORDER BY created_at DESC, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def boards_query(database: str, workspace: str, *, limit: int, after: str = "") -> Query:
    """Boards by id, from the one after `after`; rows of `ListedBoard`."""
    sql = """SELECT board, name, toUnixTimestamp64Milli(created_at), revision FROM <boards>
WHERE workspace = {workspace:String} AND board > {board:String}
ORDER BY board LIMIT {limit:UInt32}"""
    return Query(qualify(sql, database), {"workspace": workspace, "board": after, "limit": limit})
