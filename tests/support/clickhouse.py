"""The real ClickHouse front as a process, for tests."""

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from services.stack.process import tethered
from tests.support.polling import POLL

_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0


class ClickHouseProcess:
    """One front on one folder. Keeps its port over restarts, so that clients find it again."""

    def __init__(self, path: Path, port: int = 0) -> None:
        self.path = path
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, path: Path, port: int = 0) -> "ClickHouseProcess":
        """Start one on a folder (made if need be) and a free port, and wait until it answers."""
        front = cls(path, port)
        front.restart()
        return front

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """The process that runs now."""
        return self._running().pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """What it printed."""
        return self.path.with_name(f"{self.path.name}.log")

    def restart(self) -> None:
        """Start it again (after `stop` or `kill`) on the same folder and port, and wait until it answers."""
        port_file = self.path.with_name(f"{self.path.name}.port")
        port_file.unlink(missing_ok=True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "services.clickhouse", "--path", str(self.path), "--port", str(self.port)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port-file", str(port_file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_tether(),  # noqa: PLW1509  (it only makes two system calls)
            )
        self._wait_until_ready(port_file)

    def stop(self) -> int:
        """Ask it to end and wait; its exit code. Nothing when it is not running."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the front did not stop within {_STOP_SECONDS} s: {self._printed()}") from None
        finally:
            self._process = None

    def freeze(self) -> None:
        """Stop it from running without ending it (SIGSTOP): connections stay, and nobody answers."""
        self._running().send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on (SIGCONT)."""
        self._running().send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a crash would; fails if it had ended by itself."""
        if self._process is None:
            return
        self._process.kill()
        code, self._process = self._process.wait(), None
        assert code == -signal.SIGKILL, f"the front had ended with {code}: {self._printed()}"

    def _wait_until_ready(self, port_file: Path) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._running().poll() is not None:
                raise AssertionError(f"the front ended while starting: {self._printed()}")
            if port_file.exists():
                self.port = int(port_file.read_text())
                with contextlib.suppress(httpx.TransportError):
                    if POLL.get(f"{self.url}/ping").text == "Ok.\n":
                        return
            time.sleep(0.02)
        self.kill()
        raise AssertionError(f"the front was not ready within {_READY_SECONDS} s: {self._printed()}")

    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None, "the front is not running"
        return self._process

    def _printed(self) -> str:
        return self.log.read_text(errors="replace")[-4000:]


def _tether() -> Callable[[], None] | None:
    """The front dies with the test run; a thread may end before that, so only the main one can hold the tether."""
    return tethered() if threading.current_thread() is threading.main_thread() else None
