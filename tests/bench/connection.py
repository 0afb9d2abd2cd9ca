"""A client that costs next to nothing: prepared requests over a kept connection, no more of HTTP than it takes.

So that what is measured is the server, and not the one who measures.
"""

import asyncio
import time
from collections.abc import Callable
from typing import NamedTuple, cast


class Answer(NamedTuple):
    """`seconds` from sending the request to having all of the answer."""

    status: int
    body: bytes
    seconds: float


class Connection(asyncio.Protocol):
    """One connection, with one request under way at a time; `answered` is called with each answer."""

    def __init__(self, answered: "Callable[[Connection, Answer], None]") -> None:
        self.answered = answered
        self._received = b""
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None
        self._lost: Exception | None = None

    def send(self, request: bytes) -> None:
        if self._transport is None or self._lost is not None:
            raise ConnectionError(f"the server closed the connection: {self._lost}")
        self._sent = time.perf_counter()
        self._transport.write(request)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = exc or ConnectionError("no reason given")

    def data_received(self, data: bytes) -> None:
        self._received = data if not self._received else self._received + data
        head = self._received.find(b"\r\n\r\n")
        if head < 0:
            return
        end = head + 4 + _content_length(self._received, head)
        if len(self._received) < end:
            return
        answer = Answer(int(self._received[9:12]), self._received[head + 4 : end], time.perf_counter() - self._sent)
        self._received = b""
        self.answered(self, answer)


class Caller:
    """A connection for one coroutine: send, and await the answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: asyncio.Future[Answer] | None = None
        connection.answered = self._answered

    async def call(self, request: bytes) -> Answer:
        self._waiting = asyncio.get_running_loop().create_future()
        self._connection.send(request)
        return await self._waiting

    def close(self) -> None:
        self._connection.close()

    def _answered(self, _: Connection, answer: Answer) -> None:
        assert self._waiting is not None
        self._waiting.set_result(answer)


async def connect(port: int, answered: Callable[[Connection, Answer], None]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(answered), "127.0.0.1", port)
    return connection


async def connect_caller(port: int) -> Caller:
    return Caller(await connect(port, lambda _connection, _answer: None))


def request(method: str, path: str, key: str, body: bytes = b"", kind: str = "application/json") -> bytes:
    """A request's bytes."""
    head = f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\n"
    if body:
        head += f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n"
    return f"{head}\r\n".encode() + body


def _content_length(received: bytes, head: int) -> int:
    at = received.find(b"content-length: ", 0, head)
    if at < 0:
        raise ValueError(f"an answer without content-length: {received[:head]!r}")
    return int(received[at + 16 : received.find(b"\r", at, head + 1)])
