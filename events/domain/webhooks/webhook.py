"""A webhook: where it sends, what, signed with which secrets, and from where on."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple, Self
from uuid import UUID

import msgspec

from events.domain.bounds import BODY_CHARACTERS, REASON_CHARACTERS, check_id, check_text, check_time
from events.domain.event import DomainEvent, NotItsEvent
from events.domain.refusals import Conflict, Invalid
from events.domain.webhooks.events import (
    WebhookChanged,
    WebhookDeleted,
    WebhookDisabled,
    WebhookEnabled,
    WebhookEvent,
    WebhookReplayed,
    WebhookSecretRotated,
    WebhookSubscribed,
    WebhookTested,
)
from events.domain.webhooks.targets import check_url
from events.domain.webhooks.types import check_types
from events.position import Positions
from events.times import format_time, parse_time

DESCRIPTION_CHARACTERS = 500
LONGEST_OVERLAP_SECONDS = 30 * 24 * 3600


class SecretPart(NamedTuple):
    """What a secret follows from, beside the key of this name."""

    key: str
    salt: str


class Wish(NamedTuple):
    """What a webhook is to be."""

    url: str
    types: tuple[str, ...] = ()
    internal: bool = False
    description: str = ""
    active: bool = True

    def check(self) -> None:
        """Refuse what can't be."""
        check_url(self.url)
        check_types(self.types)
        check_text("description", self.description, most=DESCRIPTION_CHARACTERS)


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as it stands.

    `begun` is the version at which it was last told from where to send, `start` and `since` are what it was told then
    (see `WebhookReplayed`; both empty: from its own beginning). `renewed` is the version at which there was last reason
    to try again what had failed: it was enabled, or sends elsewhere.
    """

    KIND: ClassVar[str] = "webhook"
    FIRST: ClassVar[type[DomainEvent]] = WebhookSubscribed

    id: UUID
    version: int
    webhook: str
    url: str
    types: tuple[str, ...]
    internal: bool
    description: str
    secret: SecretPart
    previous: SecretPart | None = None
    previous_until: str = ""
    active: bool = True
    disabled_reason: str = ""
    deleted: bool = False
    begun: int = 1
    renewed: int = 1
    start: str = ""
    since: str = ""
    at: str

    @classmethod
    def begin(cls, id: UUID, event: WebhookSubscribed) -> Self:
        """The webhook that this event made."""
        return cls(
            id=id,
            version=1,
            webhook=event.webhook,
            url=event.url,
            types=event.types,
            internal=event.internal,
            description=event.description,
            secret=SecretPart(event.key, event.salt),
            at=event.at,
        )

    def evolve(self, event: DomainEvent) -> "Webhook":
        """The webhook after this event."""
        version = self.version + 1
        match event:
            case WebhookSubscribed():
                return msgspec.structs.replace(
                    Webhook.begin(self.id, event), version=version, begun=version, renewed=version
                )
            case WebhookChanged():
                fields = {name: getattr(event, name) for name in ("url", "types", "internal", "description")}
                changes = {name: value for name, value in fields.items() if value is not None}
                changes |= {"renewed": version} if event.url is not None else {}
            case WebhookEnabled():
                changes = {"active": True, "disabled_reason": "", "renewed": version}
            case WebhookDisabled():
                changes = {"active": False, "disabled_reason": event.reason}
            case WebhookSecretRotated():
                secret = SecretPart(event.key, event.salt)
                changes = {"secret": secret, "previous": self.secret, "previous_until": event.previous_until}
            case WebhookReplayed():
                changes = {"begun": version, "start": event.start, "since": event.since}
            case WebhookTested():
                changes = {}
            case WebhookDeleted():
                changes = {"active": False, "deleted": True}
            case _:
                raise NotItsEvent(f"webhook {self.webhook!r}", event)
        return msgspec.structs.replace(self, version=version, **changes)

    def secrets_at(self, now: str) -> Sequence[SecretPart]:
        """What to sign with at a moment, the newest first."""
        if self.previous is None or now >= self.previous_until:
            return (self.secret,)
        return (self.secret, self.previous)

    def change(self, wish: Wish, *, reason: str, at: str) -> Sequence[WebhookEvent]:
        """Have it be like this. What it is already is no event."""
        wish.check()
        check_text("reason", reason, most=REASON_CHARACTERS)
        changes = {
            name: getattr(wish, name)
            for name in ("url", "types", "internal", "description")
            if getattr(wish, name) != getattr(self, name)
        }
        events: list[WebhookEvent] = []
        if changes:
            events.append(WebhookChanged(webhook=self.webhook, **changes, reason=reason, at=at))
        if wish.active and not self.active:
            events.append(WebhookEnabled(webhook=self.webhook, reason=reason, at=at))
        elif not wish.active:
            events += self.disable(reason=reason, at=at)
        return events

    def disable(self, *, reason: str, at: str) -> Sequence[WebhookEvent]:
        """Send nothing any more, for now."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return (WebhookDisabled(webhook=self.webhook, reason=reason, at=at),) if self.active else ()

    def rotate(self, secret: SecretPart, *, overlap_seconds: int, at: str) -> Sequence[WebhookEvent]:
        """Sign with a new secret, and for so long with the old one as well."""
        if not 0 <= overlap_seconds <= LONGEST_OVERLAP_SECONDS:
            raise Invalid("overlap_seconds", f"must be 0 to {LONGEST_OVERLAP_SECONDS}")
        until = format_time(parse_time(at) + overlap_seconds * 1000)
        return (
            WebhookSecretRotated(webhook=self.webhook, key=secret.key, salt=secret.salt, previous_until=until, at=at),
        )

    def replay(self, *, start: str, since: str, reason: str, at: str) -> Sequence[WebhookEvent]:
        """Go on from another place: a position, or a time."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        if bool(start) == bool(since):
            raise Invalid("from", "name a position in `from` or a time in `since`, and not both")
        if start:
            _check_position(start)
        else:
            check_time("since", since)
        return (WebhookReplayed(webhook=self.webhook, start=start, since=since, reason=reason, at=at),)

    def test(self, *, at: str) -> Sequence[WebhookEvent]:
        """Send an event that says nothing."""
        if not self.active:
            raise Conflict("webhook", f"webhook {self.webhook!r} is disabled: enable it first")
        return (WebhookTested(webhook=self.webhook, at=at),)

    def delete(self, *, reason: str, at: str) -> Sequence[WebhookEvent]:
        """Be no more."""
        check_text("reason", reason, most=REASON_CHARACTERS)
        return (WebhookDeleted(webhook=self.webhook, reason=reason, at=at),)


def subscribe(*, webhook: str, wish: Wish, secret: SecretPart, at: str) -> Sequence[WebhookEvent]:
    """A new webhook's first events."""
    check_id("webhook", webhook)
    wish.check()
    subscribed = WebhookSubscribed(
        webhook=webhook,
        url=wish.url,
        types=wish.types,
        internal=wish.internal,
        description=wish.description,
        key=secret.key,
        salt=secret.salt,
        at=at,
    )
    return (subscribed,) if wish.active else (subscribed, WebhookDisabled(webhook=webhook, at=at))


def _check_position(token: str) -> None:
    if len(token) > BODY_CHARACTERS:
        raise Invalid("from", "is longer than any position")
    try:
        Positions.from_token(token)
    except ValueError as error:
        raise Invalid("from", str(error)) from error
