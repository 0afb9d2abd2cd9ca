"""A projection's tables, as data: what ClickHouse needs to know to make one, and a fold to fill it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ReplacingMergeTree over a natural key, so that the same rows again change nothing.

    `columns` maps names to ClickHouse types in the order of a fold's row tuples. `key` is immutable for a row: it
    holds nothing that may change for the same row, and neither does `partition_by`. The row with the highest `version`
    stands. On a cluster, `sharded_by` (by default workspace and post, as far as they are in the key) says which rows
    are on one shard; it is part of the key, so that all versions of a row are.

    A `personal` one says something of persons: what is deleted there is off the disk seconds later. One that is not
    `remade` may rightly come to other rows by a fold from the start (what was believed before a dead letter was
    retried): a comparison of generations shows that, and takes it.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    version: str = "version"
    partition_by: str | None = None
    indexes: tuple[str, ...] = ()
    sharded_by: tuple[str, ...] = ()
    personal: bool = False
    remade: bool = True

    def stored_as(self, generation: int) -> str:
        """The table's own name in the database for one generation."""
        return f"{self.name}_g{generation}"

    @property
    def shard_key(self) -> tuple[str, ...]:
        """The columns whose values choose a row's shard."""
        return self.sharded_by or tuple(name for name in self.key if name in ("workspace", "post"))


@dataclass(frozen=True, slots=True)
class Derived:
    """A table whose rows add up another one's, stated again for what an insert touched, right after it.

    `select` gives the columns from the source's rows of one `key`, a prefix of the source's own key. Its `version`
    column must grow with everything that the row says: then of two statements about a key, made at the same time by
    different processes, the one that saw more stands, whichever came later.
    """

    name: str
    source: Table
    columns: Mapping[str, str]
    key: tuple[str, ...]
    select: str
    version: str = "version"

    def stored_as(self, generation: int) -> str:
        """The table's own name in the database for one generation."""
        return f"{self.name}_g{generation}"

    @property
    def shard_key(self) -> tuple[str, ...]:
        """That of the source: what adds up to a row is on the row's shard."""
        return self.source.shard_key
