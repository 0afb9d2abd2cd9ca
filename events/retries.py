"""A retry: a record that could not be read when it was first met, carried on its own partition once more.

The marker holds the record's bytes and where and when it was appended, so that a fold takes it as if it had been read
in its place. Appending a marker twice is harmless: it is the same event.
"""

import base64
from typing import Annotated, Literal, Self

import msgspec

from events.log.topics import MAX_RECORD_BYTES
from events.position import Position
from events.times import EARLIEST, LATEST, Millis, format_time, parse_time

RETRIED_TYPE: Literal["groundswell.record.retried.v1"] = "groundswell.record.retried.v1"

MAX_MARKER_BYTES = MAX_RECORD_BYTES - 4096
"""Key and value of a marker together: what a topic takes, less what Kafka adds around a record."""

Place = Annotated[int, msgspec.Meta(ge=0)]


class RetriedData(msgspec.Struct, frozen=True, kw_only=True):
    """Where the record stands, when it was appended there, and its value."""

    topic: str
    partition: Place
    offset: Place
    recorded: str
    value_base64: str


class RecordRetried(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=RETRIED_TYPE):
    """A refused record is to be folded now, in its proper place.

    `source` and `subject` are those of the event that it carries, `time` is when somebody asked for it. The retry of
    the same record has the same `id`.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    subject: str
    time: str
    data: RetriedData

    @classmethod
    def of(cls, position: Position, recorded: Millis, value: bytes, *, source: str, subject: str, at: Millis) -> Self:
        """The marker for the record at this position, appended there at `recorded` and retried `at` a moment."""
        data = RetriedData(
            topic=position.topic,
            partition=position.partition,
            offset=position.offset,
            recorded=format_time(recorded),
            value_base64=base64.b64encode(value).decode(),
        )
        place = "/".join(map(str, position))
        return cls(id=f"retry/{place}", source=source, subject=subject, time=format_time(at), data=data)

    @property
    def position(self) -> Position:
        """Where the record stands that this carries."""
        return Position(self.data.topic, self.data.partition, self.data.offset)

    def recorded(self) -> Millis:
        """When that record was appended.

        Raises:
            ValueError: if that is no time of ours.
        """
        moment = parse_time(self.data.recorded)
        if not EARLIEST <= moment < LATEST:
            raise ValueError("recorded is not between 1970 and 2100")
        return moment

    def value(self) -> bytes:
        """The record's value.

        Raises:
            ValueError: if it is no base64.
        """
        return base64.b64decode(self.data.value_base64, validate=True)


class AppendedData(msgspec.Struct, frozen=True, kw_only=True):
    """The refused record, and the offset of its marker, which is in the same partition."""

    topic: str
    partition: Place
    offset: Place
    marker: Place


class RetryAppended(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="groundswell.record.retry-appended.v1"
):
    """Stands among the dead letters: the marker for one of them is on the log. So nobody need read it all to know."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str = "groundswell"
    subject: str
    time: str
    data: AppendedData

    @classmethod
    def of(cls, position: Position, marker: int, at: Millis) -> Self:
        """The event for the record at this position, whose marker has that offset."""
        place = "/".join(map(str, position))
        data = AppendedData(topic=position.topic, partition=position.partition, offset=position.offset, marker=marker)
        return cls(id=f"retry-appended/{place}/{marker}", subject=place, time=format_time(at), data=data)


_encode = msgspec.json.Encoder().encode
decode_retry = msgspec.json.Decoder(RecordRetried).decode
"""A marker's value; raises `msgspec.MsgspecError` or `UnicodeDecodeError` if it is none."""

encode_retry_appended = _encode


def encode_retry(marker: RecordRetried, key: bytes) -> bytes:
    """The marker's bytes, to be appended under this key.

    Raises:
        ValueError: if the log does not take a record so large.
    """
    value = _encode(marker)
    if len(key) + len(value) > MAX_MARKER_BYTES:
        raise ValueError(
            f"its marker does not fit on the log: {len(key) + len(value)} bytes, and {MAX_MARKER_BYTES} are the most"
        )
    return value
