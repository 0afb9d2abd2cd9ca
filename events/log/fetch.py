"""What aiokafka fetched, as record batches: columns, with the exact range of offsets that they cover.

`getmany` makes a frozen dataclass of every record, at some five times the price of reading its fields into columns, and
does not say which offsets it covered. A batch that knows its `[start, end)` lets its reader tell a hole from
compaction. So this takes the fetched bytes out of aiokafka's `Fetcher` where `getmany` would. What it relies on there
is pinned by `tests/events/log/test_fetch.py`.
"""

import asyncio
from collections.abc import Collection, Iterable
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer.fetcher import Fetcher as KafkaFetcher
from aiokafka.consumer.fetcher import FetchError, FetchResult, PartitionRecords
from aiokafka.errors import ConsumerStoppedError, CorruptRecordException
from aiokafka.record.default_records import DefaultRecord
from aiokafka.record.memory_records import MemoryRecords

from events import tracing
from events.log.batch import RecordBatch

MAX_RECORDS = 20_000
"""How many records one fetch hands out, give or take the Kafka batch that exceeds it."""

FETCH_OPTIONS: dict[str, object] = {
    "fetch_max_bytes": 8 * 1024 * 1024,
    "fetch_max_wait_ms": 250,
    # A hole must be seen, not jumped over: an offset that the log does not have is an error.
    "auto_offset_reset": "none",
    "enable_auto_commit": False,
}
"""Keyword arguments of every consumer that is read with `fetch`."""

_WAIT_SECONDS = 0.05


class Fetched(NamedTuple):
    """A batch, and where its partition ended when it was fetched."""

    batch: RecordBatch
    log_end: int


async def fetch(
    consumer: AIOKafkaConsumer,
    partitions: Collection[TopicPartition],
    *,
    timeout: float,  # noqa: ASYNC109 - nothing is cancelled: it returns what there is
    max_records: int = MAX_RECORDS,
) -> list[Fetched]:
    """The next batches of these partitions, at most one each; nothing after `timeout` seconds.

    Returns at once, and empty, while the group reassigns partitions: whoever reassigns may be waiting for us.

    Raises:
        ConsumerStoppedError: once the consumer is stopped.
        OffsetOutOfRangeError: if the log does not hold the position that is to be read.
        KafkaError: for what Kafka refuses; the same call may be tried again.
    """
    fetcher, subscriptions = consumer._fetcher, consumer._subscription
    deadline = asyncio.get_running_loop().time() + timeout
    wanted = frozenset(partitions)
    with subscriptions.fetch_context():  # to aiokafka we are polling, even where there is nothing to poll
        while True:
            if consumer._closed or fetcher._closed:
                raise ConsumerStoppedError
            if not wanted or subscriptions.reassignment_in_progress:
                await asyncio.sleep(min(timeout, _WAIT_SECONDS))
                return []
            batches = _take(fetcher, wanted, max_records)
            left = deadline - asyncio.get_running_loop().time()
            if batches or left <= 0:
                return batches
            waiter = fetcher._create_fetch_waiter()
            done, _ = await asyncio.wait([waiter], timeout=left)
            if not done:
                waiter.cancel()
                return []
            waiter.result()  # raises what the group's coordinator could not solve


async def hold(consumer: AIOKafkaConsumer, seconds: float) -> None:
    """Take nothing for so long, and stay in the group: to aiokafka we are polling."""
    with consumer._subscription.fetch_context():
        await asyncio.sleep(seconds)


def _take(fetcher: KafkaFetcher, partitions: frozenset[TopicPartition], max_records: int) -> list[Fetched]:
    taken: list[Fetched] = []
    for partition in list(fetcher._records):
        if partition not in partitions:
            if not fetcher._subscriptions.is_assigned(partition):
                del fetcher._records[partition]
            continue
        result = fetcher._records[partition]
        if isinstance(result, FetchError):
            if taken:
                break  # hand out these first; the error comes with the next call
            _discard(fetcher, partition)
            result.check_raise()
        fetched = _read(fetcher, partition, result, max_records)
        if fetched is not None:
            taken.append(fetched)
            max_records -= len(fetched.batch)
            if max_records <= 0:
                break
    return taken


def _discard(fetcher: KafkaFetcher, partition: TopicPartition) -> None:
    del fetcher._records[partition]
    fetcher._notify(fetcher._wait_consume_future)  # asks for more


def _read(fetcher: KafkaFetcher, partition: TopicPartition, result: FetchResult, max_records: int) -> Fetched | None:
    if not result.check_assignment(partition):
        _discard(fetcher, partition)
        return None
    records: PartitionRecords = result._partition_records
    try:
        batch = _columns(partition, records, max_records)
    except CorruptRecordException:
        _discard(fetcher, partition)  # is fetched again
        raise
    result._update_position()
    if not records._records.has_next():
        _discard(fetcher, partition)
    return Fetched(batch, result._assignment.state_value(partition).highwater)


def _columns(partition: TopicPartition, records: PartitionRecords, max_records: int) -> RecordBatch:
    """Read whole Kafka batches until there are enough records, and move `next_fetch_offset` behind them."""
    start = end = records.next_fetch_offset
    offsets: list[int] = []
    timestamps: list[int] = []
    keys: list[bytes | None] = []
    values: list[bytes | None] = []
    traceparents: dict[int, bytes] = {}
    fetched = records._records
    while fetched.has_next() and len(offsets) < max_records:
        kafka_batch = fetched.next_batch()
        if not kafka_batch.validate_crc():
            if end == start:
                raise CorruptRecordException(f"{partition.topic}/{partition.partition} from offset {start} on")
            records._records = MemoryRecords(b"")  # hand out what is whole; the rest is fetched again
            break
        if not kafka_batch.is_control_batch:
            rows = [record for record in kafka_batch if record.offset >= start]
            offsets += [record.offset for record in rows]
            timestamps += [record.timestamp for record in rows]
            keys += [record.key for record in rows]
            values += [record.value for record in rows]
            if tracing.on():
                traceparents |= _traceparents(rows)
        # Known from the batch's header, even where its last records were compacted away.
        end = kafka_batch.next_offset
    records.next_fetch_offset = end
    return RecordBatch(
        partition.topic, partition.partition, start, end, offsets, timestamps, keys, values, traceparents
    )


def _traceparents(records: Iterable[DefaultRecord]) -> dict[int, bytes]:
    found = ((record.offset, tracing.traceparent(record.headers)) for record in records)
    return {offset: parent for offset, parent in found if parent is not None}
