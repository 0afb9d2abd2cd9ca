"""What `events.log.fetch` relies on in aiokafka: these fail when an upgrade changes it."""

import asyncio
import uuid
from collections.abc import AsyncIterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.consumer.fetcher import PartitionRecords
from aiokafka.errors import ConsumerStoppedError, CorruptRecordException, OffsetOutOfRangeError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from events.log.batch import RecordBatch
from events.log.fetch import FETCH_OPTIONS, _columns, fetch, hold
from tests.support.kafka import KafkaProcess

BATCHES, IN_EACH = 6, 50


@pytest.fixture(scope="module")
async def partition(kafka: KafkaProcess) -> TopicPartition:
    """A partition of six record batches, with a control record (the third one's commit marker) somewhere after it."""
    topic = f"fetch-{uuid.uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1)])
    await admin.close()
    for number in range(BATCHES):
        transactional = f"tx-{topic}" if number == 2 else None
        producer = AIOKafkaProducer(
            bootstrap_servers=kafka.bootstrap, compression_type="zstd", transactional_id=transactional
        )
        await producer.start()
        if transactional:
            await producer.begin_transaction()
        batch = producer.create_batch()
        for index in range(IN_EACH):
            row = number * IN_EACH + index
            value = None if row == 7 else b"value-%d" % row
            assert batch.append(key=b"key-%d" % row if row != 8 else None, value=value, timestamp=None)
        await (await producer.send_batch(batch, topic, partition=0))
        if transactional:
            await producer.commit_transaction()
        await producer.stop()
    partition = TopicPartition(topic, 0)
    async with asyncio.timeout(20):
        while await log_end(kafka, partition) <= BATCHES * IN_EACH:
            await asyncio.sleep(0.1)
    return partition


async def log_end(kafka: KafkaProcess, partition: TopicPartition) -> int:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap)
    await consumer.start()
    ends = await consumer.end_offsets([partition])
    await consumer.stop()
    return int(ends[partition])


@pytest.fixture
async def consumer(kafka: KafkaProcess, partition: TopicPartition) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, **FETCH_OPTIONS)
    await consumer.start()
    consumer.assign([partition])
    yield consumer
    await consumer.stop()


async def batches(
    consumer: AIOKafkaConsumer, partition: TopicPartition, start: int, max_records: int = 1000
) -> list[RecordBatch]:
    """From `start` to the end, however they are cut."""
    end = (await consumer.end_offsets([partition]))[partition]
    consumer.seek(partition, start)
    found: list[RecordBatch] = []
    while not found or found[-1].end < end:
        found += [item.batch for item in await fetch(consumer, [partition], timeout=5, max_records=max_records)]
    return found


async def test_columns_are_what_getmany_gives(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    found = await batches(consumer, partition, 0)
    consumer.seek(partition, 0)
    records = []
    while len(records) < BATCHES * IN_EACH:
        records += (await consumer.getmany(partition, timeout_ms=5000))[partition]
    columns = [
        row for batch in found for row in zip(batch.offsets, batch.timestamps, batch.keys, batch.values, strict=True)
    ]
    assert columns == [(record.offset, record.timestamp, record.key, record.value) for record in records]


async def test_batches_follow_each_other_and_cover_control_records(
    consumer: AIOKafkaConsumer, partition: TopicPartition
) -> None:
    found = await batches(consumer, partition, 0, max_records=1)
    assert found[0].start == 0
    assert [batch.start for batch in found[1:]] == [batch.end for batch in found[:-1]]
    assert found[-1].end == BATCHES * IN_EACH + 1
    # The broker writes the marker when it comes to it, so it may stand after any of the later batches.
    offsets = {offset for batch in found for offset in batch.offsets}
    assert len(set(range(found[-1].end)) - offsets) == 1


async def test_what_exceeds_the_bound_stays_for_the_next_call(
    consumer: AIOKafkaConsumer, partition: TopicPartition
) -> None:
    found = await batches(consumer, partition, 0, max_records=IN_EACH + 1)
    assert max(map(len, found)) == 2 * IN_EACH
    assert sum(map(len, found)) == BATCHES * IN_EACH


async def test_a_seek_into_a_batch_starts_there(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    found = await batches(consumer, partition, IN_EACH + 3)
    assert (found[0].start, found[0].offsets[0]) == (IN_EACH + 3, IN_EACH + 3)


async def test_the_log_end_comes_along(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    consumer.seek(partition, 0)
    fetched = await fetch(consumer, [partition], timeout=5, max_records=1)
    assert fetched[0].log_end == BATCHES * IN_EACH + 1


async def test_a_position_that_the_log_does_not_hold_is_an_error(
    consumer: AIOKafkaConsumer, partition: TopicPartition
) -> None:
    consumer.seek(partition, 10_000)
    with pytest.raises(OffsetOutOfRangeError):
        await fetch(consumer, [partition], timeout=5)


async def test_no_partitions_means_none(consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
    consumer.seek(partition, 0)
    assert await fetch(consumer, [], timeout=0.3) == []


async def test_holding_back_counts_as_polling(consumer: AIOKafkaConsumer) -> None:
    consumer._subscription._last_fetch_ended -= 1000
    assert consumer._subscription.fetcher_idle_time > 900
    await hold(consumer, 0)
    assert consumer._subscription.fetcher_idle_time < 900


async def test_a_stopped_consumer_says_so(kafka: KafkaProcess, partition: TopicPartition) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap, **FETCH_OPTIONS)
    await consumer.start()
    consumer.assign([partition])
    await consumer.end_offsets([partition])
    await consumer.stop()
    with pytest.raises(ConsumerStoppedError):
        await fetch(consumer, [partition], timeout=1)


def kafka_batch(base: int, values: list[bytes]) -> bytearray:
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1_000_000)
    for offset, value in enumerate(values):
        assert builder.append(offset, timestamp=0, key=None, value=value, headers=[])
    data = bytearray(builder.build())
    data[0:8] = base.to_bytes(8, "big")
    return data


def partition_records(data: bytes, start: int) -> PartitionRecords:
    return PartitionRecords(TopicPartition("t", 0), MemoryRecords(data), [], start, None, None, True, 0)


def test_damaged_bytes_are_never_handed_out_nor_passed_by() -> None:
    whole, damaged, after = (kafka_batch(base, [b"a", b"b"]) for base in (0, 2, 4))
    damaged[-1] ^= 0xFF
    records = partition_records(bytes(whole + damaged + after), 0)
    batch = _columns(TopicPartition("t", 0), records, 1000)
    assert (batch.start, batch.end, list(batch.values)) == (0, 2, [b"a", b"b"])
    assert records.next_fetch_offset == 2
    assert not records._records.has_next()
    with pytest.raises(CorruptRecordException):
        _columns(TopicPartition("t", 0), partition_records(bytes(damaged + after), 2), 1000)


def test_a_batch_whose_last_records_are_gone_still_covers_them() -> None:
    data = kafka_batch(10, [b"a", b"b", b"c"])
    data[23:27] = (7).to_bytes(4, "big")  # the last offset's delta, as compaction leaves it
    records = partition_records(bytes(data), 10)
    records._records = _Unchecked(records._records)
    batch = _columns(TopicPartition("t", 0), records, 1000)
    assert (batch.start, batch.end, list(batch.offsets)) == (10, 18, [10, 11, 12])


class _Unchecked:
    """Kafka batches whose checksum is not compared: the test wrote into them."""

    def __init__(self, records: MemoryRecords) -> None:
        self._records = records

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def next_batch(self) -> object:
        return _UncheckedBatch(self._records.next_batch())


class _UncheckedBatch:
    def __init__(self, batch: object) -> None:
        self._batch = batch

    def validate_crc(self) -> bool:
        return True

    def __iter__(self) -> object:
        return iter(self._batch)  # type: ignore[call-overload]  # a Kafka batch

    def __getattr__(self, name: str) -> object:
        return getattr(self._batch, name)
