"""Work that goes on until Ctrl-C, and then ends for sure."""

import asyncio
import signal
from collections.abc import Coroutine

IMPATIENCE_SECONDS = 1.0


async def until_interrupted(work: Coroutine[object, object, None]) -> None:
    """Do the work to its end or until Ctrl-C, whichever comes first; what it raises is raised here.

    A cancellation can get lost: until Python 3.12, `asyncio.wait_for` swallows one that comes as its own work ends. So
    it is asked again until it is over.
    """
    interrupted = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, interrupted.set)
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(interrupted.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    while not working.done():
        working.cancel()
        await asyncio.wait({working}, timeout=IMPATIENCE_SECONDS)
    if not working.cancelled():
        working.result()
