"""A real Kafka broker for a test: started, stopped, killed and started again where it was."""

import asyncio
import signal
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import Self

from pydantic import SecretStr

from events.settings import KafkaSettings
from services.stack.health import kafka_serves, wait_until
from services.stack.kafka import Broker, prepare, start_command
from services.stack.ports import free_port
from services.stack.process import signal_group, tethered

READY_SECONDS = 90.0
SOON_COMPACTED = {"log.cleaner.backoff.ms": "500"}
"""Kafka looks every 15 s whether there is something to compact; tests wait for it."""


class KafkaProcess:
    """One broker on free ports of 127.0.0.1; the ports and the data stay the same over `stop`, `kill` and `restart`.

    All of it blocks. In an async test use `restart(wait=False)` (on the main thread, for a moment), and
    `asyncio.to_thread` for `wait_ready`, `stop` and `kill`.
    """

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, path: Path) -> Self:
        """Format `path` if need be, start a broker on it, and return when it serves."""
        kafka = cls(Broker(path, free_port(), free_port(), properties=SOON_COMPACTED))
        kafka.restart()
        return kafka

    @property
    def bootstrap(self) -> str:
        """For clients: `127.0.0.1:PORT`."""
        return self.broker.bootstrap

    @property
    def pid(self) -> int:
        """Process id of the running broker."""
        assert self._process is not None, "the broker was never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives (frozen counts)."""
        return self._process is not None and self._process.poll() is None

    def restart(self, *, wait: bool = True) -> None:
        """Start it (again) on the same ports and data; with `wait`, return only when it serves."""
        assert not self.running, "the broker is running already"
        prepare(self.broker)
        with (self.broker.folder / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                start_command(self.broker),
                cwd=self.broker.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=tethered(),  # noqa: PLW1509  (it only makes two system calls)
            )
        if wait:
            self.wait_ready()

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Return when the broker serves; fails with what it printed when it dies or doesn't get there."""

        async def ready_or_dead() -> bool:
            return not self.running or await kafka_serves(self.broker.port)

        came_up = _run_in_own_loop(partial(wait_until, ready_or_dead, seconds=seconds))
        if not came_up or not self.running:
            raise AssertionError(f"Kafka did not come up:\n{self._printed()}")

    def stop(self) -> None:
        """Stop it cleanly; nothing if it was stopped or killed, and a failure if it ended by itself."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a power cut would (kill -9); nothing and a failure as with `stop`."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop it from running without ending it (SIGSTOP)."""
        signal_group(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        """Let a frozen one go on (SIGCONT)."""
        signal_group(self.pid, signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        assert process.poll() is None, f"Kafka had ended with {process.returncode}:\n{self._printed()}"
        signal_group(process.pid, number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait(30)

    def _printed(self) -> str:
        return (self.broker.folder / "output.log").read_text(errors="replace")[-3000:]


def environment(settings: KafkaSettings) -> dict[str, str]:
    """The variables that tell a process the same."""
    values = {
        str(field.validation_alias): getattr(settings, name) for name, field in KafkaSettings.model_fields.items()
    }
    return {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in values.items()
        if value is not None
    }


def _run_in_own_loop(what: "partial[object]") -> bool:
    """Run a coroutine function to its end, also where a loop is running (in an async test) on this thread."""
    answer: list[object] = []
    thread = threading.Thread(target=lambda: answer.append(asyncio.run(what())))  # type: ignore[arg-type]
    thread.start()
    thread.join()
    return bool(answer and answer[0])
