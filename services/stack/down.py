"""Looking at a stack from outside, and stopping it."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

import msgspec
import psutil

from services.stack.files import Run, RunningPart, read_run, remove_stack
from services.stack.health import healthy
from services.stack.sweep import is_alive, is_supervised, sweep

CLEAN_STOP_SECONDS = 90.0


class PartStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One part as it is now: `state` as its supervisor last saw it, `health` as asked this moment."""

    name: str
    pid: int | None
    state: str
    health: str
    detail: str


def down(data: Path) -> bool:
    """Stop the stack on this folder and wait until all of it has ended; False when nothing ran."""
    data = data.resolve()
    run = read_run(data) if data.is_dir() else None
    if run is None:
        return False
    running = is_supervised(run)
    if running:
        _end_supervisor(run)
    left = sweep(run)
    remove_stack(data)
    return running or bool(left)


def status(data: Path) -> list[PartStatus]:
    """How each part is; the supervisor comes first. Empty when there never was a stack on this folder.

    Not to be called where an event loop runs.
    """
    run = read_run(data.resolve()) if data.is_dir() else None
    return [] if run is None else asyncio.run(_status(run))


async def _status(run: Run) -> list[PartStatus]:
    supervised = is_supervised(run)
    first = PartStatus(
        name="supervisor",
        pid=run.pid if supervised else None,
        state="ready" if supervised else "stopped",
        health="ok" if supervised else "away",
        detail="" if supervised else "start it with groundswell up",
    )
    return [first, *await asyncio.gather(*(_status_of(part, supervised) for part in run.parts))]


async def _status_of(part: RunningPart, supervised: bool) -> PartStatus:
    external = part.detail != ""
    alive = is_alive(part.pid, part.started)
    answers = (alive or external) and await healthy(part.health)
    restarts = f"died {part.restarts} times" if part.restarts else ""
    return PartStatus(
        name=part.name,
        pid=part.pid if alive else None,
        state=part.state if supervised else ("left behind" if alive else "stopped"),
        health="ok" if answers else "away",
        detail=part.detail or restarts,
    )


def _end_supervisor(run: Run) -> None:
    with suppress(psutil.NoSuchProcess, ProcessLookupError):
        supervisor = psutil.Process(run.pid)
        os.kill(run.pid, signal.SIGTERM)
        try:
            supervisor.wait(CLEAN_STOP_SECONDS)
        except psutil.TimeoutExpired:
            supervisor.kill()
            supervisor.wait(10)
