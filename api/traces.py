"""A span around each request. Only where tracing is on is anything of this called for a request but `route_of`."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from events import tracing

_UNTRACED = ("/health/live", "/health/ready", "/metrics")


def traced(app: ASGIApp) -> ASGIApp:
    """The same application, each request a span: the child of the one in its header `traceparent`, if it has that.

    Named by its route; what a client chose (paths, people) is in none of it.
    """

    async def within_span(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _UNTRACED:
            await app(scope, receive, send)
            return
        attributes = {"http.request.method": scope["method"]}
        with tracing.span(scope["method"], "server", attributes, parent=_parent(scope)) as span:

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start" and span is not None:
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await app(scope, receive, watched)
            if span is not None and (route := route_of(scope)):
                span.update_name(f"{scope['method']} {route}")
                span.set_attribute("http.route", route)

    return within_span


def route_of(scope: Scope) -> str:
    """The route's pattern; empty where none matched, so that clients can't make up labels."""
    for name in ("route", "endpoint"):
        path = getattr(scope.get(name), "path", None)
        if isinstance(path, str):
            return path
    return ""


def _parent(scope: Scope) -> bytes | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return bytes(value)
    return None
