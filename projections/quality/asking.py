"""Satisfaction as it is asked for: how content the voters of a post are, and which posts to ask a person about."""

from collections.abc import Mapping
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Parameter, Query
from projections.clickhouse.schema import qualify


class Question(NamedTuple):
    """A shipped post that a person voted for and has not rated."""

    post: str
    title: str
    board: str
    shipped_at: Millis


class Content(NamedTuple):
    """How many persons rate a post how, and how many were asked: those whose up-vote stands."""

    by_rating: Mapping[int, int]
    asked: int


def questions_query(
    database: str, workspace: str, person: str, *, limit: int, after: tuple[Millis, str] | None = None
) -> Query:
    """What to ask a person, the post shipped last first; rows of `Question`."""
    parameters: dict[str, Parameter] = {"workspace": workspace, "person": person, "limit": limit}
    own = "workspace = {workspace:String} AND person = {person:String}"
    where = "1"
    if after is not None:
        where = "(-shipped, post) > (-{last:Int64}, {last_post:String})"
        parameters |= {"last": after[0], "last_post": after[1]}
    sql = f"""SELECT post, title, board, shipped FROM (
  SELECT said.post AS post, said.title AS title, said.board AS board,
    toUnixTimestamp64Milli(ship.shipped_at) AS shipped
  FROM (
    SELECT post, title, board FROM <posts>
    WHERE workspace = {{workspace:String}} AND kind = 'shipped' AND merged_into = '' AND NOT archived
      AND post IN (SELECT post FROM <votes> WHERE {own} AND value = 1)
      AND post NOT IN (SELECT post FROM <satisfaction> WHERE {own})
  ) AS said
  INNER JOIN (
    SELECT post, min(since) AS shipped_at FROM <status_history>
    WHERE workspace = {{workspace:String}} AND kind = 'shipped'
      AND post IN (SELECT post FROM <votes> WHERE {own} AND value = 1)
    GROUP BY post
  ) AS ship ON ship.post = said.post
) WHERE {where} ORDER BY shipped DESC, post LIMIT {{limit:UInt32}}"""
    return Query(qualify(sql, database), parameters)


def content_query(database: str, workspace: str, post: str) -> Query:
    """How content persons are with a post; one row of `Content`."""
    where = "workspace = {workspace:String} AND post = {post:String}"
    sql = f"""SELECT
  (SELECT mapFromArrays(groupArray(rating), groupArray(many)) FROM (
    SELECT rating, count() AS many FROM <satisfaction> WHERE {where} GROUP BY rating ORDER BY rating)),
  (SELECT count() FROM <votes> WHERE {where} AND value = 1)"""
    return Query(qualify(sql, database), {"workspace": workspace, "post": post})
