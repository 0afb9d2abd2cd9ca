"""The view in ClickHouse: rows as one native block each, progress as rows of its own."""

from collections.abc import Mapping, Sequence

import msgspec
from clickhouse_connect.driver.exceptions import Error
from clickhouse_connect.driver.external import ExternalData

from events.position import Partition
from projections.clickhouse.schema import derive_statement
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection, Row
from projections.table import Derived, Table
from services.projector.blocks import insert_block
from services.projector.connections import Connections
from services.projector.ports import Progress
from services.projector.progress_table import ProgressTable


class ClickHouseView:
    """One generation of one projection. Any thread may use it.

    Those of one process share their connections and their `progress`; one that is given none has its own. Without
    `derive`, what follows from a table's rows is not stated again with them: that is left to whoever fills it.
    """

    def __init__(
        self,
        settings: ClickHouseSettings,
        projection: Projection,
        generation: int,
        *,
        derive: bool = True,
        progress: ProgressTable | None = None,
    ) -> None:
        self._progress = progress or ProgressTable(Connections(settings))
        self._connections = self._progress.connections
        self._which = (projection.name, generation)
        self._derived = {derived.source.name: derived for derived in projection.derived} if derive else {}

    def insert(self, table: Table, rows: Sequence[Row], token: str) -> None:
        """Put rows into a table as one block; see `ports.View`."""
        self._progress.expect(self._which)
        try:
            stored = table.stored_as(self._which[1])
            insert_block(self._connections, stored, table.columns, rows, f"{table.name}/{token}")
            if (derived := self._derived.get(table.name)) is not None:
                self._derive(derived, rows)
        except (Error, OSError) as error:
            self._progress.expect_no_more(self._which)
            raise self._connections.judged(error) from error

    def write_progress(self, progress: Sequence[Progress]) -> None:
        """Record how far the tables have come; see `ports.View`."""
        self._progress.write(self._which, progress)

    def read_progress(self, partitions: Sequence[Partition]) -> Mapping[Partition, Progress]:
        """What was last recorded; see `ports.View`."""
        return self._progress.read(self._which, partitions)

    def _derive(self, derived: Derived, rows: Sequence[Row]) -> None:
        """State again what the rows just inserted add up to."""
        columns = {name: derived.source.columns[name] for name in derived.key}
        places = [list(derived.source.columns).index(name) for name in derived.key]
        keys = {tuple(row[place] for place in places) for row in rows}
        changed = ExternalData(
            file_name="changed",
            data=b"\n".join(msgspec.json.encode(dict(zip(columns, key, strict=True))) for key in keys),
            fmt="JSONEachRow",
            structure=[f"{name} {kind}" for name, kind in columns.items()],
        )
        key = f"({', '.join(derived.key)})"
        where = f"{key} IN (SELECT {key} FROM changed)"
        statement = derive_statement(self._connections.database, derived, self._which[1], where)
        self._connections.client().command(statement, external_data=changed)
