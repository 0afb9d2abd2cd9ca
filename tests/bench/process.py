"""A process of the bench: started with a log of its own, watched, and stopped."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from services.stack.process import tethered

READY_SECONDS = 60.0


class ServiceStuck(Exception):
    """A process ended, or did not get where it should; the message has what it printed last."""


@dataclass
class Service:
    """One of ours, by `python -m MODULE`."""

    name: str
    process: "subprocess.Popen[bytes]"
    log: Path

    @classmethod
    def start(
        cls, folder: Path, name: str, module: str, arguments: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> "Service":
        folder.mkdir(parents=True, exist_ok=True)
        log = folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=tethered(),  # noqa: PLW1509  (it only makes two system calls)
            )
        return cls(name, process, log)

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def printed(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, condition: Callable[[], bool], seconds: float = READY_SECONDS, every: float = 0.02) -> float:
        """Wait for a condition; when it came about. Fails with what the process printed when it ends or takes long."""
        deadline = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None:
                raise ServiceStuck(f"{self.name} ended:\n{self.printed()[-3000:]}")
            if time.monotonic() > deadline:
                raise ServiceStuck(f"{self.name} took more than {seconds:.0f} s:\n{self.printed()[-3000:]}")
            time.sleep(every)
        return time.perf_counter()

    def until_ready(self, url: str) -> None:
        """Wait until a health address answers 200."""
        self.until(lambda: _answers(url), every=0.1)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Watch:
    """How many cores processes are busy with, and this one, between two looks."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = {**pids, "the bench": os.getpid()}
        self.begin()

    def begin(self) -> None:
        self._before, self._began = self._used(), time.perf_counter()

    def cores(self) -> dict[str, float]:
        """Since `begin`."""
        seconds = max(time.perf_counter() - self._began, 1e-9)
        return {name: (used - self._before[name]) / seconds for name, used in self._used().items()}

    def _used(self) -> dict[str, float]:
        """Seconds of processor time, of all threads."""
        times = {name: psutil.Process(pid).cpu_times() for name, pid in self._pids.items()}
        return {name: time.user + time.system for name, time in times.items()}


def busy(cores: Mapping[str, float]) -> str:
    """Cores busy by name, as a note."""
    return "cores busy: " + ", ".join(f"{name} {value:.2f}" for name, value in cores.items())


def peak_mib(pid: int) -> float:
    """The most memory that was ever resident (where the system does not say: that is now), in MiB."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def resident_mib(pid: int) -> float:
    """Memory that is resident now, in MiB."""
    return float(psutil.Process(pid).memory_info().rss) / 2**20


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False
