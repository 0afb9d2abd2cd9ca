"""A projection that says what it saw: the least that shows whether every record was folded, and just once."""

from collections.abc import Mapping, Sequence

from events.log.batch import RecordBatch
from events.log.topics import BALLOTS, TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.fold import Read, Rejected, Row, Sealed
from projections.table import Table

SEEN = Table(
    "seen",
    {"partition": "UInt16", "offset": "UInt64", "nth": "UInt64", "version": "UInt64"},
    key=("partition", "offset"),
)
"""`nth` is how many records of the partition the state had counted before: right if none was lost or doubled."""


class SeenFold:
    """Refuses values that begin with `bad`."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition.partition
        self._count: int | None = None
        self._rows: list[Row] = []

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        if self._count is None:
            stored = read([b"count"])[0]
            self._count = 0 if stored is None else int(stored)
        rejected: list[Rejected] = []
        for offset, value in zip(batch.offsets, batch.values, strict=True):
            if value is not None and value.startswith(b"bad"):
                rejected.append(Rejected(offset, "bad"))
            else:
                self._rows.append((self._partition, offset, self._count, offset))
            self._count += 1
        return rejected

    def seal(self) -> Sealed:
        rows, self._rows = self._rows, []
        changes: Mapping[bytes, bytes] = {} if self._count is None else {b"count": b"%d" % self._count}
        self._count = None
        return Sealed({"seen": rows} if rows else {}, changes)


class SeenProjection:
    """Reads one topic."""

    code = 1
    tables: Sequence[Table] = (SEEN,)
    views: Sequence[StableView] = ()

    def __init__(self, name: str = "seen", topic: TopicSpec = BALLOTS) -> None:
        self.name = name
        self.topics: Sequence[TopicSpec] = (topic,)

    def fold(self, partition: Partition, partitions: int) -> SeenFold:
        return SeenFold(partition)
