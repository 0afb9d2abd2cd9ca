"""Retrying: what the present code takes is carried on its partition once more, to be folded in its proper place."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from events.envelope import ENVELOPE_DECODER
from events.log.appender import Appender, Record
from events.log.topics import Topics
from events.position import Position
from events.retries import (
    RETRIED_TYPE,
    RecordRetried,
    RetryAppended,
    decode_retry,
    encode_retry,
    encode_retry_appended,
)
from events.settings import KafkaSettings
from events.times import Millis
from projections.fold import Projection
from services.dead_letters.judging import refused_by
from services.dead_letters.places import place
from services.dead_letters.records import LoggedRecord, records_at
from services.dead_letters.refusals import Refusal

AT_ONCE_BYTES = 8 * 1024 * 1024
"""About so much is on its way to the log at any moment."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one record: it is retried by a marker, it is left as it is, or only a rebuild takes it."""

    place: str
    refused_by: Sequence[str]
    outcome: Literal["retried", "left", "rebuild"]
    reason: str = ""
    marker: str | None = None


class _Due(NamedTuple):
    """A record to be retried, its marker's bytes, and whatever else of the dead letters that settles."""

    position: Position
    record: Record
    settles: Sequence[Position]


async def retry(
    settings: KafkaSettings, log: Topics, refusals: Sequence[Refusal], projections: Sequence[Projection], at: Millis
) -> list[Outcome]:
    """Retry the records of these refusals, in the order of the log. Doing it again changes nothing.

    Raises:
        AppendError: if the log did not acknowledge; to repeat it is safe.
        KafkaError: if Kafka does not answer.
    """
    names: defaultdict[Position, set[str]] = defaultdict(set)
    for each in refusals:
        names[each.position].add(each.projection)
    records = await records_at(settings, log, names.keys())
    outcomes: dict[Position, Outcome] = {}
    due: list[_Due] = []
    for position in sorted(names):
        judged = _judge(position, records.get(position), sorted(names[position]), log, projections, at)
        if isinstance(judged, Outcome):
            outcomes[position] = judged
        else:
            due.append(judged)
    markers = await _append(settings, log, due, at)
    for position, marker in markers.items():
        outcomes[position] = Outcome(
            place=place(position), refused_by=sorted(names[position]), outcome="retried", marker=place(marker)
        )
    return [outcomes[position] for position in sorted(names)]


def _judge(
    position: Position,
    record: LoggedRecord | None,
    names: Sequence[str],
    log: Topics,
    projections: Sequence[Projection],
    at: Millis,
) -> _Due | Outcome:
    left = Outcome(place=place(position), refused_by=names, outcome="left")
    if record is None:
        return msgspec.structs.replace(left, reason="the log does not hold it (any more)")
    reasons = refused_by(record, log, projections)
    if reasons:
        why = "; ".join(f"{name} still refuses it: {reason}" for name, reason in reasons.items())
        return msgspec.structs.replace(left, reason=why)
    if position.topic not in (log.ballots, log.reactions):
        return msgspec.structs.replace(left, outcome="rebuild", reason="it is read now, and order matters there")
    try:
        return _due(record, at)
    except ValueError as error:
        return msgspec.structs.replace(left, reason=str(error))


def _due(record: LoggedRecord, at: Millis) -> _Due:
    """The marker for a record that every projection takes. A marker's own marker is its record's, once more.

    Raises:
        ValueError: if it does not fit on the log.
    """
    key, value = record.key or b"", record.value or b""
    event = ENVELOPE_DECODER.decode(value)
    if event.type == RETRIED_TYPE:
        marker = decode_retry(value)
        marker = RecordRetried.of(
            marker.position, marker.recorded(), marker.value(), source=marker.source, subject=marker.subject, at=at
        )
        settles: Sequence[Position] = (record.position, marker.position)
    else:
        marker = RecordRetried.of(
            record.position, record.recorded, value, source=event.source, subject=event.subject, at=at
        )
        settles = (record.position,)
    return _Due(record.position, Record(key, encode_retry(marker, key)), settles)


async def _append(settings: KafkaSettings, log: Topics, due: Sequence[_Due], at: Millis) -> Mapping[Position, Position]:
    """Append the markers, each to its record's partition, and note each among the dead letters: the markers' places."""
    if not due:
        return {}
    letters = Appender(settings, log.dead_letters, log.count(log.dead_letters))
    topics = sorted({each.position.topic for each in due})
    appenders = {topic: Appender(settings, topic, log.count(topic)) for topic in topics}
    await asyncio.gather(letters.start(), *(each.start() for each in appenders.values()))
    markers: dict[Position, Position] = {}
    try:
        for topic, appender in appenders.items():
            for portion in _portions([each for each in due if each.position.topic == topic]):
                markers |= await _append_portion(appender, letters, portion, at)
    finally:
        await asyncio.gather(letters.stop(), *(each.stop() for each in appenders.values()))
    return markers


async def _append_portion(
    appender: Appender, letters: Appender, portion: Sequence[_Due], at: Millis
) -> Mapping[Position, Position]:
    places = await appender.append([(each.position.partition, [each.record]) for each in portion])
    notes = [
        _note(settled, marker, at) for each, marker in zip(portion, places, strict=True) for settled in each.settles
    ]
    await letters.append([(0, notes)])
    return {each.position: marker for each, marker in zip(portion, places, strict=True)}


def _note(settled: Position, marker: Position, at: Millis) -> Record:
    noted = RetryAppended.of(settled, marker.offset, at)
    return Record(noted.id.encode(), encode_retry_appended(noted))


def _portions(due: Sequence[_Due]) -> list[list[_Due]]:
    """The same in portions of some bytes each, in order."""
    portions: list[list[_Due]] = []
    size = 0
    for each in due:
        if not portions or size > AT_ONCE_BYTES:
            portions.append([])
            size = 0
        portions[-1].append(each)
        size += len(each.record.value or b"")
    return portions
