"""What the delivery of webhooks asks of ClickHouse: events after a position, how far the views and the webhooks are."""

import asyncio
from collections.abc import Mapping

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.asyncclient import AsyncClient

from events.deliveries import decode_reached
from events.log.topics import Topics
from events.position import Partition
from events.times import Millis
from projections.clickhouse.progress import progress_query
from projections.clickhouse.query import Query
from projections.clickhouse.settings import ClickHouseSettings
from projections.deliveries.queries import WebhookPosition, positions_query
from projections.events.queries import FeedEvent, Wanted, feed_query, recorded_query, since_query
from services.sagas.patience import Patience
from services.webhooks.cursor import Cursor, cursor_of

_QUERY_SECONDS = 60
_AT_ONCE = 4
"""Pages of events asked for at once: however many webhooks there are, others have ClickHouse too."""
EVENTS, DELIVERIES = "events", "deliveries"


class DeliveryView:
    """The view; asks again for as long as ClickHouse is away. Use it from one event loop."""

    def __init__(self, settings: ClickHouseSettings, topics: Topics, patience: Patience) -> None:
        self._settings = settings
        self._topics = topics
        self._patience = patience
        self._client: AsyncClient | None = None
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()

    async def reached(self, projection: str) -> Mapping[Partition, int]:
        """How far the live generation of a projection has come."""
        rows = await self._rows(progress_query(self._settings.database, self._topics.epoch))
        return {Partition(str(topic), int(str(number))): int(str(offset)) for name, topic, number, offset in rows
                if name == projection}  # fmt: skip

    async def events(
        self,
        workspace: str,
        after: Mapping[Partition, int],
        before: Mapping[Partition, int],
        wanted: Wanted,
        limit: int,
    ) -> list[FeedEvent]:
        """The first events from these positions on, before those; see `feed_query`."""
        moved = {partition: at for partition, at in after.items() if before.get(partition, 0) > at}
        if not moved:
            return []
        behind = sum(before[partition] - at for partition, at in moved.items())
        query = feed_query(
            self._settings.database, workspace, moved, limit=limit, behind=behind, before=before, wanted=wanted
        )
        async with self._slots:
            rows = await self._rows(query)
        return [msgspec.convert(row, FeedEvent) for row in rows]

    async def since(self, workspace: str, moment: Millis, reached: Mapping[Partition, int]) -> Mapping[Partition, int]:
        """Where what was recorded from a moment on begins; where there is nothing yet, that is what comes next."""
        rows = await self._rows(since_query(self._settings.database, workspace, moment))
        found = {Partition(str(topic), int(str(number))): int(str(offset)) for topic, number, offset in rows}
        return {partition: found.get(partition, at) for partition, at in reached.items()}

    async def recorded(self, workspace: str, partition: Partition, offset: int) -> Millis | None:
        """When a record of a workspace was appended; None if the view has none of its events."""
        rows = await self._rows(recorded_query(self._settings.database, workspace, partition, offset))
        return int(str(rows[0][0])) if rows else None

    async def cursors(self) -> Mapping[tuple[str, str], Cursor]:
        """How far each webhook has come, as it last said."""
        rows = await self._rows(positions_query(self._settings.database))
        positions = [msgspec.convert(row, WebhookPosition) for row in rows]
        return {(each.workspace, each.webhook): cursor_of(decode_reached(each.data)) for each in positions}

    async def _rows(self, query: Query) -> list[tuple[object, ...]]:
        return await self._patience.call(lambda: self._ask(query))

    async def _ask(self, query: Query) -> list[tuple[object, ...]]:
        if self._client is None:
            self._client = await clickhouse_connect.get_async_client(
                **self._settings.client_options(),
                database="default",
                compress=False,
                connect_timeout=3,
                send_receive_timeout=_QUERY_SECONDS,
            )
        result = await self._client.query(query.sql, parameters=dict(query.parameters))
        return [tuple(row) for row in result.result_rows]
