"""Comments on posts by thread, one comment, and everything that it ever said: pages by key."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.moments import AT

_COLUMNS = """comment, post, thread, parent, author, body, mentions, internal, deleted, answer,
  toUnixTimestamp64Milli(created_at) AS created, toUnixTimestamp64Milli(edited_at) AS edited,
  toUnixTimestamp64Milli(updated_at) AS updated, revision, toUnixTimestamp64Milli(thread_at) AS began"""
_ORDER = "began, thread, parent != '', created, comment"


class ShownComment(NamedTuple):
    """A comment; texts are empty where there is nothing, times are in milliseconds. `began` is its thread's."""

    comment: str
    post: str
    thread: str
    parent: str
    author: str
    body: str
    mentions: tuple[str, ...]
    internal: bool
    deleted: bool
    answer: bool
    created: Millis
    edited: Millis | None
    updated: Millis
    revision: int
    began: Millis

    @property
    def key(self) -> tuple[Millis, str, int, Millis, str]:
        """Its place in a list."""
        return self.began, self.thread, int(self.parent != ""), self.created, self.comment


class CommentVersion(NamedTuple):
    """What a comment said after one change, by whom it was made, and why."""

    revision: int
    change: Literal["written", "edited", "deleted"]
    body: str
    mentions: tuple[str, ...]
    deleted: bool
    occurred: Millis
    recorded: Millis
    actor: str
    reason: str


def comments_query(
    database: str,
    workspace: str,
    posts: Sequence[str],
    *,
    limit: int,
    internal: bool = False,
    as_of: Millis | None = None,
    after: tuple[Millis, str, int, Millis, str] | None = None,
) -> Query:
    """Comments on these posts, threads by when they began, each with its replies; rows of `ShownComment`.

    Internal notes are among them only with `internal`. `after` is the `key` of the last one of the page before.
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "limit": limit}
    where = f"workspace = {{workspace:String}} AND post IN ({_bound('post', posts, parameters)})"
    visible = where if internal else f"{where} AND NOT internal"
    source = f"<comments> WHERE {visible}"
    if as_of is not None:
        parameters["at"] = as_of
        source = f"({_as_of(where, visible)})"
    page = ""
    if after is not None:
        names = ("after_began", "after_thread", "after_reply", "after_created", "after_comment")
        parameters |= dict(zip(names, after, strict=True))
        page = (
            f"\nWHERE ({_ORDER}) > ({{after_began:Int64}}, {{after_thread:String}}, {{after_reply:UInt8}}, "
            "{after_created:Int64}, {after_comment:String})"
        )
    sql = f"""SELECT * FROM (
  SELECT {_COLUMNS}
  FROM {source}
){page}
ORDER BY {_ORDER} LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def comment_query(database: str, workspace: str, post: str, comment: str) -> Query:
    """One comment on a post, as it stands; a row of `ShownComment`, or none."""
    sql = f"""SELECT {_COLUMNS} FROM <comments>
WHERE workspace = {{workspace:String}} AND post = {{post:String}} AND comment = {{comment:String}}"""
    return Query(qualify(sql, database), {"workspace": workspace, "post": post, "comment": comment})


def versions_query(database: str, workspace: str, post: str, comment: str, *, limit: int, after: int = 0) -> Query:
    """What a comment said, from the revision after `after` on; rows of `CommentVersion`."""
    sql = """SELECT revision, change, body, mentions, deleted, toUnixTimestamp64Milli(occurred_at),
  toUnixTimestamp64Milli(recorded_at), actor, reason
FROM <comment_history>
WHERE workspace = {workspace:String} AND post = {post:String} AND comment = {comment:String}
  AND revision > {revision:UInt32}
ORDER BY revision LIMIT {limit:UInt32}"""
    parameters: dict[str, str | int] = {"workspace": workspace, "post": post, "comment": comment}
    return Query(qualify(sql, database), parameters | {"revision": after, "limit": limit})


def _as_of(where: str, visible: str) -> str:
    """What comments said at a moment, and whether they answered their posts."""
    said = f"""SELECT *, occurred_at AS updated_at FROM <comment_history> WHERE {visible} AND occurred_at <= {AT}
    ORDER BY post, comment, occurred_at DESC, revision DESC LIMIT 1 BY post, comment"""
    answers = f"""SELECT post AS answered, argMax(comment, (occurred_at, revision)) AS answered_by
    FROM <answer_history> WHERE {where} AND occurred_at <= {AT} GROUP BY post"""
    return f"""SELECT said.*, toBool(answers.answered_by = said.comment AND NOT said.deleted) AS answer
  FROM ({said}) AS said LEFT JOIN ({answers}) AS answers ON answers.answered = said.post"""


def _bound(name: str, values: Sequence[str], parameters: dict[str, str | int]) -> str:
    """Placeholders for so many values, which are added to the parameters."""
    parameters |= {f"{name}{number}": value for number, value in enumerate(values)}
    return ", ".join(f"{{{name}{number}:String}}" for number in range(len(values)))
