"""What reads and decisions of webhooks answer with. Times are RFC 3339 in UTC with milliseconds."""

from typing import Annotated, Literal

from pydantic import Field

from api.answers.answer import Answer, NextCursor, Position, Time
from api.times import time_or_none
from events.deliveries import decode_reached
from events.domain.webhooks.webhook import Webhook
from events.position import Position as Place
from events.position import Positions
from events.times import Millis, format_time
from projections.deliveries import queries


class WebhookAnswer(Answer):
    """A webhook; never its secret."""

    webhook: str
    url: str
    types: Annotated[list[str], Field(description="The event types that it is told of; none: all of them.")]
    internal: Annotated[bool, Field(description="Whether it is also told of what is not for the public.")]
    description: str
    active: bool
    disabled_reason: str | None
    previous_secret_until: Annotated[
        Time | None, Field(description="Until when it signs with the secret before the last rotation as well.")
    ]
    created_at: Time
    version: int


Secret = Annotated[
    str | None, Field(description="Shown once, where it was just made: what the receiver verifies signatures with.")
]


class WrittenWebhook(WebhookAnswer):
    """A webhook as it was written."""

    secret: Secret
    position: Position


class HeldSubject(Answer):
    """What is held back because an event about it was not taken, and why."""

    subject: str
    failures: int
    since: Time
    next_attempt_at: Annotated[Time | None, Field(description="null: not before the webhook is enabled again.")]
    reason: str


class DeliveredUpTo(Answer):
    """How far a webhook has come: all before `position` was delivered, but for what is held."""

    position: Position
    at: Time
    held: list[HeldSubject]


class ReadWebhook(WebhookAnswer):
    """A webhook and how far it has come; null before it has begun."""

    delivered: DeliveredUpTo | None


class Webhooks(Answer):
    """All webhooks by id."""

    items: list[WebhookAnswer]


class Delivery(Answer):
    """One attempt to deliver one event. `position` is just after the event: a replay from before it sends it again."""

    at: Time
    message: Annotated[str, Field(description="The `webhook-id` that the receiver saw: the same at every attempt.")]
    type: str
    id: Annotated[str, Field(description="The event's.")]
    subject: str
    attempt: int
    outcome: Literal["delivered", "failed", "gone"]
    status: Annotated[int | None, Field(description="The HTTP status; null where there was no answer.")]
    reason: str | None
    milliseconds: int
    next_attempt_at: Time | None
    position: Position


class Deliveries(Answer):
    """A page of attempts, the newest first."""

    items: list[Delivery]
    next_cursor: NextCursor
    position: Position


def webhook_answer(webhook: Webhook, now: Millis) -> WebhookAnswer:
    """A webhook as it was decided, at this moment."""
    previous = webhook.previous is not None and webhook.previous_until > format_time(now)
    return WebhookAnswer(
        webhook=webhook.webhook,
        url=webhook.url,
        types=list(webhook.types),
        internal=webhook.internal,
        description=webhook.description,
        active=webhook.active,
        disabled_reason=webhook.disabled_reason or None,
        previous_secret_until=webhook.previous_until if previous else None,
        created_at=webhook.at,
        version=webhook.version,
    )


def delivered_up_to(row: queries.WebhookPosition) -> DeliveredUpTo:
    """How far a webhook has come, of the view."""
    reached = decode_reached(row.data)
    return DeliveredUpTo(
        position=reached.positions,
        at=format_time(row.at),
        held=[
            HeldSubject(
                subject=each.subject,
                failures=each.failures,
                since=each.since,
                next_attempt_at=each.next_attempt_at or None,
                reason=each.reason,
            )
            for each in reached.held
        ],
    )


def delivery(row: queries.Attempt) -> Delivery:
    """An attempt of the view."""
    return Delivery.model_validate(
        {
            "at": format_time(row.at),
            "message": row.message,
            "type": row.type,
            "id": row.event_id,
            "subject": row.subject,
            "attempt": row.attempt,
            "outcome": row.outcome,
            "status": row.status or None,
            "reason": row.reason or None,
            "milliseconds": row.milliseconds,
            "next_attempt_at": time_or_none(row.next_attempt_at),
            "position": Positions.after([Place(row.topic, row.partition, row.offset)]).token(),
        }
    )
