"""The API as it runs in production, `python -m api`, and a client that writes to it whatever happens."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import httpx

from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.stack.ports import free_port
from services.stack.process import tethered
from tests.support.kafka import environment
from tests.support.polling import POLL

READY_SECONDS = 60.0
TOGETHER = 8
PAUSE_SECONDS = 0.02
"""Between two votes of one client: as fast as can be, they would only take the processor from whom they test."""


class ApiProcess:
    """One API on one port, started any number of times."""

    def __init__(
        self,
        kafka: KafkaSettings,
        clickhouse: ClickHouseSettings,
        data: Path,
        *,
        settings: Mapping[str, str | int] | None = None,
    ) -> None:
        self.port = free_port()
        self.log = data / "api.log"
        self._environment = {
            **os.environ,
            **environment(kafka),
            "CLICKHOUSE_URL": clickhouse.url,
            "GROUNDSWELL_DATABASE": clickhouse.database,
            "GROUNDSWELL_DATA": str(data),
            "GROUNDSWELL_API_PORT": str(self.port),
            **{name: str(value) for name, value in (settings or {}).items()},
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> None:
        """Start it, and (unless told otherwise) wait until its log is open. From the main thread."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=tethered(),  # noqa: PLW1509  (it only makes two system calls)
            )
        deadline = time.monotonic() + READY_SECONDS
        while wait and not self._answers():
            assert self._process.poll() is None, self.log.read_text()[-3000:]
            assert time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.05)

    def kill(self) -> None:
        """End it at once (kill -9); fails if it ended by itself, and nobody waited for that."""
        if self._process is None:
            return
        self._process.kill()
        code = self.wait()
        assert code == -signal.SIGKILL, f"the API had ended with {code}:\n{self.log.read_text()[-3000:]}"

    def wait(self, seconds: float = READY_SECONDS) -> int:
        """Wait until it ends by itself: its exit code."""
        assert self._process is not None, "the API does not run"
        code = self._process.wait(seconds)
        self._process = None
        return code

    def _answers(self) -> bool:
        """Whether it knows keys, for which it must have followed the ledger: a wrong one is refused as such."""
        try:
            answer = POLL.get(f"{self.url}/v1/ranking", headers={"authorization": "Bearer wrong"})
        except httpx.TransportError:
            return False
        return answer.status_code == 401


class Answer(NamedTuple):
    """What a vote was answered: whose it was, the status (0: no answer), and when it was asked and answered."""

    person: str
    status: int
    asked: float
    answered: float


@dataclass
class WritingClient:
    """Votes of ever new persons on one post from a thread of its own, several at a time.

    A vote that is not acknowledged is sent again under the same id until it is, also to an API that was killed.
    """

    api: ApiProcess
    key: str
    post: str
    answers: list[Answer] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._write()), name="client")
        self._thread.start()

    @property
    def acknowledged(self) -> set[str]:
        """Persons whose votes were answered 2xx."""
        return {answer.person for answer in list(self.answers) if 200 <= answer.status < 300}

    def stop(self) -> None:
        """No new votes; returns when all that were begun are acknowledged."""
        self._stopping.set()
        self._thread.join()

    async def _write(self) -> None:
        headers = {"authorization": f"Bearer {self.key}"}
        async with httpx.AsyncClient(base_url=self.api.url, headers=headers, timeout=30) as client:
            await asyncio.gather(*(self._write_on(client, number) for number in range(TOGETHER)))

    async def _write_on(self, client: httpx.AsyncClient, number: int) -> None:
        count = 0
        while not self._stopping.is_set():
            person = f"person-{number}-{count}"
            while not 200 <= await self._vote(client, person) < 300:
                await asyncio.sleep(0.1)
            count += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def _vote(self, client: httpx.AsyncClient, person: str) -> int:
        asked = time.monotonic()
        try:
            path = f"/v1/posts/{self.post}/votes/{person}"
            status = (await client.put(path, json={"id": f"vote-of-{person}"})).status_code
        except httpx.TransportError:
            status = 0
        self.answers.append(Answer(person, status, asked, time.monotonic()))
        return status
