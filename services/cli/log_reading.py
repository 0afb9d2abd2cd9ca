"""Reading records for people: from a place in the log, of one post or person."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Self

import msgspec
import typer
from aiokafka import AIOKafkaConsumer, TopicPartition

from events.ballots import ballot_key, partition_of
from events.envelope import ENVELOPE_DECODER, Envelope
from events.log.batch import RecordBatch
from events.log.opening import open_log
from events.log.reader import LogReader, end_offsets
from events.log.topics import TOPICS, Topics, topic_name
from events.position import Partition
from events.retries import RETRIED_TYPE, decode_retry
from events.settings import KafkaSettings
from events.times import Millis, format_time, parse_time

TAIL = 10
CONNECT_SECONDS = 20.0
_BY_PERSON = ("ballots", "people", "reactions")
_DEFAULT_TOPICS = ("ballots", "ledger")


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename={"bytes_": "bytes"}):
    """One record: where it stands, when it was appended, and the event; None if it is none of ours.

    `carried` is the event that a retry carries.
    """

    topic: str
    partition: int
    offset: int
    recorded_at: str
    key: str | None
    bytes_: int
    event: Envelope | None
    carried: Envelope | None = None

    @property
    def place(self) -> str:
        """`topic/partition@offset`."""
        return f"{self.topic}/{self.partition}@{self.offset}"


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records are looked for."""

    topics: Sequence[str]
    post: str | None
    person: str | None
    workspace: str | None

    @classmethod
    def of(cls, topics: Sequence[str], *, post: str | None, person: str | None, workspace: str | None) -> Self:
        """The records of these topics (their last names)."""
        return cls(topics=topics or _DEFAULT_TOPICS, post=post, person=person, workspace=workspace)

    def partitions(self, log: Topics) -> list[Partition]:
        """Where they may be: what one person did is in one partition."""
        found: list[Partition] = []
        for spec in TOPICS:
            if spec.name not in self.topics:
                continue
            name = topic_name(log.prefix, spec)
            count = log.count(name)
            keyed = spec.name in _BY_PERSON and self.person is not None and self.workspace is not None
            only = partition_of(ballot_key(self.workspace or "", self.person or ""), count) if keyed else None
            found += [Partition(name, each) for each in range(count) if only is None or each == only]
        return found

    def has(self, entry: Entry) -> bool:
        """Whether this is one of them."""
        events = [event for event in (entry.event, entry.carried) if event is not None]
        if not events:
            return self.post is None and self.person is None and self.workspace is None
        return any(self._is_about(event) for event in events)

    def _is_about(self, event: Envelope) -> bool:
        if self.workspace is not None and event.source != self.workspace:
            return False
        if self.post is not None and event.subject != self.post and not _names(event, "post", self.post):
            return False
        return self.person is None or _names(event, "person", self.person) or _names(event, "author", self.person)


async def first_entries(
    settings: KafkaSettings, wanted: Wanted, start: str | None, limit: int, show: Callable[[Entry], None]
) -> int:
    """Show up to `limit` records up to the present end; how many it were."""
    log = await open_log(settings, wait_seconds=CONNECT_SECONDS)
    partitions = wanted.partitions(log)
    ends = await end_offsets(settings, partitions)
    positions = dict.fromkeys(partitions, 0) if start is None else await _places(settings, start, ends)
    until = {partition: ends[partition] for partition in positions}
    shown = 0
    async for entry in _entries(settings, positions, until):
        if wanted.has(entry):
            show(entry)
            shown += 1
            if shown == limit:
                break
    return shown


async def follow(settings: KafkaSettings, wanted: Wanted, start: str | None, show: Callable[[Entry], None]) -> None:
    """Show the last records and all that come; never ends by itself."""
    log = await open_log(settings, wait_seconds=CONNECT_SECONDS)
    ends = await end_offsets(settings, wanted.partitions(log))
    if start is None:
        positions = {partition: max(0, end - TAIL) for partition, end in ends.items()}
    else:
        positions = await _places(settings, start, ends)
    async for entry in _entries(settings, positions, None):
        if wanted.has(entry):
            show(entry)


async def _entries(
    settings: KafkaSettings, positions: Mapping[Partition, int], until: Mapping[Partition, int] | None
) -> AsyncIterator[Entry]:
    async with LogReader(settings, positions, until=until, max_records=1000) as reader:
        async for batch in reader.batches():
            for index in range(len(batch)):
                yield _entry(batch, index)
            await asyncio.sleep(0)


def _entry(batch: RecordBatch, index: int) -> Entry:
    value, key = batch.values[index], batch.keys[index]
    event = _event(value)
    return Entry(
        topic=batch.topic,
        partition=batch.partition,
        offset=batch.offsets[index],
        recorded_at=format_time(batch.timestamps[index]),
        key=None if key is None else key.decode(errors="replace"),
        bytes_=len(value or b""),
        event=event,
        carried=_carried(value) if event is not None and event.type == RETRIED_TYPE else None,
    )


def _event(value: bytes | None) -> Envelope | None:
    if value is None:
        return None
    try:
        event = ENVELOPE_DECODER.decode(value)
        bytes(event.data).decode()  # the parser has not looked into it, and no terminal takes it
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return event


def _carried(marker: bytes | None) -> Envelope | None:
    """The event that a retry carries; None where it carries none."""
    try:
        return _event(decode_retry(marker or b"").value())
    except (msgspec.MsgspecError, ValueError):
        return None


def _names(event: Envelope, field: str, value: str) -> bool:
    """Whether the event's data says so anywhere: a commit holds several events."""
    return f'"{field}":"{value}"'.encode() in bytes(event.data)


async def _places(settings: KafkaSettings, start: str, ends: Mapping[Partition, int]) -> dict[Partition, int]:
    """Where to begin: at an offset of every partition, at one of one partition, or at a time.

    Raises:
        BadParameter: if `start` is none of them.
    """
    first, colon, second = start.partition(":")
    if _is_number(start):
        return {partition: min(int(start), end) for partition, end in ends.items()}
    if colon and _is_number(first) and _is_number(second):
        return {
            partition: min(int(second), end) for partition, end in ends.items() if partition.partition == int(first)
        }
    try:
        moment = parse_time(start)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{start!r} is no place: write OFFSET, PARTITION:OFFSET or a time as in 2026-01-31T12:00:00Z",
            param_hint="'--from'",
        ) from None
    return await _offsets_at(settings, moment, ends)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


async def _offsets_at(settings: KafkaSettings, moment: Millis, ends: Mapping[Partition, int]) -> dict[Partition, int]:
    consumer = AIOKafkaConsumer(**settings.client_options())
    await consumer.start()
    try:
        found = await consumer.offsets_for_times({TopicPartition(*partition): moment for partition in ends})
    finally:
        await consumer.stop()
    at = {Partition(*partition): offset for partition, offset in found.items() if offset is not None}
    return {partition: at[partition].offset if partition in at else end for partition, end in ends.items()}
