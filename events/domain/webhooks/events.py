"""What is decided about a webhook, on its own aggregate.

No event holds a secret: a secret follows from a key that only the services have and from `salt` (see `secrets`).
"""

from typing import ClassVar

import msgspec

from events.domain.event import DomainEvent


class WebhookSubscribed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A receiver is told of what happens from now on.

    `types` are what it is told of, all where there are none; `internal` includes what is not for the public. `key`
    names the key and `salt` is the part of which its secret follows.
    """

    TYPE: ClassVar[str] = "groundswell.webhook.subscribed.v1"
    webhook: str
    url: str
    types: tuple[str, ...] = ()
    internal: bool = False
    description: str = ""
    key: str
    salt: str
    at: str


class WebhookChanged(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a webhook sends to, or what; None stands for what did not change."""

    TYPE: ClassVar[str] = "groundswell.webhook.changed.v1"
    webhook: str
    url: str | None = None
    types: tuple[str, ...] | None = None
    internal: bool | None = None
    description: str | None = None
    reason: str = ""
    at: str


class WebhookEnabled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook that was disabled goes on where it was."""

    TYPE: ClassVar[str] = "groundswell.webhook.enabled.v1"
    webhook: str
    reason: str = ""
    at: str


class WebhookDisabled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook sends nothing until it is enabled: somebody wished so, or its receiver is gone."""

    TYPE: ClassVar[str] = "groundswell.webhook.disabled.v1"
    webhook: str
    reason: str = ""
    at: str


class WebhookSecretRotated(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook signs with a new secret; until `previous_until` with the one before as well."""

    TYPE: ClassVar[str] = "groundswell.webhook.secret-rotated.v1"
    webhook: str
    key: str
    salt: str
    previous_until: str
    at: str


class WebhookReplayed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A webhook sends again, or passes over: it goes on from another place.

    `start` is a position's token: in partitions that it does not name the webhook goes on where it was. Or `since` is
    a time: everything recorded from then on.
    """

    TYPE: ClassVar[str] = "groundswell.webhook.replayed.v1"
    webhook: str
    start: str = ""
    since: str = ""
    reason: str = ""
    at: str


class WebhookTested(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook is to send this very event, to show that it arrives."""

    TYPE: ClassVar[str] = "groundswell.webhook.tested.v1"
    webhook: str
    at: str


class WebhookDeleted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """There is no such webhook any more."""

    TYPE: ClassVar[str] = "groundswell.webhook.deleted.v1"
    webhook: str
    reason: str = ""
    at: str


WebhookEvent = (
    WebhookSubscribed
    | WebhookChanged
    | WebhookEnabled
    | WebhookDisabled
    | WebhookSecretRotated
    | WebhookReplayed
    | WebhookTested
    | WebhookDeleted
)

EVENTS: tuple[type[DomainEvent], ...] = (
    WebhookSubscribed,
    WebhookChanged,
    WebhookEnabled,
    WebhookDisabled,
    WebhookSecretRotated,
    WebhookReplayed,
    WebhookTested,
    WebhookDeleted,
)
