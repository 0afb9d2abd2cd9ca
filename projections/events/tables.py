"""The table of events and its stable view."""

from projections.clickhouse.schema import StableView
from projections.table import Table

EVENT_LOG = Table(
    name="event_log",
    columns={
        "workspace": "String",
        "topic": "LowCardinality(String)",
        "partition": "UInt16",
        "offset": "UInt64",
        "index": "UInt16",
        "type": "LowCardinality(String)",
        "id": "String",
        "occurred_at": "DateTime64(3, 'UTC')",
        "recorded_at": "DateTime64(3, 'UTC')",
        "subject": "String",
        "actor": "String",
        "data": "String CODEC(ZSTD(1))",
        "version": "UInt64",
    },
    key=("workspace", "topic", "partition", "offset", "index"),
    partition_by="toYYYYMM(recorded_at)",
    sharded_by=("workspace", "topic", "partition", "offset"),
)
"""One event. `index` counts the events of one record: a commit may hold several. An event never changes, so the version
is always 0: it is there for the rule that every table has one."""

VIEWS = (
    StableView(
        "events",
        """SELECT workspace, topic, partition, `offset`, `index`, type, id, occurred_at, recorded_at, subject,
  multiIf(actor != '', actor, JSONHas(data, 'by'), JSONExtractString(data, 'by'),
    JSONExtractString(data, 'person')) AS actor,
  data
FROM <event_log_table> FINAL""",
    ),
)
