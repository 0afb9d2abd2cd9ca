"""Keeping one part alive: start it, wait until it is healthy, start it again when it dies, stop it."""

import asyncio
import logging
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path

from services.stack.errors import StackError
from services.stack.files import RunningPart
from services.stack.health import healthy, wait_until
from services.stack.logs import last_line, log_path, open_log
from services.stack.part import Part, State
from services.stack.process import signal_group, tethered
from services.stack.sweep import start_time

logger = logging.getLogger(__name__)

TRIES_AT_FIRST = 3  # a part that was never ready and dies that often has a reason that won't go away
FIRST_PAUSE_SECONDS = 0.3
LONGEST_PAUSE_SECONDS = 15.0
CALM_SECONDS = 30.0  # having been ready for so long, a part is restarted at once again


class PartRunner:
    """One part's life. `run` only ends by cancellation, or with `StackError` when the part never becomes ready."""

    def __init__(
        self, part: Part, *, data: Path, env: Mapping[str, str], changed: Callable[["PartRunner"], None]
    ) -> None:
        self.part = part
        self.ready = asyncio.Event()
        self.state: State = "waiting"
        self.ready_seconds = 0.0
        self._data = data
        self._env = {**os.environ, **env, **part.env, "PYTHONUNBUFFERED": "1"}
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._started: float | None = None
        self._deaths = 0

    def record(self) -> RunningPart:
        """How it is, for the run file."""
        process = self._process
        return RunningPart(
            name=self.part.name,
            state=self.state,
            health=self.part.health,
            pid=None if process is None else process.pid,
            started=self._started,
            restarts=self._deaths,
            ready_seconds=self.ready_seconds,
            detail="runs elsewhere" if self.part.external else "",
        )

    async def run(self) -> None:
        """Keep the part alive for ever."""
        if self.part.external:
            await self._await_external()
            return
        pause = FIRST_PAUSE_SECONDS
        while True:
            calm_from = time.monotonic() + CALM_SECONDS
            end = await self._live_once()
            self._deaths += 1
            if not self.ready.is_set() and self._deaths >= TRIES_AT_FIRST:
                self._become("failed")
                raise StackError(self._why_not(end))
            pause = FIRST_PAUSE_SECONDS if time.monotonic() > calm_from else min(2 * pause, LONGEST_PAUSE_SECONDS)
            logger.warning("part died name=%s deaths=%d how=%r", self.part.name, self._deaths, end)
            self._become("restarting")
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  (jitter)

    async def stop(self) -> None:
        """End the process: TERM, and KILL for all of its group when it doesn't listen in time."""
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError):
                process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self.part.stop_seconds)
            await self._clear()
        self._become("stopped")

    async def _live_once(self) -> str:
        """One process from start to end; returns how it ended. Cancelled, it leaves the process to `stop`."""
        self._become("starting")
        begun = time.monotonic()
        try:
            if self.part.prepare is not None:
                await asyncio.to_thread(self.part.prepare)
            process = await self._spawn()
        except (OSError, StackError) as error:
            return f"can't be started ({error})"
        ended = asyncio.create_task(process.wait())
        try:
            await self._await_health(ended)
            if not ended.done():
                self.ready_seconds = time.monotonic() - begun
                logger.info("part ready name=%s pid=%d seconds=%.1f", self.part.name, process.pid, self.ready_seconds)
                self._become("ready")
                self.ready.set()
            code = await asyncio.shield(ended)
        finally:
            ended.cancel()
        await self._clear()
        return f"ends with code {code}"

    async def _spawn(self) -> asyncio.subprocess.Process:
        with open_log(self._data, self.part.name) as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.part.command,
                env=self._env,
                cwd=self.part.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                preexec_fn=tethered(),
            )
        self._started = start_time(self._process.pid)
        self._changed(self)
        return self._process

    async def _await_health(self, ended: "asyncio.Task[int]") -> None:
        """Return when the part is healthy or dead; `StackError` when it is neither for too long at its first start."""

        async def healthy_or_dead() -> bool:
            return ended.done() or await healthy(self.part.health)

        in_time = await wait_until(healthy_or_dead, seconds=self.part.start_seconds)
        if in_time:
            return
        if not self.ready.is_set():
            self._become("failed")
            raise StackError(self._why_not(f"isn't ready after {self.part.start_seconds:.0f} s"))
        logger.warning("part is not healthy in time and is ended name=%s", self.part.name)
        await self._clear()

    async def _await_external(self) -> None:
        self._become("starting")
        begun = time.monotonic()
        if not await wait_until(partial(healthy, self.part.health), seconds=self.part.start_seconds, every=0.5):
            self._become("failed")
            raise StackError(
                f"{self.part.name} does not answer at the address in your environment: start it there, or unset the "
                "variable to have one started here."
            )
        self.ready_seconds = time.monotonic() - begun
        self._become("ready")
        self.ready.set()

    async def _clear(self) -> None:
        """End what is left of the process and its group."""
        process, self._process, self._started = self._process, None, None
        if process is not None:
            signal_group(process.pid, signal.SIGKILL)
            await process.wait()

    def _why_not(self, what: str) -> str:
        path = log_path(self._data, self.part.name)
        words = last_line(path)
        said = f"; its last line: {words}" if words else "."
        return f"{self.part.name} does not start: it {what}. Look into {path}{said}"

    def _become(self, state: State) -> None:
        self.state = state
        self._changed(self)
