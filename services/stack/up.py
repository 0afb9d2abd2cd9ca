"""Bringing the stack up in this process, until it is told to stop."""

import asyncio
import dataclasses
import logging
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from services.stack.errors import StackError
from services.stack.files import Stack, make_data_folder, read_run, remove_stack
from services.stack.local import local_plan
from services.stack.options import StackOptions
from services.stack.part import Planner
from services.stack.progress import Progress, Silent
from services.stack.supervisor import Supervisor
from services.stack.sweep import sweep

logger = logging.getLogger(__name__)

OnReady = Callable[[Stack], Awaitable[None]]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


async def up(
    options: StackOptions,
    on_ready: OnReady | None = None,
    *,
    progress: Progress | None = None,
    planner: Planner = local_plan,
) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP, then stop it cleanly. Must run on the main thread.

    `on_ready` is awaited once, when all parts are ready; what it raises stops the stack and is raised here.
    Raises `StackError` when the folder or a port is in use, or a part can't be started.
    """
    options = dataclasses.replace(options, data=make_data_folder(options.data))
    with hold(options.data):
        progress = progress or Silent()
        supervisor = Supervisor(planner(options), options.data, progress)
        stopping = _stop_event()
        serving = asyncio.create_task(_serve(supervisor, on_ready, progress))
        stopped = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({serving, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
        finally:
            serving.cancel()
            stopped.cancel()
            await asyncio.gather(serving, stopped, return_exceptions=True)
            await supervisor.stop()
            _default_signals()


async def _serve(supervisor: Supervisor, on_ready: OnReady | None, progress: Progress) -> None:
    try:
        stack = await supervisor.start()
    finally:
        progress.done()
    watching = asyncio.create_task(supervisor.watch())
    try:
        if on_ready is not None:
            await on_ready(stack)
        await watching
    finally:
        watching.cancel()


@contextmanager
def hold(data: Path) -> Iterator[None]:
    """Have the data folder to ourselves, rid of what a killed supervisor left; `StackError` when it is in use."""
    lock = FileLock(data / "supervisor.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StackError(
            f"{data} is in use by another stack: stop that one with groundswell down --data {data}, "
            "or choose another folder with --data."
        ) from None
    try:
        remove_stack(data)
        before = read_run(data)
        for pid in sweep(before) if before else []:
            logger.warning("ended a process that an earlier run had left behind pid=%d", pid)
        yield
    finally:
        lock.release()


def _stop_event() -> asyncio.Event:
    """An event that the first stop signal sets; later ones are heard too, and change nothing."""
    event = asyncio.Event()
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().add_signal_handler(number, event.set)
    return event


def _default_signals() -> None:
    for number in STOP_SIGNALS:
        asyncio.get_running_loop().remove_signal_handler(number)
