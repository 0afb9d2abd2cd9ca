"""A network between a client and ClickHouse that loses answers, and cuts requests in the middle."""

import asyncio
import contextlib
import random
import threading
from typing import Self

_CHUNK = 65_536


class DoubtfulProxy:
    """Listens on a port of its own; by a seed it forwards an exchange, drops its answer, or cuts its request.

    Where it drops the answer, ClickHouse has done what it was asked, and the client does not learn of it.
    """

    def __init__(self, target_port: int, *, seed: int, trouble: float) -> None:
        self.port = 0
        self.answers_dropped = 0
        self.requests_cut = 0
        self.troubled = False
        """While it is False, everything is forwarded."""
        self._target_port = target_port
        self._dice = random.Random(seed)
        self._trouble = trouble
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
            answers, upstream = await asyncio.open_connection("127.0.0.1", self._target_port)
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
                upstream.write(data[: self._dice.randrange(len(data))])
                await upstream.drain()
                self.requests_cut += 1
                return
            upstream.write(data)
            await upstream.drain()

    async def _forward_answers(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await answers.read(_CHUNK):
            if self._in_trouble():
                self.answers_dropped += 1
                return
            writer.write(data)
            await writer.drain()

    def _in_trouble(self) -> bool:
        return self.troubled and self._dice.random() < self._trouble
