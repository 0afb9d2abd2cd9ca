"""Which posts and persons a series is of, as SQL conditions with bound parameters.

All is as it was at the moment that is asked about, for every period: the posts that are on the board then, the persons
that are in the segment then. So a series is of the same posts and persons from its first point to its last.
"""

from collections.abc import Iterator

import msgspec

from projections.clickhouse.query import Parameter
from projections.customers import voices
from projections.people import membership
from projections.planning import holders
from projections.planning.asked import Asked


class SeriesFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Only posts of all this, and votes of persons of all this; None and nothing ask for nothing.

    `tags` must all be there. `plan` is the company's, or the person's own where none is known of it. What is no vote
    is left for persons where they stand up for the post.
    """

    board: str | None = None
    tags: tuple[str, ...] = ()
    team: str | None = None
    kind: str | None = None
    segment: str | None = None
    plan: str | None = None
    company: str | None = None


def bound(asked: SeriesFilter) -> dict[str, Parameter]:
    """What the conditions bind."""
    values = {name: getattr(asked, name) for name in ("board", "team", "kind", "segment", "plan", "company")}
    parameters: dict[str, Parameter] = {name: value for name, value in values.items() if value is not None}
    return parameters | {f"tag_{number}": tag for number, tag in enumerate(asked.tags)}


def posts_condition(asked: SeriesFilter, history: Asked) -> str:
    """A condition on the column `post`, empty or beginning with ` AND `."""
    said = [f"{name} = {{{name}:String}}" for name in ("board", "kind") if getattr(asked, name) is not None]
    said += [f"has(tags, {{tag_{number}:String}})" for number in range(len(asked.tags))]
    conditions = []
    if said:
        conditions.append(f"""post IN (SELECT post FROM (
    SELECT post, board, kind, tags FROM <post_history> WHERE {history.until("occurred_at")}
    ORDER BY workspace, post, occurred_at DESC, revision DESC LIMIT 1 BY workspace, post
  ) WHERE {" AND ".join(said)})""")
    if asked.team is not None:
        conditions.append(f"post IN (SELECT post FROM ({holders.last(history)}) WHERE team = {{team:String}})")
    return "".join(f" AND {condition}" for condition in conditions)


def persons_condition(asked: SeriesFilter, history: Asked) -> str:
    """A condition on the column `person`, empty or beginning with ` AND `."""
    return "".join(f" AND person IN ({persons})" for persons in _persons(asked, history))


def wanted_condition(persons: str, history: Asked) -> str:
    """A condition on the column `post`: that one of these persons (a condition on `person`) stands up for it."""
    return f""" AND post IN (
  SELECT post FROM <vote_timeline> WHERE {history.until("occurred_at")}{persons}
  GROUP BY post HAVING sum(toInt64(value_after = 1) - toInt64(value_before = 1)) > 0
)"""


def _persons(asked: SeriesFilter, history: Asked) -> Iterator[str]:
    assert history.at is not None, "a series ends at a moment"
    where = history.where + ("" if history.known_at is None else f" AND recorded_at <= {history.known_at}")
    paying = [f"pays.{name} = {{{name}:String}}" for name in ("plan", "company") if getattr(asked, name) is not None]
    if paying:
        known = voices.persons(where=where, at=history.at)
        yield f"SELECT person FROM ({known}) WHERE {' AND '.join(paying)}"
    if asked.segment is not None:
        segments = f"""SELECT workspace, segment, match, conditions FROM (
    SELECT workspace, segment, match, conditions, removed FROM <segment_history>
    WHERE {where} AND occurred_at <= {history.at} AND segment = {{segment:String}}
    ORDER BY workspace, segment, occurred_at DESC, revision DESC LIMIT 1 BY workspace, segment
  ) WHERE NOT removed"""
        members = membership.members(
            segments=segments,
            persons=membership.as_of("person", "company, fields", history.at, where=where),
            companies=membership.as_of("company", "fields", history.at, where=where),
        )
        yield f"SELECT person FROM ({members})"
