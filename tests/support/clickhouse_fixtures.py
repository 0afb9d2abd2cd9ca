"""Fixtures of ClickHouse, for every test that wants the real engine."""

from collections.abc import Iterator

import pytest

from tests.support.clickhouse import ClickHouseProcess


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseProcess]:
    """One front for the whole session: use a database of your own, and leave it running."""
    front = ClickHouseProcess.start(tmp_path_factory.mktemp("clickhouse") / "data")
    yield front
    front.stop()


@pytest.fixture(scope="session")
def clickhouse_url(clickhouse: ClickHouseProcess) -> str:
    """The address of the session's ClickHouse."""
    return clickhouse.url
