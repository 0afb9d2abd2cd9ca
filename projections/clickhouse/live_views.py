"""The stable views of a projection, and moving all of them from one generation to another in one step.

Usually each is *pinned*: it reads the live generation's tables and nothing else. ClickHouse can replace one view at a
time, so around a switch each is one that *chooses*: it asks, once a query, which of two generations is live, and reads
that one. Then a single insert that makes the other one live moves all of them at once. A view's fingerprint stands in
its comment, so that what is right already is left alone.
"""

import hashlib
import time
from collections.abc import Mapping, Sequence

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from projections.clickhouse.layout import layout_of
from projections.clickhouse.schema import GENERATIONS_TABLE
from projections.generations import Generation, State

LONGEST_ANALYSIS_SECONDS = 10.0
"""A query looks at its views when it begins. One that has run for longer has done so."""
_LOOK_SECONDS = 0.02

Columns = Mapping[str, str]
"""Names and types, in order."""


def pin(client: Client, database: str, live: Generation, *, gone: Sequence[str] = ()) -> None:
    """Let the stable views read one generation, whichever is live. `gone` are views of another one to take away."""
    put_views(client, database, live.views)
    for name in gone:
        if name not in live.views:
            client.command(f"DROP VIEW IF EXISTS {database}.{name}")


def choose(client: Client, database: str, one: Generation, other: Generation) -> None:
    """Let the stable views read whichever of two generations is live at the time of a query."""
    views: dict[str, str] = {}
    for name in dict.fromkeys([*other.views, *one.views]):
        sides = [(each, each.views[name]) for each in (one, other) if name in each.views]
        columns = _columns(client, sides[-1][1])
        views[name] = "\nUNION ALL\n".join(
            _branch(database, each, select, columns, _columns(client, select)) for each, select in sides
        )
    put_views(client, database, views)


def put_views(client: Client, database: str, views: Mapping[str, str]) -> None:
    """Make each view stand for its SELECT, where it does not already."""
    rows = client.query(
        "SELECT name, comment FROM system.tables WHERE database = {database:String} AND engine = 'View'",
        parameters={"database": database},
    ).result_rows
    known = {row[0]: row[1] for row in rows}
    for name, select in views.items():
        mark = hashlib.sha256(select.encode()).hexdigest()[:16]
        if known.get(name) != mark:
            client.command(f"CREATE OR REPLACE VIEW {database}.{name} AS\n{select}\nCOMMENT '{mark}'")


def wait_for_earlier_queries(client: Client, database: str) -> None:
    """Wait until every query that began before this call has looked at its views."""
    deadline = time.monotonic() + LONGEST_ANALYSIS_SECONDS
    processes = layout_of(client, database).processes
    earlier = _running(client, processes)
    while earlier and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
        earlier &= _running(client, processes)


def _running(client: Client, processes: str) -> set[str]:
    """The queries that may still be looking at their views, but this one."""
    try:
        rows = client.query(
            f"SELECT query_id FROM {processes} WHERE initial_query_id != queryID() AND elapsed < {{longest:Float64}}",
            parameters={"longest": LONGEST_ANALYSIS_SECONDS},
        ).result_rows
    except DatabaseError:
        # Whoever may not look at others' queries waits out what a query could need.
        time.sleep(1.0)
        return set()
    return {row[0] for row in rows}


def _branch(database: str, generation: Generation, select: str, wanted: Columns, there: Columns) -> str:
    """A generation's side of a choosing view: the wanted columns, with a default where it has none of that name."""
    columns = ", ".join(
        f"`{name}`" if name in there else f"defaultValueOfTypeName('{kind}') AS `{name}`"
        for name, kind in wanted.items()
    )
    live = (
        f"SELECT max(generation) FROM {database}.{GENERATIONS_TABLE} FINAL "
        f"WHERE `projection` = '{generation.projection}' AND state = '{State.LIVE}'"
    )
    return f"SELECT {columns} FROM (\n{select}\n) WHERE ({live}) = {generation.generation}"


def _columns(client: Client, select: str) -> Columns:
    return {row[0]: row[1] for row in client.query(f"DESCRIBE (\n{select}\n)").result_rows}
