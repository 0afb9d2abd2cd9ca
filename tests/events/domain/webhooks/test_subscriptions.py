"""Every webhook in memory, and whether the ledger may have anything new of a workspace."""

from collections.abc import Callable
from typing import Any, cast

from events.domain.event import DomainEvent
from events.domain.mapper import to_stored
from events.domain.originators import Recorded, originator_of
from events.domain.vocabulary import BoardCreated
from events.domain.webhooks.events import WebhookDeleted, WebhookReplayed, WebhookSubscribed
from events.domain.webhooks.subscriptions import Subscriptions
from events.ledger.index import AdmittedCommit, Receipt
from events.position import Position

AT = "2026-01-01T00:00:00.000Z"


class Told:
    """A ledger that says what it is told to say."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}

    def listen(self, listener: Callable[[AdmittedCommit], None]) -> None:
        self.listener = listener

    def admit(self, offset: int, workspace: str, name: str, event: DomainEvent) -> None:
        self.versions[workspace + name] = version = self.versions.get(workspace + name, 0) + 1
        stored = to_stored(Recorded(originator_of(workspace, "webhook", name), version, event))
        self.listener(AdmittedCommit(Receipt(Position("t.ledger", 0, offset), [1]), workspace, [stored]))


def subscribed(name: str) -> WebhookSubscribed:
    return WebhookSubscribed(webhook=name, url="https://example.com/", key="k1", salt="s", at=AT)


def test_who_listens_and_since_when() -> None:
    ledger, changes = Told(), list[int]()
    found = Subscriptions(cast("Any", ledger), lambda: changes.append(1))
    ledger.admit(1, "acme", "crm", subscribed("crm"))
    ledger.admit(2, "acme", "erp", subscribed("erp"))
    ledger.admit(3, "globex", "crm", subscribed("crm"))
    ledger.admit(4, "acme", "ideas", BoardCreated(board="ideas", name="Ideas", at=AT))
    assert [each.webhook for each in found.of("acme")] == ["crm", "erp"]
    assert len(changes) == 3
    ledger.admit(5, "acme", "crm", WebhookReplayed(webhook="crm", since=AT, at=AT))
    assert {each.key: each.begun_at.offset for each in found.all()} == {
        ("acme", "crm"): 5, ("acme", "erp"): 2, ("globex", "crm"): 3,
    }  # fmt: skip
    ledger.admit(6, "acme", "erp", WebhookDeleted(webhook="erp", at=AT))
    assert found.find("acme", "erp") is None
    assert found.find("globex", "crm") is not None
    assert found.find("globex", "erp") is None


def test_what_was_not_heard_of_yet_may_be_anybody_s() -> None:
    ledger = Told()
    found = Subscriptions(cast("Any", ledger))
    ledger.admit(3, "acme", "crm", subscribed("crm"))
    ledger.admit(7, "globex", "crm", subscribed("crm"))
    assert found.may_have("acme", 2, 8)
    assert found.may_have("acme", 3, 8)
    assert not found.may_have("acme", 4, 8)
    assert found.may_have("acme", 4, 9), "the view is ahead of us"
    assert not found.may_have("nobody", 0, 8)
