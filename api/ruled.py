"""Reading one's own merges and budgets: where the ballots hold what the ledger decided about them.

A merge is a decision on the ledger, and what it does to votes is folded out of the ballots, where a saga tells every
partition of it. So a position on the ledger stands for positions on the ballots as well: the ends of their partitions
once the saga has done with it. How far that is Kafka knows; it is asked only after a commit that leads to something
there, and once for all who wait for the same.
"""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from api import problems
from api.problems import Problem
from events.domain.directory import Directory
from events.log.kept_position import KeptPosition, PositionUnknown, group_of_saga
from events.log.topics import Topics
from events.position import Partition, Positions
from events.settings import KafkaSettings

POLL_SECONDS = 0.02


class RuledBallots:
    """What positions on the ledger mean for the ballots. Close it when done."""

    def __init__(self, kafka: KafkaSettings, topics: Topics, directory: Directory) -> None:
        self._kafka = kafka
        self._directory = directory
        self._ledger = Partition(topics.ledger, 0)
        self._ballots = [TopicPartition(topics.ballots, number) for number in range(topics.count(topics.ballots))]
        self._kept = KeptPosition(kafka, group_of_saga(topics, "rulings"), self._ledger)
        self._consumer: AIOKafkaConsumer | None = None
        self._alone = asyncio.Lock()
        self._told = 0
        self._ends: dict[Partition, int] = {}

    async def close(self) -> None:
        """Disconnect."""
        await self._kept.close()
        if self._consumer is not None:
            await self._consumer.stop()

    async def included(self, positions: Positions, deadline: float) -> Positions:
        """The positions, and where the ballots hold all that was decided about them before.

        Raises:
            Problem: 503 if they do not by `deadline` (of the monotonic clock), or Kafka does not say.
        """
        wanted = positions.next_offsets.get(self._ledger)
        if wanted is None:
            return positions
        if self._directory.next_offset < wanted:
            await self._directory.catch_up()
        ruled = self._directory.ruled.last_before(wanted)
        if ruled is None:
            return positions
        if ruled >= self._told:
            async with self._alone:
                await self._until_told(ruled, deadline)
        offsets = dict(positions.next_offsets)
        for partition, end in self._ends.items():
            offsets[partition] = max(end, offsets.get(partition, 0))
        return Positions(offsets)

    async def _until_told(self, ruled: int, deadline: float) -> None:
        try:
            while self._told <= ruled:
                told = await self._kept.read()
                if told > ruled:
                    ends = await (await self._connected()).end_offsets(self._ballots)
                    self._ends = {Partition(*partition): end for partition, end in ends.items()}
                    self._told = told
                elif time.monotonic() >= deadline:
                    detail = "the ballots were not told of this decision yet (groundswell sagas): ask again"
                    raise Problem.retry(problems.BEHIND, detail)
                else:
                    await asyncio.sleep(POLL_SECONDS)
        except (PositionUnknown, KafkaError, OSError) as error:
            raise Problem.retry(
                problems.AWAY, f"Kafka does not say how far the ballots were told: {error}", 2
            ) from error

    async def _connected(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            consumer = AIOKafkaConsumer(
                **self._kafka.client_options(), enable_auto_commit=False, request_timeout_ms=5000
            )
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            self._consumer = consumer
        return self._consumer
