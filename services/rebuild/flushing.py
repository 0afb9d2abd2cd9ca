"""When a rebuild flushes: not by the clock, as the projector does, but when enough for a large block has gathered."""

import asyncio
import threading
import time

from services.projector.runner import Runner

LONGEST_SECONDS = 2.0
"""However little has gathered: progress in ClickHouse shows that somebody builds."""
_LOOK_SECONDS = 0.05
_HOLD_SECONDS = 0.01


class Flusher:
    """Flushes a runner from a thread of its own whenever `block_records` have gathered.

    The next block gathers while one is under way, and no more than that: `room` waits.
    """

    def __init__(self, runner: Runner, block_records: int) -> None:
        self.failure: Exception | None = None
        self._runner = runner
        self._block_records = block_records
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="flush", daemon=True)
        self._thread.start()

    async def room(self) -> None:
        """Wait until more may gather.

        Raises:
            ProjectorStopped: if a flush failed for good.
        """
        while self.failure is None and self._runner.gathered() >= self._block_records:  # noqa: ASYNC110 - two threads
            await asyncio.sleep(_HOLD_SECONDS)
        if self.failure is not None:
            raise self.failure

    def stop(self) -> None:
        """Flush no more. Does not wait for a flush that is under way."""
        self._stopping.set()

    def _work(self) -> None:
        flushed = time.monotonic()
        while not self._stopping.wait(_LOOK_SECONDS):
            if self._runner.gathered() < self._block_records and time.monotonic() - flushed < LONGEST_SECONDS:
                continue
            try:
                self._runner.flush()
            except Exception as error:
                self.failure = error
                return
            flushed = time.monotonic()
