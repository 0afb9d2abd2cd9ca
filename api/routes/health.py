"""Whether the service lives and is ready, and what it counts. No key is needed."""

import asyncio

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from api.answers.health import Health
from api.guard import ServicesOf
from api.reading import json_response
from events.metrics import CONTENT_TYPE

routes = APIRouter(tags=["health"])


@routes.get("/health/live", response_class=PlainTextResponse)
async def live() -> Response:
    """The process answers."""
    return Response("live\n", media_type="text/plain")


@routes.get("/health/ready", response_model=Health, responses={503: {"model": Health}})
async def ready(services: ServicesOf) -> Response:
    """Whether the log is followed, Kafka answers, and ClickHouse answers; which of them does not."""
    log, view = await asyncio.gather(services.check_log(), services.check_view())
    good = log is None and view is None
    answer = Health(status="ready" if good else "not ready", log=log or "ok", clickhouse=view or "ok")
    return json_response(answer, status=200 if good else 503, headers={} if good else {"retry-after": "2"})


@routes.get("/metrics", response_class=PlainTextResponse)
async def metrics(services: ServicesOf) -> Response:
    """Counters in Prometheus' text format."""
    return Response(services.metrics.text(), media_type=CONTENT_TYPE)
