"""The view in ClickHouse: rows as one native block each, progress as rows of its own."""

import threading
import time
from collections.abc import Mapping, Sequence

import clickhouse_connect
import msgspec
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error
from clickhouse_connect.driver.external import ExternalData
from clickhouse_connect.driver.insert import InsertContext

from events.position import Partition
from projections.clickhouse.schema import PROGRESS_TABLE, derive_statement
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection, Row
from projections.table import Derived, Table
from services.projector.ports import Progress, ServiceAway

PASSING_CODES = frozenset(
    {159, 160, 164, 202, 203, 209, 210, 225, 241, 242, 243, 252, 254, 279, 285, 286, 319, 425, 439, 473, 999}
)
"""ClickHouse's error codes that time heals: time-outs, no memory, read-only, too many parts or queries, no network;
on a cluster no Keeper, and replicas that are away."""

_INSERT_SETTINGS = {
    "async_insert": 0,
    # Rows of imported history reach into hundreds of months at once. Each is its own part; key and version, not the
    # atomicity of the block, are what a repeated insert relies on.
    "max_partitions_per_insert_block": 0,
}
_PROGRESS_COLUMNS = {
    "projection": "String",
    "generation": "UInt32",
    "epoch": "String",
    "topic": "String",
    "partition": "UInt16",
    "next_offset": "UInt64",
    "log_end": "UInt64",
    "at": "DateTime64(3, 'UTC')",
}


class ClickHouseView:
    """One generation of one projection. Each thread that uses it has a connection of its own, made when first used.

    Without `derive`, what follows from a table's rows is not stated again with them: that is left to whoever fills it.
    """

    def __init__(
        self, settings: ClickHouseSettings, projection: Projection, generation: int, *, derive: bool = True
    ) -> None:
        self._settings = settings
        self._projection = projection.name
        self._derived = {derived.source.name: derived for derived in projection.derived} if derive else {}
        self._generation = generation
        self._clients = threading.local()

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """Put rows into a table as one block; see `ports.View`."""
        settings = _INSERT_SETTINGS | {"insert_deduplication_token": f"{table.name}/{token}"}
        self._insert(table.stored_as(self._generation), table.columns, rows, settings)
        if (derived := self._derived.get(table.name)) is not None:
            self._derive(derived, rows)

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """Record how far the tables have come; see `ports.View`."""
        now = time.time_ns() // 1_000_000
        rows: list[Row] = [
            (self._projection, self._generation, item.epoch, *item.partition, item.next_offset, item.log_end, now)
            for item in progress
        ]
        self._insert(PROGRESS_TABLE, _PROGRESS_COLUMNS, rows, _INSERT_SETTINGS)

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """What was last recorded; see `ports.View`. One query, however many they are: a generation has few."""
        query = (
            "SELECT topic, partition, epoch, next_offset, log_end "
            f"FROM {self._settings.database}.{PROGRESS_TABLE} FINAL "
            "WHERE projection = {projection:String} AND generation = {generation:UInt32}"
        )
        parameters = {"projection": self._projection, "generation": self._generation}
        try:
            rows = self._connected().query(query, parameters=parameters).result_rows
        except (Error, OSError) as error:
            raise self._judged(error) from error
        found = {Partition(topic, number): (epoch, at, end) for topic, number, epoch, at, end in rows}
        return {each: Progress(found[each][0], each, *found[each][1:]) for each in partitions if each in found}

    def close(self) -> None:
        """Let go of the calling thread's connection."""
        client: Client | None = getattr(self._clients, "client", None)
        if client is not None:
            client.close()
            self._clients.client = None

    def _derive(self, derived: Derived, rows: Sequence[Row]) -> None:
        """State again what the rows just inserted add up to."""
        columns = {name: derived.source.columns[name] for name in derived.key}
        places = [list(derived.source.columns).index(name) for name in derived.key]
        keys = {tuple(row[place] for place in places) for row in rows}
        changed = ExternalData(
            file_name="changed",
            data=b"\n".join(msgspec.json.encode(dict(zip(columns, key, strict=True))) for key in keys),
            fmt="JSONEachRow",
            structure=[f"{name} {kind}" for name, kind in columns.items()],
        )
        key = f"({', '.join(derived.key)})"
        where = f"{key} IN (SELECT {key} FROM changed)"
        statement = derive_statement(self._settings.database, derived, self._generation, where)
        try:
            self._connected().command(statement, external_data=changed)
        except (Error, OSError) as error:
            raise self._judged(error) from error

    def _insert(
        self, name: str, columns: Mapping[str, str], rows: Sequence[Row], settings: Mapping[str, object]
    ) -> None:
        context = InsertContext(
            f"{self._settings.database}.{name}",
            list(columns),
            [get_from_name(kind) for kind in columns.values()],
            # Columns encode several times faster than rows do.
            list(zip(*rows, strict=True)),
            column_oriented=True,
            settings=dict(settings),
            compression=False,
            # One block: what `Client.insert` would cut into several is deduplicated, and merged, as one.
            block_size=len(rows),
        )
        try:
            self._connected().data_insert(context)
        except (Error, OSError) as error:
            raise self._judged(error) from error
        finally:
            # The context refers to itself, and would hold the block until the garbage collector comes by.
            context.data = [()] * len(columns)

    def _connected(self) -> Client:
        client: Client | None = getattr(self._clients, "client", None)
        if client is None:
            client = self._clients.client = clickhouse_connect.get_client(
                **self._settings.client_options(),
                database="default",
                compress=False,
                send_receive_timeout=60,
                autogenerate_session_id=False,
            )
        return client

    def _judged(self, error: Exception) -> Exception:
        """`ServiceAway` for what time heals; the error itself for what it does not."""
        self.close()
        code = error.code if isinstance(error, Error) else None
        if code is None or code in PASSING_CODES:
            return ServiceAway(f"ClickHouse: {str(error).splitlines()[0][:300]}")
        return error
