"""An INSERT that brings its rows: fed piece by piece. Everything here blocks: it runs in a worker thread."""

import contextlib
import time

from services.clickhouse.failure import from_engine
from services.clickhouse.handle import Handle
from services.clickhouse.reading import Summary

# Small pieces are gathered: each `append` is a turn of the engine's parser.
_GATHER = 262_144


class Writing:
    """One INSERT on one handle; nothing is promised before `finish` returns."""

    def __init__(self, handle: Handle, head: bytes, form: str) -> None:
        """Begin an INSERT (its text without a FORMAT clause) whose rows come in a format.

        Raises:
            ClickHouseError: no such table, column or format, or not allowed.
        """
        self._handle = handle
        self._gathered = bytearray()
        self._began = time.perf_counter_ns()
        self._open = False
        try:
            self._insert = handle.send_insert(head, form)
        except RuntimeError as error:
            raise from_engine(error) from None
        self._open = True

    def append(self, piece: bytes) -> None:
        """Add bytes of rows, cut anywhere.

        Raises:
            ClickHouseError: they are not in the format.
        """
        if self.gather(piece):
            self.flush()

    def gather(self, piece: bytes) -> bool:
        """Keep bytes of rows; whether it is time to `flush` them. Does not block."""
        self._gathered += piece
        return len(self._gathered) >= _GATHER

    def finish(self) -> Summary:
        """Commit; when this returns the rows are there.

        Raises:
            ClickHouseError: what the engine says.
        """
        self.flush()
        self._open = False
        try:
            result = self._handle.insert_done(self._insert)
        except RuntimeError as error:
            raise from_engine(error) from None
        summary = Summary()
        summary.count(result, 0)
        # What was read are the rows that came in.
        summary.read_rows, summary.read_bytes = summary.written_rows, summary.written_bytes
        summary.elapsed_ns = time.perf_counter_ns() - self._began
        return summary

    def cancel(self) -> None:
        """Give up; blocks that are already parts stay, as on a server."""
        if self._open:
            self._open = False
            with contextlib.suppress(RuntimeError):
                self._handle.insert_cancel(self._insert)

    def flush(self) -> None:
        """Hand the engine what was gathered.

        Raises:
            ClickHouseError: it is not in the format.
        """
        if not self._gathered:
            return
        piece = bytes(self._gathered)
        self._gathered.clear()
        try:
            self._handle.insert_append(self._insert, piece)
        except RuntimeError as error:
            raise from_engine(error) from None
