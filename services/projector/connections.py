"""The way to ClickHouse of one process: one client for all its threads, each request on a connection of its own."""

import threading

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import Error

from projections.clickhouse.settings import ClickHouseSettings
from services.projector.ports import ServiceAway

PASSING_CODES = frozenset(
    {159, 160, 164, 202, 203, 209, 210, 225, 241, 242, 243, 252, 254, 279, 285, 286, 319, 425, 439, 473, 999}
)
"""ClickHouse's error codes that time heals: time-outs, no memory, read-only, too many parts or queries, no network;
on a cluster no Keeper, and replicas that are away."""

ANSWER_SECONDS = 60
"""How long one call waits for its answer."""


class Connections:
    """Of any number of threads, to one ClickHouse.

    A client begins with three questions about the server, one of them long: asked by each of a dozen threads, they
    were most of what a start cost. Without a session it may be used by all at once; its connections are pooled.
    """

    def __init__(self, settings: ClickHouseSettings, *, timeout_seconds: int = ANSWER_SECONDS) -> None:
        self._settings = settings
        self._timeout_seconds = timeout_seconds
        self._client: Client | None = None
        self._making = threading.Lock()

    @property
    def database(self) -> str:
        """The database that the settings name. Connections stand in `default`: it need not be there yet."""
        return self._settings.database

    def client(self) -> Client:
        """The client, made when first asked for."""
        with self._making:
            if self._client is None:
                self._client = clickhouse_connect.get_client(
                    **self._settings.client_options(),
                    database="default",
                    compress=False,
                    send_receive_timeout=self._timeout_seconds,
                    autogenerate_session_id=False,
                )
            return self._client

    def judged(self, error: Exception) -> Exception:
        """`ServiceAway` for what time heals; the error itself for what it does not. The next call gets a new client."""
        with self._making:
            self._client = None
        code = error.code if isinstance(error, Error) else None
        if code is None or code in PASSING_CODES:
            return ServiceAway(f"ClickHouse: {first_line(error)}")
        return error


def first_line(error: Exception) -> str:
    """What an error says, as one line of the log."""
    return str(error).splitlines()[0][:300]
