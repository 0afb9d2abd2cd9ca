"""Reading request bodies: bounded while they come in, and only of the types that a route reads."""

from collections.abc import Collection

from starlette.types import Message, Receive, Scope

from api import problems
from api.problems import Problem

JSON = b"application/json"
NDJSON = b"application/x-ndjson"


def header(scope: Scope, name: bytes) -> bytes | None:
    """The first header of this (lower-case) name."""
    for key, value in scope["headers"]:
        if key == name:
            found: bytes = value
            return found
    return None


def media_type(scope: Scope, allowed: Collection[bytes] = (JSON,)) -> bytes:
    """The body's type without its parameters; the first of those allowed if the request names none.

    Raises:
        Problem: 415 for any other.
    """
    value = header(scope, b"content-type")
    if value is None:
        return next(iter(allowed))
    kind = value.partition(b";")[0].strip().lower()
    if kind not in allowed:
        names = " or ".join(name.decode() for name in allowed)
        raise Problem.of_field(problems.MEDIA, "Content-Type", f"send {names}")
    return kind


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body.

    Raises:
        Problem: 413 as soon as it is longer than `limit` bytes, 400 if the client went away.
    """
    bounded = bounded_receive(scope, receive, limit)
    message = await bounded()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    while message.get("more_body", False):
        message = await bounded()
        parts.append(message.get("body", b""))
    return b"".join(parts)


def bounded_receive(scope: Scope, receive: Receive, limit: int) -> Receive:
    """The same body, refused as soon as it is longer than `limit` bytes."""
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    received = 0

    async def receive_bounded() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Problem(problems.MALFORMED, "the client went away")
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return receive_bounded


def _too_large(limit: int) -> Problem:
    return Problem(problems.TOO_LARGE, f"the body may have {limit} bytes at most")
