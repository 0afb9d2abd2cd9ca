"""Demand, as SQL: who stands behind a post, how many, and what they are worth - of everybody, or by what they are.

Each row has `workspace`, `post` and COLUMNS; by segment, plan or company also `asker`, its id. Who is in a segment, of
a plan or with a company is as of the moment that is asked for.
"""

from collections.abc import Sequence
from typing import Literal

from projections.customers.payers import payers, spend
from projections.customers.voices import SIDES, persons, voices
from projections.ranking import tallies

Dimension = Literal["segment", "plan", "company"]
DIMENSIONS: Sequence[Dimension] = ("segment", "plan", "company")

COLUMNS = ("up", "down", "importance", "companies", "spend_then", "spend_now", "last_vote_at")
"""`companies` are those whose people stand up for the post; the two spends are maps from a currency to its minor units,
each payer once, as of the vote and as of the moment."""

_SPENDS = ", ".join(f"{spend(side, 'payer')} AS spend_{side}" for side in SIDES)
_COMPANIES = "countIf(payer.side = 'now' AND payer.company != '' AND payer.up > 0) AS companies"


def by_asker(dimension: Dimension, *, where: str = "1", posts: str = "1", at: str | None = None) -> str:
    """Demand by segment, plan or company; with an empty `asker` that of whoever has no plan, or no company.

    `where` is a condition on the workspace, `posts` one on the post, `at` a moment as SQL.
    """
    return _added_up(_grouped(dimension, voices(where=where, posts=posts, at=at), where, at), by=("asker",))


def of_persons(persons: str, *, where: str, posts: str = "1", at: str | None = None) -> str:
    """Demand of these persons (a subquery) of the one workspace of `where`, together. The rest as `by_asker`."""
    return _added_up(voices(where=where, posts=posts, whom=f"person IN ({persons})", at=at))


def of_everybody(*, where: str = "1", post: str = "1", at: str | None = None) -> str:
    """Demand of all who voted, whether anything is known of them or not. `post` is a condition on the post alone.

    How many they are comes from the tallies; only the votes of whom something is known are looked at one by one.
    """
    both = f"{where} AND {post}"
    tally = tallies.live(where=both) if at is None else tallies.as_of(at, where=both)
    known = f"person IN (SELECT person FROM <person_history> WHERE {where})"
    worth = payers(voices(where=where, posts=f"{post} AND {known}", at=at))
    return f"""SELECT tally.workspace AS workspace, tally.post AS post, tally.up AS up, tally.down AS down,
  tally.importance AS importance, worth.companies AS companies, worth.spend_then AS spend_then,
  worth.spend_now AS spend_now, tally.last_vote_at AS last_vote_at
FROM ({tally}) AS tally
LEFT JOIN (
  SELECT workspace, post, {_COMPANIES}, {_SPENDS} FROM ({worth}) AS payer GROUP BY workspace, post
) AS worth ON worth.workspace = tally.workspace AND worth.post = tally.post
WHERE tally.up > 0 OR tally.down > 0"""


def askers(dimension: Dimension, asker: str, *, where: str, at: str | None = None) -> str:
    """The persons of a segment, plan or company (`asker`, as SQL) of the one workspace of `where`."""
    if dimension == "segment":
        return f"SELECT person FROM {members(at)} WHERE {where} AND segment = {asker}"
    return f"SELECT person FROM ({persons(where=where, at=at)}) WHERE pays.{dimension} = {asker}"


def members(at: str | None) -> str:
    """Who is in which segment, now or at a moment: what a FROM reads."""
    return "<segment_members>" if at is None else f"<segment_members_as_of>(at = {at})"


def _added_up(voices: str, by: Sequence[str] = ()) -> str:
    groups = ", ".join(("workspace", *by, "post"))
    totals = ", ".join(f"sumIf(payer.{name}, payer.side = 'now') AS {name}" for name in ("up", "down", "importance"))
    return f"""SELECT {groups}, {totals}, {_COMPANIES}, {_SPENDS}, max(payer.last_vote_at) AS last_vote_at
FROM ({payers(voices, by=by)}) AS payer
GROUP BY {groups}"""


def _grouped(dimension: Dimension, voices: str, where: str, at: str | None) -> str:
    """Voices, each with its asker; one of several segments is there for each."""
    if dimension != "segment":
        return f"SELECT voice.*, voice.pays_now.{dimension} AS asker FROM ({voices}) AS voice"
    return f"""SELECT voice.*, member.segment AS asker
FROM ({voices}) AS voice
INNER JOIN (SELECT workspace, segment, person FROM {members(at)} WHERE {where}) AS member
  ON member.workspace = voice.workspace AND member.person = voice.person"""
