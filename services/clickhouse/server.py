"""Runs the front: takes the folder, the port and the engine, serves, and stops in good order."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
import uvloop

from services.clickhouse.announcement import Announcement
from services.clickhouse.application import Front
from services.clickhouse.confinement import confine
from services.clickhouse.credentials import Credentials
from services.clickhouse.engine import Engine
from services.clickhouse.folder import DataFolder

logger = logging.getLogger(__name__)

_GRACE_SECONDS = 1
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class CannotServeError(Exception):
    """The front cannot start; the message says what to do."""


def serve(path: Path, host: str, port: int, port_file: Path | None) -> None:
    """Serve a folder until TERM or INT.

    Raises:
        CannotServeError: the port is in use, or the host is not this machine.
        FolderInUseError: another process holds the folder.
    """
    if host not in _LOOPBACK:
        raise CannotServeError(f"{host} is not this machine: the front has no TLS and listens on 127.0.0.1 only")
    listener = _listen(host, port)
    folder = DataFolder(path)
    announcement = Announcement(port_file)
    # From here on: every thread of the engine starts after it.
    confine(folder.path)
    front = Front(folder, Engine(folder), Credentials.from_environment())
    try:
        uvloop.run(_Server(front, announcement).serve([listener]))
    finally:
        front.close()
        logger.info("stopped path=%s", folder.path)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Listening at once, so that nobody else can take the port while the engine starts.
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise CannotServeError(
            f"port {port} of {host} cannot be used ({error.strerror}): stop what uses it, or give another with --port"
        ) from None
    return listener


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
