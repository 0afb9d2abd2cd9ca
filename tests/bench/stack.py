"""What every bench stands on: one Kafka and one ClickHouse, and for each bench a log and a database of its own."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import clickhouse_connect
import httpx
from clickhouse_connect.driver.client import Client

from events.domain.application import Feedback
from events.domain.commands import PutBoard, PutPost
from events.ledger.settings import LedgerSettings
from events.settings import KafkaSettings
from projections.catalog import install
from projections.clickhouse.settings import ClickHouseSettings
from services.stack.ports import free_port
from tests.bench.process import Service
from tests.support.clickhouse import ClickHouseProcess
from tests.support.kafka import KafkaProcess

WORKSPACE = "acme"


def say(text: str) -> None:
    """Progress, on stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)  # noqa: T201


@dataclass
class Stack:
    """The engines, and how large everything is made: 1.0 is the full size."""

    folder: Path
    kafka: KafkaProcess
    clickhouse: ClickHouseProcess
    scale: float

    def sized(self, full: int, least: int) -> int:
        """A count at this scale."""
        return max(least, int(full * self.scale))

    @contextmanager
    def place(self, name: str) -> "Iterator[Place]":
        """A log, a database and a folder of one bench's own; what it started there is stopped at its end."""
        place = Place(self, name, KafkaSettings(bootstrap_servers=self.kafka.bootstrap, topic_prefix=name), name)
        try:
            yield place
        finally:
            place.close()


@dataclass
class Place:
    """Where one bench works."""

    stack: Stack
    name: str
    kafka: KafkaSettings
    database: str
    services: list[Service] = field(default_factory=list)
    _client: Client | None = None

    @property
    def folder(self) -> Path:
        return self.stack.folder / self.name

    @property
    def clickhouse(self) -> ClickHouseSettings:
        return ClickHouseSettings(url=self.stack.clickhouse.url, database=self.database)

    @property
    def client(self) -> Client:
        """For the bench's own questions."""
        if self._client is None:
            self._client = clickhouse_connect.get_client(
                **self.clickhouse.client_options(), database="default", autogenerate_session_id=False
            )
        return self._client

    def beside(self, name: str) -> "Self":
        """The same log, with another database and folder."""
        return type(self)(self.stack, f"{self.name}_{name}", self.kafka, f"{self.name}_{name}", self.services)

    def environment(self, **more: str) -> Mapping[str, str]:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap_servers,
            "GROUNDSWELL_TOPIC_PREFIX": self.kafka.topic_prefix,
            "CLICKHOUSE_URL": self.stack.clickhouse.url,
            "GROUNDSWELL_DATABASE": self.database,
            "GROUNDSWELL_DATA": str(self.folder),
            **more,
        }

    def pids(self) -> dict[str, int]:
        """Everything that runs here, by name."""
        engines = {"Kafka": self.stack.kafka.pid, "ClickHouse": self.stack.clickhouse.pid}
        return {service.name: service.pid for service in self.services if service.runs} | engines

    def install(self) -> None:
        """The database with its tables and views."""
        install(self.client, self.database)

    def drop(self) -> None:
        """Let go of the database, so that its merges don't run under the next measurement."""
        self.client.command(f"DROP DATABASE IF EXISTS {self.database} SYNC")

    def start(self, name: str, module: str, arguments: Sequence[str] = (), **env: str) -> Service:
        """Start a process of ours here."""
        service = Service.start(self.folder, name, module, arguments, self.environment(**env))
        self.services.append(service)
        return service

    def start_api(self, **env: str) -> "Api":
        port = free_port()
        service = self.start("API", "api", GROUNDSWELL_API_PORT=str(port), GROUNDSWELL_LOG_LEVEL="WARNING", **env)
        service.until_ready(f"http://127.0.0.1:{port}/health/ready")
        return Api(service, port)

    def start_projector(self) -> "Projector":
        """The real one, with all projections; returns when it is ready."""
        port = free_port()
        service = self.start("projector", "services.projector", GROUNDSWELL_PROJECTOR_PORT=str(port))
        service.until_ready(f"http://127.0.0.1:{port}/health/ready")
        return Projector(service, port)

    def open_workspace(self, posts: int, boards: int = 1) -> str:
        """A workspace with boards `board-N` and posts `post-N`; the text of a key that may do everything."""
        settings = LedgerSettings(index=self.folder / "bench-ledger.sqlite")
        self.folder.mkdir(parents=True, exist_ok=True)
        feedback = Feedback(self.kafka, settings)
        try:
            key, _ = feedback.create_key(WORKSPACE, "admin")
            for board in range(boards):
                feedback.execute(PutBoard(workspace=WORKSPACE, board=f"board-{board}", name=f"Board {board}"))
            for post in range(posts):
                feedback.execute(
                    PutPost(
                        workspace=WORKSPACE, post=f"post-{post}", board=f"board-{post % boards}", title=f"Post {post}"
                    )
                )
        finally:
            feedback.close()
        return key.text

    def close(self) -> None:
        for service in reversed(self.services):
            service.stop()
        if self._client is not None:
            self.drop()
            self._client.close()


@dataclass(frozen=True)
class Api:
    """A running API."""

    service: Service
    port: int


@dataclass(frozen=True)
class Projector:
    """A running projector."""

    service: Service
    port: int

    def inserts(self, projection: str) -> tuple[float, float]:
        """How many blocks it has put into ClickHouse for a projection, and the seconds that took."""
        text = httpx.get(f"http://127.0.0.1:{self.port}/metrics").text
        name = "groundswell_projector_insert_seconds"
        found = {
            line.partition(" ")[0]: float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith(name)
        }
        labels = f'{{projection="{projection}"}}'
        return found[f"{name}_count{labels}"], found[f"{name}_sum{labels}"]


@contextmanager
def running_stack(folder: Path, scale: float) -> Iterator[Stack]:
    """Kafka and ClickHouse, on free ports."""
    say("starting Kafka and ClickHouse")
    kafka = KafkaProcess.start(folder / "kafka")
    try:
        clickhouse = ClickHouseProcess.start(folder / "clickhouse")
        try:
            yield Stack(folder, kafka, clickhouse, scale)
        finally:
            clickhouse.stop()
    finally:
        kafka.stop()
