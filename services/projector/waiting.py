"""What a projector waits for, and what it does meanwhile."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TypeVar

from services.projector.feeder import Feeder
from services.projector.ports import ServiceAway
from services.projector.serial_thread import SerialThread

logger = logging.getLogger(__name__)

AGAIN_SECONDS = 1.0

T = TypeVar("T")


async def unless(stop: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What `work` gives; None, and the work cancelled, if it is time to stop first."""
    working, stopping = asyncio.ensure_future(work), asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if working.done():
        return working.result()
    working.cancel()
    await asyncio.wait([working])
    return None


async def patiently(ask: Callable[[], T]) -> T:
    """What the view answers, however long that takes."""
    thread = SerialThread("ask")
    try:
        while True:
            try:
                return await thread.call(ask)
            except ServiceAway as error:
                logger.warning("away, asking again reason=%s", error)
                await asyncio.sleep(AGAIN_SECONDS)
    finally:
        thread.stop()


@asynccontextmanager
async def beside(work: Coroutine[None, None, None], feeder: Feeder) -> AsyncIterator[None]:
    """Does `work` meanwhile. Where it fails, nothing goes on."""

    def judge(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            feeder.fail(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    task = asyncio.create_task(work)
    task.add_done_callback(judge)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
