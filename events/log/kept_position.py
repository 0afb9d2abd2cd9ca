"""A position in one partition that Kafka keeps: the committed offset of a consumer group that has no members.

Kafka forgets the offset of such a group some time after its last commit (`offsets.retention.minutes`, seven days), so
whoever relies on it commits it again now and then, and must be safe where it is gone all the same.
"""

import asyncio
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings

ANSWER_SECONDS = 10.0


def group_of_saga(topics: Topics, saga: str) -> str:
    """The group that keeps where a saga stands on this log; another log has another epoch, and other groups."""
    return f"{topics.prefix}.sagas.{saga}.{topics.epoch}"


class PositionUnknown(Exception):  # noqa: N818 - what happened
    """Kafka did not say, or did not take it, in time. Trying again is safe."""


class KeptPosition:
    """One group's position in one partition. Use it from one event loop; connects when it is first asked."""

    def __init__(self, settings: KafkaSettings, group: str, partition: Partition) -> None:
        self._settings = settings
        self._group = group
        self._partition = TopicPartition(*partition)
        self._consumer: AIOKafkaConsumer | None = None
        self._alone = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Disconnect."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            await consumer.stop()

    async def read(self) -> int:
        """The next offset after what was done; 0 where nothing is kept.

        Raises:
            PositionUnknown: if Kafka does not say.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await (await self._connected()).committed(self._partition) or 0
        except (KafkaError, OSError, TimeoutError) as error:
            raise PositionUnknown(f"Kafka does not say where {self._group} stands: {error!r}") from error

    async def write(self, next_offset: int) -> None:
        """Keep a position.

        Raises:
            PositionUnknown: if Kafka does not acknowledge it.
        """
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await (await self._connected()).commit({self._partition: next_offset})
        except (KafkaError, OSError, TimeoutError) as error:
            raise PositionUnknown(f"Kafka does not keep where {self._group} stands: {error!r}") from error

    async def _connected(self) -> AIOKafkaConsumer:
        async with self._alone:
            if self._consumer is None:
                consumer = AIOKafkaConsumer(
                    **self._settings.client_options(),
                    group_id=self._group,
                    enable_auto_commit=False,
                    auto_offset_reset="none",
                )
                try:
                    await consumer.start()
                    consumer.assign([self._partition])
                    consumer.seek(self._partition, 0)
                    consumer.pause(self._partition)  # nothing is read through it
                except BaseException:
                    await consumer.stop()
                    raise
                self._consumer = consumer
            return self._consumer
