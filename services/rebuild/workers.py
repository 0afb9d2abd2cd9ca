"""The worker processes of a rebuild: started together, heard, and ended together, however this ends."""

import asyncio
import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from services.rebuild.messages import Ended, Failed, Message, Order, decode_message, encode
from services.rebuild.refusing import RebuildStopped
from services.stack.process import tethered

# -P: the folder where somebody stands is not searched for our modules.
COMMAND: Sequence[str] = (sys.executable, "-P", "-m", "services.rebuild")
STOP_SECONDS = 15.0


class Workers:
    """Runs a worker for each order. They live no longer than this process, whichever way it ends."""

    def __init__(
        self, environment: Mapping[str, str], heard: Callable[[Message], None], command: Sequence[str] = COMMAND
    ) -> None:
        self._environment = environment
        self._heard = heard
        self._command = command

    async def run(self, orders: Sequence[Order]) -> Sequence[Ended]:
        """Wait until each has caught up. When one cannot go on, or this is cancelled, the others are stopped, too.

        Raises:
            RebuildStopped: if one cannot go on; why.
        """
        processes: list[asyncio.subprocess.Process] = []
        try:
            for order in orders:
                processes.append(await self._start(order))
            tasks = [asyncio.create_task(self._hear(process)) for process in processes]
            try:
                return await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
        finally:
            await asyncio.gather(*map(_end, processes))

    async def _start(self, order: Order) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=self._environment,
            process_group=0,  # Ctrl-C is for us; we tell them
            preexec_fn=tethered(waited_for=True),
        )
        assert process.stdin is not None
        process.stdin.write(encode(order) + b"\n")
        return process

    async def _hear(self, process: asyncio.subprocess.Process) -> Ended:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            message = decode_message(line)
            self._heard(message)
            if isinstance(message, Failed):
                raise RebuildStopped(message.reason)
            if isinstance(message, Ended) and message.caught_up:
                return message
        code = await process.wait()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        raise RebuildStopped(f"a worker process ended before it was done ({how})")


def environment_of(base: Mapping[str, str], *settings: BaseSettings) -> Mapping[str, str]:
    """An environment from which the same settings are read."""
    environment = dict(base)
    for each in settings:
        for name, field in type(each).model_fields.items():
            variable = str(field.validation_alias or name)
            value = getattr(each, name)
            environment.pop(variable, None)
            if value is not None:
                environment[variable] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return environment


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask it to stop, by closing its input; end it if that takes too long."""
    assert process.stdin is not None
    process.stdin.close()
    try:
        await asyncio.wait_for(_drained(process), STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


async def _drained(process: asyncio.subprocess.Process) -> None:
    """Wait for its end; what it still says must not fill the pipe."""
    assert process.stdout is not None
    while await process.stdout.read(65_536):
        pass
    await process.wait()
