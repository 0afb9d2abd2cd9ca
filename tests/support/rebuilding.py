"""A log, a database and a folder of a test's own, and rebuilds there."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from clickhouse_connect.driver.client import Client

from events.ballots import partition_of
from events.log.appender import Record
from events.log.reader import end_offsets
from events.position import Position
from events.settings import KafkaSettings
from projections.catalog import BY_NAME
from projections.clickhouse.settings import ClickHouseSettings
from services.projector.kafka_dead_letters import KafkaDeadLetters
from services.projector.ports import DeadLetter
from services.rebuild.rebuild import Rebuilt
from services.rebuild.workers import environment_of
from tests.support.fold_of_the_log import compare, in_own_loop
from tests.support.generations import Seen, client_of, rebuild, states
from tests.support.log import TestLog


@dataclass
class House:
    """Where a test rebuilds."""

    log: TestLog
    clickhouse: ClickHouseSettings
    data: Path

    @property
    def kafka(self) -> KafkaSettings:
        return self.log.settings

    def vote(self, first: int, count: int) -> None:
        """Put votes on the log."""
        in_own_loop(self.log.append_votes(first, count))

    def spoil(self, key: bytes, value: bytes) -> tuple[int, int]:
        """Put a record there that no fold can read: its partition and offset."""
        topic, partitions = self.log.topics.ballots, self.log.topics.count(self.log.topics.ballots)
        number = partition_of(key, partitions)
        in_own_loop(self.log.append(topic, [(number, [Record(key, value)])]))
        return number, self.ends()[number] - 1

    def refuse(self, name: str, partition: int, offset: int) -> None:
        """Make a record of the votes a dead letter, as a projector does that refuses it."""
        position = Position(self.log.topics.ballots, partition, offset)
        letters = KafkaDeadLetters(self.log.settings, self.log.topics)
        letters.start()
        try:
            letters.put([DeadLetter(position, 1_790_000_000_000, None, None, name, "unreadable", 1, 1)])
        finally:
            letters.stop()

    def ends(self) -> list[int]:
        """Where the partitions of votes end."""

        async def ask() -> list[int]:
            found = await end_offsets(self.log.settings, self.log.ballots)
            return [found[each] for each in self.log.ballots]

        return in_own_loop(ask())

    def rebuild(self, name: str, watch: Seen | None = None, *, processes: int = 1, skip: bool = False) -> Rebuilt:
        """Build what is to be built next."""
        return rebuild(self, name, watch, processes=processes, skip=skip)

    def compare(self, generation: int, *names: str) -> None:
        """Fail where that generation of these projections is not the fold of the log."""
        wanted = [BY_NAME[name] for name in names]
        compare(self.log.settings, self.clickhouse, generation=generation, projections=wanted)

    def states(self, name: str) -> Mapping[int, str]:
        """Each generation's state."""
        return states(self, name)

    def client(self) -> AbstractContextManager[Client]:
        return client_of(self)

    def environment(self) -> Mapping[str, str]:
        """For processes that are to work here."""
        found = environment_of(os.environ, self.log.settings, self.clickhouse)
        return {**found, "GROUNDSWELL_DATA": str(self.data)}

    def start(self, name: str, *, processes: int, block: int) -> "subprocess.Popen[str]":
        """A rebuild as a process, with blocks so small that it takes its time."""
        command = [sys.executable, "-m", "tests.support.rebuild_process", name, str(processes), str(block)]
        return subprocess.Popen(command, env=self.environment(), stdout=subprocess.PIPE, text=True)

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """A command of `groundswell`."""
        command: Sequence[str] = [sys.executable, "-m", "services.cli", *arguments]
        return subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=120, check=False)
