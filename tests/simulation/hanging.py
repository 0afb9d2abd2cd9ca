"""A flush that hangs in one of its calls while the world goes on: a slow service, or a process that is frozen."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.simulation.ports import Crash

_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="hanging flush")
"""More than can hang at a time. They are kept: starting one costs as much as a whole schedule on a busy machine."""


class HangingFlush:
    """Runs in a thread of its own, of which and the world's only one ever runs: what happens follows from the seed."""

    def __init__(self, flush: Callable[[], object], hang_at: int) -> None:
        self.running = False
        self.over = False
        self._flush = flush
        self._calls_left = hang_at
        self._killed = False
        self._error: Exception | None = None
        self._mine, self._worlds = threading.Semaphore(0), threading.Semaphore(0)
        _threads.submit(self._run)

    def go_on(self) -> None:
        """Let it run until it hangs or is over. Raises what it ended with."""
        self.running = True
        self._mine.release()
        self._worlds.acquire()
        self.running = False
        if self._error is not None:
            raise self._error

    def kill(self) -> None:
        """Let it die where it hangs."""
        if not self.over:
            self._killed = True
            self._mine.release()
            self._worlds.acquire()

    def pass_call(self) -> bool:
        """In the flush, at each call: hang if it is time to, and say whether it hung.

        Raises:
            Crash: if the process was killed meanwhile.
        """
        self._calls_left -= 1
        if self._calls_left != 0:
            return False
        self._worlds.release()
        self._mine.acquire()
        if self._killed:
            raise Crash("killed while it hung")
        return True

    def _run(self) -> None:
        self._mine.acquire()
        try:
            if not self._killed:
                self._flush()
        except Exception as error:
            self._error = error
        self.over = True
        self._worlds.release()
