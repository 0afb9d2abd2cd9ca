"""The pages by which a service without other pages is watched: `/health/live`, `/health/ready` and `/metrics`."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from events.metrics import CONTENT_TYPE

logger = logging.getLogger(__name__)


class AddressTaken(Exception):  # noqa: N818 - what is in the way
    """Nothing can listen at this address; the message says why."""


def web_app(complaint: Callable[[], str | None], measures: Callable[[], bytes]) -> web.Application:
    """The pages. `complaint` says why the service is not ready, `measures` what it counts, in Prometheus' format."""

    async def live(_: web.Request) -> web.Response:
        return web.json_response({"status": "live"})

    async def ready(_: web.Request) -> web.Response:
        reason = complaint()
        if reason is None:
            return web.json_response({"status": "ready"})
        return web.json_response({"status": "not ready", "reason": reason}, status=503)

    async def metrics(_: web.Request) -> web.Response:
        return web.Response(body=measures(), headers={"content-type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes([web.get("/health/live", live), web.get("/health/ready", ready), web.get("/metrics", metrics)])
    return app


@asynccontextmanager
async def served(app: web.Application, host: str, port: int | None) -> AsyncIterator[None]:
    """Serve the pages meanwhile; on port None, nothing.

    Raises:
        AddressTaken: if nothing can listen there.
    """
    if port is None:
        yield
        return
    server = web.AppRunner(app, access_log=None)
    await server.setup()
    try:
        try:
            await web.TCPSite(server, host, port).start()
        except OSError as error:
            raise AddressTaken(f"can't listen at {host}:{port} ({error.strerror})") from error
        logger.info("health and metrics address=http://%s:%d", host, server.addresses[0][1])
        yield
    finally:
        await server.cleanup()
