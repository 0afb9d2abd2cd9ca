"""Reading partitions of the log from positions of one's own, without a group: rebuilds, `log show`, `verify`."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError, OffsetOutOfRangeError
from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_exponential_jitter

from events.log.batch import RecordBatch
from events.log.fetch import FETCH_OPTIONS, MAX_RECORDS, Fetched, fetch
from events.log.opening import LogError
from events.position import Partition
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

_POLL_SECONDS = 1.0
_RETRY_SECONDS = 1.0


class LogReader:
    """Reads each partition from its position on. Waits with back-off while Kafka is away.

    With `until`, each partition is read up to (not including) that offset, and `batches` ends when all have come there;
    a partition that `until` does not name is not read. Without it, `batches` follows the log for ever.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        positions: Mapping[Partition, int],
        *,
        until: Mapping[Partition, int] | None = None,
        max_records: int = MAX_RECORDS,
    ) -> None:
        self._settings = settings
        self._positions = dict(positions)
        self._until = None if until is None else dict(until)
        self._max_records = max_records
        self._log_ends: dict[Partition, int] = {}
        self._consumer: AIOKafkaConsumer | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Connect, however long that takes, and learn where the partitions end."""
        self._consumer = await _connected(self._settings)
        ends = await self._patiently_end_offsets(self._consumer)
        self._log_ends.update(ends)
        partitions = [TopicPartition(*partition) for partition in self._unfinished()]
        self._consumer.assign(partitions)
        for partition in partitions:
            self._consumer.seek(partition, self._positions[Partition(*partition)])

    async def stop(self) -> None:
        """Disconnect."""
        if self._consumer is not None:
            await self._consumer.stop()

    def log_end(self, partition: Partition) -> int:
        """Where the partition ended when it was last asked or fetched from."""
        return self._log_ends[partition]

    def position(self, partition: Partition) -> int:
        """The next offset of the partition that `batches` will give."""
        return self._positions[partition]

    async def batches(self) -> AsyncIterator[RecordBatch]:
        """Batches of all partitions, each partition's in order and without a hole.

        Raises:
            LogError: if the log does not hold a position (any more).
        """
        assert self._consumer is not None, "start() comes first"
        while unfinished := self._unfinished():
            partitions = [TopicPartition(*partition) for partition in unfinished]
            for batch, log_end in await self._fetch(self._consumer, partitions):
                partition = Partition(batch.topic, batch.partition)
                if batch.start != self._positions[partition]:
                    raise LogError(_out_of_range(partition, self._positions[partition]))
                self._log_ends[partition] = log_end
                wanted = batch if self._until is None else batch.before(self._until[partition])
                self._positions[partition] = wanted.end
                yield wanted

    def _unfinished(self) -> list[Partition]:
        if self._until is None:
            return list(self._positions)
        until = self._until
        return [partition for partition, at in self._positions.items() if at < until.get(partition, 0)]

    async def _fetch(self, consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> list[Fetched]:
        try:
            return await fetch(consumer, partitions, timeout=_POLL_SECONDS, max_records=self._max_records)
        except OffsetOutOfRangeError as error:
            partition, offset = next(iter(error.args[0].items()))
            raise LogError(_out_of_range(Partition(*partition), offset)) from error
        except ConsumerStoppedError:
            raise
        except KafkaError as error:
            logger.warning("reading again reason=%r", error)
            await asyncio.sleep(_RETRY_SECONDS)
            return []

    async def _patiently_end_offsets(self, consumer: AIOKafkaConsumer) -> dict[Partition, int]:
        async for attempt in _retrying():
            with attempt:
                ends = await consumer.end_offsets([TopicPartition(*partition) for partition in self._positions])
        return {Partition(*partition): offset for partition, offset in ends.items()}


async def read(
    settings: KafkaSettings, positions: Mapping[Partition, int], until: Mapping[Partition, int] | None = None
) -> AsyncIterator[RecordBatch]:
    """The batches of a `LogReader` of its own."""
    async with LogReader(settings, positions, until=until) as reader:
        async for batch in reader.batches():
            yield batch


async def end_offsets(settings: KafkaSettings, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """Where each partition ends: the offset that its next record will have. Waits for Kafka with back-off."""
    async with LogReader(settings, dict.fromkeys(partitions, 0), until={}) as reader:
        return {partition: reader.log_end(partition) for partition in reader._positions}


def _retrying() -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception_type((KafkaError, OSError)),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        before_sleep=before_sleep_log(logger, logging.WARNING),
        reraise=True,
    )


async def _connected(settings: KafkaSettings) -> AIOKafkaConsumer:
    async for attempt in _retrying():
        with attempt:
            consumer = AIOKafkaConsumer(**settings.client_options(), **FETCH_OPTIONS)
            try:
                await consumer.start()
            except BaseException:
                await consumer.stop()
                raise
            return consumer
    raise AssertionError("unreachable: retrying ends by returning or raising")


def _out_of_range(partition: Partition, offset: int) -> str:
    return (
        f"{partition.topic}/{partition.partition} does not hold offset {offset} (any more): the log lost records or is "
        "not the one that this position came from"
    )
