"""Blocking work beside an event loop, which nobody waits for once it is no longer wanted."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress


async def in_daemon_thread(work: Callable[[], None]) -> None:
    """Await work in a thread of its own. Cancelled, it is abandoned: the thread ends with the process.

    (asyncio's own threads are waited for at the end, and work that waits for a service that is being stopped would
    wait for ever.)
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def finish(error: BaseException | None) -> None:
        if not done.done():
            if error is None:
                done.set_result(None)
            else:
                done.set_exception(error)

    def run() -> None:
        error: BaseException | None = None
        try:
            work()
        except BaseException as raised:  # whatever it is belongs to whoever awaits
            error = raised
        with suppress(RuntimeError):  # the loop is closed: nobody awaits any more
            loop.call_soon_threadsafe(finish, error)

    threading.Thread(target=run, name="beside the loop", daemon=True).start()
    await done
