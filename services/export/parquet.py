"""Parquet, row group by row group, from ClickHouse's blocks: with the types that ClickHouse itself gives it."""

from collections.abc import Callable, Sequence
from typing import BinaryIO

import pyarrow as pa
from clickhouse_connect.driver.client import Client
from pyarrow import parquet

from projections.clickhouse.query import Query

ROWS_IN_A_GROUP = 100_000
_BLOCK_ROWS = 20_000


def write_parquet(client: Client, query: Query, file: BinaryIO, progress: Callable[[int], None]) -> int:
    """Write the rows of a query: how many there were. About one row group of them is in memory.

    Raises:
        Error: of clickhouse-connect, if ClickHouse refuses, or breaks off in the middle.
    """
    parameters = dict(query.parameters)
    schema = client.query_arrow(f"SELECT * FROM ({query.sql}) LIMIT 0", parameters=parameters).schema
    stream = client.query_column_block_stream(
        query.sql, parameters=parameters, settings={"max_block_size": _BLOCK_ROWS}
    )
    written, waiting, rows = 0, [], 0
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer, stream:
        for block in stream:
            batch = _batch(block, schema)
            waiting.append(batch)
            rows += batch.num_rows
            if rows >= ROWS_IN_A_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                written, waiting, rows = written + rows, [], 0
            progress(batch.num_rows)
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, schema))
    return written + rows


def _batch(block: Sequence[Sequence[object]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [_array(values, field.type) for values, field in zip(block, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(values: Sequence[object], kind: pa.DataType) -> pa.Array:
    if pa.types.is_map(kind):
        values = [list(each.items()) if isinstance(each, dict) else each for each in values]
    return pa.array(values, type=kind)
