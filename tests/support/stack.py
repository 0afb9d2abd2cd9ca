"""The whole house for a test: the API in this process over real Kafka, real ClickHouse and the projector's process."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.services import Services
from api.settings import ApiSettings
from events.domain.keys import Role
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from services.stack.ports import free_port
from services.stack.process import tethered

READY_SECONDS = 60.0


@dataclass
class ProjectorProcess:
    """`python -m services.projector`, by settings."""

    kafka: KafkaSettings
    clickhouse: ClickHouseSettings
    data: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it (again)."""
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "GROUNDSWELL_TOPIC_PREFIX": self.kafka.topic_prefix,
            "CLICKHOUSE_URL": self.clickhouse.url,
            "GROUNDSWELL_DATABASE": self.clickhouse.database,
            "GROUNDSWELL_DATA": str(self.data),
            "GROUNDSWELL_FLUSH_INTERVAL_MS": "20",
        }
        self.data.mkdir(parents=True, exist_ok=True)
        in_main = threading.current_thread() is threading.main_thread()
        with (self.data / "projector.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.projector"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=tethered() if in_main else None,  # noqa: PLW1509  (it only makes two system calls)
            )

    def stop(self) -> None:
        """Stop it, kindly at first; fails if it had ended by itself."""
        if self._process is None:
            return
        process, self._process = self._process, None
        ended = process.poll()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log = self.data / "projector.log"
        assert ended is None, f"the projector had ended with {ended}:\n{log.read_text(errors='replace')[-3000:]}"


@dataclass
class Api:
    """The API, served by uvicorn on a free port from the loop of the test."""

    app: FastAPI
    url: str
    keys: dict[tuple[str, Role], str] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    async def key(self, workspace: str, role: Role) -> str:
        """A key's text, made when first asked for."""
        if (workspace, role) not in self.keys:
            key, _ = await asyncio.to_thread(self.services.feedback.create_key, workspace, role)
            self.keys[workspace, role] = key.text
        return self.keys[workspace, role]

    async def client(self, workspace: str, role: Role = "admin") -> httpx.AsyncClient:
        """A client that sends a key of this workspace, and reads no certificates: it is plain HTTP. Close it."""
        headers = {"authorization": f"Bearer {await self.key(workspace, role)}"}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, verify=False)


@asynccontextmanager
async def serving(
    kafka: KafkaSettings, clickhouse: ClickHouseSettings, data: Path, *, opened: bool = True, **settings: object
) -> AsyncIterator[Api]:
    """Serve an application; with `opened`, return only when its log is."""
    port = free_port()
    app = create_app(ApiSettings.model_validate({"port": port, "data": data, **settings}), kafka, clickhouse)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)
    serving_task = asyncio.create_task(server._serve())
    try:
        while not server.started:
            assert not serving_task.done(), "the API did not come up"
            await asyncio.sleep(0.01)
        api = Api(app, f"http://127.0.0.1:{port}")
        if opened:
            await asyncio.wait_for(api.services.opened(), READY_SECONDS)
        yield api
    finally:
        server.should_exit = True
        await serving_task


def own_log(bootstrap: str) -> KafkaSettings:
    """Topics with a prefix that nobody else has."""
    return KafkaSettings(bootstrap_servers=bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:10]}")


def own_database(url: str) -> ClickHouseSettings:
    """A database that nobody else has."""
    return ClickHouseSettings.model_validate({"url": url, "database": f"t{uuid.uuid4().hex[:12]}"})
