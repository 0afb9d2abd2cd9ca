"""One query from its request to its answer."""

import asyncio
import contextlib
import functools
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Protocol, TypeVar, cast

from services.clickhouse.analyst import Analyst, denied
from services.clickhouse.blocks import BlockEncoder
from services.clickhouse.body import Body
from services.clickhouse.compression import Encoder, Plain, negotiate
from services.clickhouse.engine import Engine
from services.clickhouse.exchange import DisconnectedError, Exchange
from services.clickhouse.external import ExternalTable, read_form
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.formats import content_type
from services.clickhouse.lease import Lease
from services.clickhouse.query import Query
from services.clickhouse.reach import check_reach
from services.clickhouse.reading import Reading, Summary
from services.clickhouse.request import Request, parameter, without
from services.clickhouse.sessions import Sessions
from services.clickhouse.statement import MAX_QUERY_BYTES, Parser, Statement
from services.clickhouse.writing import Writing

_T = TypeVar("_T")
_MAX_STATEMENT = 16 * 1024 * 1024
_MAX_FORM = 256 * 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024
_KILL_AGAIN_SECONDS = 0.1


class House(Protocol):
    """What an execution needs of the front that it works for."""

    engine: Engine
    parser: Parser
    sessions: Sessions
    workers: ThreadPoolExecutor
    killers: ThreadPoolExecutor

    def enter(self, request: Request) -> None:
        """Count a query that runs, or refuse it."""

    def leave(self, query_id: str) -> None:
        """Count it no more."""

    @property
    def spool(self) -> Path:
        """A folder for long answers."""


class Execution:
    """Runs one request's statement; blocking work goes to the front's workers, one piece at a time."""

    def __init__(self, house: House, exchange: Exchange, request: Request, guest: Analyst | None = None) -> None:
        """`guest` is who asks, if that is not the owner."""
        self._house, self._exchange, self._request, self._guest = house, exchange, request, guest
        self._body = Body(exchange, request)
        self._held = contextlib.AsyncExitStack()

    async def run(self) -> None:
        """Read the statement, run it, answer.

        Raises:
            ClickHouseError: before anything of the answer was sent.
            DisconnectedError: the client went away; what ran for it is killed.
        """
        # Given back before the last byte of the answer, so that the client's next request finds its session free.
        async with contextlib.AsyncExitStack() as held:
            self._held = held
            self._house.enter(self._request)
            held.callback(self._house.leave, self._request.query_id)
            if self._guest is not None:
                self._guest.enter(self._request.query_id)
                held.callback(self._guest.leave, self._request.query_id)
            if self._request.content_type.startswith("multipart/form-data"):
                await self._run_form()
            else:
                await self._run_text()

    async def _run_text(self) -> None:
        text = self._request.query
        if text and not self._body.done:
            text += b"\n"
        text = await self._body.read_onto(text, MAX_QUERY_BYTES)
        if not self._body.done:
            insert = await self._work(self._house.parser.read_insert, text)
            if insert is not None:
                await self._insert(text, insert)
                return
            text = await self._body.read_whole_onto(text, _MAX_STATEMENT)
        statement = self._house.parser.recall(text)
        if statement is None:
            statement = await self._work(self._house.parser.read, text)
        if statement.brings_data:
            await self._insert(text, statement)
        else:
            await self._select(text, statement, self._request, [])

    async def _run_form(self) -> None:
        body = await self._body.read_whole_onto(b"", _MAX_FORM)
        form = read_form(self._request.content_type, body, self._request.settings)
        params = {name[6:]: parameter(value) for name, value in form.fields.items() if name.startswith("param_")}
        settings = without(self._request.settings, [table.name for table in form.tables])
        text = self._request.query + form.fields.get("query", "").encode("utf-8", "surrogateescape")
        statement = await self._work(self._house.parser.read, text)
        await self._select(text, statement, self._request.with_form(settings, params), form.tables)

    async def _insert(self, text: bytes, statement: Statement) -> None:
        if self._guest is not None:
            raise denied("analyst: Not enough privileges: this user only reads")
        lease = await self._work(Lease, self._house, self._request, statement, [])
        self._held.push_async_callback(self._work, lease.release)
        writing = await self._work(Writing, lease.handle, text[: statement.head_end], statement.format or "Values")
        self._held.push_async_callback(self._work, writing.cancel)
        await self._feed(writing, text[statement.data_start :])
        summary = await self._work(writing.finish)
        await self._held.aclose()
        plain = {"Content-Type": "text/plain; charset=UTF-8", "X-ClickHouse-Summary": summary.header()}
        await self._exchange.reply(b"", plain)

    async def _check(
        self, guest: Analyst, text: bytes, statement: Statement, request: Request, tables: list[ExternalTable]
    ) -> None:
        if tables:
            raise denied("analyst: Not enough privileges: this user brings no tables")
        await self._work(check_reach, self._house.engine, text, statement, request.params, guest.database)

    async def _feed(self, writing: Writing, piece: bytes) -> None:
        while piece:
            if writing.gather(piece):
                await self._work(writing.flush)
            piece = await self._body.piece()

    async def _select(self, text: bytes, statement: Statement, request: Request, tables: list[ExternalTable]) -> None:
        if self._guest is not None:
            await self._check(self._guest, text, statement, request, tables)
        query = Query(self._house, request, text, statement, tables)
        self._held.push_async_callback(self._close, query)
        first = await self._watched(query.start)
        reading = query.reading
        if self._guest is not None:
            self._held.callback(self._guest.count, reading.summary)
        headers = {"Content-Type": content_type(reading.format)}
        if statement.yields or first:
            headers["X-ClickHouse-Format"] = reading.format
        headers["Content-Encoding"], encoder = self._encoder()
        if reading.finished:
            await self._held.aclose()
            headers["X-ClickHouse-Summary"] = reading.summary.header()
            await self._exchange.reply(encoder.feed(first) + encoder.finish() if first else b"", headers)
        elif self._request.wait:
            await self._send_spooled(reading, first, headers, encoder)
        else:
            headers["X-ClickHouse-Summary"] = Summary().header()
            await self._send_pieces(reading, first, headers, encoder)

    async def _close(self, query: Query) -> None:
        if query.open:
            await self._work(query.close)

    async def _send_pieces(self, reading: Reading, piece: bytes, headers: dict[str, str], encoder: Encoder) -> None:
        """Send a result as it comes; an error in its middle ends it with a block that says so, and no proper end."""
        exchange = self._exchange
        await exchange.begin(headers)
        try:
            while True:
                await exchange.body(encoder.feed(piece), more=True)
                if reading.finished:
                    break
                piece = await self._watched(reading.next)
        except ClickHouseError as error:
            await exchange.body(encoder.feed(exchange.trailing(error)) + encoder.finish(), more=True)
            return
        await self._held.aclose()
        await exchange.body(encoder.finish(), more=False)

    async def _send_spooled(self, reading: Reading, first: bytes, headers: dict[str, str], encoder: Encoder) -> None:
        """Wait for the whole result, on disk when it is long, so that an error still gets its own status."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(self._house.spool)) as file:
            spool = cast(BinaryIO, file)
            await self._work(spool.write, encoder.feed(first))
            while not reading.finished:
                piece = await self._watched(reading.next)
                await self._work(spool.write, encoder.feed(piece))
            await self._work(spool.write, encoder.finish())
            await self._held.aclose()
            headers["Content-Length"] = str(spool.tell())
            headers["X-ClickHouse-Summary"] = reading.summary.header()
            spool.seek(0)
            await self._exchange.begin(headers)
            while piece := await self._work(spool.read, 1_048_576):
                await self._exchange.body(piece, more=True)
            await self._exchange.body(b"", more=False)

    def _encoder(self) -> tuple[str, Encoder]:
        if self._request.compress:
            return "", BlockEncoder()
        if self._request.http_compression:
            return negotiate(self._request.accept_encoding)
        return "", Plain()

    async def _work(self, act: Callable[..., _T], *arguments: object) -> _T:
        """Run something that blocks. Never left behind: even a cancelled task waits until its thread is done."""
        work = functools.partial(act, *arguments)
        future = asyncio.get_running_loop().run_in_executor(self._house.workers, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await self._kill_until_done(future)
            raise

    async def _watched(self, act: Callable[[], _T]) -> _T:
        """Run something that may take long, and kill it when the client goes away."""
        future = asyncio.get_running_loop().run_in_executor(self._house.workers, act)
        gone: asyncio.Future[None] = asyncio.ensure_future(self._exchange.gone())
        try:
            await asyncio.wait((future, gone), return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                await self._kill_until_done(future)
                raise DisconnectedError
            return await future
        except asyncio.CancelledError:
            await self._kill_until_done(future)
            raise
        finally:
            gone.cancel()

    async def _kill_until_done(self, future: "asyncio.Future[_T]") -> None:
        """A query is not there to be killed before the engine has begun it, so ask until it is over."""
        loop = asyncio.get_running_loop()
        while not future.done():
            await loop.run_in_executor(self._house.killers, self._house.engine.kill, self._request.mark)
            await asyncio.wait({future}, timeout=_KILL_AGAIN_SECONDS)
        future.exception()
