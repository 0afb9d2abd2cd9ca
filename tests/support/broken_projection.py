"""A projection before a fix: its decoder refuses records that the fixed one reads."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from events.log.batch import RecordBatch
from events.position import Partition
from projections.fold import Fold, Projection, Read, Rejected, Sealed

Refuses = Callable[[bytes | None], bool]


class BrokenProjection:
    """The same projection, with the same name, code and tables, but for what it refuses."""

    def __init__(self, projection: Projection, refuses: Refuses) -> None:
        self._projection = projection
        self._refuses = refuses
        self.name, self.code, self.topics = projection.name, projection.code, projection.topics
        self.tables, self.derived, self.views = projection.tables, projection.derived, projection.views

    def fold(self, partition: Partition, partitions: int) -> Fold:
        return _BrokenFold(self._projection.fold(partition, partitions), self._refuses)


class _BrokenFold:
    def __init__(self, fold: Fold, refuses: Refuses) -> None:
        self._fold = fold
        self._refuses = refuses

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        garbled = [b"\xff" if self._refuses(value) else value for value in batch.values]
        return self._fold.apply(replace(batch, values=garbled), read)

    def seal(self) -> Sealed:
        return self._fold.seal()
