"""The tables of deliveries, and their stable views."""

from projections.clickhouse.schema import StableView
from projections.table import Table

_TIME = "DateTime64(3, 'UTC')"

ATTEMPTS = Table(
    name="delivery_attempts",
    columns={
        "workspace": "String",
        "webhook": "String",
        "at": _TIME,
        "message": "String",
        "type": "LowCardinality(String)",
        "event_id": "String",
        "subject": "String",
        "topic": "LowCardinality(String)",
        "partition": "UInt16",
        "offset": "UInt64",
        "index": "UInt16",
        "attempt": "UInt32",
        "outcome": "LowCardinality(String)",
        "status": "UInt16",
        "reason": "String",
        "milliseconds": "UInt32",
        "next_attempt_at": _TIME,
        "number": "UInt64",
        "version": "UInt64",
    },
    key=("workspace", "webhook", "number"),
    partition_by="toYYYYMM(at)",
    sharded_by=("workspace", "webhook"),
)
"""One attempt to deliver one event; `number` is its offset among the deliveries, and so is the version.
Where there is no next attempt, that is at 1970-01-01."""

WEBHOOK_POSITIONS = Table(
    name="webhook_positions",
    columns={
        "workspace": "String",
        "webhook": "String",
        "at": _TIME,
        "held": "UInt32",
        "data": "String",
        "version": "UInt64",
    },
    key=("workspace", "webhook"),
    sharded_by=("workspace", "webhook"),
)
"""How far a webhook has come, as it last said: `events.deliveries.ReachedData` in JSON, and how many subjects it holds
back."""

VIEWS = (
    StableView(
        "deliveries",
        """SELECT workspace, webhook, at, message, type, event_id, subject, topic, partition, `offset`, `index`,
  attempt, outcome, status, reason, milliseconds,
  nullIf(next_attempt_at, toDateTime64(0, 3, 'UTC')) AS next_attempt_at, number
FROM <delivery_attempts_table> FINAL""",
    ),
    StableView(
        "webhook_positions",
        "SELECT workspace, webhook, at, held, data FROM <webhook_positions_table> FINAL",
    ),
)
