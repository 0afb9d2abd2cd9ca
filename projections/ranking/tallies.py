"""A post's tally, as SQL: from the partial tallies of the partitions, from months and changes, or from the history.

Each function gives a subquery with the columns `workspace, post, up, down, importance, trend, last_vote_at`; `trend` is
in half-lives since 2000, 0 where no up-vote stands; `last_vote_at` is 1970 where none was ever cast.
"""

from projections.votes.trend import EPOCH, HALF_LIFE


def live(*, where: str = "1") -> str:
    """What stands now."""
    return f"SELECT workspace, post, up, down, importance, trend, last_vote_at FROM <standings> WHERE {where}"


def as_of(at: str, *, where: str = "1") -> str:
    """What stood at a moment, by when things happened: the months before, and the changes of the moment's own month.

    `at` is an SQL expression of type DateTime64(3, 'UTC').
    """
    seen = _seen_from(at)
    month = age(seen, "toDateTime64(month, 3, 'UTC')")
    return _summed(
        f"""
  SELECT workspace, post, up, down, importance, trend * exp2(-{month}) AS weight, last_vote_at
  FROM <tally_periods> WHERE {where} AND month < toStartOfMonth({at})
  UNION ALL
  SELECT workspace, post, {net(seen)}, {_LAST_VOTE}
  FROM <vote_timeline> WHERE {where} AND occurred_at >= toDateTime64(toStartOfMonth({at}), 3, 'UTC')
    AND occurred_at <= {at}""",
        seen,
    )


def as_known(at: str, known_at: str, *, where: str = "1") -> str:
    """What was believed at `known_at` to stand at `at`: the changes that were recorded by then, as they were then.

    A change that was stated otherwise since, because something earlier came late, counts as it was believed to be.
    """
    seen = _seen_from(at)
    place = "post, occurred_at, partition, `offset`, person"
    known = f"{where} AND occurred_at <= {at} AND recorded_at <= {known_at}"
    return _summed(
        f"""
  SELECT workspace, post, {net(seen, f"(workspace, {place}) NOT IN (SELECT workspace, {place} FROM corrected)")},
    {_LAST_VOTE}
  FROM <vote_timeline> WHERE {known}
  UNION ALL
  SELECT workspace, post, {net(seen)}, {_NEVER} AS last_vote_at
  FROM (SELECT * FROM corrected ORDER BY until LIMIT 1 BY workspace, {place})""",
        seen,
        f"WITH corrected AS (SELECT * FROM <vote_corrections> WHERE {known} AND until > {known_at}) ",
    )


_NEVER = "toDateTime64(0, 3, 'UTC')"
_LAST_VOTE = f"if(said != 0, occurred_at, {_NEVER}) AS last_vote_at"
"""When a vote that names the post was cast, whatever it counts for."""


def net(seen: str, counts: str = "") -> str:
    """What a change adds to up, down, importance and weight; where a condition is given, only where that holds."""
    columns = (
        "toInt64(value_after = 1) - toInt64(value_before = 1)",
        "toInt64(value_after = -1) - toInt64(value_before = -1)",
        "if(value_after = 1, toInt64(importance_after), 0) - if(value_before = 1, toInt64(importance_before), 0)",
        f"if(value_after = 1, exp2(-{age(seen, 'since_after')}), 0.)"
        f" - if(value_before = 1, exp2(-{age(seen, 'since_before')}), 0.)",
    )
    return ",\n    ".join(
        f"{f'if({counts}, {column}, 0)' if counts else column} AS {name}"
        for column, name in zip(columns, ("up", "down", "importance", "weight"), strict=True)
    )


def _summed(changes: str, seen: str, common: str = "") -> str:
    """Changes added up for each post."""
    return f"""{common}SELECT workspace, post, toUInt64(sum(net.up)) AS up, toUInt64(sum(net.down)) AS down,
  toUInt64(sum(net.importance)) AS importance,
  if(sum(net.up) > 0 AND sum(net.weight) > 0, log2(sum(net.weight)) + {half_lives(seen)}, 0.) AS trend,
  max(net.last_vote_at) AS last_vote_at
FROM (
  SELECT workspace, post, up, down, importance, weight, last_vote_at FROM ({changes}
  )
) AS net
GROUP BY workspace, post"""


def _seen_from(at: str) -> str:
    """From where weights are written down. Any moment gives the same trend, but from far ahead no digits are left."""
    return f"least({at}, now64(3, 'UTC'))"


def age(at: str, moment: str) -> str:
    """Half-lives from a moment to `at`: both are SQL of type DateTime64."""
    return f"(toUnixTimestamp64Milli({at}) - toUnixTimestamp64Milli({moment})) / {HALF_LIFE}"


def half_lives(at: str) -> str:
    """Half-lives since 2000."""
    return f"(toUnixTimestamp64Milli({at}) - {EPOCH}) / {HALF_LIFE}"
