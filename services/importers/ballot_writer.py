"""Appending ballots by the hundred thousand: in their order, durably, in bounded memory."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_exponential_jitter

from events.ballots import Ballot, ballot_key, encode_ballot, partition_of
from events.log.appender import Appender, AppendError, Record
from events.log.topics import Topics
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

BATCH = 5000
"""How many ballots are a good batch."""

Partitioned = dict[int, list[Record]]


class BallotWriter:
    """Appends batches of ballots one after another; the next is encoded while the last is on its way.

    Kafka away: the same batch is sent again with back-off, for as long as it takes. Sending twice is harmless, because
    every ballot has its id; and a later batch never overtakes one that is sent again.
    """

    def __init__(self, settings: KafkaSettings, topics: Topics) -> None:
        self._appender = Appender(settings, topics.ballots, topics.count(topics.ballots))
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

    async def write(self, ballots: Iterable[Ballot]) -> None:
        """Send a batch; returns when the batch before it is acknowledged."""
        partitioned = self._partitioned(ballots)
        await self.flush()
        self._on_its_way = asyncio.create_task(self._send(partitioned))
        await asyncio.sleep(0)  # let it begin before the caller makes the next one

    async def flush(self) -> None:
        """Return when everything is acknowledged by all in-sync replicas."""
        if self._on_its_way is not None:
            await self._on_its_way
            self._on_its_way = None

    def _partitioned(self, ballots: Iterable[Ballot]) -> Partitioned:
        partitions = self._appender.partitions
        partitioned: Partitioned = defaultdict(list)
        for ballot in ballots:
            key = ballot_key(ballot.source, ballot.data.person)
            partitioned[partition_of(key, partitions)].append(Record(key, encode_ballot(ballot)))
        return partitioned

    async def _send(self, partitioned: Partitioned) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(AppendError),
            wait=wait_exponential_jitter(multiplier=0.2, max=5),
            before_sleep=before_sleep_log(logger, logging.WARNING),
            reraise=True,
        ):
            with attempt:
                await self._appender.append(partitioned.items())
