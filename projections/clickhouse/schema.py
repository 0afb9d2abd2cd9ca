"""From tables as data to ClickHouse's DDL, and making what is missing.

Every table of a projection carries its generation in its name; the stable names are views over the live generation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from types import MappingProxyType

from clickhouse_connect.driver.client import Client

from projections.clickhouse.layout import LOCAL, Execute, Layout
from projections.table import Derived, Table

DEDUPLICATION_WINDOW = 100
"""How many of a table's last blocks ClickHouse remembers by token: a fast path; key and version are the guarantee."""

SOON_OFF_THE_DISK: Mapping[str, int] = {
    "old_parts_lifetime": 1,
    "cleanup_delay_period": 1,
    "cleanup_delay_period_random_add": 0,
    "max_cleanup_delay_period": 5,
}
"""For tables that say something of persons: parts that a deletion replaced go within seconds, not within minutes."""

ONE_PART_A_MONTH: Mapping[str, int] = {
    "min_age_to_force_merge_seconds": 3600,
    "min_age_to_force_merge_on_partition_only": 1,
}
"""For tables by month: a month of which nothing came for an hour is merged into one part. Rows of one part need no
comparing when they are read (`FINAL`), which is most of what reading a long history costs."""

PROGRESS_TABLE = "progress_log"
GENERATIONS_TABLE = "generation_log"
BARRIERS_TABLE = "barrier_log"

_NAME = re.compile(r"<([a-z_]+)>")

_SYSTEM_TABLES = (
    f"""CREATE TABLE IF NOT EXISTS {{database}}.{PROGRESS_TABLE} (
  `projection` String, generation UInt32, epoch String, topic String, partition UInt16,
  next_offset UInt64, log_end UInt64, at DateTime64(3, 'UTC')
) ENGINE = {{everywhere}}next_offset) ORDER BY (`projection`, generation, topic, partition)""",
    f"""CREATE TABLE IF NOT EXISTS {{database}}.{GENERATIONS_TABLE} (
  `projection` String, generation UInt32, state LowCardinality(String), code UInt32, tables Array(String),
  started_at DateTime64(3, 'UTC'), switched_at Nullable(DateTime64(3, 'UTC')), version UInt64
) ENGINE = {{everywhere}}version) ORDER BY (`projection`, generation)""",
    # What came after the table's first release.
    f"""ALTER TABLE {{database}}.{GENERATIONS_TABLE}
ADD COLUMN IF NOT EXISTS views Map(String, String), ADD COLUMN IF NOT EXISTS note String""",
    f"""CREATE TABLE IF NOT EXISTS {{database}}.{BARRIERS_TABLE} (
  barrier String, `projection` String, kind LowCardinality(String), generation UInt32, topic String, partition UInt16,
  next_offset UInt64, at DateTime64(3, 'UTC')
) ENGINE = {{everywhere}}at) ORDER BY (`projection`, barrier, kind, generation, topic, partition)
TTL toDateTime(at) + INTERVAL 1 DAY""",
    f"""CREATE OR REPLACE VIEW {{database}}.progress AS
SELECT projection, generation, topic, partition, next_offset, log_end, at, epoch
FROM {{database}}.{PROGRESS_TABLE} FINAL""",
    f"""CREATE OR REPLACE VIEW {{database}}.generations AS
WITH (SELECT groupArray((table, rows, bytes)) FROM (
    SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM ({{sizes}})
    WHERE database = '{{database}}' AND active GROUP BY table
  )) AS sizes
SELECT projection, generation, state, code, started_at, switched_at,
  arraySum(size -> if(has(tables, size.1), size.2, 0), sizes) AS rows,
  arraySum(size -> if(has(tables, size.1), size.3, 0), sizes) AS bytes, note
FROM {{database}}.{GENERATIONS_TABLE} FINAL""",
)


@dataclass(frozen=True, slots=True)
class StableView:
    """A view under a stable name. `<name>` in its SQL stands for a stable name, `<name_table>` for a table's own."""

    name: str
    sql: str

    def select(self, database: str, tables: Sequence[Table | Derived] = (), generation: int = 0) -> str:
        """What it stands for over these tables of a generation."""
        names = {f"{table.name}_table": table.stored_as(generation) for table in tables}
        return qualify(self.sql, database, names)


def system_statements(database: str, layout: Layout) -> Iterator[str]:
    """What must be there before any projection."""
    yield layout.database_statement(database)
    for statement in _SYSTEM_TABLES:
        yield statement.format(database=database, everywhere=layout.everywhere, sizes=layout.sizes)


def table_statements(database: str, layout: Layout, table: Table | Derived, generation: int) -> Iterator[str]:
    """The statements that make one table of a generation."""
    settings: dict[str, int] = {}
    if isinstance(table, Table):
        if layout.cluster is None:
            settings["non_replicated_deduplication_window"] = DEDUPLICATION_WINDOW
        if table.personal:
            settings |= SOON_OFF_THE_DISK
        if table.partition_by is not None:
            settings |= ONE_PART_A_MONTH
    said = ", ".join(f"{name} = {value}" for name, value in settings.items())
    yield from layout.table_statements(database, table, generation, f"\nSETTINGS {said}" if said else "")


def drop_statements(database: str, stored: str) -> Iterator[str]:
    """The statements that drop a table by its own name, wherever it is."""
    for name in (stored, f"{stored}{LOCAL}"):
        yield f"DROP TABLE IF EXISTS {database}.{name} SYNC"


def derive_statement(database: str, derived: Derived, generation: int, where: str) -> str:
    """The statement that states a derived table's rows again for the keys that `where` selects."""
    key = ", ".join(derived.key)
    return (
        f"INSERT INTO {database}.{derived.stored_as(generation)} ({', '.join(derived.columns)})\n"
        f"SELECT {derived.select}\n"
        f"FROM {database}.{derived.source.stored_as(generation)} AS part FINAL WHERE {where} GROUP BY {key}"
    )


def create_tables(
    execute: Execute,
    database: str,
    layout: Layout,
    tables: Sequence[Table],
    derived: Sequence[Derived],
    generation: int,
    there: Set[str] = frozenset(),
) -> None:
    """Make what is missing of one generation: tables, then what follows from them. Not asked for what is `there`."""
    stored: tuple[Table | Derived, ...] = (*tables, *derived)
    for table in stored:
        if not layout.names(table.stored_as(generation)) <= there:
            for statement in table_statements(database, layout, table, generation):
                execute(statement)


def tables_there(client: Client, database: str) -> Set[str]:
    """The names of all tables and views of the database."""
    rows = client.query(
        "SELECT name FROM system.tables WHERE database = {database:String}", parameters={"database": database}
    ).result_rows
    return {row[0] for row in rows}


def qualify(sql: str, database: str, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """Each `<name>` in the SQL as `database.name`, by way of `names` where it is there."""
    return _NAME.sub(lambda match: f"{database}.{names.get(match[1], match[1])}", sql)
