"""Where a formula's columns come from beside posts and tallies: subqueries of one row a post, joined where asked for.

Each function gives SQL with the columns `post` and those that it names; where a post has no row it has 0.
"""

from collections.abc import Collection

from projections.customers.weights import weights
from projections.moments import WORKSPACE
from projections.ranking.seen import CannotRank, Seen


def comments(seen: Seen) -> str:
    """`comments`: public ones that are not deleted."""
    if not seen.is_past:
        return f"SELECT post, comments FROM <comment_counts> WHERE {WORKSPACE}"
    return _comments(seen, "comments", "1")


def recent_comments(seen: Seen) -> str:
    """`recent_comments`: those of them that were written lately."""
    return _comments(seen, "recent_comments", f"created_at >= {_recent(seen)}")


def recent_votes(seen: Seen) -> str:
    """`recent_votes`: standing up-votes that were cast lately. Whatever changed them since happened lately, too."""
    where = f"{WORKSPACE} AND occurred_at >= {_recent(seen)}"
    counted = " - ".join(
        f"toInt64(value_{side} = 1 AND since_{side} >= {_recent(seen)})" for side in ("after", "before")
    )
    if seen.is_past:
        where += f" AND occurred_at <= {seen.at}"
    if seen.known_at is None:
        changes = f"SELECT post, {counted} AS net FROM <vote_timeline> WHERE {where}"
    else:
        changes = _as_known(seen, where, counted)
    return f"SELECT post, sum(net) AS recent_votes FROM ({changes}) GROUP BY post"


def behind(wanted: Collection[str], seen: Seen, *, currency: str, segment: str) -> str:
    """What stands behind each post: see `projections.customers.weights`.

    Raises:
        CannotRank: as known at a moment.
    """
    if seen.known_at is not None:
        message = "spend, companies and segments are not known as of what was recorded: leave out known_at"
        raise CannotRank("known_at", message)
    at = seen.at if seen.is_past else None
    return weights(wanted, where=WORKSPACE, currency=currency, segment=segment, at=at)


def estimates(seen: Seen) -> str:
    """`low` and `high`, in days."""
    if not seen.is_past:
        return f"SELECT post, low, high FROM <estimates> WHERE {WORKSPACE} AND unit = 'days'"
    where = f"{WORKSPACE} AND occurred_at <= {seen.at}{_recorded(seen)}"
    return f"""SELECT post, ifNull(low, 0.) AS low, ifNull(high, 0.) AS high FROM (
  SELECT post, unit, low, high FROM <estimate_history> WHERE {where}
  ORDER BY post, occurred_at DESC, revision DESC LIMIT 1 BY post
) WHERE unit = 'days'"""


def _comments(seen: Seen, name: str, where: str) -> str:
    """Written less deleted, at the moments when that happened."""
    where = f"{WORKSPACE} AND NOT internal AND change IN ('written', 'deleted') AND {where}"
    if seen.is_past:
        where += f" AND occurred_at <= {seen.at}{_recorded(seen)}"
    return f"""SELECT post, sum(if(change = 'written', 1, -1)) AS {name} FROM <comment_history>
WHERE {where} GROUP BY post"""


def _as_known(seen: Seen, where: str, counted: str) -> str:
    """Changes as they were believed to be at a moment: see `projections.ranking.tallies.as_known`."""
    place = "post, occurred_at, partition, `offset`, person"
    known = f"{where} AND recorded_at <= {seen.known}"
    return f"""
  WITH corrected AS (SELECT * FROM <vote_corrections> WHERE {known} AND until > {seen.known})
  SELECT post, {counted} AS net FROM <vote_timeline>
  WHERE {known} AND ({place}) NOT IN (SELECT {place} FROM corrected)
  UNION ALL
  SELECT post, {counted} AS net FROM (SELECT * FROM corrected ORDER BY until LIMIT 1 BY {place})"""


def _recorded(seen: Seen) -> str:
    return "" if seen.known_at is None else f" AND recorded_at <= {seen.known}"


def _recent(seen: Seen) -> str:
    return f"fromUnixTimestamp64Milli({{recent{seen.name}:Int64}}, 'UTC')"
