"""A receiver of webhooks, as somebody else would run one: a real HTTP server on a port of its own."""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

SECONDS = 60.0


@dataclass(frozen=True)
class Received:
    """One request."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """The event, as the public library of Standard Webhooks lets it through."""
        return Webhook(secret).verify(self.body, dict(self.headers))


Behaviour = Callable[[Any], int | str]
"""Of an event: the status to answer, `hang`, or the address to redirect to."""


@dataclass
class Path:
    """What arrived at one path, and how it answers."""

    url: str
    behave: Behaviour = lambda _: 204
    seconds: float = 0.0
    """How long it thinks."""
    received: list[Received] = field(default_factory=list)
    taken: list[Received] = field(default_factory=list)

    def events(self, kind: str = "") -> list[Any]:
        """What was taken, of one kind: `post.submitted`."""
        return [each.event for each in self.taken if f".{kind}" in each.event["type"]]

    async def until(self, condition: Callable[[], object], what: str = "it came about") -> None:
        """Wait until something is so."""
        try:
            async with asyncio.timeout(SECONDS):
                while not condition():
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"waited until {what}: {[each.event for each in self.received][-5:]}") from None


class Receiver:
    """One server with any number of paths."""

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}
        self.hanging = asyncio.Event()
        self._url = ""

    def path(self, name: str, behave: Behaviour = lambda _: 204) -> Path:
        """A path of this name."""
        return self.paths.setdefault(name, Path(f"{self._url}/{name}", behave))

    async def answer(self, request: web.Request) -> web.Response:
        path = self.paths[request.path.strip("/")]
        received = Received(request.headers.copy(), await request.read())
        path.received.append(received)
        await asyncio.sleep(path.seconds)
        behaviour = path.behave(received.event)
        if behaviour == "hang":
            await self.hanging.wait()
        if isinstance(behaviour, str):
            return web.Response(status=307, headers={"location": behaviour})
        if 200 <= behaviour < 300:
            path.taken.append(received)
        return web.Response(status=behaviour, text="x" * 100_000 if behaviour >= 400 else "")


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Listen meanwhile."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{path}", receiver.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver._url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        receiver.hanging.set()
        await runner.cleanup()


def failing(times: int, of: Callable[[Any], bool] = lambda _: True, status: int = 500) -> Behaviour:
    """Refuse each of these events so many times."""
    refused: dict[str, int] = defaultdict(int)

    def behave(event: Any) -> int:
        if of(event) and refused[event["id"]] < times:
            refused[event["id"]] += 1
            return status
        return 200

    return behave
