"""`groundswell up` in the foreground: interrupted while it loads the sample, started again, stopped by Ctrl-C."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from services.stack.files import read_run, read_stack
from tests.support.local_stack import COMMAND, clean_environment

PORTS = ("--port", "0", "--kafka-port", "0", "--clickhouse-port", "0")


class Foreground:
    """A stack in the foreground of a terminal that is not there, with what it printed so far."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "up", "--data", str(data), *PORTS],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**clean_environment(), "PYTHONUNBUFFERED": "1"},
            process_group=0,
        )
        self.printed = ""
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line.decode()

    def wait_for(self, text: str, seconds: float = 240) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.printed:
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < deadline, self.printed
            time.sleep(0.02)

    def interrupt(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(60)
        self._reader.join()
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._reader.join()


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    for process in psutil.process_iter(["cmdline"]):  # what a failed test would leave
        if any(str(tmp_path) in argument for argument in process.info["cmdline"] or ()):
            process.kill()


def pids(data: Path) -> list[int]:
    run = read_run(data)
    assert run is not None
    return [part.pid for part in run.parts if part.pid is not None]


def ranking_of(printed: str) -> str:
    return printed.partition("The ranking of workspace demo:")[2].partition("Try:")[0]


def test_interrupted_it_leaves_nothing_and_goes_on_the_next_time(data: Path) -> None:
    first = Foreground(data)
    try:
        deadline = time.monotonic() + 240
        while not (data / "sample.json").exists():  # begun, and not yet ended
            assert first.process.poll() is None, first.printed
            assert time.monotonic() < deadline, first.printed
            time.sleep(0.005)
        running = pids(data)
        assert len(running) == 5
        assert first.interrupt() == 0, first.printed
    finally:
        first.kill()
    assert "Traceback" not in first.printed
    assert "Groundswell is up" not in first.printed
    assert [pid for pid in running if psutil.pid_exists(pid)] == []
    assert read_stack(data) is None

    second = Foreground(data)
    try:
        second.wait_for("Stop it with Ctrl-C.")
        stack = read_stack(data)
        assert stack is not None
        assert stack.keys["demo"] in second.printed
        assert "1285   1359     74" in ranking_of(second.printed)
        running = pids(data)
        assert second.interrupt() == 0, second.printed
    finally:
        second.kill()
    assert second.printed.endswith("All stopped.\n")
    assert [pid for pid in running if psutil.pid_exists(pid)] == []
