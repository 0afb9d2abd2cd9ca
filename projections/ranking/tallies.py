"""A post's tally, as SQL: from the partial tallies of the partitions, from months and changes, or from the history.

Each function gives a subquery with the columns `workspace, post, up, down, importance, trend, last_vote_at`; `trend` is
in half-lives since 2000, 0 where no up-vote stands; `last_vote_at` is 1970 where none was ever cast.
"""

from projections.votes.trend import EPOCH, HALF_LIFE

_MOMENTS = ("month", "since_after", "since_before")


def live(*, where: str = "1") -> str:
    """What stands now."""
    return f"SELECT workspace, post, up, down, importance, trend, last_vote_at FROM <standings> WHERE {where}"


def as_of(at: str, *, where: str = "1") -> str:
    """What stood at a moment, by when things happened: the months before, and the changes of the moment's own month.

    `at` is an SQL expression of type DateTime64(3, 'UTC').
    """
    seen = _seen_from(at)
    since_month, after, before = (_age(seen, f"toDateTime64({moment}, 3, 'UTC')") for moment in _MOMENTS)
    return f"""SELECT workspace, post, toUInt64(sum(net.up)) AS up, toUInt64(sum(net.down)) AS down,
  toUInt64(sum(net.importance)) AS importance,
  if(sum(net.up) > 0 AND sum(net.weight) > 0, log2(sum(net.weight)) + {_half_lives(seen)}, 0.) AS trend,
  max(net.last_vote_at) AS last_vote_at
FROM (
  SELECT workspace, post, up, down, importance, trend * exp2(-{since_month}) AS weight, last_vote_at
  FROM <tally_periods> WHERE {where} AND month < toStartOfMonth({at})
  UNION ALL
  SELECT workspace, post, toInt64(value_after = 1) - toInt64(value_before = 1),
    toInt64(value_after = -1) - toInt64(value_before = -1),
    if(value_after = 1, toInt64(importance_after), 0) - if(value_before = 1, toInt64(importance_before), 0),
    if(value_after = 1, exp2(-{after}), 0.) - if(value_before = 1, exp2(-{before}), 0.),
    if(value_after != 0, occurred_at, toDateTime64(0, 3, 'UTC'))
  FROM <vote_timeline> WHERE {where} AND occurred_at >= toDateTime64(toStartOfMonth({at}), 3, 'UTC')
    AND occurred_at <= {at}
) AS net
GROUP BY workspace, post"""


def as_known(at: str, known_at: str, *, where: str = "1") -> str:
    """What was believed at `known_at` to stand at `at`: each vote's timeline, of what was recorded by then."""
    seen = _seen_from(at)
    weight = f"sumIf(exp2(-{_age(seen, 'since')}), value = 1)"
    return f"""SELECT workspace, post, countIf(value = 1) AS up, countIf(value = -1) AS down,
  toUInt64(sumIf(vote.importance, value = 1)) AS importance,
  if({weight} > 0, log2({weight}) + {_half_lives(seen)}, 0.) AS trend,
  max(last_cast) AS last_vote_at
FROM (
  SELECT workspace, post, person,
    arraySort(groupArray((occurred_at, `offset`, value_after, importance_after))) AS timeline,
    timeline[-1].3 AS value, timeline[-1].4 AS importance,
    timeline[arrayLastIndex(change -> change.3 != value, timeline) + 1].1 AS since,
    maxIf(occurred_at, value_after != 0) AS last_cast
  FROM <vote_timeline>
  WHERE {where} AND occurred_at <= {at} AND recorded_at <= {known_at}
  GROUP BY workspace, post, person
) AS vote
GROUP BY workspace, post"""


def _seen_from(at: str) -> str:
    """From where weights are written down. Any moment gives the same trend, but from far ahead no digits are left."""
    return f"least({at}, now64(3, 'UTC'))"


def _age(at: str, moment: str) -> str:
    """Half-lives from a moment to `at`."""
    return f"(toUnixTimestamp64Milli({at}) - toUnixTimestamp64Milli({moment})) / {HALF_LIFE}"


def _half_lives(at: str) -> str:
    return f"(toUnixTimestamp64Milli({at}) - {EPOCH}) / {HALF_LIFE}"
