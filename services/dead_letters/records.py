"""Records of the log at positions of one's choice."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError, OffsetOutOfRangeError

from events.log.batch import RecordBatch
from events.log.fetch import FETCH_OPTIONS, fetch
from events.log.topics import Topics
from events.position import Position
from events.settings import KafkaSettings
from events.times import Millis

FETCH_SECONDS = 20.0


class LoggedRecord(NamedTuple):
    """A record as it stands in the log."""

    position: Position
    recorded: Millis
    key: bytes | None
    value: bytes | None

    def batch(self) -> RecordBatch:
        """The record alone, as a fold takes it."""
        topic, partition, offset = self.position
        return RecordBatch(topic, partition, offset, offset + 1, [offset], [self.recorded], [self.key], [self.value])


async def records_at(
    settings: KafkaSettings, log: Topics, positions: Collection[Position]
) -> dict[Position, LoggedRecord]:
    """The records at these positions; what the log does not hold (any more) is not among them.

    Raises:
        KafkaError: if Kafka does not answer.
    """
    wanted: defaultdict[TopicPartition, list[int]] = defaultdict(list)
    for topic, partition, offset in sorted(set(positions)):
        if partition < log.partitions.get(topic, 0):
            wanted[TopicPartition(topic, partition)].append(offset)
    if not wanted:
        return {}
    consumer = AIOKafkaConsumer(**settings.client_options(), **FETCH_OPTIONS)
    await consumer.start()
    try:
        consumer.assign(list(wanted))
        ends = await consumer.end_offsets(list(wanted))
        return {
            record.position: record
            for partition, offsets in wanted.items()
            for record in await _read(consumer, partition, [each for each in offsets if each < ends[partition]])
        }
    finally:
        await consumer.stop()


async def _read(consumer: AIOKafkaConsumer, partition: TopicPartition, offsets: list[int]) -> list[LoggedRecord]:
    """Those of one partition, in order; neighbours come with one fetch."""
    found: list[LoggedRecord] = []
    while offsets:
        consumer.seek(partition, offsets[0])
        try:
            fetched = await fetch(consumer, [partition], timeout=FETCH_SECONDS, max_records=1000)
        except OffsetOutOfRangeError:
            offsets = offsets[1:]
            continue
        if not fetched:
            raise KafkaTimeoutError(f"{partition.topic}/{partition.partition} could not be read in time")
        batch = fetched[0].batch
        wanted = set(offsets)
        found += [_record(batch, index) for index, offset in enumerate(batch.offsets) if offset in wanted]
        offsets = [each for each in offsets if each >= batch.end]
    return found


def _record(batch: RecordBatch, index: int) -> LoggedRecord:
    position = Position(batch.topic, batch.partition, batch.offsets[index])
    return LoggedRecord(position, batch.timestamps[index], batch.keys[index], batch.values[index])
