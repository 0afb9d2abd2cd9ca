"""What a fold is: the pure heart of a projection.

A fold takes the records of one partition in order and states, absolutely, the rows and the state that follow from them.
It has no clock, no randomness and no I/O: "now" is a record's append time, and what it remembers of earlier records it
reads through a function that it is given. The same records give the same rows, however they are cut into batches.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from events.log.batch import RecordBatch
from events.log.topics import TopicSpec
from events.position import Partition
from projections.clickhouse.schema import StableView
from projections.table import Derived, Table

Cell = str | int | float | bytes | tuple[str, ...]
Row = tuple[Cell, ...]


class Read(Protocol):
    """The partition's state as it was last sealed."""

    def __call__(self, keys: Sequence[bytes], /) -> Sequence[bytes | None]:
        """The value of each key, None where there is none."""
        ...

    def scan(self, prefix: bytes, /) -> Sequence[tuple[bytes, bytes]]:
        """Every key that begins so, in order, with its value. For what happens rarely: it reads them all."""
        ...


class Rejected(NamedTuple):
    """A record that could not be read or folded, and why, in one line."""

    offset: int
    reason: str


class Sealed(NamedTuple):
    """What a fold stated since it was last sealed: rows by table name, and the new value of each changed state key.

    A value of None takes the key away. Of the keys that are `erased` no earlier value may be left on any disk.

    Rows are tuples in the order of the table's columns. `version`, where a table has one, is the offset of the record
    that made the row so.
    """

    rows: Mapping[str, Sequence[Row]]
    changes: Mapping[bytes, bytes | None]
    erased: Sequence[bytes] = ()


def topics_read(projections: "Iterable[Projection]") -> list[TopicSpec]:
    """The topics that these projections read, each once."""
    return list({spec.name: spec for projection in projections for spec in projection.topics}.values())


class Fold(Protocol):
    """One partition's fold under way."""

    def apply(self, batch: RecordBatch, read: Read) -> Sequence[Rejected]:
        """Fold the batch onto what came before. A record that is rejected changes nothing."""
        ...

    def seal(self) -> Sealed:
        """Hand out what was stated since the last call; what is read from now on includes these changes."""
        ...


class Projection(Protocol):
    """A fold, the topics that it reads, and the tables that it fills.

    `code` names the fold's meaning: raise it with every change that makes other rows of the same records.
    """

    @property
    def name(self) -> str:
        """What it is called, everywhere."""
        ...

    @property
    def code(self) -> int: ...  # noqa: D102

    @property
    def topics(self) -> Sequence[TopicSpec]: ...  # noqa: D102

    @property
    def tables(self) -> Sequence[Table]: ...  # noqa: D102

    @property
    def derived(self) -> Sequence[Derived]:
        """What ClickHouse keeps from these tables by itself."""
        ...

    @property
    def views(self) -> Sequence[StableView]:
        """The stable views over the live generation's tables."""
        ...

    def fold(self, partition: Partition, partitions: int) -> Fold:
        """A fresh fold for one partition of a topic that has so many."""
        ...
