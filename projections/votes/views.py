"""The stable views of votes, for analysts and for our own queries."""

from projections.clickhouse.schema import StableView

_TRENDS = (
    "arraySort(arrayFilter(x -> x > 0, "
    "arrayMap(part -> reinterpretAsFloat64(toUInt64(part)), mapValues(stored.trend))))"
)
_TREND = f"if(empty({_TRENDS}), 0., log2(arraySum(x -> exp2(x - {_TRENDS}[-1]), {_TRENDS})) + {_TRENDS}[-1])"
"""log2 of the sum of 2^trend over the partitions, added in ascending order: the same parts give the same last bit."""

VIEWS = (
    StableView(
        "votes",
        """SELECT workspace, post, person, value, importance, since, recorded_at, by
FROM <votes_table> FINAL
WHERE value != 0""",
    ),
    StableView(
        "vote_history",
        """SELECT workspace, post, person,
  multiIf(value_after = 0, 'withdrawn', value_before = 0, 'cast', 'changed') AS change,
  value_before, value_after, importance_before, importance_after,
  occurred_at, recorded_at, event_id, partition, `offset`, by
FROM <vote_history_table> FINAL
WHERE value_before != value_after OR importance_before != importance_after""",
    ),
    StableView(
        "vote_timeline",
        """SELECT workspace, post, person, occurred_at, partition, `offset`, recorded_at, event_id, by,
  value_before, value_after, importance_before, importance_after, since_before, since_after
FROM <vote_history_table> FINAL""",
    ),
    StableView(
        "tallies",
        """SELECT workspace, post, partition, up, down, importance, trend, last_vote_at
FROM <tallies_table> FINAL""",
    ),
    StableView(
        "standings",
        f"""SELECT workspace, post,
  arraySum(part -> toUInt64(bitShiftRight(toUInt64(part), 32)), mapValues(votes)) AS up,
  arraySum(part -> toUInt64(bitAnd(toUInt64(part), 4294967295)), mapValues(votes)) AS down,
  arraySum(part -> toUInt64(part), mapValues(stored.importance)) AS importance,
  {_TREND} AS trend,
  fromUnixTimestamp64Milli(toInt64(arrayMax(part -> toUInt64(part), mapValues(stored.last_vote_at))), 'UTC')
    AS last_vote_at
FROM <standings_table> AS stored FINAL""",
    ),
    StableView(
        "tally_periods",
        """SELECT workspace, post, partition, month, up, down, importance, trend, last_vote_at
FROM <tally_periods_table> FINAL""",
    ),
)
