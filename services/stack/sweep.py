"""Finding what an earlier run left behind, without ever ending what isn't ours."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil

from services.stack.files import Run

TOKEN_VARIABLE = "GROUNDSWELL_STACK_TOKEN"  # noqa: S105  (the name of a variable, and no secret)
CLOCK_SECONDS = 2.0  # how far a start time may seem to move when the clock is set


def start_time(pid: int) -> float | None:
    """When the process began, in seconds since 1970; None when there is none, or only a zombie."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return None


def is_alive(pid: int | None, started: float | None) -> bool:
    """Whether that very process lives, and not a later one that was given its number."""
    if pid is None or started is None:
        return False
    now = start_time(pid)
    return now is not None and abs(now - started) < CLOCK_SECONDS


def is_supervised(run: Run) -> bool:
    """Whether the run's supervisor is still at it."""
    return not run.ended and is_alive(run.pid, run.started)


def sweep(run: Run, seconds: float = 10.0) -> list[int]:
    """End all that the run's supervisor started and that still lives; returns the process ids that it ended.

    To be called when that supervisor is dead: a process is its own by number and start time, or by the run's token
    in its environment, which its children's children have too.
    """
    found = list(_left_by(run))
    for process in found:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGKILL)
    end = time.monotonic() + seconds
    while any(_lives(process) for process in found) and time.monotonic() < end:
        time.sleep(0.02)
    return [process.pid for process in found]


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _left_by(run: Run) -> Iterator[psutil.Process]:
    known = {part.pid: part.started for part in run.parts}
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            by_number = process.pid in known and is_alive(process.pid, known[process.pid])
            if by_number or process.environ().get(TOKEN_VARIABLE) == run.token:
                yield process
