"""Which generations there are: reading and entering them in ClickHouse.

Rows are absolute, and the one with the highest version stands. What is entered together is one block: readers see all
of it or nothing. That is what makes a switch one step.
"""

from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from projections.clickhouse.layout import layout_of
from projections.clickhouse.schema import GENERATIONS_TABLE
from projections.generations import Generation, State

_COLUMNS = (
    "projection", "generation", "state", "code", "tables", "views", "note", "started_at", "switched_at", "version",
)  # fmt: skip
_TYPES = (
    "String", "UInt32", "LowCardinality(String)", "UInt32", "Array(String)", "Map(String, String)", "String",
    "DateTime64(3, 'UTC')", "Nullable(DateTime64(3, 'UTC'))", "UInt64",
)  # fmt: skip


def read_generations(client: Client, database: str, projection: str | None = None) -> list[Generation]:
    """Every generation (of one projection), by projection and number."""
    where = "" if projection is None else "WHERE `projection` = {projection:String}"
    rows = client.query(
        f"""SELECT `projection`, generation, state, code, tables, views, note,
  toUnixTimestamp64Milli(started_at), toUnixTimestamp64Milli(switched_at), version
FROM {database}.{GENERATIONS_TABLE} FINAL {where} ORDER BY `projection`, generation""",
        parameters=None if projection is None else {"projection": projection},
    ).result_rows
    return [
        Generation(
            projection=row[0], generation=row[1], state=State(row[2]), code=row[3], tables=tuple(row[4]),
            views=dict(row[5]), note=row[6], started_at=row[7], switched_at=row[8], version=row[9],
        )
        for row in rows
    ]  # fmt: skip


def enter_generations(client: Client, database: str, generations: Sequence[Generation]) -> None:
    """Enter generations as they are now, all in one step; on a cluster every node knows of it then."""
    rows = [
        (
            each.projection, each.generation, str(each.state), each.code, list(each.tables), dict(each.views),
            each.note, each.started_at, each.switched_at, each.version,
        )
        for each in generations
    ]  # fmt: skip
    client.insert(
        GENERATIONS_TABLE, rows, column_names=_COLUMNS, column_type_names=_TYPES, database=database,
        settings={"async_insert": 0},
    )  # fmt: skip
    for statement in layout_of(client, database).sync_statements(database, GENERATIONS_TABLE):
        client.command(statement)
