"""One log, one database and the projectors between them, on engines that a test may stop and kill."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from events.log.opening import open_log
from events.log.topics import Topics
from events.position import Partition
from events.settings import KafkaSettings
from projections.catalog import FIRST_GENERATION, PROJECTIONS
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import (
    Folded,
    compare,
    in_own_loop,
    log_ends,
    read_progress,
)
from tests.support.kafka import KafkaProcess
from tests.support.live_projector import LiveProjector


class Installation:
    """Named by its prefix of topics and its database, so that several share the engines.

    A `database` of another name may have its tables already.
    """

    def __init__(
        self,
        kafka: KafkaProcess,
        clickhouse: ClickHouseProcess,
        data: Path,
        name: str,
        *,
        settings: KafkaSettings | None = None,
        database: str | None = None,
    ) -> None:
        self.broker = kafka
        self.front = clickhouse
        self.data = data
        self.kafka = settings or KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix=name)
        self.clickhouse = self.clickhouse_at(clickhouse.port, database or name)
        self.topics: Topics = in_own_loop(open_log(self.kafka, wait_seconds=60))
        self._projectors: list[LiveProjector] = []

    @staticmethod
    def clickhouse_at(port: int, database: str) -> ClickHouseSettings:
        """A database behind a port of 127.0.0.1."""
        return ClickHouseSettings(url=f"http://127.0.0.1:{port}", database=database)

    def projector(
        self,
        instance: str = "0",
        *,
        clickhouse: ClickHouseSettings | None = None,
        settings: Mapping[str, str | int] | None = None,
    ) -> LiveProjector:
        """A projector that is not started yet."""
        made = LiveProjector(self.kafka, clickhouse or self.clickhouse, self.data, instance=instance, settings=settings)
        self._projectors.append(made)
        return made

    def progress(self) -> int:
        """How many offsets are in ClickHouse, over all projections; 0 while there is no database."""
        return sum(read_progress(self.clickhouse).values())

    def ends(self) -> Mapping[Partition, int]:
        """Where the log ends now."""
        return in_own_loop(log_ends(self.kafka, self.topics))

    def catch_up(
        self,
        projector: LiveProjector,
        seconds: float = 120.0,
        *,
        generation: int = FIRST_GENERATION,
        projections: Sequence[Projection] = PROJECTIONS,
        ends: Mapping[Partition, int] | None = None,
    ) -> None:
        """Wait until ClickHouse has come to where the log ends (`ends`, or else now): this generation of these."""
        ends = ends or self.ends()
        wanted = {
            (projection.name, partition): ends[partition]
            for projection in projections
            for partition in self.topics.partitions_of(projection.topics)
        }

        def has_come() -> bool:
            progress = read_progress(self.clickhouse, generation)
            return all(progress.get(place, 0) >= end for place, end in wanted.items())

        projector.until(has_come, seconds=seconds, what="ClickHouse has come to the end of the log")

    def compare(
        self,
        *,
        generation: int = FIRST_GENERATION,
        projections: Sequence[Projection] = PROJECTIONS,
        expected: Folded | None = None,
    ) -> Folded:
        """Fail where what is in ClickHouse is not the fold of the log; that fold.

        `expected` is that fold, where it is known already and the log has not grown since.
        """
        return compare(self.kafka, self.clickhouse, generation=generation, projections=projections, expected=expected)

    def end(self) -> None:
        """Kill what still runs."""
        for projector in self._projectors:
            projector.kill()
