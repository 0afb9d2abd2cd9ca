"""Serves the engine: uvicorn over the front, stopped in good order.

Import this only once the process is confined: importing the engine starts threads, and a thread that is there before
`confine` stays outside of it, with all that it starts.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator

import uvicorn
import uvloop

from services.clickhouse.analyst import Analyst, AnalystSettings
from services.clickhouse.announcement import Announcement
from services.clickhouse.application import Front
from services.clickhouse.credentials import Credentials
from services.clickhouse.engine import Engine
from services.clickhouse.folder import DataFolder

logger = logging.getLogger(__name__)

_GRACE_SECONDS = 1


def run(folder: DataFolder, listener: socket.socket, announcement: Announcement) -> None:
    """Serve the folder on the listener until TERM or INT."""
    settings = AnalystSettings()
    credentials = Credentials.from_environment(settings.password)
    front = Front(folder, Engine(folder), credentials, Analyst(settings))
    try:
        uvloop.run(_Server(front, announcement).serve([listener]))
    finally:
        front.close()
        logger.info("stopped path=%s", folder.path)


class _Server(uvicorn.Server):
    """Uvicorn that writes the port when it is ready, and on its way out kills what still runs."""

    def __init__(self, front: Front, announcement: Announcement) -> None:
        config = uvicorn.Config(
            front,
            lifespan="on",
            http="httptools",
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        super().__init__(config)
        self._front, self._announcement = front, announcement

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take TERM and INT as "stop", and do not raise them again afterwards: the engine is still to be closed."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        port = sockets[0].getsockname()[1] if sockets else 0
        self._announcement.ready(port)
        logger.info("ready url=http://127.0.0.1:%d path=%s", port, self._front.folder.path)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        killing = asyncio.create_task(self._kill_what_runs())
        try:
            await super().shutdown(sockets)
        finally:
            killing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killing
        self._announcement.over()

    async def _kill_what_runs(self) -> None:
        """Small queries get half a second to end by themselves."""
        await asyncio.sleep(_GRACE_SECONDS / 2)
        while self._front.running:
            await self._front.kill_all()
            await asyncio.sleep(0.1)
