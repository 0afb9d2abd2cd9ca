"""Databases with all tables and views: made once, emptied, and used again.

To make one takes ClickHouse most of a second of processor time, to empty it a hundredth of that.
"""

import time
from uuid import uuid4

from clickhouse_connect.driver.client import Client

from projections.catalog import install
from projections.clickhouse.schema import GENERATIONS_TABLE

_free: dict[str, list[str]] = {}
"""Those that nobody uses, by the address of their ClickHouse."""
_shapes: dict[str, object] = {}
"""What each was when it was new."""


def take(client: Client, url: str) -> str:
    """The name of one that is empty, and nobody else's."""
    while free := _free.get(url):
        name = free.pop()
        if _shape(client, name) == _shapes[name]:
            client.command(f"TRUNCATE ALL TABLES FROM {name} NOT LIKE '{GENERATIONS_TABLE}'")
            return name
        # Its tables, views or generations became others, or it is gone.
        client.command(f"DROP DATABASE IF EXISTS {name}")
    name = f"t{uuid4().hex[:12]}"
    install(client, name)
    _shapes[name] = _shape(client, name)
    return name


def give_back(url: str, name: str) -> None:
    """Nobody uses it any more."""
    _free.setdefault(url, []).append(name)


def wait_for_the_last_writers(client: Client, name: str) -> None:
    """Until what processes that were killed had asked for is done: they ask for nothing more."""
    busy = "SELECT count() FROM system.processes WHERE position(query, {name:String}) > 0 AND query_id != queryID()"
    for _ in range(3):
        while client.query(busy, parameters={"name": name}).result_rows[0][0]:
            time.sleep(0.05)
        time.sleep(0.05)


def _shape(client: Client, name: str) -> object:
    """The definition of every table and view, and the generations; nothing where it is not there."""
    tables = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = {name:String} ORDER BY name",
        parameters={"name": name},
    ).result_rows
    if not any(row[0] == GENERATIONS_TABLE for row in tables):
        return None
    return tables, client.query(f"SELECT * FROM {name}.{GENERATIONS_TABLE} FINAL ORDER BY ALL").result_rows
