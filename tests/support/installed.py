"""Databases with all tables and views: made once, emptied, and used again.

To make one takes ClickHouse most of a second of processor time, to empty it a hundredth of that.
"""

from collections.abc import Mapping
from uuid import uuid4

from clickhouse_connect.driver.client import Client

from projections.catalog import install
from projections.clickhouse.schema import GENERATIONS_TABLE

_Shape = Mapping[str, str]
"""The definition of every table and view, by name."""

_free: dict[str, list[str]] = {}
"""Empty ones, by the address of their ClickHouse."""
_shapes: dict[str, tuple[_Shape, object]] = {}
"""What a database was when it was new, and its generations."""


def take(client: Client, url: str) -> str:
    """The name of one that is empty, and nobody else's."""
    if free := _free.get(url):
        return free.pop()
    name = f"t{uuid4().hex[:12]}"
    install(client, name)
    _shapes[name] = _shape(client, name)
    return name


def give_back(client: Client, url: str, name: str) -> None:
    """Nobody writes to it any more. It is emptied; where tables, views or generations became others, it is dropped."""
    if _shapes[name] == _shape(client, name):
        client.command(f"TRUNCATE ALL TABLES FROM {name} NOT LIKE '{GENERATIONS_TABLE}'")
        _free.setdefault(url, []).append(name)
    else:
        client.command(f"DROP DATABASE {name}")


def _shape(client: Client, name: str) -> tuple[_Shape, object]:
    tables = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = {name:String}", parameters={"name": name}
    ).result_rows
    generations = client.query(f"SELECT * FROM {name}.{GENERATIONS_TABLE} FINAL ORDER BY ALL").result_rows
    return {row[0]: row[1] for row in tables}, generations
