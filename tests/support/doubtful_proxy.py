"""A network between a client and a service that loses answers, cuts requests in the middle, and delays them."""

import asyncio
import contextlib
import random
import threading
from collections import Counter
from typing import Self

CUT = "requests cut"
DELAYED = "requests delayed"
DROPPED = "answers dropped"
_CHUNK = 65_536


class DoubtfulProxy:
    """Listens on a port of its own; by a seed it forwards an exchange, drops its answer, cuts its request or delays it.

    Where it drops the answer, the service has done what it was asked, and the client does not learn of it. What it
    delays (by `delay_seconds`; 0 delays nothing) the service does later, when the client has given up.
    """

    def __init__(self, *, seed: int, trouble: float, delay_seconds: float = 0.0) -> None:
        self.port = 0
        self.target_port = 0
        """Where the service listens; may be set when the proxy runs already."""
        self.troubles: Counter[str] = Counter()
        """How often it was in which trouble."""
        self.troubled = False
        """While it is False, everything is forwarded."""
        self._dice = random.Random(seed)
        self._trouble = trouble
        self.delay_seconds = delay_seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            asyncio.start_server(self._serve, "127.0.0.1", 0), self._loop
        ).result()
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream: asyncio.StreamWriter | None = None
        with contextlib.suppress(OSError):
            answers, upstream = await asyncio.open_connection("127.0.0.1", self.target_port)
            there = asyncio.create_task(self._forward_requests(reader, upstream))
            back = asyncio.create_task(self._forward_answers(answers, writer))
            await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
            for task in (there, back):
                task.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
        for each in (writer, upstream):
            if each is not None:
                each.transport.abort()

    async def _forward_requests(self, reader: asyncio.StreamReader, upstream: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            if self._in_trouble():
                if not self.delay_seconds or self._dice.random() < 0.5:
                    self.troubles[CUT] += 1
                    upstream.write(data[: self._dice.randrange(len(data))])
                    await upstream.drain()
                    return
                self.troubles[DELAYED] += 1
                await asyncio.sleep(self.delay_seconds)
            upstream.write(data)
            await upstream.drain()

    async def _forward_answers(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await answers.read(_CHUNK):
            if self._in_trouble():
                self.troubles[DROPPED] += 1
                return
            writer.write(data)
            await writer.drain()

    def _in_trouble(self) -> bool:
        return self.troubled and self._dice.random() < self._trouble
