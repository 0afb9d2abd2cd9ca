"""The stream of what is sent to webhooks: every attempt, and how far each webhook has come.

`source` is the workspace, `subject` the webhook. `time` is when it happened.
"""

from typing import Literal

import msgspec

from events.ballots import SPECVERSION

Outcome = Literal["delivered", "failed", "gone"]
"""What became of an attempt: taken, to be tried again, or the receiver says that it wants nothing any more."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where an event stands: its record, and its number among the record's events."""

    topic: str
    partition: int
    offset: int
    place: int


class AttemptedData(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One attempt to deliver one event.

    `message` is the `webhook-id` that the receiver saw, `attempt` counts from 1, `status` is the HTTP status, 0 where
    there was none, `reason` what went wrong, `milliseconds` how long it took.
    """

    message: str
    event_type: str
    event_id: str
    event_subject: str
    stands: Place
    attempt: int
    outcome: Outcome
    status: int = 0
    reason: str = ""
    milliseconds: int = 0
    next_attempt_at: str = ""


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """The events about one subject, held back from `first` on, as that one was not taken.

    `positions` is a token: where the events of this subject go on in each partition. `failures` counts those in a row
    of `first`, the last one when the webhook was at `version`. With no `next_attempt_at` nothing is tried until the
    webhook is enabled again, or sends elsewhere.
    """

    subject: str
    positions: str
    first: Place
    failures: int
    version: int
    since: str
    next_attempt_at: str
    reason: str


class ReachedData(msgspec.Struct, frozen=True, kw_only=True):
    """How far a webhook has come since it began, or began again, at its version `begun`.

    All that it wants and that stands before `positions` (a token), from where it began, was delivered, but for what is
    held.
    """

    begun: int
    positions: str
    held: tuple[Held, ...]


class _DeliveryEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    specversion: Literal["1.0"] = SPECVERSION
    id: str
    source: str
    subject: str
    time: str


class DeliveryAttempted(_DeliveryEvent, frozen=True, kw_only=True, tag="groundswell.delivery.attempted.v1"):
    """An event was sent to a webhook, or it was tried."""

    data: AttemptedData


class WebhookReached(_DeliveryEvent, frozen=True, kw_only=True, tag="groundswell.delivery.reached.v1"):
    """A webhook has come so far: what its deliveries go on from, whoever makes them."""

    data: ReachedData


DeliveryEvent = DeliveryAttempted | WebhookReached

DELIVERY_DECODER: msgspec.json.Decoder[DeliveryEvent] = msgspec.json.Decoder(DeliveryEvent)
decode_reached = msgspec.json.Decoder(ReachedData).decode
"""The data of a `WebhookReached`; raises `msgspec.MsgspecError`."""

_encode = msgspec.json.Encoder().encode


def encode_delivery(event: DeliveryEvent) -> bytes:
    """A record's value."""
    return _encode(event)


def encode_reached(data: ReachedData) -> bytes:
    """The data alone."""
    return _encode(data)
