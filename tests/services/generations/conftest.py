"""A log and a database for each test."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clickhouse import ClickHouseProcess
from tests.support.installation import Installation
from tests.support.installed import borrowed
from tests.support.kafka import KafkaProcess


@pytest.fixture
def installation(kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path) -> Iterator[Installation]:
    """Topics and a database of this test alone."""
    with borrowed(clickhouse.url) as database:
        made = Installation(kafka, clickhouse, tmp_path, f"g{uuid.uuid4().hex[:10]}", database=database)
        yield made
        made.end()
