"""A query with its lease: taken, run and given back in one turn of a worker when the result is small."""

from services.clickhouse.external import ExternalTable
from services.clickhouse.lease import Lease, Lessor
from services.clickhouse.reading import Reading
from services.clickhouse.request import Request
from services.clickhouse.statement import Statement


class Query:
    """One statement that is no INSERT with rows. `start` and `close` block."""

    def __init__(
        self, lessor: Lessor, request: Request, text: bytes, statement: Statement, tables: list[ExternalTable]
    ) -> None:
        self.statement = statement
        self._lessor, self._request, self._text, self._tables = lessor, request, text, tables
        self._lease: Lease | None = None
        self._reading: Reading | None = None

    @property
    def reading(self) -> Reading:
        """The result; after `start`."""
        if self._reading is None:
            raise RuntimeError("the query was not started")
        return self._reading

    @property
    def open(self) -> bool:
        """Whether there is something to close."""
        return self._lease is not None

    def start(self) -> bytes:
        """Take a handle and run; what comes first. When that is all, the handle is given back already.

        Raises:
            ClickHouseError: what the engine says.
        """
        request = self._request
        self._lease = Lease(self._lessor, request, self.statement, self._tables)
        form, whole = request.default_format or "", "extremes" in request.settings
        self._reading = Reading(self._lease.handle, self._text, self.statement, form, request.params, whole=whole)
        first = self._reading.start()
        if self._reading.finished:
            self.close()
        return first

    def close(self) -> None:
        """Stop reading, and give the handle back."""
        lease, self._lease = self._lease, None
        if lease is None:
            return
        if self._reading is not None:
            self._reading.cancel()
        lease.release()
