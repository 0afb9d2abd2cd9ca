"""A thread for calls that block, one after another; one that nobody has to wait for when the process ends."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class SerialThread:
    """Runs what it is given in a thread of its own, in order.

    An executor's threads are joined at the process's end; this one is a daemon, so that a call that hangs in a service
    that is away does not keep the process.
    """

    def __init__(self, name: str) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def call(self, call: Callable[[], T]) -> T:
        """What the call gives or raises, once it is its turn. It runs to its end even where nobody waits any more."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            try:
                result = call()
            except Exception as error:
                _tell(loop, _set_exception, done, error)
            else:
                _tell(loop, _set_result, done, result)

        self._calls.put(run)
        return await done

    def stop(self) -> None:
        """End the thread after the calls that it was given; does not wait for that."""
        self._calls.put(None)

    def _work(self) -> None:
        while (run := self._calls.get()) is not None:
            run()


def _tell(loop: asyncio.AbstractEventLoop, how: Callable[..., None], *arguments: object) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waited so long
        loop.call_soon_threadsafe(how, *arguments)


def _set_result(done: asyncio.Future[T], result: T) -> None:
    if not done.done():
        done.set_result(result)


def _set_exception(done: "asyncio.Future[object]", error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
