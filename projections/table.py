"""A projection's tables, as data: what ClickHouse needs to know to make one, and a fold to fill it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """One table: ReplacingMergeTree over a natural key, so that the same rows again change nothing.

    `columns` maps names to ClickHouse types in the order of a fold's row tuples. `key` is immutable for a row: it
    holds nothing that may change for the same row, and neither does `partition_by`. The row with the highest `version`
    stands.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]
    version: str = "version"
    partition_by: str | None = None
    indexes: tuple[str, ...] = ()

    def stored_as(self, generation: int) -> str:
        """The table's own name in the database for one generation."""
        return f"{self.name}_g{generation}"


@dataclass(frozen=True, slots=True)
class Derived:
    """A table that ClickHouse fills by itself from another one's inserts, to read what would be slow to add up.

    Its columns are merged by functions that are idempotent, commutative and associative (such as maxMap over versioned
    values), so that a block that comes twice, or in another order, changes nothing. `select` gives its columns from the
    source's rows.
    """

    name: str
    source: Table
    columns: Mapping[str, str]
    key: tuple[str, ...]
    select: str

    def stored_as(self, generation: int) -> str:
        """The table's own name in the database for one generation."""
        return f"{self.name}_g{generation}"

    def fed_by(self, generation: int) -> str:
        """The name of the materialised view that fills it."""
        return f"{self.name}_feed_g{generation}"
