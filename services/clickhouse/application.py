"""The ASGI application: routes, answers and errors in the shapes of a ClickHouse server."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from services.clickhouse.analyst import ANALYST, Analyst
from services.clickhouse.credentials import Credentials
from services.clickhouse.engine import Engine
from services.clickhouse.exchange import DisconnectedError, Exchange
from services.clickhouse.execution import Execution
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.folder import DataFolder
from services.clickhouse.request import Request, parse
from services.clickhouse.sessions import Sessions
from services.clickhouse.statement import Parser

logger = logging.getLogger(__name__)

# The types of ASGI itself.
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_THREADS = 32
_MAX_RUNNING = 100
_SESSION_SWEEP_SECONDS = 5.0
_GREETINGS = {"/ping": b"Ok.\n", "/replicas_status": b"Ok.\n"}


class Front:
    """One engine behind HTTP. `start` before the first request, `stop` after the last."""

    def __init__(self, folder: DataFolder, engine: Engine, credentials: Credentials, analyst: Analyst) -> None:
        self.folder = folder
        self.engine = engine
        self.parser = Parser(engine)
        self.sessions = Sessions()
        self.workers = ThreadPoolExecutor(_THREADS, thread_name_prefix="query")
        # Killing must not wait for a free worker.
        self.killers = ThreadPoolExecutor(2, thread_name_prefix="kill")
        self.running: dict[str, str] = {}
        self._credentials = credentials
        self._analyst = analyst
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def spool(self) -> Path:
        """Where long answers that must be whole wait."""
        return self.folder.spool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            exchange = Exchange(scope, receive, send, self.engine.version, self.engine.timezone)
            try:
                await self._answer(exchange)
            except ClickHouseError as error:
                await exchange.fail(error)
            except DisconnectedError:
                logger.info("client went away query_id=%s", exchange.query_id)
            except Exception:
                # A defect here must look like one, and not like a dead server.
                logger.exception("request failed query_id=%s", exchange.query_id)
                await exchange.fail(ClickHouseError(1001, "STD_EXCEPTION", "The front failed: see its log"))

    async def _answer(self, exchange: Exchange) -> None:
        if exchange.path in _GREETINGS and exchange.method in {"GET", "HEAD"}:
            await exchange.reply(_GREETINGS[exchange.path])
        elif exchange.path != "/":
            await exchange.not_found()
        elif exchange.method not in {"GET", "POST", "HEAD"}:
            await exchange.reply(b"", status=501)
        elif exchange.method in {"GET", "HEAD"} and b"query=" not in exchange.query_string:
            await exchange.reply(b"Ok.\n")
        else:
            await self._query(exchange)

    async def _query(self, exchange: Exchange) -> None:
        user = self._credentials.check(exchange.headers, exchange.query_string)
        request = parse(exchange.method, exchange.query_string, exchange.headers)
        exchange.query_id = request.query_id
        guest = self._analyst if user == ANALYST else None
        if guest is not None:
            request = guest.admit(request)
        await Execution(self, exchange, request, guest).run()

    def enter(self, request: Request) -> None:
        """Count a query that runs.

        Raises:
            ClickHouseError: one of that id runs already (216), or too many do (202).
        """
        if request.query_id in self.running:
            text = f"Query with id = {request.query_id} is already running."
            raise ClickHouseError(216, "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING", text)
        if len(self.running) >= _MAX_RUNNING:
            text = f"Too many simultaneous queries. Maximum: {_MAX_RUNNING}"
            raise ClickHouseError(202, "TOO_MANY_SIMULTANEOUS_QUERIES", text)
        self.running[request.query_id] = request.mark

    def leave(self, query_id: str) -> None:
        """Count it no more."""
        self.running.pop(query_id, None)

    async def kill_all(self) -> None:
        """Stop every query that runs."""
        loop = asyncio.get_running_loop()
        for mark in list(self.running.values()):
            await loop.run_in_executor(self.killers, self.engine.kill, mark)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._sweeper = asyncio.create_task(self._sweep())
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._sweeper is not None:
                    self._sweeper.cancel()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SESSION_SWEEP_SECONDS)
            await asyncio.get_running_loop().run_in_executor(self.killers, self.sessions.expire)

    def close(self) -> None:
        """Close what is open, the engine last."""
        self.workers.shutdown(wait=True, cancel_futures=True)
        self.killers.shutdown(wait=True)
        self.sessions.close()
        self.engine.close()
        self.folder.release()
