"""Between the transport and the runners: who reads which topic, from where, how far ahead, and what to do at a hole."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from events.log.topics import Topics, TopicSpec, topic_name
from events.position import Partition
from services.projector import metrics
from services.projector.feeding import feed_measured
from services.projector.follower import Follower
from services.projector.partition_run import Hole
from services.projector.passage import Passage
from services.projector.runner import ProjectorStopped, Runner
from services.projector.serial_thread import SerialThread
from services.projector.transport import Delivery

logger = logging.getLogger(__name__)


class SeekingReader(Protocol):
    """What the feeder asks of the reader."""

    def outdated(self, delivery: Delivery) -> bool:
        """Whether what this holds is fetched again anyway."""
        ...

    async def seek_back(self, partition: Partition, offset: int) -> None:
        """Read a partition again from `offset`."""
        ...


class Feeder:
    """Feeds what is read to every runner that reads its topic, one call at a time, in a thread of its own.

    Followers feed themselves; they only learn from here which partitions are ours. `failure` is set (and `failed` with
    it) when a runner, or the reading, cannot go on.
    """

    def __init__(
        self, runners: Sequence[Runner], topics: Topics, *, max_gathered: int, specs: Sequence[TopicSpec] = ()
    ) -> None:
        self.failure: Exception | None = None
        self.failed = asyncio.Event()
        self.passage = Passage(self._feed_current)
        self.followers: list[Follower] = []
        self._rebalances = 0
        self._settled: int | None = None
        self.before_feeding: Callable[[], Awaitable[None]] | None = None
        """What is to be done once partitions were taken up, before anything of them is fed."""
        self._topics = topics
        self._max_gathered = max_gathered
        self._fed = list(runners)
        # Topics that no runner reads yet are ours to share out, too: a follower may come to read them.
        self._by_topic: dict[str, list[Runner]] = {topic_name(topics.prefix, spec): [] for spec in specs}
        for runner in runners:
            for name in self._topics_of(runner):
                self._by_topic.setdefault(name, []).append(runner)
        self._taken_up: frozenset[Partition] = frozenset()
        self._sought_back: dict[Partition, int] = {}
        self._reader: SeekingReader | None = None
        # A runner is opened, fed and closed from one thread at a time, and Faust's own thread must not wait for any.
        self._thread = SerialThread("feed")
        self._loop = asyncio.get_running_loop()

    @property
    def fed(self) -> Sequence[Runner]:
        """The runners that are fed from here."""
        return self._fed

    @property
    def runners(self) -> Sequence[Runner]:
        """All runners of this process, those of followers too."""
        return [*self._fed, *(follower.runner for follower in self.followers)]

    @property
    def topics(self) -> Sequence[str]:
        """The topics that are read."""
        return list(self._by_topic)

    @property
    def settled(self) -> bool:
        """Whether the partitions are ours beyond doubt: they were taken up, and no rebalance began since."""
        return self._settled == self._rebalances

    @property
    def partitions(self) -> frozenset[Partition]:
        """The partitions that are taken up."""
        return self._taken_up

    def readers_of(self, topic: str) -> Sequence[Runner]:
        """The runners that read a topic, those of followers too."""
        followers = [each.runner for each in self.followers if topic in self._topics_of(each.runner)]
        return [*self._by_topic.get(topic, ()), *followers]

    # --- generations that come and go ---

    def follow(self, follower: Follower) -> None:
        """Let one more generation follow, in the partitions that are ours."""
        self.followers.append(follower)
        follower.start()
        follower.take_up(self._taken_up)

    async def unfollow(self, follower: Follower) -> None:
        """Let go of a generation that fed itself."""
        self.followers.remove(follower)
        await follower.stop()

    async def unfeed(self, runner: Runner) -> None:
        """Let go of a generation that was fed from here."""

        def let_go() -> None:
            self._fed.remove(runner)
            for runners in self._by_topic.values():
                if runner in runners:
                    runners.remove(runner)
            runner.stop()

        await self._thread.call(let_go)

    # --- what the transport asks ---

    async def take_up(self, partitions: frozenset[Partition]) -> Mapping[Partition, int]:
        """Close what is no longer ours, open what is, and say where to read each from: the least that a runner needs.

        What stays ours stays open, so a rebalance costs neither state nor folding. That another member had it for a
        generation in between does no harm: its rows are the same, and ours are where they were.

        Raises:
            ProjectorStopped: if a partition must not be folded.
        """
        rebalance = self._rebalances
        positions = await self._thread.call(lambda: self._open_exactly(partitions))
        self._sought_back.clear()
        self._taken_up = partitions
        for follower in self.followers:
            follower.take_up(partitions)
        if self.before_feeding is not None:
            await self.before_feeding()
        self._settled = rebalance
        logger.info("partitions taken up count=%d positions=%s", len(positions), _shown(positions))
        return positions

    def revoked(self) -> None:
        """A rebalance began."""
        self._rebalances += 1

    def durable(self, partition: Partition) -> int | None:
        """The next offset after what every fed runner holds durable; None if the partition is not open."""
        offsets = [runner.durable(partition) for runner in self._by_topic.get(partition.topic, ())]
        known = [offset for offset in offsets if offset is not None]
        return min(known) if known and len(known) == len(offsets) else None

    def room(self, waiting: int) -> int:
        """How many more records may be fetched until as many as may wait: fetched, or folded and not on their way."""
        gathered = max((runner.gathered() for runner in self._fed), default=0)
        return self._max_gathered - waiting - gathered - self.passage.waiting

    def fail(self, error: Exception) -> None:
        """Stop for good; the first reason stands. From any thread."""
        if self.failure is None:
            self.failure = error
        self._loop.call_soon_threadsafe(self.failed.set)

    # --- feeding ---

    async def feed(self, deliveries: Sequence[Delivery], reader: SeekingReader) -> None:
        """Feed batches to their runners, at most one a partition. At a hole, seek back; at the same again, fail.

        What a barrier holds back is fed later.
        """
        self._reader = reader
        await self.passage.put(deliveries)

    async def _feed_current(self, deliveries: Sequence[Delivery]) -> None:
        reader = self._reader
        if self.failure is not None or reader is None:
            return
        current = [delivery for delivery in deliveries if not reader.outdated(delivery)]
        if not current:
            return
        try:
            holes = await self._thread.call(lambda: self._feed(current))
        except ProjectorStopped as error:
            self.fail(error)
        except Exception as error:
            logger.exception("batches could not be folded batches=%s", ",".join(map(_named, current)))
            self.fail(error)
        else:
            for hole in holes:
                await self._seek_back(hole, reader)

    def stop(self) -> None:
        """Feed nothing more. Does not wait for what is being folded."""
        self._thread.stop()

    def _topics_of(self, runner: Runner) -> set[str]:
        return {topic_name(self._topics.prefix, spec) for spec in runner.projection.topics}

    def _open_exactly(self, partitions: frozenset[Partition]) -> dict[Partition, int]:
        for partition in self._taken_up - partitions:
            for runner in self._by_topic.get(partition.topic, ()):
                runner.close(partition)
        for partition in partitions:
            self._check_count(partition)
        ours = sorted(partitions)
        opened = [runner.open_all([each for each in ours if self._reads(runner, each)]) for runner in self._fed]
        return {each: min((starts[each] for starts in opened if each in starts), default=0) for each in ours}

    def _reads(self, runner: Runner, partition: Partition) -> bool:
        return runner in self._by_topic.get(partition.topic, ())

    def _check_count(self, partition: Partition) -> None:
        expected = self._topics.count(partition.topic)
        if partition.partition >= expected:
            raise ProjectorStopped(
                f"topic {partition.topic} has more than the {expected} partitions that this log was opened with: votes "
                "would be folded apart. Copy the log into topics of a new prefix and rebuild"
            )

    def _feed(self, deliveries: Sequence[Delivery]) -> Sequence[Hole]:
        """Feed all; of each partition that has holes, the one that reaches back furthest."""
        holes: dict[Partition, Hole] = {}
        for delivery in deliveries:
            for runner in self._by_topic.get(delivery.batch.topic, ()):
                try:
                    feed_measured(runner, delivery.batch, delivery.log_end)
                except Hole as hole:
                    known = holes.setdefault(hole.partition, hole)
                    holes[hole.partition] = min(known, hole, key=lambda hole: hole.expected)
            metrics.BATCHES.labels(delivery.batch.topic).inc()
        return list(holes.values())

    async def _seek_back(self, hole: Hole, reader: SeekingReader) -> None:
        if self._sought_back.get(hole.partition) == hole.expected:
            self.fail(ProjectorStopped(f"records are missing from the log: {hole}"))
            return
        logger.warning("hole, seeking back %s", hole)
        metrics.HOLES.inc()
        self._sought_back[hole.partition] = hole.expected
        await reader.seek_back(hole.partition, hole.expected)


def _named(delivery: Delivery) -> str:
    batch = delivery.batch
    return f"{batch.topic}/{batch.partition}:{batch.start}-{batch.end}"


def _shown(positions: Mapping[Partition, int]) -> str:
    return ",".join(f"{topic}/{number}:{offset}" for (topic, number), offset in sorted(positions.items()))
