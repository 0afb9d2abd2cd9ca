"""How far the live generation of each projection has come."""

from projections.clickhouse.query import Query
from projections.clickhouse.schema import GENERATIONS_TABLE, PROGRESS_TABLE


def progress_query(database: str, epoch: str) -> Query:
    """Rows of (projection, topic, partition, next offset) of this epoch of the log."""
    sql = f"""SELECT projection, topic, partition, next_offset FROM {database}.{PROGRESS_TABLE} FINAL
WHERE epoch = {{epoch:String}} AND (projection, generation) IN (
  SELECT projection, generation FROM {database}.{GENERATIONS_TABLE} FINAL WHERE state = 'live'
)"""
    return Query(sql, {"epoch": epoch})
