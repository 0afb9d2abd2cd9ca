"""Barriers: asking those who fill two generations to bring them to the same position, and to hold there for a moment.

Whoever asks enters `asked` for each of the generations; every projector that fills one enters `held` for each partition
that it has, with the offset where it stands. Where they stand apart, the one who asks enters the offset to go on to
(`target`), and the projectors hold again there. `released` ends it, and so does time, by ClickHouse's own clock: a
barrier that nobody comes back to holds nobody up.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.clickhouse.schema import BARRIERS_TABLE

HOLD_SECONDS = 10
"""How long a barrier holds at most. The group takes a projector for lost after as long a silence, not after this."""

REMEMBERED_SECONDS = 2 * HOLD_SECONDS
"""What was said earlier than this is of no barrier that still holds."""

Standing = Mapping[Partition, int]
"""The next offset of each partition."""


class Barrier(NamedTuple):
    """One that holds now: which generations of which projection, and how far each partition may go on."""

    barrier: str
    projection: str
    generations: Sequence[int]
    targets: Standing


def ask(client: Client, database: str, barrier: str, projection: str, generations: Iterable[int]) -> None:
    """Ask for it; it holds from now on."""
    _enter(client, database, [(barrier, projection, "asked", generation, "", 0, 0) for generation in generations])


def aim(client: Client, database: str, barrier: str, projection: str, targets: Standing) -> None:
    """Say how far the partitions are to go on, for those that stand before that."""
    _enter(client, database, [(barrier, projection, "target", 0, *partition, at) for partition, at in targets.items()])


def release(client: Client, database: str, barrier: str, projection: str) -> None:
    """Let everybody go on."""
    _enter(client, database, [(barrier, projection, "released", 0, "", 0, 0)])


def acknowledge(client: Client, database: str, barrier: Barrier, generation: int, standing: Standing) -> None:
    """Say where a generation stands in these partitions, with everything before it in its tables, and that it holds."""
    rows = [(barrier.barrier, barrier.projection, "held", generation, *key, at) for key, at in standing.items()]
    _enter(client, database, rows)


def held(client: Client, database: str, barrier: str, projection: str) -> Mapping[int, Standing]:
    """Where each generation stands, as far as somebody holds it."""
    rows = client.query(
        f"SELECT generation, topic, partition, next_offset FROM {database}.{BARRIERS_TABLE} FINAL "
        "WHERE `projection` = {projection:String} AND barrier = {barrier:String} AND kind = 'held'",
        parameters={"projection": projection, "barrier": barrier},
    ).result_rows
    standing: dict[int, dict[Partition, int]] = {}
    for generation, topic, partition, next_offset in rows:
        standing.setdefault(generation, {})[Partition(topic, partition)] = next_offset
    return standing


def seconds_left(client: Client, database: str, barrier: str, projection: str) -> float:
    """How long it still holds."""
    rows = client.query(
        f"SELECT {HOLD_SECONDS} - dateDiff('millisecond', min(at), now64(3, 'UTC')) / 1000 "
        f"FROM {database}.{BARRIERS_TABLE} FINAL "
        "WHERE `projection` = {projection:String} AND barrier = {barrier:String} AND kind = 'asked'",
        parameters={"projection": projection, "barrier": barrier},
    ).result_rows
    return float(rows[0][0])


def barriers(client: Client, database: str) -> Sequence[Barrier]:
    """Those that hold now."""
    rows = client.query(
        f"""SELECT barrier, `projection`, groupUniqArrayIf(generation, kind = 'asked') AS generations,
  groupArrayIf((topic, partition, next_offset), kind = 'target') AS targets
FROM {database}.{BARRIERS_TABLE} FINAL
WHERE at > now64(3, 'UTC') - INTERVAL {REMEMBERED_SECONDS} SECOND
GROUP BY barrier, `projection`
HAVING countIf(kind = 'released') = 0
  AND minIf(at, kind = 'asked') > now64(3, 'UTC') - INTERVAL {HOLD_SECONDS} SECOND AND notEmpty(generations)"""
    ).result_rows
    return [
        Barrier(row[0], row[1], sorted(row[2]), {Partition(topic, number): at for topic, number, at in row[3]})
        for row in rows
    ]


def _enter(client: Client, database: str, rows: Sequence[tuple[str, str, str, int, str, int, int]]) -> None:
    """All of them, at the time of ClickHouse's clock."""
    names = ("barrier", "projection", "kind", "generation", "topic", "partition", "next_offset")
    columns: dict[str, Sequence[object]] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    client.command(
        f"INSERT INTO {database}.{BARRIERS_TABLE} SELECT row.1, row.2, row.3, row.4, row.5, row.6, row.7, "
        "now64(3, 'UTC') FROM (SELECT arrayJoin(arrayZip("
        "{barrier:Array(String)}, {projection:Array(String)}, {kind:Array(String)}, {generation:Array(UInt32)}, "
        "{topic:Array(String)}, {partition:Array(UInt16)}, {next_offset:Array(UInt64)})) AS row)",
        parameters=columns,
    )
