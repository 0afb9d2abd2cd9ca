"""A partition count that somebody changed behind our back: nobody goes on as if nothing had happened."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions

from events.log.opening import open_log
from events.settings import KafkaSettings
from projections.clickhouse.settings import ClickHouseSettings
from tests.support.api_process import ApiProcess
from tests.support.kafka import KafkaProcess, environment
from tests.support.live_projector import LiveProjector

NOWHERE = ClickHouseSettings(url="http://127.0.0.1:1")


@pytest.fixture(scope="module")
async def changed(kafka: KafkaProcess) -> KafkaSettings:
    """A log whose topic of ballots was given a thirteenth partition, as `kafka-topics --alter` does."""
    settings = KafkaSettings(bootstrap_servers=kafka.bootstrap, topic_prefix=f"p{uuid.uuid4().hex[:10]}")
    topics = await open_log(settings, wait_seconds=60)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        await admin.create_partitions({topics.ballots: NewPartitions(topics.count(topics.ballots) + 1)})
    finally:
        await admin.close()
    return settings


def told(settings: KafkaSettings) -> str:
    return f"topic {settings.topic_prefix}.ballots has 13 partitions, but this log was opened with 12"


def until(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what()
        time.sleep(0.05)


def test_the_projector_ends_with_one_line(changed: KafkaSettings, tmp_path: Path) -> None:
    projector = LiveProjector(changed, NOWHERE, tmp_path)
    projector.start()
    assert projector.wait() == 1
    assert f"projector: {told(changed)}" in projector.printed.splitlines()[-1]


def test_the_api_takes_nothing_and_logs_why(changed: KafkaSettings, tmp_path: Path) -> None:
    api = ApiProcess(changed, NOWHERE, tmp_path)
    api.start(wait=False)
    try:
        until(lambda: told(changed) in api.log.read_text(), api.log.read_text)
        assert httpx.get(f"{api.url}/health/live").status_code == 200
        ready = httpx.get(f"{api.url}/health/ready")
        assert (ready.status_code, ready.json()["log"]) == (503, "can't be opened: the log of this process says why")
        answer = httpx.put(f"{api.url}/v1/posts/p/votes/ann", headers={"authorization": "Bearer any"}, json={})
        assert answer.status_code == 503
    finally:
        api.kill()


def test_commands_say_so(changed: KafkaSettings, tmp_path: Path) -> None:
    for command in (["log", "show"], ["keys", "create", "-w", "acme", "--role", "admin"]):
        said = subprocess.run(
            [sys.executable, "-m", "services.cli", *command],
            env=os.environ | environment(changed) | {"PYTHONPATH": str(Path.cwd())},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (said.returncode, said.stdout) == (1, "")
        assert told(changed) in said.stderr.splitlines()[-1]
        assert "Traceback" not in said.stderr
