"""Asking ClickHouse: one client, connected when first needed, and what goes wrong as problems."""

import asyncio
import logging

import aiohttp
import clickhouse_connect
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.exceptions import Error

from api import problems
from api.problems import Problem
from projections.clickhouse.query import Query
from projections.clickhouse.settings import ClickHouseSettings

logger = logging.getLogger(__name__)

Rows = list[tuple[object, ...]]

_NOT_BUILT = frozenset({60, 81})
"""No such table, no such database: the projector did not make them yet."""
_TOO_SLOW = frozenset({159, 160})
_TOO_MUCH = frozenset({202, 241})
_UNREADABLE_PARAMETER = 457


class View:
    """What the projections built, by SQL with bound parameters. `failures` counts what ClickHouse was away for."""

    def __init__(self, settings: ClickHouseSettings, *, query_seconds: float) -> None:
        self.database = settings.database
        self.failures = 0
        self._settings = settings
        self._query_seconds = query_seconds
        self._client: AsyncClient | None = None
        self._lock = asyncio.Lock()

    async def rows(self, query: Query) -> Rows:
        """The query's rows.

        Raises:
            Problem: 503 with its reason if ClickHouse is away, busy, too slow or not filled yet.
        """
        try:
            client = await self._connected()
            result = await client.query(query.sql, parameters=dict(query.parameters), settings=dict(query.settings))
        except Error as error:
            raise self._judged(error) from error
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._away(error) from error
        return [tuple(row) for row in result.result_rows]

    async def ping(self) -> None:
        """Return if ClickHouse answers; raises as `rows` does."""
        await self.rows(Query("SELECT 1", {}))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _connected(self) -> AsyncClient:
        if self._client is not None:
            return self._client
        async with self._lock:
            if self._client is None:
                options = self._settings.client_options()
                options["settings"] = {**options.get("settings", {}), "max_execution_time": self._query_seconds}
                self._client = await clickhouse_connect.get_async_client(
                    **options,
                    database="default",
                    compress=False,
                    connect_timeout=3,
                    send_receive_timeout=self._query_seconds + 5,
                )
            return self._client

    def _judged(self, error: Error) -> Exception:
        """A problem for what time heals or the client caused; the error itself for a defect of ours."""
        code = error.code
        if code is None:
            return self._away(error)
        if code in _NOT_BUILT:
            return Problem.retry(problems.AWAY, "the views are not built yet: the projector has not started", 2)
        if code in _TOO_SLOW:
            return Problem.retry(problems.BUSY, f"ClickHouse did not answer within {self._query_seconds:g} s", 5)
        if code in _TOO_MUCH:
            return Problem.retry(problems.BUSY, "ClickHouse has too much to do at the moment", 2)
        if code == _UNREADABLE_PARAMETER:
            return Problem(problems.MALFORMED, "a cursor, position or time lies outside of what can be asked for")
        return error

    def _away(self, error: Exception) -> Problem:
        self.failures += 1
        logger.warning("ClickHouse away reason=%s", str(error).partition("\n")[0][:300])
        return Problem.retry(problems.AWAY, "ClickHouse can't be reached, so nothing can be read; writing goes on", 2)
