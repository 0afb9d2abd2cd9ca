"""Where two builds of a table differ, row by row."""

from collections.abc import Mapping, Sequence

import msgspec
from clickhouse_connect.driver.client import Client

from services.generations.checksums import Checksum, checksum, columns_of, hash_of, key_of

_SPILL = "SETTINGS max_bytes_before_external_group_by = 500000000, max_memory_usage = 2000000000"


class RowDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One row: its key, and what differs, as texts; None on the side that has no such row."""

    key: Mapping[str, str]
    live: Mapping[str, str] | None
    other: Mapping[str, str] | None


class TableComparison(msgspec.Struct, frozen=True, kw_only=True):
    """One table of two generations. Checksums are of the columns that both have; `differing` counts rows."""

    table: str
    live: Checksum | None
    other: Checksum | None
    only_live_columns: Sequence[str] = ()
    only_other_columns: Sequence[str] = ()
    differing: int = 0
    examples: Sequence[RowDifference] = ()

    @property
    def equal(self) -> bool:
        """Whether both show the same, as far as both have it."""
        return self.live is None or self.other is None or self.live == self.other

    @property
    def same_shape(self) -> bool:
        """Whether both have this table with the same columns."""
        both = self.live is not None and self.other is not None
        return both and not self.only_live_columns and not self.only_other_columns


def compare(
    client: Client, database: str, name: str, live: str | None, other: str | None, *, examples: int
) -> TableComparison:
    """Compare a table of the live generation with another's, by the names under which they are kept."""
    if live is None or other is None:
        return TableComparison(
            table=name,
            live=None if live is None else checksum(client, database, live, list(columns_of(client, database, live))),
            other=None
            if other is None
            else checksum(client, database, other, list(columns_of(client, database, other))),
        )
    live_columns, other_columns = columns_of(client, database, live), columns_of(client, database, other)
    shared = [each for each in live_columns if each in other_columns]
    sums = [checksum(client, database, table, shared) for table in (live, other)]
    compared = TableComparison(
        table=name,
        live=sums[0],
        other=sums[1],
        only_live_columns=[each for each in live_columns if each not in other_columns],
        only_other_columns=[each for each in other_columns if each not in live_columns],
    )
    if compared.equal:
        return compared
    key = key_of(client, database, live)
    differing = _differing(client, database, (live, other), key, shared)
    first = _keys(client, database, (live, other), key, shared, examples)
    rows = [_rows(client, database, table, key, shared, first) for table in (live, other)]
    return msgspec.structs.replace(
        compared, differing=differing, examples=[_difference(each, key, rows[0], rows[1]) for each in first]
    )


def _grouped(database: str, tables: Sequence[str], key: Sequence[str], columns: Sequence[str]) -> str:
    """SQL: the hashes of the keys whose rows differ."""
    sides = " UNION ALL ".join(
        f"SELECT {hash_of(key)} AS k, {hash_of(columns)} AS h FROM {database}.{table} FINAL" for table in tables
    )
    return f"SELECT k FROM ({sides}) GROUP BY k HAVING groupBitXor(h) != 0"


def _differing(client: Client, database: str, tables: Sequence[str], key: Sequence[str], columns: Sequence[str]) -> int:
    sql = f"SELECT count() FROM ({_grouped(database, tables, key, columns)}) {_SPILL}"
    return int(client.query(sql).result_rows[0][0])


def _keys(
    client: Client, database: str, tables: Sequence[str], key: Sequence[str], columns: Sequence[str], limit: int
) -> Sequence[int]:
    """The hashes of the first keys that differ."""
    rows = client.query(f"{_grouped(database, tables, key, columns)} ORDER BY k LIMIT {limit} {_SPILL}").result_rows
    return [row[0] for row in rows]


def _rows(
    client: Client, database: str, table: str, key: Sequence[str], columns: Sequence[str], keys: Sequence[int]
) -> Mapping[int, Mapping[str, str]]:
    """The rows of these keys, as texts."""
    wanted = ", ".join(f"toString(`{name}`)" for name in columns)
    rows = client.query(
        f"SELECT {hash_of(key)} AS k, [{wanted}] FROM {database}.{table} FINAL WHERE k IN {{keys:Array(UInt64)}}",
        parameters={"keys": list(keys)},
    ).result_rows
    return {row[0]: dict(zip(columns, row[1], strict=True)) for row in rows}


def _difference(
    at: int, key: Sequence[str], live: Mapping[int, Mapping[str, str]], other: Mapping[int, Mapping[str, str]]
) -> RowDifference:
    one, two = live.get(at), other.get(at)
    there = one or two or {}
    differ = [name for name in there if one is None or two is None or one[name] != two[name]]
    return RowDifference(
        key={name: there[name] for name in key if name in there},
        live=None if one is None else {name: one[name] for name in differ if name not in key},
        other=None if two is None else {name: two[name] for name in differ if name not in key},
    )
