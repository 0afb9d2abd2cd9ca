"""Sessions: one handle that outlives its requests, where SET, USE and temporary tables stay."""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from services.clickhouse.engine import apply_settings, identifier, literal, run
from services.clickhouse.failure import ClickHouseError
from services.clickhouse.handle import Handle
from services.clickhouse.request import SessionWish


@dataclass(slots=True)
class Session:
    """One client's session. Its handle is opened by the first statement that leaves something behind."""

    name: str
    handle: Handle | None = None
    busy: bool = False
    expires: float = 0.0


class Sessions:
    """All sessions, by name. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, Session] = {}

    def take(self, wish: SessionWish) -> Session:
        """The session for one request, which alone has it until `give_back`.

        Raises:
            ClickHouseError: another request has it (373), or it should be there and is not (372).
        """
        self.expire()
        with self._lock:
            session = self._sessions.get(wish.name)
            if session is None:
                if wish.must_exist:
                    raise ClickHouseError(372, "SESSION_NOT_FOUND", "Session not found.")
                session = self._sessions[wish.name] = Session(wish.name)
            elif session.busy:
                raise ClickHouseError(
                    373, "SESSION_IS_LOCKED", f"Session {wish.name} is locked by a concurrent client."
                )
            session.busy = True
            return session

    def give_back(self, session: Session, wish: SessionWish) -> None:
        """End one request's use of a session; its time-out begins anew."""
        with self._lock:
            session.busy = False
            session.expires = time.monotonic() + wish.timeout
            if wish.close:
                self._drop(session)

    def expire(self) -> None:
        """Forget the sessions that nobody has used for their time-out."""
        now = time.monotonic()
        with self._lock:
            for session in [each for each in self._sessions.values() if not each.busy and each.expires < now]:
                self._drop(session)

    def close(self) -> None:
        """Forget all of them."""
        with self._lock:
            for session in list(self._sessions.values()):
                self._drop(session)

    def _drop(self, session: Session) -> None:
        self._sessions.pop(session.name, None)
        if session.handle is not None:
            session.handle.close()
            session.handle = None


class Borrowed:
    """Lends a session's handle one request's own settings and database, and puts back what stood there before."""

    def __init__(self, handle: Handle, database: str | None, settings: Mapping[str, str]) -> None:
        """Apply them.

        Raises:
            ClickHouseError: a setting or the database is refused; nothing is changed then.
        """
        self._handle = handle
        self._database: str | None = None
        self._before = _standing(handle, settings)
        try:
            if database is not None:
                before = run(handle, "SELECT currentDatabase()").decode().rstrip("\n")
                run(handle, f"USE {identifier(database)}")
                self._database = before
            if settings:
                apply_settings(handle, settings)
        except ClickHouseError:
            self.give_back()
            raise

    def give_back(self) -> None:
        """Restore."""
        if self._database is not None:
            run(self._handle, f"USE {identifier(self._database)}")
        for name, value in self._before.items():
            run(self._handle, f"SET {name} = {'DEFAULT' if value is None else literal(value)}")


def _standing(handle: Handle, settings: Mapping[str, str]) -> dict[str, str | None]:
    """What settings are before a request changes them; None for a default."""
    if not settings:
        return {}
    names = ", ".join(literal(name) for name in settings)
    query = f"SELECT name, value, changed FROM system.settings WHERE name IN ({names})"
    found: dict[str, str | None] = {}
    for line in run(handle, query, form="JSONCompactEachRow").splitlines():
        name, value, changed = json.loads(line)
        found[name] = value if changed else None
    return found
