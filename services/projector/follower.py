"""Feeds one generation apart from the others: from a reader of its own, in the partitions that this process has.

What was live when the process started is fed by Faust. A generation that came later (built beside it, or live before)
may stand anywhere, and must keep nobody else waiting.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from events.log.reader import LogReader
from events.log.topics import Topics, topic_name
from events.position import Partition
from events.settings import KafkaSettings
from services.projector.feeding import feed_measured
from services.projector.passage import Passage
from services.projector.runner import Runner
from services.projector.serial_thread import SerialThread
from services.projector.transport import Delivery

logger = logging.getLogger(__name__)

HOLD_SECONDS = 0.02
FEW_RECORDS = 200
GATHER_SECONDS = 0.002
"""A pause after a batch of few records: what comes meanwhile makes the next ones larger."""


class Follower:
    """Drives one runner. All but the runner's own threads is one event loop's."""

    def __init__(self, runner: Runner, kafka: KafkaSettings, topics: Topics, *, max_gathered: int) -> None:
        self.runner = runner
        self.passage = Passage(self._feed)
        self.failure: Exception | None = None
        self._kafka = kafka
        self._topics = {topic_name(topics.prefix, spec) for spec in runner.projection.topics}
        self._max_gathered = max_gathered
        self._wanted: frozenset[Partition] = frozenset()
        self._open: frozenset[Partition] = frozenset()
        self._changed = asyncio.Event()
        self._thread = SerialThread(f"follow {runner.projection.name} {runner.generation}")
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; there is nothing to do before `take_up`."""
        self.runner.start()
        self._task = asyncio.create_task(self._run(), name=f"follow {self.runner.projection.name}")

    def take_up(self, partitions: frozenset[Partition]) -> None:
        """Have exactly these partitions from now on, of the topics that the projection reads. Returns at once."""
        self._wanted = frozenset(each for each in partitions if each.topic in self._topics)
        self._changed.set()

    async def stop(self) -> None:
        """Feed nothing more, flush what can be flushed at once, and let go of the state."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._thread.call(self.runner.stop)
        self._thread.stop()

    async def _run(self) -> None:
        try:
            while True:
                self._changed.clear()
                positions = await self._open_exactly(self._wanted)
                await self._until_changed(positions)
        except Exception as error:
            self.failure = error
            logger.exception(
                "no longer followed projection=%s generation=%d", self.runner.projection.name, self.runner.generation
            )

    async def _until_changed(self, positions: Mapping[Partition, int]) -> None:
        """Follow these partitions until others are wanted."""
        changed = asyncio.create_task(self._changed.wait())
        following = asyncio.create_task(self._follow(positions))
        try:
            await asyncio.wait([changed, following], return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                following.result()
                await changed
        finally:
            changed.cancel()
            following.cancel()
            await asyncio.wait([changed, following])

    async def _open_exactly(self, partitions: frozenset[Partition]) -> Mapping[Partition, int]:
        """Waits, with patience, for a state that another process has open: the rebuild that made it."""

        def open_and_close() -> Mapping[Partition, int]:
            for partition in self._open - partitions:
                self.runner.close(partition)
            return self.runner.open_all(sorted(partitions))

        self.passage.clear()
        positions = await self._thread.call(open_and_close)
        self._open = partitions
        logger.info(
            "generation followed projection=%s generation=%d partitions=%d",
            self.runner.projection.name, self.runner.generation, len(partitions),
        )  # fmt: skip
        return positions

    async def _follow(self, positions: Mapping[Partition, int]) -> None:
        if not positions:
            return
        async with LogReader(self._kafka, positions) as reader:
            async for batch in reader.batches():
                log_end = reader.log_end(Partition(batch.topic, batch.partition))
                await self.passage.put([Delivery(batch, log_end, 0, 0)])
                while self.runner.gathered() + self.passage.waiting > self._max_gathered:  # noqa: ASYNC110 - a thread's
                    await asyncio.sleep(HOLD_SECONDS)
                if len(batch) < FEW_RECORDS:
                    await asyncio.sleep(GATHER_SECONDS)

    async def _feed(self, deliveries: Sequence[Delivery]) -> None:
        def feed() -> None:
            for delivery in deliveries:
                feed_measured(self.runner, delivery.batch, delivery.log_end)

        await self._thread.call(feed)
