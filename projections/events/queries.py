"""The change feed: the events of a workspace after a position, in order within each partition."""

from collections.abc import Mapping
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


def feed_query(database: str, workspace: str, after: Mapping[Partition, int], *, limit: int) -> Query:
    """The first events of each partition from its next offset on, merged by when they were recorded.

    Rows of `FeedEvent`: `limit` of them, and more only where the last record holds further events, so that a record is
    never parted. Append times grow within a partition, so the merge keeps each partition's order.
    """
    parameters: dict[str, str | int] = {"workspace": workspace, "limit": limit}
    parts = []
    for number, (partition, offset) in enumerate(sorted(after.items())):
        parameters |= {f"topic{number}": partition.topic, f"partition{number}": partition.partition}
        parameters[f"offset{number}"] = offset
        parts.append(
            f"""SELECT topic, partition, `offset`, `index`, type, id, occurred_at, recorded_at, subject, actor, data
  FROM <events> WHERE workspace = {{workspace:String}} AND topic = {{topic{number}:String}}
    AND partition = {{partition{number}:UInt16}} AND `offset` >= {{offset{number}:UInt64}}
  ORDER BY `offset` LIMIT {{limit:UInt32}} WITH TIES"""
        )
    union = "\n  UNION ALL\n  ".join(f"SELECT * FROM ({part})" for part in parts)
    sql = f"""SELECT topic, partition, `offset`, `index`, type, id, toUnixTimestamp64Milli(occurred_at) AS occurred,
  toUnixTimestamp64Milli(recorded_at) AS recorded, subject, actor, data
FROM (
  SELECT * FROM (
  {union}
  )
  ORDER BY recorded_at, topic, partition, `offset` LIMIT {{limit:UInt32}} WITH TIES
)
ORDER BY recorded_at, topic, partition, `offset`, `index`"""
    return Query(qualify(sql, database), parameters)
