"""The change feed: the events of a workspace after a position, in order within each partition."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from events.position import Partition
from events.times import Millis
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify


class FeedEvent(NamedTuple):
    """One event and where it stands, `place` among its record's; `data` is JSON text, times are in milliseconds."""

    topic: str
    partition: int
    offset: int
    place: int
    type: str
    id: str
    occurred_at: Millis
    recorded_at: Millis
    subject: str
    actor: str
    data: str


FEW_RECORDS = 500_000
"""Up to so many records one scan is the faster way; beyond, each partition is read in order up to its limit."""

_COLUMNS = "topic, partition, `offset`, `index`, type, id, occurred_at, recorded_at, subject, actor, data"
_ORDER = "recorded_at, topic, partition, `offset`"


def feed_query(database: str, workspace: str, after: Mapping[Partition, int], *, limit: int, behind: int) -> Query:
    """The first events of these partitions from their next offsets on, merged by when they were recorded.

    Rows of `FeedEvent`: `limit` of them, and more only where the last record holds further events, so that a record is
    never parted. Append times grow within a partition, so the merge keeps each partition's order. `behind` is how many
    records there are about (of all workspaces).
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "limit": limit}
    conditions = []
    for number, (partition, offset) in enumerate(sorted(after.items())):
        parameters |= {f"topic{number}": partition.topic, f"partition{number}": partition.partition}
        parameters[f"offset{number}"] = offset
        conditions.append(
            f"(topic = {{topic{number}:String}} AND partition = {{partition{number}:UInt16}} "
            f"AND `offset` >= {{offset{number}:UInt64}})"
        )
    events = _in_one_scan(conditions) if behind <= FEW_RECORDS else _by_partition(conditions)
    sql = f"""SELECT topic, partition, `offset`, `index`, type, id, toUnixTimestamp64Milli(occurred_at) AS occurred,
  toUnixTimestamp64Milli(recorded_at) AS recorded, subject, actor, data
FROM (
  SELECT {_COLUMNS} FROM ({events})
  ORDER BY {_ORDER} LIMIT {{limit:UInt32}} WITH TIES
)
ORDER BY {_ORDER}, `index`"""
    return Query(qualify(sql, database), parameters)


def _in_one_scan(conditions: Sequence[str]) -> str:
    return f"SELECT {_COLUMNS} FROM <events> WHERE workspace = {{workspace:String}} AND ({' OR '.join(conditions)})"


def _by_partition(conditions: Sequence[str]) -> str:
    """Each in the order of the table's key, which stops reading at the limit."""
    parts = (
        f"SELECT * FROM (SELECT {_COLUMNS} FROM <events> WHERE workspace = {{workspace:String}} AND {condition} "
        "ORDER BY `offset` LIMIT {limit:UInt32} WITH TIES)"
        for condition in conditions
    )
    return "\n  UNION ALL ".join(parts)
