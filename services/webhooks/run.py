"""One webhook's deliveries, round after round, for as long as this process delivers to it.

**Where it stands** is its cursor: in memory, and after every round that sent something on the log of deliveries. So
what a process sent since is sent again after it died, under the same identities, and nothing is left out. A rebuild of
a view moves no cursor, so it sends nothing.

**Liveness**: a round ends, as every request has a time limit. What can't be delivered is tried again when it is due,
and at last disables the webhook; what is away (ClickHouse, Kafka) is waited for.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import suppress

from events.domain.application import Feedback
from events.domain.refusals import Refusal
from events.domain.webhooks.commands import DisableWebhook
from events.domain.webhooks.secrets import NoKey
from events.domain.webhooks.subscriptions import Subscription
from events.domain.webhooks.webhook import Webhook
from events.position import Partition, Positions
from events.times import Millis, format_time, parse_time
from services.sagas.patience import Patience
from services.webhooks import metrics
from services.webhooks.cursor import Cursor, HeldSubject
from services.webhooks.journal import now
from services.webhooks.round import Means, Round

logger = logging.getLogger(__name__)

ACTOR = "webhooks"
REMEMBER_SECONDS = 60.0
"""How often a cursor is written down that moved over events that the webhook does not want."""
AGAIN_SECONDS = 10.0
END_SECONDS = 5.0
"""How long a round may take to end when this process is to deliver no more."""
_LOOK_SECONDS = 0.5
_REASON_CHARACTERS = 900


class WebhookRun:
    """Delivers to one webhook."""

    def __init__(
        self, means: Means, feedback: Feedback, patience: Patience, subscription: Subscription, cursor: Cursor | None
    ) -> None:
        self._means = means
        self._feedback = feedback
        self._patience = patience
        self._subscription = subscription
        self._cursor = cursor
        self._written = cursor
        self._written_at = time.monotonic()
        self._reached: Mapping[Partition, int] = {}
        self._sent = False
        self._round_under_way: Round | None = None
        self._news = asyncio.Event()
        self.complaint: str | None = None

    @property
    def active(self) -> bool:
        """Whether it is to be delivered to."""
        return self._subscription.webhook.active

    @property
    def held(self) -> int:
        """How many subjects it holds back."""
        return 0 if self._cursor is None else len(self._cursor.held)

    def hear(self, subscription: Subscription) -> None:
        """This is how the webhook stands now."""
        if subscription != self._subscription:
            self._subscription = subscription
            self._news.set()

    def moved(self, reached: Mapping[Partition, int]) -> None:
        """The view of events has come so far."""
        if reached != self._reached:
            self._reached = reached
            self._news.set()

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            self._news.clear()
            try:
                wait = await self._whole(asyncio.create_task(self._once()))
                self.complaint = None
            except NoKey as error:
                self._complain(str(error))
                wait = AGAIN_SECONDS
            except Exception as error:  # one webhook's trouble is not all the others'
                self._complain(f"{type(error).__name__}: {error}")
                logger.exception("webhook gets nowhere webhook=%s/%s", *self._subscription.key)
                wait = AGAIN_SECONDS
            if wait > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._news.wait()

    async def _whole(self, once: "asyncio.Task[float]") -> float:
        """What it comes to. Cancelled, it lets the requests under way end and be written down, within a bound."""
        try:
            return await asyncio.shield(once)
        except asyncio.CancelledError:
            if self._round_under_way is not None:
                self._round_under_way.stop()
            await asyncio.wait([once], timeout=END_SECONDS)
            once.cancel()
            await asyncio.gather(once, return_exceptions=True)
            raise

    async def _once(self) -> float:
        """Do what there is to do now: after how many seconds there may be more, if nothing is heard before."""
        subscription = self._subscription
        webhook = subscription.webhook
        if not webhook.active or not self._reached:
            await self._write(always=True)
            return AGAIN_SECONDS
        cursor = await self._begun(subscription)
        if cursor is None:
            return _LOOK_SECONDS
        self._cursor = cursor = cursor.renewed(webhook, now())
        given_up = cursor.given_up
        if given_up is not None:
            await self._write(always=True)
            await self._disable(subscription, given_up)
            return _LOOK_SECONDS  # until it is heard of
        for part in (webhook.secret, webhook.previous or webhook.secret):
            self._means.secrets.raw(subscription.workspace, webhook.webhook, part)
        self._cursor = await self._round(subscription, cursor)
        await self._write(always=self._cursor.held != cursor.held or self._sent)
        return self._rest(self._cursor)

    async def _round(self, subscription: Subscription, cursor: Cursor) -> Cursor:
        this = self._round_under_way = Round(self._means, subscription)
        if cursor.due(now()):
            cursor = await this.retry(cursor)
            self._cursor = cursor
        if self._may_advance(cursor):
            cursor = await this.advance(cursor, self._reached)
        self._sent, self._round_under_way = this.attempts > 0, None
        return cursor

    def _may_advance(self, cursor: Cursor) -> bool:
        """Whether there is more, and room for more that is not taken."""
        if cursor.given_up is not None or len(cursor.held) >= self._means.settings.most_held:
            return False
        return any(at > cursor.positions.get(partition, 0) for partition, at in self._reached.items())

    def _rest(self, cursor: Cursor) -> float:
        if cursor.given_up is not None or self._may_advance(cursor):
            return 0
        due = cursor.next_due
        return AGAIN_SECONDS if due is None else min(AGAIN_SECONDS, max(0.0, (due - now()) / 1000))

    async def _begun(self, subscription: Subscription) -> Cursor | None:
        """The cursor, anew where the webhook was told to begin again; None until the view knows from where."""
        webhook, cursor = subscription.webhook, self._cursor
        if cursor is not None and cursor.begun == webhook.begun:
            return cursor
        positions = await self._beginning(subscription, cursor)
        if positions is None:
            return None
        self._cursor = self._written = Cursor(webhook.begun, positions, {})
        await self._means.journal.reached(subscription.workspace, webhook.webhook, self._cursor)
        logger.info("webhook begins webhook=%s/%s version=%d", *subscription.key, webhook.begun)
        return self._cursor

    async def _beginning(self, subscription: Subscription, cursor: Cursor | None) -> Mapping[Partition, int] | None:
        webhook, reached = subscription.webhook, self._reached
        if webhook.since:
            return await self._means.view.since(subscription.workspace, parse_time(webhook.since), reached)
        if webhook.start and cursor is not None:
            return _from(webhook, cursor.undelivered())
        recorded = await self._recorded(subscription)
        if recorded is None:
            return None
        positions = await self._means.view.since(subscription.workspace, recorded, reached)
        return _from(webhook, positions) if webhook.start else positions

    async def _recorded(self, subscription: Subscription) -> Millis | None:
        """When it was decided that the webhook begins."""
        topic, number, offset = subscription.begun_at
        partition = Partition(topic, number)
        if self._reached.get(partition, 0) <= offset:
            return None
        return await self._means.view.recorded(subscription.workspace, partition, offset)

    async def _write(self, *, always: bool) -> None:
        """Write down how far it has come, if that is due."""
        due = always or time.monotonic() - self._written_at > REMEMBER_SECONDS
        if self._cursor is None or self._cursor == self._written or not due:
            return
        workspace, webhook = self._subscription.key
        await self._means.journal.reached(workspace, webhook, self._cursor)
        self._written, self._written_at = self._cursor, time.monotonic()

    async def _disable(self, subscription: Subscription, held: HeldSubject) -> None:
        """Have it disabled as it was when that was found to be right; otherwise it is looked at again."""
        workspace, webhook = subscription.key
        place = f"{held.first.topic}/{held.first.partition}/{held.first.offset}"
        reason = (
            f"{held.reason} (attempt {held.failures} at the event of {place}, tried since {format_time(held.since)})"
        )
        command = DisableWebhook(workspace=workspace, webhook=webhook, reason=reason[:_REASON_CHARACTERS])

        async def decide() -> bool:
            try:
                await self._feedback.execute_async(command, actor=ACTOR, expected_version=subscription.webhook.version)
            except Refusal:  # it is another by now: waiting would not mend that
                return False
            return True

        if await self._patience.call(decide):
            metrics.DISABLED.inc()
            logger.warning("webhook disabled webhook=%s/%s reason=%s", workspace, webhook, held.reason)

    def _complain(self, what: str) -> None:
        self.complaint = f"webhook {'/'.join(self._subscription.key)}: {what}"


def _from(webhook: Webhook, positions: Mapping[Partition, int]) -> Mapping[Partition, int]:
    """These positions, but where the webhook was told from where."""
    start = Positions.from_token(webhook.start).next_offsets
    return {partition: start.get(partition, at) for partition, at in positions.items()}
