"""Appending many records, durably and in order, as fast as Kafka takes them.

One task for each partition takes whatever gathered while its last batch was on the way and sends it as one record
batch. So the records of a partition keep the order in which they were submitted, batches grow with the load, and a lone
record waits for nothing.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.position import Position
from events.settings import KafkaSettings
from events.tracing import Headers

logger = logging.getLogger(__name__)

MAX_BATCH_BYTES = 1024 * 1024
REQUEST_TIMEOUT_MS = 5000
ACKNOWLEDGE_SECONDS = 5.0
"""How long a batch may wait for its acknowledgement: an idempotent aiokafka producer itself would wait for ever."""


class AppendError(Exception):
    """The log did not acknowledge; whether the records are on it is not known. Sending them again is safe."""


class AppenderFull(AppendError):  # noqa: N818 - a state, and its name in the interface
    """More is on its way than the bound allows; none of this was sent. Try again in a moment."""


class Record(NamedTuple):
    """What is appended: the key that chose its partition, its value, and what a trace needs (see `events.tracing`).

    A tombstone has no value.
    """

    key: bytes
    value: bytes | None
    headers: Headers = ()


class _Chunk(NamedTuple):
    records: Sequence[Record]
    size: int
    done: "asyncio.Future[Position]"


class Appender:
    """Appends records to the partitions of one topic. Use it from one event loop."""

    def __init__(
        self,
        settings: KafkaSettings,
        topic: str,
        partitions: int,
        *,
        max_in_flight_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self.topic = topic
        self.partitions = partitions
        self._settings = settings
        self._max_in_flight_bytes = max_in_flight_bytes
        self._in_flight_bytes = 0
        self._producer: AIOKafkaProducer | None = None
        self._producer_lock = asyncio.Lock()
        self._queues: list[deque[_Chunk]] = [deque() for _ in range(partitions)]
        self._wakers = [asyncio.Event() for _ in range(partitions)]
        self._senders: list[asyncio.Task[None]] = []

    @property
    def in_flight_bytes(self) -> int:
        """Bytes submitted and not yet acknowledged."""
        return self._in_flight_bytes

    async def start(self) -> None:
        """Start sending. Does not need Kafka to be there yet."""
        self._senders = [
            asyncio.create_task(self._send_forever(partition), name=f"append {self.topic}/{partition}")
            for partition in range(self.partitions)
        ]

    async def stop(self) -> None:
        """Stop sending; what was not acknowledged raises `AppendError` where it was submitted."""
        for sender in self._senders:
            sender.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)
        for queue in self._queues:
            while queue:
                self._fail(queue.popleft(), AppendError("the service is stopping"))
        await self._discard(self._producer)

    def submit(self, partition: int, records: Sequence[Record]) -> "asyncio.Future[Position]":
        """Queue records for one partition; the future gives the position of the last of them.

        Raises:
            AppenderFull: at once, if that would exceed the bound of bytes in flight.
        """
        size = sum(len(record.key) + len(record.value or b"") for record in records)
        if self._in_flight_bytes and self._in_flight_bytes + size > self._max_in_flight_bytes:
            raise AppenderFull(f"{self._in_flight_bytes} bytes of {self.topic} wait for Kafka already")
        done: asyncio.Future[Position] = asyncio.get_running_loop().create_future()
        self._in_flight_bytes += size
        self._queues[partition].append(_Chunk(records, size, done))
        self._wakers[partition].set()
        return done

    async def append(self, partitioned: Iterable[tuple[int, Sequence[Record]]]) -> list[Position]:
        """Submit to several partitions and wait for all: the last position in each.

        Raises:
            AppendError: if any of it was not acknowledged; all of it may be sent again.
        """
        futures: list[asyncio.Future[Position]] = []
        try:
            for partition, records in partitioned:
                futures.append(self.submit(partition, records))
        finally:
            # Also where a later one was refused: what was submitted is on its way, and has its own outcome.
            results = await asyncio.gather(*futures, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return [result for result in results if isinstance(result, Position)]

    async def _send_forever(self, partition: int) -> None:
        queue, waker = self._queues[partition], self._wakers[partition]
        while True:
            if not queue:
                waker.clear()
                await waker.wait()
            await self._send_gathered(partition, queue)

    async def _send_gathered(self, partition: int, queue: deque[_Chunk]) -> None:
        """Send one record batch's worth of chunks; a chunk of more than a batch goes out as several, in order."""
        taken: list[_Chunk] = []
        size = 0
        while queue and (not taken or size + queue[0].size <= MAX_BATCH_BYTES):
            chunk = queue.popleft()
            taken.append(chunk)
            size += chunk.size
        try:
            ends = await self._send([record for chunk in taken for record in chunk.records], partition)
        except (KafkaError, OSError) as error:
            logger.warning("append failed topic=%s partition=%d reason=%r", self.topic, partition, error)
            for chunk in taken:
                self._fail(chunk, AppendError(f"Kafka did not acknowledge in time ({type(error).__name__})"))
            return
        except asyncio.CancelledError:
            for chunk in taken:
                self._fail(chunk, AppendError("the service is stopping"))
            raise
        index = 0
        for chunk in taken:
            index += len(chunk.records)
            self._in_flight_bytes -= chunk.size
            if not chunk.done.done():
                chunk.done.set_result(Position(self.topic, partition, ends[index - 1] if chunk.records else -1))

    async def _send(self, records: Sequence[Record], partition: int) -> list[int]:
        """The offset of each record, once all are acknowledged by all in-sync replicas."""
        async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
            # aiokafka would wait for a producer id for ever, as where most brokers of a cluster are away.
            producer = await self._connected()
        offsets: list[int] = []
        position = 0
        try:
            while position < len(records):
                batch = producer.create_batch()
                first = position
                while position < len(records):
                    key, value, headers = records[position]
                    if headers:
                        appended = batch.append(key=key, value=value, timestamp=None, headers=list(headers))
                    else:
                        appended = batch.append(key=key, value=value, timestamp=None)
                    if appended is None:
                        break
                    position += 1
                batch.close()
                async with asyncio.timeout(ACKNOWLEDGE_SECONDS):
                    metadata = await (await producer.send_batch(batch, self.topic, partition=partition))
                offsets.extend(range(metadata.offset, metadata.offset + position - first))
        except (KafkaError, OSError):
            # An idempotent aiokafka producer can be stuck for ever on a gap in its sequence numbers (#1017):
            # after any failure the next batch goes through a new one.
            await self._replace(producer)
            raise
        return offsets

    async def _connected(self) -> AIOKafkaProducer:
        async with self._producer_lock:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._settings.client_options(),
                    acks="all",
                    enable_idempotence=True,
                    compression_type="zstd",
                    max_batch_size=MAX_BATCH_BYTES,
                    max_request_size=4 * MAX_BATCH_BYTES,
                    request_timeout_ms=REQUEST_TIMEOUT_MS,
                )
                try:
                    await producer.start()
                except BaseException:
                    await self._discard(producer)
                    raise
                self._producer = producer
            return self._producer

    async def _replace(self, broken: AIOKafkaProducer) -> None:
        async with self._producer_lock:
            if self._producer is broken:
                self._producer = None
                await self._discard(broken)

    async def _discard(self, producer: AIOKafkaProducer | None) -> None:
        if producer is None:
            return
        try:
            await asyncio.wait_for(producer.stop(), timeout=2)
        except (KafkaError, OSError, TimeoutError) as error:
            logger.warning("producer stopped badly topic=%s reason=%r", self.topic, error)
            await _abandon(producer)

    def _fail(self, chunk: _Chunk, error: AppendError) -> None:
        self._in_flight_bytes -= chunk.size
        if not chunk.done.done():
            chunk.done.set_exception(error)


async def _abandon(producer: AIOKafkaProducer) -> None:
    """End a producer that can't flush. Whoever waits for something in it does so for its own bounded time.

    aiokafka has no public way: left alone, it would go on sending in the background for as long as Kafka is away.
    """
    sender = producer._sender
    if sender is not None:
        await sender.close()
    await producer.client.close()
