"""How far the projections are behind the log."""

import asyncio
import time
from collections.abc import Mapping

from events.log.opening import open_log
from events.log.reader import end_offsets
from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings
from projections.catalog import PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import topics_read
from services.cli import views

CONNECT_SECONDS = 20.0
LOOK_SECONDS = 0.2


def log_ends(kafka: KafkaSettings) -> tuple[Topics, dict[Partition, int]]:
    """The log, and where each partition that a projection reads ends."""
    return asyncio.run(read_log_ends(kafka))


async def read_log_ends(kafka: KafkaSettings) -> tuple[Topics, dict[Partition, int]]:
    """The same, where an event loop runs."""
    log = await open_log(kafka, wait_seconds=CONNECT_SECONDS)
    return log, await end_offsets(kafka, log.partitions_of(topics_read(PROJECTIONS)))


def wait_until_folded(kafka: KafkaSettings, clickhouse: ClickHouseSettings, *, seconds: float) -> dict[str, int]:
    """Wait, so many seconds at most, until every projection has folded what is on the log at this moment.

    The projections that have not, and how many records are left to them: empty when all is folded.
    """
    _, ends = log_ends(kafka)
    wanted = _wanted(ends)
    deadline = time.monotonic() + seconds
    with views.client(clickhouse) as client:
        while True:
            folded = views.followed(client, clickhouse.database)
            left = {name: _behind(each, folded.get(name, {})) for name, each in wanted.items()}
            behind = {name: count for name, count in left.items() if count}
            if not behind or time.monotonic() > deadline:
                return behind
            time.sleep(LOOK_SECONDS)


def behind(ends: Mapping[Partition, int], folded: Mapping[str, Mapping[Partition, int]]) -> dict[str, int]:
    """By projection, how many records of the log that ends there it has not folded."""
    return {name: _behind(wanted, folded.get(name, {})) for name, wanted in _wanted(ends).items()}


def _wanted(ends: Mapping[Partition, int]) -> dict[str, dict[Partition, int]]:
    """By projection, the ends of the partitions that it reads."""
    return {
        projection.name: {
            partition: end
            for partition, end in ends.items()
            if any(partition.topic.endswith(f".{spec.name}") for spec in projection.topics)
        }
        for projection in PROJECTIONS
    }


def _behind(wanted: Mapping[Partition, int], folded: Mapping[Partition, int]) -> int:
    return sum(max(0, end - folded.get(partition, 0)) for partition, end in wanted.items())
