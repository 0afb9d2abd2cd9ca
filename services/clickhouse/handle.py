"""The embedded engine's own objects, as far as the front uses them."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol


class Result(Protocol):
    """What the engine gives back for one query, or one piece of one."""

    def bytes(self) -> bytes:
        """The result, written in the format that was asked for."""

    def rows_read(self) -> int:
        """Rows of the result, whatever the name says."""

    def storage_rows_read(self) -> int:
        """Rows read from tables."""

    def storage_bytes_read(self) -> int:
        """Bytes read from tables, before compression."""

    def rows_written(self) -> int:
        """Rows inserted."""

    def bytes_written(self) -> int:
        """Bytes inserted, before compression."""


class Handle(Protocol):
    """One connection to the engine: a database, settings, temporary tables. For one thread at a time.

    Every method blocks without holding the GIL, and raises RuntimeError with the engine's words.
    """

    def query(self, query_str: str | bytes, format: str, *, params: dict[str, str]) -> Result:
        """Run a statement to its end."""

    def send_query(self, query_str: bytes, format: str, *, params: dict[str, str]) -> object:
        """Begin a SELECT whose result is fetched in pieces."""

    def streaming_fetch_result(self, streaming_result: object) -> Result | None:
        """The next piece; None or one without rows at the end."""

    def streaming_cancel_query(self, streaming_result: object) -> None:
        """Stop a SELECT that is being fetched."""

    def send_insert(self, query_str: bytes, format: str) -> object:
        """Begin an INSERT whose rows come in a format."""

    def insert_append(self, insert_result: object, data: bytes) -> None:
        """Add bytes of rows."""

    def insert_done(self, insert_result: object) -> Result:
        """Commit an INSERT."""

    def insert_cancel(self, insert_result: object) -> None:
        """Give up an INSERT."""

    def classify_query(self, sql: bytes) -> dict[str, object]:
        """What a text would do, without running it; microseconds."""

    def close(self) -> None:
        """Give the handle back."""


# The module's stubs do not know its only function that matters.
connect: Callable[[str], Handle] = import_module("chdb._chdb").connect
