"""Events as those outside get them, by the feed and by webhooks: the same CloudEvent either way."""

from collections.abc import Callable

import msgspec

from events.envelope import ENVELOPE_DECODER
from events.position import Position, Positions
from events.retries import RETRIED_TYPE
from events.times import format_time, parse_time
from projections.events.queries import FeedEvent

_REASONS_FOR_EVERYBODY = ("groundswell.post.closed.", "groundswell.post.reopened.")


class FeedItem(msgspec.Struct, frozen=True, kw_only=True):
    """A CloudEvent with the extensions `recordedtime`, `actor` and `position` (just after it, in its partition)."""

    specversion: str = "1.0"
    type: str
    id: str
    source: str
    subject: str
    time: str
    recordedtime: str
    actor: str | None
    position: str
    data: msgspec.Raw


def feed_item(workspace: str, event: FeedEvent, *, internal: bool = True) -> FeedItem:
    """An event of the view, for somebody who sees what is internal or does not."""
    return FeedItem(
        type=event.type,
        id=event.id,
        source=workspace,
        subject=event.subject,
        time=format_time(event.occurred_at),
        recordedtime=format_time(event.recorded_at),
        actor=event.actor or None,
        position=Positions.after([Position(event.topic, event.partition, event.offset)]).token(),
        data=msgspec.Raw(event.data.encode() if internal else _for_the_public(event)),
    )


def carried_by(event: FeedEvent) -> FeedEvent | None:
    """What a retry carries, in the retry's own place; an event that is no retry is itself.

    None where what it carries is no event: then no view has it either.
    """
    if event.type != RETRIED_TYPE:
        return event
    try:
        retry = _decode_data(event.data.encode())
        carried = ENVELOPE_DECODER.decode(retry.value_base64)
        data = bytes(carried.data).decode()
        occurred = parse_time(carried.time)
    except (msgspec.MsgspecError, ValueError, OverflowError):
        return None
    person = _decode_actor(data.encode())
    return event._replace(
        type=carried.type,
        id=carried.id,
        occurred_at=occurred,
        subject=carried.subject,
        actor=person.by or person.person,
        data=data,
    )


class _Carried(msgspec.Struct):
    value_base64: bytes


class _Actor(msgspec.Struct):
    by: str | None = None
    person: str = ""


_decode_data: Callable[[bytes], _Carried] = msgspec.json.Decoder(_Carried).decode
_decode_actor: Callable[[bytes], _Actor] = msgspec.json.Decoder(_Actor).decode
_decode_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


def _for_the_public(event: FeedEvent) -> bytes:
    """The data without why somebody decided so, unless that is for everybody."""
    data = event.data.encode()
    if '"reason"' not in event.data or event.type.startswith(_REASONS_FOR_EVERYBODY):
        return data
    fields = _decode_fields(data)
    fields.pop("reason", None)
    return _encode(fields)
