"""What customers say: comments, and internal notes, of these people on these posts, the newest first."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.customers.request import WHERE, Asked
from projections.customers.voices import votes

_FORGOTTEN = f"""SELECT subject FROM <forgotten> WHERE {WHERE} AND kind = 'person'
    AND subject NOT IN (SELECT person FROM <people> WHERE {WHERE})"""


class Said(NamedTuple):
    """A comment of a customer; the time in milliseconds."""

    comment: str
    post: str
    author: str
    body: str
    internal: bool
    created_at: Millis


def said_query(asked: Asked, posts: Sequence[str], database: str, *, limit: int, of_voters: bool = False) -> Query:
    """At most `limit` comments of the group on these posts; with `of_voters` only of who stands on one of them.

    Who was forgotten is not listed. As of a moment it is what was said then; what was deleted since says nothing.
    """
    parameters: dict[str, str | int | list[str]] = {**asked.parameters, "posts": list(posts), "limit": limit}
    on = f"{WHERE} AND post IN {{posts:Array(String)}}"
    authors = [f"author NOT IN ({_FORGOTTEN})"]
    if asked.persons is not None:
        authors.append(f"author IN ({asked.persons})")
    if of_voters:
        authors.append(f"author IN (SELECT person FROM ({votes(where=on, at=asked.at)}))")
    sql = f"""SELECT comment, post, author, body, internal, toUnixTimestamp64Milli(created_at) AS created
FROM ({_comments(asked, on)})
WHERE NOT deleted AND {" AND ".join(authors)}
ORDER BY created DESC, comment LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def _comments(asked: Asked, on: str) -> str:
    if asked.at is None:
        return f"SELECT * FROM <comments> WHERE {on}"
    return f"""SELECT * FROM <comment_history> WHERE {on} AND occurred_at <= {asked.at}
  ORDER BY post, comment, occurred_at DESC, revision DESC LIMIT 1 BY post, comment"""
