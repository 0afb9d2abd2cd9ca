"""One round of one webhook: what is held and due is tried again, and the next page of events is sent.

Events about one subject go one after another, each after the one before was taken. Subjects go side by side, as many
at once as the settings allow. At the end stands a cursor that says what was not delivered; whoever goes on from it, now
or after a crash, sends at least that.
"""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace

from events.deliveries import AttemptedData, Place
from events.domain.webhooks.secrets import Secrets
from events.domain.webhooks.subscriptions import Subscription, Subscriptions
from events.domain.webhooks.types import may_be_ballots
from events.log.topics import Topics
from events.position import Partition
from events.times import Millis, format_time
from projections.events.queries import FeedEvent, Wanted, following
from services.webhooks import metrics
from services.webhooks.cursor import Cursor, HeldSubject, advanced, wait_after
from services.webhooks.journal import Journal, now
from services.webhooks.message import Message, message_of
from services.webhooks.sender import Answer, Sender
from services.webhooks.settings import DeliverySettings
from services.webhooks.signing import signed_headers
from services.webhooks.view import DeliveryView


@dataclass(frozen=True, slots=True)
class Means:
    """What deliveries stand on."""

    topics: Topics
    view: DeliveryView
    sender: Sender
    journal: Journal
    secrets: Secrets
    subscriptions: Subscriptions
    settings: DeliverySettings


@dataclass(frozen=True, slots=True)
class _Stopped:
    """The first event of a subject that was not delivered, when to try it again (None: not by itself), and why."""

    delivered: Sequence[Place]
    first: Place
    failures: int
    due: Millis | None
    reason: str = ""


class Round:
    """One round, of a webhook as it was when the round began."""

    def __init__(self, means: Means, subscription: Subscription) -> None:
        self._means = means
        self._workspace, self._webhook = subscription.workspace, subscription.webhook
        self._slots = asyncio.Semaphore(means.settings.concurrency)
        self._over = False
        self.attempts = 0

    def stop(self) -> None:
        """Begin no more deliveries: the round ends soon, and what was not begun is due at once."""
        self._over = True

    async def retry(self, cursor: Cursor) -> Cursor:
        """Try again what is due."""
        due = cursor.due(now())
        after = await _side_by_side(
            {subject: self._catch_up(subject, held, cursor.positions) for subject, held in due.items()}
        )
        return replace(cursor, held=_with(cursor.held, after))

    async def advance(self, cursor: Cursor, reached: Mapping[Partition, int]) -> Cursor:
        """Send the next page of events."""
        limit = self._means.settings.page
        asked = self._moved(self._asked(cursor.positions), reached)
        events = await self._means.view.events(self._workspace, asked, reached, self._wanted(), limit)
        positions = {
            **{partition: max(at, reached.get(partition, 0)) for partition, at in cursor.positions.items()},
            **following(asked, reached, events, limit),
        }
        by_subject: dict[str, list[FeedEvent]] = {}
        for event in events:
            if event.subject not in cursor.held:  # that one catches up by itself
                by_subject.setdefault(event.subject, []).append(event)
        after = await _side_by_side(
            {subject: self._send(cursor.positions, None, own) for subject, own in by_subject.items()}
        )
        return replace(cursor, positions=positions, held=_with(cursor.held, after))

    def _wanted(self, subject: str | None = None) -> Wanted:
        webhook = self._webhook
        return Wanted(types=webhook.types, internal=webhook.internal, subject=subject, webhook=webhook.webhook)

    def _asked(self, positions: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Where anything can be that it wants: the ballots are many, and most webhooks want none of them."""
        if may_be_ballots(self._webhook.types):
            return positions
        return {partition: at for partition, at in positions.items() if partition.topic == self._means.topics.ledger}

    def _moved(self, asked: Mapping[Partition, int], reached: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Those where there may be anything of this workspace: most of what is decided is decided in others."""
        ledger = Partition(self._means.topics.ledger, 0)
        at = asked.get(ledger)
        if at is None or self._means.subscriptions.may_have(self._workspace, at, reached.get(ledger, 0)):
            return asked
        return {partition: at for partition, at in asked.items() if partition != ledger}

    async def _catch_up(self, subject: str, held: HeldSubject, upto: Mapping[Partition, int]) -> HeldSubject | None:
        """Send a held subject's events up to where the others are; what of it is held then."""
        limit = self._means.settings.page
        positions, known = held.positions, held
        while True:
            asked = self._asked(positions)
            events = await self._means.view.events(self._workspace, asked, upto, self._wanted(subject), limit)
            pending = [event for event in events if not held.is_before(_place(event))]
            still = await self._send(positions, known, pending)
            if still is not None:
                return still
            if len(events) < limit:
                return None
            positions = {**positions, **following(asked, upto, events, limit)}
            known = replace(known, failures=0)

    async def _send(
        self, positions: Mapping[Partition, int], known: HeldSubject | None, events: Sequence[FeedEvent]
    ) -> HeldSubject | None:
        """Send these one after another; what is held of their subject, if one is not taken."""
        async with self._slots:
            stopped = await self._in_order(known, events)
        if stopped is None:
            return None
        return HeldSubject(
            positions=advanced(positions, stopped.delivered, stopped.first),
            first=stopped.first,
            failures=stopped.failures,
            version=self._webhook.version,
            since=known.since if known is not None and known.first == stopped.first else now(),
            due=stopped.due,
            reason=stopped.reason,
        )

    async def _in_order(self, known: HeldSubject | None, events: Sequence[FeedEvent]) -> _Stopped | None:
        delivered: list[Place] = []
        for event in events:
            place = _place(event)
            failures = known.failures if known is not None and known.first == place else 0
            if self._over:
                return _Stopped(delivered, place, failures, now())
            message = message_of(self._workspace, event, self._wanted())
            if message is not None:
                answer, due = await self._attempt(message, failures + 1)
                if answer.outcome != "delivered":
                    return _Stopped(delivered, place, failures + 1, due, answer.reason)
            delivered.append(place)
        return None

    async def _attempt(self, message: Message, number: int) -> tuple[Answer, Millis | None]:
        """What came of it, and when to try again if it was not taken; None then: the webhook is to be disabled."""
        workspace, webhook, secrets = self._workspace, self._webhook, self._means.secrets
        moment = now()
        keys = [secrets.raw(workspace, webhook.webhook, part) for part in webhook.secrets_at(format_time(moment))]
        headers = signed_headers(message.id, moment // 1000, message.body, keys)
        self.attempts += 1
        answer = await self._means.sender.send(webhook.url, headers, message.body)
        metrics.ATTEMPTS.labels(answer.outcome).inc()
        metrics.SECONDS.observe(answer.milliseconds / 1000)
        due = self._due(number, answer)
        if answer.outcome != "delivered" and due is None:
            self._over = True  # what was not begun waits with the rest
        await self._means.journal.attempted(
            workspace,
            webhook.webhook,
            AttemptedData(
                message=message.id,
                event_type=message.type,
                event_id=message.event_id,
                event_subject=message.subject,
                stands=message.place,
                attempt=number,
                outcome=answer.outcome,
                status=answer.status,
                reason=answer.reason,
                milliseconds=answer.milliseconds,
                next_attempt_at="" if due is None else format_time(due),
            ),
        )
        return answer, due

    def _due(self, failures: int, answer: Answer) -> Millis | None:
        if answer.outcome != "failed":
            return None
        wait = wait_after(failures, self._means.settings.schedule, answer.retry_after)
        return None if wait is None else now() + round(wait * 1000)


async def _side_by_side(sends: Mapping[str, Awaitable[HeldSubject | None]]) -> Mapping[str, HeldSubject | None]:
    """All of them at once; what is held of each subject then. Where one raises, all end."""
    async with asyncio.TaskGroup() as group:
        tasks = {subject: group.create_task(_awaited(send)) for subject, send in sends.items()}
    return {subject: task.result() for subject, task in tasks.items()}


async def _awaited(send: Awaitable[HeldSubject | None]) -> HeldSubject | None:
    return await send


def _with(held: Mapping[str, HeldSubject], after: Mapping[str, HeldSubject | None]) -> Mapping[str, HeldSubject]:
    merged = {**held, **after}
    return {subject: each for subject, each in merged.items() if each is not None}


def _place(event: FeedEvent) -> Place:
    return Place(event.topic, event.partition, event.offset, event.place)
