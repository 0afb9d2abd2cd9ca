"""A log, a database and a folder of a test's own, to rebuild in."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.clickhouse.settings import ClickHouseSettings
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import in_own_loop
from tests.support.kafka import KafkaProcess
from tests.support.log import new_log
from tests.support.rebuilding import House


@pytest.fixture
def house(kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path) -> Iterator[House]:
    log = in_own_loop(new_log(kafka.bootstrap))
    settings = ClickHouseSettings(url=clickhouse.url, database=f"r{uuid.uuid4().hex[:10]}")
    made = House(log, settings, tmp_path)
    yield made
    with made.client() as client:
        client.command(f"DROP DATABASE IF EXISTS {settings.database} SYNC")
