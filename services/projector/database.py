"""Getting ClickHouse ready for the projector, and one view a projection."""

import logging
from collections.abc import Callable

import clickhouse_connect
from clickhouse_connect.driver.exceptions import Error
from tenacity import AsyncRetrying, before_sleep_log, retry_if_exception_type, wait_exponential_jitter

from projections.catalog import FIRST_GENERATION, install
from projections.clickhouse.settings import ClickHouseSettings
from projections.fold import Projection
from services.projector.clickhouse_view import PASSING_CODES, ClickHouseView
from services.projector.ports import ServiceAway, View
from services.projector.runner import ProjectorStopped
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)


async def prepare(settings: ClickHouseSettings) -> Callable[[Projection], View]:
    """Make what is missing in the database, waiting for ClickHouse with back-off; what gives each projection its view.

    Raises:
        ProjectorStopped: if ClickHouse refuses.
    """
    thread = SerialThread("prepare the database")
    retrying = AsyncRetrying(
        retry=retry_if_exception_type(ServiceAway),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        before_sleep=before_sleep_log(logger, logging.WARNING),
        reraise=True,
    )
    async for attempt in retrying:
        with attempt:
            await thread.call(lambda: _install(settings))
    thread.stop()
    return lambda projection: ClickHouseView(settings, projection, FIRST_GENERATION)


def _install(settings: ClickHouseSettings) -> None:
    try:
        with clickhouse_connect.get_client(
            **settings.client_options(), database="default", autogenerate_session_id=False
        ) as client:
            install(client, settings.database)
    except (Error, OSError) as error:
        code = error.code if isinstance(error, Error) else None
        said = str(error).splitlines()[0][:300]
        if code is None or code in PASSING_CODES:
            raise ServiceAway(f"ClickHouse: {said}") from error
        raise ProjectorStopped(f"ClickHouse refuses: {said}. See CLICKHOUSE_URL, its user and password") from error
