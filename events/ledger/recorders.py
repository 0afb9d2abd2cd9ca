"""The library's recorders over the ledger: what they insert, the log decides; what they select comes from the index."""

import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    ListenNotifySubscription,
    NotSupportedError,
    StoredEvent,
    Subscription,
    Tracking,
)
from eventsourcing.sqlite import SQLiteAggregateRecorder, SQLiteApplicationRecorder, SQLiteProcessRecorder
from msgspec import UNSET

from events.ids import new_id
from events.ledger.commit import Commit, CommitData, LedgerEvent, Tracked
from events.ledger.index import Receipt
from events.ledger.ledger import Ledger
from events.times import format_time


def make_commit(
    stored_events: Sequence[StoredEvent],
    *,
    workspace: str,
    commit_id: str | None = None,
    actor: str | None = None,
    request: str | None = None,
    tracking: Tracking | None = None,
) -> Commit:
    """One commit of all these events. Without a `commit_id` it gets a fresh one."""
    return Commit(
        id=commit_id or new_id(),
        source=workspace,
        time=format_time(time.time_ns() // 1_000_000),
        data=CommitData(
            actor=UNSET if actor is None else actor,
            request=UNSET if request is None else request,
            tracking=UNSET
            if tracking is None
            else Tracked(application=tracking.application_name, notification_id=tracking.notification_id),
            events=tuple(
                LedgerEvent.of(_uuid(event.originator_id), event.originator_version, event.topic, event.state)
                for event in stored_events
            ),
        ),
    )


def _uuid(originator_id: UUID | str) -> UUID:
    if isinstance(originator_id, UUID):
        return originator_id
    raise NotSupportedError(f"originators of the ledger are UUIDs; this one is {originator_id!r}")


class LedgerAggregateRecorder(SQLiteAggregateRecorder):
    """Inserts into the ledger, selects from its index, numbers nothing."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.index.datastore)
        self.ledger = ledger

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Save the events in one commit and wait for the log's verdict; for what it raises see `Ledger.submit`."""
        _insert(self.ledger, stored_events, kwargs)
        return None


class LedgerApplicationRecorder(SQLiteApplicationRecorder):
    """The application recorder. `insert_events` and `submit` take the keywords of `make_commit`."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.index.datastore)
        self.ledger = ledger

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Save the events in one commit, wait for the log's verdict: their notification ids.

        For what it raises see `Ledger.submit`.
        """
        return _insert(self.ledger, stored_events, kwargs)

    def submit(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> "Future[Receipt]":
        """The same without holding a thread while the log decides."""
        return _submit(self.ledger, stored_events, kwargs)

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Notifications after `gt`, and then each new one as it is admitted."""
        return LedgerSubscription(recorder=self, gt=gt, topics=topics)


class LedgerProcessRecorder(SQLiteProcessRecorder):
    """The process recorder: what it tracks is in the commit, so the log decides that too."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger.index.datastore)
        self.ledger = ledger

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Save events and tracking in one commit: their notification ids. For what it raises see `Ledger.submit`."""
        return _insert(self.ledger, stored_events, kwargs)

    def insert_tracking(self, tracking: Tracking) -> None:
        """Save a commit that only tracks."""
        _insert(self.ledger, (), {"tracking": tracking})

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Notifications after `gt`, and then each new one as it is admitted."""
        return LedgerSubscription(recorder=self, gt=gt, topics=topics)


class LedgerSubscription(ListenNotifySubscription[LedgerApplicationRecorder | LedgerProcessRecorder]):
    """Pulls from the index whenever the follower has written something."""

    def __init__(
        self,
        recorder: LedgerApplicationRecorder | LedgerProcessRecorder,
        gt: int | None = None,
        topics: Sequence[str] = (),
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        recorder.ledger.wake(self._has_been_notified)
        self._has_been_notified.set()  # for what came between the first pull and the line above

    def stop(self) -> None:
        """Stop the subscription."""
        super().stop()
        self._recorder.ledger.unwake(self._has_been_notified)


def _insert(ledger: Ledger, stored_events: Sequence[StoredEvent], keywords: dict[str, Any]) -> Sequence[int] | None:
    if not stored_events and keywords.get("tracking") is None:
        return []
    return list(_submit(ledger, stored_events, keywords).result().notification_ids)


def _submit(ledger: Ledger, stored_events: Sequence[StoredEvent], keywords: dict[str, Any]) -> "Future[Receipt]":
    return ledger.submit(make_commit(stored_events, **{"workspace": ledger.settings.workspace} | keywords))
