"""Tombstones for the records of whoever was forgotten, so that Kafka takes them out of its files.

What is due follows from the partition alone: the records of a subject before its tombstone, and those after it of what
happened before it (a client that was late). So it may be asked and answered again at any time, by anybody.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from events.log.appender import Appender, Record
from events.log.batch import RecordBatch
from events.log.reader import end_offsets, read
from events.log.topics import Topics
from events.people import FACT_DECODER, NUDGE_KEY, Subject, read_key
from events.position import Partition
from events.settings import KafkaSettings
from events.times import Millis, parse_time

MOST_AT_ONCE = 5000


class Forgotten(NamedTuple):
    """The last tombstone of a subject: where it stands and when it was appended."""

    offset: int
    at: Millis


async def forgotten_in(settings: KafkaSettings, partition: Partition, end: int) -> dict[Subject, Forgotten]:
    """Who was forgotten in a partition, up to `end`.

    Raises:
        LogError, KafkaError: if it can't be read.
    """
    found: dict[Subject, Forgotten] = {}
    async for batch in read(settings, {partition: 0}, {partition: end}):
        found |= dict(tombstones_of(batch))
    return found


async def unburied(
    settings: KafkaSettings, partition: Partition, end: int, forgotten: dict[Subject, Forgotten]
) -> list[bytes]:
    """The keys of the records, up to `end`, of these subjects that are forgotten and have no tombstone of their own.

    Raises:
        LogError, KafkaError: if they can't be read.
    """
    due: dict[bytes, None] = {}
    async for batch in read(settings, {partition: 0}, {partition: end}):
        for offset, key, value in zip(batch.offsets, batch.keys, batch.values, strict=True):
            subject, record = _read(key)
            if subject not in forgotten or not record or key is None:
                continue
            if value is None:
                due.pop(key, None)
            elif offset < forgotten[subject].offset or _time(value) <= forgotten[subject].at:
                due[key] = None
    return list(due)


async def held(settings: KafkaSettings, partition: Partition, end: int, forgotten: dict[Subject, Forgotten]) -> int:
    """How many records of these subjects that are forgotten the partition holds still, with a tombstone or without.

    Raises:
        LogError, KafkaError: if they can't be read.
    """
    count = 0
    async for batch in read(settings, {partition: 0}, {partition: end}):
        for offset, key, value in zip(batch.offsets, batch.keys, batch.values, strict=True):
            subject, record = _read(key)
            if subject in forgotten and record and value is not None:
                count += offset < forgotten[subject].offset or _time(value) <= forgotten[subject].at
    return count


async def bury(settings: KafkaSettings, topics: Topics, partition: Partition, only: Subject | None = None) -> int:
    """Append what tombstones are due in a partition of the topic `people` (of one subject); how many there were.

    Raises:
        LogError, KafkaError: if it can't be read.
        AppendError: if they were not acknowledged; to repeat it is safe.
    """
    end = (await end_offsets(settings, [partition]))[partition]
    forgotten = await forgotten_in(settings, partition, end)
    if only is not None:
        forgotten = {subject: last for subject, last in forgotten.items() if subject == only}
    if not forgotten:
        return 0
    due = await unburied(settings, partition, end, forgotten)
    for start in range(0, len(due), MOST_AT_ONCE):
        await append(settings, topics, partition, [Record(key, None) for key in due[start : start + MOST_AT_ONCE]])
    return len(due)


async def nudge(settings: KafkaSettings, topics: Topics, partition: Partition) -> None:
    """Append a record that says nothing. It begins a new file, and only what is not in the last one is compacted.

    Raises:
        AppendError: if it was not acknowledged; to repeat it is safe.
    """
    await append(settings, topics, partition, [Record(NUDGE_KEY, None)])


async def append(settings: KafkaSettings, topics: Topics, partition: Partition, records: list[Record]) -> None:
    """Append records to a partition. Raises AppendError."""
    appender = Appender(settings, partition.topic, topics.count(partition.topic))
    await appender.start()
    try:
        await appender.append([(partition.partition, records)])
    finally:
        await appender.stop()


def tombstones_of(batch: RecordBatch) -> Iterator[tuple[Subject, Forgotten]]:
    """The tombstones of subjects in a batch, in order."""
    for offset, at, key, value in zip(batch.offsets, batch.timestamps, batch.keys, batch.values, strict=True):
        if value is None and key != NUDGE_KEY:
            subject, record = _read(key)
            if subject is not None and not record:
                yield subject, Forgotten(offset, at)


def stones_of(batch: RecordBatch) -> list[Millis]:
    """When the tombstones in a batch were appended, those of single records too."""
    columns = zip(batch.timestamps, batch.keys, batch.values, strict=True)
    return [at for at, key, value in columns if value is None and key != NUDGE_KEY]


def _read(key: bytes | None) -> tuple[Subject | None, str]:
    try:
        return read_key(key)
    except ValueError:
        return None, ""


def _time(value: bytes) -> Millis:
    """When a fact became true; before everything where that can't be read: nobody folds it."""
    try:
        return parse_time(FACT_DECODER.decode(value).time)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        return -1
