"""Putting rows into ClickHouse: one native block a call."""

from collections.abc import Mapping, Sequence

from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.insert import InsertContext

from projections.fold import Row
from services.projector.connections import Connections

_SETTINGS: Mapping[str, object] = {
    "async_insert": 0,
    # One block comes whole, and is written by one thread anyway.
    "max_threads": 1,
    # Rows of imported history reach into hundreds of months at once. Each is its own part; key and version, not the
    # atomicity of the block, are what a repeated insert relies on.
    "max_partitions_per_insert_block": 0,
}


def insert_block(
    connections: Connections, name: str, columns: Mapping[str, str], rows: Sequence[Row], token: str | None = None
) -> None:
    """Put rows into a table of the database, by the calling thread's connection. `token` names this very block.

    Raises:
        Error: what ClickHouse says.
        OSError: if it cannot be reached.
    """
    context = InsertContext(
        f"{connections.database}.{name}",
        list(columns),
        [get_from_name(kind) for kind in columns.values()],
        # Columns encode several times faster than rows do.
        list(zip(*rows, strict=True)),
        column_oriented=True,
        settings={**_SETTINGS, **({} if token is None else {"insert_deduplication_token": token})},
        compression=False,
        # One block: what `Client.insert` would cut into several is deduplicated, and merged, as one.
        block_size=len(rows),
    )
    try:
        connections.client().data_insert(context)
    finally:
        # The context refers to itself, and would hold the block until the garbage collector comes by.
        context.data = [()] * len(columns)
