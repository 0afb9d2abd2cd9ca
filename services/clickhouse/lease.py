"""The handle that one request works with: a fresh one, or its session's."""

from __future__ import annotations

from typing import Protocol

from services.clickhouse.engine import Engine, apply_settings, identifier, marked, run
from services.clickhouse.external import ExternalTable, load
from services.clickhouse.failure import READONLY, ClickHouseError
from services.clickhouse.handle import Handle
from services.clickhouse.request import Request
from services.clickhouse.sessions import Borrowed, Session, Sessions
from services.clickhouse.statement import Statement


class Lessor(Protocol):
    """Whoever has the engine and the sessions."""

    @property
    def engine(self) -> Engine:
        """Where fresh handles come from."""

    @property
    def sessions(self) -> Sessions:
        """Where kept ones are."""


class Lease:
    """A handle with the request's database, settings and external tables, until `release`."""

    def __init__(self, lessor: Lessor, request: Request, statement: Statement, tables: list[ExternalTable]) -> None:
        """Take it. Blocks.

        Raises:
            ClickHouseError: a setting, the database, the session or a table is refused.
        """
        self._lessor, self._wish = lessor, request.session
        self._handle: Handle | None = None
        self._session: Session | None = None
        self._borrowed: Borrowed | None = None
        self._loaded: list[str] = []
        if self._wish is not None:
            self._session = lessor.sessions.take(self._wish)
        try:
            self._handle = self._take(request, statement, writable=bool(tables))
            self._load(tables, request)
        except BaseException:
            self.release()
            raise

    @property
    def handle(self) -> Handle:
        """What to work with; until `release`."""
        if self._handle is None:
            raise RuntimeError("the lease is over")
        return self._handle

    def release(self) -> None:
        """Give it back. Nothing may run on it."""
        session, self._session = self._session, None
        handle, self._handle = self._handle, None
        borrowed, self._borrowed = self._borrowed, None
        try:
            if handle is not None and (session is None or handle is not session.handle):
                handle.close()
            elif borrowed is not None and handle is not None:
                for name in self._loaded:
                    run(handle, f"DROP TEMPORARY TABLE IF EXISTS {identifier(name)}")
                borrowed.give_back()
        finally:
            if session is not None and self._wish is not None:
                self._lessor.sessions.give_back(session, self._wish)

    def _load(self, tables: list[ExternalTable], request: Request) -> None:
        for table in tables:
            load(self.handle, table)
            self._loaded.append(table.name)
        if tables and self._borrowed is None and "readonly" in request.settings:
            apply_settings(self.handle, {"readonly": request.settings["readonly"]})

    def _take(self, request: Request, statement: Statement, *, writable: bool) -> Handle:
        session = self._session
        if session is None or (session.handle is None and not statement.changes_session):
            settings = dict(request.settings)
            if writable:
                settings.pop("readonly", None)
            return self._lessor.engine.open(request.database or "default", settings, request.mark)
        self._lessor.engine.check_settings(request.settings)
        if "readonly" in request.settings and not (statement.reads or statement.changes_session):
            raise ClickHouseError(READONLY, "READONLY", "Cannot execute query in readonly mode")
        if session.handle is None:
            session.handle = self._lessor.engine.open("default", {}, request.mark)
        # What SET and USE do must stay, so nothing is lent to them that would be put back afterwards.
        settings = {} if statement.verb == "SET" else _lent(request)
        database = None if statement.verb == "USE" else request.database
        self._borrowed = Borrowed(session.handle, database, settings)
        return session.handle


def _lent(request: Request) -> dict[str, str]:
    settings = {name: value for name, value in request.settings.items() if name != "readonly"}
    settings["log_comment"] = marked(settings.get("log_comment", ""), request.mark)
    return settings
