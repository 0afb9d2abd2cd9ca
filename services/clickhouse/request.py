"""What a request asks for: its query string and headers, sorted."""

import re
import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from services.clickhouse.failure import BAD_ARGUMENTS, READONLY, ClickHouseError

# Parameters of the interface itself; `param_*` are the query's, everything else is a setting.
_RESERVED = frozenset(
    {
        *("query", "query_id", "database", "default_format", "user", "password", "role", "quota_key", "stacktrace"),
        *("session_id", "session_timeout", "session_check", "close_session", "client_protocol_version"),
        *("compress", "decompress", "wait_end_of_query", "buffer_size"),
    }
)
# Settings that only shape HTTP: they are read or ignored here and need not reach the engine.
_HTTP_SETTINGS = frozenset(
    {
        *("enable_http_compression", "http_zlib_compression_level", "add_http_cors_header"),
        *("send_progress_in_http_headers", "http_headers_progress_interval_ms", "http_response_buffer_size"),
        *("http_wait_end_of_query", "cancel_http_readonly_queries_on_client_close"),
        "http_write_exception_in_output_format",
    }
)
_MAX_SESSION_SECONDS = 3_600
_DEFAULT_SESSION_SECONDS = 60
_LONE_BYTE = re.compile("[\udc80-\udcff]")
_QUERY_ID = re.compile(r"[^\x00-\x1f]{1,256}")


@dataclass(frozen=True, slots=True)
class SessionWish:
    """The session that a request belongs to; `must_exist` refuses to begin one."""

    name: str
    timeout: int
    must_exist: bool
    close: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One request to run a query."""

    method: str
    query: bytes
    query_id: str
    # What the engine's own query is known by, as it cannot be given an id: ours, and something that nobody chose.
    mark: str
    database: str | None
    default_format: str | None
    settings: Mapping[str, str]
    params: Mapping[str, str]
    session: SessionWish | None
    compress: bool
    decompress: bool
    wait: bool
    content_encoding: str
    accept_encoding: str
    content_type: str
    http_compression: bool

    def with_form(self, settings: Mapping[str, str], params: Mapping[str, str]) -> "Request":
        """The same request with what its form says besides."""
        return replace(self, settings=settings, params={**self.params, **params})


def parse(method: str, query_string: bytes, headers: Mapping[str, str]) -> Request:
    """Sort a query string and headers.

    Raises:
        ClickHouseError: a value that cannot be one.
    """
    given = dict(
        parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, encoding="utf-8", errors="surrogateescape")
    )
    settings = {name: value for name, value in given.items() if _is_setting(name) and name not in _HTTP_SETTINGS}
    if method in {"GET", "HEAD"}:
        _only_read(settings)
    query_id = _query_id(given.get("query_id") or headers.get("x-clickhouse-query-id", ""))
    return Request(
        method=method,
        query=given.get("query", "").encode("utf-8", "surrogateescape"),
        query_id=query_id,
        mark=f"{query_id}:{secrets.token_hex(8)}",
        database=given.get("database") or headers.get("x-clickhouse-database") or None,
        default_format=given.get("default_format") or headers.get("x-clickhouse-format") or None,
        settings=settings,
        params={name[6:]: parameter(value) for name, value in given.items() if name.startswith("param_")},
        session=_session(given),
        compress=_flag(given, "compress"),
        decompress=_flag(given, "decompress"),
        wait=_flag(given, "wait_end_of_query") or _flag(given, "http_wait_end_of_query"),
        content_encoding=headers.get("content-encoding", "").strip().lower(),
        accept_encoding=headers.get("accept-encoding", ""),
        content_type=headers.get("content-type", ""),
        http_compression=_flag(given, "enable_http_compression"),
    )


def parameter(value: str) -> str:
    """A parameter's value for the engine, which reads it as a TSV field; bytes that are no UTF-8 are escaped there."""
    return _LONE_BYTE.sub(lambda found: f"\\x{ord(found.group()) - 0xDC00:02X}", value)


def credentials_in(query_string: bytes) -> tuple[str | None, str | None]:
    """The user and the password that stand in a query string."""
    given = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True))
    return given.get("user"), given.get("password")


def without(settings: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """Settings but those that turn out to describe something else (an external table's columns)."""
    described = {f"{name}_{part}" for name in names for part in ("format", "types", "structure")}
    return {name: value for name, value in settings.items() if name not in described}


def _is_setting(name: str) -> bool:
    return name not in _RESERVED and not name.startswith("param_") and name != ""


def _only_read(settings: dict[str, str]) -> None:
    """A GET only reads. It may ask for the stricter kind, not for less."""
    asked = settings.get("readonly", "2")
    if asked not in {"1", "2"}:
        raise ClickHouseError(
            READONLY, "READONLY", "Cannot modify 'readonly' setting in readonly mode: use POST to write"
        )
    settings["readonly"] = asked


def _query_id(asked: str) -> str:
    if not asked:
        return str(uuid.uuid4())
    if not _QUERY_ID.fullmatch(asked):
        raise ClickHouseError(BAD_ARGUMENTS, "BAD_ARGUMENTS", "query_id must be 1 to 256 printable characters")
    return asked


def _session(given: Mapping[str, str]) -> SessionWish | None:
    name = given.get("session_id")
    if not name:
        return None
    text = given.get("session_timeout", str(_DEFAULT_SESSION_SECONDS))
    if not text.isdecimal() or not 0 < int(text) <= _MAX_SESSION_SECONDS:
        raise ClickHouseError(
            374,
            "INVALID_SESSION_TIMEOUT",
            f"Session timeout '{text}' is not within 1 to {_MAX_SESSION_SECONDS} seconds",
        )
    return SessionWish(name, int(text), _flag(given, "session_check"), _flag(given, "close_session"))


def _flag(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "0").lower() in {"1", "true"}
