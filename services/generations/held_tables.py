"""A generation's tables as they are at one moment: clones that share their parts with them, made in milliseconds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import uuid_utils
from clickhouse_connect.driver.client import Client

from projections.clickhouse.layout import layout_of
from projections.generations import Generation

_MARK = "_held_"
LEFT_BEHIND_MINUTES = 60
"""Clones older than this were left by a verification that was killed."""


class HeldTables:
    """Clones, until `drop`. Of a cluster's tables there are none: those are looked at themselves (`all_cloned`)."""

    def __init__(self, client: Client, database: str) -> None:
        self._client = client
        self._database = database
        self._suffix = f"{_MARK}{uuid_utils.uuid7().hex}"
        self._made: list[str] = []
        # Asked here, and not while the projectors are held.
        self.all_cloned = layout_of(client, database).cluster is None

    def clone(self, generation: Generation) -> Mapping[str, str]:
        """Clone each table of a generation: the clone's name by the table's name without its generation."""
        if not self.all_cloned:
            return generation.stored
        held = {name: f"{table}{self._suffix}" for name, table in generation.stored.items()}
        for name, table in generation.stored.items():
            self._made.append(held[name])
            self._client.command(f"CREATE TABLE {self._database}.{held[name]} CLONE AS {self._database}.{table}")
        return held

    def drop(self) -> None:
        """Take the clones away."""
        for name in self._made:
            self._client.command(f"DROP TABLE IF EXISTS {self._database}.{name} SYNC")
        self._made.clear()


@contextmanager
def held_tables(client: Client, database: str) -> Iterator[HeldTables]:
    """Clones that are gone in the end; what an earlier run left behind goes first."""
    _sweep(client, database)
    held = HeldTables(client, database)
    try:
        yield held
    finally:
        held.drop()


def _sweep(client: Client, database: str) -> None:
    rows = client.query(
        f"SELECT name FROM system.tables WHERE database = {{database:String}} AND position(name, '{_MARK}') > 0 "
        f"AND metadata_modification_time < now() - INTERVAL {LEFT_BEHIND_MINUTES} MINUTE",
        parameters={"database": database},
    ).result_rows
    for (name,) in rows:
        client.command(f"DROP TABLE IF EXISTS {database}.{name} SYNC")
