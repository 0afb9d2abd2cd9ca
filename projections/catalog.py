"""Every projection there is, and making the database ready for them.

To add a projection: add its package under `projections/`, and its class here.
"""

import time
from collections.abc import Sequence

from projections import ranking
from projections.clickhouse.schema import (
    GENERATIONS_TABLE,
    Execute,
    create_tables,
    create_views,
    system_statements,
)
from projections.events import EventsProjection
from projections.fold import Projection
from projections.posts import PostsProjection
from projections.table import Derived, Table
from projections.votes import VotesProjection

PROJECTIONS: Sequence[Projection] = (VotesProjection(), PostsProjection(), EventsProjection())

FIRST_GENERATION = 1


def install(execute: Execute, database: str) -> None:
    """Make the database, the tables of each projection's first generation, and the stable views, where missing."""
    for statement in system_statements(database):
        execute(statement)
    for projection in PROJECTIONS:
        create_tables(execute, database, projection.tables, projection.derived, FIRST_GENERATION)
        stored: tuple[Table | Derived, ...] = (*projection.tables, *projection.derived)
        create_views(execute, database, projection.views, stored, FIRST_GENERATION)
        execute(_enter_generation(database, projection))
    create_views(execute, database, ranking.VIEWS, (), FIRST_GENERATION)


def _enter_generation(database: str, projection: Projection) -> str:
    """Enter the first generation as the live one, unless it is entered already."""
    stored: tuple[Table | Derived, ...] = (*projection.tables, *projection.derived)
    tables = ", ".join(f"'{table.stored_as(FIRST_GENERATION)}'" for table in stored)
    now = f"fromUnixTimestamp64Milli({time.time_ns() // 1_000_000}, 'UTC')"
    return (
        f"INSERT INTO {database}.{GENERATIONS_TABLE} "
        f"SELECT '{projection.name}', {FIRST_GENERATION}, 'live', {projection.code}, [{tables}], {now}, {now}, 1 "
        f"WHERE NOT EXISTS (SELECT 1 FROM {database}.{GENERATIONS_TABLE} "
        f"WHERE projection = '{projection.name}' AND generation = {FIRST_GENERATION})"
    )
