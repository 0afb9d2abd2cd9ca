"""The tables of reactions, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Derived, Table

_TIME = "DateTime64(3, 'UTC')"
_SHARDED_BY = ("workspace", "comment")

REACTIONS = Table(
    name="reactions",
    columns={
        "workspace": "String",
        "comment": "String",
        "reaction": "LowCardinality(String)",
        "person": "String",
        "given": "UInt8",
        "since": _TIME,
        "recorded_at": _TIME,
        "version": "UInt64",
    },
    key=("workspace", "comment", "reaction", "person"),
    sharded_by=_SHARDED_BY,
)
"""Whether a person reacts to a comment in this way; a withdrawn reaction has `given` 0. The version is an offset."""

REACTION_HISTORY = Table(
    name="reaction_history",
    columns={
        "workspace": "String",
        "comment": "String",
        "reaction": "LowCardinality(String)",
        "person": "String",
        "partition": "UInt16",
        "offset": "UInt64",
        "occurred_at": _TIME,
        "recorded_at": _TIME,
        "event_id": "String",
        "given_before": "UInt8",
        "given_after": "UInt8",
        "version": "UInt64",
    },
    key=("workspace", "comment", "occurred_at", "partition", "offset"),
    sharded_by=_SHARDED_BY,
)
"""One event of one reaction; one that changed nothing has equal sides. A late neighbour restates it."""

REACTION_TOTALS = Derived(
    name="reaction_totals",
    source=REACTIONS,
    columns={
        "workspace": "String",
        "comment": "String",
        "reaction": "LowCardinality(String)",
        "count": "UInt64",
        "version": "UInt64",
    },
    key=("workspace", "comment", "reaction"),
    select="workspace, comment, reaction, sum(part.given) AS count, sum(part.version + 1) AS version",
)
"""How many persons react to a comment in this way."""

VIEWS = (
    StableView(
        "reactions",
        """SELECT workspace, comment, reaction, person, since, recorded_at
FROM <reactions_table> FINAL
WHERE given = 1""",
    ),
    StableView(
        "reaction_history",
        """SELECT workspace, comment, reaction, person, if(given_after = 1, 'given', 'withdrawn') AS change,
  occurred_at, recorded_at, event_id, partition, `offset`
FROM <reaction_history_table> FINAL
WHERE given_before != given_after""",
    ),
    StableView(
        "reaction_counts",
        "SELECT workspace, comment, reaction, count FROM <reaction_totals_table> FINAL WHERE count > 0",
    ),
)
