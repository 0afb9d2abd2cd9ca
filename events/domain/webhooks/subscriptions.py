"""All webhooks there are, in memory, fed by the ledger's follower: who lists them, and who sends."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple
from uuid import UUID

from events.domain.event import DomainEvent
from events.domain.refusals import Conflict
from events.domain.vocabulary import decode_domain_event
from events.domain.webhooks.events import EVENTS, WebhookSubscribed
from events.domain.webhooks.webhook import Webhook
from events.ledger.index import AdmittedCommit
from events.ledger.ledger import Ledger
from events.position import Position

MOST_WEBHOOKS = 50
"""Of a workspace."""

_TYPES = frozenset(event.TYPE for event in EVENTS)


class Subscription(NamedTuple):
    """A webhook of a workspace, and where the commit stands that it last began, or began again, with."""

    workspace: str
    webhook: Webhook
    begun_at: Position

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.workspace, self.webhook.webhook


class Subscriptions:
    """The webhooks of all workspaces, as far as this process has followed the ledger. Safe from any thread."""

    def __init__(self, ledger: Ledger, changed: Callable[[], None] | None = None) -> None:
        """Reads all that the ledger's index holds; `changed` is called, in the ledger's thread, after each change."""
        self._ledger = ledger
        self._by_key: dict[tuple[str, str], Subscription] = {}
        self._changed = changed
        self._last: dict[str, int] = {}
        self._heard = 0
        ledger.listen(self._admitted)

    def find(self, workspace: str, webhook: str) -> Webhook | None:
        """A webhook that is not deleted."""
        found = self._by_key.get((workspace, webhook))
        return None if found is None or found.webhook.deleted else found.webhook

    def of(self, workspace: str) -> Sequence[Webhook]:
        """A workspace's webhooks by id."""
        own = [each.webhook for each in tuple(self._by_key.values()) if each.workspace == workspace]
        return sorted((each for each in own if not each.deleted), key=lambda each: each.webhook)

    def check_room(self, workspace: str, webhook: str) -> None:
        """A bound for what is delivered side by side; two at the same moment may go beyond it by one.

        Raises:
            Conflict: if there would be one more, and there are `MOST_WEBHOOKS` already.
        """
        if self.find(workspace, webhook) is None and len(self.of(workspace)) >= MOST_WEBHOOKS:
            raise Conflict("webhook", f"there are {MOST_WEBHOOKS} webhooks already: delete one")

    def all(self) -> Sequence[Subscription]:
        """Every one, deleted ones too."""
        return tuple(self._by_key.values())

    def may_have(self, workspace: str, first: int, end: int) -> bool:
        """Whether the ledger may have a commit of a workspace at the offsets from `first` to before `end`."""
        heard = self._heard  # before looking for the last one: it is set after that
        return heard < end or self._last.get(workspace, -1) >= first

    async def catch_up(self, timeout: float = 2.0) -> None:  # noqa: ASYNC109 - the ledger's thread keeps the time
        """Wait until this holds all that was admitted by now; raises as `Directory.catch_up`."""
        await asyncio.wrap_future(self._ledger.catch_up(timeout))

    def _admitted(self, commit: AdmittedCommit) -> None:
        self._last[commit.workspace] = commit.receipt.position.offset
        self._heard = commit.receipt.position.offset + 1
        known = False
        for stored in commit.events:
            if stored.topic not in _TYPES:
                continue
            known = True
            event = decode_domain_event(stored.topic, stored.state)
            key = commit.workspace, str(getattr(event, "webhook"))  # noqa: B009 - each of these events has it
            found = self._by_key.get(key)
            webhook = _first(stored.originator_id, event) if found is None else found.webhook.evolve(event)
            begun = commit.receipt.position if found is None or webhook.begun != found.webhook.begun else found.begun_at
            self._by_key[key] = Subscription(commit.workspace, webhook, begun)
        if known and self._changed is not None:
            self._changed()


def _first(id: object, event: DomainEvent) -> Webhook:
    assert isinstance(id, UUID)
    assert isinstance(event, WebhookSubscribed)
    return Webhook.begin(id, event)
