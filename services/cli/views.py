"""Asking the views in ClickHouse, for a command."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.client import Client

from events.position import Partition
from projections.clickhouse.query import Query
from projections.clickhouse.settings import ClickHouseSettings
from projections.comments.groups import group_of, merges_query
from projections.comments.queries import ShownComment, comments_query
from projections.ranking.query import RankedPost, RankingRequest, ranked, ranking_query

QUERY_SECONDS = 60
Row = TypeVar("Row")


@contextmanager
def client(settings: ClickHouseSettings, *, seconds: int = QUERY_SECONDS) -> Iterator[Client]:
    """A client whose queries may take so long, closed in the end."""
    opened = clickhouse_connect.get_client(
        **settings.client_options(),
        database="default",  # there always is one, whatever was built so far
        autogenerate_session_id=False,
        connect_timeout=5,
        send_receive_timeout=seconds,
    )
    try:
        yield opened
    finally:
        opened.close()


def rows(client: Client, query: Query, kind: type[Row]) -> list[Row]:
    """A query's rows, each as one of this kind."""
    found = client.query(query.sql, parameters=dict(query.parameters)).result_rows
    return [msgspec.convert(row, kind) for row in found]


def rank(client: Client, database: str, request: RankingRequest) -> list[RankedPost]:
    """The first page of a ranking."""
    query = ranking_query(request, database)
    rows = client.query(query.sql, parameters=dict(query.parameters)).result_rows
    return ranked(request, [tuple(row) for row in rows])[0]


def comments(
    client: Client, database: str, workspace: str, post: str, *, limit: int, internal: bool
) -> list[ShownComment]:
    """The comments on a post and on those that it was merged with."""
    merges = merges_query(database, workspace, time.time_ns() // 1_000_000)
    pairs = client.query(merges.sql, parameters=dict(merges.parameters)).result_rows
    together = group_of(post, [(str(merged), str(into)) for merged, into in pairs])
    query = comments_query(database, workspace, together, limit=limit, internal=internal)
    return [ShownComment(*row) for row in client.query(query.sql, parameters=dict(query.parameters)).result_rows]


def followed(client: Client, database: str) -> dict[str, dict[Partition, int]]:
    """The next offset of each partition that each projection's live generation has folded."""
    rows = client.query(
        f"""SELECT progress.projection, progress.topic, progress.partition, progress.next_offset
FROM {database}.progress AS progress
JOIN {database}.generations AS generation
  ON generation.projection = progress.projection AND generation.generation = progress.generation
WHERE generation.state = 'live'"""
    ).result_rows
    positions: dict[str, dict[Partition, int]] = {}
    for projection, topic, partition, next_offset in rows:
        positions.setdefault(projection, {})[Partition(topic, partition)] = next_offset
    return positions
