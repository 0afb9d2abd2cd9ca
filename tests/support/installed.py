"""Databases with all tables and views: made once, emptied, and used again.

To make one takes ClickHouse more than two seconds of processor time, to empty it a hundredth of that.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from projections.catalog import install
from projections.clickhouse.schema import GENERATIONS_TABLE

_free: dict[str, list[str]] = {}
"""Those that nobody uses, by the address of their ClickHouse."""
_new: dict[str, "Shape"] = {}
"""What each was when it was new."""


@dataclass(frozen=True)
class Shape:
    """The definition of every table and view by its name, and the generations."""

    definitions: Mapping[str, str]
    generations: Sequence[tuple[object, ...]]


@contextmanager
def borrowed(url: str) -> Iterator[str]:
    """One for as long as this lasts; processes that were killed meanwhile may still be writing at its end."""
    with clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False) as client:
        name = take(client, url)
        yield name
        wait_for_the_last_writers(client, name)
    give_back(url, name)


def take(client: Client, url: str) -> str:
    """The name of one that is empty, and nobody else's."""
    while free := _free.get(url):
        name = free.pop()
        if _made_as_new(client, name):
            client.command(f"TRUNCATE ALL TABLES FROM {name} NOT LIKE '{GENERATIONS_TABLE}'")
            return name
    name = f"t{uuid4().hex[:12]}"
    install(client, name)
    _new[name] = _shape(client, name)
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


def _made_as_new(client: Client, name: str) -> bool:
    """Give it its first tables, views and generations again, where it has others; whether it is still there."""
    new, now = _new[name], _shape(client, name)
    if GENERATIONS_TABLE not in now.definitions:
        return False
    other = dict(now.definitions.items() - new.definitions.items())
    for table in other:
        client.command(f"DROP TABLE {name}.{table} SYNC")
    for table, definition in new.definitions.items():
        if now.definitions.get(table) != definition:
            client.command(definition)
    if now.generations != new.generations:
        client.command(f"TRUNCATE TABLE {name}.{GENERATIONS_TABLE}")
        client.insert(GENERATIONS_TABLE, new.generations, database=name)
    return True


def _shape(client: Client, name: str) -> Shape:
    tables = client.query(
        "SELECT name, create_table_query FROM system.tables WHERE database = {name:String}", parameters={"name": name}
    ).result_rows
    definitions = dict(tables)
    if GENERATIONS_TABLE not in definitions:
        return Shape(definitions, ())
    return Shape(definitions, client.query(f"SELECT * FROM {name}.{GENERATIONS_TABLE} FINAL ORDER BY ALL").result_rows)
