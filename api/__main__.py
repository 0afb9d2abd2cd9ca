"""`python -m api`: the API by the settings of the environment."""

import asyncio
import logging
import sys

import uvicorn
from pydantic import ValidationError

from api.app import create_app
from api.services import Services
from api.settings import ApiSettings
from events import logs, tracing

logger = logging.getLogger("api")


class Server(uvicorn.Server):
    """Uvicorn, that ends where the ledger is no longer followed: whoever supervises the process starts a new one."""

    def __init__(self, config: uvicorn.Config, services: Services) -> None:
        super().__init__(config)
        self._services = services

    async def main_loop(self) -> None:
        """Until somebody says stop, or nothing more can be decided."""
        watching = asyncio.create_task(self._watch(), name="watch the ledger")
        try:
            await super().main_loop()
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        failure = await self._services.lost()
        logger.critical("ending, so that a new process follows the ledger reason=%s", failure)
        self.should_exit = True


def main() -> int:
    """Serve until told to stop, or until the ledger is no longer followed; the exit code."""
    try:
        logs.set_up("api")
        tracing.set_up("groundswell-api")
        settings = ApiSettings()
        app = create_app(settings)
    except ValidationError as error:
        logs.last_words("api", logs.refused_settings(error))
        return 2
    services: Services = app.state.services
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=settings.graceful_seconds,
    )
    server = Server(config, services)
    try:
        server.run()
    except KeyboardInterrupt:  # uvicorn raises the signal that stopped it again
        return 0
    return 0 if server.started and services.failure is None else 1


if __name__ == "__main__":
    sys.exit(main())
