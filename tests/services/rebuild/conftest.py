"""A log, a database and a folder of a test's own, to rebuild in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.clickhouse.settings import ClickHouseSettings
from tests.support.clickhouse import ClickHouseProcess
from tests.support.fold_of_the_log import in_own_loop
from tests.support.installed import borrowed
from tests.support.kafka import KafkaProcess
from tests.support.log import new_log
from tests.support.rebuilding import House


@pytest.fixture
def house(kafka: KafkaProcess, clickhouse: ClickHouseProcess, tmp_path: Path) -> Iterator[House]:
    log = in_own_loop(new_log(kafka.bootstrap))
    with borrowed(clickhouse.url) as database:
        yield House(log, ClickHouseSettings(url=clickhouse.url, database=database), tmp_path)
