"""Where tables are: all on one server, or on the shards and replicas of a cluster.

A database on a cluster has the engine `Replicated`: it carries every statement that changes it to all nodes, in one
order. So nothing else that makes, alters or drops a table or view need know where it runs. What does differ is here: a
table is a replicated one on each shard (`votes_g1_local`) under a distributed one of the table's own name; what every
node must know (generations, progress, barriers) is replicated to all of them. docs/decisions/016 says why.
"""

from collections.abc import Iterator, Mapping, Set
from typing import NamedTuple, Protocol

from clickhouse_connect.driver.client import Client

from projections.table import Derived, Table

LOCAL = "_local"
_COMMENT = "on cluster "


class LayoutRefused(Exception):  # noqa: N818 - what somebody asked for
    """The database is laid out otherwise than the settings say; the message says what to do."""


class Layout(NamedTuple):
    """One server, or a cluster by its name in ClickHouse's configuration (`remote_servers`)."""

    cluster: str | None = None

    def database_statement(self, database: str) -> str:
        """The statement that makes the database."""
        if self.cluster is None:
            return f"CREATE DATABASE IF NOT EXISTS {database}"
        return (
            f"CREATE DATABASE IF NOT EXISTS {database} ON CLUSTER `{self.cluster}`\n"
            f"ENGINE = Replicated('/clickhouse/databases/{database}', '{{shard}}', '{{replica}}')\n"
            f"COMMENT '{_COMMENT}{self.cluster}'"
        )

    def names(self, table: str) -> Set[str]:
        """What is made for a table of this name."""
        return {table} if self.cluster is None else {table, f"{table}{LOCAL}"}

    @property
    def everywhere(self) -> str:
        """The engine, up to its version column, of a table that all nodes have whole."""
        if self.cluster is None:
            return "ReplacingMergeTree("
        return "ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/all', '{shard}-{replica}', "

    @property
    def sizes(self) -> str:
        """Rows and bytes of each table, by the table's own name; on a cluster of one replica of each shard."""
        if self.cluster is None:
            return "SELECT table, rows, bytes_on_disk, database, active FROM system.parts"
        own = f"replaceRegexpOne(parts.table, '{LOCAL}$', '') AS table"
        return (
            f"SELECT {own}, rows, bytes_on_disk, database, active\n"
            f"FROM cluster('{self.cluster}', system.parts) AS parts"
        )

    @property
    def processes(self) -> str:
        """What runs now, on every node that a reader may ask."""
        return "system.processes" if self.cluster is None else f"clusterAllReplicas('{self.cluster}', system.processes)"

    def sync_statements(self, database: str, table: str) -> Iterator[str]:
        """The statements that return when all nodes have what was put into a table that all have whole."""
        if self.cluster is not None:
            yield f"SYSTEM SYNC REPLICA ON CLUSTER `{self.cluster}` {database}.{table}"

    def table_statements(self, database: str, table: Table | Derived, generation: int, settings: str) -> Iterator[str]:
        """The statements that make one table of a generation; `settings` are those of the tables that hold rows."""
        name = table.stored_as(generation)
        if self.cluster is None:
            engine = f"ENGINE = ReplacingMergeTree({table.version})"
            yield f"CREATE TABLE IF NOT EXISTS {database}.{name} {_body(table)}\n{engine}\n{_order(table)}{settings}"
            return
        engine = (
            "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', "
            f"{table.version})"
        )
        yield f"CREATE TABLE IF NOT EXISTS {database}.{name}{LOCAL} {_body(table)}\n{engine}\n{_order(table)}{settings}"
        shard = f"cityHash64({', '.join(f'`{column}`' for column in table.shard_key)})"
        yield (
            f"CREATE TABLE IF NOT EXISTS {database}.{name} {_columns(table)}\n"
            f"ENGINE = Distributed('{self.cluster}', '{database}', '{name}{LOCAL}', {shard})"
        )


class Execute(Protocol):
    """Runs one statement against ClickHouse."""

    def __call__(self, statement: str, /) -> object: ...  # noqa: D102


def layout_of(client: Client, database: str, wanted: str | None = None) -> Layout:
    """How the database is laid out; as the settings want it, where it is not there yet.

    Raises:
        LayoutRefused: if the settings name a cluster that the database is not on.
    """
    rows = client.query(
        "SELECT engine, comment FROM system.databases WHERE name = {database:String}",
        parameters={"database": database},
    ).result_rows
    if not rows:
        return Layout(wanted)
    engine, comment = rows[0]
    found = comment.removeprefix(_COMMENT) if engine == "Replicated" and comment.startswith(_COMMENT) else None
    if wanted is not None and found != wanted:
        raise LayoutRefused(
            f"the database {database} is {f'on cluster {found}' if found else 'on one server'}, and CLICKHOUSE_CLUSTER "
            f"is {wanted}: name another database (GROUNDSWELL_DATABASE), and it is built there from the log"
        )
    return Layout(found)


SESSION: Mapping[str, str | int] = {
    # Rows are on their shards, and on most replicas of those, before an insert is answered: what a position stands for.
    "distributed_foreground_insert": 1,
    "insert_quorum": "auto",
    # Everybody reads from the replica that everybody writes to, as long as it lives: a read finds what was written.
    "load_balancing": "in_order",
    "prefer_localhost_replica": 0,
    # Keeper would remember a block that a restored table has lost. Key and version are the guarantee, here as ever.
    "insert_deduplicate": 0,
    "distributed_product_mode": "global",
    "optimize_skip_unused_shards": 1,
    # An external table goes to the shards with an ordinary query only.
    "parallel_distributed_insert_select": 0,
    # Tables that all nodes have whole need a path of their own.
    "database_replicated_allow_replicated_engine_arguments": 1,
}
"""What every connection to a cluster is told."""


def _columns(table: Table | Derived, *more: str) -> str:
    lines = [*(f"  `{name}` {kind}" for name, kind in table.columns.items()), *(f"  {each}" for each in more)]
    return "(\n" + ",\n".join(lines) + "\n)"


def _body(table: Table | Derived) -> str:
    return _columns(table, *(table.indexes if isinstance(table, Table) else ()))


def _order(table: Table | Derived) -> str:
    partition = table.partition_by if isinstance(table, Table) else None
    by = "" if partition is None else f"PARTITION BY {partition}\n"
    return by + f"ORDER BY ({', '.join(f'`{name}`' for name in table.key)})"
