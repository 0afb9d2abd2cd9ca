"""When Python's cyclic garbage collector runs in a projector: by our clock, not by the count of what was allocated.

Python starts a collection whenever 700 objects more were allocated than freed. What a projector gathers between two
flushes is exactly that, hundreds of thousands of objects that are all in use, so each collection walked much and found
next to nothing: a third of all processor time. Reference counts free nearly everything. What cycles there are, the
libraries make, and where one held a block of rows it is broken by hand (`clickhouse_view`, `patience`). So it is
enough to look now and then, for no more than a fiftieth of the time. A collection stops every thread and walks what is
gathered at that moment, so it prefers one when that is little. What was there before the first record is frozen, and
never walked.
"""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 0.02
"""The most of the time that collections may take."""
SHORTEST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 60.0
"""After so long it collects however much is gathered: some hundreds of milliseconds, while a backlog is folded."""
FEW_OBJECTS = 200_000
"""Allocated and not freed since the last collection: walked in some ten milliseconds."""


class Garbage:
    """Collects when it is time to; ask it often."""

    def __init__(self) -> None:
        self._ended = time.monotonic()
        self._took = 0.0

    def collect_if_due(self) -> None:
        """Collect, unless the last collection is too recent for what it cost, or too much is gathered just now."""
        began = time.monotonic()
        since = began - self._ended
        if since < max(SHORTEST_PAUSE_SECONDS, self._took / SHARE):
            return
        if gc.get_count()[0] > FEW_OBJECTS and since < LONGEST_PAUSE_SECONDS:
            return
        gc.collect()
        self._ended = time.monotonic()
        self._took = self._ended - began


@contextmanager
def collected_by_the_clock() -> Iterator[Garbage]:
    """Python collects nothing by itself in here, in any thread. Afterwards it does as it did before."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield Garbage()
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
