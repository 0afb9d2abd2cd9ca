"""The library's SQLite connection pool, closed with care."""

import logging
import time

from eventsourcing.sqlite import SQLiteConnectionPool, SQLiteDatastore

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 5.0


class DrainingPool(SQLiteConnectionPool):
    """Waits for connections in use before it closes.

    The library's pool closes them under their users, which ends in a segmentation fault.
    """

    def close(self) -> None:
        """Close once nobody reads any more; after a while leave what is still in use open, and say so."""
        if self._closed:
            return
        deadline = time.monotonic() + DRAIN_SECONDS
        if not self._get_semaphore.acquire(timeout=DRAIN_SECONDS):
            logger.warning("ledger index left open: somebody waits for a connection path=%s", self.db_name)
            return
        try:
            with self._put_condition:
                while self._in_use:
                    if not self._put_condition.wait(timeout=max(0.0, deadline - time.monotonic())):
                        logger.warning("ledger index left open: it is being read path=%s", self.db_name)
                        return
            super().close()
        finally:
            self._get_semaphore.release()


def draining_datastore(path: str) -> SQLiteDatastore:
    """A datastore of the library over such a pool."""
    datastore = SQLiteDatastore(db_name=path)
    datastore.pool = DrainingPool(db_name=path)
    return datastore
