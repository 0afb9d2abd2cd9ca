"""The part of the sagas that sees to it: what a tombstone forgets goes out of Kafka's and ClickHouse's files.

Both sides are found out from what stands there, and need no memory: everything is looked through when the process
begins, then whenever somebody was forgotten, and ClickHouse once an hour besides. Two processes do some of it twice.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import TypeVar

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from events.log.reader import LogReader
from events.log.topics import PEOPLE
from events.position import Partition
from events.times import Millis
from projections.clickhouse.settings import ClickHouseSettings
from projections.generations import Generation
from services.forgetting import burying, compaction, remnants
from services.forgetting.remnants import Erased, Mark
from services.sagas.part import Surroundings
from services.sagas.patience import Patience

logger = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AGAIN_SECONDS = 3600.0
STUCK_SECONDS = 60.0

_NOT_BUILT = frozenset({60, 81})

T = TypeVar("T")


class Erasing:
    """See `services.sagas.part.Part`."""

    name = "erasing"

    def __init__(self, surroundings: Surroundings, clickhouse: ClickHouseSettings | None = None) -> None:
        self._kafka = surroundings.kafka
        self._topics = surroundings.topics
        self._clickhouse = clickhouse or ClickHouseSettings()
        self._database = self._clickhouse.database
        self._log_patience = Patience("erasing from Kafka")
        self._table_patience = Patience("erasing from ClickHouse")
        self._due: set[Partition] = set()
        self._tombstone_at: dict[Partition, Millis] = {}
        self._last_at: dict[Partition, Millis] = {}
        self._swept: dict[int, tuple[Mark, set[Erased]]] = {}
        self._client: Client | None = None

    def complaint(self) -> str | None:
        """See `Part`."""
        return self._log_patience.complaint(STUCK_SECONDS) or self._table_patience.complaint(STUCK_SECONDS)

    async def run(self) -> None:
        """See `Part`."""
        topic = await self._log_patience.call(lambda: compaction.complaint(self._kafka, self._topics))
        if topic is not None:
            logger.warning("%s", topic)
        tasks = [asyncio.create_task(work) for work in (self._follow(), self._bury(), self._sweep())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    # --- Kafka ---

    async def _follow(self) -> None:
        """Learn of tombstones as they come."""
        start = dict.fromkeys(self._topics.partitions_of([PEOPLE]), 0)
        async with LogReader(self._kafka, start) as reader:
            async for batch in reader.batches():
                partition = Partition(batch.topic, batch.partition)
                if any(True for _ in burying.tombstones_of(batch)):
                    self._due.add(partition)
                stones = burying.stones_of(batch)
                if stones:
                    self._tombstone_at[partition] = stones[-1]
                if batch.timestamps:
                    self._last_at[partition] = batch.timestamps[-1]

    async def _bury(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            while self._due:
                partition = self._due.pop()
                count = await self._log_patience.call(lambda at=partition: self._bury_in(at))  # type: ignore[misc]
                if count:
                    logger.info("records buried partition=%d count=%d", partition.partition, count)
            for partition in self._to_nudge():
                await self._log_patience.call(lambda at=partition: self._nudge(at))  # type: ignore[misc]

    async def _bury_in(self, partition: Partition) -> int:
        return await burying.bury(self._kafka, self._topics, partition)

    async def _nudge(self, partition: Partition) -> None:
        await burying.nudge(self._kafka, self._topics, partition)
        self._last_at[partition] = self._tombstone_at[partition] + self._lag

    def _to_nudge(self) -> list[Partition]:
        """Where the last tombstones stand in the file that is written to, which Kafka does not compact."""
        now = time.time_ns() // 1_000_000
        return [
            partition
            for partition, at in self._tombstone_at.items()
            if self._last_at[partition] < at + self._lag <= now
        ]

    @property
    def _lag(self) -> Millis:
        """How old the file that is written to may become, and a little more."""
        return self._kafka.forget_within_seconds * 500 + 1000

    # --- ClickHouse ---

    async def _sweep(self) -> None:
        again = time.monotonic() + AGAIN_SECONDS
        while True:
            count = await self._table_patience.call(lambda: asyncio.to_thread(self._sweep_once))
            if count:
                logger.info("rows erased count=%d", count)
            if time.monotonic() > again:
                self._swept.clear()
                again = time.monotonic() + AGAIN_SECONDS
            await asyncio.sleep(LOOK_SECONDS)

    def _sweep_once(self) -> int:
        """Delete what is left of whoever was forgotten since the last time, in every generation."""
        return self._asked(self._sweep_all) or 0

    def _sweep_all(self, client: Client) -> int:
        return sum(self._sweep_generation(client, each) for each in remnants.generations(client, self._database))

    def _sweep_generation(self, client: Client, generation: Generation) -> int:
        mark = remnants.mark_of(client, self._database, generation)
        known, done = self._swept.get(generation.generation, (None, set[Erased]()))
        if mark == known:
            return 0
        due = [each for each in remnants.forgotten(client, self._database, generation) if each not in done]
        count = remnants.erase(client, self._database, generation, due)
        self._swept[generation.generation] = (mark, done | set(due))
        return count

    def _asked(self, ask: Callable[[Client], T]) -> T | None:
        """The answer; None where there is nothing built to ask. A connection that failed is not used again."""
        try:
            if self._client is None:
                self._client = clickhouse_connect.get_client(
                    **self._clickhouse.client_options(), database="default", autogenerate_session_id=False
                )
            return ask(self._client)
        except DatabaseError as error:
            if error.code in _NOT_BUILT:
                return None
            raise
        except Exception:
            self._client = None
            raise
