"""Forgetting one person or company from end to end, and showing what is left of them: for the command line."""

import asyncio
import time
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from events.identifying import tombstone_of
from events.log.appender import Appender
from events.log.reader import end_offsets
from events.log.topics import PEOPLE, Topics, topic_name
from events.people import Subject
from events.position import Partition, Position
from events.settings import KafkaSettings
from events.times import Millis
from projections.clickhouse.progress import progress_of
from projections.generations import FOLLOWED
from services.forgetting import burying, remnants
from services.forgetting.remnants import Erased

LOOK_SECONDS = 0.2


class Left(NamedTuple):
    """What is left of somebody who was forgotten, last at `forgotten_at` (None: never).

    `records` are in Kafka's files still, `unburied` of them without a tombstone; `rows` are in ClickHouse's tables;
    `behind` names the generations whose projector has not come past the tombstone, or does not run.
    """

    forgotten_at: Millis | None
    records: int
    unburied: int
    rows: int
    behind: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether nothing is left anywhere."""
        return not (self.records or self.rows or self.behind)


async def put_tombstone(kafka: KafkaSettings, topics: Topics, subject: Subject) -> Position:
    """Put the tombstone that forgets somebody on the log.

    Raises:
        AppendError: if it was not acknowledged; to repeat it is safe.
    """
    partition, record = tombstone_of(subject, topics.count(topics.people))
    appender = Appender(kafka, topics.people, topics.count(topics.people))
    await appender.start()
    try:
        return await appender.submit(partition, [record])
    finally:
        await appender.stop()


async def see_to_it(
    kafka: KafkaSettings, topics: Topics, client: Client, database: str, subject: Subject, *, seconds: float
) -> Left:
    """Bury the records, wait until the projectors have come past the tombstone, and erase the rows: what is left.

    Raises:
        LogError, KafkaError, AppendError: if the log can't be read or written; to repeat it is safe.
    """
    await burying.bury(kafka, topics, _partition(topics, subject), subject)
    deadline = time.monotonic() + seconds
    left = await look(kafka, topics, client, database, subject)
    while (left.behind or left.rows) and time.monotonic() < deadline:
        await asyncio.to_thread(_erase, client, database, subject)
        await asyncio.sleep(LOOK_SECONDS)
        left = await look(kafka, topics, client, database, subject)
    return left


async def look(kafka: KafkaSettings, topics: Topics, client: Client, database: str, subject: Subject) -> Left:
    """What is left of somebody.

    Raises:
        LogError, KafkaError: if the log can't be read.
    """
    partition = _partition(topics, subject)
    end = (await end_offsets(kafka, [partition]))[partition]
    found = (await burying.forgotten_in(kafka, partition, end)).get(subject)
    if found is None:
        return Left(None, 0, 0, 0, ())
    forgotten = {subject: found}
    unburied = await burying.unburied(kafka, partition, end, forgotten)
    records = await burying.held(kafka, partition, end, forgotten)
    rows, behind = await asyncio.to_thread(_in_tables, client, database, Erased(subject, found.offset), partition)
    return Left(found.at, records, len(unburied), rows, behind)


def _in_tables(client: Client, database: str, erased: Erased, partition: Partition) -> tuple[int, tuple[str, ...]]:
    rows, behind = 0, []
    for generation in remnants.generations(client, database):
        rows += remnants.left_of(client, database, generation, [erased])
        came = progress_of(client, database, generation).get(partition, 0)
        if generation.state in FOLLOWED and came <= erased.below:
            behind.append(generation.title)
    return rows, tuple(behind)


def _erase(client: Client, database: str, subject: Subject) -> None:
    for generation in remnants.generations(client, database):
        remnants.erase(client, database, generation, remnants.forgotten(client, database, generation, subject))


def _partition(topics: Topics, subject: Subject) -> Partition:
    number = subject.partition(topics.count(topics.people))
    return Partition(topic_name(topics.prefix, PEOPLE), number)
