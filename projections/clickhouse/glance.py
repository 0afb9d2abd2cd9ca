"""What a projector asks several times a second, as one small query: whether anything changed that it must know of."""

from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from projections.clickhouse.barrier_log import REMEMBERED_SECONDS
from projections.clickhouse.query import SMALL
from projections.clickhouse.schema import BARRIERS_TABLE, GENERATIONS_TABLE

Versions = frozenset[tuple[str, int, int]]
"""Projection, generation and version of each."""


class Glance(NamedTuple):
    """Which generations there are in which version, and whether anything was said of barriers a short while ago."""

    versions: Versions
    barriers: bool


def glance(client: Client, database: str) -> Glance:
    """Look."""
    rows = client.query(
        f"""SELECT `projection`, generation, version FROM {database}.{GENERATIONS_TABLE} FINAL
UNION ALL
SELECT '', 0, count() FROM {database}.{BARRIERS_TABLE}
WHERE at > now64(3, 'UTC') - INTERVAL {REMEMBERED_SECONDS} SECOND""",
        settings=dict(SMALL),
    ).result_rows
    versions = frozenset((row[0], row[1], row[2]) for row in rows if row[0])
    return Glance(versions, barriers=any(row[2] for row in rows if not row[0]))
