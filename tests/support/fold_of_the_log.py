"""The yardstick of every fault: what is in ClickHouse equals the fold of the log.

The whole log is read from Kafka, folded in memory by the same runner that the projector runs (nothing is killed or
away here), and compared with ClickHouse's tables of a generation, row by row.
"""

import asyncio
import logging
import math
import threading
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from events.log.batch import RecordBatch
from events.log.opening import open_log
from events.log.reader import end_offsets, read
from events.log.topics import DEAD_LETTERS, Topics, topic_name
from events.position import Partition
from events.refusals import RefusedData, decode_refusal
from events.settings import KafkaSettings
from projections.catalog import FIRST_GENERATION, PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from projections.events.tables import EVENT_LOG
from projections.fold import Projection, Row, topics_read
from projections.table import Table
from projections.votes.tables import STANDINGS, TALLIES
from services.projector.memory import MemoryDeadLetters, MemoryStores, MemoryView
from services.projector.runner import Runner
from tests.support.polling import POLL

T = TypeVar("T")
Tables = Mapping[str, Mapping[Row, Row]]
Refused = frozenset[tuple[str, str, int, int]]
"""Projection, topic, partition and offset of each record that was refused."""

SHOWN = 5
_NO_DATABASE_OR_TABLE = ("60", "81")


def in_own_loop(work: Coroutine[object, object, T]) -> T:
    """Run a coroutine to its end in a thread of its own: tests of faults block, and their clients do not."""
    answer: list[T] = []
    raised: list[BaseException] = []

    def run() -> None:
        try:
            answer.append(asyncio.run(work))
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if raised:
        raise raised[0]
    return answer[0]


@dataclass(frozen=True)
class WholeLog:
    """Everything on the topics that projections read, and where those end."""

    topics: Topics
    ends: Mapping[Partition, int]
    batches: Sequence[RecordBatch]


@dataclass(frozen=True)
class Folded:
    """What follows from a log."""

    tables: Tables
    refused: Refused
    progress: Mapping[tuple[str, Partition], int]

    @property
    def event_ids(self) -> set[object]:
        """The ids of all events that the log holds."""
        at = list(EVENT_LOG.columns).index("id")
        return {row[at] for row in self.tables[EVENT_LOG.name].values()}


async def log_ends(kafka: KafkaSettings, topics: Topics) -> Mapping[Partition, int]:
    """Where the partitions that projections read end now."""
    return await end_offsets(kafka, topics.partitions_of(topics_read(PROJECTIONS)))


async def read_whole_log(kafka: KafkaSettings) -> WholeLog:
    """All of it, up to where it ends now."""
    topics = await open_log(kafka, wait_seconds=60)
    ends = await log_ends(kafka, topics)
    batches = [batch async for batch in read(kafka, dict.fromkeys(ends, 0), ends)]
    return WholeLog(topics, ends, batches)


async def read_dead_letters(kafka: KafkaSettings) -> list[RefusedData]:
    """All dead letters; one may be there more than once. Notes that one was retried are passed over."""
    partition = Partition(topic_name(kafka.topic_prefix, DEAD_LETTERS), 0)
    ends = await end_offsets(kafka, [partition])
    return [
        decode_refusal(value or b"").data
        async for batch in read(kafka, {partition: 0}, ends)
        for value in batch.values
        if b"groundswell.record.retry-appended.v1" not in (value or b"")
    ]


def fold(log: WholeLog) -> Folded:
    """Fold a log in memory with every projection there is."""
    logger = logging.getLogger("services.projector")
    level = logger.level
    logger.setLevel(logging.ERROR)  # that it refuses records is looked at, and need not be read
    try:
        return _fold(log)
    finally:
        logger.setLevel(level)


def _fold(log: WholeLog) -> Folded:
    tables: dict[str, Mapping[Row, Row]] = {}
    refused: set[tuple[str, str, int, int]] = set()
    progress: dict[tuple[str, Partition], int] = {}
    for projection in PROJECTIONS:
        view, letters = MemoryView(), MemoryDeadLetters()
        runner = Runner(projection, view, MemoryStores(), letters, log.topics.epoch, partition_count=log.topics.count)
        for partition in log.topics.partitions_of(projection.topics):
            runner.open(partition)
        for batch in log.batches:
            runner.feed(batch)
            runner.flush()
        for table in projection.tables:
            tables[table.name] = {_plain(key): _plain(row) for key, row in view.tables.get(table.name, {}).items()}
        refused |= {(projection.name, *position) for position in letters.letters}
        progress |= {(projection.name, at.partition): at.next_offset for at in view.progress.values()}
    return Folded(tables, frozenset(refused), progress)


def read_progress(
    clickhouse: ClickHouseSettings, generation: int = FIRST_GENERATION
) -> Mapping[tuple[str, Partition], int]:
    """How far ClickHouse says that it has come, by projection and partition; nowhere while there is no database.

    Raises:
        httpx.TransportError: while ClickHouse is away.
    """
    query = (
        f"SELECT projection, topic, partition, next_offset FROM {clickhouse.database}.progress "
        f"WHERE generation = {generation} FORMAT TSV"
    )
    answer = POLL.get(clickhouse.url, params={"query": query})  # quick: it is asked again and again
    if answer.headers.get("x-clickhouse-exception-code") in _NO_DATABASE_OR_TABLE:
        return {}
    answer.raise_for_status()
    rows = (line.split("\t") for line in answer.text.splitlines())
    return {(name, Partition(topic, int(partition))): int(offset) for name, topic, partition, offset in rows}


def compare(
    kafka: KafkaSettings,
    clickhouse: ClickHouseSettings,
    *,
    generation: int = FIRST_GENERATION,
    projections: Sequence[Projection] = PROJECTIONS,
    expected: Folded | None = None,
) -> Folded:
    """Fail where ClickHouse or the dead letters differ from the fold of the log; that fold, for what else is asked.

    Compared is this generation of these projections. `expected` is the fold, where it is known already.
    """
    expected = expected or fold(in_own_loop(read_whole_log(kafka)))
    with _client(clickhouse) as client:
        problems = [
            problem
            for projection in projections
            for table in projection.tables
            for problem in _differences(
                table, expected.tables[table.name], _stored(client, clickhouse, table, generation)
            )
        ]
        if any(TALLIES in projection.tables for projection in projections):
            problems += _standing_differences(expected.tables[TALLIES.name], client, clickhouse, generation)
    names = {projection.name for projection in projections}
    wanted = {place: offset for place, offset in expected.progress.items() if place[0] in names}
    found = {place: offset for place, offset in read_progress(clickhouse, generation).items() if place[0] in names}
    if found != wanted:
        problems.append(f"progress: the log gives {wanted}, ClickHouse has {found}")
    letters = in_own_loop(read_dead_letters(kafka))
    refused = frozenset((letter.projection, letter.topic, letter.partition, letter.offset) for letter in letters)
    if refused != expected.refused:
        problems.append(f"dead letters: missing {expected.refused - refused}, too many {refused - expected.refused}")
    assert not problems, "ClickHouse is not the fold of the log:\n" + "\n".join(problems)
    return expected


def _client(clickhouse: ClickHouseSettings) -> Client:
    return clickhouse_connect.get_client(
        **clickhouse.client_options(), database="default", autogenerate_session_id=False, send_receive_timeout=120
    )


def _stored(client: Client, clickhouse: ClickHouseSettings, table: Table, generation: int) -> dict[Row, Row]:
    """A table's standing rows by key; failing if a key stands twice, which FINAL must not let happen."""
    columns = ", ".join(_as_integer(name, kind) for name, kind in table.columns.items())
    query = f"SELECT {columns} FROM {clickhouse.database}.{table.stored_as(generation)} FINAL"
    names = list(table.columns)
    key_of = [names.index(name) for name in table.key]
    rows = client.query(query, column_oriented=False).result_rows
    found: dict[Row, Row] = {tuple(row[index] for index in key_of): _read(row) for row in rows}
    assert len(found) == len(rows), f"{table.name}: {len(rows) - len(found)} keys stand twice"
    return found


def _as_integer(name: str, kind: str) -> str:
    if kind.startswith("DateTime64"):
        return f"toUnixTimestamp64Milli(`{name}`)"
    return f"toInt32(`{name}`)" if kind == "Date" else f"`{name}`"


def _read(row: Sequence[object]) -> Row:
    """A row as a fold states it: arrays are tuples."""
    return tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row)


def _plain(row: Row) -> Row:
    return tuple(cell.decode() if isinstance(cell, bytes) else cell for cell in row)


def _differences(table: Table, expected: Mapping[Row, Row], found: Mapping[Row, Row]) -> Iterator[str]:
    missing, surplus = sorted(expected.keys() - found.keys()), sorted(found.keys() - expected.keys())
    other = sorted(key for key in expected.keys() & found.keys() if expected[key] != found[key])
    if not (missing or surplus or other):
        return
    yield (
        f"{table.name}: {len(expected)} rows follow from the log, {len(found)} are there; "
        f"{len(missing)} missing, {len(surplus)} too many, {len(other)} other than they should be"
    )
    yield from (f"  missing   {expected[key]}" for key in missing[:SHOWN])
    yield from (f"  too many  {found[key]}" for key in surplus[:SHOWN])
    for key in other[:SHOWN]:
        cells = zip(table.columns, expected[key], found[key], strict=True)
        yield f"  other     {key}: {[cell for cell in cells if cell[1] != cell[2]]} (column, from the log, found)"


def _standing_differences(
    tallies: Mapping[Row, Row], client: Client, clickhouse: ClickHouseSettings, generation: int
) -> Sequence[str]:
    """What ClickHouse adds up of the tallies must be what the fold's tallies add up to."""
    query = (
        "SELECT workspace, post, up, down, importance, toUnixTimestamp64Milli(last_vote_at), version, trend "
        f"FROM {clickhouse.database}.{STANDINGS.stored_as(generation)} FINAL"
    )
    found = {
        (workspace, post): (*rest, round(trend, 9)) for workspace, post, *rest, trend in client.query(query).result_rows
    }
    parts: dict[tuple[object, object], list[Row]] = {}
    for row in tallies.values():
        parts.setdefault((row[0], row[1]), []).append(row)
    expected = {key: added_up(rows) for key, rows in parts.items()}
    wrong = sorted(key for key in expected.keys() | found.keys() if expected.get(key) != found.get(key))
    return [f"standings {key}: the fold says {expected.get(key)}, derived {found.get(key)}" for key in wrong[:SHOWN]]


def added_up(rows: Sequence[Row]) -> tuple[float, ...]:
    """Up, down, importance, last vote, version and trend of all partitions together."""
    columns = list(zip(*rows, strict=True))
    up, down, importance, trends, last_votes, versions = columns[3:]
    counted = [trend for trend, count in zip(trends, up, strict=True) if count]
    most = max(counted, default=0.0)
    trend = most + math.log2(sum(2 ** (each - most) for each in counted)) if counted else 0.0
    return (sum(up), sum(down), sum(importance), max(last_votes), sum(v + 1 for v in versions), round(trend, 9))
