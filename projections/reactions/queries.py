"""How many persons react to comments, in which ways: now, or as of a moment."""

from collections.abc import Sequence
from typing import NamedTuple

from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify


class ReactionCount(NamedTuple):
    """How many persons react to a comment in this way."""

    comment: str
    reaction: str
    persons: int


def counts_query(database: str, workspace: str, comments: Sequence[str], *, as_of: Millis | None = None) -> Query:
    """The reactions to these comments, the most frequent first; rows of `ReactionCount`, none of nobody's."""
    parameters: dict[str, str | int] = {"workspace": workspace}
    parameters |= {f"comment{number}": comment for number, comment in enumerate(comments)}
    names = ", ".join(f"{{comment{number}:String}}" for number in range(len(comments)))
    where = f"workspace = {{workspace:String}} AND comment IN ({names})"
    if as_of is None:
        counts = f"SELECT comment, reaction, count FROM <reaction_counts> WHERE {where}"
    else:
        parameters["at"] = as_of
        counts = f"""SELECT comment, reaction, countIf(last = 'given') AS count FROM (
  SELECT comment, reaction, person, argMax(change, (occurred_at, `offset`)) AS last FROM <reaction_history>
  WHERE {where} AND occurred_at <= fromUnixTimestamp64Milli({{at:Int64}}, 'UTC')
  GROUP BY comment, reaction, person
) GROUP BY comment, reaction HAVING count > 0"""
    return Query(qualify(f"{counts}\nORDER BY comment, count DESC, reaction", database), parameters)
