"""The tables of votes."""

from projections.table import Derived, Table

_TIME = "DateTime64(3, 'UTC')"

VOTES = Table(
    name="votes",
    columns={
        "workspace": "String",
        "post": "String",
        "person": "String",
        "value": "Int8",
        "importance": "UInt8",
        "since": _TIME,
        "recorded_at": _TIME,
        "by": "String",
        "waiting": "Int8",
        "via": "String",
        "version": "UInt64",
    },
    key=("workspace", "post", "person"),
    indexes=("INDEX person person TYPE bloom_filter(0.01) GRANULARITY 1",),
)
"""A person's standing on a post, the last one; withdrawn ones have value 0. The version is an offset.

`waiting` is the value of a vote that stands and does not count, over its board's budget (`importance` and `since` are
that vote's then); `via` the merged post that the vote was given on, where it is another one.
"""

VOTE_HISTORY = Table(
    name="vote_history",
    columns={
        "workspace": "String",
        "post": "String",
        "person": "String",
        "partition": "UInt16",
        "offset": "UInt64",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "event_id": "String",
        "by": "String",
        "value_before": "Int8",
        "value_after": "Int8",
        "importance_before": "UInt8",
        "importance_after": "UInt8",
        "since_before": _TIME,
        "since_after": _TIME,
        "said": "Int8",
        "waiting": "Int8",
        "cause": "UInt8",
        "via": "String",
        "version": "UInt64",
    },
    key=("workspace", "post", "occurred_at", "partition", "offset", "person"),
    partition_by="toYYYYMM(occurred_at)",
)
"""One event's change to what counts of one vote; one that changed nothing has equal sides.

A late neighbour, or a ruling that comes late, restates it. `said` is the value that the event itself gave to this post,
0 where it is no vote on it; `cause` why it changed, as in `projections.votes.changes`; `waiting` and `via` as above.
"""

VOTE_CORRECTIONS = Table(
    name="vote_corrections",
    columns={
        "workspace": "String",
        "post": "String",
        "person": "String",
        "partition": "UInt16",
        "offset": "UInt64",
        "until": _TIME,
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "value_before": "Int8",
        "value_after": "Int8",
        "importance_before": "UInt8",
        "importance_after": "UInt8",
        "since_before": _TIME,
        "since_after": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "post", "occurred_at", "partition", "offset", "person", "until"),
    partition_by="toYYYYMM(occurred_at)",
    remade=False,
)
"""What a row of history said `until` something was recorded that made it say otherwise: what was believed before.

A fold from the start takes a dead letter that was retried in its place, and then nothing else was ever believed.
"""

TALLIES = Table(
    name="tallies",
    columns={
        "workspace": "String",
        "post": "String",
        "partition": "UInt16",
        "up": "UInt64",
        "down": "UInt64",
        "importance": "UInt64",
        "trend": "Float64",
        "last_vote_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "post", "partition"),
)
"""A post's partial tally in one partition. `trend` is in half-lives since 2000; 0 where no up-vote stands."""

TALLY_PERIODS = Table(
    name="tally_periods",
    columns={
        "workspace": "String",
        "post": "String",
        "partition": "UInt16",
        "month": "Date",
        "up": "Int64",
        "down": "Int64",
        "importance": "Int64",
        "trend": "Float64",
        "last_vote_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "month", "post", "partition"),
)
"""A post's net change in one partition and one month of occurrence; `trend` is as seen from the month's beginning."""

_TRENDS = "arraySort(groupArrayIf(part.trend, part.up > 0))"
_TREND = f"if(empty({_TRENDS}), 0., log2(arraySum(x -> exp2(x - {_TRENDS}[-1]), {_TRENDS})) + {_TRENDS}[-1])"
"""log2 of the sum of 2^trend over the partitions, added in ascending order: the same parts give the same last bit."""

STANDINGS = Derived(
    name="standings",
    source=TALLIES,
    columns={name: kind for name, kind in TALLIES.columns.items() if name != "partition"},
    key=("workspace", "post"),
    select=f"""workspace, post, sum(part.up) AS up, sum(part.down) AS down, sum(part.importance) AS importance,
  {_TREND} AS trend, max(part.last_vote_at) AS last_vote_at, sum(part.version + 1) AS version""",
)
"""A post's tally: its partial tallies added up, so that a ranking reads one row a post and not one a partition.

The version is the sum of the parts' next offsets, which grows with each of them.
"""
