"""The engine and the handles that requests work through: one handle a request."""

import contextlib
import re
from collections.abc import Iterator, Mapping

from services.clickhouse.failure import BAD_ARGUMENTS, UNKNOWN_SETTING, ClickHouseError, from_engine
from services.clickhouse.folder import OVERLAY_DATABASE, DataFolder
from services.clickhouse.handle import Handle, connect

# What a connection string carries as it is; other values go through SET, as a literal.
_PLAIN = re.compile(r"[A-Za-z0-9_.,:-]+")
_MARK = "log_comment"


class Engine:
    """The one engine of this process. Thread-safe; every method blocks."""

    def __init__(self, folder: DataFolder) -> None:
        """Start the engine on a folder: from a tenth of a second to a second, also with a lot of data."""
        folder.prepare()
        self._address = str(folder.engine)
        # Held open for as long as the engine shall live: it shuts down with its last handle.
        self._anchor = self._connect({"config-file": str(folder.config), "database": OVERLAY_DATABASE})
        # Handles stand in `default` from here on, as on a server.
        self._settings = self._setting_names()
        self.version = self._anchor.query("SELECT version()", "TSVRaw", params={}).bytes().decode().strip()
        self.timezone = self._anchor.query("SELECT timezone()", "TSVRaw", params={}).bytes().decode().strip()

    def open(self, database: str, settings: Mapping[str, str], mark: str) -> Handle:
        """A fresh handle in a database, with settings of its own.

        Raises:
            ClickHouseError: an unknown setting (115), a bad value, or an unknown database (81).
        """
        self.check_settings(settings)
        ordered = dict(settings)
        # Once it is read-only nothing else can be set, so that one comes last.
        readonly = ordered.pop("readonly", None)
        ordered[_MARK] = marked(ordered.get(_MARK, ""), mark)
        plain = {name: value for name, value in ordered.items() if _PLAIN.fullmatch(value)}
        quoted = {name: value for name, value in ordered.items() if name not in plain}
        address: dict[str, str] = {"database": "default", **plain}
        if readonly is not None and not quoted and database == "default":
            address["readonly"] = readonly
            readonly = None
        handle = self._connect(address)
        try:
            if database != "default":
                run(handle, f"USE {identifier(database)}")
            if readonly is not None:
                quoted["readonly"] = readonly
            if quoted:
                apply_settings(handle, quoted)
        except ClickHouseError:
            handle.close()
            raise
        return handle

    def check_settings(self, settings: Mapping[str, str]) -> None:
        """Refuse names that are no settings: a connection string has other keys, too, that are not for clients."""
        for name in settings:
            if name not in self._settings:
                raise ClickHouseError(
                    UNKNOWN_SETTING,
                    "UNKNOWN_SETTING",
                    f"Setting {name} is neither a builtin setting "
                    "nor started with the prefix 'SQL_' registered for user-defined settings.",
                )

    @contextlib.contextmanager
    def handle(self) -> Iterator[Handle]:
        """A handle of the front's own, closed afterwards."""
        handle = self._connect({"database": "default"})
        try:
            yield handle
        finally:
            handle.close()

    def kill(self, mark: str) -> None:
        """Stop whatever runs under a mark; nothing where nothing runs."""
        with self.handle() as handle, contextlib.suppress(ClickHouseError):
            run(
                handle,
                f"KILL QUERY WHERE endsWith(Settings['{_MARK}'], {{mark:String}}) ASYNC",
                {"mark": escaped(_tail(mark))},
            )

    def close(self) -> None:
        """Shut the engine down; every handle must be closed before."""
        self._anchor.close()

    def _connect(self, keys: Mapping[str, str]) -> Handle:
        query = "&".join(f"{name}={value}" for name, value in keys.items())
        try:
            return connect(f"{self._address}?{query}")
        except RuntimeError as error:
            raise from_engine(error) from None

    def _setting_names(self) -> frozenset[str]:
        rows = self._anchor.query("SELECT name FROM system.settings", "TSVRaw", params={}).bytes()
        return frozenset(rows.decode().split())


def run(handle: Handle, query: str, params: Mapping[str, str] | None = None, form: str = "TSVRaw") -> bytes:
    """Run one small query of the front's own.

    Raises:
        ClickHouseError: what the engine says.
    """
    try:
        return handle.query(query, form, params=dict(params or {})).bytes()
    except RuntimeError as error:
        raise from_engine(error) from None


def apply_settings(handle: Handle, settings: Mapping[str, str]) -> None:
    """Set settings on a handle, `readonly` last."""
    names = sorted(settings, key=lambda name: name == "readonly")
    run(handle, "SET " + ", ".join(f"{name} = {literal(settings[name])}" for name in names))


def identifier(name: str) -> str:
    """A name as SQL: any text, quoted."""
    if not name:
        raise ClickHouseError(BAD_ARGUMENTS, "BAD_ARGUMENTS", "A name must not be empty")
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def escaped(text: str) -> str:
    """A text as the value of a bound parameter, which the engine reads as a TSV field."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\0", "\\0")


def marked(comment: str, mark: str) -> str:
    """The log comment of a request: the client's own, and our mark by which the query can be found and killed."""
    return f"{comment}{_tail(mark)}" if comment else _tail(mark)


def _tail(mark: str) -> str:
    return f":{mark}"
