"""ClickHouse as the projector sees it: made ready, with a view for each generation, and what is asked there."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error
from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_exponential_jitter

from events.position import Partition
from projections.catalog import PROJECTIONS, install
from projections.clickhouse import barrier_log
from projections.clickhouse.barrier_log import Barrier
from projections.clickhouse.generation_log import read_generations
from projections.clickhouse.glance import Versions, glance
from projections.clickhouse.layout import LayoutRefused
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection
from projections.generations import Generation
from services.projector.clickhouse_view import ClickHouseView
from services.projector.connections import Connections, first_line
from services.projector.ports import ServiceAway
from services.projector.progress_table import ProgressTable
from services.projector.runner import ProjectorStopped
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)

QUERY_SECONDS = 30

T = TypeVar("T")


class ClickHouseViews:
    """See `ports.Views`. Each thread has a connection of its own."""

    def __init__(self, settings: ClickHouseSettings) -> None:
        self._settings = settings
        self._connections = Connections(settings, timeout_seconds=QUERY_SECONDS)
        self._progress = ProgressTable(Connections(settings))
        self._known: tuple[Versions, Sequence[Generation]] = (frozenset(), [])

    def view(self, projection: Projection, generation: int) -> ClickHouseView:
        """The view of one generation."""
        return ClickHouseView(self._settings, projection, generation, progress=self._progress)

    def generations(self) -> Sequence[Generation]:
        """Every generation there is: read whole only where one of them is new or became another."""
        return self.look()[0]

    def barriers(self) -> Sequence[Barrier]:
        """The barriers that hold now."""
        return self._looked(lambda client: barrier_log.barriers(client, self._settings.database))

    def look(self) -> tuple[Sequence[Generation], Sequence[Barrier]]:
        """Both: one small query, as long as nothing changes and nobody asks for a barrier."""
        return self._looked(self._look)

    def acknowledge(self, barrier: Barrier, generation: int, standing: Mapping[Partition, int]) -> None:
        """Say where a generation holds."""
        self._looked(
            lambda client: barrier_log.acknowledge(client, self._settings.database, barrier, generation, standing)
        )

    def install(self, projections: Sequence[Projection]) -> None:
        """Make what is missing.

        Raises:
            ServiceAway: if ClickHouse is.
            ProjectorStopped: if it refuses.
        """
        try:
            settings = self._settings
            self._asked(lambda client: install(client, settings.database, projections, cluster=settings.cluster))
        except LayoutRefused as error:
            raise ProjectorStopped(str(error)) from error
        except Error as error:
            raise ProjectorStopped(
                f"ClickHouse refuses: {first_line(error)}. See CLICKHOUSE_URL, its user and password"
            ) from error

    def _look(self, client: Client) -> tuple[Sequence[Generation], Sequence[Barrier]]:
        database = self._settings.database
        seen = glance(client, database)
        if seen.versions != self._known[0]:
            # Read after the versions: what is kept is never older than they say.
            self._known = seen.versions, read_generations(client, database)
        return self._known[1], barrier_log.barriers(client, database) if seen.barriers else ()

    def _looked(self, ask: Callable[[Client], T]) -> T:
        """Where a look is refused (somebody dropped the database), the inserts will say so better."""
        try:
            return self._asked(ask)
        except Error as error:
            raise ServiceAway(f"ClickHouse: {first_line(error)}") from error

    def _asked(self, ask: Callable[[Client], T]) -> T:
        try:
            return ask(self._connections.client())
        except (Error, OSError) as error:
            raise self._connections.judged(error) from error


async def prepare(settings: ClickHouseSettings, projections: Sequence[Projection] = PROJECTIONS) -> ClickHouseViews:
    """Make what is missing in the database, waiting for ClickHouse with back-off.

    Raises:
        ProjectorStopped: if ClickHouse refuses.
    """
    views = ClickHouseViews(settings)
    thread = SerialThread("prepare the database")
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(ServiceAway),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        before_sleep=before_sleep_log(logger, logging.WARNING),
        reraise=True,
    )
    async for attempt in retrying:
        with attempt:
            await thread.call(lambda: views.install(projections))
    thread.stop()
    return views
