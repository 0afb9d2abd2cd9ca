"""The stable views of votes, for analysts and for our own queries."""

from projections.clickhouse.schema import StableView

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
        "SELECT workspace, post, up, down, importance, trend, last_vote_at FROM <standings_table> FINAL",
    ),
    StableView(
        "tally_periods",
        """SELECT workspace, post, partition, month, up, down, importance, trend, last_vote_at
FROM <tally_periods_table> FINAL""",
    ),
)
