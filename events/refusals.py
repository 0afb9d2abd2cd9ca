"""What is appended to the dead letters: a record that a projection could not read or fold."""

import base64
from typing import Literal, Self

import msgspec

from events.position import Position
from events.times import Millis, format_time

MAX_KEPT_BYTES = 256 * 1024
"""Of a longer key or value only so much is kept here; all of it stands in the log, at the position."""


class RefusedData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the record stands, who refused it and why, and its bytes (cut to `MAX_KEPT_BYTES`; none is a tombstone).

    `generation` and `code` are those of the projection that refused it; 0 in letters from before they were noted.
    """

    topic: str
    partition: int
    offset: int
    projection: str
    reason: str
    key_base64: str | None = None
    value_base64: str | None = None
    value_bytes: int = 0
    generation: int = 0
    code: int = 0


class RecordRefused(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag="groundswell.record.refused.v1"):
    """A projection refused a record; `time` is when the record was appended.

    The same refusal has the same `id`, whichever generation refuses it and however often.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str = "groundswell"
    subject: str
    time: str
    data: RefusedData

    @classmethod
    def of(
        cls,
        position: Position,
        recorded: Millis,
        projection: str,
        reason: str,
        key: bytes | None,
        value: bytes | None,
        *,
        generation: int = 0,
        code: int = 0,
    ) -> Self:
        """The event for a record at this position, appended at `recorded`."""
        place = "/".join(map(str, position))
        data = RefusedData(
            topic=position.topic,
            partition=position.partition,
            offset=position.offset,
            projection=projection,
            reason=reason[:1000],
            key_base64=_base64(key),
            value_base64=_base64(value),
            value_bytes=len(value or b""),
            generation=generation,
            code=code,
        )
        return cls(id=f"{projection}/{place}", subject=place, time=format_time(recorded), data=data)


encode_refusal = msgspec.json.Encoder().encode
decode_refusal = msgspec.json.Decoder(RecordRefused).decode
"""A dead letter's value; raises `msgspec.MsgspecError` if it is none."""


def _base64(data: bytes | None) -> str | None:
    return None if data is None else base64.b64encode(data[:MAX_KEPT_BYTES]).decode()
