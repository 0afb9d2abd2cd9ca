"""The stable views of votes, for analysts and for our own queries."""

from projections.clickhouse.schema import StableView
from projections.votes.changes import BUDGET, MERGED, UNMERGED

_CHANGE = f"""multiIf(cause = {MERGED}, 'carried', cause = {UNMERGED}, 'returned',
    waiting != 0 AND value_after = 0, 'waiting', cause = {BUDGET} AND value_before = 0, 'counted',
    value_after = 0, 'withdrawn', value_before = 0, 'cast', 'changed')"""
"""What a row of history is called."""

VIEWS = (
    StableView(
        "votes",
        """SELECT workspace, post, person, value, importance, since, recorded_at, by, via
FROM <votes_table> FINAL
WHERE value != 0""",
    ),
    StableView(
        "votes_waiting",
        """SELECT workspace, post, person, waiting AS value, importance, since, recorded_at, by, via
FROM <votes_table> FINAL
WHERE waiting != 0""",
    ),
    StableView(
        "vote_standings",
        """SELECT workspace, post, person, value, importance, since, recorded_at, by, waiting, via
FROM <votes_table> FINAL
WHERE value != 0 OR waiting != 0""",
    ),
    StableView(
        "vote_history",
        f"""SELECT workspace, post, person,
  {_CHANGE} AS change,
  value_before, value_after, importance_before, importance_after,
  occurred_at, recorded_at, event_id, partition, `offset`, by, waiting, via
FROM <vote_history_table> FINAL
WHERE value_before != value_after OR importance_before != importance_after OR waiting != 0""",
    ),
    StableView(
        "vote_timeline",
        """SELECT workspace, post, person, occurred_at, partition, `offset`, recorded_at, event_id, by,
  value_before, value_after, importance_before, importance_after, since_before, since_after,
  said, waiting, cause, via
FROM <vote_history_table> FINAL""",
    ),
    StableView(
        "vote_corrections",
        """SELECT workspace, post, person, occurred_at, partition, `offset`, recorded_at, until,
  value_before, value_after, importance_before, importance_after, since_before, since_after
FROM <vote_corrections_table> FINAL""",
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
