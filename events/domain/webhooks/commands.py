"""What can be asked for about webhooks."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from typing_extensions import override

from events.domain.aggregates import Aggregates, Change, changed, created
from events.domain.commands import Command
from events.domain.originators import originator_of
from events.domain.refusals import NotFound
from events.domain.webhooks.events import WebhookEvent, WebhookSubscribed
from events.domain.webhooks.webhook import SecretPart, Webhook, Wish, subscribe


class WebhookCommand(Command[Webhook], frozen=True, kw_only=True, tag=True):
    """Something asked of a webhook."""

    webhook: str

    @property
    @override
    def subject(self) -> UUID:
        return originator_of(self.workspace, Webhook.KIND, self.webhook)

    def _known(self, aggregates: Aggregates) -> Webhook:
        webhook = aggregates.find(Webhook, self.webhook)
        if webhook is None or webhook.deleted:
            raise NotFound("webhook", self.webhook)
        return webhook


class PutWebhook(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Have there be a webhook like this: make it, or change it. `secret` is a new one's."""

    wish: Wish
    secret: SecretPart
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = aggregates.find(Webhook, self.webhook)
        if webhook is not None and not webhook.deleted:
            return changed(webhook, webhook.change(self.wish, reason=self.reason, at=at))
        events: Sequence[WebhookEvent] = subscribe(webhook=self.webhook, wish=self.wish, secret=self.secret, at=at)
        if webhook is not None:  # its history goes on
            again = changed(webhook, events)
            return Change(again.aggregate, again.events, created=True)
        first, *more = events
        return created(Webhook.begin(self.subject, cast("WebhookSubscribed", first)), first, *more)


class DisableWebhook(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Send nothing until it is enabled again."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = self._known(aggregates)
        return changed(webhook, webhook.disable(reason=self.reason, at=at))


class RotateSecret(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Sign with a new secret; with the one before for `overlap_seconds` as well."""

    secret: SecretPart
    overlap_seconds: int

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = self._known(aggregates)
        return changed(webhook, webhook.rotate(self.secret, overlap_seconds=self.overlap_seconds, at=at))


class ReplayWebhook(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Go on from another place: a position's token (`start`), or all that was recorded `since` a time."""

    start: str = ""
    since: str = ""
    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = self._known(aggregates)
        return changed(webhook, webhook.replay(start=self.start, since=self.since, reason=self.reason, at=at))


class SendTest(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Send one event that says nothing."""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = self._known(aggregates)
        return changed(webhook, webhook.test(at=at))


class DeleteWebhook(WebhookCommand, frozen=True, kw_only=True, tag=True):
    """Have it be no more."""

    reason: str = ""

    @override
    def change(self, aggregates: Aggregates, at: str) -> Change[Webhook]:
        webhook = self._known(aggregates)
        return changed(webhook, webhook.delete(reason=self.reason, at=at))
