"""Appending records by the hundred thousand: in their order, durably, in bounded memory."""

import asyncio
import logging
from collections import defaultdict
from types import TracebackType
from typing import Self

from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_exponential_jitter

from events.log.appender import Appender, AppendError, Record
from events.log.topics import Topics
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

Partitioned = defaultdict[int, list[Record]]
"""Records by partition."""


class LogWriter:
    """Appends batches to one topic, one after another; the next is encoded while the last is on its way.

    Kafka away: the same batch is sent again with back-off, for as long as it takes. Sending twice is harmless where
    every event has its id; and a later batch never overtakes one that is sent again.
    """

    def __init__(self, settings: KafkaSettings, topics: Topics, topic: str) -> None:
        self._appender = Appender(settings, topic, topics.count(topic))
        self._on_its_way: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._appender.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.flush()
            elif self._on_its_way is not None:
                self._on_its_way.cancel()
                await asyncio.gather(self._on_its_way, return_exceptions=True)
        finally:
            await self._appender.stop()

    @property
    def partitions(self) -> int:
        """How many the topic has."""
        return self._appender.partitions

    async def send(self, partitioned: Partitioned) -> None:
        """Send a batch; returns when the batch before it is acknowledged."""
        await self.flush()
        self._on_its_way = asyncio.create_task(self._send(partitioned))
        await asyncio.sleep(0)  # let it begin before the caller makes the next one

    async def flush(self) -> None:
        """Return when everything is acknowledged by all in-sync replicas."""
        if self._on_its_way is not None:
            await self._on_its_way
            self._on_its_way = None

    async def _send(self, partitioned: Partitioned) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AppendError),
            wait=wait_exponential_jitter(multiplier=0.2, max=5),
            before_sleep=before_sleep_log(logger, logging.WARNING),
            reraise=True,
        ):
            with attempt:
                await self._appender.append(partitioned.items())
