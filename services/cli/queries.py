"""Sending SQL to ClickHouse over its HTTP interface and printing what comes, as it comes."""

import sys
from types import TracebackType
from typing import Self

import httpx

from projections.clickhouse.settings import ClickHouseSettings
from services.cli.errors import CliError

MAX_PRETTY_ROWS = 1000


class Queries:
    """A connection that queries are sent through. Rows stream by; nothing is kept."""

    def __init__(self, settings: ClickHouseSettings, *, json: bool) -> None:
        options = settings.client_options()
        scheme = "https" if options["secure"] else "http"
        host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
        self._client = httpx.Client(
            base_url=f"{scheme}://{host}:{options['port']}",
            headers={"x-clickhouse-user": options["username"], "x-clickhouse-key": options["password"]},
            timeout=httpx.Timeout(5, read=None),
            trust_env=False,
        )
        pretty = "PrettyCompactMonoBlock" if sys.stdout.isatty() else "TabSeparatedWithNames"
        self._parameters = {
            "default_format": "JSONEachRow" if json else pretty,
            "database": settings.database,
            "output_format_pretty_max_rows": str(MAX_PRETTY_ROWS),
            "output_format_json_quote_64bit_integers": "0",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def run(self, query: str) -> None:
        """Print what a query answers.

        Raises:
            CliError: with ClickHouse's own words, if it refuses.
            HTTPError: of httpx, if it does not answer.
        """
        text = query.strip().rstrip(";").rstrip()
        if not text:
            raise CliError("there is no query: give one as an argument or on standard input")
        with self._client.stream("POST", "/", params=self._parameters, content=text.encode()) as response:
            if not response.is_success:
                raise CliError(f"ClickHouse refuses: {_reason(response)}")
            for chunk in response.iter_bytes():
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()


def _reason(response: httpx.Response) -> str:
    lines = response.read().decode(errors="replace").strip().splitlines()
    return lines[0][:400] if lines else f"HTTP {response.status_code}"
