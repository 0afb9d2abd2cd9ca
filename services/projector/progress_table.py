"""The table of progress, as the flushes of one process use it: what several say at about the same time is one insert.

A decision is a record that nearly every projection reads. Each of them would write a row of its own a moment after the
others, and such an insert costs ClickHouse as much as the decision's rows. So whoever comes first waits a little: until
those who are putting rows in have come, too. docs/decisions/035.
"""

import threading
import time
from collections.abc import Mapping, Sequence

from clickhouse_connect.driver.exceptions import Error

from events.position import Partition
from projections.clickhouse.query import SMALL
from projections.clickhouse.schema import PROGRESS_TABLE
from projections.fold import Row
from services.projector.blocks import insert_block
from services.projector.connections import Connections
from services.projector.ports import Progress
from services.projector.together import Together

GATHER_SECONDS = 0.002
"""What was fed to one runner is fed to the next ones within this time."""
LONGEST_GATHER_SECONDS = 0.03
"""Those who put in many rows are not waited for."""

Which = tuple[str, int]
"""A projection and its generation."""

_COLUMNS = {
    "projection": "String",
    "generation": "UInt32",
    "epoch": "String",
    "topic": "String",
    "partition": "UInt16",
    "next_offset": "UInt64",
    "log_end": "UInt64",
    "at": "DateTime64(3, 'UTC')",
}


class ProgressTable:
    """Any thread may call."""

    def __init__(self, connections: Connections) -> None:
        self.connections = connections
        self._writes = Together(self._write, self._gather)
        self._reads = Together(self._read)
        self._coming: set[Which] = set()
        self._came = threading.Condition()

    def expect(self, which: Which) -> None:
        """A generation puts rows in: its progress is about to come."""
        with self._came:
            self._coming.add(which)

    def expect_no_more(self, which: Which) -> None:
        """It failed; what it says next comes later."""
        with self._came:
            self._coming.discard(which)
            self._came.notify_all()

    def write(self, which: Which, progress: Sequence[Progress]) -> None:
        """Record how far a generation's tables have come; see `ports.View`."""
        now = time.time_ns() // 1_000_000
        rows: list[Row] = [
            (*which, item.epoch, *item.partition, item.next_offset, item.log_end, now) for item in progress
        ]
        self.expect_no_more(which)
        self._writes.call(rows)

    def read(self, which: Which, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """What was last recorded of a generation; see `ports.View`."""
        found = self._reads.call(which).get(which, {})
        return {each: found[each] for each in partitions if each in found}

    def _gather(self) -> None:
        time.sleep(GATHER_SECONDS)
        with self._came:
            self._came.wait_for(lambda: not self._coming, LONGEST_GATHER_SECONDS)

    def _write(self, said: Sequence[Sequence[Row]]) -> None:
        rows = [row for each in said for row in each]
        try:
            insert_block(self.connections, PROGRESS_TABLE, _COLUMNS, rows)
        except (Error, OSError) as error:
            raise self.connections.judged(error) from error

    def _read(self, asked: Sequence[Which]) -> Mapping[Which, Mapping[Partition, Progress]]:
        """All of these generations, however many partitions they have: a generation has few."""
        query = (
            "SELECT `projection`, generation, epoch, topic, partition, next_offset, log_end "
            f"FROM {self.connections.database}.{PROGRESS_TABLE} FINAL "
            "WHERE (`projection`, generation) IN {asked:Array(Tuple(String, UInt32))}"
        )
        try:
            client = self.connections.client()
            rows = client.query(query, parameters={"asked": sorted(set(asked))}, settings=dict(SMALL)).result_rows
        except (Error, OSError) as error:
            raise self.connections.judged(error) from error
        found: dict[Which, dict[Partition, Progress]] = {}
        for projection, generation, epoch, topic, number, at, end in rows:
            partition = Partition(topic, number)
            found.setdefault((projection, generation), {})[partition] = Progress(epoch, partition, at, end)
        return found
