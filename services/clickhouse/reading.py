"""A statement being run and its result being read. Everything here blocks: it runs in a worker thread."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.clickhouse.failure import from_engine
from services.clickhouse.formats import DEFAULT_FORMAT, header_length
from services.clickhouse.handle import Handle, Result
from services.clickhouse.statement import Statement

_FIRST_BYTES = 1_048_576
_T = TypeVar("_T")


@dataclass(slots=True)
class Summary:
    """What a query did, for the `X-ClickHouse-Summary` header."""

    read_rows: int = 0
    read_bytes: int = 0
    written_rows: int = 0
    written_bytes: int = 0
    result_rows: int = 0
    result_bytes: int = 0
    elapsed_ns: int = 0

    def count(self, result: Result, size: int) -> None:
        """Add one result, or one piece of one; the engine's own figures already add up over pieces."""
        self.read_rows = max(self.read_rows, result.storage_rows_read())
        self.read_bytes = max(self.read_bytes, result.storage_bytes_read())
        self.written_rows = max(self.written_rows, result.rows_written())
        self.written_bytes = max(self.written_bytes, result.bytes_written())
        self.result_rows += result.rows_read() if not result.rows_written() else 0
        self.result_bytes += size

    def header(self) -> str:
        """All figures as text, as a server writes them."""
        figures = {
            "read_rows": self.read_rows,
            "read_bytes": self.read_bytes,
            "written_rows": self.written_rows,
            "written_bytes": self.written_bytes,
            "total_rows_to_read": self.read_rows,
            "result_rows": self.result_rows or self.written_rows,
            "result_bytes": self.result_bytes or self.written_bytes,
            "elapsed_ns": self.elapsed_ns,
        }
        return json.dumps({name: str(figure) for name, figure in figures.items()}, separators=(",", ":"))


class Reading:
    """One statement on one handle: `start` gives what comes first, `next` the rest until it gives nothing."""

    def __init__(
        self,
        handle: Handle,
        text: bytes,
        statement: Statement,
        default_format: str,
        params: Mapping[str, str],
        *,
        whole: bool,
    ) -> None:
        self.format = statement.format or default_format or DEFAULT_FORMAT
        self.summary = Summary()
        self.finished = False
        self._handle = handle
        self._text = text
        self._params = dict(params)
        self._header = header_length(self.format) if _streams(statement) and not whole else None
        self._stream: object | None = None
        self._pieces = 0
        self._began = time.perf_counter_ns()

    def start(self) -> bytes:
        """Run the statement; the first megabyte of the result, or all of it (then `finished`).

        Raises:
            ClickHouseError: what the engine says.
        """
        if self._header is None:
            return self._whole()
        gathered = bytearray()
        self._stream = self._ask(lambda: self._handle.send_query(self._text, self.format, params=self._params))
        while not self.finished and len(gathered) < _FIRST_BYTES:
            gathered += self.next()
        return bytes(gathered)

    def next(self) -> bytes:
        """The next piece; nothing when it is `finished`.

        Raises:
            ClickHouseError: what went wrong in the middle of the result.
        """
        if self.finished or self._stream is None or self._header is None:
            return b""
        stream = self._stream
        result = self._ask(lambda: self._handle.streaming_fetch_result(stream))
        if result is None or result.rows_read() == 0:
            self._finish()
            # Only a result without any piece has its names in here; after others they come once more.
            return result.bytes() if result is not None and self._pieces == 0 else b""
        piece = result.bytes()
        if self._pieces:
            piece = piece[self._header(piece) :]
        self._pieces += 1
        self.summary.count(result, len(piece))
        return piece

    def cancel(self) -> None:
        """Stop reading: nobody wants the rest."""
        if self._stream is not None and not self.finished:
            self.finished = True
            self._handle.streaming_cancel_query(self._stream)

    def _whole(self) -> bytes:
        result = self._ask(lambda: self._handle.query(self._text, self.format, params=self._params))
        answer = result.bytes()
        self.summary.count(result, len(answer))
        self._finish()
        return answer

    def _finish(self) -> None:
        self.finished = True
        self.summary.elapsed_ns = time.perf_counter_ns() - self._began

    def _ask(self, ask: Callable[[], _T]) -> _T:
        try:
            return ask()
        except RuntimeError as error:
            self.finished = True
            raise from_engine(error) from None


def _streams(statement: Statement) -> bool:
    """Totals and extremes come after the rows, which pieces do not show."""
    return statement.kind == "select" and not any("TOTALS" in word for word in statement.words)
