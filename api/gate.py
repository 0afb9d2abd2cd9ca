"""The gate that every request passes: it counts and times them, and turns away what is more than the bound."""

from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics
from api.problems import Problem
from api.traces import route_of, traced
from events import tracing

_OPEN = ("/health/live", "/health/ready", "/metrics")


class Gate:
    """Around the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, max_requests: int) -> None:
        self._app = traced(app) if tracing.on() else app
        self._metrics = metrics
        self._max_requests = max_requests
        self._under_way = 0
        metrics.under_way.set_function(lambda: self._under_way)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it 503."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._under_way >= self._max_requests and scope["path"] not in _OPEN:
            self._metrics.turned_away.inc()
            problem = Problem.retry(problems.BUSY, f"{self._under_way} requests are under way already")
            await problem.response()(scope, receive, send)
            return
        began = perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._under_way += 1
        try:
            await self._app(scope, receive, watched)
        finally:
            self._under_way -= 1
            route = route_of(scope)
            self._metrics.requests.labels(route, scope["method"] if route else "", status).inc()
            self._metrics.seconds.labels(route).observe(perf_counter() - began)
