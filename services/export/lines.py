"""CSV and lines of JSON as ClickHouse writes them, passed on as they come."""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Literal

import httpx

from projections.clickhouse.query import Query
from projections.clickhouse.settings import ClickHouseSettings
from services.export.wanted import ExportRefused

LineFormat = Literal["csv", "ndjson"]
Progress = Callable[[int], None]
"""Called with how many rows more were written."""

_FORMATS: Mapping[LineFormat, str] = {"csv": "CSVWithNames", "ndjson": "JSONEachRow"}
_CHUNK = 1 << 20


def write_lines(
    settings: ClickHouseSettings, query: Query, format: LineFormat, file: BinaryIO, progress: Progress
) -> int:
    """Write the rows of a query: how many there were. Never more than a piece of them is in memory.

    Raises:
        ExportRefused: with ClickHouse's own words, if it refuses.
        HTTPError: of httpx, if it can't be reached or breaks off in the middle.
    """
    options = settings.client_options()
    parameters = {f"param_{name}": str(value) for name, value in query.parameters.items()}
    rows = _Rows(format)
    with (
        httpx.Client(timeout=httpx.Timeout(10, read=None), trust_env=False) as client,
        client.stream(
            "POST",
            settings.url,
            params={**parameters, "output_format_json_quote_64bit_integers": "0", "date_time_output_format": "iso"},
            content=f"{query.sql} FORMAT {_FORMATS[format]}".encode(),
            headers={"x-clickhouse-user": options["username"], "x-clickhouse-key": options["password"]},
        ) as response,
    ):
        if not response.is_success:
            reason = response.read().decode(errors="replace").strip().partition("\n")[0]
            raise ExportRefused(f"ClickHouse refuses: {reason[:400]}")
        for piece in response.iter_bytes(_CHUNK):
            file.write(piece)
            progress(rows.count(piece))
    return rows.counted


class _Rows:
    """Counts rows as they go by: line ends outside of quotes, but for the names' own line."""

    def __init__(self, format: LineFormat) -> None:
        self.counted = 0
        self._quoted = False
        self._csv = format == "csv"
        self._names = self._csv

    def count(self, piece: bytes) -> int:
        """How many rows ended in a piece."""
        if not self._csv:
            ended = piece.count(b"\n")
        else:
            parts = piece.split(b'"')
            ended = sum(part.count(b"\n") for part in parts[int(self._quoted) :: 2])
            self._quoted ^= len(parts) % 2 == 0
            if self._names and ended:
                self._names, ended = False, ended - 1
        self.counted += ended
        return ended
