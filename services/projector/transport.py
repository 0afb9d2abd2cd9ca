"""Faust's transport for record batches: one message per fetch of all partitions, read from positions of our own.

Registered as `groundswell` under the entry point `faust.transports`. It differs from Faust's own aiokafka transport in
what guards our data and our speed; `docs/decisions/002-record-batches-through-faust.md` says why for each.

Two threads: Faust's (streams, agents, `Consumer`) and the consumer's (`ConsumerThread`: the connection to Kafka).
"""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, cast

import faust
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
from aiokafka.errors import IllegalStateError, KafkaError, OffsetOutOfRangeError
from aiokafka.structs import OffsetAndMetadata
from faust.app.base import BootStrategy
from faust.tables.manager import TableManager
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage, Message
from faust.types.transports import ConsumerT, TPorTopicSet

from events.log.batch import RecordBatch
from events.log.fetch import FETCH_OPTIONS, MAX_RECORDS, fetch, hold
from events.position import Partition
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

HOLD_SECONDS = 0.02
GATHER_SECONDS = 0.025
"""How far apart fetches of few records are: a batch of a handful costs as much to hand over and to fold as one of a
hundred, and many small requests make many of those."""
FEW_RECORDS = 2000
ROUNDS_WAITING = 1
"""How many fetches may wait while one is folded: enough to go on at once, and what comes later gathers in Kafka."""
RETRY_SECONDS = 1.0
LOOK_FOR_ENDS_SECONDS = 5.0
COMMIT_SECONDS = 3.0
"""aiokafka tries to commit for as long as Kafka is away; nothing of ours may wait for that."""


class Keeper(Protocol):
    """Who keeps the positions, and says when enough was read. Called from Faust's thread."""

    async def take_up(self, partitions: frozenset[Partition]) -> Mapping[Partition, int]:
        """Own exactly these partitions from now on; where to read each from."""
        ...

    def revoked(self) -> None:
        """A rebalance began: whose the partitions are is open until `take_up`."""
        ...

    def durable(self, partition: Partition) -> int | None:
        """The next offset after what is durable; None if that is not known."""
        ...

    def room(self, waiting: int) -> int:
        """How many more records may be fetched, with so many fetched and not yet taken; hold back at 0."""
        ...

    def fail(self, error: Exception) -> None:
        """Nothing more can be read. May be called from any thread."""
        ...


class Member(NamedTuple):
    """Who reads: the group, this member's lasting name in it, and how long its silence is borne."""

    group: str
    name: str | None
    session_timeout_ms: int


class Delivery(NamedTuple):
    """A batch, where its partition ended, and the seek and generation that it was fetched under."""

    batch: RecordBatch
    log_end: int
    seek: int
    generation: int


Round = Sequence[Delivery]
"""A message's value: what one fetch gave, at most one batch a partition, all of one generation."""


class _Boot(BootStrategy):
    """Only the consumer: nothing is produced through Faust, and its web server is not ours."""

    enable_kafka_producer = False
    enable_web = False


class _NoTables(TableManager):
    """Faust's, which begins with a second's sleep for tables to be declared in: there are none."""

    mundane_level = "debug"

    async def on_start(self) -> None:
        """Say that all tables are there, and go on to where streams begin."""
        await self._update_channels()
        await self.recovery.start()


class ProjectorApp(faust.App):
    """A Faust app whose transport is this one."""

    BootStrategy = _Boot
    mundane_level = "debug"  # of mode's own log lines: starting, stopping

    def __init__(self, kafka: KafkaSettings, member: Member, keeper: Keeper) -> None:
        super().__init__(
            member.group,
            broker=[f"groundswell://{server}" for server in kafka.bootstrap_servers.split(",")],
            autodiscover=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
            web_tables_enabled=False,
            stream_wait_empty=False,
            TableManager=_NoTables,
        )
        self.kafka = kafka
        self.member = member
        self.keeper = keeper

    @property
    def reader(self) -> "Consumer":
        """The consumer, as what it is."""
        return cast(Consumer, self.consumer)

    def _create_directories(self) -> None:
        """Faust keeps nothing on disk here."""


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """The connection to Kafka. Everything but `seek_number` runs in its own thread and loop."""

    mundane_level = "debug"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._seeks: defaultdict[TP, int] = defaultdict(int)
        self._next_fetch = 0.0
        self._log_ends: Mapping[TopicPartition, int] = {}
        self._looked_for_ends = 0.0

    def seek_number(self, tp: TP) -> int:
        """How often the partition was sought in: what was fetched under an earlier number is out of date."""
        return self._seeks[tp]

    def kafka_age(self, assigned: Collection[TopicPartition]) -> float:
        """Seconds since the last answer about any of these; 0 where nothing is asked. From any thread."""
        consumer = self._consumer
        if consumer is None or consumer._fetcher is None or all(tp in consumer._fetcher._records for tp in assigned):
            return 0.0
        try:
            answered = [consumer.last_poll_timestamp(tp) or 0 for tp in assigned]
        except (IllegalStateError, AssertionError):
            return 0.0
        return max(0.0, time.time() - max(answered) / 1000) if any(answered) else 0.0

    async def round(self, partitions: frozenset[TP], seconds: float, room: int) -> Round:
        """Fetch the next batches of some `room` records; where there is none, only stay in the group."""
        return cast(Round, await self.call_thread(self._round, partitions, seconds, room))

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        app = cast(ProjectorApp, self.app)
        options = {
            **app.kafka.client_options(),
            **FETCH_OPTIONS,
            "client_id": "groundswell-projector",
            "group_id": app.member.group,
            "group_instance_id": app.member.name,
            "session_timeout_ms": app.member.session_timeout_ms,
            "heartbeat_interval_ms": app.member.session_timeout_ms // 5,
            "rebalance_timeout_ms": max(30_000, app.member.session_timeout_ms),
            # Round-robin, which Faust takes for an app without tables, moves state at every rebalance.
            "partition_assignment_strategy": [StickyPartitionAssignor],
        }
        return AIOKafkaConsumer(**options)

    async def _round(self, partitions: frozenset[TP], seconds: float, room: int) -> Round:
        consumer = self._ensure_consumer()
        if not self.consumer.flow_active:
            return ()
        if room <= 0:
            await self._look_for_log_ends(consumer)
            await hold(consumer, HOLD_SECONDS)
            return ()
        if (early := self._next_fetch - time.monotonic()) > 0:
            await hold(consumer, early)
        wanted = [TopicPartition(*tp) for tp in partitions]
        try:
            self._check_background(consumer)
            fetched = await fetch(consumer, wanted, timeout=seconds, max_records=min(room, MAX_RECORDS))
        except OffsetOutOfRangeError as error:
            self._fail(f"the log does not hold a position that was folded up to ({error}): it lost records")
        except KafkaError as error:
            logger.warning("fetching again reason=%r", error)
        else:
            generation = self.app.consumer_generation_id
            few = sum(len(batch) for batch, _ in fetched) < FEW_RECORDS
            self._next_fetch = time.monotonic() + GATHER_SECONDS if fetched and few else 0.0
            return [
                Delivery(batch, log_end, self._seeks[TP(batch.topic, batch.partition)], generation)
                for batch, log_end in fetched
            ]
        await asyncio.sleep(RETRY_SECONDS)
        return ()

    async def _look_for_log_ends(self, consumer: AIOKafkaConsumer) -> None:
        """While nothing is fetched, nothing tells where the log ends: how far we are behind is asked now and then."""
        if time.monotonic() - self._looked_for_ends < LOOK_FOR_ENDS_SECONDS:
            return
        try:
            ends = consumer.end_offsets(consumer.assignment())
            self._log_ends = await asyncio.wait_for(ends, LOOK_FOR_ENDS_SECONDS)
        except (KafkaError, TimeoutError) as error:
            logger.info("the log's ends were not told reason=%r", error)
        self._looked_for_ends = time.monotonic()

    def log_end(self, partition: TopicPartition) -> int:
        """Where a partition ended when that was last asked; 0 if it never was."""
        return self._log_ends.get(partition, 0)

    def _check_background(self, consumer: AIOKafkaConsumer) -> None:
        """aiokafka's own tasks end in silence; what is fetched then is nothing, for ever."""
        for task in (consumer._coordinator._coordination_task, consumer._fetcher._fetch_task):
            if task.done() and not consumer._closed:
                self._fail(f"the connection to Kafka broke ({task!r})")

    def _fail(self, reason: str) -> None:
        cast(ProjectorApp, self.app).keeper.fail(RuntimeError(reason))

    async def _seek_wait(self, consumer: AIOKafkaConsumer, partitions: Mapping[TP, int]) -> None:
        for tp, offset in partitions.items():
            self._seeks[tp] += 1
            consumer.seek(TopicPartition(*tp), offset)

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Tell the group how far we are, for those who watch its lag. Faust would stop the app where this fails."""
        wanted = {TopicPartition(*tp): OffsetAndMetadata(offset, "") for tp, offset in offsets.items()}
        try:
            await asyncio.wait_for(self._ensure_consumer().commit(wanted), COMMIT_SECONDS)
        except (KafkaError, TimeoutError) as error:
            logger.info("group offsets were not committed reason=%r", error)
            return False
        return True


class Consumer(driver.Consumer):
    """Faust's side of the connection."""

    mundane_level = "debug"
    app: ProjectorApp
    _thread: ConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taking_up: asyncio.Task[None] | None = None

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    # --- where to read ---

    async def perform_seek(self) -> None:
        """After an assignment: seek to our positions. Nothing is fetched until that is done, however long it takes."""
        assigned = frozenset(self.assignment())
        self._taking_up = asyncio.create_task(self._take_up(assigned, self._taking_up), name="take up partitions")

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """A rebalance begins: whose the partitions are is open until the next assignment."""
        self.app.keeper.revoked()
        await super().on_partitions_revoked(revoked)

    async def on_partitions_assigned(self, assigned: set[TP], generation_id: int = 0) -> None:
        """Faust seeks only where something was assigned; what we had must be closed where nothing was."""
        await super().on_partitions_assigned(assigned, generation_id)
        if not assigned:
            await self.perform_seek()

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Never: the group's offsets are only for watching lag."""
        raise NotImplementedError("positions come from the state, not from the group")

    async def _take_up(self, assigned: frozenset[TP], earlier: asyncio.Task[None] | None) -> None:
        if earlier is not None:
            await earlier
        try:
            positions = await self.app.keeper.take_up(frozenset(Partition(*tp) for tp in assigned))
            await self.seek_wait({TP(*partition): offset for partition, offset in positions.items()})
        except IllegalStateError:
            logger.info("the partitions were assigned anew meanwhile")
        except Exception as error:
            self.app.keeper.fail(error)

    @property
    def taken_up(self) -> bool:
        """Whether partitions (or none) were assigned, opened and sought in."""
        return self._taking_up is not None and self._taking_up.done()

    def outdated(self, delivery: Delivery) -> bool:
        """Whether the partition was (or is being) sought in after this was fetched: then it is fetched again."""
        return not self.taken_up or delivery.seek != self._thread.seek_number(
            TP(delivery.batch.topic, delivery.batch.partition)
        )

    async def seek_back(self, partition: Partition, offset: int) -> None:
        """Read a partition again from `offset`; nothing if it is no longer ours."""
        try:
            await self.seek_wait({TP(*partition): offset})
        except IllegalStateError:
            logger.info("not sought in, no longer assigned topic=%s partition=%d", *partition)

    def log_end(self, partition: Partition) -> int | None:
        """Where an assigned partition ended when Kafka last answered; None if that is not known."""
        try:
            told = cast("int | None", self.highwater(cast(TP, TopicPartition(*partition))))
            return None if told is None else max(told, self._thread.log_end(TopicPartition(*partition)))
        except (IllegalStateError, AssertionError):
            return None

    @property
    def kafka_age(self) -> float:
        """Seconds since Kafka last answered a fetch; 0 where nothing is asked, as all that is assigned waits here."""
        return self._thread.kafka_age(frozenset(TopicPartition(*tp) for tp in self.assignment()))

    # --- reading ---

    async def _drain_messages(self, fetcher: Any) -> None:
        """Faust's loop, but for its bookkeeping of offsets: that drops in silence what is read again after a seek."""
        while not (self.should_stop or fetcher.should_stop):
            async for _, message in self.getmany(timeout=1.0):
                await self.wait_first(self.callback(message), self.suspend_flow.wait())

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:  # noqa: ASYNC109 - Faust's name
        """The message of one fetch. One of an earlier generation is left out; what it held is fetched again."""
        if not self.flow_active:
            await self.wait(cast(Any, self.can_resume_flow))
        # Faust goes on changing its set, so ours is frozen. An empty one is asked for too: that keeps us in the group.
        partitions = frozenset(self._get_active_partitions())
        found = await self._thread.round(partitions, timeout, self._room())
        if not found or not self.flow_active or found[0].generation != self.app.consumer_generation_id:
            return
        message = self._message_of(found)
        yield message.tp, message

    def _room(self) -> int:
        """How many records may be fetched. What waits is counted in the queues: a rebalance clears them."""
        if not self.taken_up:
            return 0
        rounds = [event.value for topic in self.app.topics for event in tuple(cast(Any, topic.queue)._queue)]
        if len(rounds) >= ROUNDS_WAITING:
            return 0
        return self.app.keeper.room(sum(len(delivery.batch) for waiting in rounds for delivery in waiting))

    def _message_of(self, found: Round) -> ConsumerMessage:
        """The fetch as a message of its first partition: all that Faust needs to bring it to the agent."""
        batch, _, _, generation = found[0]
        seconds = (batch.timestamps[-1] if len(batch) else 0) / 1000
        return ConsumerMessage(
            batch.topic, batch.partition, batch.start, seconds, 1, None, None, cast(bytes, found), None, 0, 0,
            TP(batch.topic, batch.partition), generation_id=generation,
        )  # fmt: skip

    def on_buffer_full(self, tp: TP) -> None:
        """Back-pressure is the keeper's; Faust's own sleeps for whole seconds."""

    def on_buffer_drop(self, tp: TP) -> None:
        """See `on_buffer_full`."""

    # --- the group's offsets ---

    def _filter_tps_with_pending_acks(self, topics: TPorTopicSet | None = None) -> Iterator[TP]:
        return (tp for tp in self.assignment() if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        """What we hold durable, whatever was acknowledged."""
        self._acked.pop(tp, None)
        self._acked_index.pop(tp, None)
        return self.app.keeper.durable(Partition(*tp)) or None


class Transport(driver.Transport):
    """Kafka in record batches: `groundswell://host:port`, for a `ProjectorApp`."""

    Consumer: type[ConsumerT] = Consumer  # type: ignore[misc]  # a class variable in Faust, of its own class
