"""The projector as it runs in production, `python -m services.projector`, for a test to kill, freeze and wake."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx
import psutil

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.stack.ports import free_port
from services.stack.process import tethered
from tests.support.kafka import environment
from tests.support.polling import POLL

END_SECONDS = 40.0
_LAG = re.compile(r'^groundswell_projector_lag\{[^}]*projection="(\w+)"[^}]*\} (\S+)$', re.MULTILINE)


class LiveProjector:
    """One instance, started any number of times on the same state."""

    def __init__(
        self,
        kafka: KafkaSettings,
        clickhouse: ClickHouseSettings,
        data: Path,
        *,
        instance: str = "0",
        settings: Mapping[str, str | int] | None = None,
    ) -> None:
        self.port = free_port()
        self.state = data / "state" / instance
        self.log = data / f"projector-{instance}.log"
        self._environment = {
            **os.environ,
            **environment(kafka),
            "CLICKHOUSE_URL": clickhouse.url,
            "GROUNDSWELL_DATABASE": clickhouse.database,
            "GROUNDSWELL_DATA": str(data),
            "GROUNDSWELL_PROJECTOR_INSTANCE": instance,
            "GROUNDSWELL_PROJECTOR_PORT": str(self.port),
            # Each flush is some dozen inserts, which cost ClickHouse more than all else that these tests do.
            "GROUNDSWELL_FLUSH_INTERVAL_MS": "1200",
            **{name: str(value) for name, value in (settings or {}).items()},
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._waited_for = False

    @property
    def pid(self) -> int:
        """The process that runs (or ran last)."""
        assert self._process is not None, "the projector was never started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives (frozen counts)."""
        return self._process is not None and self._process.poll() is None

    @property
    def printed(self) -> str:
        """All that it ever printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def start(self, command: Sequence[str] = (sys.executable, "-m", "services.projector")) -> None:
        """Start it, and return at once."""
        assert not self.running, "the projector is running already"
        self._waited_for = False
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_tether(),  # noqa: PLW1509  (it only makes two system calls)
            )

    def kill(self) -> None:
        """End it at once (kill -9), whatever it is doing; fails if it ended by itself, and nobody waited for that."""
        if self._process is None or self._waited_for:
            return
        self._process.kill()
        code = self._process.wait()
        self._waited_for = True
        assert code == -signal.SIGKILL, f"the projector had ended with {code}:\n{self.printed[-3000:]}"

    def stop(self) -> int:
        """Tell it to end, and wait: its exit code."""
        assert self._process is not None, "the projector was never started"
        self._process.terminate()
        return self.wait()

    def wait(self) -> int:
        """Wait until it ends by itself: its exit code."""
        assert self._process is not None, "the projector was never started"
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the projector did not end:\n{self.printed[-3000:]}") from None
        self._waited_for = True
        return code

    def die_in_time(self, seconds: float = END_SECONDS) -> None:
        """Of `tests.support.doomed`: let its time come, and wait until it has killed itself."""
        assert self._process is not None, "the projector was never started"
        self._process.send_signal(signal.SIGUSR1)
        code = self._process.wait(seconds)
        self._waited_for = True
        assert code == -signal.SIGKILL, f"it ended with {code}:\n{self.printed[-3000:]}"

    def freeze(self) -> None:
        """Stop it from running without ending it (SIGSTOP)."""
        os.kill(self.pid, signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on (SIGCONT)."""
        os.kill(self.pid, signal.SIGCONT)

    def resident_bytes(self) -> int:
        """How much memory it holds."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def lag(self) -> int:
        """Records that its metrics say are not durable, over all projections; 0 too before there are metrics."""
        try:
            text = POLL.get(f"http://127.0.0.1:{self.port}/metrics", timeout=5).text
        except httpx.HTTPError:
            return 0
        return int(sum(float(records) for _, records in _LAG.findall(text)))

    def ready(self) -> tuple[int, str]:
        """What `/health/ready` answers: status and body; 0 where nobody answers."""
        try:
            answer = POLL.get(f"http://127.0.0.1:{self.port}/health/ready", timeout=5)
        except httpx.HTTPError as error:
            return 0, str(error)
        return answer.status_code, answer.text

    def until(self, condition: Callable[[], bool], *, seconds: float = 120.0, what: str) -> None:
        """Wait until something has come about; fail if the projector ends before, or after so long."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.running, f"the projector ended while waiting until {what}:\n{self.printed[-3000:]}"
            assert time.monotonic() < deadline, f"waited {seconds:.0f} s until {what}:\n{self.printed[-3000:]}"
            time.sleep(0.2)


def _tether() -> Callable[[], None] | None:
    """It dies with the test run; a thread may end before that, so only the main one can hold the tether."""
    return tethered() if threading.current_thread() is threading.main_thread() else None
