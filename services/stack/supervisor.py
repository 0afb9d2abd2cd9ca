"""The supervisor: all parts up in order, kept up, and down in the reverse order."""

import asyncio
import logging
import os
import time
import uuid
from pathlib import Path

from services.stack.files import Run, Stack, remove_stack, write_run, write_stack
from services.stack.logs import trim
from services.stack.part import Plan
from services.stack.progress import Progress
from services.stack.runner import PartRunner
from services.stack.sweep import TOKEN_VARIABLE, start_time, sweep

logger = logging.getLogger(__name__)

TRIM_EVERY_SECONDS = 30.0


class Supervisor:
    """Runs the parts of a plan on a data folder whose lock the caller holds. Belongs on the main thread."""

    def __init__(self, plan: Plan, data: Path, progress: Progress) -> None:
        self._plan = plan
        self._data = data
        self._progress = progress
        self._run = Run(token=uuid.uuid4().hex, pid=os.getpid(), started=start_time(os.getpid()) or time.time())
        env = {TOKEN_VARIABLE: self._run.token}
        self._runners = {
            part.name: PartRunner(part, data=data, env=env, changed=self._on_change) for part in plan.parts
        }
        self._lives: list[asyncio.Task[None]] = []
        self._told = False

    async def start(self) -> Stack:
        """Start all parts, each when those that it needs are ready, and tell clients. `StackError` when one can't."""
        write_run(self._data, self._snapshot())
        self._lives = [asyncio.create_task(self._live(runner)) for runner in self._runners.values()]
        all_ready = asyncio.create_task(self._all_ready())
        try:
            await asyncio.wait({all_ready, *self._lives}, return_when=asyncio.FIRST_COMPLETED)
            self._raise_failure()
        finally:
            all_ready.cancel()
        self._told = True
        stack = self._stack()
        write_stack(self._data, stack)
        return stack

    async def watch(self) -> None:
        """Keep the parts up; ends only by cancellation."""
        while True:
            done, _ = await asyncio.wait(self._lives, timeout=TRIM_EVERY_SECONDS, return_when=asyncio.FIRST_EXCEPTION)
            if done:
                self._raise_failure()
            await asyncio.to_thread(trim, self._data)

    async def stop(self) -> None:
        """Stop every part, the last one first, and leave nothing."""
        self._told = False
        remove_stack(self._data)
        for life in self._lives:
            life.cancel()
        await asyncio.gather(*self._lives, return_exceptions=True)
        for runner in reversed(self._runners.values()):
            await runner.stop()
        for pid in await asyncio.to_thread(sweep, self._run):
            logger.warning("ended a process that its part had left behind pid=%d", pid)
        self._run.ended = True
        write_run(self._data, self._run)

    async def _live(self, runner: PartRunner) -> None:
        for name in runner.part.needs:
            await self._runners[name].ready.wait()
        await runner.run()
        await asyncio.Event().wait()  # one that runs elsewhere has no end that we would see

    async def _all_ready(self) -> None:
        for runner in self._runners.values():
            await runner.ready.wait()

    def _raise_failure(self) -> None:
        for life in self._lives:
            if life.done() and not life.cancelled() and (error := life.exception()) is not None:
                raise error

    def _on_change(self, runner: PartRunner) -> None:
        self._progress.show(runner.part.name, runner.state, runner.ready_seconds)
        try:
            write_run(self._data, self._snapshot())
            if self._told:
                write_stack(self._data, self._stack())
        except OSError as error:  # a full disk must not end what runs; the next change writes it again
            logger.warning("can't write down what runs: %s", error)

    def _snapshot(self) -> Run:
        self._run.parts = [runner.record() for runner in self._runners.values()]
        return self._run

    def _stack(self) -> Stack:
        parts = self._snapshot().parts
        pids = {part.name: part.pid for part in parts if part.pid is not None}
        return Stack(
            api=self._plan.api,
            clickhouse=self._plan.clickhouse,
            kafka=self._plan.kafka,
            keys={},
            pids={"supervisor": self._run.pid, **pids},
        )
