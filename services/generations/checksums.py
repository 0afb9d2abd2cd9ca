"""What a table shows, as a number that does not depend on the order of its rows.

Each row that stands is hashed whole, but for its version: that says which record stated the row last, and two ways to
the same state may differ in it.
"""

from collections.abc import Mapping, Sequence

import msgspec
from clickhouse_connect.driver.client import Client

LEFT_OUT = frozenset({"version"})


class Checksum(msgspec.Struct, frozen=True):
    """How many rows a table shows, and the sum and the exclusive or of their hashes."""

    rows: int
    checksum: str


def columns_of(client: Client, database: str, table: str) -> Mapping[str, str]:
    """The columns that count, with their types, in order."""
    rows = client.query(
        "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String} "
        "ORDER BY position",
        parameters={"database": database, "table": table},
    ).result_rows
    return {name: kind for name, kind in rows if name not in LEFT_OUT}


def key_of(client: Client, database: str, table: str) -> Sequence[str]:
    """The columns that name a row."""
    rows = client.query(
        "SELECT name FROM system.columns WHERE database = {database:String} AND table = {table:String} "
        "AND is_in_sorting_key ORDER BY position",
        parameters={"database": database, "table": table},
    ).result_rows
    return [row[0] for row in rows]


def checksum(client: Client, database: str, table: str, columns: Sequence[str]) -> Checksum:
    """Of these columns of every row that stands."""
    row_hash = hash_of(columns)
    found = client.query(
        f"SELECT count(), sum({row_hash}), groupBitXor({row_hash}) FROM {database}.{table} FINAL"
    ).result_rows[0]
    return Checksum(found[0], f"{found[1]:016x}{found[2]:016x}")


def hash_of(columns: Sequence[str]) -> str:
    """SQL: one row's hash."""
    return f"sipHash64({', '.join(f'`{name}`' for name in columns)})"
