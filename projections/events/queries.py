"""The change feed: the events of a workspace after a position, in order within each partition."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from events.domain.webhooks.types import is_of
from events.position import Partition
from events.retries import RETRIED_TYPE
from events.times import Millis
from events.visibility import INTERNAL_SQL, is_internal
from projections.clickhouse.query import Query
from projections.clickhouse.schema import qualify
from projections.comments.taken_back import SAID_SQL


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


class Wanted(NamedTuple):
    """Which events somebody is to see.

    `types` are event types or what they begin with, up to a dot; none: every type. `internal` is whether what is not
    for the public is among them. `subject` narrows to what is about one thing. `webhook` is the webhook that asks, if
    one does: what concerns webhooks and keys is not sent to any, but its own tests are, and so is what a retry may
    carry.
    """

    types: Sequence[str] = ()
    internal: bool = True
    subject: str | None = None
    webhook: str | None = None

    def includes(self, type: str, data: str) -> bool:
        """Whether an event of this type and these data (JSON) is among them, whatever it is about."""
        hidden = (*_MATTERS_OF_OURS, *(() if self.webhook is None else _FOR_ADMINISTRATION))
        if type.startswith(hidden) or (self.types and not any(is_of(type, each) for each in self.types)):
            return False
        return self.internal or not (type.startswith(_INTERNAL) or is_internal(data))


EVERYTHING = Wanted()

FEW_RECORDS = 500_000
"""Up to so many records one scan is the faster way; beyond, each partition is read in order up to its limit."""

TESTED_TYPE = "groundswell.webhook.tested.v1"
_COLUMNS = "topic, partition, `offset`, `index`, type, id, occurred_at, recorded_at, subject, actor, data"
_ORDER = "recorded_at, topic, partition, `offset`"
_MATTERS_OF_OURS = ("groundswell.ruling.",)
"""What our own services tell each other by way of the log: nobody's business but theirs."""
_FOR_ADMINISTRATION = ("groundswell.webhook.", "groundswell.key.", "groundswell.workspace.")
_INTERNAL = ("groundswell.webhook.", "groundswell.roadmap.", "groundswell.release.")

Parameters = dict[str, str | int]


def feed_query(
    database: str,
    workspace: str,
    after: Mapping[Partition, int],
    *,
    limit: int,
    behind: int,
    before: Mapping[Partition, int] | None = None,
    wanted: Wanted = EVERYTHING,
) -> Query:
    """The first events of these partitions from their next offsets on, merged by when they were recorded.

    Rows of `FeedEvent`: `limit` of them, and more only where the last record holds further events, so that a record is
    never parted. Append times grow within a partition, so the merge keeps each partition's order. `behind` is how many
    records there are about (of all workspaces). With `before`, only what stands before these offsets. What deleted
    comments said is left out.
    """
    parameters: Parameters = {"workspace": workspace, "limit": limit}
    conditions = []
    for number, (partition, offset) in enumerate(sorted(after.items())):
        parameters |= {f"topic{number}": partition.topic, f"partition{number}": partition.partition}
        parameters[f"offset{number}"] = offset
        condition = (
            f"topic = {{topic{number}:String}} AND partition = {{partition{number}:UInt16}} "
            f"AND `offset` >= {{offset{number}:UInt64}}"
        )
        if before is not None:
            parameters[f"before{number}"] = before.get(partition, 0)
            condition += f" AND `offset` < {{before{number}:UInt64}}"
        conditions.append(f"({condition})")
    which = " AND ".join(_which(wanted, parameters))
    events = _in_one_scan(conditions, which) if behind <= FEW_RECORDS else _by_partition(conditions, which)
    sql = f"""SELECT topic, partition, `offset`, `index`, type, id, toUnixTimestamp64Milli(occurred_at) AS occurred,
  toUnixTimestamp64Milli(recorded_at) AS recorded, subject, actor, {SAID_SQL} AS data
FROM (
  SELECT {_COLUMNS} FROM ({events})
  ORDER BY {_ORDER} LIMIT {{limit:UInt32}} WITH TIES
)
ORDER BY {_ORDER}, `index`"""
    return Query(qualify(sql, database), parameters)


def recorded_query(database: str, workspace: str, partition: Partition, offset: int) -> Query:
    """When a record of a workspace was appended, in milliseconds: one row, if it holds any event."""
    sql = """SELECT toUnixTimestamp64Milli(recorded_at) FROM <events>
WHERE workspace = {workspace:String} AND topic = {topic:String} AND partition = {partition:UInt16}
  AND `offset` = {offset:UInt64} LIMIT 1"""
    parameters: Parameters = {"workspace": workspace, "topic": partition.topic, "partition": partition.partition}
    return Query(qualify(sql, database), {**parameters, "offset": offset})


def since_query(database: str, workspace: str, since: Millis) -> Query:
    """Where a workspace's events begin that were recorded from a moment on: rows of (topic, partition, offset)."""
    sql = """SELECT topic, partition, min(`offset`) FROM <events>
WHERE workspace = {workspace:String} AND recorded_at >= fromUnixTimestamp64Milli({since:Int64})
GROUP BY topic, partition"""
    return Query(qualify(sql, database), {"workspace": workspace, "since": since})


def following(
    after: Mapping[Partition, int], reached: Mapping[Partition, int], events: Sequence[FeedEvent], limit: int
) -> dict[Partition, int]:
    """Where to go on after a page of these events that was asked for `after`, while the view had come to `reached`."""
    found = dict(after)
    if len(events) < limit:  # everything up to here was seen, also where it was another workspace's
        found = {partition: max(at, reached.get(partition, 0)) for partition, at in after.items()}
    for event in events:
        partition = Partition(event.topic, event.partition)
        found[partition] = max(found[partition], event.offset + 1)
    return found


def _which(wanted: Wanted, parameters: Parameters) -> list[str]:
    """The conditions that single events must meet; fills in their parameters."""
    hidden = list(_MATTERS_OF_OURS)
    own = []
    if wanted.webhook is not None:
        parameters |= {"tested": TESTED_TYPE, "webhook": wanted.webhook, "retried": RETRIED_TYPE}
        own = ["(type = {tested:String} AND subject = {webhook:String})", "type = {retried:String}"]
        hidden += _FOR_ADMINISTRATION
    conditions = []
    if not wanted.internal:
        hidden += _INTERNAL
        conditions.append(f"NOT {INTERNAL_SQL}")
    conditions.append(f"NOT ({' OR '.join(_begins(prefix) for prefix in dict.fromkeys(hidden))})")
    if wanted.types:
        conditions.append(f"({' OR '.join(_of_type(number, each, parameters) for number, each in _numbered(wanted))})")
    conditions = ["(" + " OR ".join((*own, f"({' AND '.join(conditions)})")) + ")"]
    if wanted.subject is not None:
        parameters["subject"] = wanted.subject
        conditions.append("subject = {subject:String}")
    return conditions


def _numbered(wanted: Wanted) -> list[tuple[int, str]]:
    return list(enumerate(wanted.types))


def _of_type(number: int, type: str, parameters: Parameters) -> str:
    parameters[f"type{number}"] = type
    parameters[f"types{number}"] = f"{type}."
    return f"type = {{type{number}:String}} OR startsWith(type, {{types{number}:String}})"


def _begins(prefix: str) -> str:
    return f"startsWith(type, '{prefix}')"


def _in_one_scan(conditions: Sequence[str], which: str) -> str:
    return (
        f"SELECT {_COLUMNS} FROM <events> WHERE workspace = {{workspace:String}} AND ({' OR '.join(conditions)}) "
        f"AND {which}"
    )


def _by_partition(conditions: Sequence[str], which: str) -> str:
    """Each in the order of the table's key, which stops reading at the limit."""
    parts = (
        f"SELECT * FROM (SELECT {_COLUMNS} FROM <events> WHERE workspace = {{workspace:String}} AND {condition} "
        f"AND {which} ORDER BY `offset` LIMIT {{limit:UInt32}} WITH TIES)"
        for condition in conditions
    )
    return "\n  UNION ALL ".join(parts)
