"""How far generations have come."""

from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.clickhouse.query import SMALL, Query
from projections.clickhouse.schema import GENERATIONS_TABLE, PROGRESS_TABLE
from projections.generations import Generation


def progress_query(database: str, epoch: str) -> Query:
    """Of the live ones: rows of (projection, topic, partition, next offset) of this epoch of the log."""
    sql = f"""SELECT projection, topic, partition, next_offset FROM {database}.{PROGRESS_TABLE} FINAL
WHERE epoch = {{epoch:String}} AND (projection, generation) IN (
  SELECT projection, generation FROM {database}.{GENERATIONS_TABLE} FINAL WHERE state = 'live'
)"""
    return Query(sql, {"epoch": epoch}, SMALL)


def progress_of(client: Client, database: str, generation: Generation) -> dict[Partition, int]:
    """How far a generation has come, as its projectors last said."""
    rows = client.query(
        f"SELECT topic, partition, next_offset FROM {database}.{PROGRESS_TABLE} FINAL "
        "WHERE `projection` = {projection:String} AND generation = {generation:UInt32}",
        parameters={"projection": generation.projection, "generation": generation.generation},
        settings=dict(SMALL),
    ).result_rows
    return {Partition(topic, number): offset for topic, number, offset in rows}
