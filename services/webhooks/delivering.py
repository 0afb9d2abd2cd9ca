"""The part of the sagas' process that delivers webhooks: by one process at a time, whichever holds their partition.

Who delivers is settled by Kafka: the processes are a consumer group on the topic of deliveries, and the one that has
its partition assigned delivers. It first waits until the view of deliveries holds all that is on that topic, so it
begins where the last one stood.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import AsyncExitStack

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from events.domain.webhooks.secrets import Secrets
from events.domain.webhooks.settings import WebhookSettings
from events.domain.webhooks.subscriptions import Subscriptions
from events.log.reader import end_offsets
from events.position import Partition
from projections.clickhouse.settings import ClickHouseSettings
from services.sagas.part import Surroundings
from services.sagas.patience import Patience
from services.webhooks import metrics
from services.webhooks.cursor import Cursor
from services.webhooks.journal import Journal
from services.webhooks.round import Means
from services.webhooks.run import WebhookRun
from services.webhooks.sender import Sender
from services.webhooks.settings import DeliverySettings
from services.webhooks.view import DELIVERIES, EVENTS, DeliveryView

logger = logging.getLogger(__name__)

STUCK_SECONDS = 60.0
_LOOK_SECONDS = 0.3
Key = tuple[str, str]


class Webhooks:
    """The part. Without a key to sign with it does nothing."""

    name = "webhooks"

    def __init__(
        self,
        surroundings: Surroundings,
        clickhouse: ClickHouseSettings | None = None,
        webhooks: WebhookSettings | None = None,
        settings: DeliverySettings | None = None,
    ) -> None:
        self._surroundings = surroundings
        self._clickhouse = clickhouse or ClickHouseSettings()
        self._webhooks = webhooks or WebhookSettings()
        self._settings = settings or DeliverySettings()
        self._patience = Patience(self.name)
        self._partition = Partition(surroundings.topics.deliveries, 0)
        self._runs: dict[Key, tuple[WebhookRun, asyncio.Task[None]]] = {}
        self._working: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._subscriptions: Subscriptions | None = None

    def complaint(self) -> str | None:
        """See `Part`."""
        complaints = [run.complaint for run, _ in self._runs.values() if run.complaint is not None]
        return complaints[0] if complaints else self._patience.complaint(STUCK_SECONDS)

    async def run(self) -> None:
        """See `Part`."""
        if not self._webhooks.by_name():
            logger.warning("webhooks are not delivered: GROUNDSWELL_WEBHOOKS_KEYS is not set, see docs/webhooks.md")
            await asyncio.Event().wait()
        loop = asyncio.get_running_loop()
        self._subscriptions = await asyncio.to_thread(
            Subscriptions, self._surroundings.feedback.ledger, lambda: _tell(loop, self._changed)
        )
        consumer = await self._patience.call(self._joined)
        try:
            while True:
                if self._working is not None and self._working.done():
                    await self._working
                try:
                    await consumer.getmany(timeout_ms=round(_LOOK_SECONDS * 1000))  # stay in the group
                except KafkaError as error:
                    logger.warning("Kafka away reason=%r", error)
                    await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await self._end()
            await consumer.stop()

    async def _joined(self) -> AIOKafkaConsumer:
        topics, session = self._surroundings.topics, self._settings.session_timeout_ms
        consumer = AIOKafkaConsumer(
            **self._surroundings.kafka.client_options(),
            group_id=f"{topics.prefix}.webhooks.{topics.epoch}",
            session_timeout_ms=session,
            heartbeat_interval_ms=session // 4,
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )
        consumer.subscribe([topics.deliveries], listener=_Listener(self, consumer))
        try:
            await consumer.start()
        except BaseException:
            await consumer.stop()
            raise
        return consumer

    def begin(self) -> None:
        """The partition is ours."""
        if self._working is None:
            self._working = asyncio.create_task(self._deliver(), name="deliver webhooks")

    async def end(self) -> None:
        """The partition is somebody else's."""
        await self._end()

    async def _end(self) -> None:
        working, self._working = self._working, None
        if working is not None:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _deliver(self) -> None:
        """Deliver to every webhook there is, until cancelled."""
        surroundings = self._surroundings
        async with AsyncExitStack() as stack:
            view = DeliveryView(self._clickhouse, surroundings.topics, self._patience)
            stack.push_async_callback(view.close)
            journal = Journal(surroundings.kafka, surroundings.topics, self._patience)
            await journal.start()
            stack.push_async_callback(journal.stop)
            sender = Sender(self._settings, allow_private=self._webhooks.allow_private)
            await stack.enter_async_context(sender)
            secrets = Secrets(self._webhooks)
            assert self._subscriptions is not None, "run() comes first"
            means = Means(surroundings.topics, view, sender, journal, secrets, self._subscriptions, self._settings)
            stack.push_async_callback(self._end_runs)
            cursors = await self._cursors(view)
            logger.info("webhooks are delivered here known=%d", len(cursors))
            await self._look(means, cursors)

    async def _cursors(self, view: DeliveryView) -> dict[Key, Cursor]:
        """How far each webhook has come, once the view holds all that was written down."""
        end = (await end_offsets(self._surroundings.kafka, [self._partition]))[self._partition]
        while (await view.reached(DELIVERIES)).get(self._partition, 0) < end:  # noqa: ASYNC110 - ClickHouse tells nobody
            await asyncio.sleep(_LOOK_SECONDS)
        return dict(await view.cursors())

    async def _look(self, means: Means, cursors: dict[Key, Cursor]) -> None:
        """Start and end deliveries as webhooks come and go, and tell them how far the view of events has come."""
        reached: Mapping[Partition, int] = {}
        while True:
            self._changed.clear()
            self._follow(means, cursors)
            runs = [run for run, _ in self._runs.values()]
            if any(run.active for run in runs):
                reached = await means.view.reached(EVENTS)
            for run in runs:
                run.moved(reached)
            metrics.WEBHOOKS.set(sum(run.active for run in runs))
            metrics.HELD.set(sum(run.held for run in runs))
            try:
                async with asyncio.timeout(self._settings.poll_seconds):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _follow(self, means: Means, cursors: dict[Key, Cursor]) -> None:
        assert self._subscriptions is not None, "run() comes first"
        for subscription in self._subscriptions.all():
            key = subscription.key
            known = self._runs.get(key)
            if subscription.webhook.deleted:
                if known is not None:
                    known[1].cancel()
                    del self._runs[key]
                continue
            if known is not None:
                known[0].hear(subscription)
                continue
            feedback = self._surroundings.feedback
            run = WebhookRun(means, feedback, self._patience, subscription, cursors.pop(key, None))
            self._runs[key] = run, asyncio.create_task(run.run(), name=f"deliver to {'/'.join(key)}")

    async def _end_runs(self) -> None:
        tasks = [task for _, task in self._runs.values()]
        self._runs = {}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    def __init__(self, part: Webhooks, consumer: AIOKafkaConsumer) -> None:
        self._part = part
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        await self._part.end()

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        if assigned:
            self._consumer.pause(*assigned)  # nothing is read through it
            self._part.begin()


def _tell(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(event.set)
