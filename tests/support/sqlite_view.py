"""A view in a file that several projector processes share, as they would share ClickHouse."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from events.position import Partition
from projections.fold import Row
from projections.table import Table
from services.projector.ports import Progress


class SqliteView:
    """Takes the rows of `tests.support.seen`."""

    def __init__(self, path: Path, writer: str) -> None:
        self._path = path
        self._writer = writer
        with closing(self._connect()) as database, database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE IF NOT EXISTS seen (p INT, o INT, nth INT, writer TEXT, PRIMARY KEY (p, o))")
            database.execute(
                "CREATE TABLE IF NOT EXISTS progress (t TEXT, p INT, epoch TEXT, next INT, end INT, PRIMARY KEY (t, p))"
            )

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        with closing(self._connect()) as database, database:
            values = [(*row[:3], self._writer) for row in rows]
            database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?)", values)

    def write_progress(self, progress: Sequence[Progress]) -> None:
        with closing(self._connect()) as database, database:
            database.executemany(
                "INSERT INTO progress VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "next = max(next, excluded.next), end = max(end, excluded.end)",
                [(*item.partition, item.epoch, item.next_offset, item.log_end) for item in progress],
            )

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        with closing(self._connect()) as database:
            found = {
                Partition(t, p): Progress(epoch, Partition(t, p), at, end)
                for t, p, epoch, at, end in database.execute("SELECT t, p, epoch, next, end FROM progress")
            }
        return {each: found[each] for each in partitions if each in found}

    def seen(self) -> dict[tuple[int, int], int]:
        """`nth` by partition and offset."""
        with closing(self._connect()) as database:
            return {(p, o): nth for p, o, nth in database.execute("SELECT p, o, nth FROM seen")}

    def writers(self) -> dict[str, int]:
        """How many rows each process put in last."""
        with closing(self._connect()) as database:
            return dict(database.execute("SELECT writer, count(*) FROM seen GROUP BY writer").fetchall())

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=30)
