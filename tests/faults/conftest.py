"""Engines that only the tests of faults use, since they stop and kill them; a log and a database for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import clickhouse_connect
import pytest

from tests.support import installed
from tests.support.clickhouse import ClickHouseProcess
from tests.support.installation import Installation
from tests.support.kafka import KafkaProcess


@pytest.fixture(scope="session")
def mortal_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaProcess]:
    """A broker that a test may stop or kill, and starts again."""
    broker = KafkaProcess.start(tmp_path_factory.mktemp("mortal-kafka"))
    yield broker
    broker.kill()


@pytest.fixture(scope="session")
def mortal_clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    """A ClickHouse that a test may stop, kill or empty, and starts again."""
    front = ClickHouseProcess.start(tmp_path_factory.mktemp("mortal-clickhouse") / "data")
    yield front
    front.kill()


@pytest.fixture
def installation(
    mortal_kafka: KafkaProcess, mortal_clickhouse: ClickHouseProcess, tmp_path: Path
) -> Iterator[Installation]:
    """Topics and a database of this test alone, on engines that run, however the last test left them."""
    if not mortal_kafka.running:
        mortal_kafka.restart()
    if not mortal_clickhouse.running:
        mortal_clickhouse.restart()
    url = mortal_clickhouse.url
    with clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False) as client:
        database = installed.take(client, url)
    made = Installation(mortal_kafka, mortal_clickhouse, tmp_path, f"f{uuid.uuid4().hex[:10]}", database=database)
    yield made
    made.end()
    if mortal_clickhouse.running:
        with clickhouse_connect.get_client(dsn=url, autogenerate_session_id=False) as client:
            installed.wait_for_the_last_writers(client, database)
        installed.give_back(url, database)
