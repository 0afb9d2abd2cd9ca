"""Following the ledger: every record, in order, judged by the rule and written into the index.

Liveness: the loop ends only by being cancelled or by an error that no waiting can mend (a record that can't be read,
a hole, a log that lost its beginning, an index that can't be written). Kafka being away is waited out.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord
from tenacity import wait_exponential_jitter
from tenacity.asyncio import AsyncRetrying
from tenacity.before_sleep import before_sleep_log
from tenacity.retry import retry_if_exception_type

from events.ledger.admission import Void
from events.ledger.commit import Commit, UndecodableRecord, decode_record
from events.ledger.errors import LedgerStopped
from events.ledger.index import AdmittedCommit, LedgerIndex
from events.settings import KafkaSettings

logger = logging.getLogger(__name__)

MAX_RECORDS = 2000
FETCH_BYTES = 8 * 1024 * 1024


class Judged(NamedTuple):
    """One commit as it stood in the log, with the verdict on it."""

    value: bytes
    commit: Commit
    verdict: AdmittedCommit | Void


class Follower:
    """Brings the index up to the log and keeps it there. Lives in one event loop."""

    def __init__(
        self, settings: KafkaSettings, index: LedgerIndex, on_judged: Callable[[Sequence[Judged]], None]
    ) -> None:
        """`on_judged` is told every batch of verdicts once they are safely in the index."""
        self._settings = settings
        self._index = index
        self._on_judged = on_judged
        self._partition = TopicPartition(index.topic, 0)
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    async def run(self) -> None:
        """Follow for ever.

        Raises:
            LedgerStopped: if going on would be wrong.
        """
        consumer = AIOKafkaConsumer(
            **self._settings.client_options(),
            enable_auto_commit=False,
            auto_offset_reset="none",
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=FETCH_BYTES,
            request_timeout_ms=5000,
        )
        try:
            await self._start(consumer)
            consumer.assign([self._partition])
            consumer.seek(self._partition, self._index.next_offset)
            while True:
                self._take(await self._fetch(consumer))
        finally:
            await consumer.stop()

    async def reached(self, offset: int) -> None:
        """Wait until everything before `offset` is in the index."""
        if self._index.next_offset >= offset:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((offset, future))
        await future

    async def _start(self, consumer: AIOKafkaConsumer) -> None:
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type((KafkaError, OSError)),
            wait=wait_exponential_jitter(multiplier=0.2, max=5),
            before_sleep=before_sleep_log(logger, logging.WARNING),
        ):
            with attempt:
                await consumer.start()

    async def _fetch(self, consumer: AIOKafkaConsumer) -> Sequence[ConsumerRecord]:
        try:
            batches = await consumer.getmany(self._partition, timeout_ms=1000, max_records=MAX_RECORDS)
        except OffsetOutOfRangeError:
            raise LedgerStopped(
                f"{self._index.topic} holds nothing at offset {self._index.next_offset}: the log lost records. "
                "Restore the topic, or if it was restored to an earlier state restart this process"
            ) from None
        except (KafkaError, OSError) as error:
            logger.warning("ledger not readable, trying again topic=%s reason=%r", self._index.topic, error)
            await asyncio.sleep(0.5)
            return ()
        records: Sequence[ConsumerRecord] = batches.get(self._partition, ())
        return records

    def _take(self, records: Sequence[ConsumerRecord]) -> None:
        """Index the records; those before a bad one first, so that it alone stands in the way."""
        commits: list[tuple[int, bytes, Commit]] = []
        failure: LedgerStopped | None = None
        next_offset = self._index.next_offset
        for record in records:
            try:
                decoded = self._decode(record, next_offset)
            except LedgerStopped as stop:
                failure = stop
                break
            next_offset = record.offset + 1
            if decoded is not None:
                commits.append((record.offset, record.value, decoded))
        if next_offset > self._index.next_offset:
            self._index_commits(commits, next_offset)
        if failure is not None:
            raise failure

    def _decode(self, record: ConsumerRecord, expected: int) -> Commit | None:
        if record.offset != expected:
            raise LedgerStopped(
                f"{self._index.topic} has a hole: offset {expected} is missing, {record.offset} came. "
                "Nothing may be deleted from the ledger; restore the topic"
            )
        try:
            decoded = decode_record(record.value)
        except UndecodableRecord as error:
            raise LedgerStopped(
                f"{self._index.topic} offset {record.offset} can't be read by this version: {error}. "
                "If a newer version wrote it, upgrade this process"
            ) from error
        return decoded if isinstance(decoded, Commit) else None

    def _index_commits(self, commits: Sequence[tuple[int, bytes, Commit]], next_offset: int) -> None:
        with self._index.following_to(next_offset) as cursor:
            judged = [
                Judged(value, commit, self._index.admit(cursor, offset, commit)) for offset, value, commit in commits
            ]
        for each in judged:
            if isinstance(each.verdict, Void):
                logger.debug("commit void id=%s why=%s", each.commit.id, each.verdict.detail)
        self._on_judged(judged)
        still_waiting = []
        for offset, future in self._waiting:
            if offset > next_offset:
                still_waiting.append((offset, future))
            elif not future.done():
                future.set_result(None)
        self._waiting = still_waiting
