"""The user `analyst`: reads the database's views, within limits that nobody on that side can raise.

The engine behind the front has one user. So the front does for `analyst` what a server does by users, profiles and
quotas: it looks at what a query reaches before anything of it runs, hands it to the engine read-only with the limits as
settings, and counts what it read.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.clickhouse.failure import ACCESS_DENIED, READONLY, ClickHouseError
from services.clickhouse.quota import Quota
from services.clickhouse.reading import Summary
from services.clickhouse.request import Request

ANALYST = "analyst"

# What a client may choose for itself: how answers are written, and less than its limits allow.
_FREE = re.compile(
    r"(output_format_|format_csv_|format_tsv_|format_regexp_|input_format_|date_time_|cross_to_inner_join_|optimize_)\w+"
    r"|session_timezone|join_use_nulls|max_threads|max_block_size|log_comment|final|use_skip_indexes_if_final|extremes"
)
_DEFAULT_DATABASES = frozenset({"", "default", "__default__"})


class AnalystSettings(BaseSettings):
    """What `analyst` may (`GROUNDSWELL_ANALYST_*`): of one query, and within an hour."""

    model_config = SettingsConfigDict(env_prefix="GROUNDSWELL_ANALYST_", extra="ignore", hide_input_in_errors=True)

    password: SecretStr | None = Field(default=None, validation_alias="CLICKHOUSE_ANALYST_PASSWORD")
    database: str = Field(
        default="groundswell", pattern=r"^[A-Za-z][A-Za-z0-9_]*$", validation_alias="GROUNDSWELL_DATABASE"
    )
    max_seconds: int = Field(default=30, ge=1)
    """Of one query."""
    max_rows_to_read: int = Field(default=500_000_000, ge=1)
    """From tables, by one query."""
    max_bytes_to_read: int = Field(default=50_000_000_000, ge=1)
    """Before compression, by one query."""
    max_memory_bytes: int = Field(default=2_000_000_000, ge=1)
    """Of one query."""
    max_result_rows: int = Field(default=1_000_000, ge=1)
    """Of one query."""
    max_running: int = Field(default=4, ge=1)
    """Queries at once."""
    queries_an_hour: int = Field(default=2_000, ge=1)
    rows_read_an_hour: int = Field(default=20_000_000_000, ge=1)

    def limits(self) -> dict[str, int]:
        """The limits of one query, as the engine's settings."""
        return {
            "max_execution_time": self.max_seconds,
            "max_rows_to_read": self.max_rows_to_read,
            "max_bytes_to_read": self.max_bytes_to_read,
            "max_memory_usage": self.max_memory_bytes,
            "max_result_rows": self.max_result_rows,
        }


class Analyst:
    """One user, and what is left of its hour."""

    def __init__(self, settings: AnalystSettings) -> None:
        self.database = settings.database
        self.quota = Quota(ANALYST, queries=settings.queries_an_hour, read_rows=settings.rows_read_an_hour)
        self._limits = settings.limits()
        self._max_running = settings.max_running
        self._running: set[str] = set()

    def admit(self, request: Request) -> Request:
        """The request as it may run: read-only, limited, in the one database, and in no session.

        Raises:
            ClickHouseError: another database (497), a setting that is not for clients (164), too many queries at once
                (202), or the hour's quota is used up (201).
        """
        if (request.database or "") not in {*_DEFAULT_DATABASES, self.database}:
            raise denied(f"{ANALYST}: Not enough privileges: there is only the database {self.database} for this user")
        if len(self._running) >= self._max_running:
            text = f"Too many simultaneous queries for user {ANALYST}. Maximum: {self._max_running}"
            raise ClickHouseError(202, "TOO_MANY_SIMULTANEOUS_QUERIES", text)
        settings = self._settings(request.settings)
        self.quota.begin_query()
        return replace(request, database=self.database, settings=settings, session=None)

    def enter(self, query_id: str) -> None:
        """Count a query that runs."""
        self._running.add(query_id)

    def leave(self, query_id: str) -> None:
        """Count it no more."""
        self._running.discard(query_id)

    def count(self, summary: Summary) -> None:
        """Count what a query has read; when it is over."""
        self.quota.count_rows(summary.read_rows)

    def _settings(self, asked: Mapping[str, str]) -> dict[str, str]:
        settings = {name: str(limit) for name, limit in self._limits.items()}
        for name, value in asked.items():
            if name == "readonly":
                continue
            if name in self._limits:
                settings[name] = str(self._lowered(name, value))
            elif _FREE.fullmatch(name):
                settings[name] = value
            else:
                raise ClickHouseError(READONLY, "READONLY", f"Cannot modify '{name}' setting in readonly mode")
        # They stop a query, and do not cut its answer short.
        modes = ("read_overflow_mode", "result_overflow_mode", "timeout_overflow_mode")
        return settings | dict.fromkeys(modes, "throw") | {"readonly": "1"}

    def _lowered(self, name: str, value: str) -> float:
        """A limit that a client asks for; no more than it has."""
        most = self._limits[name]
        try:
            asked = float(value)
        except ValueError:
            asked = 0
        if not 0 < asked <= most:
            text = f"Setting {name} shouldn't be greater than {most}"
            raise ClickHouseError(452, "SETTING_CONSTRAINT_VIOLATION", text)
        return int(asked) if asked == int(asked) else asked


def denied(text: str) -> ClickHouseError:
    """A refusal as a server says it."""
    return ClickHouseError(ACCESS_DENIED, "ACCESS_DENIED", text)
