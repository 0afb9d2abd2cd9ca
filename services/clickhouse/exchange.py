"""One HTTP exchange, at the ASGI rim: the body as it comes, the answer as it goes."""

import asyncio
import secrets
import string
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote_to_bytes

from services.clickhouse.failure import ClickHouseError

_TAG_LETTERS = string.ascii_lowercase
_SERVER = "chdb"


class DisconnectedError(Exception):
    """The client is gone; there is nobody to answer."""


class Exchange:
    """What came, and what to send back. For one task at a time, but for `gone`, which watches beside it."""

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
        version: str,
        timezone: str,
    ) -> None:
        self.method: str = scope["method"]
        self.path = unquote_to_bytes(scope.get("raw_path") or scope["path"]).decode("utf-8", "replace")
        self.query_string: bytes = scope["query_string"]
        self.headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        self.query_id = ""
        self.started = False
        self.body_done = False
        self._receive, self._send = receive, send
        self._version, self._timezone = version, timezone
        self._tag = ""

    @property
    def without_body(self) -> bool:
        """Whether no body comes."""
        if "transfer-encoding" in self.headers:
            return False
        length: str = self.headers.get("content-length", "0")
        return length == "0"

    async def piece(self) -> bytes:
        """The next piece of the body; nothing after its end.

        Raises:
            DisconnectedError: the client is gone before its end.
        """
        while not self.body_done:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise DisconnectedError
            self.body_done = not message.get("more_body", False)
            piece: bytes = message.get("body", b"")
            if piece:
                return piece
        return b""

    async def gone(self) -> None:
        """Return when the client is gone. Only once the body is done."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def begin(self, headers: dict[str, str], status: int = 200) -> None:
        """Send the status and the headers."""
        self.started = True
        self._tag = "".join(secrets.choice(_TAG_LETTERS) for _ in range(16))
        common = {
            "X-ClickHouse-Server-Display-Name": _SERVER,
            "X-ClickHouse-Query-Id": self.query_id,
            "X-ClickHouse-Timezone": self._timezone,
            "X-ClickHouse-Exception-Tag": self._tag,
        }
        lines = [
            (name.lower().encode(), value.encode("utf-8")) for name, value in {**common, **headers}.items() if value
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": lines})

    async def body(self, piece: bytes, *, more: bool) -> None:
        """Send a piece of the answer; waits while the client is slow."""
        await self._send(
            {"type": "http.response.body", "body": piece if self.method != "HEAD" else b"", "more_body": more}
        )

    async def reply(self, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
        """Send a whole answer."""
        given = {"Content-Type": "text/html; charset=UTF-8", "Content-Length": str(len(body)), **(headers or {})}
        await self.begin(given, status)
        await self.body(body, more=False)

    async def not_found(self) -> None:
        """Say that there is nothing at this path, as a server does."""
        text = f"There is no handle {self.path}\n\nUse / or /ping for health checks, and POST queries to /.\n"
        await self.reply(text.encode(), {"Content-Type": "text/plain; charset=UTF-8"}, 404)

    async def fail(self, error: ClickHouseError) -> None:
        """Send an error: as the answer, or, when part of one is out, behind it and then break off."""
        body = error.body(self._version)
        if not self.started:
            headers = {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Exception-Code": str(error.code)}
            await self.drain()
            await self.reply(body, headers, error.status)

    def trailing(self, error: ClickHouseError) -> bytes:
        """The block that ends a broken result, by which clients tell it from data."""
        text = error.body(self._version)
        tag = self._tag.encode()
        return b"\r\n__exception__\r\n%s\r\n%s%d %s\r\n__exception__\r\n" % (tag, text, len(text), tag)

    async def drain(self, seconds: float = 1.0) -> None:
        """Read some of what the client still sends, so that it gets to reading the answer."""
        try:
            async with asyncio.timeout(seconds):
                while await self.piece():
                    pass
        except (TimeoutError, DisconnectedError):
            return
