"""A quota: so many queries, and so many rows read, in each hour of the clock, as a server counts them."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from services.clickhouse.failure import ClickHouseError

HOUR = 3600


class Quota:
    """What one user has in each interval. Thread-safe; a new process begins anew."""

    def __init__(
        self, user: str, *, queries: int, read_rows: int, seconds: int = HOUR, clock: Callable[[], float] = time.time
    ) -> None:
        self._user = user
        self._most = {"queries": queries, "read_rows": read_rows}
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._interval = -1
        self._used = {"queries": 0, "read_rows": 0}

    def begin_query(self) -> None:
        """Count one more query.

        Raises:
            ClickHouseError: 201, when the interval's queries or rows are used up.
        """
        with self._lock:
            self._turn()
            self._used["queries"] += 1
            for name, most in self._most.items():
                over = self._used[name] > most if name == "queries" else self._used[name] >= most
                if over:
                    raise self._exceeded(name)

    def count_rows(self, read_rows: int) -> None:
        """Count what a query read, once it is over."""
        with self._lock:
            self._turn()
            self._used["read_rows"] += read_rows

    def _turn(self) -> None:
        interval = int(self._clock() // self._seconds)
        if interval != self._interval:
            self._interval = interval
            self._used = dict.fromkeys(self._used, 0)

    def _exceeded(self, name: str) -> ClickHouseError:
        ends = datetime.fromtimestamp((self._interval + 1) * self._seconds, UTC)
        text = (
            f"Quota for user `{self._user}` for {self._seconds}s has been exceeded: "
            f"{name} = {self._used[name]}/{self._most[name]}. Interval will end at {ends:%Y-%m-%d %H:%M:%S} UTC."
        )
        return ClickHouseError(201, "QUOTA_EXCEEDED", text)
