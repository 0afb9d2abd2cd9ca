"""Reading the dead letters: one refusal a record and projection, however many letters there are of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from events.log.batch import RecordBatch
from events.log.opening import LogError, open_log
from events.log.reader import end_offsets, read
from events.log.topics import Topics
from events.position import Partition, Position
from events.refusals import RecordRefused, RefusedData, decode_refusal
from events.retries import RetryAppended
from events.settings import KafkaSettings
from events.times import Millis, format_time
from services.dead_letters.places import Named, place

CONNECT_SECONDS = 20.0

_decode = msgspec.json.Decoder(RecordRefused | RetryAppended).decode


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A record that a projection refused.

    `number` is its first letter's offset, `place` where the record stands, `recorded_at` when it was appended there.
    Reason, generation and code are those of the last time; `first_seen` and `last_seen` are when its letters were
    appended. It is `retried` once a marker for it stands on the log, the last one at `retried_by`.
    """

    number: int
    place: str
    topic: str
    partition: int
    offset: int
    projection: str
    generation: int
    code: int
    reason: str
    recorded_at: str
    value_bytes: int
    times: int
    first_seen: str
    last_seen: str
    state: Literal["refused", "retried"]
    retried_by: str | None

    @property
    def position(self) -> Position:
        """Where the record stands."""
        return Position(self.topic, self.partition, self.offset)


@dataclass(frozen=True)
class Refusals:
    """All of a log, by when they were last seen; `numbers` leads from any letter's number to its refusal's.

    `strangers` counts the records among the dead letters that are none of ours.
    """

    log: Topics
    all: Sequence[Refusal]
    numbers: Mapping[int, int]
    strangers: int

    def of(self, projection: str | None) -> Sequence[Refusal]:
        """Those of one projection; None stands for every one."""
        return [each for each in self.all if projection is None or each.projection == projection]

    def named(self, name: Named) -> Sequence[Refusal]:
        """Those of one record: a letter's number names the whole record's refusal by one projection."""
        if name.number is not None:
            number = self.numbers.get(name.number)
            return [each for each in self.all if each.number == number]
        return [each for each in self.all if name.is_at(each.position)]


async def read_refusals(settings: KafkaSettings) -> Refusals:
    """All that there are now.

    Raises:
        LogError: if the log is not as it must be.
        KafkaError: if Kafka is away for long.
    """
    log = await open_log(settings, wait_seconds=CONNECT_SECONDS)
    partition = Partition(log.dead_letters, 0)
    ends = await end_offsets(settings, [partition])
    gathered = _Gathered()
    async for batch in read(settings, {partition: 0}, ends):
        gathered.take(batch)
    return Refusals(log, gathered.refusals(), gathered.numbers, gathered.strangers)


async def read_letter(settings: KafkaSettings, log: Topics, refusal: Refusal) -> RefusedData:
    """The first letter of a refusal, with the record's bytes as far as they were kept.

    Raises:
        LogError: if the log lost it.
    """
    partition = Partition(log.dead_letters, 0)
    async for batch in read(settings, {partition: refusal.number}, {partition: refusal.number + 1}):
        for value in batch.values:
            return decode_refusal(value or b"").data
    raise LogError(f"{log.dead_letters}/0 does not hold offset {refusal.number} (any more)")


async def known_refusals(settings: KafkaSettings, projection: str) -> frozenset[Position]:
    """Where the records stand that this projection refused before, in whichever generation.

    Raises:
        LogError: if the log is not as it must be.
        KafkaError: if Kafka is away for long.
    """
    return frozenset(each.position for each in (await read_refusals(settings)).of(projection))


@dataclass
class _Letters:
    """What the letters of one refusal say together."""

    number: int
    first: Millis
    last: Millis
    last_number: int
    times: int
    event: RecordRefused


@dataclass
class _Gathered:
    numbers: dict[int, int] = field(default_factory=dict)
    strangers: int = 0
    _letters: dict[str, _Letters] = field(default_factory=dict)
    _markers: dict[Position, Position] = field(default_factory=dict)

    def take(self, batch: RecordBatch) -> None:
        """Gather a batch of letters and of notes that one was retried."""
        for number, appended, value in zip(batch.offsets, batch.timestamps, batch.values, strict=True):
            try:
                event = _decode(value or b"")
            except (msgspec.MsgspecError, UnicodeDecodeError):
                self.strangers += 1
                continue
            if isinstance(event, RecordRefused):
                self._take_letter(number, appended, event)
            else:
                data = event.data
                self._markers[Position(data.topic, data.partition, data.offset)] = Position(
                    data.topic, data.partition, data.marker
                )

    def _take_letter(self, number: int, appended: Millis, event: RecordRefused) -> None:
        event = msgspec.structs.replace(event, data=_without_bytes(event.data))
        known = self._letters.get(event.id)
        if known is None:
            known = self._letters[event.id] = _Letters(number, appended, appended, number, 0, event)
        known.times += 1
        known.last, known.last_number, known.event = appended, number, event
        self.numbers[number] = known.number

    def refusals(self) -> Sequence[Refusal]:
        """One for each refused record and projection."""
        return [self._refusal(each) for each in _by_last_letter(self._letters.values())]

    def _refusal(self, letters: _Letters) -> Refusal:
        data = letters.event.data
        position = Position(data.topic, data.partition, data.offset)
        marker = self._markers.get(position)
        return Refusal(
            number=letters.number,
            place=place(position),
            topic=data.topic,
            partition=data.partition,
            offset=data.offset,
            projection=data.projection,
            generation=data.generation,
            code=data.code,
            reason=data.reason,
            recorded_at=letters.event.time,
            value_bytes=data.value_bytes,
            times=letters.times,
            first_seen=format_time(letters.first),
            last_seen=format_time(letters.last),
            state="refused" if marker is None else "retried",
            retried_by=None if marker is None else place(marker),
        )


def _by_last_letter(letters: Iterable[_Letters]) -> list[_Letters]:
    return sorted(letters, key=lambda each: each.last_number)


def _without_bytes(data: RefusedData) -> RefusedData:
    """There may be many, and each may be large: `read_letter` gives them."""
    return msgspec.structs.replace(data, key_base64=None, value_base64=None)
